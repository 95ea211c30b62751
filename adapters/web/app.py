"""The one HTTP application: the routes of every adapter behind one guard."""

from collections.abc import Sequence
from typing import Final

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Lifespan, Message, Receive, Scope, Send

from adapters.web.metrics import Metrics

LARGEST_BODY: Final = 1024 * 1024
"""Bytes. Slack's and Teams' largest requests stay below a quarter of it."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
SECURE: Final = {"strict-transport-security": "max-age=31536000"}

log = structlog.get_logger()


def application(
    routes: Sequence[BaseRoute], metrics: Metrics, lifespan: Lifespan[Starlette] | None = None, *, https: bool = False
) -> Starlette:
    """The application behind which every route stands. `https` says that browsers reach it only so."""
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, metrics=metrics, headers={**HEADERS, **(SECURE if https else {})})],
        exception_handlers={HTTPException: _refused},
        lifespan=lifespan,
        max_body_size=LARGEST_BODY,
    )


class Guard:
    """Around every request: safe headers where the page sets none of its own, no traceback to anybody, a figure."""

    def __init__(self, app: ASGIApp, metrics: Metrics, headers: dict[str, str]) -> None:
        self._app = app
        self._metrics = metrics
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = {name for name, _ in message["headers"]}
                added = [header for header in self._headers if header[0] not in own]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        with self._metrics.request(scope, lambda: status or 500):
            try:
                await self._app(scope, receive, guarded)
            except Exception:
                log.exception("request_failed", method=scope["method"], route=self._metrics.door(scope))
                if status:
                    raise  # the answer has begun: only cutting it off tells the caller
                await _failed()(scope, receive, guarded)


def _failed() -> Response:
    return JSONResponse({"error": "Something went wrong here; it is in the log."}, status_code=500)


async def _refused(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise TypeError(error)
    return JSONResponse({"error": error.detail}, status_code=error.status_code, headers=error.headers)
