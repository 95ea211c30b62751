from datetime import UTC, datetime, timedelta

import pytest

from adapters.sandbox.hours import next_morning, opening
from tests.adapters.sandbox.conftest import TUESDAY, Visit


@pytest.mark.parametrize(
    ("now", "zone", "morning"),
    [
        ("2026-11-24T08:40", "Europe/Berlin", "2026-11-25T08:00"),
        ("2026-11-24T05:40", "Europe/Berlin", "2026-11-24T08:00"),
        ("2026-11-27T12:00", "Europe/Berlin", "2026-11-30T08:00"),
        ("2026-11-24T08:40", "America/Sao_Paulo", "2026-11-24T12:00"),
        ("2027-03-26T12:00", "Europe/Berlin", "2027-03-29T07:00"),
    ],
)
def test_the_next_morning_is_nine_o_clock_on_a_working_day(now: str, zone: str, morning: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_morning(at, zone) == datetime.fromisoformat(morning).replace(tzinfo=UTC)


@pytest.mark.parametrize("day", range(23, 30))
def test_a_demo_begins_on_tuesday_morning_whatever_day_it_is(day: int) -> None:
    assert opening(datetime(2026, 11, day, 22, tzinfo=UTC), "Europe/Berlin") == TUESDAY


@pytest.mark.parametrize(("step", "hours"), [("hour", 1), ("day", 24), ("week", 168)])
async def test_a_step_moves_the_clock_by_just_that(visit: Visit, step: str, hours: int) -> None:
    await visit.ask("clock", "mara", step=step)
    assert visit.clock.now() == TUESDAY + timedelta(hours=hours)


async def test_a_week_brings_each_nudge_at_its_own_local_time(visit: Visit) -> None:
    await visit.ask("clock", "mara", step="week")
    messages = (await visit.state("tomas"))["messages"]["D-tomas"]
    later = [one["at"][:16] for one in messages if one["at"] > TUESDAY.isoformat()]
    assert later == ["2026-11-24T14:30", "2026-11-26T19:00"]


async def test_the_next_thing_due_is_the_next_message(visit: Visit) -> None:
    before = len((await visit.state("mara"))["strip"])
    await visit.ask("clock", "mara", step="due")
    strip = (await visit.state("mara"))["strip"]
    assert TUESDAY < visit.clock.now() < TUESDAY + timedelta(days=1)
    assert len(strip) > before


async def test_a_leader_who_has_posted_is_not_reminded_and_the_strip_says_why(visit: Visit) -> None:
    await visit.ask("clock", "mara", step="week")
    told = ["".join(span["text"] for span in line["words"]) for line in (await visit.state("mara"))["strip"]]
    assert "The weekly reminder to post sent to Henrik Aldenhoven." in told
    assert "The weekly reminder to post for Priya Raghavan not sent: they have posted already this week." in told
