"""Polls of every kind in the sandbox: by keyboard alone, and as a screen reader has them."""

import re

from playwright.async_api import Locator, Page, expect

from tests.e2e.office import Office, box, messages, type_line


async def ask(page: Page, line: str, question: str) -> Locator:
    """Type a poll and give its message."""
    await type_line(page, f'/poll "{question}" {line}')
    poll = messages(page).filter(has_text=question).filter(has_text="Asked by")
    await expect(poll).to_be_visible()
    return poll


async def press(page: Page, within: Locator, name: str) -> None:
    """Press a button without a mouse."""
    await within.get_by_role("button", name=name, exact=True).focus()
    await page.keyboard.press("Enter")


async def fill(page: Page, *keys: str) -> None:
    """Fill in the form that has just opened, whose first field has the focus: text is typed, keys are pressed."""
    await expect(page.get_by_role("dialog")).to_be_visible()
    for key in keys:
        if re.fullmatch(r"(Tab|Enter|Space|Arrow(Up|Down))( \d+)?", key):
            name, _, times = key.partition(" ")
            for _ in range(int(times or 1)):
                await page.keyboard.press(name)
        else:
            await page.keyboard.type(key)


async def test_a_scale_is_pressed_and_keeps_the_focus(office: Office) -> None:
    page = await office.enter("tomas", "social")
    poll = await ask(page, "--rating", "How was the week?")
    await press(page, poll, "4 of 5")
    await expect(poll).to_contain_text("Average 4 of 5")
    await expect(poll.get_by_role("button", name="4 of 5", exact=True)).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(poll).to_contain_text("Average 5 of 5")


async def test_several_are_ticked_in_a_form(office: Office) -> None:
    page = await office.enter("tomas", "social")
    poll = await ask(page, '"Tuesday" "Wednesday" "Thursday" --multi 2-2', "Which days?")
    await press(page, poll, "Choose")
    await fill(page, "Space", "Tab 4", "Enter")
    form = page.get_by_role("dialog", name="Your answer")
    await expect(form).to_contain_text("Which days?")
    await expect(form.get_by_text("Please choose 2.")).to_be_visible()
    await form.get_by_role("checkbox", name="Thursday").focus()
    await fill(page, "Space", "Tab 2", "Enter")
    await expect(poll.get_by_role("listitem").filter(has_text="Thursday")).to_contain_text("1 · 100%")
    await expect(poll.get_by_role("listitem").filter(has_text="Wednesday")).to_contain_text("0 · 0%")


async def test_options_are_put_in_order_by_keyboard(office: Office) -> None:
    page = await office.enter("tomas", "social")
    poll = await ask(page, '"Lisbon" "Kraków" "Malmö" --ranked', "Where to?")
    await press(page, poll, "Rank the options")
    await fill(page, "Kra", "Tab", "Mal", "Tab 3", "Enter")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(poll).to_contain_text("First after 1 round of counting (instant run-off): Kraków")
    await expect(messages(page).last).to_contain_text("Your vote: Kraków > Malmö")


async def test_an_answer_is_written_in_ones_own_words(office: Office) -> None:
    page = await office.enter("tomas", "social")
    poll = await ask(page, "--text", "What do we miss?")
    await press(page, poll, "Write an answer")
    await fill(page, "A quiet room", "Tab 2", "Enter")
    await expect(poll).to_contain_text("“A quiet room”")


async def test_a_secret_vote_is_confirmed_and_final(office: Office) -> None:
    page = await office.enter("tomas", "social")
    poll = await ask(page, '"Yes" "No" --secret', "Do you feel heard?")
    await press(page, poll, "Vote: Yes")
    sure = page.get_by_role("dialog")
    await expect(sure).to_contain_text("Vote for “Yes”? Your vote is secret and final")
    await page.keyboard.press("Escape")
    await expect(sure).to_be_hidden()
    await expect(poll).to_contain_text("0 votes")
    await page.keyboard.press("Enter")
    await expect(sure).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("Your vote is counted. It is secret and final.")
    await expect(poll).to_contain_text("1 vote")
    await press(page, poll, "Vote: No")
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("You have voted already. A secret vote is final")


async def test_a_survey_is_drafted_seen_asked_and_answered_page_by_page(office: Office) -> None:
    page = await office.enter("tomas", "social")
    await type_line(page, "/poll")
    form = page.get_by_role("dialog")
    await form.get_by_role("textbox", name="Question").fill("How was your week?")
    await form.get_by_label("How people answer").select_option("Rating from 1 to 5")
    await form.get_by_label("Then").select_option("Add another question")
    await form.get_by_role("button", name="Go on").click()
    second = page.get_by_role("dialog", name="Question 2")
    await expect(second.get_by_role("textbox", name="Question")).to_have_value("")
    await second.get_by_role("textbox", name="Question").fill("What would make it better?")
    await second.get_by_label("How people answer").select_option("In people's own words")
    await second.get_by_label("Then").select_option("Keep it as a draft")
    await second.get_by_role("button", name="Go on").click()
    draft = messages(page).filter(has_text="Your draft").last
    await expect(draft).to_contain_text("1. How was your week?")
    await draft.get_by_role("button", name="Ask it now").click()
    poll = messages(page).filter(has_text="How was your week?").filter(has_text="Asked by")
    await press(page, poll, "Answer 2 questions")
    answer = page.get_by_role("dialog", name="Your answer")
    await expect(answer).to_contain_text("Question 1 of 2")
    await fill(page, "ArrowDown 4", "Tab 2", "Enter")
    await expect(answer).to_contain_text("Question 2 of 2")
    await expect(answer.get_by_role("textbox")).to_have_value("")
    await fill(page, "Fewer meetings", "Tab 2", "Enter")
    await expect(poll).to_contain_text("Average 4 of 5")
    await expect(poll).to_contain_text("“Fewer meetings”")


async def test_the_question_is_read_first_and_bars_in_words(office: Office) -> None:
    page = await office.enter("tomas", "social")
    poll = await ask(page, '"Cheesecake" "Carrot cake"', "Cake on Friday?")
    await press(page, poll, "Vote: Carrot cake")
    await expect(poll).to_contain_text("1 · 100%")
    read = await poll.aria_snapshot()
    order = [
        "Cake on Friday?",
        "Cheesecake",
        "Vote: Cheesecake",
        "Carrot cake",
        "Vote: Carrot cake",
        "Asked by",
        "More",
    ]
    found = [read.index(words) for words in order]
    assert found == sorted(found)
    assert re.search(r"Carrot cake\D+1 · 100%", read.replace("\n", " "))


async def test_a_form_tells_its_question_to_a_screen_reader(office: Office) -> None:
    page = await office.enter("tomas", "social")
    poll = await ask(page, "--text", "What do we miss?")
    await press(page, poll, "Write an answer")
    await expect(page.get_by_role("dialog")).to_have_accessible_description(re.compile("What do we miss"))


async def test_a_poll_closes_by_itself_and_takes_no_more_votes(office: Office) -> None:
    page = await office.enter("tomas", "social")
    poll = await ask(page, "--yesno --close 2h", "Shall we?")
    await press(page, poll, "Vote: Yes")
    await expect(poll).to_contain_text("1 · 100%")
    await page.get_by_role("button", name="+1 day").click()
    await expect(poll.get_by_role("button", name=re.compile("^Vote"))).to_have_count(0)
    await expect(poll).to_contain_text("closed")
    await expect(messages(page).last).to_contain_text("Shall we? has an answer: Yes with 100 %")


async def test_a_line_may_be_typed_with_the_quotes_of_any_keyboard(office: Office) -> None:
    page = await office.enter("tomas", "social")
    await box(page).focus()
    await page.keyboard.type("/poll „Wohin?“ «Lissabon» “Krakau” —multi")
    await page.keyboard.press("Enter")
    poll = messages(page).filter(has_text="Wohin?").filter(has_text="Asked by")
    await expect(poll.get_by_role("button", name="Vote: Krakau")).to_be_visible()
    await expect(poll).to_contain_text("several choices")
