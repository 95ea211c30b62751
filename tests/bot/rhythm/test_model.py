"""The rules of rhythm, held to their laws."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from bot.core.cadence.slots import is_quiet
from bot.core.places import QuietHours
from bot.rhythm.model import (
    LEADING,
    LIBRARY,
    MOST,
    PATIENCE,
    Doing,
    Row,
    again_at,
    leader_prompt,
    next_monday,
    patience,
    prompt,
    read_plan,
    streak,
    week_of,
)

days = st.dates(date(2024, 1, 1), date(2040, 1, 1))
instants = st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 -- the zone is set right after
zones = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
quiets = st.builds(QuietHours, st.times(), st.times(), weekends=st.booleans())
mondays = days.map(week_of)


@given(st.sampled_from(Doing), st.integers(1), days)
def test_no_prompt_repeats_within_three_weeks_however_many_moments_share_it(
    doing: Doing, person: int, day: date
) -> None:
    weeks = len(LIBRARY[doing]) // MOST
    seen = [
        prompt(doing, person, str(slot), day + timedelta(weeks=week)) for week in range(weeks) for slot in range(MOST)
    ]
    assert len(set(seen)) == len(seen)


@given(st.sampled_from(Doing), st.integers(1), days)
def test_a_weekly_moment_goes_through_its_whole_library(doing: Doing, person: int, day: date) -> None:
    weeks = len(LIBRARY[doing])
    seen = {prompt(doing, person, "0", day + timedelta(weeks=week)) for week in range(weeks)}
    assert len(seen) == weeks


@given(st.integers(1), days)
def test_a_leader_sees_every_prompt_by_asking_and_by_waiting(person: int, day: date) -> None:
    assert len({leader_prompt(person, day, step) for step in range(len(LEADING))}) == len(LEADING)
    weeks = range(len(LEADING))
    assert len({leader_prompt(person, day + timedelta(weeks=week), 0) for week in weeks}) == len(LEADING)


@given(quiets, zones, instants)
def test_a_nudge_outlives_the_quiet_hours_it_falls_into(quiet: QuietHours, zone: str, due: datetime) -> None:
    last = due + patience(quiet, zone, due)
    assert last >= due + PATIENCE
    assert not is_quiet(quiet, zone, due) or last > due + PATIENCE


@given(st.builds(QuietHours, st.just(time(18)), st.just(time(8)), weekends=st.booleans()), zones, instants)
def test_later_is_never_sooner_than_two_hours_and_never_in_quiet_hours(
    quiet: QuietHours, zone: str, now: datetime
) -> None:
    again = again_at(quiet, zone, now)
    assert again >= now + timedelta(hours=2)
    assert not is_quiet(quiet, zone, again)


@given(days, zones)
def test_next_week_begins_on_a_monday_after_today(day: date, zone: str) -> None:
    begins = (next_monday(day, zone) + timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    assert begins.date() > day
    assert begins.date() - day <= timedelta(days=7)
    assert begins.weekday() == 0


@given(mondays, st.integers(0, 60), st.sets(st.integers(0, 80)))
def test_skipped_weeks_neither_count_nor_break_a_streak(week: date, weeks: int, skipped: set[int]) -> None:
    behind = [week - timedelta(weeks=back) for back in range(weeks + len(skipped) + 1)]
    pauses = {behind[back] for back in skipped if back < len(behind)}
    done = [each for each in behind if each not in pauses][:weeks]
    assert streak(done, pauses, week) == len(done)


@given(st.lists(st.builds(Row, st.text(max_size=3), st.text(max_size=8), st.text(max_size=8)), min_size=3, max_size=3))
def test_any_filling_is_a_plan_or_has_a_reason(rows: list[Row]) -> None:
    plan, wrong = read_plan(rows)
    assert wrong or len(plan) >= 2


@given(st.permutations(range(7)), st.times())
def test_moments_at_different_days_are_a_plan(week: list[int], at: time) -> None:
    rows = [Row(str(day), f"{at:%H:%M}", "read") for day in week[:MOST]]
    plan, wrong = read_plan(rows)
    assert (len(plan), wrong) == (MOST, {})
