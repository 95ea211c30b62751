"""Results as tables to download."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.core.sheets import Cell, Sheet
from bot.core.texts import Texts
from bot.polls.cards.labels import camps, labels
from bot.polls.model.ballots import Ballot, choices, score
from bot.polls.model.counting import Result
from bot.polls.model.definition import Kind, Question, lowest
from bot.polls.model.poll import Poll
from bot.polls.model.standing import Standing


def votes(
    t: Texts, poll: Poll, questions: Sequence[str], voters: Iterable[tuple[str, datetime, Ballot]], zone: str
) -> Sheet:
    """A row a voter, for open polls: who answered what, and when, in the reader's zone."""
    scored = poll.quiz and poll.closed_at is not None
    columns = (t("Name"), *questions, *((t("Right answers"),) if scored else ()), t("Voted at ({zone})", zone=zone))

    def rows() -> Iterator[Sequence[Cell]]:
        named = [labels(t, question) for question in poll.questions]
        for name, at, ballot in voters:
            answers = map(_answer, poll.questions, named, ballot)
            scores = (score(poll.questions, ballot),) if scored else ()
            yield name, *answers, *scores, at.astimezone(t.zone)

    return Sheet(t("Votes"), columns, rows())


def totals(t: Texts, poll: Poll, questions: Sequence[str], standing: Standing) -> Sheet:
    """How often each answer was given; a share is a part of one."""

    def rows() -> Iterator[Sequence[Cell]]:
        for number, (words, question) in enumerate(zip(questions, poll.questions, strict=True)):
            result = standing.result(number)
            if result is None:
                yield words, t("too few answers to show"), None, None
            elif question.kind is Kind.TEXT:
                yield from ((words, text, count, _share(count / result.voters)) for text, count in result.texts)
            else:
                for option, label in enumerate(labels(t, question)):
                    yield words, label, result.votes[option], _share(result.share(option))

    return Sheet(t("Totals"), (t("Question"), t("Answer given"), t("Votes"), t("Share")), rows())


def figures(t: Texts, poll: Poll, questions: Sequence[str], standing: Standing) -> Sheet:
    """What the answers come to: averages, scores, the rounds of a ranking."""

    def rows() -> Iterator[Sequence[Cell]]:
        yield "", t("People who voted"), standing.turnout
        for number, (words, question) in enumerate(zip(questions, poll.questions, strict=True)):
            if result := standing.result(number):
                yield from ((words, *row) for row in _figures(t, poll, question, result))

    return Sheet(t("Figures"), (t("Question"), t("Figure"), t("Value")), rows())


def waiting(t: Texts, names: Sequence[str]) -> Sheet:
    """Who has not voted."""
    return Sheet(t("Not voted"), (t("Name"),), ((name,) for name in names))


def _answer(question: Question, names: Sequence[str], answer: str) -> Cell:
    """An answer in one cell: a figure of a scale, a text, or options with something between them."""
    if not answer or question.kind is Kind.TEXT:
        return answer or None
    chosen = choices(answer)
    if question.kind in (Kind.RATING, Kind.NPS):
        return chosen[0] + lowest(question)
    return (" > " if question.kind is Kind.RANKED else "; ").join(names[option] for option in chosen)


def _figures(t: Texts, poll: Poll, question: Question, result: Result) -> Iterator[tuple[str, Cell]]:
    yield t("Answers"), result.voters
    if question.kind is Kind.RATING:
        yield t("Average"), None if result.mean is None else round(result.mean, 2)
        yield t("Median"), result.median
    if question.kind is Kind.NPS:
        yield "NPS", result.nps
        yield from zip(camps(t), result.camps, strict=True)
    if question.right and poll.closed_at:
        names_of = labels(t, question)
        yield t("Right answer"), "; ".join(names_of[option] for option in question.right)
        yield t("Right answers"), result.right
    yield from _rounds(t, question, result)


def _rounds(t: Texts, question: Question, result: Result) -> Iterator[tuple[str, Cell]]:
    if result.ranking is None:
        return
    names = labels(t, question)
    for number, counted in enumerate(result.ranking.rounds, start=1):
        for name, people in zip(names, counted.votes, strict=True):
            if people is not None:
                yield t("Round {number}: {option}", number=number, option=name), people
    yield from (
        (t("Borda points: {option}", option=name), points)
        for name, points in zip(names, result.ranking.borda, strict=True)
    )
    yield t("Winner"), "; ".join(names[option] for option in result.winners())


def _share(share: float) -> float:
    return round(share, 4)
