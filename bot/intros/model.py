"""The rules of welcomes: which moment suits, how seldom the bot comes back, what an introduction holds."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.cadence.slots import SATURDAY, instant, quiet_until
from bot.core.people import Person
from bot.core.places import QuietHours

LIMITS: Final = {"role": 120, "loves": 280, "offers": 280, "question": 140}
"""The most characters of each part, in the order in which people read them: the length of a short message each."""

SOON: Final = timedelta(minutes=5)
"""How long after joining the welcome comes if the moment suits: time enough to look around first."""

MORNING: Final = time(10)
EVENING: Final = time(17)
"""A welcome begins after the first coffee and before people pack up."""

LADDER: Final = (3, 7, 14, 30)
"""Days after joining on which a blank profile is mentioned."""

REMINDER: Final = 3
"""Working days after the welcome until the only reminder."""

SETTLING: Final = timedelta(days=1)
"""How long after installation everybody who appears may have been there before; by then the directory is synced."""

_DAY: Final = timedelta(days=1)
_STEPS: Final = 8
"""Quiet hours, a weekend and a morning are three steps; where eight do not help, no office hour is without quiet."""

_ENDINGS: Final = (".", "!", "?", "\u2026", "\u3002", "\uff01", "\uff1f", "\u061f", "\u037e")
"""How sentences end, in Latin, Chinese and Japanese, Arabic, and Greek."""


class Problem(StrEnum):
    """Why an introduction cannot be posted yet."""

    EMPTY = "empty"
    LONG = "long"


class Missing(StrEnum):
    """What a profile lacks."""

    PHOTO = "photo"
    TITLE = "title"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Introduction:
    """What somebody says of themselves; the question is what they would like to hear back."""

    role: str
    loves: str
    offers: str
    question: str

    def answers(self) -> dict[str, str]:
        """The parts by the name of their form field, in reading order."""
        return {"role": self.role, "loves": self.loves, "offers": self.offers, "question": self.question}

    def problems(self) -> dict[str, Problem]:
        """What is wrong, by the name of the form field it belongs to."""
        wrong = {name: _problem(answer, LIMITS[name]) for name, answer in self.answers().items()}
        return {name: problem for name, problem in wrong.items() if problem}


@dataclass(frozen=True, slots=True)
class Kept:
    """An introduction as it is stored; `place` is None while it waits for a channel."""

    person: int
    workspace: int
    place: int | None
    said: Introduction
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """When a newcomer hears from the bot by itself: never twice on one day of theirs.

    `rungs` are the moments of `LADDER`.
    """

    welcome: datetime
    reminder: datetime
    rungs: tuple[datetime, ...]


def suitable(at: datetime, zone: str, quiet: QuietHours) -> datetime:
    """The first instant from `at` on that suits somebody in `zone`: by day, outside quiet hours, on a working day.

    Where quiet hours cover the whole working day, it is the first instant that is not quiet.
    """
    moment = at
    for _ in range(_STEPS):
        if until := quiet_until(quiet, zone, moment):
            moment = until
            continue
        local = moment.astimezone(ZoneInfo(zone))
        if MORNING <= local.time() < EVENING:
            return moment
        moment = instant(local.date() + (_DAY if local.time() >= EVENING else timedelta()), MORNING, zone)
    return quiet_until(quiet, zone, at) or at


def plan(joined: datetime, zone: str, quiet: QuietHours) -> Plan:
    """Everything a newcomer will hear at most, as seen from the moment they join."""
    welcome = suitable(joined + SOON, zone, quiet)
    taken = {_day(welcome, zone)}
    first, after = _day(joined, zone), _day(welcome, zone) + _DAY
    rungs = tuple(_free(max(first + days * _DAY, after), taken, zone, quiet) for days in LADDER)
    reminder = _free(_working(_day(welcome, zone), REMINDER, quiet), taken, zone, quiet)
    return Plan(welcome, reminder, rungs)


def missing(person: Person, *, titles: bool) -> Missing | None:
    """What a profile lacks; without `titles` the platform tells nobody's title, so that none can be missed."""
    if titles and not person.title:
        return Missing.TITLE if person.has_photo else Missing.BOTH
    return None if person.has_photo else Missing.PHOTO


def asked(question: str) -> str:
    """A question with its mark, where the typist saved it and there is room for it."""
    marked = question.endswith(_ENDINGS) or not 0 < len(question) < LIMITS["question"]
    return question if marked else f"{question}?"


def _problem(answer: str, limit: int) -> Problem | None:
    if not answer:
        return Problem.EMPTY
    return Problem.LONG if len(answer) > limit else None


def _free(day: date, taken: set[date], zone: str, quiet: QuietHours) -> datetime:
    """A suitable moment on `day` or soon after it, on a day that nothing else has taken; it is taken then."""
    while True:
        moment = suitable(instant(day, MORNING, zone), zone, quiet)
        if _day(moment, zone) not in taken:
            taken.add(_day(moment, zone))
            return moment
        day += _DAY


def _working(day: date, days: int, quiet: QuietHours) -> date:
    """The day that is so many working days later."""
    while days:
        day += _DAY
        if not quiet.weekends or day.weekday() < SATURDAY:
            days -= 1
    return day


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
