"""The world in memory: members, rooms, messages, who has read what, and who is looking."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from bot.core.cards import Card
from bot.core.people import Role
from bot.core.places import PlaceKind
from bot.core.rich import Text

BOT = "drumbeat"
"""The bot's own account."""
KEPT = 400
"""How many messages a room remembers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One account of the sample company.

    `role` is what the demo makes them, `hair` is one of six cuts of a drawn face.
    """

    account: str
    name: str
    title: str = ""
    zone: str = "Europe/Berlin"
    locale: str = "en"
    photo: bool = True
    hair: int = 0
    role: Role | None = None

    @property
    def email(self) -> str:
        """Their address at the sample company."""
        return f"{self.account}@lindenworks.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A named group of people: `@name` means all its `members`."""

    key: str
    name: str
    members: frozenset[str]

    def has(self, account: str) -> bool:
        """Whether somebody is in it."""
        return account in self.members


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A channel or a direct chat. Everybody may read a channel; who is in it are its `members`, or all if none are."""

    key: str
    name: str
    kind: PlaceKind = PlaceKind.CHANNEL
    topic: str = ""
    members: frozenset[str] = frozenset()
    archived: bool = False

    def open_to(self, account: str) -> bool:
        """Whether somebody may read and write here."""
        return self.kind is PlaceKind.CHANNEL or account in self.members

    def has(self, account: str) -> bool:
        """Whether somebody is in it."""
        return account in self.members or not self.members


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What was said: `text` by a person or `card` by the bot. `only_for` makes it visible to one account alone.

    `key` is the outbox's own, `revision` grows whenever the message is redrawn, `reactions` are accounts by emoji,
    `under` is the message it answers.
    """

    id: str
    room: str
    author: str
    at: datetime
    text: Text = ()
    card: Card | None = None
    only_for: str = ""
    key: str = ""
    under: str = ""
    revision: int = 0
    reactions: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def visible_to(self, account: str) -> bool:
        """Whether somebody in the room sees it."""
        return self.only_for in ("", account)


@dataclass(frozen=True, slots=True)
class News:
    """Something changed: `what` is message, room, member, clock, strip or gone; `message` is given for messages."""

    what: str
    message: Message | None = None


class Chat:
    """Rooms full of messages. Single-threaded: everything happens on the event loop."""

    def __init__(self) -> None:
        self.members: dict[str, Member] = {}
        self.rooms: dict[str, Room] = {}
        self.teams: dict[str, Team] = {}
        self._messages: dict[str, list[Message]] = {}
        self._read: dict[tuple[str, str], int] = {}
        self._ids = count(1)
        self._watchers: set[asyncio.Queue[News]] = set()

    def add_member(self, member: Member) -> None:
        """Take somebody in, with a direct chat with the bot."""
        self.members[member.account] = member
        self.add_room(direct_room(member.account))
        self.tell(News("member"))

    def add_room(self, room: Room) -> None:
        """Open a room, unless it is there."""
        if room.key not in self.rooms:
            self.rooms[room.key] = room
            self._messages[room.key] = []
            self.tell(News("room"))

    def add_team(self, team: Team) -> None:
        """Name a group of people."""
        self.teams[team.key] = team

    def alter(self, room: Room) -> None:
        """Put a room in the place of its former self."""
        self.rooms[room.key] = room
        self.tell(News("room"))

    def rooms_of(self, account: str) -> list[Room]:
        """Every room somebody may see."""
        return [room for room in self.rooms.values() if room.open_to(account)]

    def post(self, message: Message) -> Message:
        """Say something; the id is given here."""
        posted = replace(message, id=f"m{next(self._ids)}")
        room = self._messages[message.room]
        room.append(posted)
        if len(room) > KEPT:
            del room[0]
        self.tell(News("message", posted))
        return posted

    def change(self, message: Message) -> None:
        """Put a message in the place of its former self."""
        room = self._messages[message.room]
        at = next(index for index, old in enumerate(room) if old.id == message.id)
        room[at] = replace(message, revision=room[at].revision + 1)
        self.tell(News("message", room[at]))

    def remove(self, message: Message) -> None:
        """Take a message away."""
        self._messages[message.room] = [one for one in self._messages[message.room] if one.id != message.id]
        self.tell(News("room"))

    def react(self, message: Message, account: str, emoji: str) -> bool:
        """Put an emoji on a message or take it back; whether it is there now."""
        before = message.reactions.get(emoji, ())
        there = account not in before
        after = (*before, account) if there else tuple(one for one in before if one != account)
        reactions = {**message.reactions, emoji: after}
        self.change(replace(message, reactions={one: who for one, who in reactions.items() if who}))
        return there

    def messages(self, room: str) -> list[Message]:
        """What was said in a room, oldest first."""
        return list(self._messages.get(room, ()))

    def message(self, room: str, message: str) -> Message | None:
        """A message by its id."""
        return next((one for one in self._messages.get(room, ()) if one.id == message), None)

    def by_key(self, key: str) -> Message | None:
        """The message that carries an outbox key."""
        every = (one for room in self._messages.values() for one in room)
        return next((one for one in every if one.key == key), None)

    def unread(self, account: str, room: str) -> int:
        """How many messages somebody has not seen yet."""
        seen = self._read.get((account, room), 0)
        return sum(
            1
            for one in self._messages[room]
            if number(one) > seen and one.author != account and one.visible_to(account)
        )

    def read(self, account: str, room: str) -> None:
        """Somebody has seen everything in a room."""
        if self._messages[room]:
            self._read[account, room] = number(self._messages[room][-1])

    def tell(self, news: News) -> None:
        """Let everybody know who is looking; somebody too slow to follow starts afresh."""
        for watcher in self._watchers:
            try:
                watcher.put_nowait(news)
            except asyncio.QueueFull:
                _start_afresh(watcher)

    @contextmanager
    def watch(self) -> Iterator[asyncio.Queue[News]]:
        """A queue of everything that changes while the block runs."""
        watcher: asyncio.Queue[News] = asyncio.Queue(KEPT)
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)


def direct_room(account: str) -> Room:
    """Somebody's direct chat with the bot."""
    members = frozenset({account, BOT})
    return Room(key=f"D-{account}", name="Drumbeat", kind=PlaceKind.DIRECT, members=members)


def pair_room(one: str, other: str) -> Room:
    """The direct chat of two people."""
    pair = sorted((one, other))
    return Room(key="P-" + "-".join(pair), name="", kind=PlaceKind.GROUP, members=frozenset(pair))


def number(message: Message) -> int:
    """The running number in a message's id."""
    return int(message.id[1:])


def _start_afresh(watcher: asyncio.Queue[News]) -> None:
    while not watcher.empty():
        watcher.get_nowait()
    watcher.put_nowait(News("afresh"))
