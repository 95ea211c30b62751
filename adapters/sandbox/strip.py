"""Behind the scenes: what just happened and why, a short line each, repeats as one."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final, Protocol

from adapters.sandbox.chat import Chat, Member, News
from adapters.sandbox.company import Names
from bot.core.rich import Plain, Text, plain
from bot.core.texts import Texts

KEPT: Final = 150
TOGETHER: Final = timedelta(minutes=2)
"""A new happening to the same message within this time takes the place of the old one."""


class Notice(Protocol):
    """What the scheduler tells of a message, by our own ids; never what it says."""

    @property
    def happening(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def key(self) -> str: ...
    @property
    def drawing(self) -> str: ...
    @property
    def person(self) -> int | None: ...
    @property
    def place(self) -> int | None: ...
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
    "polls.ballot": "poll",
    "polls.outcome": "outcome of a poll",
}
"""What each drawing is to people."""

HAPPENINGS: Final = {
    "planned": "*{thing}* for {whom} is planned for {until}.",
    "displaced": "*{thing}* for {whom} waits until {until}: {reason}.",
    "sent": "*{thing}* sent to {whom}.",
    "redrawn": "*{thing}* in {whom} redrawn as things stand now.",
    "cancelled": "*{thing}* for {whom} not sent: {reason}.",
    "expired": "*{thing}* for {whom} came too late to be useful, so it stays unsent.",
    "paused": "The chat asked for a pause: *{thing}* for {whom} waits until {until}.",
    "retrying": "The chat was away: *{thing}* for {whom} is tried again at {until}.",
    "failed": "*{thing}* for {whom} could not be sent: {reason}.",
    "unknown": "Nobody knows whether *{thing}* reached {whom}; asking before anything is sent again.",
}

REASONS: Final = {
    "quiet_hours": "quiet hours",
    "quiet": "quiet hours",
    "budget": "enough messages for one day",
    "opted_out": "they asked to be left alone",
    "already_posted": "they have posted already this week",
}


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
        """Something happened to a message."""
        member = self._member(told.person)
        zone = member.zone if member else ""
        facts: dict[str, str | Text] = {
            "thing": _capital(THINGS.get(told.drawing, told.drawing.replace(".", " "))),
            "whom": self._whom(told),
            "until": self._time(told.until, zone),
            "reason": self._t(REASONS.get(told.reason, told.reason.replace("_", " "))),
        }
        happening = str(told.happening)
        sentence = HAPPENINGS.get(happening, f"{{thing}}: {happening}")
        self._add(f"message:{told.key}", happening, self._t.rich(sentence, **facts), told.at, zone)

    def acted(self, member: Member, at: datetime, sentence: str, key: str = "", **facts: str | Text) -> None:
        """Somebody did something. Acts with one `key`, one after another, become one line with everybody's names."""
        if key and self.lines and self.lines[-1].key == key:
            self._actors[key].append(member.name)
        else:
            self._actors = {key: [member.name]}
        words = self._t.rich(sentence, who=self._everybody(self._actors[key]), **facts)
        alone = len(set(self._actors[key])) == 1
        self._add(key or f"act:{next(self._ids)}", "act", words, at, member.zone if alone else "")

    def _add(self, key: str, sign: str, words: Text, at: datetime, zone: str) -> None:
        line = Line(id=next(self._ids), key=key, sign=sign, words=words, at=at, zone=zone)
        before = next((old for old in reversed(self.lines[-12:]) if old.key == key), None)
        if before and at - before.at <= TOGETHER:
            line = replace(line, id=before.id, times=before.times + 1 if before.sign == sign != "act" else 1)
            self.lines.remove(before)
        self.lines = [*self.lines[1 - KEPT :], line]
        self._chat.tell(News("strip"))

    def _whom(self, told: Notice) -> Text:
        member = self._member(told.person)
        if member:
            return (Plain(member.name, bold=True),)
        room = self._chat.rooms.get(self.names.rooms.get(told.place or 0, ""))
        return (Plain(f"#{room.name}", bold=True),) if room and room.name else plain("a chat")

    def _member(self, person: int | None) -> Member | None:
        return self._chat.members.get(self.names.people.get(person or 0, ""))

    def _time(self, at: datetime | None, zone: str) -> str:
        if at is None:
            return "later"
        local = Texts("en", zone or "UTC")
        return f"{local.day(at)}, {local.clock(at)}"

    def _everybody(self, names: list[str]) -> Text:
        different = list(dict.fromkeys(names))
        shown = different[-2:] if len(different) > 3 else different  # noqa: PLR2004 -- three names are a list, four a crowd
        rest = len(different) - len(shown)
        return (Plain(self._t.every([*shown, *([f"{rest} others"] if rest else [])]), bold=True),)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
