"""Polls that communicators ask again and again. Words are to be translated; options are one a line."""

from dataclasses import dataclass
from typing import Final

from bot.core.texts import later
from bot.polls.model.definition import Kind, Promise, Showing


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a template."""

    text: str
    kind: Kind = Kind.CHOICE
    options: str = ""
    several: bool = False
    scale: int = 5


@dataclass(frozen=True, slots=True)
class Template:
    """A poll to begin with. `about` says what it is good for."""

    name: str
    title: str
    about: str
    questions: tuple[Asked, ...]
    promise: Promise = Promise.OPEN
    showing: Showing = Showing.LIVE


TEMPLATES: Final = (
    Template(
        "channels",
        later("Channel preferences"),
        later("Where people want to hear what"),
        (
            Asked(
                later("Where do you want to hear company news?"),
                options=later("In this channel\nBy e-mail\nIn the weekly meeting\nOn the intranet"),
                several=True,
            ),
            Asked(later("How often is right for you?"), options=later("As it happens\nOnce a week\nOnce a month")),
        ),
    ),
    Template(
        "wishes",
        later("What would you love to see here?"),
        later("Ideas for a channel, in people's own words"),
        (Asked(later("What would you love to see here?"), Kind.TEXT),),
    ),
    Template(
        "leaders",
        later("What leaders post for"),
        later("What employees want from their leaders' posts"),
        (
            Asked(
                later("What should our leaders use this channel for?"),
                Kind.RANKED,
                later(
                    "Collaborate: work on something with us\n"
                    "Mine knowledge: ask what we know\n"
                    "Transfer information: tell us what they know\n"
                    "Partner across boundaries: bring teams together"
                ),
            ),
        ),
    ),
    Template(
        "pulse",
        later("Pulse"),
        later("Three questions on how people are, secret"),
        (
            Asked(later("How was your week?"), Kind.RATING),
            Asked(later("I know what is expected of me this month."), Kind.RATING),
            Asked(later("What would make next week better?"), Kind.TEXT),
        ),
        Promise.SECRET,
        Showing.AFTER_CLOSE,
    ),
    Template(
        "recommend",
        later("Would you recommend us?"),
        later("The employee net promoter score, secret"),
        (
            Asked(later("How likely are you to recommend working here to a friend?"), Kind.NPS),
            Asked(later("What is the main reason for your answer?"), Kind.TEXT),
        ),
        Promise.SECRET,
        Showing.AFTER_CLOSE,
    ),
    Template(
        "retro",
        later("Retrospective"),
        later("What to keep, stop and begin, confidential"),
        (
            Asked(later("What went well and should stay?"), Kind.TEXT),
            Asked(later("What should we stop doing?"), Kind.TEXT),
            Asked(later("What should we try next?"), Kind.TEXT),
            Asked(later("How did we work together?"), Kind.RATING),
        ),
        Promise.CONFIDENTIAL,
        Showing.AFTER_CLOSE,
    ),
    Template(
        "lunch",
        later("Lunch"),
        later("Where to eat together"),
        (Asked(later("Where shall we have lunch?"), options=later("Pizza\nSushi\nSalad\nI bring my own")),),
    ),
    Template(
        "decision",
        later("A decision"),
        later("Yes, no, or abstain"),
        (Asked(later("Shall we do it?"), Kind.DECISION),),
    ),
)


def template(name: str) -> Template | None:
    """A template by its name."""
    return next((each for each in TEMPLATES if each.name == name), None)
