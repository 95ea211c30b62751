"""A platform that does what the test says, and a feature with something to say."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.cards import Card, note
from bot.core.errors import PlatformError
from bot.core.feature import Feature, View, Withdrawn
from bot.core.people import Profile
from bot.core.places import Place, Workspace
from bot.core.ports import Destination, Group, Limit, Posted


@dataclass
class Pretend:
    """Keeps what it was sent. `errors` are raised by the next calls, one each; None lets a call pass.

    `loses_answers` takes a message and then raises; `hears` is whether it can be asked. `outside`
    are places with accounts that may not write there.
    """

    name: str = "pretend"
    errors: list[Exception | None] = field(default_factory=list)
    loses_answers: Exception | None = None
    hears: bool = True
    buckets: tuple[Limit, ...] = ()
    outside: set[tuple[str, str]] = field(default_factory=set)
    sent: list[tuple[Destination, Card, str]] = field(default_factory=list)
    updated: list[tuple[Posted, Card]] = field(default_factory=list)

    async def send(self, to: Destination, card: Card, key: str) -> Posted:
        self._stumble()
        self.sent.append((to, card, key))
        if self.loses_answers:
            raise self.loses_answers
        return Posted(to.place or f"D-{to.account}", f"M{len(self.sent)}")

    async def update(self, workspace: Workspace, message: Posted, card: Card) -> None:
        assert workspace.platform == self.name
        self._stumble()
        self.updated.append((message, card))

    async def find(self, to: Destination, key: str, since: datetime) -> Posted | None:
        assert since.tzinfo is not None
        self._stumble()
        for number, (there, _, carried) in enumerate(self.sent, 1):
            if carried == key:
                assert there == to
                return Posted(to.place or f"D-{to.account}", f"M{number}")
        return None

    async def people(self, workspace: Workspace) -> AsyncIterator[Profile]:
        for account in (workspace.key,):
            yield Profile(account=account)

    async def groups(self, workspace: Workspace) -> AsyncIterator[Group]:
        for name in (workspace.key,):
            yield Group(f"G-{name}", name)

    async def members(self, workspace: Workspace, place: Place) -> AsyncIterator[str]:
        assert place.workspace == workspace.id
        for account in (workspace.key,):
            yield account

    async def admits(self, workspace: Workspace, place: Place, account: str) -> bool:
        assert place.workspace == workspace.id
        self._stumble()
        return (place.key, account) not in self.outside

    def limits(self, to: Destination, verb: str) -> Sequence[Limit]:
        assert verb in ("send", "update", "find")
        assert to.place or to.account
        return self.buckets

    @property
    def keys(self) -> list[str]:
        """What was sent, in order."""
        return [key for _, _, key in self.sent]

    @property
    def words(self) -> list[str]:
        """What it said, in order."""
        return [card.summary for _, card, _ in self.sent]

    def _stumble(self) -> None:
        error = self.errors.pop(0) if self.errors else None
        if error:
            raise error


@dataclass
class Board:
    """What the feature's cards show: a text that a test changes between one drawing and the next."""

    text: str = "hello"
    broken: bool = False
    careless: bool = False
    drawn: int = 0
    lost: list[tuple[dict[str, str], str]] = field(default_factory=list)

    def draw(self, view: View) -> Card | Withdrawn:
        self.drawn += 1
        if self.broken or "broken" in view.arguments:
            raise KeyError("something private")
        if self.text == "":
            return Withdrawn("nothing_to_say")
        name = view.reader.name if view.reader else view.workspace.name
        return note(f"{self.text} {name} ({view.t.locale})")

    def lose(self, view: View) -> None:
        """What a message's arguments were, and whose it was."""
        if self.careless:
            raise KeyError("something private")
        self.lost.append((dict(view.arguments), view.reader.name if view.reader else ""))

    def feature(self) -> Feature:
        return Feature(name="board", drawings={"card": self.draw, "other": self.draw}, lost={"card": self.lose})


GONE = PlatformError("channel_not_found")
