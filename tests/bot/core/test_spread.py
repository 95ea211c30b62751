from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cadence.slots import is_quiet
from bot.core.places import QuietHours
from bot.core.spread import Group, Kind, Run, calm, due, from_the, spread

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WINDOW = 12


@st.composite
def groups(draw: st.DrawFn) -> dict[str, Group]:
    """Up to four groups, each calm in two spans of a window of 12 minutes at most."""
    found = {}
    for name in draw(st.lists(st.sampled_from("abcd"), unique=True)):
        a, b, c, d = sorted(draw(st.lists(st.integers(0, WINDOW), min_size=4, max_size=4)))
        spans = tuple((since, until) for since, until in ((a, b), (c, d)) if since < until)
        minutes = [minute for since, until in spans for minute in range(since, until)]
        chosen = st.dictionaries(st.sampled_from(minutes), st.integers(1, 9)) if minutes else st.just({})
        found[name] = Group(spans, draw(chosen), draw(st.integers(0, 30)))
    return found


def slots(runs: dict[Kind, list[Run]]) -> Iterator[tuple[Kind, int]]:
    return ((kind, slot) for kind, mine in runs.items() for slot in from_the(0, mine))


def room(given: dict[str, Group], spare: int = 0) -> int:
    """The smallest cap with which everybody fits, and more."""
    return max(1, -(-sum(group.people for group in given.values()) // WINDOW)) + spare


@given(groups(), st.integers(0, 5))
def test_everybody_gets_one_slot_and_no_minute_holds_more_than_the_cap(given: dict[str, Group], spare: int) -> None:
    cap = room(given, spare)
    taken = list(slots(spread(WINDOW, cap, given)))
    assert len({slot for _, slot in taken}) == len(taken) == sum(group.people for group in given.values())
    assert all(0 <= slot < WINDOW * cap for _, slot in taken)
    wanted: dict[Kind, int] = {(name, None): group.rest for name, group in given.items() if group.rest}
    wanted |= {(name, at): people for name, group in given.items() for at, people in group.chosen.items()}
    assert Counter(kind for kind, _ in taken) == wanted


@given(groups(), st.integers(0, 5))
def test_a_chosen_minute_is_served_in_that_minute_as_far_as_it_holds(given: dict[str, Group], spare: int) -> None:
    cap = room(given, spare)
    asked: Counter[int | None] = Counter()
    for group in given.values():
        asked.update(group.chosen)
    served = Counter(kind[1] for kind, slot in slots(spread(WINDOW, cap, given)) if kind[1] == slot // cap)
    assert served == {minute: min(people, cap) for minute, people in asked.items()}


@given(st.integers(0, WINDOW - 1), st.integers(1, 40), st.integers(1, 5))
def test_who_does_not_fit_into_the_chosen_minute_comes_right_after_it(minute: int, people: int, cap: int) -> None:
    people = min(people, (WINDOW - minute) * cap)
    taken = spread(WINDOW, cap, {"a": Group(((0, WINDOW),), {minute: people})})
    assert [slot for _, slot in slots(taken)] == list(range(minute * cap, minute * cap + people))


@given(groups(), st.integers(0, 5))
def test_nobody_is_written_to_in_quiet_hours_while_a_calm_slot_is_free(given: dict[str, Group], spare: int) -> None:
    cap = room(given, spare)
    taken = list(slots(spread(WINDOW, cap, given)))
    load = Counter(slot // cap for _, slot in taken)
    for (name, _), slot in taken:
        spans = given[name].calm
        if not any(since <= slot // cap < until for since, until in spans):
            assert all(load[minute] == cap for since, until in spans for minute in range(since, until))


@given(st.integers(0, 200), st.integers(1, 60))
def test_people_who_chose_nothing_are_spread_evenly(people: int, minutes: int) -> None:
    cap = max(1, -(-people // minutes)) + 2
    load = Counter(slot // cap for _, slot in slots(spread(minutes, cap, {"a": Group(((0, minutes),), rest=people)})))
    counts = [load[minute] for minute in range(minutes)]
    assert max(counts) - min(counts) <= 1


def test_a_window_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        spread(2, 3, {"a": Group(((0, 2),), rest=7)})


@given(
    st.builds(QuietHours, st.times(), st.times(), weekends=st.booleans()),
    st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York"]),
    st.integers(0, 7 * 24 * 60),
    st.integers(1, 2 * 24 * 60),
)
def test_a_minute_is_calm_if_it_begins_outside_of_quiet_hours(
    quiet: QuietHours, zone: str, later: int, minutes: int
) -> None:
    def whole(at: time) -> time:
        return at.replace(second=0, microsecond=0)

    quiet = QuietHours(whole(quiet.begin), whole(quiet.end), weekends=quiet.weekends)
    begins = MONDAY + timedelta(minutes=later)
    spans = calm(quiet, zone, begins, minutes)
    assert all(0 <= since < until <= minutes for since, until in spans)
    minutes_of = {minute for since, until in spans for minute in range(since, until)}
    for minute in range(0, minutes, 7):
        assert (minute in minutes_of) != is_quiet(quiet, zone, begins + timedelta(minutes=minute))


def test_the_slots_of_a_minute_follow_one_another_evenly() -> None:
    assert [due(MONDAY, slot, 3) for slot in (0, 1, 5)] == [
        MONDAY,
        MONDAY + timedelta(seconds=20),
        MONDAY + timedelta(seconds=100),
    ]


def test_slots_go_on_where_they_were_left() -> None:
    assert list(from_the(2, [(5, 3), (20, 2)])) == [7, 20, 21]


def test_a_calm_span_ends_when_it_gets_quiet_where_somebody_lives() -> None:
    (span,) = calm(QuietHours(weekends=False), "Asia/Kolkata", MONDAY, 24 * 60)[:1]
    assert (MONDAY + timedelta(minutes=span[1])).astimezone(ZoneInfo("Asia/Kolkata")).time() == time(18)
