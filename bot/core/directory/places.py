"""Channels and other places of a workspace."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from bot.core.database import Connection, Prepared, insert, one_of
from bot.core.directory.tables import places, workspaces
from bot.core.places import Place, PlaceKind, Workspace

_PLACES = Prepared(lambda connection: sa.select(places).where(one_of(connection, places.c.id, "ids")))


def place(connection: Connection, place_id: int) -> Place | None:
    """A place by our own id."""
    row = connection.execute(sa.select(places).where(places.c.id == place_id)).one_or_none()
    return _place(row) if row else None


def places_by_id(connection: Connection, ids: Iterable[int]) -> dict[int, Place]:
    """Places by our own ids."""
    return {found.id: found for found in map(_place, _PLACES.rows(connection, ids=sorted(set(ids))))}


def place_at(
    connection: Connection,
    workspace: Workspace,
    key: str,
    kind: PlaceKind = PlaceKind.CHANNEL,
    name: str = "",
) -> Place:
    """A place by the platform's own id; made when first seen, renamed when its name is new, back when it is named."""
    mine = sa.and_(places.c.workspace_id == workspace.id, places.c.key == key)
    row = connection.execute(sa.select(places).where(mine)).one_or_none()
    if row is None:
        connection.execute(
            insert(connection, places)
            .values(workspace_id=workspace.id, key=key, kind=kind.value, name=name)
            .on_conflict_do_nothing()
        )
    elif name and (row.name != name or row.gone):
        connection.execute(places.update().where(mine).values(name=name, gone=False))
    else:
        return _place(row)
    return _place(connection.execute(sa.select(places).where(mine)).one())


def retire_groups(connection: Connection, workspace: Workspace, but: Collection[str]) -> None:
    """The named groups of a workspace whose keys are not among these are gone."""
    mine = sa.and_(places.c.workspace_id == workspace.id, places.c.kind == PlaceKind.PEOPLE.value, ~places.c.gone)
    there = one_of(connection, places.c.key, "there", sa.Text)
    connection.execute(places.update().where(mine, ~there).values(gone=True), {"there": sorted(but)})


def places_of(connection: Connection, workspace: Workspace, kind: PlaceKind) -> list[Place]:
    """Every known place of a kind in a workspace, by name."""
    rows = connection.execute(
        sa.select(places)
        .where(places.c.workspace_id == workspace.id, places.c.kind == kind.value, ~places.c.gone)
        .order_by(places.c.name, places.c.id)
    )
    return [_place(row) for row in rows]


def places_beyond(connection: Connection, workspace: Workspace, kind: PlaceKind) -> list[Place]:
    """Every known place of a kind in the other active workspaces of a workspace's organisation, by name."""
    near = sa.and_(
        workspaces.c.organisation_id == workspace.organisation, workspaces.c.id != workspace.id, workspaces.c.active
    )
    rows = connection.execute(
        sa.select(places)
        .join(workspaces, workspaces.c.id == places.c.workspace_id)
        .where(near, places.c.kind == kind.value, places.c.name != "", ~places.c.gone)
        .order_by(places.c.name, places.c.id)
    )
    return [_place(row) for row in rows]


def _place(row: Sequence[Any]) -> Place:
    """A place from the columns of `places`."""
    number, workspace, key, kind, name, _gone = row
    return Place(number, workspace, key, PlaceKind(kind), name)
