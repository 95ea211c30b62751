"""What a question's answers come to, in bars and in words."""

from collections.abc import Sequence
from typing import Final

from bot.core.cards import Bar, Bars, Button, Context, Part, Prose
from bot.core.rich import Text, plain
from bot.core.texts import Texts
from bot.polls.cards.labels import camps, labels
from bot.polls.model.counting import DETRACTORS, PROMOTERS, Result
from bot.polls.model.definition import Kind, Question
from bot.polls.model.poll import Poll
from bot.polls.model.ranking import Ranking
from bot.polls.model.standing import Standing

NAMES: Final = 8
"""Names beside a bar; more would make the card a list."""

TEXTS_ON_CARD: Final = 8
TEXTS_IN_RESULTS: Final = 40


def question_parts(
    t: Texts, poll: Poll, number: int, standing: Standing, *, buttons: Sequence[Button | None] = (), whole: bool = False
) -> list[Part]:
    """One question's bars, or its answers in words. `whole` shows rounds and every text, too."""
    question = poll.questions[number]
    result = standing.result(number)
    if standing.results and result is None:
        return [Context(plain(t("Too few people answered this question to show it without telling on them.")))]
    if question.kind is Kind.TEXT:
        return _texts(t, result, min(TEXTS_IN_RESULTS if whole else TEXTS_ON_CARD, _room(poll)))
    parts: list[Part] = []
    # The steps of a scale that nobody has pressed yet say nothing.
    if question.kind is Kind.NPS and not whole:
        parts += [_camps(t, poll, number, standing, result)] if result and result.voters else []
    elif question.kind is not Kind.RATING or (result and result.voters):
        parts.append(bars(t, poll, number, standing, buttons))
    if result:
        parts += _figures(t, question, result, whole=whole)
    if whole and poll.closed_at and question.right:
        parts.append(Prose(plain(solution(t, question, result))))
    if poll.closed_at and question.explanation:
        parts.append(Prose(plain(question.explanation)))
    return parts


def bars(t: Texts, poll: Poll, number: int, standing: Standing, buttons: Sequence[Button | None] = ()) -> Bars:
    """A question's bars, with buttons while people can press them."""
    question = poll.questions[number]
    result = standing.result(number)
    winners = _crowned(question, result) if poll.closed_at and result else ()
    return Bars(
        tuple(
            Bar(
                label=label,
                count=result.votes[option] if result else 0,
                share=result.share(option) if result else 0.0,
                note=_names(t, result.votes[option], standing.names(poll, number, option)) if result else (),
                button=buttons[option] if buttons else None,
                winner=option in winners,
            )
            for option, label in enumerate(labels(t, question))
        ),
        hidden=result is None,
    )


def figures(t: Texts, question: Question, result: Result) -> str:
    """The figure that sums a scale up: an average, an NPS; empty for other kinds or without votes."""
    if question.kind is Kind.RATING and result.mean is not None:
        return t("Average {mean} of {scale}", mean=t.decimal(result.mean), scale=question.scale)
    if question.kind is Kind.NPS and result.nps is not None:
        return t("NPS {score} (from -100 to 100)", score=f"{result.nps:+d}")
    return ""


def details(t: Texts, question: Question, result: Result) -> str:
    """What stands behind the figure of a scale, or how many knew a quiz's answer; empty for other kinds."""
    if question.kind is Kind.RATING and result.median is not None:
        return t("Median {median}", median=t.decimal(result.median))
    if question.kind is Kind.NPS and result.nps is not None:
        promoters, passives, detractors = result.camps
        return ", ".join(
            (
                t.many("{count} promoter (9 and 10)", "{count} promoters (9 and 10)", promoters),
                t.many("{count} passive (7 and 8)", "{count} passives (7 and 8)", passives),
                t.many("{count} detractor (0 to 6)", "{count} detractors (0 to 6)", detractors),
            )
        )
    return ""


def solution(t: Texts, question: Question, result: Result | None) -> str:
    """A quiz's right answer and how many knew it, for after closing."""
    names = labels(t, question)
    right = t.every([names[option] for option in question.right])
    if result is None or result.right is None:
        return t("Right: {right}.", right=right)
    return t("Right: {right}. {knew} of {count} knew it.", right=right, knew=result.right, count=result.voters)


def _camps(t: Texts, poll: Poll, number: int, standing: Standing, result: Result) -> Bars:
    """An NPS in three bars, since eleven would fill the screen; best first."""
    steps = (PROMOTERS, range(DETRACTORS.stop, PROMOTERS.start), DETRACTORS)
    return Bars(
        tuple(
            Bar(
                label=label,
                count=count,
                share=count / result.voters,
                note=_names(t, count, [name for step in camp for name in standing.names(poll, number, step)]),
            )
            for label, count, camp in zip(camps(t), result.camps, steps, strict=True)
        )
    )


def _crowned(question: Question, result: Result) -> tuple[int, ...]:
    return question.right or result.winners()


def _figures(t: Texts, question: Question, result: Result, *, whole: bool) -> list[Part]:
    parts: list[Part] = []
    if summed := figures(t, question, result):
        parts.append(Prose(t.rich("*{figure}*", figure=summed)))
    if whole and (more := details(t, question, result)):
        parts.append(Context(plain(more)))
    if result.ranking and result.voters:
        parts += _ranked(t, question, result.ranking, whole=whole)
    return parts


def _ranked(t: Texts, question: Question, ranking: Ranking, *, whole: bool) -> list[Part]:
    names = labels(t, question)
    winners = t.every([names[winner] for winner in ranking.winners])
    last = len(ranking.rounds)
    parts: list[Part] = [
        Prose(
            t.many_rich(
                "First after {count} round of counting (instant run-off): *{winners}*",
                "First after {count} rounds of counting (instant run-off): *{winners}*",
                last,
                winners=winners,
            )
        )
    ]
    if not whole:
        return parts
    for number, counted in enumerate(ranking.rounds, start=1):
        standing = t.every(
            [f"{name} {votes}" for name, votes in zip(names, counted.votes, strict=True) if votes is not None]
        )
        out = t.every([names[option] for option in counted.eliminated])
        line = (
            t.rich("*Round {number}*: {standing}. Out: {out}.", number=number, standing=standing, out=out)
            if counted.eliminated
            else t.rich("*Round {number}*: {standing}.", number=number, standing=standing)
        )
        parts.append(Prose(line))
    points = sorted(zip(ranking.borda, names, strict=True), key=lambda each: (-each[0], each[1]))
    parts.append(Context(t.rich("Borda points: {points}.", points=t.every([f"{name} {n}" for n, name in points]))))
    return parts


def _room(poll: Poll) -> int:
    """How many texts each question may show, so that all questions of a survey fit a message of Slack (50 blocks)."""
    return TEXTS_IN_RESULTS // len(poll.questions) - 2 if poll.survey else TEXTS_IN_RESULTS


def _texts(t: Texts, result: Result | None, most: int) -> list[Part]:
    if result is None or not result.texts:
        return []
    parts: list[Part] = [
        Prose((*plain(f"“{text}”"), *(plain(f" ({count})") if count > 1 else ())))
        for text, count in result.texts.first(most)
    ]
    if len(result.texts) > most:
        more = len(result.texts) - most
        parts.append(Context(plain(t.many("and {count} more answer", "and {count} more answers", more))))
    return parts


def _names(t: Texts, votes: int, names: Sequence[str]) -> Text:
    if not names:
        return ()
    shown = list(names[:NAMES])
    if votes > len(shown):
        more = votes - len(shown)
        shown.append(t.many("{count} more", "{count} more", more))
    return plain(t.every(shown))
