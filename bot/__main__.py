"""The composition root and the command line: the one module that meets the bot, the adapters and the scheduler.

What a command does not need is not imported: Slack's and Teams' SDKs only where they are connected.
"""

import asyncio
import logging
import secrets
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Annotated, Any, Protocol, TypeVar

import structlog
import typer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.web import health, server
from adapters.web.app import application
from adapters.web.metrics import Metrics
from bot import config, migrations
from bot.config import Settings, Unusable
from bot.core.database import Away, Connection, Database, open_database, ping
from bot.core.directory import store as directory
from bot.core.directory.sync import Sync
from bot.core.engine import Engine
from bot.core.interactions import Interaction
from bot.core.logs import configure_logs
from bot.core.people import Person, Role
from bot.core.ports import Clock, Platform
from bot.doctor import Finding, examine
from bot.features import features
from scheduler import Hook, MovableClock, Notice, Scheduler, SystemClock

T = TypeVar("T")

log = structlog.get_logger()

OPENING = 2.0
"""Seconds that a start waits for the database before it listens all the same, and then between two looks for it."""


class Adapter(Protocol):
    """What every adapter hands over."""

    @property
    def platform(self) -> Platform: ...

    @property
    def routes(self) -> Sequence[BaseRoute]: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class Connected(Adapter, Protocol):
    """An adapter to a platform out there. `findings` are sentences about what keeps it from working."""

    async def findings(self) -> Sequence[str]: ...


class Process:
    """The parts of one process, put together: the database is brought into shape, then whatever works on it starts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.engine = Engine(database, clock, features(), otherwise="drumbeat")
        self.hooks: list[Hook] = []
        platforms: dict[str, Platform] = {}
        self.scheduler = Scheduler(
            database, self.engine, platforms, clock, sync=Sync(self.engine, platforms), tell=self._tell
        )
        self._database = database
        self._platforms = platforms
        self._adapters: list[Adapter] = []
        self._metrics = Metrics(database, clock)
        self._hindrance = "The start is not finished."
        self.engine.listen(self._handled)

    def connect(self, adapter: Adapter) -> None:
        """Add an adapter, before the start."""
        self._adapters.append(adapter)
        self._platforms[adapter.platform.name] = adapter.platform

    def application(self, *more: BaseRoute, https: bool = False) -> Starlette:
        """Everything that is reached over HTTP."""
        probes = {"start": self._started, "database": self._reached, "migrations": self._in_shape}
        doors = [route for adapter in self._adapters for route in adapter.routes]
        routes = [*health.routes(probes | {"dispatcher": self._dispatching}), *self._metrics.routes, *doors, *more]
        return application(routes, self._metrics, self._lifespan, https=https)

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._database.close)
            start = asyncio.create_task(self._start(stack))
            await asyncio.wait({start}, timeout=OPENING)
            if start.done():
                start.result()
            try:
                yield
            finally:
                start.cancel()
                with suppress(asyncio.CancelledError):
                    await start

    async def _start(self, stack: AsyncExitStack) -> None:
        await self._migrate()
        for adapter in self._adapters:
            await adapter.start()
            stack.push_async_callback(adapter.stop)
        self.scheduler.start()
        stack.push_async_callback(self.scheduler.stop, server.GRACE)
        self._hindrance = ""
        log.info("ready")

    async def _migrate(self) -> None:
        while True:
            try:
                await self._database.run(migrations.upgrade)
            except Away:
                log.warning("database_away")
                await asyncio.sleep(OPENING)
            else:
                return

    def _handled(self, act: Interaction, seconds: float) -> None:
        self._metrics.handled(act, seconds)
        self.scheduler.wake()

    def _tell(self, notice: Notice) -> None:
        self._metrics.message(notice.happening, notice.lane)
        for hook in self.hooks:
            hook(notice)

    async def _started(self) -> str:
        return self._hindrance

    async def _reached(self) -> str:
        await self._database.read(ping)
        return ""

    async def _in_shape(self) -> str:
        current = await self._database.read(migrations.current)
        return "" if current == migrations.head() else f"It is at {current or 'nothing'}, not at {migrations.head()}."

    async def _dispatching(self) -> str:
        return "" if self.scheduler.healthy() else "It does not run, or has not reached the database for a while."


cli = typer.Typer(
    help="Drumbeat, an engagement bot for Slack and Microsoft Teams.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
role = typer.Typer(help="Say who is a communicator, a leader or an admin.", no_args_is_help=True)
cli.add_typer(role, name="role")


@cli.command()
def serve() -> None:
    """Run the bot."""
    settings = config.for_serving(config.read_settings())
    configure_logs(known=config.secrets_of(settings))
    process = Process(open_database(settings.database_url), SystemClock())
    for adapter in connected(settings, process.engine):
        process.connect(adapter)
    door = _door(settings.host, settings.port)
    log.info("listening", address=settings.address, slack=settings.slack, teams=settings.teams)
    _run(process.application(https=settings.public_url.startswith("https://")), door)


@cli.command()
def demo() -> None:
    """Run a sandbox chat in the browser, with a sample company. Nothing is kept."""
    from adapters.sandbox.app import SandboxAdapter
    from adapters.sandbox.hours import opening

    settings = config.for_the_demo(config.read_settings())
    configure_logs(level=logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="drumbeat-") as folder:
        machine = SystemClock()
        clock = MovableClock(opening(machine.now(), "Europe/Berlin"), machine)
        process = Process(open_database(f"sqlite:///{folder}/demo.sqlite"), clock)
        hours = process.scheduler
        sandbox = SandboxAdapter(process.engine, clock, run_due=hours.run_due, next_due=hours.next_due)
        process.connect(sandbox)
        process.hooks.append(sandbox.notice)
        door = _door(settings.host, settings.port)
        typer.echo(f"The sandbox is open: http://{settings.host}:{door.getsockname()[1]}/sandbox/  (Ctrl+C ends it)")
        _run(process.application(Route("/", _to_the_sandbox)), door, sandbox.close)


@cli.command()
def doctor() -> None:
    """Say what is missing, in one sentence each; exit status 1 if something needed is."""
    settings = config.read_settings()
    found = asyncio.run(_findings(settings))
    for finding in found:
        typer.echo(f"{'missing' if finding.needed else 'better '}  {finding.sentence}")
    if any(finding.needed for finding in found):
        raise typer.Exit(1)
    typer.echo("Drumbeat has everything it needs.")


@cli.command()
def migrate(
    draft: Annotated[
        str, typer.Option(help="For developers: write the migration that is missing, with this title.")
    ] = "",
) -> None:
    """Bring the database into the shape of this version; `serve` does so by itself."""
    settings = config.read_settings()
    if draft:
        from bot.migrations.draft import write

        declared()
        typer.echo(write(draft))
        return
    typer.echo(f"The database is at {_with_database(settings, lambda database: database.run(migrations.upgrade))}.")


@cli.command(name="settings")
def list_settings() -> None:
    """List every setting: its meaning, its default, and whether it is set."""
    for each in config.listing(config.read_settings()):
        state = f"set to {each.value}" if each.given else f"not set, so {each.default}" if each.default else "not set"
        typer.echo(f"{each.name}\n    {each.meaning}\n    {state}")


@cli.command()
def secret() -> None:
    """Make a good DRUMBEAT_SECRET_KEY."""
    typer.echo(secrets.token_urlsafe(32))


@role.command(name="add")
def add_role(platform: str, who: str, what: Role) -> None:
    """Give a role to somebody, by account id or e-mail address: `drumbeat role add slack U024BE7LH communicator`."""
    _change_role(platform, who, what, directory.grant)


@role.command(name="remove")
def remove_role(platform: str, who: str, what: Role) -> None:
    """Take a role away from somebody."""
    _change_role(platform, who, what, directory.revoke)


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

    lines = _with_database(config.read_settings(), lambda database: database.read(listed))
    typer.echo("\n".join(lines) or "Nobody has a role yet; a workspace's own admins are communicators without one.")


def declared() -> None:
    """Import whatever declares a table."""
    features()


def connected(settings: Settings, engine: Engine) -> Iterator[Connected]:
    """The adapters that the settings ask for."""
    if settings.slack:
        from adapters.slack.app import SlackAdapter

        yield SlackAdapter(settings, engine, engine.database)
    if settings.teams:
        from adapters.teams.app import TeamsAdapter, TeamsSettings

        yield TeamsAdapter(
            TeamsSettings(
                app_id=settings.microsoft_app_id,
                password=settings.microsoft_app_password.get_secret_value(),
                tenant=settings.microsoft_app_tenant_id,
                anonymous=settings.teams_anonymous,
            ),
            engine,
        )
    if not settings.slack and not settings.teams:
        log.warning("no_platform", hint="`drumbeat doctor` says what is missing.")


async def _findings(settings: Settings) -> list[Finding]:
    database = open_database(settings.database_url)
    try:
        found = [finding async for finding in examine(settings, database)]
        engine = Engine(database, SystemClock(), features(), otherwise="drumbeat")
        with suppress(Away):
            for adapter in connected(settings, engine):
                found += map(Finding, await adapter.findings())
                await adapter.stop()
    finally:
        await database.close()
    return found


def _change_role(platform: str, who: str, what: Role, change: Callable[[Connection, Person, Role], None]) -> None:
    def changed(connection: Connection) -> Person | None:
        for workspace in directory.all_workspaces(connection, platform):
            if person := directory.named(connection, workspace, who):
                change(connection, person, what)
                return directory.person(connection, workspace, person.id)
        return None

    person = _with_database(config.read_settings(), lambda database: database.run(changed))
    if person is None:
        raise Unusable(f"Nobody on {platform} has the account or e-mail address {who}, as far as Drumbeat knows.")
    typer.echo(f"{person.name}: {', '.join(sorted(person.roles)) or 'no role'}")


def _with_database(settings: Settings, do: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
    """Do one thing with the database, brought into shape."""

    async def done() -> T:
        database = open_database(settings.database_url)
        try:
            await database.run(migrations.upgrade)
            return await do(database)
        except Away as away:
            raise Unusable(f"The database of DRUMBEAT_DATABASE_URL cannot be reached: {away}.") from None
        finally:
            await database.close()

    return asyncio.run(done())


def _run(app: Starlette, door: socket.socket, *on_stop: Callable[[], None]) -> None:
    if not server.serve(app, door, on_stop):
        raise typer.Exit(1)


async def _to_the_sandbox(_request: Request) -> Response:
    return RedirectResponse("/sandbox/")


def _door(host: str, port: int) -> socket.socket:
    try:
        return server.listen(host, port)
    except OSError as error:
        raise Unusable(f"DRUMBEAT_HOST and DRUMBEAT_PORT do not allow to listen at {host}:{port}: {error}.") from None


def main() -> None:
    """Run a command; what an admin can mend is one sentence."""
    try:
        cli()
    except Unusable as hindrance:
        typer.echo(f"drumbeat: {hindrance}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
