"""The bar that a vote is held against: Bolt alone, answering the very same request with nothing.

Runs as a process of its own: `python -m benchmarks.noop PORT SIGNING_SECRET`.
"""

import re
import sys
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def noop(signing_secret: str) -> Starlette:
    """The application."""

    async def authorize(**_: Any) -> AuthorizeResult:  # noqa: ANN401 -- Bolt hands over whatever it has
        return AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_token="xoxb-noop", bot_id="BBOT", bot_user_id="UBOT"
        )

    app = AsyncApp(signing_secret=signing_secret, authorize=authorize, process_before_response=True)

    @app.action(re.compile(r".*"))
    async def answer(ack: Any) -> None:  # noqa: ANN401 -- Bolt's own callable
        await ack()

    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])


if __name__ == "__main__":
    uvicorn.run(
        noop(sys.argv[2]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
    )
