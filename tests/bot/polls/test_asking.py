"""One line asks any poll."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.moments import read_span
from bot.core.places import PlaceKind
from tests.bot.polls.test_kinds import ballot
from tests.bot.polls.test_life import roster
from tests.bot.stage import Stage, buttons, read_aloud


@pytest.mark.parametrize(
    "line",
    [
        '/poll "Tea?" "Green" "Black" --multi 2 --close "Fri 17:00"',
        "/poll “Tea?” “Green” “Black” —multi 2 —close Fri 17:00",
        "/poll „Tea?“ „Green“ „Black“ --close Fri 17:00 --multi=2",
        '/poll «Tea?» «Green» «Black» --multi 2 --close="Fri 17:00"',
        "/poll 'Tea?' 'Green' 'Black' --multi 2 --close 'Fri 17:00'",
    ],
)
async def test_quotes_and_dashes_of_any_keyboard(stage: Stage, line: str) -> None:
    await stage.type("U-anna", line)
    text = read_aloud(await ballot(stage))
    assert text.startswith("Tea?\nGreen: 0 ()\nBlack: 0 ()\n")
    assert "closes Fri, 27 Nov, 17:00" in text


async def test_a_moment_is_meant_where_its_author_lives(stage: Stage) -> None:
    await stage.type("U-dora", '/poll "Tee?" "Grün" "Schwarz" --close Freitag 17 Uhr')
    said = [said for said in await stage.planned() if said.drawing == "polls.ballot"][-1]
    assert "Fri, 27 Nov, 16:00 UTC" in said.text


async def test_the_whole_line_of_the_book(stage: Stage) -> None:
    await roster(stage, ["U-anna"], "C-social")
    await roster(stage, ["U-ben", "U-chen"], "design", PlaceKind.PEOPLE)
    line = (
        '/poll "Where?" "Lisbon" "Kraków" --multi 2 --secret --close "Fri 17:00" --add-options '
        '--results after-close --remind 24h --every "Mon 9:00" --in #social --audience @design'
    )
    answer = await stage.type("U-anna", line)
    assert answer.form is None
    assert "Next:\n• Mon, 30 Nov, 09:00" in read_aloud(answer.whisper)
    assert not await stage.planned()
    stage.clock.move(days=7, minutes=1)
    for _ in range(2):
        await stage.tick()
    asked = [each for each in await stage.planned() if each.drawing == "polls.ballot"]
    assert len(asked) == 3  # in the channel, and of two people by name
    assert len([each for each in asked if each.person]) == 2
    for text in (each.text for each in asked):
        assert "Lisbon" in text
        assert "Kraków" in text
        assert "Secret" in text
        assert "several choices" in text
        assert "results after closing" in text
        assert "closes Fri, 4 Dec" in text
    assert "Add an option" in buttons(asked[0].card)
    stage.clock.at = datetime(2026, 12, 3, 17, 0, tzinfo=UTC)
    await stage.tick()
    assert [each for each in await stage.planned("U-ben") if each.drawing == "polls.reminder"]


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ("--multi 9", "how many people may choose"),
        ("--ranked --multi 2", "--multi and --ranked do not go together"),
        ("--rating --nps", "--rating and --nps do not go together"),
        ("White", "not sure about “White”"),
        ("--secret White", "not sure about “White”"),
        ("--every", "Behind --every I need something more, such as --every Mon 9:00"),
        ("--in", "Behind --in I need"),
        ("--audience", "Behind --audience I need"),
        ("--close --secret", "Behind --close I need"),
        ("--start", "Behind --start I need"),
        ("--results", "Behind --results I need"),
        ("--secret --open", "one of open, confidential and secret"),
        ("--secret --results after-vote", "shows nothing before it has closed"),
        ("--results sometimes", "cannot read what stands behind --results"),
        ("--every sometimes", "a rhythm such as"),
        ("--remind soon", "how long before closing"),
        ("--close never --remind 2h", "needs a closing time"),
        ("--start yesterday", "an opening time in the future"),
        ("--start tomorrow 9:00 --close 2026-11-23 18:00", "a closing time in the future"),
        ("--in #nowhere", "I do not know #nowhere here"),
        ("--audience @nobody", "I do not know @nobody here"),
        ("--quiz Oslo", "needs its right answer"),
        ("--owner somebody --answer-by 2w", "cannot read what stands behind --owner"),
        ("--quiz Green --add-options", "Options can be added to one choice or one ranking only"),
    ],
)
async def test_what_cannot_be_read_is_said_and_nothing_is_lost(stage: Stage, flags: str, sentence: str) -> None:
    answer = await stage.type("U-anna", f'/poll "Tea?" "Green" "Black" {flags}')
    assert answer.form is not None
    assert any(sentence in problem for problem in answer.form.problems.values()), answer.form.problems
    assert answer.form.fields[0].value == "Tea?"  # type: ignore[union-attr]
    assert not await stage.planned()


async def test_a_misspelt_audience_stays_in_the_form_until_it_is_put_right(stage: Stage) -> None:
    await roster(stage, ["U-anna"])
    await roster(stage, ["U-ben"], "G-design", PlaceKind.PEOPLE)
    form = (await stage.type("U-anna", '/poll "Tea?" "Green" "Black" --audience @desing')).form
    assert form is not None
    assert form.problems == {"named": "I do not know @desing here."}
    again = await stage.send("U-anna", form)
    assert again.problems == {"named": "I do not know @desing here."}
    assert not await stage.planned()
    await stage.send("U-anna", form, named="@G-design")
    await stage.tick()
    assert await stage.planned("U-ben")


async def test_every_name_behind_a_flag_is_taken(stage: Stage) -> None:
    await roster(stage, ["U-anna"])
    await roster(stage, ["U-ben"], "G-design", PlaceKind.PEOPLE)
    await roster(stage, ["U-chen"], "G-engineering", PlaceKind.PEOPLE)
    await roster(stage, ["U-anna"], "C-workshop")
    names = "--audience @G-design @G-engineering --in #general, #workshop"
    assert (await stage.type("U-anna", f'/poll "Tea?" "Green" "Black" {names}')).form is None
    await stage.tick()
    ballots = [each for each in await stage.planned() if each.drawing == "polls.ballot"]
    assert len({each.place for each in ballots if each.place}) == 2
    assert len({each.person for each in ballots if each.person}) == 2


@pytest.mark.parametrize(("typed", "name"), [("<@U-ben>", "@Ben"), ("<#C-general>", "#general")])
async def test_whoever_is_no_group_is_called_by_name(stage: Stage, typed: str, name: str) -> None:
    form = (await stage.type("U-anna", f'/poll "Tea?" "Green" "Black" --audience {typed}')).form
    assert form is not None
    assert form.problems == {"named": f"I do not know {name} here."}


async def test_what_stood_in_the_line_is_asked_once_it_is_put_right(stage: Stage) -> None:
    who = "--in <#C-social> --in #general --owner <@U-ben> --add-options ask --multi 2-2"
    when = "--start tomorrow 9:00 --close 8h --remind 2h --answer-by 3w"
    form = (await stage.type("U-anna", f'/poll "Tea?" "Green" {who} {when}')).form
    assert form is not None
    assert "at least 2 options" in form.problems["options"]
    await stage.send("U-anna", form, options="Green\nBlack\nWhite")
    stage.clock.move(days=1)
    await stage.tick()
    asked = [each for each in await stage.planned() if each.drawing == "polls.ballot"]
    assert len({each.place for each in asked}) == 2
    text = asked[0].text
    assert "choose 2" in text
    assert "what comes of it" in text
    stage.clock.move(hours=6)
    await stage.tick()
    assert [each for each in await stage.planned() if each.drawing == "polls.reminder"]
    assert "Add an option" in buttons(await ballot(stage))


@pytest.mark.parametrize(
    "typed", ["24h", "1d", "1 day", "24 hours", '"1 Tag"', "24 Stunden", "24", "12h 720 min", "1,0d", "einem Tag"]
)
async def test_a_reminder_is_typed_as_any_length_of_time_is(stage: Stage, typed: str) -> None:
    assert (await stage.type("U-anna", f'/poll "Tea?" "Green" "Black" --remind {typed}')).form is None
    stage.clock.move(hours=47, minutes=59)
    await stage.tick()
    assert not [each for each in await stage.planned() if each.drawing == "polls.reminder"]
    stage.clock.move(minutes=1)
    await stage.tick()
    assert [each for each in await stage.planned() if each.drawing == "polls.reminder"]


@pytest.mark.parametrize(
    ("typed", "minutes"), [("90 min", 90), ("3", 180), ("1,5h", 90), ("1.5 hours", 90), ("0h", None), ("2 Fr", None)]
)
def test_a_length_of_time(typed: str, minutes: int | None) -> None:
    assert read_span(typed) == (minutes and timedelta(minutes=minutes))


async def test_right_to_left_text_and_emoji(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "איפה?" "ליסבון 🌊" "\u200fקרקוב\u200e" --close 2h')  # noqa: RUF001 -- Hebrew
    assert "איפה?\nליסבון 🌊: 0 ()" in read_aloud(await ballot(stage))  # noqa: RUF001 -- as above


async def test_a_mention_in_a_question_stays_a_mention(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Shall <@U-ben> cook?" "Yes" "No"')
    assert "Shall @Ben cook?" in read_aloud(await ballot(stage))
