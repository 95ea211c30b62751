"""Two organisations become one, and two people who turn out to be one become one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.database import Connection, one_of
from bot.core.directory.people import read_roles, write_roles
from bot.core.directory.references import repoint
from bot.core.directory.tables import UNKNOWN_ZONE, former, organisations, people, workspaces
from bot.core.places import Workspace

Pair = tuple[int, int]
"""Two people who are one: the older number, which stays, and the newer, which goes."""


def join(connection: Connection, one: Workspace, other: Workspace) -> int:
    """Bring the organisations of two workspaces together, with everything in them; how many people became one.

    Nothing happens where they are together already. It cannot be undone.
    """
    held = hold(connection, one.id, other.id)
    if len(held) == 1:
        return 0
    kept, gone = held
    pairs = _namesakes(connection, kept, gone)
    unite(connection, pairs)
    repoint(connection, organisations.c.id, [gone], lambda _: sa.literal(kept))
    connection.execute(organisations.delete().where(organisations.c.id == gone))
    return len(pairs)


def together(connection: Connection, one: Workspace, other: Workspace) -> bool:
    """Whether two workspaces are of one organisation already."""
    return len(_organisations(connection, (one.id, other.id))) == 1


def shared(connection: Connection, one: Workspace, other: Workspace) -> int:
    """How many people would become one if two workspaces were joined now."""
    found = _organisations(connection, (one.id, other.id))
    return len(_namesakes(connection, *found)) if len(found) > 1 else 0


def hold(connection: Connection, *workspace_ids: int) -> Sequence[int]:
    """The organisations of workspaces, oldest first, kept from whoever wants to join them until this transaction ends.

    Somebody may have joined them while this waited; then they are others now.
    """
    while True:
        before = _organisations(connection, workspace_ids)
        mine = sa.select(organisations.c.id).where(organisations.c.id.in_(before)).order_by(organisations.c.id)
        connection.execute(mine.with_for_update(key_share=True)).all()
        if _organisations(connection, workspace_ids) == before:
            return before


def unite(connection: Connection, pairs: Sequence[Pair]) -> None:
    """Make one of two people each: everything of the second is the first's from now on.

    Where both have what one person can have once, such as a vote in one poll, the first one's counts. Roles are united,
    an opt-out of either is one of both, and what the first has not told or chosen is taken from the second. Whoever is
    just writing about the second waits, and then does it again for the first.
    """
    if not pairs:
        return
    both = _hold_people(connection, [number for pair in pairs for number in pair])
    left = [number for _, number in pairs]
    connection.execute(former.insert(), [{"id": gone, "person_id": kept} for kept, gone in pairs])
    repoint(connection, people.c.id, left, _now)
    connection.execute(people.delete().where(one_of(connection, people.c.id, "left")), {"left": left})
    mine = people.update().where(people.c.id == sa.bindparam("kept"))
    connection.execute(mine, [{"kept": kept, **_united(both[kept], both[gone])} for kept, gone in pairs])


def untold(connection: Connection, most: int, now: datetime) -> list[Pair]:
    """Pairs that became one and of whom the features do not know yet; from now on they do."""
    rows = connection.execute(
        sa.select(former.c.person_id, former.c.id)
        .where(former.c.told_at.is_(None))
        .order_by(former.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    pairs = [(kept, gone) for kept, gone in rows]
    if pairs:
        connection.execute(former.update().where(former.c.id.in_([gone for _, gone in pairs])).values(told_at=now))
    return pairs


def _now(column: sa.Column[int]) -> sa.ColumnElement[int]:
    """Whose number it is by now that a column holds."""
    known = former.alias()
    return sa.select(known.c.person_id).where(known.c.id == column).correlate_except(known).scalar_subquery()


def _organisations(connection: Connection, workspace_ids: Sequence[int]) -> list[int]:
    mine = sa.select(workspaces.c.organisation_id).where(workspaces.c.id.in_(workspace_ids))
    return sorted(set(connection.execute(mine).scalars()))


def _namesakes(connection: Connection, one: int, other: int) -> list[Pair]:
    """The people of two organisations with the same verified e-mail address."""
    twins = people.alias()
    rows = connection.execute(
        sa.select(people.c.id, twins.c.id)
        .join(twins, twins.c.email == people.c.email)
        .where(people.c.organisation_id == one, twins.c.organisation_id == other)
        .order_by(people.c.id)
    )
    return [(min(pair), max(pair)) for pair in rows]


def _hold_people(connection: Connection, numbers: Sequence[int]) -> dict[int, Any]:
    """People as they are now, and nobody else begins to write about them."""
    mine = sa.select(people).where(one_of(connection, people.c.id, "numbers")).order_by(people.c.id)
    return {row.id: row for row in connection.execute(mine.with_for_update(), {"numbers": list(numbers)})}


def _united(kept: Any, gone: Any) -> dict[str, object]:  # noqa: ANN401 -- SQLAlchemy's Row has no static columns
    """What is told of two people, and what they chose, as that of one."""
    silent = [at for at in (kept.opted_out_at, gone.opted_out_at) if at]
    return {
        "name": kept.name or gone.name,
        "email": kept.email or gone.email,
        "title": kept.title or gone.title,
        "photo": kept.photo or gone.photo,
        "has_photo": kept.has_photo or gone.has_photo,
        "zone": gone.zone if kept.zone == UNKNOWN_ZONE else kept.zone,
        "chosen_locale": kept.chosen_locale or gone.chosen_locale,
        "roles": write_roles(read_roles(kept.roles) | read_roles(gone.roles)),
        "opted_out_at": min(silent, default=None),
        "active": kept.active or gone.active,
    }
