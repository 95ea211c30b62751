"""Microsoft's side on this machine: signing keys, and the Bot Connector that our messages go to."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.parts import process

ISSUER = "https://api.botframework.com"
APP = "11111111-2222-4333-8444-555555555555"
TENANT = "00000000-0000-4000-8000-00000000aaaa"
BOT = "28:drumbeat"
ANNA = "29:anna"
BEN = "29:ben"
ANNAS_CHAT = "a:anna"
GROUP = "19:group@thread.v2"
TEAM = "19:team@thread.tacv2"
TEAM_NAME = "Design team"
CHANNEL = "19:announcements@thread.tacv2"
MEMBERS = [
    {"id": ANNA, "name": "Anna", "aadObjectId": "00000000-0000-4000-8000-00000000000a", "email": "anna@example.com"},
    {"id": BEN, "name": "Ben", "aadObjectId": "00000000-0000-4000-8000-00000000000b", "email": "ben@example.com"},
    {"id": "29:guest", "name": "Gus", "email": "gus@elsewhere.example", "userRole": "guest"},
]


@dataclass
class Microsoft:
    """What was asked, and what is answered: `trouble` is given out before anything else."""

    address: str = ""
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    trouble: list[Response] = field(default_factory=list)
    silence: float = 0
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)
    reads: int = 0

    @property
    def service(self) -> str:
        """The service address in our activities."""
        return f"{self.address}/connector/"

    @property
    def metadata(self) -> str:
        return f"{self.address}/openid"

    def rotate(self, key_id: str) -> None:
        """From now on there is only this key."""
        self.keys = {key_id: rsa.generate_private_key(public_exponent=65537, key_size=2048)}

    def token(
        self, key_id: str = "", *, key: rsa.RSAPrivateKey | None = None, claims: Mapping[str, object] | None = None
    ) -> str:
        """A token as Teams sends it; `claims` replace what is in it."""
        key_id = key_id or next(iter(self.keys))
        now = int(time.time())
        body = {"iss": ISSUER, "aud": APP, "serviceurl": self.service, "nbf": now - 60, "exp": now + 600} | dict(
            claims or {}
        )
        signer = key or self.keys[key_id]
        return jwt.encode(body, signer, algorithm="RS256", headers={"kid": key_id})

    def sent(self, method: str = "POST") -> list[dict[str, Any]]:
        """The cards that came, in order."""
        activities = [body.get("activity", body) for verb, _, body in self.calls if verb == method]
        return [each["attachments"][0]["content"] for each in activities if each.get("attachments")]

    def message(self, conversation: str, message: str) -> dict[str, Any]:
        """A message's card as it was last drawn."""
        place = f"/conversations/{conversation}/activities"
        drawn = [
            body["attachments"][0]["content"]
            for number, (verb, path, body) in enumerate(self.calls, 1)
            if (verb, path) == ("PUT", f"{place}/{message}") or (path == place and message == f"m{number}")
        ]
        last: dict[str, Any] = drawn[-1]
        return last

    async def openid(self, _request: Request) -> Response:
        self.reads += 1
        return JSONResponse({"issuer": ISSUER, "jwks_uri": f"{self.address}/keys"})

    async def jwks(self, _request: Request) -> Response:
        keys = [
            json.loads(RSAAlgorithm.to_jwk(key.public_key())) | {"kid": name, "endorsements": ["msteams"]}
            for name, key in self.keys.items()
        ]
        return JSONResponse({"keys": keys})

    async def connector(self, request: Request) -> Response:
        body = await request.json() if request.method in {"POST", "PUT"} else {}
        self.calls.append((request.method, request.url.path.removeprefix("/connector/v3"), body))
        if self.silence:
            await asyncio.sleep(self.silence)
        return self.trouble.pop(0) if self.trouble else self._answer(request, body)

    def _answer(self, request: Request, body: dict[str, Any]) -> Response:
        path = request.url.path.removeprefix("/connector/v3")
        if "nowhere" in path:
            return JSONResponse({"error": {"code": "ConversationNotFound"}}, 404)
        if request.method == "GET":
            return self._told(path, int(request.query_params.get("continuationToken", "0")))
        number = len(self.calls)
        if path == "/conversations" and body.get("isGroup"):
            thread = f"{body['channelData']['channel']['id']};messageid={number}"
            return JSONResponse({"id": thread, "activityId": str(number)}, 201)
        if path == "/conversations":
            return JSONResponse({"id": f"a:{body['members'][0]['id']}"}, 201)
        return JSONResponse({"id": f"m{number}"}, 201)

    def _told(self, path: str, start: int) -> Response:
        if path.endswith("/pagedmembers"):
            return self._page(start)
        if path == f"/teams/{TEAM}":
            return JSONResponse({"id": TEAM, "name": TEAM_NAME})
        if path == f"/teams/{TEAM}/conversations":
            return JSONResponse({"conversations": [{"id": TEAM}, {"id": CHANNEL, "name": "Announcements"}]})
        wanted = path.rpartition("/")[2]
        found = [each for each in MEMBERS if wanted in (each["id"], each.get("aadObjectId"))]
        return JSONResponse(found[0]) if found else JSONResponse({"error": {"code": "NotFound"}}, 404)

    def _page(self, start: int) -> Response:
        more = {"continuationToken": str(start + 2)} if start + 2 < len(MEMBERS) else {}
        return JSONResponse({"members": MEMBERS[start : start + 2], **more})

    def application(self) -> Starlette:
        methods = ["GET", "POST", "PUT"]
        return Starlette(
            routes=[
                Route("/openid", self.openid),
                Route("/keys", self.jwks),
                Route("/connector/{path:path}", self.connector, methods=methods),
            ]
        )


@asynccontextmanager
async def running() -> AsyncIterator[Microsoft]:
    """Run it on a loopback port."""
    microsoft = Microsoft()
    microsoft.rotate("first")
    async with served(microsoft.application()) as address:
        microsoft.address = address
        yield microsoft


@asynccontextmanager
async def served(application: Starlette) -> AsyncIterator[str]:
    """Serve an application on a loopback port and give its address."""
    port = process.free_port()
    server = uvicorn.Server(
        uvicorn.Config(application, host="127.0.0.1", port=port, log_level="error", lifespan="off", ws="none")
    )
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task
