"""The sandbox on a port of its own, and a browser that must find nothing wrong."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import uvicorn
from playwright.async_api import Browser
from starlette.applications import Starlette

from bot.core.database import metadata, open_database
from bot.core.engine import Engine
from bot.features import features
from scheduler import MovableClock, SystemClock
from tests.adapters.sandbox.parts import put_together
from tests.e2e.office import Office
from tests.parts.process import free_port

TUESDAY = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)


@pytest.fixture
async def office(chromium: Browser, sqlite_url: str) -> AsyncIterator[Office]:
    """Give a sandbox on a port of its own; at the end the browser must have had nothing to complain of."""
    database = open_database(sqlite_url)
    await database.run(metadata.create_all)
    clock = MovableClock(TUESDAY, SystemClock())
    engine = Engine(database, clock, features(), otherwise="drumbeat")
    sandbox, scheduler = put_together(engine, clock)
    await sandbox.start()
    scheduler.start()
    engine.listen(lambda _act, _seconds: scheduler.wake())
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(Starlette(routes=sandbox.routes), port=port, log_config=None, lifespan="off")
    )
    serving = asyncio.create_task(server.serve())
    office = Office(f"http://127.0.0.1:{port}", chromium, sandbox)
    while not server.started:  # noqa: ASYNC110 -- uvicorn has no event to wait for
        await asyncio.sleep(0.01)
    yield office
    for context in office.contexts:
        await context.close()
    sandbox.close()
    server.should_exit = True
    await serving
    await scheduler.stop()
    await database.close()
    assert office.complaints == []
