"""A running sandbox, the windows people look at it through, and how they read and type there."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import uvicorn
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect
from starlette.applications import Starlette

from adapters.sandbox.app import SandboxAdapter
from bot.core.database import metadata, open_database
from bot.core.engine import Engine
from bot.core.ports import Platform
from bot.features import features
from scheduler import MovableClock, SystemClock
from tests.adapters.sandbox.parts import put_together
from tests.parts.process import free_port

TUESDAY = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)


@dataclass
class Office:
    """A running sandbox and the windows people look at it through; `complaints` is what the browser found wrong."""

    address: str
    browser: Browser
    sandbox: SandboxAdapter
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    async def enter(self, account: str, room: str = "general", **context: object) -> Page:
        """Open a window as somebody, in a room."""
        self.contexts.append(await self.browser.new_context(**context))  # type: ignore[arg-type]
        page = await self.contexts[-1].new_page()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(f"{self.address}/sandbox/#{account}/{room}")
        await expect(page.get_by_role("main").get_by_role("article").first).to_be_visible()
        return page


@contextlib.asynccontextmanager
async def working(browser: Browser, database_url: str) -> AsyncIterator[Office]:
    """Run a sandbox on a port of its own."""
    database = open_database(database_url)
    await database.run(metadata.create_all)
    clock = MovableClock(TUESDAY, SystemClock())
    platforms: dict[str, Platform] = {}
    engine = Engine(database, clock, features(), otherwise="drumbeat", platforms=platforms)
    sandbox, scheduler = put_together(engine, clock)
    platforms[sandbox.platform.name] = sandbox.platform
    await sandbox.start()
    scheduler.start()
    engine.listen(lambda _act, _seconds: scheduler.wake())
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(Starlette(routes=sandbox.routes), port=port, log_config=None, lifespan="off")
    )
    serving = asyncio.create_task(server.serve())
    office = Office(f"http://127.0.0.1:{port}", browser, sandbox)
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


def box(page: Page) -> Locator:
    """The message box."""
    return page.get_by_role("combobox", name=re.compile("^(Message|Nachricht an) "))


def messages(page: Page) -> Locator:
    """The messages of the open room."""
    return page.get_by_role("main").get_by_role("article")


async def type_line(page: Page, line: str) -> None:
    await box(page).fill(line)
    await box(page).press("Enter")
