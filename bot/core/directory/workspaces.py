"""Workspaces: made when first seen, what the communicator chose for them, when their people are learnt."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, time
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from bot.core.database import Connection, Prepared, insert, one_of
from bot.core.directory.tables import UNKNOWN_ZONE, accounts, organisations, people, workspaces
from bot.core.places import QuietHours, Workspace, WorkspaceSettings

_WORKSPACE = Prepared(
    lambda _: sa.select(workspaces).where(
        workspaces.c.platform == sa.bindparam("platform"), workspaces.c.key == sa.bindparam("key")
    )
)

_WORKSPACES = Prepared(lambda connection: sa.select(workspaces).where(one_of(connection, workspaces.c.id, "ids")))


def workspace(connection: Connection, platform: str, key: str) -> Workspace:
    """A workspace by the platform's own id; made, with an organisation of its own, when first seen."""
    found = find_workspace(connection, platform, key)
    if found is None:
        organisation = connection.execute(organisations.insert().values(name="")).inserted_primary_key
        connection.execute(
            insert(connection, workspaces)
            .values(organisation_id=organisation[0] if organisation else None, platform=platform, key=key)
            .on_conflict_do_nothing()
        )
        found = find_workspace(connection, platform, key)
    if found is None:
        raise LookupError(platform)
    return found


def find_workspace(connection: Connection, platform: str, key: str) -> Workspace | None:
    """A workspace by the platform's own id, if it was ever seen."""
    row = _WORKSPACE.row(connection, platform=platform, key=key)
    return _workspace(row) if row else None


def workspace_by_id(connection: Connection, workspace_id: int) -> Workspace:
    """A workspace by our own id."""
    return _workspace(connection.execute(sa.select(workspaces).where(workspaces.c.id == workspace_id)).one())


def hold_workspace(connection: Connection, workspace_id: int) -> Workspace:
    """A workspace as it is now, kept from other choices until this transaction ends."""
    mine = sa.select(workspaces).where(workspaces.c.id == workspace_id)
    return _workspace(connection.execute(mine.with_for_update(key_share=True)).one())


def workspaces_by_id(connection: Connection, ids: Iterable[int]) -> dict[int, Workspace]:
    """Workspaces by our own ids."""
    return {found.id: found for found in map(_workspace, _WORKSPACES.rows(connection, ids=sorted(set(ids))))}


def workspace_of(connection: Connection, person_id: int) -> Workspace | None:
    """The first workspace in which a person has an account."""
    mine = sa.select(workspaces).join(accounts, accounts.c.workspace_id == workspaces.c.id)
    row = connection.execute(mine.where(accounts.c.person_id == person_id).order_by(workspaces.c.id).limit(1)).first()
    return _workspace(row) if row else None


def all_workspaces(connection: Connection, platform: str = "") -> list[Workspace]:
    """Every active workspace, or those of one platform."""
    rows = connection.execute(sa.select(workspaces).where(workspaces.c.active).order_by(workspaces.c.id))
    return [_workspace(row) for row in rows if platform in ("", row.platform)]


def waiting(platforms: Iterable[str], now: datetime) -> sa.ColumnElement[bool]:
    """Whether the people of a workspace are to be learnt now."""
    due = sa.or_(workspaces.c.sync_at.is_(None), workspaces.c.sync_at <= now)
    return sa.and_(workspaces.c.active, workspaces.c.platform.in_(platforms), due)


def to_sync(connection: Connection, platforms: Iterable[str], now: datetime, again: datetime) -> list[Workspace]:
    """Workspaces whose people are to be learnt now; no other replica takes them before `again`."""
    taken = workspaces.update().where(waiting(platforms, now)).values(sync_at=again).returning(workspaces)
    return sorted(map(_workspace, connection.execute(taken)), key=lambda each: each.id)


def sync_again(connection: Connection, workspace: Workspace, at: datetime) -> None:
    """Learn a workspace's people at another time than planned."""
    connection.execute(workspaces.update().where(workspaces.c.id == workspace.id).values(sync_at=at))


def settle_zone(connection: Connection, workspace: Workspace) -> None:
    """A workspace whose zone nobody told lives where most of its people do."""
    if workspace.zone != UNKNOWN_ZONE:
        return
    lived = (
        sa.select(people.c.zone)
        .join(accounts, accounts.c.person_id == people.c.id)
        .where(accounts.c.workspace_id == workspace.id, people.c.active, ~people.c.bot, people.c.zone != UNKNOWN_ZONE)
        .group_by(people.c.zone)
        .order_by(sa.func.count().desc(), people.c.zone)
        .limit(1)
    )
    if zone := connection.execute(lived).scalar_one_or_none():
        describe_workspace(connection, workspace.id, zone=zone)


def describe_workspace(connection: Connection, workspace_id: int, **columns: str | bool) -> None:
    """Set a workspace's name, locale, zone or whether it is active."""
    connection.execute(workspaces.update().where(workspaces.c.id == workspace_id).values(**columns))


def choose(connection: Connection, workspace: Workspace, settings: WorkspaceSettings) -> None:
    """Store what the communicator chose."""
    written = json.dumps(asdict(settings), default=str)
    connection.execute(workspaces.update().where(workspaces.c.id == workspace.id).values(settings=written))


def _workspace(row: Sequence[Any]) -> Workspace:
    """A workspace from the columns of `workspaces`."""
    number, organisation, platform, key, name, locale, zone, settings, active, *_ = row
    return Workspace(number, organisation, platform, key, name, locale, zone, _settings(settings), active)


@lru_cache(maxsize=256)
def _settings(written: str) -> WorkspaceSettings:
    chosen = json.loads(written)
    if not chosen:
        return WorkspaceSettings()
    quiet = chosen.pop("quiet")
    begin, end = time.fromisoformat(quiet["begin"]), time.fromisoformat(quiet["end"])
    watched = tuple(chosen.pop("watched"))
    return WorkspaceSettings(**chosen, watched=watched, quiet=QuietHours(begin, end, weekends=quiet["weekends"]))
