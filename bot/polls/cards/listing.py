"""Polls in a list, each with what can be done with it; and how to ask one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.core.cards import Button, Buttons, Card, Context, Heading, Part, Prose
from bot.core.rich import Mention, Text, plain, spoken
from bot.core.texts import Texts, later
from bot.polls.cards.labels import moment
from bot.polls.model.poll import Poll, Stage

TITLE: Final = 60
"""Characters of a question in a list; the poll itself says all of it."""

SPOKEN: Final = 30
"""Characters of it that a screen reader says with each button: a hundred buttons have to fit one message."""

ALL: Final = "all"
"""What the buttons of a list carry where it is everybody's."""

EXAMPLES: Final = (
    (later("One choice"), later('/poll "Lunch on Friday?" "Pizza" "Sushi"')),
    (later("Several choices"), later('/poll "Which days?" "Mon" "Tue" "Wed" --multi 2')),
    (later("Put in order"), later('/poll "Where to?" "Lisbon" "Oslo" "Rome" --ranked')),
    (later("Yes, no or abstain"), later('/poll "Shall we move?" --yesno')),
    (later("Rating"), later('/poll "How was the week?" --rating 5')),
    (later("Recommendation"), later('/poll "Would you recommend us?" --nps --secret')),
    (later("In people's own words"), later('/poll "What should we try next?" --text --confidential')),
    (later("Quiz"), later('/poll "Capital of Australia?" "Sydney" "Canberra" --quiz Canberra --explain "Since 1913."')),
    (
        later("At a set time"),
        later('/poll "Lunch?" "Pizza" "Sushi" --start "Mon 9:00" --close "Mon 11:30" --remind 1h'),
    ),
    (later("Again and again"), later('/poll "How was the week?" --rating --every "Fri 15:00" --results after-close')),
    (
        later("In another channel"),
        later('/poll "Where?" "Lake" "Roof" --in #social --audience @design --add-options ask'),
    ),
)
"""A line that works for each kind of poll, and between them nearly every flag."""


@dataclass(frozen=True, slots=True)
class Line:
    """One poll of a list. `author` where it is somebody else's, `left` if they are not in the company any more.

    `paused` says that its rhythm is.
    """

    poll: Poll
    question: Text
    turnout: int
    buttons: Sequence[Button]
    author: Mention | None = None
    left: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which polls a list shows: one's own or everybody's, the page (from 0), and how many `more` there are behind."""

    everybody: bool = False
    number: int = 0
    more: int = 0


def polls(t: Texts, lines: Sequence[Line], page: Page) -> Card:
    """A page of polls."""
    title = t("Everybody's polls") if page.everybody else t("Your polls")
    if page.number:
        title = t("{title}, page {page}", title=title, page=page.number + 1)
    parts: list[Part] = [Heading(title)]
    for line in lines:
        parts += _line(t, line)
    if not lines:
        parts.append(Prose(t.rich("No polls right now. `/poll` alone opens a form to ask one.")))
    if page.more:
        parts.append(Context(plain(t.many("and {count} more poll", "and {count} more polls", page.more))))
    if ways_on := _ways_on(t, page):
        parts.append(Buttons(ways_on))
    return Card(title, tuple(parts))


def ways(t: Texts, unknown: str = "") -> Card:
    """How to ask a poll, by examples. `unknown` is a word that nobody understood."""
    parts: list[Part] = [Heading(t("Asking polls"))]
    if unknown:
        parts.append(Prose(t.rich("I do not know `{word}`. A poll needs a question and its options.", word=unknown)))
    parts.append(
        Prose(
            t.rich("`/poll` alone opens a form; `/poll templates` offers polls to begin with. Or type it in one line:")
        )
    )
    parts += [Prose(t.rich("*{kind}:* `{example}`", kind=t(kind), example=t(line))) for kind, line in EXAMPLES]
    words = t.rich(
        "`/poll list` shows your polls and their numbers. With a number you can type `/poll results 12`, "
        "`/poll close 12`, `/poll repeat 12` and `/poll export 12`."
    )
    promises = t.rich(
        "`--open` shows names, `--confidential` hides them from everybody in chat, and with `--secret` (or "
        "`--anonymous`) nobody can ever tell who voted what."
    )
    return Card(t("Asking polls"), (*parts, Prose(promises), Prose(words)))


def _ways_on(t: Texts, page: Page) -> tuple[Button, ...]:
    """The ways to the pages before and behind."""
    whose = ALL if page.everybody else ""
    back = Button(t("Back"), "polls.browse", f"{whose}:{page.number - 1}")
    on = Button(t("Show more"), "polls.browse", f"{whose}:{page.number + 1}")
    return (*((back,) if page.number else ()), *((on,) if page.more else ()))


def _line(t: Texts, line: Line) -> list[Part]:
    said = _short(spoken(line.question), TITLE)
    briefly = _short(said, SPOKEN)
    title = t.rich("*#{number} {question}*", number=line.poll.id, question=said)
    facts = [_state(t, line)]
    if line.poll.opened_at:
        facts.append(plain(t.many("{count} vote", "{count} votes", line.turnout)))
    elif line.poll.series and not line.paused:
        facts.append(plain(t("comes again")))
    if line.author:
        left = t.rich("asked by {author}, who has left", author=line.author)
        facts.append(left if line.left else t.rich("asked by {author}", author=line.author))
    context: Text = facts[0]
    for fact in facts[1:]:
        context = (*context, *plain(" · "), *fact)
    parts: list[Part] = [Prose(title), Context(context)]
    if line.buttons:
        parts.append(Buttons(tuple(replace(each, spoken=f"{each.label}: {briefly}") for each in line.buttons)))
    return parts


def _state(t: Texts, line: Line) -> Text:
    poll = line.poll
    match poll.stage:
        case Stage.DRAFT | Stage.SCHEDULED if line.paused:
            return plain(t("paused"))
        case Stage.DRAFT:
            return plain(t("draft"))
        case Stage.SCHEDULED:
            return t.rich("opens {when}", when=moment(t, poll, poll.opens_at or poll.drafted_at))
        case Stage.OPEN if poll.closes_at:
            return t.rich("open, closes {when}", when=moment(t, poll, poll.closes_at))
        case Stage.OPEN:
            return plain(t("open until somebody closes it"))
        case Stage.CLOSED:
            return t.rich("closed {when}", when=moment(t, poll, poll.closed_at or poll.drafted_at))


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
