"""Takes over what platforms tell of everybody, so that names, zones, titles and photos are right before people act."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.errors import PlatformError
from bot.core.interactions import Event, Origin
from bot.core.people import Profile, Role
from bot.core.places import Workspace
from bot.core.ports import Platform

EVERY: Final = timedelta(hours=6)
SOON: Final = timedelta(minutes=5)

TOGETHER: Final = 100
"""Profiles that are compared in one transaction; votes that come meanwhile wait for no more than that."""

log = structlog.get_logger()


class Sync:
    """Learns everybody in every workspace; who is not as they were before becomes a `profile_changed`."""

    def __init__(self, engine: Engine, platforms: Mapping[str, Platform]) -> None:
        self._engine = engine
        self._platforms = platforms

    async def __call__(self) -> None:
        """Once through the workspaces whose turn it is. A platform that refuses is asked again before long."""
        now = self._engine.clock.now()
        for workspace in await self._engine.database.run(
            lambda connection: directory.to_sync(connection, self._platforms, now, now + EVERY)
        ):
            try:
                await self._learn(workspace, self._platforms[workspace.platform])
            except PlatformError as error:
                log.warning("sync_failed", platform=workspace.platform, reason=error.reason)
                await self._engine.database.run(partial(directory.sync_again, workspace=workspace, at=now + SOON))

    async def _learn(self, workspace: Workspace, platform: Platform) -> None:
        async for profiles in _batches(platform.people(workspace)):
            for profile in await self._engine.database.run(partial(_news, workspace=workspace, profiles=profiles)):
                origin = Origin(platform=workspace.platform, workspace=workspace.key, account=profile.account)
                await self._engine.handle(Event(origin, "profile_changed", profile=profile))
        await self._engine.database.run(partial(directory.settle_zone, workspace=workspace))
        admins = partial(directory.everybody, workspace=workspace, role=Role.ADMIN)
        if known := await self._engine.database.run(admins):
            origin = Origin(platform=workspace.platform, workspace=workspace.key, account=known[0].account)
            await self._engine.handle(Event(origin, "synced"))


def _news(connection: Connection, *, workspace: Workspace, profiles: Sequence[Profile]) -> list[Profile]:
    """Learn profiles, and return those of people who were known otherwise before."""
    before = [directory.known(connection, workspace, profile.account) for profile in profiles]
    after = [directory.learn(connection, workspace, profile) for profile in profiles]
    return [
        profile for profile, old, new in zip(profiles, before, after, strict=True) if old is not None and old != new
    ]


async def _batches(profiles: AsyncIterator[Profile]) -> AsyncIterator[list[Profile]]:
    batch: list[Profile] = []
    async for profile in profiles:
        batch.append(profile)
        if len(batch) == TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch
