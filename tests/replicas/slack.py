"""As much of Slack as replicas need, in a process of its own with a ledger: `python -m tests.replicas.slack PORT`.

It takes every message. What it took it took, whatever becomes of whoever sent it.
"""

import sys
import time
from dataclasses import dataclass
from typing import Any

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.parts.emulate import BOT, TEAM

PEOPLE = 20


@dataclass(frozen=True)
class Taken:
    """One message in the ledger: its key, its channel, and when it came, by this machine's monotonic clock."""

    key: str
    channel: str
    at: float


@dataclass(frozen=True)
class Ledger:
    """The ledger, as others read it."""

    port: int

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    async def messages(self) -> list[Taken]:
        """Every message so far, in order."""
        async with httpx2.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{self.port}/ledger")
        return [Taken(**each) for each in answer.json()]

    async def keys(self) -> list[str]:
        return [message.key for message in await self.messages()]


def slack() -> Starlette:
    """The application."""
    taken: list[dict[str, Any]] = []

    async def call(request: Request) -> JSONResponse:
        body = await request.json() if "json" in request.headers.get("content-type", "") else await request.form()
        sent: dict[str, Any] = {**request.query_params, **body}
        told: dict[str, Any] = {"channel": sent.get("channel"), "ts": sent.get("ts")}
        match request.path_params["method"]:
            case "auth.test":
                told = {"team_id": TEAM, "team": "Acme", "user_id": BOT, "bot_id": "B0DRUM", "user": "drumbeat"}
            case "users.list":
                told = {"members": [_member(number) for number in range(PEOPLE)]}
            case "conversations.open":
                told = {"channel": {"id": f"D{sent['users']}"}}
            case "conversations.history":
                told = {"messages": [each for each in taken if each["channel"] == sent["channel"]]}
            case "chat.postMessage":
                told["ts"] = f"{time.time():.6f}"
                taken.append({**told, "metadata": sent["metadata"], "at": time.monotonic()})
            case _:
                pass
        return JSONResponse({"ok": True, **told})

    async def ledger(_request: Request) -> JSONResponse:
        return JSONResponse(
            [
                {"key": each["metadata"]["event_payload"]["key"], "channel": each["channel"], "at": each["at"]}
                for each in taken
            ]
        )

    return Starlette(routes=[Route("/api/{method}", call, methods=["GET", "POST"]), Route("/ledger", ledger)])


def _member(number: int) -> dict[str, Any]:
    profile = {"real_name": f"Person {number}", "email": f"p{number}@example.com", "title": "Engineer"}
    return {"id": f"U{number:03}", "team_id": TEAM, "name": f"person{number}", "tz": "UTC", "profile": profile}


if __name__ == "__main__":
    uvicorn.run(slack(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
