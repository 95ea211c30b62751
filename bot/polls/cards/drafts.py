"""A poll that nobody has seen yet, and polls to begin with."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.cadence.recurrence import Recurrence
from bot.core.cards import Button, Buttons, Card, Context, Heading, Option, Part, Prose, Select, Style
from bot.core.rich import Text, plain
from bot.core.texts import Texts
from bot.polls.cards.ballot import promise
from bot.polls.cards.labels import labels, moment, rule
from bot.polls.model.poll import Poll
from bot.polls.model.templates import TEMPLATES


def preview(
    t: Texts, poll: Poll, questions: Sequence[Text], opens_at: datetime | None, every: Recurrence | None
) -> Card:
    """A draft as its author sees it, with what can be done with it. It opens and comes again once it is asked."""
    parts: list[Part] = [Heading(t("Your draft")), *contents(t, poll, questions)]
    if opens_at:
        parts.append(Context(t.rich("Once you schedule it, it opens {when}.", when=moment(t, poll, opens_at))))
    if every:
        rhythm = every.describe(t)
        parts.append(Context(plain(f"{rhythm[:1].upper()}{rhythm[1:]}.")))
    launch = t("Schedule it") if opens_at else t("Ask it now")
    value = str(poll.id)
    parts.append(
        Buttons(
            (
                Button(launch, "polls.launch", value, Style.PRIMARY),
                Button(t("Add a question"), "polls.question", value, opens_form=True),
                Button(t("Settings"), "polls.settings", value, opens_form=True),
                Button(t("Change"), "polls.revise", value, opens_form=True),
                Button(
                    t("Throw away"), "polls.discard", value, Style.DANGER, confirm=t("Throw this draft away for good?")
                ),
            )
        )
    )
    return Card(t("Your draft"), tuple(parts))


def contents(t: Texts, poll: Poll, questions: Sequence[Text]) -> list[Part]:
    """What a poll that nobody has seen yet will ask, and what it will promise."""
    parts: list[Part] = []
    for number, (question, asked) in enumerate(zip(questions, poll.questions, strict=True)):
        words = t.rich("*{number}. {question}*", number=number + 1, question=question)
        parts.append(Prose(words if poll.survey else t.rich("*{question}*", question=question)))
        answers = " · ".join(labels(t, asked)) or t("in people's own words")
        how = rule(t, asked)
        parts.append(Context(plain(f"{answers} ({how})" if how else answers)))
    return [*parts, Context(plain(promise(t, poll)))]


def templates(t: Texts) -> Card:
    """Polls to begin with."""
    parts: list[Part] = [Heading(t("Polls to begin with"))]
    parts += [Prose(t.rich("*{title}*: {about}", title=t(each.title), about=t(each.about))) for each in TEMPLATES]
    options = tuple(Option(each.name, t(each.title)) for each in TEMPLATES)
    parts.append(Select(t("Choose one; you can change all of it"), "polls.template", options))
    return Card(t("Polls to begin with"), tuple(parts))
