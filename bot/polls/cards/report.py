"""The private card with everything that may be seen of a poll: figures, turnout, scores, groups, downloads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.core.cards import Bars, Button, Buttons, Card, Chart, Context, Heading, Option, Part, Prose, Select
from bot.core.rich import Link, Text, plain, spoken
from bot.core.texts import Texts
from bot.polls.cards.labels import labels
from bot.polls.cards.results import figures, question_parts
from bot.polls.model.breakdown import By, Slice
from bot.polls.model.counting import Result
from bot.polls.model.definition import Kind, Question, Showing
from bot.polls.model.poll import Poll
from bot.polls.model.standing import Standing

CHARTS: Final = 2
"""Slack draws two charts a message; a poll of more questions looks the same throughout."""

LISTED: Final = 100
"""Names of people who have not voted; longer lists are for the export."""

LINES: Final = 30
"""Groups on one card, of all its questions together."""

OPTIONS: Final = 6
"""Options named of one group: those with the most votes."""


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many people a poll asks and how many of them have voted.

    `voted` is None of so many that nobody looked them up. `waiting` are the names of those who have not, where they are
    told and few; `exported` says that the export has them.
    """

    asked: int
    voted: int | None
    waiting: tuple[str, ...] = ()
    exported: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody may see of a poll.

    `voted` is whether the reader has. `turnout` is None where it is not known, or not told. `score` is how many quiz
    questions the reader had right, `best` who had most. `runs` says that the reader may export it, `groups` that there
    are results by group.
    """

    standing: Standing
    voted: bool
    turnout: Turnout | None = None
    score: int | None = None
    best: tuple[tuple[str, int], ...] = ()
    runs: bool = False
    groups: bool = False


def report(t: Texts, poll: Poll, questions: Sequence[Text], seen: Report) -> Card:
    """The results with all that is known of them, privately."""
    parts: list[Part] = [Heading(t("Results"))]
    if seen.standing.results:
        for number, question in enumerate(questions):
            parts += _question(t, poll, number, question, seen.standing)
    else:
        parts.append(Prose(t.rich("*{question}*", question=questions[0])))
        parts.append(Prose(plain(why_not(t, poll, seen.standing, voted=seen.voted))))
    parts += _scores(t, poll, seen)
    parts += _turnout(t, seen)
    parts += _doors(t, poll, seen)
    return Card(t("Results: {question}", question=spoken(questions[0])), tuple(parts))


def why_not(t: Texts, poll: Poll, standing: Standing, *, voted: bool) -> str:
    """Why there are no figures, for somebody who has voted or not."""
    if standing.scarce:
        return t("Too few people voted to show a result without telling on them.")
    return t("There are no figures to show yet.") if poll.shows(voted=voted) else not_yet(t, poll)


def not_yet(t: Texts, poll: Poll) -> str:
    """When results will be seen that may not be seen now."""
    if poll.showing is Showing.AFTER_VOTE:
        return t("You will see the results once you have voted.")
    return t("You will see the results once the poll has closed.")


def grouped(
    t: Texts, poll: Poll, questions: Sequence[Text], by: By, slices: Sequence[Sequence[Slice]], parts: Sequence[Part]
) -> Card:
    """Results by group, a line a group; `parts` stand below."""
    most = max(LINES // len(questions), 3)
    title = t("Results by {dimension}", dimension=dimension(t, by))
    shown: list[Part] = [Heading(title)]
    for question, asked, groups in zip(questions, poll.questions, slices, strict=True):
        shown.append(Prose(t.rich("*{question}*", question=question)))
        if asked.kind is Kind.TEXT:
            shown.append(Context(plain(t("Words tell who wrote them, so they are not shown by group."))))
        elif len(groups) < 2:  # noqa: PLR2004 -- a single group is everybody
            shown.append(Context(plain(t("The groups are too small to be shown one by one."))))
        else:
            shown += [Prose(_slice(t, asked, by, each)) for each in groups[:most]]
        if len(groups) > most:
            more = len(groups) - most
            shown.append(Context(plain(t.many("and {count} smaller group", "and {count} smaller groups", more))))
    about = t("A group stands by itself from {count} voters up; smaller ones are taken together.", count=poll.fewest)
    return Card(title, (*shown, Context(plain(about)), *parts))


def dimension(t: Texts, by: By) -> str:
    """By what voters are grouped, in words."""
    return {By.TITLE: t("job title"), By.LANGUAGE: t("language"), By.PLATFORM: t("platform")}[by]


def choice(t: Texts, poll: Poll, chosen: By | None = None) -> Select:
    """The drop-down that shows results by group."""
    options = tuple(Option(f"{poll.id}:{by.value}", t("By {dimension}", dimension=dimension(t, by))) for by in By)
    return Select(t("By group"), "polls.group", options, f"{poll.id}:{chosen.value}" if chosen else "")


def downloads(t: Texts, title: str, links: Sequence[Link]) -> Card:
    """Links for one person."""
    text: Text = ()
    for number, link in enumerate(links):
        text += (*plain(" · " if number else ""), link)
    about = t("For you alone, for half an hour.")
    return Card(title, (Prose(plain(title)), Prose(text), Context(plain(about))))


def _question(t: Texts, poll: Poll, number: int, words: Text, standing: Standing) -> list[Part]:
    """A question with its figures; as a chart where the platform can draw one for each."""
    heading = Prose(t.rich("*{question}*", question=words))
    parts: list[Part] = [heading]
    for part in question_parts(t, poll, number, standing, whole=True):
        if isinstance(part, Bars) and not part.hidden and len(poll.questions) <= CHARTS:
            parts.append(Chart(t("Votes"), part.bars))
            parts += [Context((*plain(f"{bar.label}: "), *bar.note)) for bar in part.bars if bar.note]
        else:
            parts.append(part)
    return parts


def _scores(t: Texts, poll: Poll, seen: Report) -> list[Part]:
    quizzes = sum(question.kind is Kind.QUIZ for question in poll.questions)
    parts: list[Part] = []
    if seen.score is not None:
        parts.append(Prose(t.rich("*You had {right} of {count} right.*", right=seen.score, count=quizzes)))
    if seen.best:
        best = t.every([f"{name} {right}" for name, right in seen.best])
        parts.append(Prose(t.rich("Best scores: {best}.", best=best)))
    return parts


def _turnout(t: Texts, seen: Report) -> list[Part]:
    voted = t.many("{count} person voted", "{count} people voted", seen.standing.turnout)
    turnout = seen.turnout
    if turnout is None:
        return [Context(plain(voted))]
    asked = t.number(turnout.asked)
    if turnout.voted is None:
        of = t("{asked} people were asked", asked=asked)
        said = f"{voted} · {of}"
    else:
        said = t("{voted} of {asked} people asked have voted", voted=t.number(turnout.voted), asked=asked)
    if turnout.voted not in (None, seen.standing.turnout):
        said = f"{said} · {voted}"
    parts: list[Part] = [Context(plain(said))]
    if turnout.waiting:
        parts.append(Prose(t.rich("*Not voted:* {names}", names=t.every(list(turnout.waiting)))))
    if turnout.exported:
        parts.append(Context(plain(t("The export lists who has not voted."))))
    return parts


def _doors(t: Texts, poll: Poll, seen: Report) -> list[Part]:
    number = str(poll.id)
    buttons: list[Button] = []
    if seen.standing.results and not poll.hidden:
        buttons.append(Button(t("Who voted"), "polls.voters", number))
    if seen.standing.results and seen.runs:
        buttons.append(Button(t("Export"), "polls.export", number))
    if seen.standing.results:
        buttons.append(Button(t("Picture"), "polls.picture", number))
    groups: list[Part] = [choice(t, poll)] if seen.standing.results and seen.groups else []
    return [*groups, Buttons(tuple(buttons))] if buttons else groups


def _slice(t: Texts, question: Question, by: By, group: Slice) -> Text:
    """One group: how many, and what they chose most."""
    result = Result(question, group.voters, group.votes)
    if not (said := figures(t, question, result)):
        ranks = sorted(range(len(group.votes)), key=lambda option: (-group.votes[option], option))
        names = labels(t, question)
        said = " · ".join(f"{names[each]} {t.percent(result.share(each))}" for each in ranks[:OPTIONS])
    return t.rich("*{group}* ({count}): {answers}", group=_group(t, by, group), count=group.voters, answers=said)


def _group(t: Texts, by: By, group: Slice) -> str:
    if group.group is None:
        return t("Others")
    match by:
        case By.TITLE:
            return group.group or t("Without a title")
        case By.LANGUAGE:
            return t.language(group.group)
        case By.PLATFORM:
            return t.every([each.capitalize() for each in group.group.split("+") if each]) or t("Unknown")
