"""Polls, tried as people use them."""

import asyncio
from dataclasses import replace

import pytest

from bot.core.cards import Button, Card
from bot.core.forms import TextField
from tests.bot.stage import Said, Stage, buttons, read_aloud

LUNCH = '/poll "Lunch on Friday?" "Pizza" "Sushi"'


async def the_poll(stage: Stage) -> Card:
    """The message of the only poll, as it would be drawn now."""
    (said,) = [
        said for said in await stage.planned() if said.key.startswith("polls:1:") and said.drawing == "polls.ballot"
    ]
    assert isinstance(said.card, Card)
    return said.card


async def menu(stage: Stage, account: str) -> dict[str, Button]:
    """What somebody finds behind More."""
    answer = await stage.press(account, buttons(await the_poll(stage))["More"])
    assert answer.whisper is not None
    return buttons(answer.whisper)


async def outcome(stage: Stage) -> Said:
    (said,) = [said for said in await stage.planned() if said.drawing == "polls.outcome"]
    return said


async def test_a_typed_poll_is_asked_in_the_channel(stage: Stage) -> None:
    answer = await stage.type("U-anna", LUNCH)
    assert answer.form is None
    card = await the_poll(stage)
    assert read_aloud(card).startswith("Lunch on Friday?\nPizza: 0 ()\nSushi: 0 ()\nAsked by @Anna")


async def test_a_vote_shows_on_the_ballot(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH)
    await stage.press("U-ben", buttons(await the_poll(stage))["Pizza"])
    assert "Pizza: 1 (Ben)" in read_aloud(await the_poll(stage))


async def test_a_single_vote_moves_and_counts_once(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH)
    for option in ("Pizza", "Sushi", "Sushi"):
        await stage.press("U-ben", buttons(await the_poll(stage))[option])
    assert "Pizza: 0 ()\nSushi: 1 (Ben)" in read_aloud(await the_poll(stage))


async def test_several_choices_are_switched_on_and_off(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH + " --multi")
    for option in ("Pizza", "Sushi", "Pizza"):
        await stage.press("U-ben", buttons(await the_poll(stage))[option])
    assert "Pizza: 0 ()\nSushi: 1 (Ben)" in read_aloud(await the_poll(stage))


async def test_a_confidential_poll_tells_no_names_but_tells_the_voter_their_vote(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH + " --confidential")
    answer = await stage.press("U-ben", buttons(await the_poll(stage))["Pizza"])
    assert "Your vote: Pizza" in read_aloud(answer.whisper)
    assert "Ben" not in read_aloud(await the_poll(stage))
    assert "Who voted" not in buttons(await the_poll(stage))


async def test_a_vote_can_be_taken_back(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH)
    await stage.press("U-ben", buttons(await the_poll(stage))["Pizza"])
    await stage.press("U-ben", (await menu(stage, "U-ben"))["Take back my vote"])
    assert "Pizza: 0 ()" in read_aloud(await the_poll(stage))


async def test_a_poll_closes_by_itself_and_says_the_outcome(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH + " --close 2h")
    pizza = buttons(await the_poll(stage))["Pizza"]
    await stage.press("U-ben", pizza)
    stage.clock.move(hours=2)
    await stage.tick()
    assert "Lunch on Friday? has an answer: Pizza with 100 %. 1 person voted." in (await outcome(stage)).text
    refusal = await stage.press("U-chen", pizza)
    assert "closed, so your vote was not counted" in read_aloud(refusal.whisper)
    assert list(buttons(await the_poll(stage))) == ["More"]


async def test_a_vote_after_the_time_is_refused_even_before_the_tick(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH + " --close 2h")
    pizza = buttons(await the_poll(stage))["Pizza"]
    stage.clock.move(hours=2)
    refusal = await stage.press("U-ben", pizza)
    assert "closed" in read_aloud(refusal.whisper)


async def test_only_the_author_or_a_communicator_closes(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    assert "Close poll" not in await menu(stage, "U-chen")
    close = (await menu(stage, "U-ben"))["Close poll"]
    refusal = await stage.press("U-chen", close)
    assert "Only Ben or a communicator" in read_aloud(refusal.whisper)
    await stage.press("U-anna", close)
    assert "closed without a vote" in (await outcome(stage)).text


async def test_poll_alone_opens_the_form_and_the_form_asks(stage: Stage) -> None:
    answer = await stage.type("U-anna", "/poll")
    done = await stage.send("U-anna", answer.form, question="Tea?", options="Yes\n\nNo\n")
    assert not done.problems
    assert "Tea?\nYes: 0 ()\nNo: 0 ()" in read_aloud(await the_poll(stage))


@pytest.mark.parametrize(
    ("line", "field", "sentence"),
    [
        ('/poll "Tea?" "Yes"', "options", "at least 2 options"),
        ('/poll "Tea?" ' + " ".join(f'"{n}"' for n in range(60)), "options", "30 options; yours has 60"),
        ('/poll "Tea?" "Yes" "No" "YES"', "options", "“YES” stands there twice"),
        (f'/poll "{"Tea? " * 100}" "Yes" "No"', "question", "300 characters"),
        ('/poll "Tea?" "Yes" "No" --privately', "question", "I do not know --privately"),
        ('/poll "Tea?" "Yes" "No" --close yesterday', "closes", "closing time in the future"),
    ],
)
async def test_a_wrong_poll_reopens_filled_and_names_the_limit(
    stage: Stage, line: str, field: str, sentence: str
) -> None:
    answer = await stage.type("U-anna", line)
    assert answer.form is not None
    assert sentence in answer.form.problems[field]
    question = next(field for field in answer.form.fields if isinstance(field, TextField))
    assert question.value.startswith("Tea?")
    assert not await stage.planned()


async def test_five_thousand_characters_come_back_whole(stage: Stage) -> None:
    typed = "Tea? " * 1000
    answer = await stage.type("U-anna", f'/poll "{typed}" "Yes" "No"')
    said = read_aloud(answer.whisper).replace("\n", "")
    assert "300 characters" in said
    assert typed.strip() in said
    assert not await stage.planned()


async def test_open_polls_stand_on_the_home_page_of_those_who_take_part(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH)
    assert "Lunch on Friday?" not in read_aloud((await stage.happen("U-ben", "home_opened")).home)
    await stage.press("U-ben", buttons(await the_poll(stage))["Pizza"])
    assert "Lunch on Friday? (closes " in read_aloud((await stage.happen("U-ben", "home_opened")).home)


async def test_two_votes_at_once_by_one_person_count_once(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH)
    options = buttons(await the_poll(stage))
    await asyncio.gather(*(stage.press("U-ben", options[name]) for name in ("Pizza", "Sushi") * 10))
    text = read_aloud(await the_poll(stage))
    assert ("Pizza: 1 (Ben)" in text) != ("Sushi: 1 (Ben)" in text)
    assert "1 vote" in text


async def test_what_is_stored_of_votes_is_told_and_forgotten(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH)
    await stage.press("U-ben", buttons(await the_poll(stage))["Pizza"])
    assert (await stage.data("U-ben", "polls"))["Polls you voted in"] == "1"
    await stage.forget("U-ben", "polls")
    assert "Pizza: 0 ()" in read_aloud(await the_poll(stage))


async def test_a_mention_stands_in_the_reopened_form_as_a_name(stage: Stage) -> None:
    answer = await stage.type("U-ben", '/poll "Shall <@U-anna> sing?" "Yes"')
    assert answer.form is not None
    assert answer.form.fields[0].value == "Shall @Anna sing?"  # type: ignore[union-attr]


async def test_a_vote_for_an_option_that_is_not_there_counts_for_nothing(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH)
    pizza = buttons(await the_poll(stage))["Pizza"]
    for value in ("1:2", "1:-1", "7:0"):
        refusal = await stage.press("U-ben", replace(pizza, value=value))
        assert "not there any more" in read_aloud(refusal.whisper)
    assert "0 votes" in read_aloud(await the_poll(stage))
