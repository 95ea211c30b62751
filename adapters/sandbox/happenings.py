"""The strip's sentences: what became of a message and what people did, in the language of whoever reads them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from adapters.sandbox import words
from adapters.sandbox.chat import Room
from bot.core.feature import things_of
from bot.core.places import PlaceKind
from bot.core.rich import Plain, Text, plain
from bot.core.texts import Fact, Texts, later
from bot.features import features
from bot.sending.reasons import REASONS

Told = Callable[[Texts], Text]
"""A sentence that waits for its reader."""

Deed = Callable[[Texts, Text, int], Text]
"""What people did: a sentence that waits for its reader, the names of who did it, and how many they are."""

NEAR: Final = timedelta(days=6)
"""Within this time a weekday alone is clear."""

HAPPENINGS: Final = {
    "planned": later("*{thing}* for {whom} is planned for {until}."),
    "repeated": later("*{thing}* for {whom} is planned for {until}, and {more} more after it if need be."),
    "displaced": later("*{thing}* for {whom} waits until {until}: {reason}."),
    "sent": later("*{thing}* sent to {whom}."),
    "redrawn": later("*{thing}* in {whom} redrawn as things stand now."),
    "cancelled": later("*{thing}* for {whom} not sent: {reason}."),
    "expired": later("*{thing}* for {whom} stays unsent: {reason}, and afterwards it would be too late."),
    "paused": later("The chat asked for a pause: *{thing}* for {whom} waits until {until}."),
    "retrying": later("The chat was away: *{thing}* for {whom} is tried again, {until}."),
    "failed": later("*{thing}* for {whom} could not be sent: {reason}."),
    "unknown": later("Nobody knows whether *{thing}* reached {whom}; asking before anything is sent again."),
    "taken_over": later("Whoever was sending *{thing}* to {whom} vanished in the middle of it."),
}


@cache
def things() -> Mapping[str, str]:
    """What each message is to people, by its drawing."""
    return things_of(features())


def message(
    happening: str, drawing: str, whom: Text, *, until: datetime | None, at: datetime, zone: str, reason: str, more: int
) -> Told:
    """What became of a message at `at`. `until` is told in `zone`; an empty `whom` is a chat without a name."""

    def say(t: Texts) -> Text:
        sentence = HAPPENINGS.get(happening, f"{{thing}}: {happening}")
        facts: dict[str, Fact] = {
            "thing": t(things()[drawing]) if drawing in things() else drawing.replace(".", " "),
            "whom": whom or plain(t("a chat")),
            "until": _moment(Texts(t.locale, zone), until, at),
            "reason": t(REASONS[reason]) if reason in REASONS else reason.replace("_", " "),
        }
        return _capital(t.rich(sentence, more=more, **facts))

    return say


def posted(where: Room) -> Deed:
    """Somebody wrote into a room."""

    def say(t: Texts, who: Text, count: int) -> Text:
        place = _place(t, where)
        return t.many_rich(
            "{who} posted in {where}. The bot counts that; it never keeps the words.",
            "{who} posted in {where}. The bot counts that; it never keeps the words.",
            count,
            who=who,
            where=place,
        )

    return say


def pressed(about: str) -> Deed:
    """Somebody pressed a button on a card with the summary `about`, or on the home page."""

    def say(t: Texts, who: Text, count: int) -> Text:
        what = about or t("the home page")
        return t.many_rich(
            "{who} pressed a button on “{about}”.",
            "{who} pressed a button on “{about}”.",
            count,
            who=who,
            about=what,
        )

    return say


def reacted(where: Room) -> Deed:
    """Somebody put an emoji on a message."""

    def say(t: Texts, who: Text, count: int) -> Text:
        place = _place(t, where)
        return t.many_rich("{who} reacted in {where}.", "{who} reacted in {where}.", count, who=who, where=place)

    return say


def typed(command: str, where: Room) -> Deed:
    """Somebody typed a command."""

    def say(t: Texts, who: Text, _: int) -> Text:
        place = _place(t, where)
        return t.rich("{who} typed `{command}` in {where}.", who=who, command=command, where=place)

    return say


def sent(form: str) -> Deed:
    """Somebody sent a form."""
    return lambda t, who, _: t.rich("{who} sent the form “{form}”.", who=who, form=form)


def kept_open() -> Deed:
    """A form was refused."""
    return lambda t, who, _: t.rich(
        "The form stays open for {who}, filled, with a sentence beside what needs another look.", who=who
    )


def deleted(where: Room) -> Deed:
    """Somebody took a message away."""
    return lambda t, who, _: t.rich("{who} deleted a message in {where}.", who=who, where=_place(t, where))


def renamed(where: Room, name: str) -> Deed:
    """Somebody gave a channel another name."""
    return lambda t, who, _: t.rich(
        "{who} renamed {where}: it is #{name} now.", who=who, where=_place(t, where), name=name
    )


def archived(where: Room) -> Deed:
    """Somebody closed a channel for good."""
    return lambda t, who, _: t.rich("{who} archived {where}.", who=who, where=_place(t, where))


def joined(zone: str) -> Deed:
    """Somebody is new."""
    return lambda t, who, _: t.rich("{who} joined the company, in {city}.", who=who, city=words.city(t, zone))


def _place(t: Texts, room: Room) -> str:
    return f"#{room.name}" if room.kind is PlaceKind.CHANNEL else t("a private chat")


def _moment(t: Texts, at: datetime | None, now: datetime) -> str:
    """An instant in words, short while its weekday alone is clear."""
    if at is None:
        return t("later")
    day = t.weekday(at.astimezone(t.zone).weekday()) if at - now < NEAR else t.day(at)
    time = t.clock(at)
    return t("{day}, {time}", day=day, time=time)


def _capital(text: Text) -> Text:
    first, *rest = text
    if not isinstance(first, Plain):
        return text
    return (replace(first, text=first.text[:1].upper() + first.text[1:]), *rest)
