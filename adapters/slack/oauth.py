"""The pages of an install: off to Slack with a signed state, and back with a code that becomes a token."""

import html
import secrets
from collections.abc import Sequence
from typing import Final
from urllib.parse import urljoin

import aiohttp
import structlog
from itsdangerous import BadSignature, URLSafeTimedSerializer
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from adapters.slack import manifest
from adapters.slack.clients import Web, silent
from adapters.slack.installations import Installations
from bot.config import Settings
from bot.core.database import Database
from bot.core.deliveries import store as deliveries
from bot.core.ports import Clock
from bot.core.texts import Texts, best_locale

log = structlog.get_logger()

INSTALL_PATH: Final = "/slack/install"
STATE_LIVES: Final = 600
"""Seconds between leaving for Slack's page and coming back."""


class States(AsyncOAuthStateStore):
    """States of installs under way: signed, ten minutes old at most, and good for one return."""

    def __init__(self, secret_key: str, database: Database, clock: Clock) -> None:
        self._signer = URLSafeTimedSerializer(secret_key, salt="slack-install")
        self._database = database
        self._clock = clock

    async def async_issue(self, *_: object, **__: object) -> str:
        """A new state."""
        return str(self._signer.dumps(secrets.token_urlsafe(16)))

    async def async_consume(self, state: str) -> bool:
        """Whether a state is ours, young and used for the first time."""
        try:
            issued = str(self._signer.loads(state, max_age=STATE_LIVES))
        except BadSignature:
            return False
        now = self._clock.now()
        return await self._database.run(lambda c: deliveries.first_time(c, f"slack-install:{issued}", now))


class Install:
    """Bolt's OAuth flow with our pages. `routes` are where an install begins and where it comes back to."""

    def __init__(self, settings: Settings, web: Web, installations: Installations, states: States) -> None:
        self._web = web
        self.flow = AsyncOAuthFlow(
            logger=silent(),
            settings=AsyncOAuthSettings(
                client_id=settings.slack_client_id,
                client_secret=settings.slack_client_secret.get_secret_value(),
                scopes=manifest.scopes(),
                user_scopes=[],
                redirect_uri=settings.address + manifest.REDIRECT_PATH,
                install_path=INSTALL_PATH,
                redirect_uri_path=manifest.REDIRECT_PATH,
                install_page_rendering_enabled=False,
                authorization_url=urljoin(settings.slack_api_url, "../oauth/v2/authorize"),
                callback_options=AsyncCallbackOptions(success=_succeeded, failure=_failed),
                installation_store=installations,
                installation_store_bot_only=True,
                state_store=states,
                logger=silent(),
            ),
        )

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """The two pages."""
        return (
            Route(INSTALL_PATH, self._begin, methods=["GET"]),
            Route(manifest.REDIRECT_PATH, self._return, methods=["GET"]),
        )

    def start(self) -> None:
        """Use the session that is open now."""
        self.flow._async_client = self._web.client("")  # noqa: SLF001 -- Bolt takes it only before there is a loop

    async def _begin(self, request: Request) -> Response:
        return _response(await self.flow.handle_installation(_asked(request)))

    async def _return(self, request: Request) -> Response:
        asked = _asked(request)
        try:
            return _response(await self.flow.handle_callback(asked))
        except (aiohttp.ClientError, SlackApiError, TimeoutError) as error:
            log.warning("slack_install_failed", error=type(error).__name__)
            return _response(_sorry(503, _texts(asked), "unreachable"))


def _asked(request: Request) -> AsyncBoltRequest:
    return AsyncBoltRequest(body="", query=dict(request.query_params), headers=dict(request.headers))


def _response(answer: BoltResponse) -> Response:
    """Bolt's response with all its headers; the state's cookie is among them."""
    response = Response(answer.body, answer.status, media_type="text/html")
    for name, values in answer.headers.items():
        if name != "content-type":
            response.headers[name] = values[0]
    return response


async def _succeeded(told: AsyncSuccessArgs) -> BoltResponse:
    t = _texts(told.request)
    team = told.installation.team_name or told.installation.enterprise_name or "Slack"
    return _page(
        200,
        t,
        t("Drumbeat is in {team}.", team=team),
        t("You can close this page. In Slack, type /drumbeat to see what it can do."),
    )


async def _failed(told: AsyncFailureArgs) -> BoltResponse:
    log.warning("slack_install_refused", reason=told.reason)
    return _sorry(told.suggested_status_code, _texts(told.request), told.reason)


def _sorry(status: int, t: Texts, reason: str) -> BoltResponse:
    return _page(status, t, t("That did not work."), t("The reason is: {reason}. Please start again.", reason=reason))


def _page(status: int, t: Texts, title: str, sentence: str) -> BoltResponse:
    written = (
        f'<!doctype html><html lang="{t.locale}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
        f"<main><h1>{html.escape(title)}</h1><p>{html.escape(sentence)}</p></main></html>"
    )
    return BoltResponse(status=status, body=written, headers={"Content-Type": "text/html; charset=utf-8"})


def _texts(request: AsyncBoltRequest) -> Texts:
    wanted = (request.headers.get("accept-language") or ["en"])[0]
    return Texts(best_locale(wanted.split(",")[0].split(";")[0]))
