"""Bolt hears commands, clicks, forms and events; the engine handles them; `Answers` answers."""

import re
from collections.abc import Awaitable, Callable, Mapping
from types import SimpleNamespace
from typing import Any, Final, TypeVar

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.response import BoltResponse

from adapters.slack import changes, payloads
from adapters.slack.answers import Answers, Errands, Reach
from adapters.slack.clients import Web, silent
from adapters.slack.forms import remembered
from adapters.slack.platform import NAME
from adapters.slack.tokens import Tokens
from bot.core.database import Away
from bot.core.engine import Engine
from bot.core.errors import PlatformError
from bot.core.interactions import Event, Interaction, Origin
from bot.core.texts import Texts

T = TypeVar("T")
Body = Mapping[str, Any]

log = structlog.get_logger()

ANYTHING: Final = re.compile("")
REMOVED: Final = re.compile("^(app_uninstalled|tokens_revoked)$")


class Malformed(Exception):
    """A signed payload that is not as Slack documents it."""


class Hearing:
    """One Bolt app with a few listeners, each for everything of its kind. `removed` hears of teams that removed us."""

    def __init__(
        self, engine: Engine, web: Web, tokens: Tokens, errands: Errands, removed: Callable[[str], Awaitable[None]]
    ) -> None:
        self._engine = engine
        self._web = web
        self._tokens = tokens
        self._errands = errands
        self._answers = Answers(web, errands)
        self._removed_from = removed

    def bolt(self, signing_secret: str, oauth: AsyncOAuthFlow | None) -> AsyncApp:
        """The app. What Bolt would do beside this is switched off: it costs time, and nothing here needs it."""
        bolt = _Bolt(
            name="drumbeat",
            logger=silent(),
            process_before_response=True,
            signing_secret=signing_secret,
            authorize=_Authorize(self._tokens),  # type: ignore[arg-type] # Bolt takes its own class, too
            oauth_flow=oauth,
            user_facing_authorize_error_message=Texts("en")("Drumbeat is not installed here any more."),
            ssl_check_enabled=False,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        bolt.use(_Clicks(self._click))
        bolt.command(ANYTHING)(self._command)
        bolt.view(ANYTHING)(self._submission)
        bolt.event(REMOVED)(self._removed)
        bolt.event(ANYTHING)(self._event)
        bolt.view_closed(ANYTHING)(self._nothing)
        bolt.options(ANYTHING)(self._nothing)
        bolt.shortcut(ANYTHING)(self._nothing)
        bolt.error(self._failed)
        return bolt

    async def _click(self, body: Body, context: AsyncBoltContext) -> None:
        act = _read(payloads.click, body)
        answer = await self._engine.handle(act)
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
        bot_user = context.bot_user_id or ""
        if change := _read(lambda told: changes.change(told, bot_user), body):
            await self._engine.hear(change)
        elif act := _read(lambda told: payloads.event(told, bot_user), body):
            answer = await self._engine.handle(act)
            self._answers.to_event(self._reach(context, act, body), answer)
        await ack()

    async def _removed(self, ack: AsyncAck, body: Body) -> None:
        if team := _read(payloads.removed, body):
            await self._removed_from(team)
        await ack()

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
            case Away():
                log.warning("slack_request_failed", reason="database_away")
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


class _Bolt(AsyncApp):
    """Bolt without the Web API client that it makes for every request and nobody here uses.

    The name it overrides is Bolt's own: should Bolt rename it, requests only take longer again.
    """

    def _init_context(self, req: AsyncBoltRequest) -> None:
        req.context["logger"] = self.logger
        req.context["client"] = SimpleNamespace(token=None, proxy=None, ssl=None)
        req.context["listener_runner"] = self.listener_runner


class _Clicks(AsyncMiddleware):
    """Takes a click before Bolt looks for its listener, a third of all that Bolt does; votes come by thousands."""

    def __init__(self, click: Callable[[Body, AsyncBoltContext], Awaitable[None]]) -> None:
        self._click = click

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 -- Bolt's signature
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 -- Bolt's name for it
    ) -> BoltResponse:
        """Answer a click, pass everything else on."""
        if req.body.get("type") != "block_actions":
            return await next()
        await self._click(req.body, req.context)
        return BoltResponse(status=200)


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


def _read(reading: Callable[[Body], T], body: Body) -> T:
    try:
        return reading(body)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise Malformed from error
