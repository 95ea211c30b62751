"""The sandbox on a real database, with a clock that stands until it is moved."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from adapters.sandbox.app import SandboxAdapter
from bot.core.database import metadata, open_database
from bot.core.engine import Engine
from bot.core.ports import Platform
from bot.features import features
from scheduler import MovableClock
from tests.adapters.sandbox.parts import put_together

TUESDAY = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)


@dataclass
class Visit:
    """Somebody at the page, without a browser."""

    sandbox: SandboxAdapter
    clock: MovableClock
    engine: Engine
    client: httpx2.AsyncClient
    token: str

    async def ask(self, path: str, who: str, **body: object) -> httpx2.Response:
        """Post as the page does."""
        return await self.client.post(
            f"/sandbox/{path}", json={"as": who, **body}, headers={"x-sandbox-token": self.token}
        )

    async def state(self, account: str) -> dict[str, Any]:
        """Everything that somebody may see."""
        answer = await self.client.get("/sandbox/state", params={"as": account})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def newest(self, account: str, room: str) -> dict[str, Any]:
        """The newest message that somebody sees in a room."""
        message: dict[str, Any] = (await self.state(account))["messages"][room][-1]
        return message


@pytest.fixture
async def visit(sqlite_url: str) -> AsyncIterator[Visit]:
    """Give a sandbox that has just opened, at twenty to ten in Berlin."""
    async with _opened(sqlite_url) as visit:
        yield visit


@pytest.fixture(scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visit]:
    """Give one sandbox to all tests of a file that only knock at it."""
    async with _opened(f"sqlite:///{tmp_path_factory.mktemp('door') / 'drumbeat.sqlite'}") as visit:
        yield visit


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Visit]:
    database = open_database(url)
    await database.run(metadata.create_all)
    clock = MovableClock(TUESDAY)
    platforms: dict[str, Platform] = {}
    engine = Engine(database, clock, features(), otherwise="drumbeat", platforms=platforms)
    sandbox, _ = put_together(engine, clock)
    platforms[sandbox.platform.name] = sandbox.platform
    await sandbox.start()
    transport = httpx2.ASGITransport(app=Starlette(routes=sandbox.routes), client=("127.0.0.1", 50_000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        page = (await client.get("/sandbox/")).text
        token = page.partition('name="sandbox-token" content="')[2].partition('"')[0]
        yield Visit(sandbox, clock, engine, client, token)
    await database.close()
