"""Polls as Teams shows them where its Playground cannot: forms of several pages in a task module."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot import polls
from bot.core.database import Database
from tests.adapters.teams.conftest import Teams, connected
from tests.adapters.teams.microsoft import CHANNEL, Microsoft
from tests.adapters.teams.schemas import check_card
from tests.adapters.teams.test_acts import submit
from tests.adapters.teams.test_render import inputs, texts

OPEN = {"drumbeat": {"kind": "command", "name": "poll", "text": ""}, "msteams": {"type": "task/fetch"}}


@pytest.fixture
async def teams(microsoft: Microsoft, database: Database) -> AsyncIterator[Teams]:
    """A bot that Teams can ask polls of."""
    async with connected(microsoft, database, polls.feature()) as running:
        yield running


def ballot(number: int) -> dict[str, Any]:
    """The button behind which a poll's form waits."""
    data = {"drumbeat": {"kind": "click", "address": "polls.answer", "value": str(number)}}
    return {"data": {**data, "msteams": {"type": "task/fetch"}}}


def dialog(answer: dict[str, Any]) -> dict[str, Any]:
    """The form in a task module that stays open."""
    assert answer["task"]["type"] == "continue", answer
    card: dict[str, Any] = answer["task"]["value"]["card"]["content"]
    check_card(card)
    return card


async def sent(teams: Teams, form: dict[str, Any], **filled: str) -> dict[str, Any]:
    """Send a form; a choice is filled in by its words."""
    fields = inputs(form)
    untouched = {name: field["value"] for name, field in fields.items() if "value" in field}
    chosen = {name: _number(fields[name], words) for name, words in filled.items()}
    data = submit(form)["data"] | untouched | chosen
    return await teams.invoke("task/submit", {"data": data}, CHANNEL)


def _number(field: dict[str, Any], words: str) -> str:
    offered = {each["title"]: each["value"] for each in field.get("choices", [])}
    return ",".join(offered[word] for word in words.split(", ")) if offered else words


async def surveyed(teams: Teams, *kinds: str) -> None:
    """Ask a survey from a channel, a question of each kind."""
    form = dialog(await teams.invoke("task/fetch", {"data": OPEN}, CHANNEL))
    for number, kind in enumerate(kinds, start=1):
        then = "Add another question" if number < len(kinds) else "Ask it now"
        answer = await sent(teams, form, question=f"Question {number}?", kind=kind, then=then)
        if number < len(kinds):
            form = dialog(answer)
            assert "value" not in inputs(form)["question"]
        else:
            assert answer == {}


async def test_a_survey_turns_its_pages_in_one_task_module(teams: Teams) -> None:
    await surveyed(teams, "Rating from 1 to 5", "In people's own words")
    form = dialog(await teams.invoke("task/fetch", ballot(1), CHANNEL))
    assert "Question 1 of 2" in texts(form)
    form = dialog(await sent(teams, form, answer="4 of 5"))
    assert "Question 2 of 2" in texts(form)
    assert "value" not in inputs(form)["answer"]
    answer = await sent(teams, form, answer="More tea")
    assert "Your vote" in str(answer)


async def test_what_is_wrong_with_a_ranking_stands_beside_it(teams: Teams) -> None:
    form = dialog(await teams.invoke("task/fetch", {"data": OPEN}, CHANNEL))
    await sent(teams, form, question="Where?", kind="Put in order", options="Lisbon\nOslo")
    form = dialog(await teams.invoke("task/fetch", ballot(1), CHANNEL))
    form = dialog(await sent(teams, form, rank1="Oslo", rank2="Oslo"))
    assert "Each option can have only one rank." in texts(form)
    assert inputs(form)["rank1"]["value"] == "1"
    await sent(teams, form, rank2="Lisbon")
    again = dialog(await teams.invoke("task/fetch", ballot(1), CHANNEL))
    assert [inputs(again)[name]["value"] for name in ("rank1", "rank2")] == ["1", "0"]


async def test_several_choices_in_a_secret_poll_are_one_form_that_says_it_is_final(teams: Teams) -> None:
    await teams.type('poll "Which days?" "Tuesday" "Friday" --multi --secret', CHANNEL)
    form = dialog(await teams.invoke("task/fetch", ballot(1), CHANNEL))
    assert submit(form)["title"] == "Vote, finally"
    assert "A vote is final" in texts(form)
    answer = await sent(teams, form, answer="Tuesday, Friday")
    assert answer["task"]["value"] == "Your vote is counted. It is secret and final."
    refused = await teams.invoke("task/fetch", ballot(1), CHANNEL)
    assert "You have voted already" in str(refused)


async def test_a_draft_that_was_written_in_a_task_module_is_seen_where_its_buttons_work(teams: Teams) -> None:
    form = dialog(await teams.invoke("task/fetch", {"data": OPEN}, CHANNEL))
    answer = await sent(teams, form, question="Tea?", kind="Rating from 1 to 5", then="Keep it as a draft")
    assert answer["task"]["value"] == "I have written to you in our own chat."
    assert "Your draft" in texts(teams.microsoft.sent()[-1])
