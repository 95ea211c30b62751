"""The composition root and the command line: with `process`, what meets the bot, the adapters and the scheduler.

What a command does not need is not imported: Slack's and Teams' SDKs only where they are connected.
"""

import asyncio
import errno
import logging
import secrets
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import structlog
import typer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from adapters.web import server
from bot import admin, config, migrations
from bot.config import ProcessRole, Settings, Unusable
from bot.core.database import open_database
from bot.core.engine import Engine
from bot.core.links import Links
from bot.core.logs import configure_logs
from bot.doctor import Finding, examine, in_shape
from bot.features import features
from bot.keeping.commands import commands as keeping
from bot.process import Connected, Process
from bot.sending.commands import commands as sending
from scheduler import MovableClock, SystemClock

log = structlog.get_logger()

cli = typer.Typer(
    help="Drumbeat, an engagement bot for Slack and Microsoft Teams.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
teams = typer.Typer(help="Make what Microsoft Teams needs.", no_args_is_help=True)
cli.add_typer(admin.commands)
cli.add_typer(keeping)
cli.add_typer(sending, name="outbox")
cli.add_typer(teams, name="teams")


@teams.callback()
def _teams() -> None:
    """Keep `teams package` two words."""


@cli.command()
def serve(
    role: Annotated[
        ProcessRole | None, typer.Option(help="web hears the platforms, worker sends; goes before DRUMBEAT_ROLE.")
    ] = None,
) -> None:
    """Run the bot."""
    settings = config.for_serving(config.read_settings(), role)
    configure_logs(known=config.secrets_of(settings))
    process = Process(open_database(settings.database_url), SystemClock(), settings.role, _links(settings))
    for adapter in connected(settings, process.engine):
        process.connect(adapter)
    door = _door(settings.host, settings.port)
    log.info(
        "listening", address=settings.address, role=settings.role.value, slack=settings.slack, teams=settings.teams
    )
    if not settings.slack and not settings.teams:
        log.warning("no_chat", hint="`drumbeat doctor` says what is missing")
    server.serve(process.application(https=settings.public_url.startswith("https://")), door, leave=process.leave)
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
        door = _door(settings.host, settings.port, otherwise=None if "port" in settings.model_fields_set else 0)
        port = door.getsockname()[1]
        address = f"http://{settings.host}:{port}"
        links = Links(settings.public_url.rstrip("/") or address, secrets.token_urlsafe())
        process = Process(open_database(f"sqlite:///{folder}/demo.sqlite"), clock, links=links)
        hours = process.scheduler
        sandbox = SandboxAdapter(process.engine, clock, run_due=hours.run_due, next_due=hours.next_due)
        process.connect(sandbox)
        process.hooks.append(sandbox.notice)
        if port != settings.port:
            typer.echo(
                f"Port {settings.port} is taken, so this is another one. DRUMBEAT_PORT=9000 make demo takes 9000."
            )
        typer.echo(f"The sandbox is open: {address}/sandbox/  (Ctrl+C ends it)")
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
                a_second=settings.teams_rate,
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


def _links(settings: Settings) -> Links | None:
    """What makes links to files; None where nobody said at which address browsers find us."""
    return Links(settings.address, settings.secret_key.get_secret_value()) if settings.public_url else None


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
        if error.errno == errno.EADDRINUSE:
            raise Unusable(f"Port {port} is taken. Name a free one with DRUMBEAT_PORT.") from None
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
