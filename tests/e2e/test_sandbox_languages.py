"""The sandbox in the language of whoever one is at the moment."""

import re
from typing import Any

from playwright.async_api import Route, expect

from tests.e2e.office import Office, box, messages, type_line


async def test_somebody_who_reads_german_sees_everything_in_german(office: Office) -> None:
    page = await office.enter("lukas", "social")
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(page.get_by_role("button", name="Person wechseln")).to_be_visible()
    await expect(page.get_by_role("region", name="Hinter den Kulissen")).to_contain_text("ging an")
    await box(page).focus()
    await page.keyboard.type("/po")
    await expect(page.get_by_role("option", name="/poll")).to_contain_text("Stellt eine Frage und l\u00e4sst alle")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Umfrage starten")
    await form.get_by_role("textbox", name="Frage").fill("Wohin?")
    await form.get_by_role("button", name="Weiter").click()
    await expect(form.get_by_text("Eine Umfrage braucht mindestens 2 Antworten")).to_be_visible()
    await form.get_by_role("button", name="Abbrechen").click()
    await expect(page.get_by_role("region", name="Hinter den Kulissen")).to_contain_text("Das Formular bleibt")


async def test_a_form_and_its_private_answer_are_in_the_voters_language(office: Office) -> None:
    page = await office.enter("lukas", "social")
    await type_line(page, '/poll "Wohin?" "Graz" "Linz" --ranked')
    poll = messages(page).filter(has_text="Wohin?").last
    await poll.get_by_role("button", name="Rank the options").click()
    form = page.get_by_role("dialog", name="Deine Antwort")
    for rank in ("Rang 1", "Rang 2"):
        await form.get_by_label(rank).select_option("Linz")
    await form.get_by_role("button", name="W\u00e4hlen").click()
    await expect(form.get_by_text("Jede M\u00f6glichkeit kann nur einen Rang haben.")).to_be_visible()
    await form.get_by_label("Rang 2").select_option("Graz")
    await form.get_by_role("button", name="W\u00e4hlen").click()
    await expect(messages(page).last).to_contain_text("Linz > Graz")
    await expect(messages(page).last).to_contain_text("Deine Stimme")


async def test_a_secret_vote_is_confirmed_in_the_voters_language(office: Office) -> None:
    page = await office.enter("lukas", "social")
    await type_line(page, '/poll "Geht es dir gut?" "Ja" "Nein" --secret')
    poll = messages(page).filter(has_text="Geht es dir gut?").last
    await poll.get_by_role("button", name="Vote: Ja").click()
    await page.get_by_role("dialog", name="Sicher?").get_by_role("button", name="Vote").click()
    await expect(messages(page).last).to_contain_text(
        "Deine Stimme ist gez\u00e4hlt. Sie ist geheim und endg\u00fcltig."
    )


async def test_the_page_speaks_the_language_of_whoever_one_is(office: Office) -> None:
    page = await office.enter("mara", "social")
    root = page.locator("html")
    for account, language, again in [("lukas", "de", "Person wechseln"), ("mara", "en", "Switch person")]:
        await page.locator(".you-are button").click()
        await page.get_by_role("dialog").get_by_role("combobox").fill(account)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name=again)).to_be_visible()
        await expect(root).to_have_attribute("lang", language)


async def test_a_language_chosen_in_chat_is_the_pages_too(office: Office) -> None:
    page = await office.enter("mara", "D-mara")
    await type_line(page, "/drumbeat language de")
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(page.get_by_role("button", name="Person wechseln")).to_be_visible()


SHOWN = """() => {
  const data = ".card, .said, time, .clock, .when, .day:not(.new), .strip li > span, article, noscript, title";
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const shown = [document.title];
  while (texts.nextNode()) {
    if (!texts.currentNode.parentElement.closest(data)) shown.push(texts.currentNode.data);
  }
  for (const name of ["aria-label", "placeholder", "title"]) {
    const named = [...document.querySelectorAll(`[${name}]`)].filter((element) => !element.matches(data));
    shown.push(...named.map((element) => element.getAttribute(name)));
  }
  return shown;
}"""
"""All that the page shows or says by itself: not what people and the bot said, and no times."""


async def test_no_word_of_the_page_escapes_translation(office: Office) -> None:
    handed: list[dict[str, Any]] = []

    async def elsewhere(route: Route) -> None:
        """Hand over the page's words with each letter the same, so that others stand out."""
        answer = await route.fetch()
        state = await answer.json()
        handed.append(state)
        words = {key: re.sub(r"(?<!\{)\b[^\W\d]+\b(?!\})", "\u00f8", said) for key, said in state["words"].items()}
        await route.fulfill(response=answer, json={**state, "words": words})

    page = await office.enter("lukas", "social")
    await page.route("**/state?*", elsewhere)
    await page.reload()
    await expect(messages(page).first).to_be_visible()
    shown = await page.evaluate(SHOWN)
    await page.locator(".you-are button").click()
    shown += await page.evaluate(SHOWN)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    shown += await page.evaluate(SHOWN)
    await page.keyboard.press("Escape")
    await page.locator("#box").fill("/poll ")
    shown += await page.evaluate(SHOWN)
    assert escaped(shown, handed[-1]) == set()


def escaped(shown: list[str], state: dict[str, Any]) -> set[str]:
    """What has letters and is neither a pretended translation nor told by the server."""
    facts = ("name", "title", "about", "city", "role_name")
    people = [one[fact] for one in state["members"] for fact in facts]
    rooms = [said for one in state["rooms"] for said in (one["name"], one["topic"])]
    commands = [said for one in state["commands"] for said in one.values()]
    told = {*people, *rooms, *commands, state["company"], "Drumbeat"} - {""}
    known = re.compile("|".join(map(re.escape, sorted(told, key=len, reverse=True))))
    return {said for said in shown if re.search("[^\\W\\d_\u00f8]", known.sub("", said))}
