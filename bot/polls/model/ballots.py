"""Answers: how one is written down, what a press does to it, and what a question takes."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from bot.polls.model.definition import LONGEST_TEXT, Kind, Question

Choices = tuple[int, ...]
"""Numbers of options, from 0: ascending, but in order of preference for a ranking."""

Ballot = tuple[str, ...]
"""What one person answered, a text a question, empty where they did not.

Of free text it is the text itself, of everything else the numbers of the chosen options with commas between
(`2`, `0,3`; a ranking in its order, `2,0,1`).
"""


_FIGURES: Final = bytes.maketrans(b"0123456789", bytes(range(10)))
"""Of options below ten every second character is one: to take them apart at once is four times as fast."""

_NUMBERS: Final = re.compile(r"(0|[1-9][0-9]?)(,(0|[1-9][0-9]?))*")
"""There is one way to write each number: with another one could sign a secret ranking."""


class Wrong(StrEnum):
    """Why a question does not take an answer."""

    UNKNOWN = "unknown"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    TWICE = "twice"
    TOO_LONG = "too_long"


def choices(answer: str) -> Choices:
    """The numbers in an answer that is not free text."""
    if not answer[1::2].strip(","):
        return tuple(answer[::2].encode().translate(_FIGURES))
    return tuple(map(int, answer.split(",")))


def preferences(ranking: str) -> bytes:
    """The numbers in a ranking, or in lines of them, a byte an option; a line ends as it does.

    No ranking has more than ten options, so each has a figure of its own.
    """
    return ranking.replace(",", "").encode().translate(_FIGURES)


def written(chosen: Iterable[int], kind: Kind) -> str:
    """An answer as it is kept: only a ranking has an order of its own."""
    return ",".join(map(str, chosen if kind is Kind.RANKED else sorted(set(chosen))))


def pressed(answer: str, option: int, question: Question) -> str:
    """The answer after a press on an option: several choices are switched on and off, a single one is moved."""
    if not question.several:
        return str(option)
    return written(set(choices(answer)) ^ {option}, question.kind)


def wrong(question: Question, answer: str) -> Wrong | None:
    """Why the question does not take an answer; None if it does. An empty answer is none."""
    if not answer:
        return None
    if question.kind is Kind.TEXT:
        return Wrong.TOO_LONG if len(answer) > LONGEST_TEXT else None
    chosen = choices(answer) if _NUMBERS.fullmatch(answer) else (-1,)
    if any(not 0 <= option < question.size for option in chosen):
        return Wrong.UNKNOWN
    if len(set(chosen)) < len(chosen):
        return Wrong.TWICE
    if len(chosen) > (question.most if question.several else len(chosen) if question.kind is Kind.RANKED else 1):
        return Wrong.TOO_MANY
    return Wrong.TOO_FEW if len(chosen) < question.least else None


def score(questions: Sequence[Question], ballot: Ballot) -> int:
    """How many quiz questions a ballot has right."""
    quizzes = [(question, answer) for question, answer in zip(questions, ballot, strict=True) if question.right]
    return sum(choices(answer) == tuple(sorted(question.right)) for question, answer in quizzes)
