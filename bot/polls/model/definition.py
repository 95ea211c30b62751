"""What is asked: questions of every kind, what is promised to voters, and when results show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST_QUESTION: Final = 300
LONGEST_OPTION: Final = 150
LONGEST_TEXT: Final = 500
"""Characters of a free-text answer: a paragraph."""

LONGEST_EXPLANATION: Final = 500
FEWEST_OPTIONS: Final = 2
MOST_OPTIONS: Final = 30
"""Thirty options with buttons and names still fit one Slack message (50 blocks) and one Teams card (28 KB)."""

MOST_RANKED: Final = 10
"""More than ten cannot be put in order with any care."""

MOST_QUESTIONS: Final = 10
"""A short survey: about two minutes."""

RATING_SCALES: Final = (5, 10)
NPS_SCALE: Final = 11
"""0 to 10 (Reichheld, "The One Number You Need to Grow", Harvard Business Review 2003)."""

YES, NO, ABSTAIN = 0, 1, 2


class Kind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    RANKED = "ranked"
    RATING = "rating"
    NPS = "nps"
    DECISION = "decision"
    TEXT = "text"
    QUIZ = "quiz"


class Promise(StrEnum):
    """What voters are promised, fixed at the first vote.

    open: names stand beside votes. confidential: names are hidden from everyone in chat, and an operator of the
    database could look. secret: nobody can tell, not even from the whole database.
    """

    OPEN = "open"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"  # noqa: S105 -- a ballot, not a password


class Showing(StrEnum):
    """When results are seen: at once, by whoever has voted, or once the poll has closed."""

    LIVE = "live"
    AFTER_VOTE = "after-vote"
    AFTER_CLOSE = "after-close"


class Adding(StrEnum):
    """Who may add an option: nobody but the author, anybody, or anybody with the author's approval."""

    NO = "no"
    YES = "yes"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    `options` are what people typed; of a rating, an NPS and a decision they follow from the kind and are empty. A
    choice takes `least` to `most` options, a ranking puts up to `most` in order. `scale` is 5 or 10 for a rating.
    `right` are the numbers of a quiz's right options, told with `explanation` after closing.
    """

    text: str
    kind: Kind = Kind.CHOICE
    options: tuple[str, ...] = ()
    least: int = 1
    most: int = 1
    scale: int = 5
    right: tuple[int, ...] = ()
    explanation: str = ""

    @property
    def size(self) -> int:
        """How many answers can be chosen from; 0 for free text."""
        match self.kind:
            case Kind.RATING:
                return self.scale
            case Kind.NPS:
                return NPS_SCALE
            case Kind.DECISION:
                return ABSTAIN + 1
            case Kind.TEXT:
                return 0
            case _:
                return len(self.options)

    @property
    def pressed(self) -> bool:
        """Whether one press answers it, so that its buttons can stand on the card itself."""
        return self.kind not in (Kind.RANKED, Kind.TEXT) and self.least <= 1

    @property
    def several(self) -> bool:
        """Whether more than one option can be chosen."""
        return self.kind in (Kind.CHOICE, Kind.QUIZ) and self.most > 1


def extensible(questions: Sequence[Question]) -> bool:
    """Whether options can be added later: to one choice, or one ranking. A quiz has its right answers already."""
    return len(questions) == 1 and questions[0].kind in (Kind.CHOICE, Kind.RANKED)


def lowest(question: Question) -> int:
    """What the first step of a scale is called: ratings begin at 1, NPS at 0."""
    return 1 if question.kind is Kind.RATING else 0


def repeated(options: Iterable[str]) -> str:
    """The first option that stands there twice, whatever its capitals; empty if none does."""
    seen: set[str] = set()
    for option in options:
        if option.casefold() in seen:
            return option
        seen.add(option.casefold())
    return ""
