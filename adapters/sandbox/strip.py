"""Behind the scenes: what just happened and why, a short line each, repeats as one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final, Protocol

from adapters.sandbox.chat import Chat, Member, News
from bot.core.outbox import Planned
from bot.core.rich import Plain, Text, plain
from bot.core.texts import Texts

KEPT: Final = 80
TOGETHER: Final = timedelta(minutes=2)
"""A new happening to the same message within this time takes the place of the old one."""
NOW: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Names:
    """Accounts and rooms by the ids that the directory gave them."""

    people: dict[int, str]
    rooms: dict[int, str]


class About(Protocol):
    """Which message a line is about, by our own ids."""

    @property
    def key(self) -> str: ...
    @property
    def drawing(self) -> str: ...
    @property
    def person(self) -> int | None: ...
    @property
    def place(self) -> int | None: ...


class Notice(About, Protocol):
    """What the scheduler tells of a message; never what it says."""

    @property
    def happening(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def until(self) -> datetime | None: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. `sign` says what kind, `zone` in whose time it is told, `times` how often it happened."""

    id: int
    key: str
    sign: str
    words: Text
    at: datetime
    zone: str
    times: int = 1


THINGS: Final = {
    "home.communicator": "a word to a new communicator",
    "home.undelivered": "why a post did not appear",
    "home.welcome": "the first three steps",
    "intros.blank": "a word about a blank profile",
    "intros.introduction": "an introduction",
    "intros.reminder": "a reminder to introduce oneself",
    "intros.welcome": "a welcome",
    "polls.ballot": "a poll",
    "polls.outcome": "the outcome of a poll",
    "praise.digest": "the week's praise",
    "praise.praise": "praise",
    "praise.told": "a word to somebody who was praised",
    "rhythm.appointed": "a word to a new leader",
    "rhythm.nudge": "a nudge",
    "rhythm.reminder": "the weekly reminder to post",
}
"""What each drawing is to people."""

HAPPENINGS: Final = {
    "planned": "*{thing}* for {whom} is planned for {until}.",
    "repeated": "*{thing}* for {whom} is planned for {until}, and {reason} more after it if need be.",
    "displaced": "*{thing}* for {whom} waits until {until}: {reason}.",
    "sent": "*{thing}* sent to {whom}.",
    "redrawn": "*{thing}* in {whom} redrawn as things stand now.",
    "cancelled": "*{thing}* for {whom} not sent: {reason}.",
    "expired": "*{thing}* for {whom} stays unsent: {reason}, and afterwards it would be too late.",
    "paused": "The chat asked for a pause: *{thing}* for {whom} waits until {until}.",
    "retrying": "The chat was away: *{thing}* for {whom} is tried again, {until}.",
    "failed": "*{thing}* for {whom} could not be sent: {reason}.",
    "unknown": "Nobody knows whether *{thing}* reached {whom}; asking before anything is sent again.",
}

REASONS: Final = {
    "daily_budget": "enough messages for one day",
    "declined": "they would rather not",
    "hushed": "they do not want to hear of it",
    "introduced": "they have introduced themselves",
    "left": "they are not here any more",
    "no_leader": "they are no leader any more",
    "nothing_to_tell": "there was nothing to tell",
    "opted_out": "they asked to be left alone",
    "no_account_here": "they have no account here",
    "person_inactive": "they are not here any more",
    "poll_deleted": "the poll is gone",
    "posted_already": "they have posted already this week",
    "praise_gone": "the praise was taken back",
    "profile_complete": "the profile is complete now",
    "quiet_hours": "quiet hours",
    "rhythm_changed": "they changed their rhythm",
    "role_taken": "they do not hold that role any more",
    "too_late": "it came up too late",
}

LATELY: Final = 12
"""A line this far back is still the one before."""
CROWD: Final = 3
"""More people than this in one line are not all named."""


class Strip:
    """The lines, newest last."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._ids = count(1)
        self._t = Texts("en")
        self.names = Names({}, {})
        self.lines: list[Line] = []
        self._actors: dict[str, list[str]] = {}

    def notice(self, told: Notice) -> None:
        """Something happened to a message. What is planned for this very moment is told by what becomes of it."""
        if told.happening == "planned" and told.until is not None and told.until <= told.at + NOW:
            return
        self._tell(told, str(told.happening), told.at, told.until, told.reason)

    def planned(self, plans: Sequence[Planned], now: datetime) -> None:
        """Messages were written down for later; those of one kind for one person are one line."""
        kinds = {(plan.drawing, plan.person, plan.place): plan for plan in reversed(plans)}
        for kind, first in reversed(kinds.items()):
            more = sum((plan.drawing, plan.person, plan.place) == kind for plan in plans) - 1
            self._tell(first, "repeated" if more else "planned", now, first.due, str(more))

    def _tell(self, about: About, happening: str, at: datetime, until: datetime | None, reason: str) -> None:
        member = self._member(about.person)
        zone = member.zone if member else ""
        facts: dict[str, str | Text] = {
            "thing": _capital(THINGS.get(about.drawing, about.drawing.replace(".", " "))),
            "whom": self._whom(about),
            "until": _moment(until, at, zone or "UTC"),
            "reason": REASONS.get(reason, reason.replace("_", " ")),
        }
        sentence = HAPPENINGS.get(happening, f"{{thing}}: {happening}")
        self._heard(f"message:{about.key}", happening, self._t.rich(sentence, **facts), at, zone)

    def acted(self, member: Member, at: datetime, sentence: str, key: str = "", **facts: str | Text) -> None:
        """Somebody did something. Acts with one `key`, soon after one another, are one line with everybody's names."""
        before = self._lately(key) if key else None
        again = before is not None and at - before.at <= TOGETHER
        names = [*(self._actors[key] if again else ()), member.name]
        self._actors[key] = names
        alone = len(set(names)) == 1
        words = self._t.rich(sentence, who=_everybody(self._t, names), **facts)
        line = self._line(key or f"act:{member.account}", "act", words, at, member.zone if alone else "")
        self._put(replace(line, times=len(names) if alone else 1), first=not again)

    def _heard(self, key: str, sign: str, words: Text, at: datetime, zone: str) -> None:
        line = self._line(key, sign, words, at, zone)
        before = self._lately(key)
        near = before is not None and at - before.at <= TOGETHER
        if near and before is not None and before.sign == sign:
            line = replace(line, times=before.times + 1)
        self._put(line, first=not near)

    def _line(self, key: str, sign: str, words: Text, at: datetime, zone: str) -> Line:
        return Line(id=next(self._ids), key=key, sign=sign, words=words, at=at, zone=zone)

    def _lately(self, key: str) -> Line | None:
        return next((line for line in reversed(self.lines[-LATELY:]) if line.key == key), None)

    def _put(self, line: Line, *, first: bool) -> None:
        """Add a line; unless it is the `first` of its kind, in the place of the one before."""
        before = None if first else self._lately(line.key)
        kept = [old for old in self.lines if old is not before]
        self.lines = [*kept[-(KEPT - 1) :], line]
        self._chat.tell(News("strip"))

    def _whom(self, told: About) -> Text:
        member = self._member(told.person)
        if member:
            return (Plain(member.name, bold=True),)
        room = self._chat.rooms.get(self.names.rooms.get(told.place or 0, ""))
        return (Plain(f"#{room.name}", bold=True),) if room and room.name else plain("a chat")

    def _member(self, person: int | None) -> Member | None:
        return self._chat.members.get(self.names.people.get(person or 0, ""))


def _everybody(t: Texts, names: list[str]) -> Text:
    different = list(dict.fromkeys(names))
    shown = different[-2:] if len(different) > CROWD else different
    rest = len(different) - len(shown)
    return (Plain(t.every([*shown, *([f"{rest} others"] if rest else [])]), bold=True),)


def _moment(at: datetime | None, now: datetime, zone: str) -> str:
    """An instant in words, short while its weekday alone is clear."""
    if at is None:
        return "later"
    local = Texts("en", zone)
    near = at - now < timedelta(days=6)
    return f"{local.weekday(at.astimezone(local.zone).weekday()) if near else local.day(at)}, {local.clock(at)}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
