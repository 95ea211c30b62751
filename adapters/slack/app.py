"""Slack as one part of the process: where it comes in, where messages go out, and how both begin and end."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.oauth.installation_store import Installation
from starlette.routing import BaseRoute, Route

from adapters.slack import doctor, manifest
from adapters.slack.answers import Errands
from adapters.slack.clients import Web, silent
from adapters.slack.door import Door
from adapters.slack.hearing import Hearing
from adapters.slack.installations import Installations
from adapters.slack.oauth import Install, States
from adapters.slack.platform import NAME, SlackPlatform
from adapters.slack.tokens import OneToken, Tokens
from bot.config import Settings
from bot.core.database import Connection, Database
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.errors import PlatformError
from bot.core.interactions import Event, Origin

log = structlog.get_logger()

MEETING: Final = 1.5
"""Seconds that a start waits for Slack to say which workspace it is; the first who does something there tells, too."""


class SlackAdapter:
    """`routes` for HTTP, `platform` for the dispatcher, `start`, `stop`, and `findings` for the doctor.

    HTTP needs a signing secret, Socket Mode an app token; with both, both are open. With a client id and secret people
    install the app themselves, in any number of workspaces; otherwise there is one workspace and its bot token.
    """

    def __init__(self, settings: Settings, engine: Engine, database: Database) -> None:
        self._settings = settings
        self._engine = engine
        self._database = database
        self._web = Web(settings.slack_api_url)
        self._errands = Errands()
        installs = bool(settings.slack_client_id)
        self._installations = Installations(settings, self._web, database, self._installed) if installs else None
        self._install = self._oauth(self._installations) if self._installations else None
        self._tokens: Tokens = self._installations or OneToken(self._web, settings.slack_bot_token.get_secret_value())
        self._socket: AsyncSocketModeHandler | None = None
        self.platform = SlackPlatform(self._web, self._tokens, settings.slack_rate)
        hearing = Hearing(engine, self._web, self._tokens, self._errands, self._removed)
        secret = settings.slack_signing_secret.get_secret_value()
        self._bolt = hearing.bolt(secret, self._install.flow if self._install else None)

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Where Slack and whoever installs the app come in over HTTP; nowhere without a signing secret."""
        if not self._settings.slack_signing_secret:
            return ()
        pages = self._install.routes if self._install else ()
        return (Route(manifest.EVENTS_PATH, Door(self._bolt), methods=["POST"]), *pages)

    async def start(self) -> None:
        """Open the session to Slack, and the socket where one is wanted and this process is to hear."""
        self._web.start()
        if self._install:
            self._install.start()
        else:
            await self._introduce()
        token = self._settings.slack_app_token.get_secret_value()
        if token and self._settings.role.hears:
            client = self._web.client(token)
            self._socket = AsyncSocketModeHandler(self._bolt, token, logger=silent(), web_client=client)
            await self._socket.connect_async()  # type: ignore[no-untyped-call] # Bolt has no types here

    async def stop(self) -> None:
        """Hear nothing more, finish what was begun, close."""
        if self._socket:
            await self._socket.close_async()  # type: ignore[no-untyped-call] # as above
        await self._errands.finish()
        await self._web.stop()

    async def findings(self) -> Sequence[str]:
        """What is missing, in sentences (see `doctor`)."""
        return await doctor.findings(self._settings, self._web, self._tokens, self._database)

    def _oauth(self, installations: Installations) -> Install:
        secret_key = self._settings.secret_key.get_secret_value().split(",")[0]
        states = States(secret_key, self._database, self._engine.clock)
        return Install(self._settings, self._web, installations, states)

    async def _introduce(self) -> None:
        """Meet the one workspace now if Slack answers at once, else when it does: nobody waits for it."""
        try:
            await asyncio.wait_for(self._meet(), MEETING)
        except (PlatformError, TimeoutError) as error:
            log.warning("slack_not_met", reason=getattr(error, "reason", "too_slow"))

    async def _meet(self) -> None:
        """Know the one workspace before anybody in it does something, so that its people can be learnt."""
        access = await self._tokens.of("")
        if access and access.team:
            await self._database.run(lambda c: _activate(c, access.team))

    async def _installed(self, installation: Installation) -> None:
        """Whoever installed the app is the first we know in a workspace."""
        if installation.team_id and not installation.is_enterprise_install:
            origin = Origin(platform=NAME, workspace=installation.team_id, account=installation.user_id)
            await self._engine.handle(Event(origin, "installed"))

    async def _removed(self, team: str) -> None:
        """What we know of a workspace stays, but nothing is sent there any more."""
        log.info("slack_removed", team=team)
        await self._database.run(lambda c: _deactivate(c, team))
        self._tokens.forget(team)
        if self._installations:
            await self._installations.remove(team)


def _activate(connection: Connection, team: str) -> None:
    directory.describe_workspace(connection, directory.workspace(connection, NAME, team).id, active=True)


def _deactivate(connection: Connection, team: str) -> None:
    if workspace := directory.find_workspace(connection, NAME, team):
        directory.describe_workspace(connection, workspace.id, active=False)
