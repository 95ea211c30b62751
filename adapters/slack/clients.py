"""Calls to Slack's Web API: one session for all of them, and Slack's refusals as the errors of our ports."""

import logging
from collections.abc import Awaitable
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core.errors import Gone, PlatformError, RateLimited, Unavailable, Unknown
from bot.core.ports import MAY_BEGIN

PATIENCE: Final = aiohttp.ClientTimeout(total=15, connect=5)
"""Seconds for a whole call and for its connection."""

PAUSE: Final = 30.0
"""Seconds to wait where Slack says too many and not how long."""

TOO_MANY: Final = 429
SERVER_ERROR: Final = 500

LIMITED: Final = frozenset({"ratelimited", "rate_limited"})
GONE: Final = frozenset(
    {
        "cannot_reply_to_message",
        "cant_update_message",
        "channel_not_found",
        "edit_window_closed",
        "is_archived",
        "is_inactive",
        "message_not_found",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
        "user_disabled",
        "user_not_found",
    }
)
NOT_TAKEN: Final = frozenset({"request_timeout", "service_unavailable", "team_added_to_org", "token_expired"})
"""Slack did not begin with the call (docs.slack.dev/reference/methods): it may be made again."""

PERHAPS_TAKEN: Final = frozenset({"fatal_error", "internal_error"})
"""By Slack's own words some of the call may have happened."""


def silent() -> logging.Logger:
    """A logger for Slack's libraries that says nothing: their lines hold what people wrote, and tokens."""
    logger = logging.getLogger("adapters.slack.sdk")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    return logger


class Web:
    """The way to Slack's Web API at `address` (a base URL ending in a slash), started and stopped with the adapter."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._session: aiohttp.ClientSession | None = None
        self._clients: dict[str, AsyncWebClient] = {}

    def start(self) -> None:
        """Open the session; needs a running loop."""
        self._session = aiohttp.ClientSession(timeout=PATIENCE, trace_configs=[_punctual()])
        self._clients.clear()

    async def stop(self) -> None:
        """Close the session and every connection."""
        if self._session:
            await self._session.close()

    def client(self, token: str) -> AsyncWebClient:
        """The client that speaks with a token. It never repeats a call by itself: that could post twice."""
        if token not in self._clients:
            self._clients[token] = AsyncWebClient(
                token, base_url=self.address, session=self._session, retry_handlers=[], logger=silent()
            )
        return self._clients[token]

    async def post(self, url: str, body: dict[str, Any]) -> None:
        """Post to a response URL."""
        if self._session is None:
            raise Unavailable("not_started")
        try:
            async with self._session.post(url, json=body) as response:
                if response.status >= TOO_MANY:
                    raise PlatformError(f"response_url_{response.status}")
        except (aiohttp.ClientError, TimeoutError):
            raise Unknown("no_answer") from None


def _punctual() -> aiohttp.TraceConfig:
    """Breaks a call off that may not begin any more, at the last moment before its bytes go out."""

    async def look(_session: object, _context: object, _chunk: object) -> None:
        if not MAY_BEGIN.get()():
            raise Unavailable("too_late")

    trace = aiohttp.TraceConfig()
    trace.on_request_chunk_sent.append(look)
    return trace


async def taken(call: Awaitable[AsyncSlackResponse], bucket: str = "") -> AsyncSlackResponse:
    """What Slack answered to a call. Raises `PlatformError` and its kin; `bucket` is what pauses at Slack's request."""
    try:
        return await call
    except SlackApiError as error:
        raise refusal(error, bucket) from None
    except aiohttp.ClientConnectorError:
        raise Unavailable("unreachable") from None
    except (TimeoutError, aiohttp.ClientError, OSError):
        raise Unknown("no_answer") from None


def refusal(error: SlackApiError, bucket: str = "") -> PlatformError:
    """Slack's refusal as an error of ours. Only Slack's code is kept: its answer may quote the message."""
    answer = error.response
    status = int(getattr(answer, "status_code", None) or getattr(answer, "status", None) or 0)
    code = code_of(answer)
    if status == TOO_MANY or code in LIMITED:
        return RateLimited(_pause(answer), bucket)
    if code in GONE:
        return Gone(code)
    if code in NOT_TAKEN:
        return Unavailable(code)
    if code in PERHAPS_TAKEN or status >= SERVER_ERROR or not code:
        return Unknown(code or f"http_{status}")
    return PlatformError(code)


def code_of(answer: Any) -> str:  # noqa: ANN401 -- the SDK puts an answer of its own or of aiohttp there
    """Slack's error code in an answer; empty where it holds none."""
    data = getattr(answer, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def _pause(answer: Any) -> float:  # noqa: ANN401 -- as above
    try:
        return float(answer.headers["Retry-After"])
    except (KeyError, ValueError, TypeError):
        return PAUSE


def next_page(page: Any) -> str:  # noqa: ANN401 -- the SDK's answer has no static keys
    """The cursor of the page after this one; empty where it is the last."""
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")
