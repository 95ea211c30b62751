"""What makes a campaign: its limits, whom it is for, when it begins, how long it takes, and the state of its life."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Final

from bot.core.cadence.slots import Weekly, is_quiet, just_before, next_slot
from bot.core.pace import a_minute
from bot.core.places import QuietHours
from bot.core.spread import Group, Kind, Run, calm, from_the, spread

LONGEST_TITLE: Final = 150
LONGEST_TEXT: Final = 2000
LONGEST_WINDOW: Final = timedelta(days=3)
"""Who hears of something three days after the others does not call it news."""

PATIENCE: Final = timedelta(days=3)
"""How long after its window a campaign may still reach somebody: over a night and a weekend."""

AHEAD: Final = timedelta(minutes=10)
"""How long before it begins a campaign is planned: who has joined or gone by then counts."""

KEPT_DRAFT: Final = timedelta(days=1)
"""How long a preview waits for its Start."""

MINUTE: Final = timedelta(minutes=1)


class Audience(StrEnum):
    """Whom a campaign is for."""

    EVERYONE = "everyone"
    LEADERS = "leaders"
    COMMUNICATORS = "communicators"


class State(StrEnum):
    """Where a campaign is in its life: a draft is a preview, counting and planning go on in bites."""

    DRAFT = "draft"
    COUNTING = "counting"
    PLANNING = "planning"
    PLANNED = "planned"
    STOPPED = "stopped"
    OVER = "over"


RUNNING: Final = (State.COUNTING, State.PLANNING, State.PLANNED)
"""Started, and neither stopped nor over."""


class Problem(StrEnum):
    """Why a draft cannot be previewed yet."""

    NO_TITLE = "no_title"
    LONG_TITLE = "long_title"
    NO_TEXT = "no_text"
    LONG_TEXT = "long_text"
    PAST = "past"
    WINDOW = "window"
    AUDIENCE = "audience"
    NOBODY = "nobody"
    UNKNOWN_FLAG = "unknown_flag"


@dataclass(frozen=True, slots=True)
class Draft:
    """A campaign as somebody typed it, right or wrong.

    `to`, `beginning` and `within` are as typed, kept for the form. `begins_at` and `window` are what they mean, None
    where nobody could tell; a window that was not typed is zero, as long as it takes. `unknown` are flags nobody knows.
    """

    title: str = ""
    text: str = ""
    to: str = Audience.EVERYONE.value
    beginning: str = ""
    begins_at: datetime | None = None
    within: str = ""
    window: timedelta | None = timedelta(0)
    unknown: tuple[str, ...] = ()

    def problems(self, now: datetime) -> dict[str, Problem]:
        """What is wrong, by the name of the form field it belongs to."""
        late = self.begins_at is None or self.begins_at < now - MINUTE
        long = self.window is None or self.window > LONGEST_WINDOW
        wrong = {
            "title": _length(self.title, LONGEST_TITLE, Problem.NO_TITLE, Problem.LONG_TITLE),
            "text": _length(self.text, LONGEST_TEXT, Problem.NO_TEXT, Problem.LONG_TEXT),
            "to": Problem.AUDIENCE if self.to not in set(Audience) else None,
            "begins": Problem.PAST if late else None,
            "within": Problem.UNKNOWN_FLAG if self.unknown else Problem.WINDOW if long else None,
        }
        return {name: problem for name, problem in wrong.items() if problem}


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign. `minutes` is its window: as asked for while it is a draft (0: as long as it takes), then as it is.

    `rate` is how many messages a second it counts on, None for any number. `people` is how many it is for.
    """

    id: int
    workspace: int
    author: int
    state: State
    title: str
    text: str
    audience: Audience
    begins_at: datetime
    minutes: int
    rate: float | None
    people: int
    cursor: int

    @property
    def cap(self) -> int:
        """The most messages a minute."""
        return a_minute(self.rate, self.people)

    @property
    def needs(self) -> int:
        """The fewest minutes that hold everybody."""
        return max(1, -(-self.people // self.cap))

    @property
    def takes(self) -> int:
        """Its window in minutes, as long as it has to be."""
        return max(self.minutes, self.needs)

    @property
    def ends_at(self) -> datetime:
        """When the last is due."""
        return self.begins_at + self.takes * MINUTE

    @property
    def expires_at(self) -> datetime:
        """When nobody hears of it any more."""
        return self.ends_at + PATIENCE


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody a campaign is for, with the moments of the week that they chose."""

    id: int
    zone: str
    moments: tuple[Weekly, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """How many people of each kind there are, which slots they have, and how many of them are given away by now.

    The slots beyond the window are for who came after the count: `beyond` of them are given away.
    """

    counts: Mapping[Kind, int] = field(default_factory=dict)
    runs: Mapping[Kind, list[Run]] = field(default_factory=dict)
    given: Mapping[Kind, int] = field(default_factory=dict)
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign has come, in people: whom it reached, is for still, could not reach, and left in peace."""

    sent: int
    waiting: int
    failed: int
    spared: int


def begins(at: datetime) -> datetime:
    """The minute in which a campaign begins: chosen minutes are whole ones of the clock."""
    return at.replace(second=0, microsecond=0)


def kinds(readers: Iterable[Reader], begins_at: datetime, minutes: int, quiet: QuietHours) -> list[Kind]:
    """Where each reader lives, and the first minute of the window that they chose themselves and that is not quiet."""

    @cache  # people who chose alike are many
    def minute(moment: Weekly, zone: str) -> int | None:
        at = next_slot(moment, zone, just_before(begins_at))
        late = at >= begins_at + minutes * MINUTE
        return None if late or is_quiet(quiet, zone, at) else (at - begins_at) // MINUTE

    def chosen(reader: Reader) -> int | None:
        found = (minute(moment, reader.zone) for moment in reader.moments)
        return min((each for each in found if each is not None), default=None)

    return [(reader.zone, chosen(reader)) for reader in readers]


def count(counts: Mapping[Kind, int], kinds: Iterable[Kind]) -> dict[Kind, int]:
    """The counts, and more people."""
    return dict(Counter(counts) + Counter(kinds))


def slots(campaign: Campaign, counts: Mapping[Kind, int], quiet: QuietHours) -> dict[Kind, list[Run]]:
    """Which slots each kind of people gets."""
    groups = {}
    for zone in {zone for zone, _ in counts}:
        chosen = {minute: people for (there, minute), people in counts.items() if there == zone and minute is not None}
        spans = calm(quiet, zone, campaign.begins_at, campaign.takes)
        groups[zone] = Group(spans, chosen, counts.get((zone, None), 0))
    return spread(campaign.takes, campaign.cap, groups)


def give(plan: Plan, wanted: Iterable[Kind], end: int) -> tuple[list[int], Plan]:
    """A slot for each of some people, and the plan without them; who has none gets one from the slot `end` on."""
    given, beyond = Counter(plan.given), plan.beyond
    free: dict[Kind, Iterator[int]] = {}
    found = []
    for kind in wanted:
        mine = free.setdefault(kind, from_the(given[kind], plan.runs.get(kind, ())))
        slot = next(mine, None)
        if slot is None:
            slot, beyond = end + beyond, beyond + 1
        else:
            given[kind] += 1
        found.append(slot)
    return found, replace(plan, given=given, beyond=beyond)


def _length(typed: str, longest: int, empty: Problem, long: Problem) -> Problem | None:
    if not typed:
        return empty
    return long if len(typed) > longest else None
