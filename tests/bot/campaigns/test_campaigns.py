"""Campaigns, tried as communicators use them."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.campaigns import service
from bot.core import outbox
from bot.core.cadence import store as cadence
from bot.core.cadence.slots import Weekly
from bot.core.cards import Card
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.pace import Pace, paces
from bot.core.people import Profile, Role
from tests.bot.campaigns.limited import Limited
from tests.bot.stage import MONDAY, Stage, buttons, read_aloud

MOVE = '/campaign "We are moving" "The new office opens on Monday."'


@pytest.fixture(autouse=True)
def small_bites(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan so few people at a time that even a company of four takes several transactions."""
    monkeypatch.setattr(service, "BITE", 3)


@pytest.fixture
def slow(stage: Stage) -> Stage:
    """Give a company whose platform takes two messages a minute."""
    stage.engine = Engine(
        stage.database, stage.clock, stage.features, otherwise="drumbeat", platforms={"stage": Limited(2 / 60)}
    )
    return stage


async def hire(stage: Stage, count: int, zone: str = "Europe/London") -> None:
    for number in range(count):
        await stage.learn(Profile(account=f"U-{zone}-{number}", name=f"{number}", zone=zone))


async def preview(stage: Stage, line: str = MOVE) -> Card:
    answer = await stage.type("U-anna", line)
    assert answer.whisper is not None, answer
    return answer.whisper


async def start(stage: Stage, line: str = MOVE) -> Card:
    answer = await stage.press("U-anna", buttons(await preview(stage, line))["Start"])
    assert answer.replace is not None, answer
    return answer.replace


async def plan(stage: Stage) -> int:
    """Let the planner ask until there is no more to do; how often it did."""
    tick = stage.engine.features["campaigns"].ticks["plan"]
    times = 0
    while await stage.run(lambda c: tick(c, stage.clock.now())):
        times += 1
    return times


async def dues(stage: Stage) -> dict[str, datetime]:
    """When each person's message is due, by name."""
    said = await stage.planned()
    people = {each.person: each.due for each in said if each.drawing == "campaigns.message"}
    return {(await stage.run(lambda c, at=at: stage_name(c, stage, at))): due for at, due in people.items()}  # type: ignore[misc]


def stage_name(connection: sa.Connection, stage: Stage, person: int) -> str:
    return directory.person(connection, stage._workspace(connection), person).name


async def test_the_preview_shows_the_message_and_to_how_many_people_it_goes(stage: Stage) -> None:
    said = read_aloud(await preview(stage))
    assert "We are moving\nThe new office opens on Monday.\nFrom @Anna." in said
    assert "To everyone: 4 people. It begins when you press Start. They all get it at once." in said
    assert await stage.planned() == []


async def test_the_communicator_is_told_beforehand_how_long_it_takes(slow: Stage) -> None:
    await hire(slow, 396)
    said = read_aloud(await preview(slow))
    assert "To everyone: 400 people." in said
    assert "About 3 h 20 min at Stage's limit of 2 a minute; the last about Mon, 23 Nov, 12:20 GMT." in said


async def test_a_window_that_is_too_short_is_said_to_be_and_lengthened(slow: Stage) -> None:
    await hire(slow, 396)
    said = read_aloud(await preview(slow, f"{MOVE} --within 1h"))
    assert "1 h will not do: it takes about 3 h 20 min at Stage's limit of 2 a minute" in said


async def test_a_beginning_next_year_says_its_year(slow: Stage) -> None:
    said = read_aloud(await preview(slow, f"{MOVE} --at 2027-01-04T09:00"))
    assert "It begins Mon, 4 Jan 2027, 09:00 GMT." in said
    said = read_aloud(await preview(slow, f"{MOVE} --at 2027-01-04T09:00 --within 4h"))
    assert "the last about Mon, 4 Jan 2027, 13:00 GMT." in said


async def test_a_window_that_is_long_enough_is_used(slow: Stage) -> None:
    said = read_aloud(await preview(slow, f"{MOVE} --at Tue 9:00 --within 4h"))
    assert "It begins Tue, 24 Nov, 09:00 GMT. Spread over 4 h; the last about Tue, 24 Nov, 13:00 GMT." in said


async def test_started_it_reaches_everybody_once_and_no_minute_holds_more_than_the_limit(slow: Stage) -> None:
    await hire(slow, 9)
    card = await start(slow)
    assert "We are moving is on its way.\nWe are moving to everyone\n0 sent · 13 waiting · 0 failed" in read_aloud(card)
    assert await plan(slow) > 2 * 13 // 3
    due = list((await dues(slow)).values())
    assert len(due) == 13
    load = Counter((at - MONDAY) // timedelta(minutes=1) for at in due)
    assert set(load) == set(range(7))
    assert max(load.values()) == 2
    assert await plan(slow) == 0


async def test_people_who_stopped_the_bot_or_left_are_not_counted_and_not_planned(stage: Stage) -> None:
    await stage.type("U-ben", "/drumbeat stop")
    await stage.learn(Profile(account="U-chen", active=False))
    await stage.learn(Profile(account="U-robot", name="Robot", bot=True))
    assert "To everyone: 2 people." in read_aloud(await preview(stage))
    await start(stage)
    await plan(stage)
    assert set(await dues(stage)) == {"Anna", "Dora"}


async def test_it_can_go_to_leaders_alone(stage: Stage) -> None:
    await stage.grant("U-ben", Role.LEADER)
    line = f"{MOVE} --to leaders"
    assert "To leaders: 1 person." in read_aloud(await preview(stage, line))
    await start(stage, line)
    await plan(stage)
    assert set(await dues(stage)) == {"Ben"}


async def test_a_chosen_minute_comes_first(slow: Stage) -> None:
    await hire(slow, 20)
    ben = await slow.person("U-ben")
    await slow.run(
        lambda c: cadence.every_week(
            c,
            name="rhythm:ben",
            drawing="rhythm.nudge",
            lane="nudge",
            slot=Weekly(0, (MONDAY + timedelta(minutes=7)).time()),
            zone=ben.zone,
            now=MONDAY,
            workspace=1,
            person=ben.id,
        )
    )
    await start(slow)
    await plan(slow)
    assert (await dues(slow))["Ben"] == MONDAY + timedelta(minutes=7)


async def test_who_has_quiet_hours_gets_a_slot_outside_of_them_where_there_is_one(slow: Stage) -> None:
    line = f"{MOVE} --within 8h"
    await start(slow, line)
    await plan(slow)
    assert (await dues(slow))["Chen"] >= datetime(2026, 11, 23, 13, tzinfo=UTC)  # eight in New York


async def test_it_is_planned_shortly_before_it_begins(stage: Stage) -> None:
    await start(stage, f'{MOVE} --at "Tue 9:00"')
    assert await plan(stage) == 0
    upcoming = stage.engine.features["campaigns"].upcoming
    assert upcoming is not None
    at = await stage.run(lambda c: upcoming(c, stage.clock.now()))
    assert at == datetime(2026, 11, 24, 8, 50, tzinfo=UTC)
    stage.clock.at = at
    await stage.learn(Profile(account="U-eva", name="Eva", zone="Europe/London"))
    await plan(stage)
    assert "Eva" in await dues(stage)


async def test_a_campaign_written_at_night_begins_in_the_morning(stage: Stage) -> None:
    stage.clock.move(hours=12)
    assert "It begins Tue, 24 Nov, 08:00 GMT." in read_aloud(await preview(stage))


async def test_a_stopped_campaign_reaches_nobody_any_more_and_says_how_many_it_reached(stage: Stage) -> None:
    card = await start(stage)
    await plan(stage)
    (first, *_) = await stage.planned()
    sent = outbox.outbox.update().where(outbox.outbox.c.key == first.key).values(state="sent")
    await stage.run(lambda c: c.execute(sent))
    stopped = (await stage.press("U-anna", buttons(card)["Stop"])).replace
    assert "Stopped. 1 got it, 3 did not and will not." in read_aloud(stopped)
    assert await stage.run(lambda c: list(outbox.halted(c))) == ["campaigns:1"]
    assert {said.text for said in await stage.planned()} == {"withdrawn: campaign_over"}
    again = await stage.press("U-anna", buttons(card)["Stop"])
    assert "does not run any more" in read_aloud(again.whisper)


async def test_a_campaign_that_is_stopped_in_the_middle_of_its_planning_is_planned_no_further(stage: Stage) -> None:
    card = await start(stage)
    await stage.run(lambda c: stage.engine.features["campaigns"].ticks["plan"](c, stage.clock.now()))
    await stage.press("U-anna", buttons(card)["Stop"])
    assert await plan(stage) == 0


async def test_how_it_goes_is_told_when_asked(stage: Stage) -> None:
    card = await start(stage)
    await plan(stage)
    states = ["sent", "failed", "cancelled"]
    for said, state in zip(await stage.planned(), states, strict=False):
        change = outbox.outbox.update().where(outbox.outbox.c.key == said.key).values(state=state)
        await stage.run(lambda c, change=change: c.execute(change))  # type: ignore[misc]
    told = "1 sent · 1 waiting · 1 failed · 1 not disturbed"
    assert told in read_aloud((await stage.press("U-anna", buttons(card)["How it goes"])).replace)
    assert told in read_aloud((await stage.type("U-anna", "/campaign list")).whisper)


async def test_nothing_is_planned_before_start_and_a_discarded_draft_is_gone(stage: Stage) -> None:
    card = await preview(stage)
    gone = await stage.press("U-anna", buttons(card)["Discard"])
    assert "Nobody got anything" in read_aloud(gone.replace)
    refused = await stage.press("U-anna", buttons(card)["Start"])
    assert "is not there any more" in read_aloud(refused.whisper)
    assert await plan(stage) == 0


async def test_a_draft_can_be_changed(stage: Stage) -> None:
    card = await preview(stage, f"{MOVE} --within 2h")
    opened = await stage.press("U-anna", buttons(card)["Change"])
    answer = await stage.send("U-anna", opened.form, text="It opens on Tuesday.")
    assert "It opens on Tuesday." in read_aloud(answer.whisper)
    assert "Spread over 2 h" in read_aloud(answer.whisper)
    refused = await stage.press("U-anna", buttons(card)["Start"])
    assert "is not there any more" in read_aloud(refused.whisper)


async def test_a_second_start_starts_nothing(stage: Stage) -> None:
    card = await preview(stage)
    await stage.press("U-anna", buttons(card)["Start"])
    refused = await stage.press("U-anna", buttons(card)["Start"])
    assert "started or discarded already" in read_aloud(refused.whisper)


async def test_it_is_for_communicators_and_who_is_none_any_more_cannot_start_it(stage: Stage) -> None:
    refused = await stage.type("U-ben", MOVE)
    assert "This is for communicators" in read_aloud(refused.whisper)
    ben = await stage.person("U-ben")
    await stage.grant("U-ben", Role.COMMUNICATOR)
    card = (await stage.type("U-ben", MOVE)).whisper
    await stage.run(lambda c: directory.revoke(c, ben, Role.COMMUNICATOR))
    refused = await stage.press("U-ben", buttons(card)["Start"])
    assert "This is for communicators" in read_aloud(refused.whisper)
    assert await plan(stage) == 0


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('/campaign "We are moving"', "needs a message"),
        (f'/campaign "{"a" * 151}" "It is"', "A title can have 150 characters; yours has 151."),
        (f'/campaign "We" "{"a" * 2001}"', "A message can have 2000 characters; yours has 2001."),
        (f"{MOVE} --to nobody", "everyone, to leaders or to communicators"),
        (f"{MOVE} --to leaders", "nobody among them"),
        (f"{MOVE} --at yesterday", "a beginning in the future"),
        (f"{MOVE} --within 4d", "at most 72 hours"),
        (f"{MOVE} --within soon", "at most 72 hours"),
        (f"{MOVE} --silent", "I do not know --silent"),
    ],
)
async def test_what_cannot_work_opens_the_form_filled_with_the_reason(stage: Stage, line: str, sentence: str) -> None:
    opened = (await stage.type("U-anna", line)).form
    assert opened is not None
    assert sentence in " ".join(opened.problems.values())


async def test_a_wrong_form_stays_open(stage: Stage) -> None:
    opened = await stage.type("U-anna", "/campaign")
    answer = await stage.send("U-anna", opened.form, title="", text="It is")
    assert set(answer.problems) == {"title"}


async def test_the_words_are_erased_when_it_is_over(stage: Stage) -> None:
    await start(stage)
    await plan(stage)
    await stage.run(lambda c: c.execute(outbox.outbox.update().values(state="sent")))
    stage.clock.move(days=3, minutes=2)
    await stage.tick()
    assert await stage.run(lambda c: c.execute(sa.text("select text, state from campaigns")).all()) == [("", "over")]
    assert "4 sent · 0 waiting" in read_aloud((await stage.type("U-anna", "/campaign list")).whisper)


async def test_a_preview_that_nobody_starts_is_erased(stage: Stage) -> None:
    await preview(stage)
    stage.clock.move(days=1, minutes=1)
    await stage.tick()
    assert await stage.run(lambda c: c.execute(sa.text("select count(*) from campaigns")).scalar_one()) == 0


async def test_a_person_is_told_how_many_they_started_and_can_have_their_drafts_erased(stage: Stage) -> None:
    await start(stage)
    await preview(stage)
    assert await stage.data("U-anna", "campaigns") == {"Campaigns you started": "1"}
    await stage.forget("U-anna", "campaigns")
    assert await stage.run(lambda c: c.execute(sa.text("select state from campaigns")).all()) == [("counting",)]


async def test_the_pace_is_the_workspaces_own(stage: Stage) -> None:
    assert paces({"stage": Limited(2 / 60)})(await stage.workspace()) == Pace("Stage", 2 / 60)
