"""The commands of an admin that need no more than the settings and the database."""

import secrets
from typing import Annotated

import typer

from bot import config, migrations
from bot.config import Unusable
from bot.core.database import Connection, Database
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.interactions import Event, Origin
from bot.core.people import Person, Role
from bot.core.places import Workspace
from bot.core.ports import Clock
from bot.errand import with_database
from bot.features import features

commands = typer.Typer()
role = typer.Typer(help="Say who is a communicator, a leader or an admin.", no_args_is_help=True)
commands.add_typer(role, name="role")


@commands.command()
def migrate(
    draft: Annotated[str, typer.Option(help="For developers: write the missing migration, with this title.")] = "",
    anew: Annotated[bool, typer.Option("--anew", help="With --draft, until a first release: write 0001 anew.")] = False,  # noqa: FBT002 -- typer makes it a flag
) -> None:
    """Bring the database into shape, as `serve` does by itself."""
    if draft:
        from bot.migrations.draft import write  # noqa: PLC0415 -- for developers only

        features()  # they declare the tables
        typer.echo(write(draft, anew=anew) or "The migrations are complete.")
        return
    typer.echo(f"The database is at {with_database(lambda database: database.run(migrations.upgrade))}.")


@commands.command(name="settings")
def list_settings() -> None:
    """List every setting and whether it is set."""
    for each in config.listing(config.read_settings()):
        state = f"set to {each.value}" if each.given else f"not set, so {each.default}" if each.default else "not set"
        typer.echo(f"{each.name}\n    {each.meaning}\n    {state}")


@commands.command()
def secret() -> None:
    """Make a good DRUMBEAT_SECRET_KEY."""
    typer.echo(secrets.token_urlsafe(32))


@commands.command()
def join(
    one: str,
    other: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, it is only said what would be done.")] = False,  # noqa: FBT002 -- as above
) -> None:
    """Make one organisation of two workspaces, for good: `drumbeat join slack:T024BE7LD teams:TENANT`."""

    def joined(connection: Connection) -> tuple[bool, int]:
        two = _workspace(connection, one), _workspace(connection, other)
        done = directory.together(connection, *two)
        return done, (directory.join if yes else directory.shared)(connection, *two)

    done, people = with_database(lambda database: database.run(joined))
    counted = f"{'1 person' if people == 1 else f'{people} people'} with the same verified e-mail address in both"
    each = "" if people == 1 else " each"
    if done:
        typer.echo(f"{one} and {other} are one organisation already.")
    elif yes:
        typer.echo(f"{one} and {other} are one organisation now; {counted} became one{each}.")
    else:
        typer.echo(f"{counted} would become one{each}. Nobody can undo it: add --yes to do it.")


@role.command(name="add")
def add_role(context: typer.Context, platform: str, who: str, what: Role) -> None:
    """Give a role to somebody, by account id or e-mail address: `drumbeat role add slack U024BE7LH communicator`."""
    _change_role(context.obj, platform, who, what, "role_given")


@role.command(name="remove")
def remove_role(context: typer.Context, platform: str, who: str, what: Role) -> None:
    """Take a role away from somebody."""
    _change_role(context.obj, platform, who, what, "role_taken")


@role.command(name="list")
def list_roles() -> None:
    """List everybody who has a role."""

    def listed(connection: Connection) -> list[str]:
        return [
            f"{workspace.platform}  {person.account}  {person.name}  {', '.join(sorted(person.roles))}"
            for workspace in directory.all_workspaces(connection)
            for person in directory.everybody(connection, workspace)
            if person.roles
        ]

    lines = with_database(lambda database: database.read(listed))
    typer.echo("\n".join(lines) or "Nobody has a role yet; a workspace's own admins are communicators without one.")


def _workspace(connection: Connection, named: str) -> Workspace:
    """A workspace that an admin names as `slack:T024BE7LD`, by the platform's own id."""
    platform, _, key = named.partition(":")
    if found := directory.find_workspace(connection, platform, key):
        return found
    known = ", ".join(f"{each.platform}:{each.key}" for each in directory.all_workspaces(connection))
    raise Unusable(f"There is no workspace {named}. Those that Drumbeat knows: {known or 'none'}.")


def _change_role(clock: Clock, platform: str, who: str, what: Role, event: str) -> None:
    change = directory.grant if event == "role_given" else directory.revoke

    def changed(connection: Connection) -> tuple[Workspace, Person] | None:
        for workspace in directory.all_workspaces(connection, platform):
            if person := directory.named(connection, workspace, who):
                change(connection, person, what)
                return workspace, directory.person(connection, workspace, person.id)
        return None

    async def told(database: Database) -> Person:
        found = await database.run(changed)
        if found is None:
            raise Unusable(f"Nobody on {platform} has the account or e-mail address {who}, as far as Drumbeat knows.")
        workspace, person = found
        origin = Origin(platform=platform, workspace=workspace.key, account=person.account)
        facts = {"person": str(person.id), "role": what.value}
        await Engine(database, clock, features(), otherwise="drumbeat").handle(Event(origin, event, facts))
        return person

    person = with_database(told)
    typer.echo(f"{person.name}: {', '.join(sorted(person.roles)) or 'no role'}")
