from pathlib import Path

import pytest
from playwright.async_api import Page

from adapters.slack import render
from bot.core.cards import Card, note
from tests.adapters.slack import samples
from tests.parts import blocks

PEOPLE = {"U1": "Anna", "U2": "Ben", "U3": "Chen"}

NASTY = [
    "*bold* _italic_ ~gone~ `code` ```block```",
    "a*b*c snake_case_name ~/folder/_private_",
    "**twice** __twice__ ~~twice~~",
    "> quoted",
    "<!channel> <@U1> <#C1>",
    "*<@U1>* _<!here>_",
    "&lt;b&gt; &amp; <b>",
]


def drawn(*cards: Card) -> str:
    """The page on which a library that others wrote draws cards."""
    if reason := blocks.missing():
        pytest.skip(reason)
    return blocks.page([render.message(card) for card in cards], PEOPLE, {"C1": "general"})


async def test_what_people_type_is_drawn_without_markup(page: Page) -> None:
    await page.set_content(drawn(*map(note, NASTY)))
    assert await page.locator("article :is(strong, em, b, i, del, code, pre, blockquote, a)").count() == 0
    assert await page.locator("article", has_text="@Anna").count() == 0


async def test_a_scale_is_drawn_in_order(page: Page) -> None:
    await page.set_content(drawn(samples.scale()))
    buttons = page.get_by_role("button")
    assert await buttons.all_inner_texts() == [str(number) for number in range(11)]
    assert await page.get_by_role("button", name="7 of 10", exact=True).inner_text() == "7"


async def test_a_chart_is_drawn_and_said_in_words(page: Page) -> None:
    await page.set_content(drawn(samples.chart()))
    assert await page.get_by_role("img", name="Where do we eat on Friday?").count() == 1
    assert "On the roof 30% (3)" in await page.locator("article").inner_text()


async def test_a_poll_is_drawn_with_its_bars_people_and_buttons(page: Page, tmp_path: Path) -> None:
    await page.set_content(drawn(samples.poll(), samples.everything()))
    poll = page.locator("article").first
    assert await poll.get_by_role("button", name="Vote: ").count() == 4
    said = await poll.inner_text()
    assert "50% (5)" in said
    assert "@Anna" in said
    await page.screenshot(path=tmp_path / "slack.png", full_page=True)
