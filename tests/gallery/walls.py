"""Where cards hang for their picture: the sandbox, Slack's blocks, Microsoft's Agents Playground."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, expect

from adapters.sandbox.platform import NAME, TEAM
from adapters.slack import render
from bot.core.cards import Card
from bot.core.places import Workspace
from bot.core.ports import Destination
from tests.e2e.desk import sitting
from tests.e2e.office import messages, working
from tests.gallery.polls import PEOPLE
from tests.parts import blocks

WIDTH: Final = 1.25
"""Pixels of a picture for one of the screen: letters stay sharp, and files small."""

SANDBOX: Final = Workspace(id=1, organisation=1, platform=NAME, key=TEAM)


async def sandbox(browser: Browser, cards: Mapping[str, Card], folder: Path, scratch: Path) -> None:
    """Show them in the sandbox, as Ana Rocha sees them."""
    async with working(browser, f"sqlite:///{scratch / 'sandbox.sqlite'}") as office:
        page = await office.enter(
            "ana", "social", color_scheme="light", device_scale_factor=WIDTH, viewport={"width": 1240, "height": 1400}
        )
        for name, card in cards.items():
            posted = await office.sandbox.platform.send(Destination(SANDBOX, place="social"), card, card.summary)
            shown = page.locator(f"#{posted.message}")
            await expect(messages(page).last).to_have_id(posted.message)
            await page.mouse.move(0, 0)
            await shown.screenshot(path=folder / f"{name}-sandbox.png", animations="disabled")


async def slack(browser: Browser, cards: Mapping[str, Card], folder: Path, _scratch: Path) -> None:
    """Have a library that others wrote draw Slack's blocks."""
    drawn = blocks.page([render.message(card) for card in cards.values()], PEOPLE, {"C-general": "general"})
    context = await browser.new_context(color_scheme="light", device_scale_factor=WIDTH)
    page = await context.new_page()
    await page.set_content(drawn)
    for name, shown in zip(cards, await page.locator("article").all(), strict=True):
        await shown.screenshot(path=folder / f"{name}-slack.png", animations="disabled")
    await context.close()


async def teams(browser: Browser, cards: Mapping[str, Card], folder: Path, scratch: Path) -> None:
    """Show them in the Playground, in the chat with the bot."""
    async with sitting(browser, f"sqlite:///{scratch / 'teams.sqlite'}", scratch) as desk:
        await desk.write("help")
        await expect(desk.page.get_by_text("What you can type", exact=True)).to_be_visible()
        for name, card in cards.items():
            before = await desk.page.locator(".ac-adaptiveCard").count()
            await desk.show(card)
            await expect(desk.page.locator(".ac-adaptiveCard")).to_have_count(before + 1)
            await desk.page.locator(".ac-adaptiveCard").last.screenshot(path=folder / f"{name}-teams.png")


WALLS: Final = (sandbox, slack, teams)
