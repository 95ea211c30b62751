"""Ways to break a worker on purpose, so that the invariant can be seen to fail."""

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count
from typing import Final

from bot.core.cards import Card
from bot.core.places import Workspace
from bot.core.ports import Destination, Platform, Posted
from scheduler import SystemClock, rules


class Altered:
    """A platform as it is; subclasses change one thing about it."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.name = platform.name
        self.people = platform.people
        self.groups = platform.groups
        self.members = platform.members
        self.admits = platform.admits
        self.limits = platform.limits

    async def send(self, to: Destination, card: Card, key: str) -> Posted:
        return await self._platform.send(to, card, key)

    async def update(self, workspace: Workspace, message: Posted, card: Card) -> None:
        await self._platform.update(workspace, message, card)

    async def find(self, to: Destination, key: str, since: datetime) -> Posted | None:
        return await self._platform.find(to, key, since)


class Denying(Altered):
    """Says of every message that it is certainly not there."""

    async def find(self, to: Destination, key: str, since: datetime) -> Posted | None:  # noqa: ARG002 -- it does not look
        return None


class Forgetful(Altered):
    """Gives a receipt for one message in five without posting it."""

    _numbers = count()

    async def send(self, to: Destination, card: Card, key: str) -> Posted:
        if next(self._numbers) % 5 == 0:
            return Posted(to.place or to.account, "1")
        return await super().send(to, card, key)


class Lazy(Altered):
    """Redraws nothing."""

    async def update(self, workspace: Workspace, message: Posted, card: Card) -> None:
        """Nothing."""


NO_PEACE: Final = "knows no peace"
NO_FENCE: Final = "ignores its fence"
ALTERED: Final[Mapping[str, Callable[[Platform], Platform]]] = {
    "denies": Denying,
    "forgets": Forgetful,
    "redraws nothing": Lazy,
}


def break_platforms(broken: str, platforms: Mapping[str, Platform]) -> Mapping[str, Platform]:
    """The platforms, altered if that is what is broken."""
    alter = ALTERED.get(broken)
    return {name: alter(platform) for name, platform in platforms.items()} if alter else platforms


def forget_peace() -> None:
    """Forget opt-outs and quiet hours in this whole process."""
    rules.rule = lambda *_: rules.Now()


class StandingClock(SystemClock):
    """Never notices that time has passed, so whoever has it does not know when a row is not theirs any more."""

    def elapsed(self) -> float:
        """No time at all."""
        return 0.0
