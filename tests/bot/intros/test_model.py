"""When a newcomer hears from the bot, over every zone and all quiet hours."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cadence.slots import is_quiet
from bot.core.places import QuietHours
from bot.intros.model import EVENING, LIMITS, MORNING, SOON, Plan, asked, plan, suitable

INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds are naive by contract
ZONES = st.sampled_from(sorted(available_timezones()))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
ANY_QUIET = st.builds(QuietHours, TIMES, TIMES, weekends=st.booleans())
USUAL = QuietHours(time(18), time(8))


def everything(planned: Plan) -> list[datetime]:
    return [planned.welcome, planned.reminder, *planned.rungs]


@given(INSTANTS, ZONES, ANY_QUIET)
def test_a_suitable_moment_is_never_quiet_and_never_in_the_past(at: datetime, zone: str, quiet: QuietHours) -> None:
    moment = suitable(at, zone, quiet)
    assert moment >= at
    assert not is_quiet(quiet, zone, moment)


@given(INSTANTS, ZONES, ANY_QUIET)
def test_a_suitable_moment_suits_itself(at: datetime, zone: str, quiet: QuietHours) -> None:
    moment = suitable(at, zone, quiet)
    assert suitable(moment, zone, quiet) == moment


@given(INSTANTS, ZONES)
def test_with_usual_quiet_hours_it_is_office_time_on_a_working_day_within_three_days(at: datetime, zone: str) -> None:
    moment = suitable(at, zone, USUAL)
    local = moment.astimezone(ZoneInfo(zone))
    assert MORNING <= local.time() < EVENING
    assert local.weekday() < 5
    assert moment - at < timedelta(days=3, hours=1)


@given(INSTANTS, ZONES, ANY_QUIET)
def test_nobody_hears_twice_on_one_day(joined: datetime, zone: str, quiet: QuietHours) -> None:
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in everything(plan(joined, zone, quiet))]
    assert len(set(days)) == len(days)


@given(INSTANTS, ZONES, ANY_QUIET)
def test_the_welcome_is_first_and_the_ladder_only_climbs(joined: datetime, zone: str, quiet: QuietHours) -> None:
    planned = plan(joined, zone, quiet)
    assert planned.welcome >= joined + SOON
    assert planned.welcome == min(everything(planned))
    assert all(earlier < later for earlier, later in pairwise(planned.rungs))
    assert planned.reminder - planned.welcome >= timedelta(days=2)


def test_a_welcome_that_has_to_wait_long_still_comes_before_the_ladder() -> None:
    hardly_ever = QuietHours(time(10, 1), time(17))
    planned = plan(datetime(2024, 1, 5, 2, tzinfo=UTC), "Antarctica/Casey", hardly_ever)
    assert planned.welcome < planned.rungs[0]


@pytest.mark.parametrize(
    ("joined", "zone", "welcome"),
    [
        ("2026-11-23T09:00", "Europe/Berlin", "2026-11-23T09:05"),
        ("2026-11-23T09:00", "America/New_York", "2026-11-23T15:00"),
        ("2026-11-23T16:30", "Asia/Tokyo", "2026-11-24T01:00"),
        ("2026-11-27T18:00", "Europe/London", "2026-11-30T10:00"),
    ],
)
def test_the_welcome_comes_at_once_or_at_ten_on_the_next_working_day(joined: str, zone: str, welcome: str) -> None:
    planned = plan(datetime.fromisoformat(joined).replace(tzinfo=UTC), zone, USUAL)
    assert planned.welcome == datetime.fromisoformat(welcome).replace(tzinfo=UTC)


@given(st.text(max_size=LIMITS["question"]).map(str.strip))
def test_a_question_keeps_its_words_and_its_limit(question: str) -> None:
    marked = asked(question)
    assert marked in {question, f"{question}?"}
    assert len(marked) <= LIMITS["question"]
    assert asked(marked) == marked
