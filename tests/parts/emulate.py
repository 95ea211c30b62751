"""Slack as somebody else wrote it: Emulate's Web API, with a front of ours that keeps a ledger of what passes.

The front also turns a GET's query into the body that Emulate reads, answers a call wrongly where a test wants it to,
takes what is posted to response URLs, and has user groups, which Emulate does not know.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.parts import npm, process
from tests.parts.served import served

PACKAGE: Final = "emulate"
DRIVER: Final = Path(__file__).with_name("emulate.mjs")

REFERENCE: Final = Path(__file__).parents[1] / "contracts" / "slack" / "web_api_methods.json"

TEAM: Final = "T000000001"
GENERAL: Final = "C000000001"
RANDOM: Final = "C000000002"
BOT: Final = "U0DRUM"
TOKEN: Final = "xoxb-drumbeat"
SECRET: Final = "signing-secret-of-a-test"
OWN: Final = ["chat:write", "channels:write"]
"""What people may do with their own tokens, `xoxp-` and their name."""

CLIENT_ID: Final = "111.222"
CLIENT_SECRET: Final = "client-secret-of-a-test"


def missing() -> str:
    """Say why there is no Slack here, or nothing if there is: for `pytest.skip`."""
    return npm.missing(PACKAGE)


@dataclass(frozen=True)
class Call:
    """One call of the Web API: its method, its arguments, whose token, and what Slack answered."""

    method: str
    arguments: dict[str, Any]
    token: str
    answer: dict[str, Any]


@dataclass
class Slack:
    """Slack, and what happened there. `events_to` is where its events go, `faults` the answers that are wrong next."""

    api_url: str = ""
    url: str = ""
    calls: list[Call] = field(default_factory=list)
    replies: list[dict[str, Any]] = field(default_factory=list)
    heard: list[tuple[str, int]] = field(default_factory=list)
    events_to: str = ""
    faults: dict[str, list[Response | Exception]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    """Methods whose next call is taken, and whose answer never comes back."""
    users: dict[str, str] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    """The accounts in each user group, by its handle; its id is `S-` and that."""

    def forget(self) -> None:
        """Empty the ledger, give right answers again, and send events nowhere."""
        self.calls.clear()
        self.replies.clear()
        self.heard.clear()
        self.faults.clear()
        self.lost.clear()
        self.events_to = ""
        self.groups.clear()

    def grouped(self, method: str, sent: dict[str, Any]) -> dict[str, Any] | None:
        """What Slack answers about user groups; None where it is asked about something else."""
        if method == "usergroups.list":
            listed = [{"id": f"S-{handle}", "handle": handle, "name": handle.title()} for handle in self.groups]
            return {"ok": True, "usergroups": listed}
        if method == "usergroups.users.list":
            found = self.groups.get(str(sent.get("usergroup", "")).removeprefix("S-"))
            return {"ok": False, "error": "no_such_subteam"} if found is None else {"ok": True, "users": found}
        return None

    def made(self, method: str) -> list[Call]:
        """The calls of a method, in order."""
        return [call for call in self.calls if call.method == method]

    def unknown(self) -> list[str]:
        """Calls that Slack's own reference does not know: methods, arguments, missing arguments."""
        methods = json.loads(REFERENCE.read_text())["methods"]
        found: list[str] = []
        for call in self.calls:
            known = methods.get(call.method)
            if known is None:
                found.append(call.method)
                continue
            names = {name for name, value in call.arguments.items() if value not in (None, "")} - {"token"}
            found += [f"{call.method}({name}=)" for name in names - {*known["required"], *known["optional"]}]
            found += [f"{call.method} without {name}" for name in set(known["required"]) - names]
        return found

    async def seen(self, what: Callable[[], object], seconds: float = 10) -> Any:  # noqa: ANN401 -- whatever `what` gives
        """What `what` gives, as soon as it gives anything."""
        async with asyncio.timeout(seconds):
            while not (found := what()):  # noqa: ASYNC110 -- what is waited for happens in another program
                await asyncio.sleep(0.01)
        return found

    async def call(self, method: str, token: str = TOKEN, **arguments: str) -> dict[str, Any]:
        """Call the Web API as somebody, past the ledger."""
        async with httpx2.AsyncClient() as client:
            headers = {"Authorization": f"Bearer {token}"}
            answer = await client.post(f"{self.url}/api/{method}", data=arguments, headers=headers)
        told: dict[str, Any] = answer.json()
        return told


@asynccontextmanager
async def slack(folder: Path, redirect: str = "http://127.0.0.1:1/slack/oauth_redirect") -> AsyncIterator[Slack]:
    """Give a Slack with a workspace of five people, whose events are signed with `SECRET`."""
    world = Slack()
    port = process.free_port()
    async with served(_front(world, port)) as front:
        world.api_url, world.url = f"http://127.0.0.1:{front}/api/", f"http://127.0.0.1:{port}"
        seed = folder / "slack.json"
        seed.write_text(json.dumps({"slack": _company(redirect)}))
        command: list[str | Path] = [npm.node(), DRIVER, str(port), seed, f"http://127.0.0.1:{front}/events"]
        with process.running(command, log=folder / "slack.log", port=port, env=npm.environment()):
            members = (await world.call("users.list"))["members"]
            world.users = {member["name"]: member["id"] for member in members}
            yield world


def _company(redirect: str) -> dict[str, Any]:
    scopes = json.loads((Path(__file__).parents[2] / "manifest.json").read_text())["oauth_config"]["scopes"]["bot"]
    people = ["anna", "ben", "chen", "dora"]
    app = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "app_id": "A0DRUM",
        "name": "Drumbeat",
        "redirect_uris": [redirect],
        "scopes": scopes,
        "bot_name": "drumbeat",
        "bot_id": "B0DRUM",
        "bot_user_id": BOT,
    }
    token = {"token": TOKEN, "type": "bot", "user": BOT, "bot_id": "B0DRUM", "bot_user_id": BOT, "scopes": scopes}
    own = [{"token": f"xoxp-{name}", "type": "user", "user": name, "scopes": OWN} for name in people]
    return {
        "signing_secret": SECRET,
        "strict_scopes": True,
        "team": {"name": "Acme"},
        "users": [
            {
                "name": name,
                "real_name": name.title(),
                "email": f"{name}@example.com",
                "is_admin": name == "anna",
                "profile": {"title": "Engineer"},
            }
            for name in people
        ],
        "channels": [{"name": "praise"}, {"name": "secret", "is_private": True}],
        "oauth_apps": [app],
        "tokens": [{**token, "app_id": "A0DRUM"}, *own],
    }


def _front(world: Slack, port: int) -> Starlette:
    async def api(request: Request) -> Response:
        method = request.path_params["method"]
        form = dict((await request.form()).items()) if "form" in request.headers.get("content-type", "") else {}
        body = await request.json() if "json" in request.headers.get("content-type", "") else {}
        sent: dict[str, Any] = {**request.query_params, **form, **body}
        if faults := world.faults.get(method):
            fault = faults.pop(0)
            if isinstance(fault, Exception):
                raise fault
            return fault
        wire = {name: value if isinstance(value, str) else json.dumps(value) for name, value in sent.items()}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if authorization := request.headers.get("authorization"):
            headers["Authorization"] = authorization
        status, told = 200, world.grouped(method, sent)
        if told is None:
            async with httpx2.AsyncClient() as client:
                answer = await client.post(
                    f"http://127.0.0.1:{port}/api/{method}", content=urlencode(wire), headers=headers
                )
            status, told = answer.status_code, answer.json()
        world.calls.append(Call(method, sent, (authorization or "").removeprefix("Bearer "), told))
        if method in world.lost:
            world.lost.discard(method)
            return Response("lost", 502)
        return JSONResponse(told, status)

    async def events(request: Request) -> Response:
        if not world.events_to:
            return Response()
        kept = ("content-type", "x-slack-request-timestamp", "x-slack-signature")
        async with httpx2.AsyncClient() as client:
            answer = await client.post(
                world.events_to,
                content=await request.body(),
                headers={name: request.headers[name] for name in kept if name in request.headers},
            )
        world.heard.append((json.loads(await request.body())["event"]["type"], answer.status_code))
        return Response()

    async def reply(request: Request) -> Response:
        world.replies.append(await request.json())
        return Response("ok")

    return Starlette(
        routes=[
            Route("/api/{method}", api, methods=["GET", "POST"]),
            Route("/events", events, methods=["POST"]),
            Route("/reply", reply, methods=["POST"]),
        ]
    )
