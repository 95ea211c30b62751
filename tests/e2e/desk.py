"""The Agents Playground beside a running bot, and the page it is looked at through."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, Route, expect
from starlette.applications import Starlette

from adapters.teams.app import TeamsAdapter, TeamsSettings
from bot.core.cards import Card
from bot.core.database import Database, metadata, open_database
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.ports import Destination, Platform
from bot.features import features
from scheduler.clock import MovableClock
from scheduler.dispatcher import Dispatcher
from scheduler.planner import Planner
from scheduler.scenes import Stage
from tests.adapters.teams.microsoft import served
from tests.conftest import LOOPBACK
from tests.parts import chromium, playground

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WINDOW = {"width": 1280, "height": 1000}


@dataclass
class Desk:
    """The Playground beside a running bot, and the page it is looked at through."""

    playground: playground.Playground
    page: Page
    database: Database
    clock: MovableClock
    dispatcher: Dispatcher
    planner: Planner
    adapter: TeamsAdapter

    async def write(self, text: str) -> None:
        """Type into the compose box, which is the last text box of the page."""
        box = self.page.get_by_role("textbox").last
        await box.fill(text)
        await box.press("Enter")

    async def find(self, what: Locator) -> Locator:
        """Send what is planned until it is on the page: words, answers and messages each take a way of their own."""
        async with asyncio.timeout(chromium.PATIENCE / 1000):
            while not await what.is_visible():
                await self.dispatcher.run_due()
                await asyncio.sleep(0.05)
        return what

    async def show(self, card: Card) -> None:
        """Have a card posted to Alex, who must have written before."""
        workspace = await self.database.read(lambda connection: directory.workspace_by_id(connection, 1))
        await self.adapter.platform.send(Destination(workspace, account=playground.ME), card, "")


@contextlib.asynccontextmanager
async def sitting(browser: Browser, database_url: str, folder: Path) -> AsyncIterator[Desk]:
    """Run a bot, the Playground that talks to it, and a window on the Playground; it works in `folder`."""
    async with contextlib.AsyncExitStack() as stack:
        database = open_database(database_url)
        stack.push_async_callback(database.close)
        await database.run(metadata.create_all)
        clock = MovableClock(MONDAY)
        platforms: dict[str, Platform] = {}
        engine = Engine(database, clock, features(), otherwise="drumbeat", platforms=platforms)
        adapter = TeamsAdapter(TeamsSettings(anonymous=True), engine)
        platforms[adapter.platform.name] = adapter.platform
        stack.push_async_callback(adapter.stop)
        address = await stack.enter_async_context(served(Starlette(routes=adapter.routes)))
        started = stack.enter_context(playground.running(f"{address}/api/messages", folder))
        stage = Stage(engine, platforms)
        page = await _window(browser, started, stack)
        dispatcher, planner = Dispatcher(database, stage, clock), Planner(database, engine.features.values())
        yield Desk(started, page, database, clock, dispatcher, planner, adapter)


async def _window(browser: Browser, started: playground.Playground, stack: contextlib.AsyncExitStack) -> Page:
    context = await stack.enter_async_context(await browser.new_context(viewport=WINDOW))  # type: ignore[arg-type]
    await context.route(lambda url: not url.startswith(LOOPBACK), _refuse)
    page = await context.new_page()
    await page.goto(started.address)
    # Its own log says when it has found the bot and told it that it is installed; what is typed earlier may get lost.
    await expect(page.get_by_text("installationUpdate 200")).to_be_visible()
    return page


async def _refuse(route: Route) -> None:
    await route.abort()
