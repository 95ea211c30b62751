"""What the answers of a question are called, and how a poll's dates are written."""

from datetime import datetime

from bot.core.rich import When
from bot.core.texts import Texts
from bot.polls.model.ballots import choices
from bot.polls.model.definition import NPS_SCALE, Kind, Question, lowest
from bot.polls.model.poll import Poll


def labels(t: Texts, question: Question) -> list[str]:
    """The options as people read them; of a scale, its figures."""
    match question.kind:
        case Kind.DECISION:
            return [t("Yes"), t("No"), t("Abstain")]
        case Kind.RATING | Kind.NPS:
            return [str(step + lowest(question)) for step in range(question.size)]
        case _:
            return list(question.options)


def spoken_step(t: Texts, question: Question, option: int) -> str:
    """A step of a scale as a screen reader says it: `7 of 10`."""
    top = question.scale if question.kind is Kind.RATING else NPS_SCALE - 1
    return t("{step} of {top}", step=option + lowest(question), top=top)


def said(t: Texts, question: Question, answer: str) -> str:
    """An answer in words."""
    if question.kind is Kind.TEXT:
        return answer
    named = [labels(t, question)[option] for option in choices(answer)]
    return " > ".join(named) if question.kind is Kind.RANKED else t.every(named)


def rule(t: Texts, question: Question) -> str:
    """How many answers a question takes, where that is not one; empty otherwise."""
    if question.kind is Kind.RANKED:
        return t("put in order")
    if not question.several:
        return ""
    if question.least > 1 and question.least == question.most:
        return t("choose {count}", count=question.most)
    if question.least > 1:
        return t("choose {least} to {most}", least=question.least, most=question.most)
    if question.most < len(question.options):
        return t("choose up to {most}", most=question.most)
    return t("several choices")


def camps(t: Texts) -> tuple[str, str, str]:
    """The camps of an NPS, best first."""
    return t("Promoters (9 and 10)"), t("Passives (7 and 8)"), t("Detractors (0 to 6)")


def moment(t: Texts, poll: Poll, at: datetime) -> When:
    """An instant of a poll, with its year where that is another than the one in which the poll was asked."""
    return t.when(at, poll.opened_at or poll.drafted_at)
