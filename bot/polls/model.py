"""What makes a poll: its limits, what a vote does to a ballot, how ballots are counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

LONGEST_QUESTION: Final = 300
LONGEST_OPTION: Final = 150
FEWEST_OPTIONS: Final = 2
MOST_OPTIONS: Final = 30
"""Thirty options with buttons and names still fit one Slack message (50 blocks) and one Teams card (28 KB)."""


class Problem(StrEnum):
    """Why a draft cannot be asked yet."""

    NO_QUESTION = "no_question"
    LONG_QUESTION = "long_question"
    FEW_OPTIONS = "few_options"
    MANY_OPTIONS = "many_options"
    LONG_OPTION = "long_option"
    TWICE = "twice"
    PAST = "past"
    NO_PLACE = "no_place"
    UNKNOWN_FLAG = "unknown_flag"


@dataclass(frozen=True, slots=True)
class Draft:
    """A poll as somebody typed it, right or wrong.

    `closing` is the moment as typed, kept for the form; `unknown` are flags nobody knows.
    """

    question: str
    options: tuple[str, ...] = ()
    many: bool = False
    confidential: bool = False
    closes_at: datetime | None = None
    closing: str = ""
    unknown: tuple[str, ...] = ()

    def problems(self, now: datetime) -> dict[str, Problem]:
        """What is wrong, by the name of the form field it belongs to."""
        wrong = {
            "question": self._question(),
            "options": self._options(),
            "settings": Problem.UNKNOWN_FLAG if self.unknown else None,
            "closes": self._closing(now),
        }
        return {name: problem for name, problem in wrong.items() if problem}

    def _question(self) -> Problem | None:
        if not self.question:
            return Problem.NO_QUESTION
        return Problem.LONG_QUESTION if len(self.question) > LONGEST_QUESTION else None

    def _options(self) -> Problem | None:
        if len(self.options) < FEWEST_OPTIONS:
            return Problem.FEW_OPTIONS
        if len(self.options) > MOST_OPTIONS:
            return Problem.MANY_OPTIONS
        if max(map(len, self.options)) > LONGEST_OPTION:
            return Problem.LONG_OPTION
        return Problem.TWICE if repeated(self.options) else None

    def _closing(self, now: datetime) -> Problem | None:
        if self.closes_at is not None:
            return None if self.closes_at > now else Problem.PAST
        return Problem.PAST if self.closing else None


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll that was asked. `author` is a person's id, `closed_at` None while it is open."""

    id: int
    workspace: int
    author: int
    place: int
    question: str
    options: tuple[str, ...]
    many: bool
    confidential: bool
    closes_at: datetime | None
    closed_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether a vote still counts at `now`, even if nobody has closed it yet."""
        return self.closed_at is None and (self.closes_at is None or now < self.closes_at)


Choices = frozenset[int]
"""A ballot: the numbers of the chosen options, from 0."""


@dataclass(frozen=True, slots=True)
class Result:
    """Votes by option, and how many people voted."""

    votes: tuple[int, ...]
    voters: int

    def share(self, option: int) -> float:
        """How many of the voters chose an option, from 0 to 1."""
        return self.votes[option] / self.voters if self.voters else 0.0

    def winners(self) -> tuple[int, ...]:
        """The options with the most votes; none where nobody voted."""
        most = max(self.votes, default=0)
        return tuple(option for option, votes in enumerate(self.votes) if votes == most and most)


def vote(ballot: Choices, option: int, *, many: bool) -> Choices:
    """The ballot after a press on an option: several choices are switched on and off, a single one is moved."""
    return ballot ^ {option} if many else frozenset({option})


def count(options: int, ballots: Iterable[tuple[Choices, int]]) -> Result:
    """Count ballots, each given with how many people cast one like it. An empty ballot is nobody's."""
    votes = [0] * options
    voters = 0
    for choices, people in ballots:
        voters += people if choices else 0
        for option in choices:
            votes[option] += people
    return Result(tuple(votes), voters)


def repeated(options: Iterable[str]) -> str:
    """The first option that stands there twice, whatever its capitals; empty if none does."""
    seen: set[str] = set()
    for option in options:
        if option.casefold() in seen:
            return option
        seen.add(option.casefold())
    return ""
