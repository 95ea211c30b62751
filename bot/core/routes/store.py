"""The table of routes: whatever an adapter keeps to reach a place or an account, by a key of its own."""

import json
from collections.abc import Mapping

import sqlalchemy as sa

from bot.core.database import Connection, Id, insert, metadata
from bot.core.places import Workspace

routes = sa.Table(
    "routes",
    metadata,
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("data", sa.Text, nullable=False),
)
"""How an adapter reaches a place or an account where the key alone is not enough (a Teams conversation reference);
keys and data are the adapter's own, data is a JSON object of strings."""


def route(connection: Connection, workspace: Workspace, key: str) -> dict[str, str]:
    """The way an adapter keeps to reach something; empty if it keeps none."""
    mine = sa.and_(routes.c.workspace_id == workspace.id, routes.c.key == key)
    data = connection.execute(sa.select(routes.c.data).where(mine)).scalar_one_or_none()
    found: dict[str, str] = json.loads(data) if data else {}
    return found


def routes_of(connection: Connection, workspace: Workspace, prefix: str) -> dict[str, dict[str, str]]:
    """The ways an adapter keeps to reach something, by their keys, for all keys that begin with `prefix`."""
    mine = sa.and_(routes.c.workspace_id == workspace.id, routes.c.key.startswith(prefix, autoescape=True))
    return {row.key: json.loads(row.data) for row in connection.execute(sa.select(routes).where(mine))}


def keep_route(connection: Connection, workspace: Workspace, key: str, data: Mapping[str, str]) -> None:
    """Keep the way to reach something; what was kept under the same key is replaced."""
    row = {"workspace_id": workspace.id, "key": key, "data": json.dumps(dict(data))}
    connection.execute(
        insert(connection, routes)
        .values(row)
        .on_conflict_do_update(index_elements=["workspace_id", "key"], set_={"data": row["data"]})
    )
