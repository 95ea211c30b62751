"""Teams connected to a bot with a few features of its own, and Microsoft's side on this machine."""

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from adapters.teams.app import TeamsAdapter, TeamsSettings
from bot.core.database import Database, metadata, open_database
from bot.core.engine import Engine
from bot.core.feature import Feature
from bot.core.places import Workspace
from bot.core.ports import Platform
from tests.adapters.teams import microsoft as peer
from tests.adapters.teams.kiosk import Kiosk
from tests.adapters.teams.microsoft import ANNA, ANNAS_CHAT, APP, BOT, CHANNEL, GROUP, TEAM, TENANT, Microsoft
from tests.bot.stage import HandClock

KINDS = {ANNAS_CHAT: "personal", GROUP: "groupChat", CHANNEL: "channel"}


@dataclass
class Teams:
    """The bot's door as Teams knocks at it. `anna` acts unless somebody else is named."""

    adapter: TeamsAdapter
    kiosk: Kiosk
    microsoft: Microsoft
    database: Database
    clock: HandClock
    client: httpx2.AsyncClient
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def activity(self, kind: str, place: str = ANNAS_CHAT, **more: object) -> dict[str, Any]:
        """An activity as Teams sends it."""
        channel = {"team": {"id": TEAM}, "channel": {"id": CHANNEL}} if place == CHANNEL else {}
        return {
            "type": kind,
            "id": f"f:{next(self._numbers)}",
            "channelId": "msteams",
            "serviceUrl": self.microsoft.service,
            "from": {"id": ANNA, "name": "Anna", "aadObjectId": "00000000-0000-4000-8000-00000000000a"},
            "recipient": {"id": BOT, "name": "Drumbeat"},
            "conversation": {
                "id": f"{place};messageid=1" if place == CHANNEL else place,
                "conversationType": KINDS.get(place, "personal"),
                "tenantId": TENANT,
            },
            "channelData": {"tenant": {"id": TENANT}, **channel},
            "locale": "en-GB",
            "entities": [{"type": "clientInfo", "timezone": "Europe/London", "locale": "en-GB"}],
            **more,
        }

    async def workspace(self) -> Workspace:
        """The tenant."""
        return await self.adapter._ways.workspace(TENANT)

    async def knock(self, activity: object, token: str | None = None, **headers: str) -> httpx2.Response:
        """Send an activity, signed unless `token` says otherwise."""
        token = self.microsoft.token() if token is None else token
        headers = {"Authorization": f"Bearer {token}", **headers} if token else headers
        if isinstance(activity, bytes):
            return await self.client.post("/api/messages", content=activity, headers=headers)
        return await self.client.post("/api/messages", json=activity, headers=headers)

    async def type(self, text: str, place: str = ANNAS_CHAT, **more: object) -> httpx2.Response:
        """Somebody writes; in shared places they mention the bot."""
        activity = self.activity("message", place, text=text, **more)
        if place != ANNAS_CHAT and "entities" not in more:
            activity["text"] = f"<at>Drumbeat</at> {text}"
            mention = {"type": "mention", "text": "<at>Drumbeat</at>", "mentioned": {"id": BOT, "name": "Drumbeat"}}
            activity["entities"] = [mention]
        return await self.knock(activity)

    async def invoke(self, name: str, value: object, place: str = ANNAS_CHAT, **more: object) -> dict[str, Any]:
        """Somebody presses something that waits for an answer; the answer's body."""
        response = await self.knock(self.activity("invoke", place, name=name, value=value, **more))
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer

    async def press(self, action: dict[str, Any], place: str = ANNAS_CHAT, **inputs: str) -> dict[str, Any]:
        """Somebody presses an Action.Execute."""
        pressed = {**action, "data": {**action["data"], **inputs}}
        value = {"action": pressed, "trigger": "manual"}
        return await self.invoke("adaptiveCard/action", value, place, replyToId="m1")


@pytest.fixture(scope="session")
async def _microsoft() -> AsyncIterator[Microsoft]:
    async with peer.running() as running:
        yield running


@pytest.fixture
async def microsoft(_microsoft: Microsoft) -> AsyncIterator[Microsoft]:
    """Microsoft's side, with nothing in its book."""
    yield _microsoft
    _microsoft.calls.clear()
    _microsoft.trouble.clear()
    _microsoft.silence = 0


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with every table."""
    opened = open_database(f"sqlite:///{tmp_path / 'teams.sqlite'}")
    metadata.create_all(opened.engine)
    yield opened
    await opened.close()


@asynccontextmanager
async def connected(
    microsoft: Microsoft,
    database: Database,
    *others: Feature,
    anonymous: bool = False,
    client: str = "127.0.0.1",
) -> AsyncIterator[Teams]:
    """Connect a bot with a kiosk to Microsoft's side; `client` is where requests seem to come from."""
    kiosk, clock = Kiosk(), HandClock()
    platforms: dict[str, Platform] = {}
    engine = Engine(database, clock, [kiosk.feature(), *others], otherwise="drumbeat", platforms=platforms)
    settings = TeamsSettings(
        app_id=APP, password="made-up", tenant=TENANT, anonymous=anonymous, metadata_url=microsoft.metadata
    )
    adapter = TeamsAdapter(settings, engine, fetch_token=lambda: "an-access-token")
    platforms[adapter.platform.name] = adapter.platform
    transport = httpx2.ASGITransport(Starlette(routes=adapter.routes), client=(client, 50_000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://bot") as knocker:
        yield Teams(adapter, kiosk, microsoft, database, clock, knocker)
    await adapter.stop()


@pytest.fixture
async def teams(microsoft: Microsoft, database: Database) -> AsyncIterator[Teams]:
    """A bot that Teams can talk to."""
    async with connected(microsoft, database) as running:
        yield running
