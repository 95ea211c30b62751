"""As much of Slack's Web API as a benchmark of our own door needs: it takes every message and knows PEOPLE people.

Runs as a process of its own: `python -m benchmarks.slack_stub PORT PEOPLE`.
"""

import itertools
import sys
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

PAGE = 999


def member(number: int) -> dict[str, Any]:
    """One person as `users.list` tells of them."""
    return {
        "id": f"U{number:06}",
        "team_id": "T1",
        "name": f"person{number}",
        "tz": "Europe/Berlin",
        "profile": {"real_name": f"Person {number}", "email": f"p{number}@example.com", "title": "Engineer"},
    }


def stub(people: int) -> Starlette:
    """The application."""
    counter = itertools.count(1)

    async def call(request: Request) -> JSONResponse:
        sent = {**request.query_params, **(await request.form())}
        match request.path_params["method"]:
            case "auth.test":
                told = {"team_id": "T1", "team": "Bench", "user_id": "UBOT", "bot_id": "BBOT", "user": "drumbeat"}
            case "users.list":
                at = int(str(sent.get("cursor") or 0))
                members = [member(number) for number in range(at, min(at + PAGE, people))]
                more = str(at + PAGE) if at + PAGE < people else ""
                told = {"members": members, "response_metadata": {"next_cursor": more}}  # type: ignore[dict-item]
            case "conversations.open":
                told = {"channel": {"id": "D1"}}  # type: ignore[dict-item]
            case _:
                told = {"channel": str(sent.get("channel", "C1")), "ts": f"1.{next(counter):06}"}
        return JSONResponse({"ok": True, **told})

    return Starlette(routes=[Route("/api/{method}", call, methods=["GET", "POST"])])


if __name__ == "__main__":
    uvicorn.run(stub(int(sys.argv[2])), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
