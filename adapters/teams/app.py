"""The HTTP door of Teams: `POST /api/messages`, one activity at a time, through the SDK into the engine."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import httpx2
import structlog
from botbuilder.core import CloudAdapterBase, InvokeResponse, TurnContext
from botbuilder.schema import Activity as SdkActivity
from botbuilder.schema import ChannelAccount, ConversationAccount
from botframework.connector.auth import AuthenticationConstants, MicrosoftAppCredentials
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.teams import forms, translate
from adapters.teams.activity import Activity
from adapters.teams.answers import Answers
from adapters.teams.auth import LOOPBACK, METADATA_URL, Authentication, SigningKeys, Unauthorized
from adapters.teams.connector import Connector, Tokens
from adapters.teams.platform import A_SECOND, TeamsPlatform
from adapters.teams.routes import CONVERSATION, Routes
from bot.core.engine import Engine
from bot.core.errors import PlatformError
from bot.core.interactions import Answer, Command, Event

PATH: Final = "/api/messages"
LARGEST: Final = 512 * 1024
"""Bytes; an activity with a whole form in its button has some 60 KB."""

INVOKES: Final = frozenset({"adaptiveCard/action", "task/fetch", "task/submit"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsSettings:
    """How the bot is known to Microsoft. `anonymous` takes unsigned activities from this machine, for local play.

    `tenant` is set for a single-tenant bot; activities of other tenants are refused then. `a_second` is how many calls
    it may make in each tenant.
    """

    app_id: str = ""
    password: str = ""
    tenant: str = ""
    anonymous: bool = False
    a_second: int = A_SECOND
    metadata_url: str = METADATA_URL


class TeamsAdapter:
    """Teams, connected: `routes` for the web server, `platform` for the dispatcher."""

    def __init__(
        self,
        settings: TeamsSettings,
        engine: Engine,
        *,
        client: httpx2.AsyncClient | None = None,
        fetch_token: Callable[[], str] | None = None,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._client = client or httpx2.AsyncClient(timeout=10)
        self._keys = SigningKeys(self._client, engine.clock, settings.metadata_url)
        self._tokens = None if settings.anonymous else Tokens(fetch_token or _microsoft(settings))
        self._ways = Routes(engine.database)
        self.platform = TeamsPlatform(Connector(self._client, self._tokens), self._ways, settings.a_second)
        self._answers = Answers(self.platform, self._ways, engine.database)
        authentication = Authentication(settings.app_id, settings.tenant, self._keys, anonymous=settings.anonymous)
        self._door = _Door(authentication)
        self.routes = [Route(PATH, self.messages, methods=["POST"])]

    async def start(self) -> None:
        """Nothing is asked of Microsoft before the first activity comes or goes."""

    async def stop(self) -> None:
        """Let go of every connection."""
        await self._client.aclose()

    async def findings(self) -> list[str]:
        """What keeps Teams from working, in a sentence each, for `drumbeat doctor`."""
        found = []
        if self._tokens:
            try:
                await self._tokens()
            except PlatformError:
                found.append(
                    "Microsoft gives no access token for MICROSOFT_APP_ID: check it, MICROSOFT_APP_PASSWORD (it may "
                    "have expired) and MICROSOFT_APP_TENANT_ID."
                )
            if not await self._keys.reachable():
                found.append(f"Microsoft's signing keys cannot be read from {self._settings.metadata_url}.")
        if not await self._ways.any_workspace():
            found.append("Teams has never written to this bot: set its messaging endpoint, then install the app.")
        return found

    async def messages(self, request: Request) -> Response:
        """Take one activity. 400 if it is not one, 401 if it is not from Teams, 413 if it is too large."""
        if self._settings.anonymous and (request.client is None or request.client.host not in LOOPBACK):
            log.warning("teams_unauthorized", reason="not_from_this_machine")
            return Response(status_code=401)
        body = await _limited(request)
        if body is None:
            return Response(status_code=413)
        try:
            activity = Activity.model_validate_json(body)
        except ValidationError:
            log.warning("teams_malformed", size=len(body))
            return Response(status_code=400)
        return await self._serve(activity, request.headers.get("authorization", ""))

    async def _serve(self, activity: Activity, header: str) -> Response:
        async def on_turn(context: TurnContext) -> None:
            if activity.type == "invoke":
                answer = await self._invoked(activity)
                await context.send_activity(SdkActivity(type="invokeResponse", value=answer))
            else:
                await self._told(activity)

        try:
            answer = await self._door.process_activity(header, _for_sdk(activity), on_turn)
        except Unauthorized as error:
            log.warning("teams_unauthorized", reason=error.reason)
            return Response(status_code=401)
        except (translate.Malformed, forms.Malformed):
            log.warning("teams_malformed", type=activity.type[:40], name=activity.name[:40])
            return Response(status_code=400)
        except Exception:
            log.exception("teams_failed", type=activity.type[:40], name=activity.name[:40])
            return Response(status_code=500)
        if answer is None:
            return Response(status_code=200)
        return Response(status_code=answer.status) if answer.body is None else JSONResponse(answer.body, answer.status)

    async def _told(self, activity: Activity) -> None:
        await self._meet(activity)
        if activity.type != "message":
            await self._happened(activity)
        elif isinstance(activity.value, dict):
            pressed = translate.pressed(activity, own=False)
            await self._answers.after_message(activity, pressed, await self._handle(activity, pressed))
        elif typed := translate.typed(activity, self._engine.commands, await self._teams(activity)):
            answer = await self._engine.handle(typed)
            if isinstance(typed, Command):
                await self._answers.after_message(activity, typed, answer)

    async def _teams(self, activity: Activity) -> Mapping[str, str]:
        """The keys of teams by name, where the words may hold one."""
        named = any(entity.mentioned.id.startswith(CONVERSATION) for entity in activity.entities)
        return await self._ways.teams_named(activity.tenant) if named or "@" in activity.text else {}

    async def _invoked(self, activity: Activity) -> InvokeResponse:
        if activity.name not in INVOKES:
            return InvokeResponse(status=501)
        await self._meet(activity)
        shows_card = activity.name == "adaptiveCard/action"
        act = translate.pressed(activity, own=shows_card)
        answer = await self._handle(activity, act)
        respond = self._answers.to_action if shows_card else self._answers.to_task
        return InvokeResponse(status=200, body=await respond(activity, act, answer))

    async def _handle(self, activity: Activity, act: translate.Pressed) -> Answer:
        if isinstance(act, translate.Sent):
            return await self._engine.handle(await self._answers.submission(activity, act))
        return await self._engine.handle(act)

    async def _meet(self, activity: Activity) -> None:
        if await self._ways.meet(activity):
            await self._engine.handle(Event(translate.origin_of_change(activity), "profile_changed"))

    async def _happened(self, activity: Activity) -> None:
        for change in translate.changes(activity):
            await self._engine.hear(change)
        for event in translate.happened(activity):
            if event.name == "joined":
                workspace = await self._ways.workspace(activity.tenant)
                with suppress(PlatformError):  # they are welcome without a name, too
                    await self.platform.acquaint(workspace, activity.place, event.origin.account)
            await self._engine.handle(event)


class _Door(CloudAdapterBase):  # type: ignore[misc]  # the SDK has no types
    """The SDK's adapter as it is: token, turn, invoke response. Messages go out through our own connector."""


def _for_sdk(activity: Activity) -> SdkActivity:
    """As much of an activity as the SDK needs to check it and to run a turn."""
    return SdkActivity(
        type=activity.type,
        id=activity.id,
        channel_id=activity.channel_id,
        service_url=activity.service_url,
        conversation=ConversationAccount(id=activity.conversation.id, tenant_id=activity.tenant),
        from_property=ChannelAccount(id=activity.sender.id),
        recipient=ChannelAccount(id=activity.recipient.id),
    )


def _microsoft(settings: TeamsSettings) -> Callable[[], str]:
    credentials = MicrosoftAppCredentials(
        settings.app_id,
        settings.password,
        settings.tenant or None,
        AuthenticationConstants.TO_CHANNEL_FROM_BOT_OAUTH_SCOPE,
    )
    fetch: Callable[[], str] = credentials.get_access_token
    return fetch


async def _limited(request: Request) -> bytes | None:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return None
    return bytes(body)
