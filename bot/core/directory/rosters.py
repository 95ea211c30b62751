"""Asks platforms who is in the places that somebody wants to know about, and compares it with what was known."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

import structlog

from bot.core.batches import batches
from bot.core.database import Connection, Database
from bot.core.directory import members, places, workspaces
from bot.core.errors import PlatformError, RateLimited
from bot.core.places import Place, Workspace
from bot.core.ports import Clock, Platform

TOGETHER: Final = 1000
"""Members that are compared in one transaction: a few milliseconds, for which votes wait that come meanwhile."""

log = structlog.get_logger()


class Rosters:
    """Learns the rosters whose turn it is, one after the other."""

    def __init__(self, database: Database, clock: Clock, platforms: Mapping[str, Platform]) -> None:
        self._database = database
        self._clock = clock
        self._platforms = platforms

    async def __call__(self) -> None:
        """Once through the rosters whose turn it is. A platform that refuses one is asked again, ever more rarely."""
        while roster := await self._database.run(self._take):
            if roster.wanted:
                await self._ask(roster.place)
            else:
                await self._forget(roster.place)

    def _take(self, connection: Connection) -> members.Roster | None:
        return members.take(connection, self._platforms, self._clock.now())

    async def _ask(self, place_id: int) -> None:
        place, workspace = await self._database.read(partial(_where, place=place_id))
        try:
            await self._learn(place, workspace)
        except PlatformError as error:
            log.warning("roster_unknown", platform=workspace.platform, place=place.id, reason=error.reason)
            pause = error.retry_after if isinstance(error, RateLimited) else 0
            told = partial(members.refuse, place=place.id, reason=error.reason, now=self._clock.now(), pause=pause)
            await self._database.run(told)

    async def _learn(self, place: Place, workspace: Workspace) -> None:
        """Whoever comes by themselves meanwhile is not among those who were there before, and so not taken for gone."""
        before = await self._database.read(partial(members.listed, place=place.id))
        there: set[int] = set()
        told = self._platforms[workspace.platform].members(workspace, place)
        async for keys in batches(told, TOGETHER):
            there |= await self._database.run(partial(members.enter, place=place, keys=keys, before=before))
        await self._leave(place.id, before - there)
        await self._database.run(partial(members.learnt, place=place.id, now=self._clock.now()))

    async def _forget(self, place: int) -> None:
        """In small bites, and not known from the first one on."""
        now = self._clock.now()
        if await self._database.run(partial(members.lapse, place=place, now=now)):
            await self._leave(place, await self._database.read(partial(members.listed, place=place)))
            await self._database.run(partial(members.drop, place=place, now=now))

    async def _leave(self, place: int, gone: set[int]) -> None:
        for some in _bites(sorted(gone)):
            await self._database.run(partial(members.leave, place=place, people=some))


def _where(connection: Connection, place: int) -> tuple[Place, Workspace]:
    found = places.places_by_id(connection, [place])[place]
    return found, workspaces.workspace_by_id(connection, found.workspace)


def _bites(people: list[int]) -> Iterator[list[int]]:
    return (people[at : at + TOGETHER] for at in range(0, len(people), TOGETHER))
