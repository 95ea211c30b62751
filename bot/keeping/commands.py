"""`drumbeat backup`, `drumbeat restore` and `drumbeat move`."""

from pathlib import Path
from typing import Annotated, Final

import typer

from bot import config
from bot.config import Unusable, masked
from bot.keeping.aftermath import REASON, Aftermath
from bot.keeping.alone import file_of
from bot.keeping.backing import back_up
from bot.keeping.moving import Compared
from bot.keeping.moving import move as moved
from bot.keeping.restoring import restore as put_back
from bot.keeping.restoring import settle

DUMP: Final = "pg_dump --format=custom --no-owner --file=drumbeat.dump postgresql://USER@HOST/NAME"
LOAD: Final = "pg_restore --no-owner --single-transaction --dbname=postgresql://USER@HOST/NAME drumbeat.dump"

commands = typer.Typer()


@commands.command()
def backup(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="The file to write, by default one beside the database.")] = None,
) -> None:
    """Write the SQLite database to a file, while Drumbeat runs."""
    path = file_of(config.read_settings().database_url)
    if path is None:
        raise Unusable(f"PostgreSQL has a back-up of its own: `{DUMP}`.")
    made = back_up(path, file, context.obj.now())
    typer.echo(f"{made.file}: {made.size / 1e6:,.1f} MB, looked through and whole. Keep `.env` too, in another place.")


@commands.command()
def restore(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="What `drumbeat backup` wrote.")] = None,
    send_missed: Annotated[bool, typer.Option("--send-missed", help="Send what fell due since the back-up.")] = False,  # noqa: FBT002 -- typer makes it a flag
    after_pg_restore: Annotated[bool, typer.Option("--after-pg-restore", help="For PostgreSQL, without FILE.")] = False,  # noqa: FBT002 -- as above
) -> None:
    """Put a back-up in the place of the database. Messages that fell due since are not sent."""
    url = config.read_settings().database_url
    path = file_of(url)
    if path is None:
        if file or not after_pg_restore:
            raise Unusable(f"PostgreSQL restores by itself: `{LOAD}`, and then `drumbeat restore --after-pg-restore`.")
        _tell(settle(url, context.obj.now(), send_missed=send_missed), send_missed=send_missed)
        return
    if file is None or after_pg_restore:
        raise Unusable("Name the back-up to restore: `drumbeat restore FILE`.")
    restored = put_back(file, path, context.obj.now(), send_missed=send_missed)
    if restored.kept:
        typer.echo(f"What was there is kept: {restored.kept}")
    typer.echo(f"{path} is what {file} holds.")
    _tell(restored.aftermath, send_missed=send_missed)


@commands.command()
def move(
    to_url: Annotated[str, typer.Argument(help="An empty database, such as postgresql://USER:PASSWORD@HOST/NAME.")],
) -> None:
    """Move everything to another database. Cut off, the same line goes on."""
    if not config.DATABASE.match(to_url):
        raise Unusable("Name the new database as postgresql://USER:PASSWORD@HOST/NAME or sqlite:///FILE.")
    compared = moved(config.read_settings().database_url, to_url, typer.echo)
    _list(compared)
    if different := [each.name for each in compared if not each.same]:
        typer.echo(f"Not the same: {', '.join(different)}. The old database stays the one to work on.")
        raise typer.Exit(1)
    typer.echo(f"All {sum(each.new.rows for each in compared):,} rows are there. The old database is closed for good.")
    if mended := sum(each.old.mended for each in compared):
        typer.echo(f"In {mended:,} of them, U+FFFD stands for NUL characters, which PostgreSQL cannot keep.")
    typer.echo("Set this, with the password, and start Drumbeat:")
    typer.echo(f"DRUMBEAT_DATABASE_URL={masked(to_url)}")


def _list(compared: list[Compared]) -> None:
    width = max(len(each.name) for each in compared)
    typer.echo(f"{'table':{width}}  {'old':>11}  {'new':>11}  checksum")
    for each in compared:
        typer.echo(
            f"{each.name:{width}}  {each.old.rows:>11,}  {each.new.rows:>11,}  {'same' if each.same else 'DIFFERS'}"
        )


def _tell(aftermath: Aftermath, *, send_missed: bool) -> None:
    if send_missed:
        typer.echo("What has fallen due since the back-up is sent when Drumbeat starts, even if it was sent before.")
    else:
        typer.echo(
            "What has fallen due since the back-up may have been sent, so it is not sent again. "
            f"Cancelled (`{REASON}` in the outbox): {aftermath.cancelled:,}. "
            f"Repeated ones that go on with their next slot: {aftermath.skipped:,}."
        )
    if aftermath.begun:
        typer.echo(f"On their way at that moment, so Drumbeat asks the platform for them: {aftermath.begun:,}.")
