"""The door of the sandbox: only this machine, only its own page, only requests of a sensible size."""

import ipaddress
import secrets
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.sandbox import words

BODY: Final = 512 * 1024
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


class Guard:
    """Refuses a foreign `Host` (DNS rebinding), a foreign page (forged requests) and a body without end."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = RequestBodyLimitMiddleware(app, BODY)
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer with why not."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        if sentence := self._objection(scope):
            await JSONResponse({"sentence": sentence}, status_code=403)(scope, receive, guarded)
        else:
            await self._app(scope, receive, guarded)

    def _objection(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        client = scope.get("client")
        token = headers.get("x-sandbox-token", "").encode()
        origin = headers.get("origin")
        reads = scope["method"] in ("GET", "HEAD")
        t = words.stranger(headers.get("accept-language", ""))
        objections = {
            t("The sandbox speaks only to its own machine."): client is not None and not is_loopback(client[0]),
            t("The sandbox answers only to localhost."): not is_loopback(_name(host)),
            t("That came from another site's page."): _is_foreign(headers, host if origin else None),
            t("That page is from before a restart. Please load it again."): not reads
            and not secrets.compare_digest(token, self._token.encode()),
        }
        return next((sentence for sentence, holds in objections.items() if holds), "")


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_foreign(headers: Headers, host: str | None) -> bool:
    """Whether a browser says that another site's page asks. `host` is what an `Origin` must name, if there is one."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    return host is not None and headers["origin"].rpartition("://")[2] != host


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
