"""What the bot says in the sandbox, as it is drawn and as a screen reader has it."""

from pathlib import Path

from playwright.async_api import Page, expect

from adapters.sandbox.platform import NAME, TEAM
from bot.core.cards import Card, note
from bot.core.places import Workspace
from bot.core.ports import Destination, Posted
from tests.adapters.slack import samples
from tests.e2e.office import Office, messages

HOME = Workspace(id=1, organisation=1, platform=NAME, key=TEAM)


async def say(office: Office, card: Card, under: str = "") -> Posted:
    return await office.sandbox.platform.send(Destination(HOME, place="social", under=under), card, card.summary)


async def focused(page: Page) -> str:
    name: str = await page.evaluate("document.activeElement.ariaLabel")
    return name


async def test_a_scale_is_walked_by_keyboard_in_order_and_spoken(office: Office) -> None:
    page = await office.enter("ana", "social")
    await say(office, samples.scale())
    await page.get_by_role("button", name="0 of 10", exact=True).focus()
    heard = [await focused(page)]
    for _ in range(10):
        await page.keyboard.press("Tab")
        heard.append(await focused(page))
    assert heard == [f"{number} of 10" for number in range(11)]


async def test_a_chart_is_a_table_to_a_screen_reader(office: Office, tmp_path: Path) -> None:
    page = await office.enter("ana", "social")
    await say(office, samples.chart())
    table = page.get_by_role("table", name="Where do we eat on Friday?")
    await expect(table.get_by_role("row")).to_have_count(4)
    await expect(table.get_by_role("row", name="On the roof 3 · 30%")).to_be_visible()
    widths = await table.locator(".bar-fill").evaluate_all("bars => bars.map(bar => bar.offsetWidth)")
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 0 == widths[3]
    await page.screenshot(path=tmp_path / "chart.png")


async def test_an_answer_and_what_it_answers_lead_to_each_other(office: Office) -> None:
    page = await office.enter("ana", "social")
    asked = await say(office, samples.scale())
    answer = await say(office, note("The lake it is."), asked.message)
    await messages(page).last.get_by_role("button", name="Answers: How likely?").click()
    await expect(page.locator(f"#{asked.message}")).to_be_focused()
    await page.get_by_role("button", name="Answer: The lake it is.").press("Enter")
    await expect(page.locator(f"#{answer.message}")).to_be_focused()
