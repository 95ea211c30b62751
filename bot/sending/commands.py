"""`drumbeat outbox`: the list, the story of one message, and what can be decided."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Final

import typer

from bot.config import Unusable
from bot.core import outbox
from bot.core.database import Connection, Database
from bot.errand import with_database
from bot.sending import overview, story

MOST_LISTED: Final = 50
BITE: Final = 1000

Decide = Callable[[Connection, int, datetime], bool]
Ids = Annotated[list[int] | None, typer.Argument(help="Messages by their ids.", metavar="ID...")]
All = Annotated[bool, typer.Option("--all", help="All that `drumbeat outbox unknown` counts.")]

commands = typer.Typer(help="See what is under way, and decide about it.", invoke_without_command=True)


@commands.callback()
def _bare(context: typer.Context) -> None:
    """`drumbeat outbox` alone lists."""
    if context.invoked_subcommand is None:
        list_open(context)


@commands.command(name="list")
def list_open(context: typer.Context) -> None:
    """List what is under way by campaign, what is late, and what was stopped."""
    now = context.obj.now()
    seen = with_database(lambda database: database.read(lambda connection: overview.look(connection, now)))
    typer.echo("\n".join(overview.lines(seen)))


@commands.command()
def why(context: typer.Context, message: Annotated[str, typer.Argument(help="A message by its id or key.")]) -> None:
    """Tell the story of one message."""
    subject = with_database(lambda database: database.read(lambda connection: story.find(connection, message)))
    if subject is None:
        raise Unusable(f"No message has the id or the key {message}.")
    typer.echo("\n".join(story.told(subject, context.obj.now())))


@commands.command()
def cancel(
    context: typer.Context, campaign: Annotated[str, typer.Argument(help="As `drumbeat outbox` names it.")]
) -> None:
    """Stop a campaign: what was planned of it and has not begun is not sent."""

    async def stopped(database: Database) -> int:
        waiting = await database.read(lambda connection: outbox.waiting(connection, campaign))
        if not waiting:
            raise Unusable(
                f"Nothing of a campaign {campaign} waits; `drumbeat outbox` lists those of which something does."
            )
        now = context.obj.now()
        await database.run(lambda connection: outbox.halt(connection, campaign, now))
        return waiting

    typer.echo(f"Stopped: {campaign}. Still waiting were {with_database(stopped):,}; calls that have begun still end.")


@commands.command()
def unknown() -> None:
    """List the messages of which nobody knows whether they arrived."""

    def listed(connection: Connection) -> tuple[list[str], int]:
        entries = outbox.doubts(connection, MOST_LISTED)
        return list(overview.doubts(connection, entries)), outbox.doubtful(connection)

    lines, count = with_database(lambda database: database.read(listed))
    if not count:
        typer.echo("Of every message it is known what became of it, or the chat is still being asked.")
        return
    typer.echo("\n".join(lines))
    if count > MOST_LISTED:
        typer.echo(f"These are the oldest {MOST_LISTED} of {count:,}.")
    typer.echo("Sent again: `drumbeat outbox resend ID`. Taken for arrived: `drumbeat outbox settle ID`.")


@commands.command()
def resend(context: typer.Context, ids: Ids = None, every: All = False) -> None:  # noqa: FBT002 -- typer makes it a flag
    """Send messages of unknown fate again, at the risk that they are there twice."""
    _decide(context, outbox.resend, ids or (), every=every, done="To be sent again")


@commands.command()
def settle(context: typer.Context, ids: Ids = None, every: All = False) -> None:  # noqa: FBT002 -- as above
    """Take messages of unknown fate for arrived."""
    _decide(context, outbox.settle, ids or (), every=every, done="Taken for arrived")


def _decide(context: typer.Context, decide: Decide, ids: Sequence[int], *, every: bool, done: str) -> None:
    if bool(ids) is every:
        raise Unusable("Name messages by their ids, or all of them by --all: `drumbeat outbox unknown` lists them.")
    now = context.obj.now()
    decided = with_database(
        lambda database: _all(database, decide, now) if every else _some(database, decide, ids, now)
    )
    typer.echo(f"{done}: {len(decided):,}.")
    if left := [str(each) for each in ids if each not in decided]:
        typer.echo(f"Left alone, since their fate is known: {', '.join(left)}. `drumbeat outbox why ID` tells it.")
        raise typer.Exit(1)


async def _some(database: Database, decide: Decide, ids: Sequence[int], now: datetime) -> list[int]:
    return await database.run(lambda connection: [each for each in ids if decide(connection, each, now)])


async def _all(database: Database, decide: Decide, now: datetime) -> list[int]:
    """In bites, so that nobody waits long for a table with a million of them."""
    decided: list[int] = []

    def bite(connection: Connection) -> list[int]:
        return [each.id for each in outbox.doubts(connection, BITE) if decide(connection, each.id, now)]

    while bitten := await database.run(bite):
        decided += bitten
    return decided
