"""Polls of every kind in Microsoft's Agents Playground: tiles, forms of several pages, confirmations, the own card."""

from datetime import timedelta

from playwright.async_api import Locator, expect

from tests.e2e.desk import Desk


async def ask(desk: Desk, line: str, question: str) -> Locator:
    """Type a poll into the chat and give its card."""
    await desk.write(f'poll "{question}" {line}')
    return await desk.find(desk.page.locator(".ac-adaptiveCard").filter(has_text=question))


async def says(where: Locator, words: str) -> None:
    await expect(where).to_contain_text(words)


async def test_a_scale_is_pressed_and_the_voters_own_card_follows_at_once(desk: Desk) -> None:
    card = await ask(desk, "--rating", "How was the week?")
    await card.get_by_role("button", name="4 of 5", exact=True).click()
    await says(card, "Average 4 of 5")


async def test_a_secret_vote_unfolds_what_it_means_and_only_then_counts(desk: Desk) -> None:
    card = await ask(desk, '"Yes" "No" --secret', "Do you feel heard?")
    await card.get_by_role("button", name="Vote").first.click()
    await says(card, "Your vote is secret and final")
    await says(card, "0 votes")
    await card.get_by_role("button", name="Vote").nth(1).click()
    await says(desk.page.locator("body"), "Your vote is counted. It is secret and final.")


async def test_two_questions_are_drafted_page_by_page_and_asked(desk: Desk) -> None:
    await desk.write("poll")
    page = desk.page
    for number, then in ((1, "Add another question"), (2, "Keep it as a draft")):
        question = page.get_by_role("textbox", name="Question")
        await expect(question).to_have_value("")
        await question.fill(f"Question {number}?")
        await page.get_by_label("Options, one a line").fill("Tea\nCoffee")
        await page.get_by_role("radio", name=then).check()
        await page.get_by_role("button", name="Go on").click()
    draft = page.locator(".ac-adaptiveCard").filter(has_text="Your draft")
    await says(draft, "2. Question 2?")
    await draft.get_by_role("button", name="Ask it now").click()
    await says(page.locator("body"), "Asked.")
    await desk.find(page.get_by_role("button", name="Answer 2 questions"))


async def test_a_poll_closes_by_itself(desk: Desk) -> None:
    card = await ask(desk, "--yesno --close 2h", "Shall we?")
    await card.get_by_role("button", name="Vote").first.click()
    await says(card, "Yes 1")
    desk.clock.move_by(timedelta(hours=3))
    await desk.planner.run(desk.clock.now())
    await desk.find(desk.page.get_by_text("Shall we? has an answer: Yes with 100 %"))
