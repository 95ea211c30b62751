"""Polls of every kind beside a Slack that others wrote: buttons, modals and private answers."""

import json
from typing import Any

from tests.adapters.slack.sender import buttons
from tests.e2e.house import House, blocks
from tests.parts.emulate import GENERAL, Call

LONGEST_METADATA = 3000


async def ask(house: House, line: str, words: str) -> Call:
    """Anna types a poll; the message that asks it."""
    assert (await house.sender.type(house.user("anna"), f"/poll {line}")).status_code == 200
    return await house.posted(words, GENERAL)


async def opened(house: House, number: int = 1) -> dict[str, Any]:
    """The form that was opened last, of so many."""
    await house.slack.seen(lambda: len(house.slack.made("views.open")) >= number)
    view: dict[str, Any] = house.slack.made("views.open")[-1].arguments["view"]
    return view


async def test_a_scale_is_one_press(house: House) -> None:
    asked = await ask(house, '"How was the week?" --rating', "How was the week?")
    steps = buttons(blocks(asked))
    assert [label for label in steps if label.isdecimal()] == list("12345")
    await house.sender.press(house.user("ben"), steps["4"], ts=asked.answer["ts"])
    await house.drawn("Average 4 of 5")


async def test_options_are_put_in_order_in_a_modal(house: House) -> None:
    asked = await ask(house, '"Where to?" "Lisbon" "Oslo" "Rome" --ranked', "Where to?")
    await house.sender.press(house.user("ben"), buttons(blocks(asked))["Rank the options"], ts=asked.answer["ts"])
    view = await opened(house)
    twice = {f"rank{place}": {"selected_option": {"value": "1"}} for place in (1, 2)}
    refused = await house.sender.submit(house.user("ben"), view, **twice)
    assert refused.json()["errors"] == {"rank1": "Each option can have only one rank."}
    order = {f"rank{place}": {"selected_option": {"value": option}} for place, option in ((1, "1"), (2, "0"))}
    assert (await house.sender.submit(house.user("ben"), view, **order)).text == ""
    await house.drawn("First after 1 round of counting")
    await house.told("Your vote")


async def test_a_secret_vote_is_confirmed_and_answered_privately(house: House) -> None:
    asked = await ask(house, '"Do you feel heard?" "Yes" "No" --secret', "Do you feel heard?")
    yes = buttons(blocks(asked))["Yes"]
    assert "secret and final" in yes["confirm"]["text"]["text"]
    for words in ("Your vote is counted", "You have voted already"):
        await house.sender.press(house.user("ben"), yes, ts=asked.answer["ts"])
        assert (await house.told(words))["response_type"] == "ephemeral"
    drawn = await house.drawn("1 vote")
    assert "Ben" not in repr(drawn.arguments)


async def test_a_survey_turns_its_pages_and_keeps_every_answer_within_slacks_limit(house: House) -> None:
    anna, ben = house.user("anna"), house.user("ben")
    await house.sender.type(anna, "/poll")
    view = await opened(house)
    for number in range(1, 10):
        more = {"question": {"value": f"Question {number}?"}, **kind("text"), "then": chosen("question")}
        view = (await house.sender.submit(anna, view, **more)).json()["view"]
        assert all("initial_value" not in block["element"] for block in view["blocks"] if block.get("type") == "input")
    last = {"question": {"value": "Question 10?"}, **kind("text"), "then": chosen("ask")}
    assert (await house.sender.submit(anna, view, **last)).text == ""
    asked = await house.posted("Question 10?", GENERAL)
    await house.sender.press(ben, buttons(blocks(asked))["Answer 10 questions"], ts=asked.answer["ts"])
    view = await opened(house, 2)
    longest = next(block["element"]["max_length"] for block in view["blocks"] if block.get("type") == "input")
    seen = set()
    for number in range(1, 10):
        assert f"Question {number} of 10" in json.dumps(view["blocks"])
        seen |= {block["element"]["action_id"] for block in view["blocks"] if block.get("type") == "input"}
        answer = await house.sender.submit(ben, view, answer={"value": "\U0001f941" * (longest // 2)})
        view = answer.json()["view"]
        assert len(view["private_metadata"]) <= LONGEST_METADATA
    assert len(seen) == 9
    await house.sender.submit(ben, view, answer={"value": "The end"})
    await house.drawn("The end")


async def test_a_draft_is_seen_by_its_author_alone_and_asked_from_there(house: House) -> None:
    anna = house.user("anna")
    await house.sender.type(anna, "/poll")
    view = await opened(house)
    filled = {"question": {"value": "Tea?"}, **kind("decision"), "then": chosen("draft")}
    await house.sender.submit(anna, view, **filled)
    preview = await house.told("Your draft")
    assert preview["response_type"] == "ephemeral"
    await house.sender.press(anna, buttons(preview["blocks"])["Ask it now"])
    await house.posted("Tea?", GENERAL)
    await house.told("Asked.")


def kind(name: str) -> dict[str, Any]:
    return {"kind": chosen(name)}


def chosen(value: str) -> dict[str, Any]:
    return {"selected_option": {"value": value}}
