"""What the answers to a question come to."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from bot.polls.model.ballots import choices
from bot.polls.model.definition import ABSTAIN, Kind, Question, lowest
from bot.polls.model.ranking import Ranking, rank
from bot.polls.model.wording import SEPARATOR, Wordings

PROMOTERS: Final = range(9, 11)
DETRACTORS: Final = range(7)
"""Who gave 9 or 10, and who gave 0 to 6 (Reichheld, "The One Number You Need to Grow", HBR 2003)."""


@dataclass(frozen=True, slots=True)
class Result:
    """One question, counted.

    `voters` is how many people answered it, `votes` how many of them chose each option (of a ranking: put it first).
    `texts` are free-text answers. `right` is how many people had a quiz
    question right; None where it is no quiz, and where only totals by option are left of several choices.
    """

    question: Question
    voters: int
    votes: tuple[int, ...] = ()
    texts: Wordings = field(default_factory=Wordings)
    ranking: Ranking | None = None
    right: int | None = None

    def share(self, option: int) -> float:
        """How many of the voters chose an option, from 0 to 1.

        Yes and no are shares of those who took a side (a majority leaves abstentions out: Robert's Rules of Order,
        12th edition, 44:1), abstaining is one of all.
        """
        sides = self.question.kind is Kind.DECISION and option != ABSTAIN
        people = sum(self.votes[:ABSTAIN]) if sides else self.voters
        return self.votes[option] / people if people else 0.0

    def winners(self) -> tuple[int, ...]:
        """The options with the most votes, or who won the run-off; none where nobody voted or nothing can be won.

        Yes and no do not win together: a decision with as many of one as of the other is none.
        """
        match self.question.kind:
            case Kind.CHOICE:
                return _most(self.votes)
            case Kind.DECISION:
                sides = _most(self.votes[:ABSTAIN])
                return sides if len(sides) == 1 else ()
            case Kind.RANKED:
                return self.ranking.winners if self.ranking else ()
            case Kind.RATING | Kind.NPS | Kind.TEXT | Kind.QUIZ:
                return ()

    @property
    def mean(self) -> float | None:
        """The mean of a rating, in its own steps (1 to 5); None where nobody gave one."""
        people = self._ratings
        if not people:
            return None
        return lowest(self.question) + sum(step * votes for step, votes in enumerate(self.votes)) / people

    @property
    def median(self) -> float | None:
        """The median of a rating, between two steps where the middle two voters differ; None where nobody gave one."""
        people = self._ratings
        if not people:
            return None
        reached = list(accumulate(self.votes))
        middle = bisect_left(reached, (people + 1) // 2) + bisect_left(reached, people // 2 + 1)
        return lowest(self.question) + middle / 2

    @property
    def nps(self) -> int | None:
        """The Net Promoter Score, -100 to 100: per cent of promoters less per cent of detractors.

        A half is rounded away from zero. None where nobody answered, and where it is another kind of question.
        """
        people = sum(self.votes)
        if self.question.kind is not Kind.NPS or not people:
            return None
        promoters, _, detractors = self.camps
        lead = promoters - detractors
        rounded = (200 * abs(lead) + people) // (2 * people)
        return rounded if lead > 0 else -rounded

    @property
    def camps(self) -> tuple[int, int, int]:
        """How many promoters, passives and detractors answered an NPS question."""
        promoters = sum(self.votes[step] for step in PROMOTERS)
        detractors = sum(self.votes[step] for step in DETRACTORS)
        return promoters, sum(self.votes) - promoters - detractors, detractors

    @property
    def _ratings(self) -> int:
        return sum(self.votes) if self.question.kind is Kind.RATING else 0


def count_all(question: Question, answers: str) -> Result:
    """Count the answers to a question, all of them in one text with `SEPARATOR` between."""
    if question.kind is Kind.TEXT:
        return Result(question, answers.count(SEPARATOR) + bool(answers), texts=Wordings(answers))
    return count(question, Counter(answers.split(SEPARATOR)))


def count(question: Question, answers: Mapping[str, int], voters: int | None = None) -> Result:
    """Count the answers to a question, each given with how many people gave it; an empty one is nobody's.

    `voters` is said where only totals by option are left, since several choices look like several people there.
    """
    given = _given(answers)
    if question.kind is Kind.RANKED:
        return _ranked(question, given)
    people = sum(given.values()) if voters is None else voters
    if question.kind is Kind.TEXT:
        return Result(question, people, texts=Wordings.of(given))
    votes = [0] * question.size
    for answer, number in given.items():
        for option in choices(answer):
            votes[option] += number
    return Result(
        question,
        people,
        tuple(votes),
        right=_right(question, given) if voters is None or not question.several else None,
    )


def _ranked(question: Question, given: Mapping[str, int]) -> Result:
    ranking = rank(question.size, given)
    first = ranking.rounds[0].votes if ranking.rounds else [0] * question.size
    votes = tuple(people or 0 for people in first)
    return Result(question, sum(votes), votes, ranking=ranking)


def _given(answers: Mapping[str, int]) -> Mapping[str, int]:
    if all(answers) and all(answers.values()):
        return answers  # A hundred thousand need no copy.
    return {answer: people for answer, people in answers.items() if answer and people}


def _right(question: Question, given: Mapping[str, int]) -> int | None:
    if question.kind is not Kind.QUIZ:
        return None
    right = tuple(sorted(question.right))
    return sum(people for answer, people in given.items() if choices(answer) == right)


def _most(votes: tuple[int, ...]) -> tuple[int, ...]:
    most = max(votes, default=0)
    return tuple(option for option, number in enumerate(votes) if number == most and most)
