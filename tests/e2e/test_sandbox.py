"""The sandbox in a real browser, as people use it: by hand and by keyboard, on a desk and on a phone."""

import asyncio
import re

from playwright.async_api import Route, expect

from tests.e2e.office import Office, box, messages, type_line

PHONE = {"width": 390, "height": 844}


async def test_a_poll_is_typed_with_completion_and_voted_on_by_keyboard_alone(office: Office) -> None:
    page = await office.enter("tomas", "social")
    await box(page).focus()
    await page.keyboard.type("/po")
    await expect(page.get_by_role("option", name="/poll")).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Tab")
    await expect(box(page)).to_have_value("/poll ")
    await page.keyboard.type('"Cake on Friday?" "Cheesecake" "Carrot cake"')
    await page.keyboard.press("Enter")
    poll = messages(page).filter(has_text="Cake on Friday?")
    await expect(poll).to_be_visible()
    await poll.get_by_role("button", name="Vote: Carrot cake").focus()
    await page.keyboard.press("Enter")
    await expect(poll.get_by_role("listitem").filter(has_text="Carrot cake")).to_contain_text("1 · 100%")
    await expect(poll.get_by_role("button", name="Vote: Carrot cake")).to_be_focused()


async def test_what_one_person_does_others_see_at_once_and_as_unread(office: Office) -> None:
    mara = await office.enter("mara", "general")
    tomas = await office.enter("tomas", "social")
    await type_line(tomas, "Who has seen my *green* bicycle?")
    unread = mara.get_by_role("button", name="social, 1 unread")
    await expect(unread).to_be_visible()
    await unread.click()
    await expect(messages(mara).last).to_contain_text("Who has seen my green bicycle?")
    await expect(mara.get_by_role("button", name="social", exact=True)).to_be_visible()


async def test_what_is_new_begins_under_a_line(office: Office) -> None:
    mara = await office.enter("mara", "general")
    tomas = await office.enter("tomas", "social")
    await type_line(tomas, "Found it.")
    await mara.get_by_role("button", name="social, 1 unread").click()
    await expect(mara.get_by_role("separator").filter(has_text="New")).to_be_visible()
    await expect(mara.locator(".new + article")).to_contain_text("Found it.")


async def test_a_message_below_the_fold_is_one_press_away(office: Office) -> None:
    mara = await office.enter("mara", "general", viewport={"width": 1300, "height": 420})
    tomas = await office.enter("tomas", "general")
    await mara.get_by_role("region", name="Messages in general").evaluate("log => { log.scrollTop = 0; }")
    await type_line(tomas, "Anybody for lunch?")
    await mara.get_by_role("button", name="New messages").click()
    await expect(messages(mara).last).to_be_in_viewport()
    await expect(mara.get_by_role("button", name="New messages")).to_be_hidden()


async def test_typing_anywhere_means_the_message_box(office: Office) -> None:
    page = await office.enter("mara", "general")
    await page.keyboard.type("hey")
    await expect(box(page)).to_have_value("hey")


async def test_a_line_typed_while_the_page_is_loading_is_said_when_its_room_is_there(office: Office) -> None:
    page = await office.enter("mara", "social")
    typed = asyncio.Event()

    async def hold(route: Route) -> None:
        await typed.wait()
        await route.continue_()

    await page.route("**/state?*", hold)
    await page.reload()
    early = page.locator("#box")
    await early.fill("First!")
    await early.press("Enter")
    await early.press("Enter")
    await expect(early).to_have_value("First!")
    typed.set()
    await expect(messages(page).filter(has_text="First!")).to_have_count(1)
    await expect(box(page)).to_have_value("")


async def test_a_form_is_refused_with_a_sentence_and_loses_nothing(office: Office) -> None:
    page = await office.enter("mara", "social")
    await type_line(page, "/poll")
    form = page.get_by_role("dialog", name="Ask a poll")
    question = form.get_by_role("textbox", name="Question")
    await expect(question).to_be_focused()
    await question.fill("Where do we go?")
    await form.get_by_role("button", name="Go on").click()
    options = form.get_by_role("textbox", name="Options, one a line")
    await expect(options).to_be_focused()
    await expect(options).to_have_attribute("aria-invalid", "true")
    await expect(form.get_by_text("A poll needs at least 2 options")).to_be_visible()
    await expect(question).to_have_value("Where do we go?")
    await options.fill("To the lake\nTo the hills")
    await form.get_by_role("button", name="Go on").click()
    await expect(form).to_be_hidden()
    await expect(messages(page).filter(has_text="To the hills")).to_be_visible()


async def test_the_focus_stays_in_a_form_and_goes_back_where_it_was(office: Office) -> None:
    page = await office.enter("mara", "social")
    await type_line(page, "/poll")
    await expect(page.get_by_role("dialog")).to_be_visible()
    for _ in range(14):
        await page.keyboard.press("Tab")
        inside = await page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
        assert inside
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(box(page)).to_be_focused()


async def test_people_and_channels_are_completed_and_become_links(office: Office) -> None:
    page = await office.enter("mara", "social")
    await box(page).focus()
    await page.keyboard.type("Ask @nia")
    await expect(page.get_by_role("option", name=re.compile("Niamh Gallagher"))).to_be_visible()
    await page.keyboard.press("Enter")
    await page.keyboard.type("in #work")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    said = messages(page).last
    await expect(said.locator(".mention")).to_have_text("@Niamh Gallagher")
    await said.get_by_role("button", name="#workshop").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("workshop")


async def test_a_named_group_is_completed_and_asks_nobody_by_being_named(office: Office) -> None:
    page = await office.enter("mara", "social")
    await box(page).focus()
    await page.keyboard.type("Ask @des")
    await expect(page.get_by_role("option", name=re.compile("@design 4 people"))).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(box(page)).to_have_value("Ask @design ")
    await page.keyboard.press("Enter")
    said = messages(page).last
    await expect(said).to_contain_text("Ask @design")
    await expect(said.locator(".mention")).to_have_count(0)


async def test_what_people_type_is_never_markup(office: Office) -> None:
    page = await office.enter("mara", "social")
    evil = "<img src=x onerror=alert(1)><b>bold</b>"
    await type_line(page, evil)
    await expect(messages(page).last).to_contain_text(evil)
    await type_line(page, f'/poll "{evil}" "<script>alert(2)</script>" "No"')
    await expect(messages(page).last).to_contain_text("<script>alert(2)</script>")
    assert await page.locator("main img, main script").count() == 0


async def test_one_can_be_somebody_else(office: Office) -> None:
    page = await office.enter("mara", "social")
    await page.get_by_role("button", name="Switch person").click()
    chooser = page.get_by_role("dialog", name="Who do you want to be?")
    await expect(chooser.get_by_role("option").first).to_contain_text("Communicator")
    await page.keyboard.type("lukas")
    await page.keyboard.press("Enter")
    await expect(chooser).to_be_hidden()
    await expect(page.get_by_role("region", name="Du bist")).to_contain_text("Lukas Brandl")
    await expect(page.get_by_role("region", name="Uhr")).to_contain_text("Dienstag, 24. Nov.")


async def test_the_switcher_jumps_to_a_channel_and_opens_a_chat_with_a_person(office: Office) -> None:
    page = await office.enter("mara", "social")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("works")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("workshop")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("joao")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("João Pedro Lima")


async def test_the_clock_moves_and_a_poll_closes_at_its_time(office: Office) -> None:
    page = await office.enter("tomas", "social")
    await type_line(page, '/poll "Soup?" "Yes" "No" --close 2h')
    poll = messages(page).filter(has_text="Soup?")
    await poll.get_by_role("button", name="Vote: Yes").click()
    await expect(poll).to_contain_text("1 · 100%")
    await page.get_by_role("button", name="+1 day").click()
    outcome = messages(page).filter(has_text="Soup? has an answer").last
    await expect(outcome).to_contain_text("Yes")
    await expect(outcome.locator("time").first).to_have_text("5:40 AM")
    await expect(page.get_by_role("region", name="Clock")).to_contain_text("Wednesday, Nov 25")
    await expect(page.get_by_role("separator").filter(has_text="Today")).to_have_count(0)
    await expect(page.get_by_role("separator").filter(has_text="Yesterday")).to_have_count(1)


async def test_colleagues_come_alive_and_the_strip_tells_it_in_one_line(office: Office) -> None:
    page = await office.enter("mara", "general")
    await page.get_by_role("button", name=re.compile("^Answer:")).click()
    strip = page.get_by_role("region", name="Behind the scenes")
    await expect(strip.get_by_role("listitem").filter(has_text="pressed a button")).to_contain_text("others")
    await expect(messages(page).filter(has_text="town hall start")).to_contain_text(re.compile(r"\d\d votes"))


async def test_somebody_new_joins(office: Office) -> None:
    page = await office.enter("mara", "general")
    await page.get_by_role("button", name="Join: somebody new").click()
    strip = page.get_by_role("region", name="Behind the scenes")
    await expect(strip).to_contain_text("Hana Kovářová joined the company")


async def test_a_newcomer_is_welcomed_and_introduces_themselves(office: Office) -> None:
    page = await office.enter("mara", "general")
    await page.get_by_role("button", name="Join: somebody new").click()
    await expect(page.get_by_role("listitem").filter(has_text="A welcome for Hana Kovářová")).to_be_visible()
    await page.get_by_role("button", name="+1 hour").click()
    hana = await office.enter("hana", "D-hana")
    await messages(hana).last.get_by_role("button", name="Introduce yourself").click()
    form = hana.get_by_role("dialog")
    boxes = form.get_by_role("textbox")
    for number, words in enumerate(["Planner of parks", "Long walks", "Maps of everything", "Where do you walk?"]):
        await boxes.nth(number).fill(words)
    await form.locator("footer").get_by_role("button").last.click()
    await expect(form).to_be_hidden()
    await page.get_by_role("button", name=re.compile("^introductions")).click()
    await expect(messages(page).filter(has_text="Where do you walk?")).to_contain_text("Hana Kovářová")


async def test_a_nudge_comes_at_its_local_time_and_is_answered_in_place(office: Office) -> None:
    page = await office.enter("tomas", "D-tomas")
    await page.get_by_role("button", name="+1 day").click()
    nudge = messages(page).filter(has=page.get_by_role("button", name="Done"))
    await expect(nudge.locator("time").first).to_have_text("9:30 AM")
    await nudge.get_by_role("button", name="Done").click()
    await expect(page.get_by_role("button", name="Done")).to_have_count(0)


async def test_a_private_answer_is_seen_by_nobody_else(office: Office) -> None:
    tomas = await office.enter("tomas", "social")
    await type_line(tomas, "@Drumbeat help")
    await expect(messages(tomas).last).to_contain_text("Only visible to you")
    mara = await office.enter("mara", "social")
    await expect(messages(mara).last).to_contain_text("help")
    await expect(mara.get_by_text("Only visible to you")).to_have_count(0)


async def test_everything_one_can_press_or_fill_has_a_name(office: Office) -> None:
    page = await office.enter("mara", "general")
    await type_line(page, "/poll")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.evaluate("document.querySelector('dialog').close()")
    snapshot = await page.locator("body").aria_snapshot()
    nameless = [
        line for line in snapshot.splitlines() if re.fullmatch(r"\s*- (button|textbox|combobox|link|img)", line)
    ]
    assert nameless == []
    for role, name in [("main", None), ("navigation", "Channels and direct messages"), ("complementary", "Backstage")]:
        await expect(page.get_by_role(role, name=name)).to_have_count(1)  # type: ignore[arg-type]


async def test_a_new_message_is_read_out(office: Office) -> None:
    mara = await office.enter("mara", "general")
    tomas = await office.enter("tomas", "social")
    await type_line(tomas, "Morning!")
    await expect(mara.get_by_role("status")).to_have_text("Tomás Delgado in social: Morning!")


async def test_the_arrow_keys_walk_through_messages(office: Office) -> None:
    page = await office.enter("mara", "general")
    await page.get_by_role("region", name="Messages in general").focus()
    await page.keyboard.press("ArrowUp")
    await expect(messages(page).last).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(messages(page).nth(-2)).to_be_focused()


async def test_the_home_page_of_the_bot_opens_in_its_own_tab(office: Office) -> None:
    page = await office.enter("mara", "general")
    await page.get_by_role("button", name=re.compile("^Drumbeat")).click()
    await page.get_by_role("button", name="Home").click()
    await expect(page.get_by_role("heading", name="Your Drumbeat")).to_be_visible()


async def test_it_is_light_or_dark_as_the_system_has_it_until_somebody_chooses(office: Office) -> None:
    page = await office.enter("mara", "general", color_scheme="dark")
    root = page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    await page.get_by_role("button", name="Switch between light and dark").click()
    await expect(root).to_have_attribute("data-theme", "light")
    await page.reload()
    await expect(root).to_have_attribute("data-theme", "light")


async def test_it_fits_a_phone(office: Office) -> None:
    page = await office.enter("tomas", "general", viewport=PHONE)
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await page.get_by_role("button", name="Channels").click()
    await page.get_by_role("button", name="workshop").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("workshop")
    await page.get_by_role("button", name="Backstage").click()
    await expect(page.get_by_role("button", name="Next morning")).to_be_visible()
