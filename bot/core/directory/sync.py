"""Takes over what platforms tell of everybody, so that names, zones, titles and photos are right before people act."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import sqlalchemy as sa
import structlog

from bot.core.batches import batches
from bot.core.database import Connection
from bot.core.directory import members, workspaces
from bot.core.directory import store as directory
from bot.core.directory.places import retire_groups
from bot.core.directory.rosters import Rosters
from bot.core.engine import Engine
from bot.core.errors import PlatformError, RateLimited, Unavailable, Unknown
from bot.core.interactions import Event, Origin
from bot.core.people import Profile, Role
from bot.core.places import PlaceKind, Workspace
from bot.core.ports import Group, Platform

EVERY: Final = timedelta(hours=6)
SOON: Final = timedelta(minutes=5)

TOGETHER: Final = 100
"""Profiles, or named groups, that are compared in one transaction; votes that come meanwhile wait for no more."""

log = structlog.get_logger()


class Sync:
    """Learns everybody in every workspace, then who is in the places that somebody wants to know about.

    Who is not as they were before becomes a `profile_changed`. A large company takes minutes: more calls may be made
    meanwhile, each takes what no other has taken.
    """

    def __init__(self, engine: Engine, platforms: Mapping[str, Platform]) -> None:
        self._engine = engine
        self._platforms = platforms
        self._rosters = Rosters(engine.database, engine.clock, platforms)

    async def __call__(self) -> None:
        """Once through the workspaces and rosters whose turn it is. A platform that refuses is asked again later."""
        now = self._engine.clock.now()
        # There is mostly nothing to do, and that is found out by one query.
        everybody, rosters = await self._engine.database.read(lambda c: _due(c, self._platforms, now))
        if everybody:
            await self._everybody(now)
        if everybody or rosters:
            await self._rosters()

    async def _everybody(self, now: datetime) -> None:
        for workspace in await self._engine.database.run(
            lambda connection: directory.to_sync(connection, self._platforms, now, now + EVERY)
        ):
            try:
                await self._learn(workspace, self._platforms[workspace.platform])
                await self._name_groups(workspace, self._platforms[workspace.platform])
            except PlatformError as error:
                log.warning("sync_failed", platform=workspace.platform, reason=error.reason)
                await self._engine.database.run(partial(directory.sync_again, workspace=workspace, at=now + SOON))

    async def _learn(self, workspace: Workspace, platform: Platform) -> None:
        async for profiles in batches(platform.people(workspace), TOGETHER):
            for profile in await self._engine.database.run(partial(_news, workspace=workspace, profiles=profiles)):
                origin = Origin(platform=workspace.platform, workspace=workspace.key, account=profile.account)
                await self._engine.handle(Event(origin, "profile_changed", profile=profile))
        await self._engine.database.run(partial(directory.settle_zone, workspace=workspace))
        admins = partial(directory.everybody, workspace=workspace, role=Role.ADMIN)
        if known := await self._engine.database.run(admins):
            origin = Origin(platform=workspace.platform, workspace=workspace.key, account=known[0].account)
            await self._engine.handle(Event(origin, "synced"))

    async def _name_groups(self, workspace: Workspace, platform: Platform) -> None:
        """Slack's cheaper plans have no groups, and an older install may not ask for them: all else goes on."""
        told: set[str] = set()
        try:
            async for groups in batches(platform.groups(workspace), TOGETHER):
                await self._engine.database.run(partial(_name, workspace=workspace, groups=groups))
                told |= {group.key for group in groups}
            await self._engine.database.run(partial(retire_groups, workspace=workspace, but=told))
        except (RateLimited, Unavailable, Unknown):
            raise
        except PlatformError as error:
            log.info("groups_unknown", platform=workspace.platform, reason=error.reason)


def _due(connection: Connection, platforms: Collection[str], now: datetime) -> tuple[bool, bool]:
    """Whether there are workspaces, and rosters, to be learnt now."""
    everybody = sa.select(directory.workspaces.c.id).where(workspaces.waiting(platforms, now))
    asked = sa.select(everybody.exists(), members.waiting(platforms, now).order_by(None).exists())
    people, rosters = connection.execute(asked).one()
    return bool(people), bool(rosters)


def _name(connection: Connection, *, workspace: Workspace, groups: Sequence[Group]) -> None:
    for group in groups:
        directory.place_at(connection, workspace, group.key, PlaceKind.PEOPLE, group.name)


def _news(connection: Connection, *, workspace: Workspace, profiles: Sequence[Profile]) -> list[Profile]:
    """Learn profiles, and return those of people who were known otherwise before."""
    before = [directory.known(connection, workspace, profile.account) for profile in profiles]
    after = [directory.learn(connection, workspace, profile) for profile in profiles]
    return [
        profile for profile, old, new in zip(profiles, before, after, strict=True) if old is not None and old != new
    ]
