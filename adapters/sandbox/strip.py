"""Behind the scenes: what just happened and why, a short line each, repeats as one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final, Protocol

from adapters.sandbox import happenings
from adapters.sandbox.chat import Chat, Member, News
from adapters.sandbox.happenings import Deed, Told
from bot.core.outbox import Planned
from bot.core.rich import Plain, Text
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
    """One line. `sign` says what kind, `words` it to a reader, `zone` in whose time it is told, `times` how often."""

    id: int
    key: str
    sign: str
    words: Told
    at: datetime
    zone: str
    times: int = 1


LATELY: Final = 12
"""A line this far back is still the one before."""
CROWD: Final = 3
"""More people than this in one line are not all named."""


class Strip:
    """The lines, newest last."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._ids = count(1)
        self.names = Names({}, {})
        self.lines: list[Line] = []
        self._actors: dict[str, list[str]] = {}

    def notice(self, told: Notice) -> None:
        """Something happened to a message. What is planned for this very moment is told by what becomes of it."""
        if told.happening == "planned" and told.until is not None and told.until <= told.at + NOW:
            return
        self._tell(told, str(told.happening), told.at, told.until, reason=told.reason)

    def planned(self, plans: Sequence[Planned], now: datetime) -> None:
        """Messages were written down for later; those of one kind for one person are one line."""
        kinds = {(plan.drawing, plan.person, plan.place): plan for plan in reversed(plans)}
        for kind, first in reversed(kinds.items()):
            more = sum((plan.drawing, plan.person, plan.place) == kind for plan in plans) - 1
            self._tell(first, "repeated" if more else "planned", now, first.due, more=more)

    def acted(self, member: Member, at: datetime, deed: Deed, key: str = "") -> None:
        """Somebody did something. Acts with one `key`, soon after one another, are one line with everybody's names."""
        before = self._lately(key) if key else None
        again = before is not None and at - before.at <= TOGETHER
        names = [*(self._actors[key] if again else ()), member.name]
        self._actors[key] = names
        different = list(dict.fromkeys(names))
        alone = len(different) == 1
        line = self._line(
            key or f"act:{member.account}",
            "act",
            lambda t: deed(t, _everybody(t, different), len(different)),
            at,
            member.zone if alone else "",
        )
        self._put(replace(line, times=len(names) if alone else 1), first=not again)

    def _tell(
        self, about: About, happening: str, at: datetime, until: datetime | None, *, reason: str = "", more: int = 0
    ) -> None:
        member = self._member(about.person)
        zone = member.zone if member else ""
        words = happenings.message(
            happening,
            about.drawing,
            self._whom(about, member),
            until=until,
            at=at,
            zone=zone or "UTC",
            reason=reason,
            more=more,
        )
        self._heard(f"message:{about.key}", happening, words, at, zone)

    def _heard(self, key: str, sign: str, words: Told, at: datetime, zone: str) -> None:
        line = self._line(key, sign, words, at, zone)
        before = self._lately(key)
        near = before is not None and at - before.at <= TOGETHER
        if near and before is not None and before.sign == sign:
            line = replace(line, times=before.times + 1)
        self._put(line, first=not near)

    def _line(self, key: str, sign: str, words: Told, at: datetime, zone: str) -> Line:
        return Line(id=next(self._ids), key=key, sign=sign, words=words, at=at, zone=zone)

    def _lately(self, key: str) -> Line | None:
        return next((line for line in reversed(self.lines[-LATELY:]) if line.key == key), None)

    def _put(self, line: Line, *, first: bool) -> None:
        """Add a line; unless it is the `first` of its kind, in the place of the one before."""
        before = None if first else self._lately(line.key)
        kept = [old for old in self.lines if old is not before]
        self.lines = [*kept[-(KEPT - 1) :], line]
        self._chat.tell(News("strip"))

    def _whom(self, about: About, member: Member | None) -> Text:
        """Whom a message is for; empty for a chat without a name."""
        room = self._chat.rooms.get(self.names.rooms.get(about.place or 0, ""))
        name = member.name if member else f"#{room.name}" if room and room.name else ""
        return (Plain(name, bold=True),) if name else ()

    def _member(self, person: int | None) -> Member | None:
        return self._chat.members.get(self.names.people.get(person or 0, ""))


def _everybody(t: Texts, names: list[str]) -> Text:
    shown = names[-2:] if len(names) > CROWD else names
    rest = len(names) - len(shown)
    others = [t.many("{count} other", "{count} others", rest)] if rest else []
    return (Plain(t.every([*shown, *others]), bold=True),)
