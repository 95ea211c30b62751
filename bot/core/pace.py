"""How fast a platform lets one workspace be written to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from bot.core.places import Workspace
from bot.core.ports import Destination, Platform

ANYBODY = "-"
"""Whose direct chat is asked about: the limits that all of them share are the same for everybody."""

MINUTE = 60
_ROUNDING = 1e-6
"""500 / 60 * 60 may be a hair below 500."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What messages to many people can count on: `platform` as people write it, `rate` a second, None where free."""

    platform: str
    rate: float | None = None

    @classmethod
    def of(cls, workspace: Workspace, platform: Platform | None) -> Self:
        """The slowest of the limits that private messages share in a workspace."""
        to = Destination(workspace, account=ANYBODY)
        limits = platform.limits(to, "send") if platform else ()
        rate = min((limit.rate for limit in limits if limit.shared), default=None)
        return cls(workspace.platform.capitalize(), rate)


PaceOf = Callable[[Workspace], Pace]


def a_minute(rate: float | None, people: int) -> int:
    """How many messages a minute may hold at a rate; all of them where there is none."""
    return max(1, int(rate * MINUTE + _ROUNDING) if rate is not None else people)


def paces(platforms: Mapping[str, Platform]) -> PaceOf:
    """The pace of each workspace, from the platforms there are at the moment of asking."""
    return lambda workspace: Pace.of(workspace, platforms.get(workspace.platform))
