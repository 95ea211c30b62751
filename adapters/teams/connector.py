"""Teams' REST interface for bots (the Bot Connector, v3): one call, one answer, no retries.

The SDK's own client has no time-out, fetches tokens on the event loop, and does not tell a refused connection from an
answer that never came; the dispatcher lives by that difference.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final
from urllib.parse import quote

import httpx2

from adapters.teams.activity import Account
from bot.core.errors import Gone, PlatformError, RateLimited, Unavailable, Unknown
from bot.core.ports import MAY_BEGIN

TIMEOUT: Final = httpx2.Timeout(15, connect=5)
"""Seconds. Teams itself gives up on a bot after 15."""

TOKEN_PATIENCE: Final = 20
"""Seconds to wait for Microsoft's sign-in service."""

TOKEN_LIFE: Final = 300
"""Seconds that a token is used before MSAL is asked again; it gives out tokens with at least that much left."""

PAGE: Final = 200
PAUSE: Final = 5.0
"""Seconds to wait after a 429 that names no time."""

Json = dict[str, Any]


class Tokens:
    """Access tokens for the Bot Connector. `fetch` may block: it runs in a thread, once for all who wait."""

    def __init__(self, fetch: Callable[[], str]) -> None:
        self._fetch = fetch
        self._lock = asyncio.Lock()
        self._token = ""
        self._until = 0.0

    async def __call__(self) -> str:
        """A valid token. `Unavailable` if Microsoft's sign-in service gives none."""
        async with self._lock:
            if time.monotonic() >= self._until:
                await self._renew()
            return self._token

    def forget(self) -> None:
        """Ask for a new one next time: this one was refused."""
        self._until = 0.0

    async def _renew(self) -> None:
        try:
            self._token = await asyncio.wait_for(asyncio.to_thread(self._fetch), TOKEN_PATIENCE)
        except Exception as error:  # MSAL and requests raise anything from ValueError to socket errors
            raise Unavailable("no_access_token") from error
        self._until = time.monotonic() + TOKEN_LIFE


class Connector:
    """Calls on behalf of the bot; without `tokens` they are unsigned, for local play."""

    def __init__(self, client: httpx2.AsyncClient, tokens: Tokens | None) -> None:
        self._client = client
        self._tokens = tokens

    async def create(self, service: str, body: Json) -> Json:
        """Create a conversation: a personal chat, or a new thread in a channel together with its first message."""
        return await self._call("POST", service, "v3/conversations", json=body)

    async def post(self, service: str, conversation: str, activity: Json) -> str:
        """Post an activity and return its id."""
        path = f"v3/conversations/{_quoted(conversation)}/activities"
        return str((await self._call("POST", service, path, json=activity)).get("id", ""))

    async def put(self, service: str, conversation: str, message: str, activity: Json) -> None:
        """Replace a message."""
        path = f"v3/conversations/{_quoted(conversation)}/activities/{_quoted(message)}"
        await self._call("PUT", service, path, json=activity)

    async def members(self, service: str, conversation: str) -> AsyncIterator[Account]:
        """Everybody in a team or chat, page by page."""
        path = f"v3/conversations/{_quoted(conversation)}/pagedmembers"
        wanted = {"pageSize": str(PAGE)}
        while True:
            page = await self._call("GET", service, path, params=wanted)
            for member in page.get("members", ()):
                yield Account.model_validate(member)
            if not page.get("continuationToken"):
                return
            wanted["continuationToken"] = page["continuationToken"]

    async def member(self, service: str, conversation: str, account: str) -> Account:
        """One person in a team or chat, by account or Entra id."""
        path = f"v3/conversations/{_quoted(conversation)}/members/{_quoted(account)}"
        return Account.model_validate(await self._call("GET", service, path))

    async def channels(self, service: str, team: str) -> list[Json]:
        """The channels of a team; the general one has no name."""
        found = await self._call("GET", service, f"v3/teams/{_quoted(team)}/conversations")
        return list(found.get("conversations", ()))

    async def team(self, service: str, team: str) -> str:
        """The name of a team."""
        return str((await self._call("GET", service, f"v3/teams/{_quoted(team)}")).get("name", ""))

    async def _call(self, method: str, service: str, path: str, **more: Any) -> Json:  # noqa: ANN401 -- httpx's arguments
        headers = {"Authorization": f"Bearer {await self._tokens()}"} if self._tokens else {}
        url = f"{service.rstrip('/')}/{path}"
        extensions = {"trace": _punctual}
        request = self._client.request(method, url, headers=headers, timeout=TIMEOUT, extensions=extensions, **more)
        response = await _sent(request)
        if response.is_success:
            return _body(response)
        if response.status_code == httpx2.codes.UNAUTHORIZED and self._tokens:
            self._tokens.forget()
        raise _trouble(response)


async def _punctual(event: str, _facts: Json) -> None:
    """Break a call off that may not begin any more, at the last moment before its bytes go out."""
    writes = event.endswith(("send_request_headers.started", "send_request_body.started"))
    if writes and not MAY_BEGIN.get()():
        raise Unavailable("too_late")


async def _sent(request: Awaitable[httpx2.Response]) -> httpx2.Response:
    try:
        return await request
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
        raise Unavailable("no_connection") from error
    except httpx2.TransportError as error:
        raise Unknown("no_answer") from error
    except httpx2.InvalidURL as error:
        raise PlatformError("bad_service_url") from error


def _trouble(response: httpx2.Response) -> PlatformError:
    """Teams' own advice: try again after 412, 429, 502 and 504; 503 and 401 say that nothing was taken either."""
    code = _code(response)
    match response.status_code:
        case 429:
            return RateLimited(_retry_after(response))
        case 401 | 412 | 502 | 503 | 504:
            return Unavailable(code)
        case 403 | 404:
            return Gone(code)
        case status if status >= httpx2.codes.INTERNAL_SERVER_ERROR:
            return Unknown(code)
        case _:
            return PlatformError(code)


def _code(response: httpx2.Response) -> str:
    error = _body(response).get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return str(code)[:80] if code else f"http_{response.status_code}"


def _body(response: httpx2.Response) -> Json:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _retry_after(response: httpx2.Response) -> float:
    try:
        return max(1.0, float(response.headers["Retry-After"]))
    except (LookupError, ValueError):
        return PAUSE


def _quoted(key: str) -> str:
    return quote(key, safe="")
