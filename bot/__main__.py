"""The composition root and the command line: the one module that meets the bot, the adapters and the scheduler.

What a command does not need is not imported: Slack's and Teams' SDKs only where they are connected.
"""

import asyncio
import gc
import logging
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated, Protocol

import structlog
import typer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.web import health, legal, server
from adapters.web.app import application
from adapters.web.metrics import Metrics
from bot import admin, config, migrations
from bot.config import Settings, Unusable
from bot.core.database import Away, Database, open_database, ping
from bot.core.directory.sync import Sync
from bot.core.engine import Engine
from bot.core.interactions import Interaction
from bot.core.logs import configure_logs
from bot.core.ports import Clock, Platform
from bot.doctor import Finding, examine, in_shape
from bot.features import features
from scheduler import Hook, MovableClock, Notice, Scheduler, SystemClock

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
        self.failed = False
        self.engine.listen(self._handled)

    def connect(self, adapter: Adapter) -> None:
        """Add an adapter, before the start."""
        self._adapters.append(adapter)
        self._platforms[adapter.platform.name] = adapter.platform

    def application(self, *more: BaseRoute, https: bool = False) -> Starlette:
        """Everything that is reached over HTTP."""
        probes = {"start": self._started, "database": self._reached, "migrations": self._in_shape}
        doors = [route for adapter in self._adapters for route in adapter.routes]
        routes = [
            *health.routes(probes | {"dispatcher": self._dispatching}),
            *self._metrics.routes,
            *legal.routes(),
            *doors,
            *more,
        ]
        return application(routes, self._metrics, self._lifespan, https=https)

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._database.close)
            start = asyncio.create_task(self._start(stack))
            await asyncio.wait({start}, timeout=OPENING)
            try:
                yield
            finally:
                start.cancel()
                await asyncio.gather(start, return_exceptions=True)

    async def _start(self, stack: AsyncExitStack) -> None:
        try:
            await self._migrate()
            for adapter in self._adapters:
                await adapter.start()
                stack.push_async_callback(adapter.stop)
        except migrations.TooNew:
            self._hindrance = "The database was made by a newer version of Drumbeat: install that one."
            log.error("database_too_new")  # noqa: TRY400 -- where it was found out helps nobody
        except Exception:
            log.exception("start_failed")
            self.failed = True
            signal.raise_signal(signal.SIGTERM)
        else:
            self.scheduler.start()
            stack.push_async_callback(self.scheduler.stop, server.GRACE)
            self._hindrance = ""
            gc.collect()
            gc.freeze()  # What is loaded stays: a collector that walks over it all stops every request for 0.1 s.
            log.info("ready")

    async def _migrate(self) -> None:
        while True:
            try:
                await self._database.run(migrations.upgrade)
            except Away as away:
                log.warning("database_away", reason=str(away))
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
teams = typer.Typer(help="Make what Microsoft Teams needs.", no_args_is_help=True)
cli.add_typer(admin.commands)
cli.add_typer(teams, name="teams")


@teams.callback()
def _teams() -> None:
    """Keep `teams package` two words."""


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
    if not settings.slack and not settings.teams:
        log.warning("no_chat", hint="`drumbeat doctor` says what is missing")
    server.serve(process.application(https=settings.public_url.startswith("https://")), door)
    _end(process)


@cli.command()
def demo() -> None:
    """Run a sandbox chat in the browser. Nothing is kept."""
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
        door = _door(settings.host, settings.port, otherwise=None if "port" in settings.model_fields_set else 0)
        typer.echo(f"The sandbox is open: http://{settings.host}:{door.getsockname()[1]}/sandbox/  (Ctrl+C ends it)")
        server.serve(process.application(Route("/", _to_the_sandbox)), door, sandbox.close)
    _end(process)


@cli.command()
def doctor() -> None:
    """Say what is missing. Exit status 1 if something needed is."""
    settings = config.read_settings()
    found = asyncio.run(_findings(settings))
    for finding in found:
        typer.echo(f"{'missing' if finding.needed else 'better '}  {finding.sentence}")
    if any(finding.needed for finding in found):
        raise typer.Exit(1)
    typer.echo("Drumbeat has everything it needs.")


@teams.command()
def package(to: Annotated[Path, typer.Option(help="The file to write.")] = Path("drumbeat-teams.zip")) -> None:
    """Make the app package to upload to Teams."""
    from adapters.teams import manifest

    settings = config.read_settings()
    if not settings.microsoft_app_id:
        raise Unusable("MICROSOFT_APP_ID is missing: the package names the bot by it.")
    if not settings.public_url.startswith("https://"):
        raise Unusable("DRUMBEAT_PUBLIC_URL must be an https address: the package names it.")
    commands = {name: command for feature in features() for name, command in feature.commands.items()}
    typer.echo(manifest.package(settings.microsoft_app_id, settings.address, commands, to))


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


async def _findings(settings: Settings) -> list[Finding]:
    """What is wrong here, and then what the platforms say."""
    async with AsyncExitStack() as stack:
        database = open_database(settings.database_url)
        stack.push_async_callback(database.close)
        found = [finding async for finding in examine(settings, database)]
        if not await in_shape(database):
            # A platform can be asked all the same: nobody has done anything yet, as far as we know.
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="drumbeat-"))
            database = open_database(f"sqlite:///{folder}/empty.sqlite")
            stack.push_async_callback(database.close)
            await database.run(migrations.upgrade)
        for adapter in connected(settings, Engine(database, SystemClock(), features(), otherwise="drumbeat")):
            stack.push_async_callback(adapter.stop)
            found += map(Finding, await adapter.findings())
    return found


def _end(process: Process) -> None:
    if process.failed:
        raise typer.Exit(1)


async def _to_the_sandbox(_request: Request) -> Response:
    return RedirectResponse("/sandbox/")


def _door(host: str, port: int, *, otherwise: int | None = None) -> socket.socket:
    """The socket to listen at; where the port is taken, one at the port `otherwise`."""
    try:
        return server.listen(host, port)
    except OSError as error:
        if otherwise is not None:
            return _door(host, otherwise)
        raise Unusable(f"DRUMBEAT_HOST and DRUMBEAT_PORT do not allow to listen at {host}:{port}: {error}.") from None


def main() -> None:
    """Run a command; what an admin can mend is one sentence."""
    configure_logs(level=logging.CRITICAL)
    try:
        cli(obj=SystemClock())
    except Unusable as hindrance:
        typer.echo(f"drumbeat: {hindrance}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
