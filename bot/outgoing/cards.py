"""What people see of messages of which nobody knows whether they arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.cards import Button, Buttons, Card, Context, Heading, Part, Prose, Style
from bot.core.rich import Text, plain
from bot.core.texts import Texts


@dataclass(frozen=True, slots=True)
class Doubt:
    """One such message. `thing` is what it is to people, translated; `at` is when the chat was called."""

    id: int
    thing: str
    whom: Text
    at: datetime


def doubts(t: Texts, shown: Sequence[Doubt], count: int, said: str = "") -> Card:
    """The oldest of `count` such messages, each with what can be decided; before them what just was."""
    parts: list[Part] = [Prose(plain(said))] if said else []
    if not shown:
        nothing = t("No message is in doubt.")
        return Card(said or nothing, (*parts, Prose(plain(nothing))))
    title = t("Did these arrive?")
    unsure = t.rich("The chat did not say whether these arrived. Look in the channel, or ask whoever it was for.")
    parts += [Heading(title), Context(unsure)]
    for doubt in shown:
        parts += [_line(t, doubt), _choices(t, doubt)]
    if more := count - len(shown):
        parts.append(Context(plain(t.many("{count} more after these.", "{count} more after these.", more))))
    parts.append(Context(t.rich("*Send again* brings a message twice if it did arrive.")))
    return Card(said or title, tuple(parts))


def notice(t: Texts, count: int) -> Card:
    """What those who can decide are told, once a day."""
    said = t.many(
        "{count} message may not have arrived: the chat did not say.",
        "{count} messages may not have arrived: the chat did not say.",
        count,
    )
    return Card(said, (Prose(plain(said)), Buttons((Button(t("Show them"), "outgoing.show", style=Style.PRIMARY),))))


def sent_again(t: Texts, thing: str) -> str:
    """A message is sent again."""
    return t("On its way again: {thing}.", thing=thing)


def settled(t: Texts, thing: str) -> str:
    """A message is taken for arrived."""
    return t("Taken for arrived: {thing}.", thing=thing)


def known(t: Texts) -> str:
    """Somebody else was faster, or the chat."""
    return t("What became of that one is known already.")


def _line(t: Texts, doubt: Doubt) -> Prose:
    return Prose(t.rich("*{whom}*: {thing}, {when}", whom=doubt.whom, thing=doubt.thing, when=t.when(doubt.at)))


def _choices(t: Texts, doubt: Doubt) -> Buttons:
    return Buttons(
        (
            Button(t("Send again"), "outgoing.resend", str(doubt.id)),
            Button(t("It arrived"), "outgoing.settle", str(doubt.id)),
        )
    )
