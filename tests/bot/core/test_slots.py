"""The laws of local time, over every zone there is and every change of its clocks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.cadence.slots import Weekly, instant, is_quiet, just_before, last_slot, next_slot, quiet_until
from bot.core.places import QuietHours

ZONES = sorted(available_timezones() - {"localtime"})
MINUTES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
WEEKLY = st.builds(Weekly, st.integers(0, 6), MINUTES)
QUIET = st.builds(QuietHours, MINUTES, MINUTES, st.booleans())
ZONE = st.sampled_from(ZONES)
FIRST, LAST = datetime(1975, 1, 1, tzinfo=UTC), datetime(2037, 12, 31, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAW = settings(deadline=None)  # the first look at a zone reads its whole history
WEEK = timedelta(weeks=1)


@cache
def changes(zone: str) -> list[datetime]:
    """Every instant at which a zone's offset changes, to the second."""
    tz = ZoneInfo(zone)
    found = []
    before, at = FIRST, FIRST + WEEK
    while at < LAST:
        if at.astimezone(tz).utcoffset() != before.astimezone(tz).utcoffset():
            found.append(_change_between(before, at, tz))
        before, at = at, at + WEEK
    return found


def _change_between(early: datetime, late: datetime, tz: ZoneInfo) -> datetime:
    offset = early.astimezone(tz).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        early, late = (middle, late) if middle.astimezone(tz).utcoffset() == offset else (early, middle)
    return late


@st.composite
def near_a_change(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone and an instant within ten days of a change of its clocks, or anywhere in a zone that has none."""
    zone = draw(ZONE)
    known = changes(zone)
    at = draw(st.sampled_from(known) if known else st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None)))
    at = at.replace(tzinfo=UTC) + timedelta(minutes=draw(st.integers(-10 * 24 * 60, 10 * 24 * 60)))
    return zone, at


def exists(local: datetime, tz: ZoneInfo) -> bool:
    """Whether the clocks of a zone ever show a local time."""
    return local.replace(tzinfo=tz).astimezone(UTC).astimezone(tz).replace(tzinfo=None) == local


@LAW
@given(near_a_change(), MINUTES)
def test_a_local_time_that_exists_is_kept_and_one_that_does_not_moves_later(
    where: tuple[str, datetime], at: time
) -> None:
    zone, near = where
    tz = ZoneInfo(zone)
    day = near.astimezone(tz).date()
    shown = instant(day, at, zone).astimezone(tz).replace(tzinfo=None)
    wanted = datetime.combine(day, at)
    if exists(wanted, tz):
        assert shown == wanted
    else:
        assert wanted < shown <= wanted + timedelta(days=1)


@LAW
@given(near_a_change(), MINUTES)
def test_a_local_time_that_comes_twice_is_its_first(where: tuple[str, datetime], at: time) -> None:
    zone, near = where
    tz = ZoneInfo(zone)
    day = near.astimezone(tz).date()
    due = instant(day, at, zone)
    earlier = [due - timedelta(minutes=minutes) for minutes in range(15, 24 * 60 + 1, 15)]
    shown = due.astimezone(tz).replace(tzinfo=None)
    assert all(each.astimezone(tz).replace(tzinfo=None) != shown for each in earlier)


@LAW
@given(near_a_change(), WEEKLY)
@example(("America/New_York", datetime(2026, 3, 8, tzinfo=UTC)), Weekly(6, time(2, 30)))
@example(("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC)), Weekly(6, time(2, 30)))
@example(("Pacific/Apia", datetime(2011, 12, 29, tzinfo=UTC)), Weekly(4, time(9)))
@example(("Pacific/Kwajalein", datetime(1993, 8, 20, tzinfo=UTC)), Weekly(5, time(9)))
@example(("Africa/Casablanca", datetime(2026, 2, 14, tzinfo=UTC)), Weekly(6, time(2, 30)))
def test_slots_strictly_grow_one_each_local_week(where: tuple[str, datetime], slot: Weekly) -> None:
    zone, start = where
    tz = ZoneInfo(zone)
    due = [start]
    for _ in range(5):
        due.append(next_slot(slot, zone, due[-1]))
    assert all(later > earlier for earlier, later in pairwise(due))
    days = [_meant(each, slot, tz) for each in due[1:]]
    assert [day.weekday() for day in days] == [slot.weekday] * 5
    assert all(later - earlier == WEEK for earlier, later in pairwise(days))


@LAW
@given(near_a_change(), WEEKLY)
def test_no_slot_is_skipped(where: tuple[str, datetime], slot: Weekly) -> None:
    zone, after = where
    due = next_slot(slot, zone, after)
    local = after.astimezone(ZoneInfo(zone)).date()
    between = [
        each
        for days in range(-9, 10)
        if (day := local + timedelta(days=days)).weekday() == slot.weekday
        and after < (each := instant(day, slot.at, zone)) < due
    ]
    assert between == []


@LAW
@given(near_a_change(), WEEKLY)
def test_asking_at_a_slot_gives_the_next_one_and_just_before_it_gives_it(
    where: tuple[str, datetime], slot: Weekly
) -> None:
    zone, start = where
    due = next_slot(slot, zone, start)
    assert next_slot(slot, zone, just_before(due)) == due
    assert next_slot(slot, zone, due) > due


@LAW
@given(near_a_change(), WEEKLY)
def test_the_newest_slot_and_the_next_have_now_between_them(where: tuple[str, datetime], slot: Weekly) -> None:
    zone, now = where
    last = last_slot(slot, zone, now)
    assert last <= now < next_slot(slot, zone, last)
    assert next_slot(slot, zone, last) == next_slot(slot, zone, now)


@LAW
@given(near_a_change(), QUIET)
@example(
    ("Europe/Berlin", datetime(2026, 10, 25, 1, 10, tzinfo=UTC)), QuietHours(time(18), time(2, 45), weekends=False)
)
def test_quiet_hours_end_later_and_when_they_end_it_is_not_quiet(
    where: tuple[str, datetime], quiet: QuietHours
) -> None:
    zone, at = where
    until = quiet_until(quiet, zone, at)
    if until is not None:
        assert at < until < at + timedelta(days=5)
        assert not is_quiet(quiet, zone, until)


@LAW
@given(near_a_change(), QUIET, st.floats(0, 0.99))
@example(("Europe/Berlin", datetime(2026, 11, 22, 12, tzinfo=UTC)), QuietHours(time(13), time(14), weekends=True), 0.9)
def test_it_is_quiet_until_quiet_hours_end(where: tuple[str, datetime], quiet: QuietHours, share: float) -> None:
    zone, at = where
    until = quiet_until(quiet, zone, at)
    if until is not None and not any(at < change <= until for change in changes(zone)):
        assert is_quiet(quiet, zone, at + (until - at) * share)


@LAW
@given(near_a_change(), QUIET)
def test_hours_that_begin_when_they_end_are_never_quiet_but_for_weekends(
    where: tuple[str, datetime], quiet: QuietHours
) -> None:
    zone, now = where
    weekend = now.astimezone(ZoneInfo(zone)).weekday() >= 5
    never = replace(quiet, end=quiet.begin)
    assert is_quiet(never, zone, now) == (quiet.weekends and weekend)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
def test_a_year_has_each_weekday_at_its_hour(zone: str) -> None:
    slot = Weekly(2, time(9, 30))
    shown = [each.astimezone(ZoneInfo(zone)) for each in _slots(slot, zone, datetime(2026, 1, 1, tzinfo=UTC), 52)]
    assert {(each.weekday(), each.time()) for each in shown} == {(2, time(9, 30))}
    assert len({each.isocalendar().week for each in shown}) == 52


def test_every_change_of_every_zone_keeps_one_slot_a_week() -> None:
    broken = []
    for zone in ZONES:
        tz = ZoneInfo(zone)
        for change in changes(zone):
            local = (change - HOUR).astimezone(tz)
            slot = Weekly(local.weekday(), local.time().replace(second=0, microsecond=0))
            due = list(_slots(slot, zone, change - WEEK - HOUR, 3))
            days = [_meant(each, slot, tz) for each in due]
            if any(later - earlier != WEEK for earlier, later in pairwise(days)):
                broken.append((zone, change))
    assert broken == []


def _slots(slot: Weekly, zone: str, after: datetime, count: int) -> Iterator[datetime]:
    for _ in range(count):
        after = next_slot(slot, zone, after)
        yield after


def _meant(due: datetime, slot: Weekly, tz: ZoneInfo) -> date:
    """The local day a slot was meant for: where its time does not exist, it moved later, perhaps past midnight."""
    shown = due.astimezone(tz)
    behind = (shown.weekday() - slot.weekday) % 7
    return shown.date() - timedelta(days=behind)
