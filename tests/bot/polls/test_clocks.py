"""Clocks that change between scheduling and closing: where people live, and in the machine itself."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.core.people import Profile, Role
from bot.polls.service import life
from bot.polls.store.tables import polls
from tests.bot.polls.test_kinds import ballot
from tests.bot.polls.test_life import LUNCH, said
from tests.bot.stage import Stage, buttons, read_aloud


@dataclass(frozen=True)
class Change:
    """A Sunday on which the clocks of a zone are changed, and a time of that day which is not there or comes twice."""

    zone: str
    sunday: date
    odd: str

    def __str__(self) -> str:
        return f"{self.zone} {self.sunday}"


CHANGES = [
    Change("Europe/London", date(2027, 3, 28), "01:30"),
    Change("Europe/London", date(2026, 10, 25), "01:30"),
    Change("America/New_York", date(2027, 3, 14), "02:30"),
    Change("America/New_York", date(2026, 11, 1), "01:30"),
    Change("Australia/Lord_Howe", date(2026, 10, 4), "02:15"),
    Change("Australia/Lord_Howe", date(2027, 4, 4), "01:45"),
]
over_each_change = pytest.mark.parametrize("change", CHANGES, ids=str)


async def wait_for(stage: Stage, change: Change) -> None:
    """It is Wednesday noon before the change, where Erin lives."""
    await stage.learn(Profile(account="U-erin", name="Erin", zone=change.zone))
    noon = datetime.combine(change.sunday - timedelta(days=4), datetime.min.time(), ZoneInfo(change.zone))
    stage.clock.at = (noon + timedelta(hours=12)).astimezone(UTC)


async def times(stage: Stage, column: str, zone: str) -> list[str]:
    """A time of every poll, as a clock on Erin's wall shows it."""
    found = await stage.run(lambda c: c.execute(sa.select(polls.c[column]).order_by(polls.c.id)).scalars().all())
    return [f"{at.astimezone(ZoneInfo(zone)):%a %d %H:%M}" if at else "" for at in found]


async def live(stage: Stage, days: int) -> None:
    """Days go by, and whatever polls wait for is done when it is due."""
    end = stage.clock.now() + timedelta(days=days)
    while (due := await stage.run(lambda c: life.next_due(c, stage.clock.now()))) and due <= end:
        stage.clock.at = due
        await stage.run(lambda c: life.due(c, stage.clock.now()))
    stage.clock.at = end


@over_each_change
async def test_every_time_that_was_said_is_one_on_the_wall(stage: Stage, change: Change) -> None:
    await wait_for(stage, change)
    days = {name: f"{change.sunday + timedelta(days=day):%d}" for name, day in (("Mon", 1), ("Fri", 5), ("Tue", 9))}
    answer_by = change.sunday + timedelta(days=9)
    said_so = f"--start Mon 9:00 --close {change.sunday + timedelta(days=5)} 17:00 --remind 24h --answer-by {answer_by}"
    await stage.type("U-erin", f"{LUNCH} {said_so}")
    assert await times(stage, "opens_at", change.zone) == [f"Mon {days['Mon']} 09:00"]
    assert await times(stage, "closes_at", change.zone) == [f"Fri {days['Fri']} 17:00"]
    assert await times(stage, "answer_by", change.zone) == [f"Tue {days['Tue']} 17:00"]
    await live(stage, 15)
    assert await times(stage, "opened_at", change.zone) == [f"Mon {days['Mon']} 09:00"]
    assert await times(stage, "reminded_at", change.zone) == [f"Thu {int(days['Fri']) - 1:02} 17:00"]
    assert await times(stage, "closed_at", change.zone) == [f"Fri {days['Fri']} 17:00"]
    assert await times(stage, "owed_at", change.zone) == [f"Tue {days['Tue']} 17:00"]


@over_each_change
async def test_a_rhythm_keeps_to_the_wall_and_comes_once_a_week(stage: Stage, change: Change) -> None:
    await wait_for(stage, change)
    await stage.type("U-erin", f"{LUNCH} --every Sun 9:00 --close 4h")
    await live(stage, 20)
    sundays = [f"{change.sunday + timedelta(weeks=week):%d}" for week in range(3)]
    assert (await times(stage, "opened_at", change.zone))[:3] == [f"Sun {day} 09:00" for day in sundays]
    assert (await times(stage, "closed_at", change.zone))[:3] == [f"Sun {day} 13:00" for day in sundays]
    assert len(await said(stage, "outcome")) == 3


async def test_a_rhythm_that_somebody_elsewhere_changes_keeps_to_their_wall(stage: Stage) -> None:
    await stage.grant("U-chen", Role.COMMUNICATOR)
    card = (await stage.type("U-anna", f"{LUNCH} --every Mon 9:00")).whisper
    form = (await stage.press("U-chen", buttons(card)["Rhythm"])).form
    changed = read_aloud((await stage.send("U-chen", form, every="Fri 10:00")).whisper)
    assert [day[-9:] for day in changed.splitlines() if day.startswith("•")] == ["10:00 EST"] * 5
    stage.clock.move(days=8)
    await stage.run(lambda c: life.due(c, stage.clock.now()))
    assert (await times(stage, "opens_at", "America/New_York"))[-1].endswith("10:00")


@over_each_change
async def test_a_time_that_is_not_there_or_comes_twice_closes_once(stage: Stage, change: Change) -> None:
    await wait_for(stage, change)
    await stage.type("U-erin", f"{LUNCH} --close {change.sunday} {change.odd}")
    await live(stage, 5)
    assert len(await said(stage, "outcome")) == 1
    (closed,) = await times(stage, "closed_at", change.zone)
    assert closed.startswith(f"{change.sunday:%a %d}")


@over_each_change
async def test_a_poll_that_is_repeated_closes_at_the_same_time_of_day(stage: Stage, change: Change) -> None:
    await wait_for(stage, change)
    stage.clock.move(days=-7)
    await stage.type("U-erin", f"{LUNCH} --close Mon 17:00")
    stage.clock.move(days=7)
    answer = await stage.type("U-erin", "/poll repeat 1")
    await stage.send("U-erin", answer.form)
    assert [each[-5:] for each in await times(stage, "closes_at", change.zone)] == ["17:00", "17:00"]


@pytest.mark.parametrize("put", [1, 24, -1, -24], ids="{:+} h".format)
async def test_a_poll_closes_once_when_the_clock_is_put(stage: Stage, put: int) -> None:
    await stage.type("U-anna", f"{LUNCH} --close 12h --remind 6h")
    shown = await ballot(stage)
    await stage.press("U-ben", buttons(shown)["Pizza"])
    for hours in (5, put, 5, -put, 8, 24):
        stage.clock.move(hours=hours)
        await stage.tick()
    assert len(await said(stage, "outcome")) == 1
    assert len(await said(stage, "reminder")) <= 1
    assert "Pizza" in (await said(stage, "outcome"))[0].text
    late = await stage.press("U-chen", buttons(shown)["Sushi"])
    assert "not counted" in read_aloud(late.whisper)


@pytest.mark.parametrize("seed", range(6))
async def test_a_rhythm_on_a_clock_that_jumps_doubles_nothing_and_never_ends(stage: Stage, seed: int) -> None:
    chance = Random(seed)
    await stage.type("U-anna", f"{LUNCH} --every day 9:00 --close 4h --owner <@U-ben> --answer-by 2d")
    for _ in range(40):
        stage.clock.move(hours=chance.choice([6, 6, 6, 6, 1, -1, 24, -24]))
        await stage.tick()
        rows = await stage.run(lambda c: c.execute(sa.select(polls).order_by(polls.c.id)).all())
        assert [row.opened_at is None for row in rows] == [False] * (len(rows) - 1) + [True]
        begun = [row.opens_at for row in rows]
        assert begun == sorted(set(begun))
    stage.clock.move(days=30)
    await stage.tick()
    outcomes = [each.key.split(":")[1] for each in await said(stage, "outcome")]
    closed = await stage.run(lambda c: c.execute(sa.select(polls.c.id).where(polls.c.closed_at.is_not(None))).all())
    assert sorted(map(int, outcomes)) == sorted(row.id for row in closed)
