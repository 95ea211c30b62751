"""The ports: what the core needs from a platform, and from time."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from bot.core.cards import Card
from bot.core.people import Profile
from bot.core.places import Place, Workspace


class Clock(Protocol):
    """Where `now` comes from: always aware, always UTC."""

    def now(self) -> datetime:
        """The present instant."""
        ...

    def elapsed(self) -> float:
        """Seconds since some moment of the past, for durations: no correction of the clock moves them."""
        ...


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a message goes, in the platform's own ids: a `place`, or an `account` (their direct chat with the bot).

    `under` is a message of that place whose thread it belongs to. Where there are no threads it is an ordinary message.
    """

    workspace: Workspace
    place: str = ""
    account: str = ""
    under: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """The platform's receipt: the place and the message by the platform's own ids."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Group:
    """A named group of people, as the platform tells it; `name` is what people type behind `@`."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A bucket that a call draws a token from: `rate` a second, `burst` at once. All replicas share a `key`.

    A bucket belongs to one workspace. `shared` says that calls to other destinations draw from it, too.
    """

    key: str
    rate: float
    burst: int
    shared: bool = True


def _always() -> bool:
    return True


MAY_BEGIN: Final[ContextVar[Callable[[], bool]]] = ContextVar("may_begin", default=_always)
"""Whether the call that is on its way out may still begin.

A process may sleep at any point (a suspended machine), and others take over meanwhile what it was about to send. So a
platform that is reached over a network asks once more right before it writes, and raises instead.
"""


class Platform(Protocol):
    """One chat platform. Every method may raise `PlatformError` and its kin; none retries by itself."""

    @property
    def name(self) -> str:
        """What the platform is called in workspaces and in figures: `slack`, `teams`, `sandbox`."""
        ...

    async def send(self, to: Destination, card: Card, key: str) -> Posted:
        """Post a card once. `key` travels with the message where the platform can carry it."""
        ...

    async def update(self, workspace: Workspace, message: Posted, card: Card) -> None:
        """Redraw a message in place."""
        ...

    async def find(self, to: Destination, key: str, since: datetime) -> Posted | None:
        """The message that carries `key`, or None if it certainly is not there. `Unknown` where nobody can tell."""
        ...

    def people(self, workspace: Workspace) -> AsyncIterator[Profile]:
        """Everybody in a workspace."""
        ...

    def groups(self, workspace: Workspace) -> AsyncIterator[Group]:
        """Every named group of people in a workspace."""
        ...

    def members(self, workspace: Workspace, place: Place) -> AsyncIterator[str]:
        """The account of everybody in a channel, a group chat or a named group, each once; bots may be among them."""
        ...

    async def admits(self, workspace: Workspace, place: Place, account: str) -> bool:
        """Whether an account may write in a channel, a group chat or a direct chat of its own."""
        ...

    def limits(self, to: Destination, verb: str) -> Sequence[Limit]:
        """The buckets that a `send` or an `update` draws from."""
        ...
