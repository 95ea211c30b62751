"""Totals without ballots: what is left of votes when nobody may know whose they were."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.polls.model.ballots import Ballot, choices
from bot.polls.model.counting import Result, count
from bot.polls.model.definition import Kind, Question


@dataclass(frozen=True, slots=True)
class Tally:
    """One question's totals: how many people answered it, and how often each answer was given.

    Where an option is chosen, each option is counted by itself, so that not even the combination stays. A ranking is
    counted whole, since it cannot be counted out otherwise.
    """

    voters: int
    answers: Mapping[str, int]


def empty(questions: Sequence[Question]) -> tuple[Tally, ...]:
    """The totals before the first vote; every option is there already."""
    return tuple(
        Tally(0, {} if question.kind is Kind.RANKED else {str(option): 0 for option in range(question.size)})
        for question in questions
    )


def add(tallies: Sequence[Tally], questions: Sequence[Question], ballots: Iterable[Ballot]) -> tuple[Tally, ...]:
    """The totals after further ballots."""
    ballots = list(ballots)
    return tuple(
        _add(tally, question, [ballot[number] for ballot in ballots if ballot[number]])
        for number, (tally, question) in enumerate(zip(tallies, questions, strict=True))
    )


def results(tallies: Sequence[Tally], questions: Sequence[Question]) -> tuple[Result, ...]:
    """What the totals come to."""
    return tuple(
        count(question, tally.answers, voters=tally.voters) for tally, question in zip(tallies, questions, strict=True)
    )


def written(tallies: Sequence[Tally]) -> str:
    """Totals as JSON; sorted, so that no order tells who came first."""
    return json.dumps([[tally.voters, dict(sorted(tally.answers.items()))] for tally in tallies], ensure_ascii=False)


def read(text: str) -> tuple[Tally, ...]:
    """The totals that `written` wrote."""
    return tuple(Tally(voters, answers) for voters, answers in json.loads(text))


def _add(tally: Tally, question: Question, answers: Sequence[str]) -> Tally:
    counts = Counter(dict(tally.answers))
    for answer in answers:
        counts.update([answer] if question.kind in (Kind.RANKED, Kind.TEXT) else map(str, choices(answer)))
    return Tally(tally.voters + len(answers), dict(counts))
