"""A result as a picture to share."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.core import pictures
from bot.core.cards import Bar
from bot.core.texts import Texts
from bot.polls.cards.labels import labels, moment
from bot.polls.cards.results import bars, details, figures, solution
from bot.polls.model.counting import Result
from bot.polls.model.definition import Kind, Question
from bot.polls.model.poll import Poll
from bot.polls.model.standing import Standing

TEXTS: Final = 10
"""Answers in people's own words: those given most often."""


def picture(t: Texts, poll: Poll, number: int, title: str, standing: Standing, now: datetime) -> bytes:
    """One question's result as a PNG; the caller has made sure that it may be seen."""
    question, result = poll.questions[number], standing.result(number)
    if result is None:
        raise LookupError(number)
    if question.kind is Kind.TEXT:
        drawn = tuple(Bar(text, count, count / result.voters) for text, count in result.texts.first(TEXTS))
    elif result.ranking and result.voters:
        drawn = _last_round(t, question, result)
    else:
        drawn = tuple(replace(bar, note=(), button=None) for bar in bars(t, poll, number, standing).bars)
    return pictures.png(title, drawn, _notes(t, poll, question, result, standing, now), t)


def _last_round(t: Texts, question: Question, result: Result) -> tuple[Bar, ...]:
    """Who was still in at the end, and whose first choice they were then."""
    last = result.ranking.rounds[-1].votes if result.ranking else ()
    people = sum(votes or 0 for votes in last)
    winners = result.winners()
    return tuple(
        Bar(name, votes, votes / people if people else 0.0, winner=option in winners)
        for option, (name, votes) in enumerate(zip(labels(t, question), last, strict=True))
        if votes is not None
    )


def _notes(t: Texts, poll: Poll, question: Question, result: Result, standing: Standing, now: datetime) -> list[str]:
    notes = [figures(t, question, result), details(t, question, result)]
    if result.ranking and result.voters:
        rounds = len(result.ranking.rounds)
        notes.append(t.many("Instant run-off, {count} round", "Instant run-off, the last of {count} rounds", rounds))
    if poll.closed_at and question.right:
        notes.append(solution(t, question, result))
    if (more := len(result.texts) - TEXTS) > 0:
        notes.append(t.many("and {count} more answer", "and {count} more answers", more))
    voted = t.many("{count} person voted", "{count} people voted", standing.turnout)
    at = moment(t, poll, poll.closed_at or now).written
    when = t("closed {when}", when=at) if poll.closed_at else t("as of {when}", when=at)
    return [*filter(None, notes), f"{voted} · {when}"]
