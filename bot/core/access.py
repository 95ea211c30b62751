"""Whether somebody may say something in a place that they did not act from: the platform is asked.

Handlers stand in a transaction, which waits for no network. So a handler that must know says what it must know
(`Unasked`), is undone, and is run again with the answers.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.core.errors import PlatformError, RateLimited, Unavailable, Unknown
from bot.core.places import Place, Workspace
from bot.core.ports import Platform

PATIENCE: Final = 1.5
"""Seconds in which a platform has to answer. Slack and Teams give up on the person's own request after 3 and 15."""

Known = tuple[str, str, str]
"""A place by its platform and its platform's own ids of the workspace and of itself."""


class Access(StrEnum):
    """HIDDEN is a place that the bot itself cannot look into, UNKNOWN one whose platform did not answer."""

    OPEN = "open"
    BARRED = "barred"
    HIDDEN = "hidden"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Door:
    """A place of a workspace, and the account that wants in."""

    workspace: Workspace
    place: Place
    account: str

    @property
    def known_as(self) -> Known:
        """Which place it is to its platform: our own numbers may be other ones when the handler is run again."""
        return self.workspace.platform, self.workspace.key, self.place.key


class Unasked(Exception):
    """A handler must know whether these doors are open."""

    def __init__(self, doors: Sequence[Door]) -> None:
        super().__init__("unasked")
        self.doors = doors


async def ask(platforms: Mapping[str, Platform], doors: Sequence[Door]) -> dict[Known, Access]:
    """Which doors are open."""
    answers = await asyncio.gather(*(_ask(platforms.get(door.workspace.platform), door) for door in doors))
    return {door.known_as: answer for door, answer in zip(doors, answers, strict=True)}


async def _ask(platform: Platform | None, door: Door) -> Access:
    if platform is None:
        return Access.UNKNOWN
    try:
        async with asyncio.timeout(PATIENCE):
            admitted = await platform.admits(door.workspace, door.place, door.account)
    except (RateLimited, Unavailable, Unknown, TimeoutError):
        return Access.UNKNOWN
    except PlatformError:
        return Access.HIDDEN
    return Access.OPEN if admitted else Access.BARRED
