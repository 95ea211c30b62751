"""Spreading messages to many people over a window, a minute never holding more than a cap. Pure rules.

A minute of the window, counted from its beginning, has `cap` slots: slot `minute * cap + place`. Who chose a minute is
served first, and in it as long as it holds; then as near after it as there is room. All others are spread evenly over
what is left of the minutes that are calm where they live.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.cadence.slots import instant, is_quiet
from bot.core.places import QuietHours

Run = tuple[int, int]
"""The first of some slots that follow one another, and how many they are."""

Span = tuple[int, int]
"""Minutes, from the first to the one after the last."""

_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Group:
    """People who may be written to in the same minutes: how many chose which of them, and how many chose none."""

    calm: tuple[Span, ...]
    chosen: Mapping[int, int] = field(default_factory=dict)
    rest: int = 0

    @property
    def people(self) -> int:
        """How many they are."""
        return self.rest + sum(self.chosen.values())


Kind = tuple[str, int | None]
"""The name of a group, and the minute that was chosen or None."""


def spread(minutes: int, cap: int, groups: Mapping[str, Group]) -> dict[Kind, list[Run]]:
    """As many slots for each kind of people as there are people. `ValueError` where a window cannot hold them all."""
    if sum(group.people for group in groups.values()) > minutes * cap:
        raise ValueError("the window is too short")
    table = _Table(minutes, cap)
    waiting = _seat_choosers(table, groups)
    for name, group in groups.items():
        waiting[name].append(((name, None), group.rest))
    late: list[tuple[Kind, int]] = []
    for name in sorted(groups, key=lambda name: (table.room(groups[name].calm), name)):  # who has least choice first
        late += table.seat_evenly(waiting[name], groups[name].calm)
    table.seat_evenly(late, ((0, minutes),))
    return table.runs


def calm(quiet: QuietHours, zone: str, begins: datetime, minutes: int) -> tuple[Span, ...]:
    """The minutes of a window in which it is not quiet in a zone."""
    ends = begins + minutes * _MINUTE
    day, last = begins.astimezone(ZoneInfo(zone)).date(), ends.astimezone(ZoneInfo(zone)).date()
    changes = {begins, ends}
    while day <= last:
        turns = (instant(day, at, zone) for at in (time(0), quiet.begin, quiet.end))
        changes |= {turn for turn in turns if begins < turn < ends}
        day += _DAY
    spans = ((since, until) for since, until in pairwise(sorted(changes)) if not is_quiet(quiet, zone, since))
    return tuple((-((begins - since) // _MINUTE), (until - begins) // _MINUTE) for since, until in spans)


def due(begins: datetime, slot: int, cap: int) -> datetime:
    """The instant of a slot: those of one minute follow one another evenly."""
    minute, place = divmod(slot, cap)
    return begins + (minute + place / cap) * _MINUTE


def from_the(place: int, runs: Iterable[Run]) -> Iterator[int]:
    """Slots one by one, after the first `place` of them."""
    for first, count in runs:
        yield from range(first + min(place, count), first + count)
        place = max(0, place - count)


class _Table:
    """Which slots are taken."""

    def __init__(self, minutes: int, cap: int) -> None:
        self._cap = cap
        self._taken = [0] * minutes
        self.runs: dict[Kind, list[Run]] = {}

    def room(self, spans: Iterable[Span]) -> int:
        """How many slots are free in some minutes."""
        return sum(self._cap - taken for since, until in spans for taken in self._taken[since:until])

    def seat(self, kind: Kind, minute: int, people: int) -> int:
        """Give people slots in a minute as far as it holds them; how many got one."""
        count = min(people, self._cap - self._taken[minute])
        if count > 0:
            self.runs.setdefault(kind, []).append((minute * self._cap + self._taken[minute], count))
            self._taken[minute] += count
        return count

    def seat_evenly(self, waiting: Iterable[tuple[Kind, int]], spans: tuple[Span, ...]) -> list[tuple[Kind, int]]:
        """Spread people over what is free in some minutes; whom they cannot hold."""
        queue = [(kind, people) for kind, people in waiting if people]
        room = self.room(spans)
        people = min(room, sum(count for _, count in queue))
        passed = seated = 0
        for minute in (minute for since, until in spans for minute in range(since, until)) if people else ():
            passed += self._cap - self._taken[minute]
            now = (2 * people * passed + room - 1) // (
                2 * room
            )  # those whose place, (i + 1/2) * room / people, is past
            while seated < now:
                kind, left = queue.pop(0)
                count = self.seat(kind, minute, min(left, now - seated))
                seated += count
                if left > count:
                    queue.insert(0, (kind, left - count))
        return queue


def _seat_choosers(table: _Table, groups: Mapping[str, Group]) -> dict[str, list[tuple[Kind, int]]]:
    """Seat who chose a minute, each group's in minutes that are calm for it; whom no later minute can hold."""
    calm_minutes = {
        name: [minute for since, until in group.calm for minute in range(since, until)]
        for name, group in groups.items()
        if group.chosen
    }
    asked = sorted((minute, name, people) for name, group in groups.items() for minute, people in group.chosen.items())
    missed = []
    for minute, name, people in asked:
        if left := people - table.seat((name, minute), minute, people):
            missed.append((minute, name, left))
    waiting: dict[str, list[tuple[Kind, int]]] = {name: [] for name in groups}
    ahead = dict.fromkeys(groups, 0)
    for minute, name, people in missed:
        left, minutes = people, calm_minutes[name]
        while left and ahead[name] < len(minutes):
            at = minutes[ahead[name]]
            left -= table.seat((name, minute), at, left) if at > minute else 0
            ahead[name] += left > 0
        if left:
            waiting[name].append(((name, minute), left))
    return waiting
