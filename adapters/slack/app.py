"""The way in: Bolt hears commands, clicks, forms and events, the engine handles them, `Answers` answers."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from starlette.routing import BaseRoute, Route

from adapters.slack import doctor, manifest, payloads
from adapters.slack.answers import Answers, Errands, Reach
from adapters.slack.clients import Web, silent
from adapters.slack.door import Door
from adapters.slack.forms import remembered
from adapters.slack.installations import Installations
from adapters.slack.oauth import Install, States
from adapters.slack.platform import NAME, SlackPlatform
from adapters.slack.tokens import OneToken, Tokens
from bot.config import Settings
from bot.core.database import Connection, Database
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.errors import PlatformError
from bot.core.interactions import Event, Interaction, Origin
from bot.core.texts import Texts

T = TypeVar("T")
Body = Mapping[str, Any]

log = structlog.get_logger()

ANYTHING: Final = re.compile("")
GONE: Final = re.compile("^(app_uninstalled|tokens_revoked)$")


class Malformed(Exception):
    """A signed payload that is not as Slack documents it."""


class SlackAdapter:
    """Slack as one part of the process: `routes` for HTTP, `platform` for the dispatcher, `start` and `stop`.

    HTTP needs a signing secret, Socket Mode an app token; with both, both are open.
    """

    def __init__(self, settings: Settings, engine: Engine, database: Database) -> None:
        self._settings = settings
        self._engine = engine
        self._database = database
        self._web = Web(settings.slack_api_url)
        self._errands = Errands()
        self._answers = Answers(self._web, self._errands)
        self._installations = (
            Installations(settings, self._web, database, self._installed) if settings.slack_client_id else None
        )
        self._install = self._oauth(self._installations) if self._installations else None
        self._tokens: Tokens = self._installations or OneToken(self._web, settings.slack_bot_token.get_secret_value())
        self._socket: AsyncSocketModeHandler | None = None
        self.platform = SlackPlatform(self._web, self._tokens)
        self.bolt = self._bolt()

    def _oauth(self, installations: Installations) -> Install:
        secret_key = self._settings.secret_key.get_secret_value()
        states = States(secret_key.split(",")[0], self._database, self._engine.clock)
        return Install(self._settings, self._web, installations, states)

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Where Slack and whoever installs the app come in over HTTP; nowhere without a signing secret."""
        if not self._settings.slack_signing_secret:
            return ()
        pages = self._install.routes if self._install else ()
        return (Route(manifest.EVENTS_PATH, Door(self.bolt), methods=["POST"]), *pages)

    async def start(self) -> None:
        """Open the session to Slack, and the socket where one is wanted."""
        self._web.start()
        if self._install:
            self._install.start()
        else:
            self._errands.go(self._meet())
        if token := self._settings.slack_app_token.get_secret_value():
            self._socket = AsyncSocketModeHandler(self.bolt, token, logger=silent(), web_client=self._web.client(token))
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

    def _bolt(self) -> AsyncApp:
        """A few listeners, each for everything of its kind: Bolt looks at them one by one, clicks come most often."""
        bolt = AsyncApp(
            name="drumbeat",
            logger=silent(),
            process_before_response=True,
            signing_secret=self._settings.slack_signing_secret.get_secret_value(),
            authorize=_Authorize(self._tokens),  # type: ignore[arg-type] # Bolt takes its own class, too
            oauth_flow=self._install.flow if self._install else None,
            user_facing_authorize_error_message=Texts("en")("Drumbeat is not installed here any more."),
            ssl_check_enabled=False,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        bolt.action(ANYTHING)(self._click)
        bolt.command(ANYTHING)(self._command)
        bolt.view(ANYTHING)(self._submission)
        bolt.event(GONE)(self._removed)
        bolt.event(ANYTHING)(self._event)
        bolt.view_closed(ANYTHING)(self._nothing)
        bolt.options(ANYTHING)(self._nothing)
        bolt.shortcut(ANYTHING)(self._nothing)
        bolt.error(self._failed)
        return bolt

    async def _click(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        act = _read(payloads.click, body)
        answer = await self._engine.handle(act)
        await ack()
        reach = self._reach(context, act, body)
        self._answers.to_click(reach, answer)
        if (body.get("container") or {}).get("type") == "view" and answer.home is None:
            self._errands.go(self._show_home(reach))

    async def _command(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        act = _read(payloads.command, body)
        answer = await self._engine.handle(act)
        await ack(self._answers.to_command(self._reach(context, act, body), answer) or "")

    async def _submission(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        act = _read(payloads.submission, body)
        answer = await self._engine.handle(act)
        await ack(self._answers.to_submission(self._reach(context, act, body), answer) or "")

    async def _event(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        act = _read(lambda told: payloads.event(told, context.bot_user_id or ""), body)
        if act is not None:
            answer = await self._engine.handle(act)
            self._answers.to_event(self._reach(context, act, body), answer)
        await ack()

    async def _removed(self, ack: AsyncAck, body: Body) -> None:
        """The app was removed: what we know of the workspace stays, but nothing is sent there any more."""
        team = _read(payloads.removed, body)
        if team:
            log.info("slack_removed", team=team)
            await self._database.run(lambda c: _deactivate(c, team))
            self._tokens.forget(team)
            if self._installations:
                await self._installations.remove(team)
        await ack()

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

    async def _nothing(self, ack: AsyncAck) -> None:
        await ack()

    async def _failed(self, error: Exception) -> BoltResponse:
        """What went wrong decides the status; the sender never sees more than that."""
        match error:
            case Malformed():
                return BoltResponse(status=400)
            case PlatformError(reason=reason):
                log.warning("slack_call_failed", reason=reason)
                return BoltResponse(status=503)
            case _:
                log.error("slack_request_failed", exc_info=error)
                return BoltResponse(status=500)

    async def _show_home(self, reach: Reach) -> None:
        """A click on the home page may have changed it."""
        origin = Origin(platform=NAME, workspace=reach.origin.workspace, account=reach.origin.account)
        self._answers.to_event(reach, await self._engine.handle(Event(origin, "home_opened")))

    def _reach(self, context: AsyncBoltContext, act: Interaction, body: Body) -> Reach:
        view = body.get("view") or {}
        _, reply_to = remembered(str(view.get("private_metadata") or "")) if view else ("", "")
        return Reach(
            client=self._web.client(context.bot_token or ""),
            origin=act.origin,
            trigger=str(body.get("trigger_id") or ""),
            reply_to=str(body.get("response_url") or reply_to),
            blocks=list(view.get("blocks") or ()),
        )


class _Authorize(AsyncAuthorize):
    """Tells Bolt which token goes with a request."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # Bolt has no types here
        self._tokens = tokens

    async def __call__(self, *, enterprise_id: str | None, team_id: str | None, **_: object) -> AuthorizeResult | None:
        """The token of the team or of its organisation; None, with a line in the log, where we are not installed."""
        access = await self._tokens.of(team_id or "", enterprise_id or "")
        if access is None:
            log.warning("slack_not_installed", team=team_id, enterprise=enterprise_id)
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=access.token,
            bot_id=access.bot,
            bot_user_id=access.bot_user,
        )


def _activate(connection: Connection, team: str) -> None:
    directory.describe_workspace(connection, directory.workspace(connection, NAME, team).id, active=True)


def _deactivate(connection: Connection, team: str) -> None:
    if workspace := directory.find_workspace(connection, NAME, team):
        directory.describe_workspace(connection, workspace.id, active=False)


def _read(reading: Callable[[Body], T], body: Body) -> T:
    try:
        return reading(body)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise Malformed from error
