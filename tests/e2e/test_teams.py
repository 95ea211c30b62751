"""Teams as people use it, in Microsoft's own Agents Playground: typed in its compose box, pressed on its cards."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, expect
from starlette.applications import Starlette

from adapters.teams.app import TeamsAdapter, TeamsSettings
from bot.core import outbox as core
from bot.core.cards import Card
from bot.core.database import Connection, Database, metadata, open_database
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.outbox import Lane, outbox
from bot.core.people import Role
from bot.core.ports import Destination
from bot.features import features
from scheduler.clock import MovableClock
from scheduler.dispatcher import Dispatcher
from scheduler.planner import Planner
from scheduler.scenes import Stage
from tests.adapters.slack import samples
from tests.adapters.teams.microsoft import served
from tests.conftest import LOOPBACK
from tests.parts import playground

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WINDOW = {"width": 1280, "height": 1000}
PATIENCE = 15_000


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

    async def until(self, ready: Callable[[], Awaitable[int]]) -> None:
        """Let the dispatcher work until something was sent: what is typed reaches the bot on a way of its own."""
        async with asyncio.timeout(PATIENCE / 1000):
            while not await ready():  # noqa: ASYNC110 -- nobody tells when a message is planned
                await asyncio.sleep(0.05)

    async def show(self, card: Card) -> None:
        """Have a card posted to Alex, who must have written before."""
        workspace = await self.database.read(lambda connection: directory.workspace_by_id(connection, 1))
        await self.adapter.platform.send(Destination(workspace, account=playground.ME), card, "")

    async def deliver(self) -> None:
        """Wait for a message to be planned, and send it."""
        await self.until(self.dispatcher.run_due)


@pytest.fixture(scope="session")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("playground")


@pytest.fixture
async def desk(chromium: Browser, sqlite_url: str, _folder: Path) -> AsyncIterator[Desk]:
    """Give a bot, the Playground that talks to it, and a window on the Playground."""
    if reason := playground.missing():
        pytest.skip(reason)
    async with contextlib.AsyncExitStack() as stack:
        database = open_database(sqlite_url)
        stack.push_async_callback(database.close)
        await database.run(metadata.create_all)
        clock = MovableClock(MONDAY)
        engine = Engine(database, clock, features(), otherwise="drumbeat")
        adapter = TeamsAdapter(TeamsSettings(anonymous=True), engine)
        stack.push_async_callback(adapter.stop)
        address = await stack.enter_async_context(served(Starlette(routes=adapter.routes)))
        with _running(f"{address}/api/messages", _folder) as started:
            stage = Stage(engine, {adapter.platform.name: adapter.platform})
            page = await _window(chromium, started, stack)
            dispatcher, planner = Dispatcher(database, stage, clock), Planner(database, engine.features.values())
            yield Desk(started, page, database, clock, dispatcher, planner, adapter)


@contextlib.contextmanager
def _running(bot: str, folder: Path) -> Iterator[playground.Playground]:
    with playground.running(bot, folder) as started:
        yield started


async def _window(browser: Browser, started: playground.Playground, stack: contextlib.AsyncExitStack) -> Page:
    context = await stack.enter_async_context(await browser.new_context(viewport=WINDOW))  # type: ignore[arg-type]
    await context.route(lambda url: not url.startswith(LOOPBACK), _refuse)
    page = await context.new_page()
    await page.goto(started.address)
    # Its own log says when it has found the bot and told it that it is installed; what is typed earlier may get lost.
    await expect(page.get_by_text("installationUpdate 200")).to_be_visible(timeout=PATIENCE)
    return page


async def _refuse(route: Route) -> None:
    await route.abort()


async def test_a_poll_is_typed_and_voted_in_and_redrawn(desk: Desk) -> None:
    await desk.write('poll "Where shall we *meet*?" "By the lake" "On the roof"')
    await desk.deliver()
    await expect(desk.page.get_by_text("Where shall we *meet*?", exact=True)).to_be_visible(timeout=PATIENCE)
    await desk.page.get_by_role("button", name="Vote").nth(1).click()
    await expect(desk.page.get_by_text("On the roof 1 · 100 %")).to_be_visible(timeout=PATIENCE)
    desk.clock.move_by(timedelta(seconds=2))
    await desk.deliver()
    await expect(desk.page.get_by_text("On the roof 1 · 100 %")).to_be_visible(timeout=PATIENCE)


async def test_a_scale_is_shown_whole_and_each_of_it_is_spoken(desk: Desk) -> None:
    await desk.write("help")
    await desk.deliver()
    await desk.show(samples.scale())
    for number in range(11):
        tile = desk.page.get_by_role("button", name=f"{number} of 10", exact=True)
        await expect(tile).to_have_text(str(number), timeout=PATIENCE)
        assert await tile.get_attribute("tabindex") == "0"


async def test_a_chart_is_drawn_by_teams_and_each_bar_is_spoken(desk: Desk) -> None:
    await desk.write("help")
    await desk.deliver()
    await desk.show(samples.chart())
    await expect(desk.page.get_by_label("Where do we eat on Friday?, Horizontal bar chart")).to_be_visible(
        timeout=PATIENCE
    )
    await expect(desk.page.get_by_label("On the roof, 3")).to_be_visible()


async def test_a_form_is_filled_in_the_chat(desk: Desk) -> None:
    await desk.write("poll")
    await desk.page.get_by_label("Question").fill("Tea or coffee?")
    await desk.page.get_by_label("Options, one a line").fill("Tea")
    await desk.page.get_by_role("button", name="Ask").click()
    await expect(desk.page.get_by_text("A poll needs at least 2 options")).to_be_visible(timeout=PATIENCE)
    await expect(desk.page.get_by_label("Question")).to_have_value("Tea or coffee?")
    await desk.page.get_by_label("Options, one a line").fill("Tea\nCoffee")
    await desk.page.get_by_role("button", name="Ask").click()
    await expect(desk.page.get_by_text("Ask a poll: done.")).to_be_visible(timeout=PATIENCE)
    await desk.deliver()
    await expect(desk.page.get_by_text("Coffee 0 · 0 %")).to_be_visible(timeout=PATIENCE)


async def test_a_nudge_comes_by_itself_at_the_planned_moment(desk: Desk) -> None:
    await desk.write("rhythm")
    await desk.page.get_by_role("button", name="Keep it").click()
    await desk.planner.run(desk.clock.now())
    await desk.dispatcher.run_due()
    desk.clock.move_to(desk.clock.now() + timedelta(days=3, hours=5, minutes=1))
    await desk.planner.run(desk.clock.now())
    await desk.deliver()
    await desk.page.get_by_role("button", name="Done").click()
    await expect(desk.page.get_by_role("button", name="Done")).to_have_count(0, timeout=PATIENCE)


async def test_a_poll_asked_in_a_channel_stands_there(desk: Desk) -> None:
    text = '<at>Drumbeat</at> poll "Lunch?" "Soup" "Salad"'
    await desk.playground.say(playground.CHANNEL, text, mentions={"Drumbeat": playground.BOT})
    await desk.deliver()
    await desk.page.get_by_text("Announcements").first.click()
    await expect(desk.page.get_by_text("Lunch?", exact=True)).to_be_visible(timeout=PATIENCE)


async def test_somebody_who_never_wrote_is_praised_by_a_mention(desk: Desk) -> None:
    text = "<at>Drumbeat</at> praise <at>Megan Bowen</at> for fixing the *printer* before anybody noticed"
    people = {"Drumbeat": playground.BOT, "Megan Bowen": "29:megan"}
    await desk.playground.say(playground.CHANNEL, text, mentions=people)
    await desk.deliver()
    await desk.page.get_by_text("Announcements").first.click()
    said = desk.page.get_by_text("fixing the *printer* before anybody noticed", exact=True)
    await expect(said).to_be_visible(timeout=PATIENCE)


async def test_help_comes_for_whatever_nobody_understands(desk: Desk) -> None:
    await desk.write("what can you do?")
    await expect(desk.page.get_by_text("What you can type", exact=True)).to_be_visible(timeout=PATIENCE)
    await expect(desk.page.get_by_text("rhythm Choose two or three")).to_be_visible()


async def test_a_message_in_doubt_is_shown_in_the_chat_and_taken_for_arrived(desk: Desk) -> None:
    await desk.write("help")
    await expect(desk.page.get_by_text("What you can type", exact=True)).to_be_visible(timeout=PATIENCE)
    await desk.database.run(lambda connection: _doubt(connection, desk.clock.now()))
    await desk.write("unsent")
    await expect(desk.page.get_by_text("Did these arrive?")).to_be_visible(timeout=PATIENCE)
    await desk.page.get_by_role("button", name="It arrived").click()
    await expect(desk.page.get_by_text("Taken for arrived: a nudge.")).to_be_visible(timeout=PATIENCE)


def _doubt(connection: Connection, now: datetime) -> None:
    """Whoever is here may decide, and there is a message of which nobody knows whether it arrived."""
    (workspace,) = directory.all_workspaces(connection)
    me, *_ = directory.everybody(connection, workspace)
    directory.grant(connection, me, Role.COMMUNICATOR)
    core.send(
        connection,
        key="nudge",
        drawing="rhythm.nudge",
        lane=Lane.NUDGE,
        now=now,
        workspace=workspace.id,
        person=me.id,
    )
    nudge = outbox.update().where(outbox.c.key == "nudge")
    connection.execute(nudge.values(state="unknown", try_at=None, intent_at=now))
