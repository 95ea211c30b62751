"""What is due, by workspace, and which rows of it go next.

Each workspace has a queue for urgent lanes and one for calm ones, ordered by when its rows may be tried. A look reads
the head of every queue; how long a queue is costs nobody anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.core.database import Connection, Instant, Prepared
from bot.core.outbox import CALM, HELD, OPEN, READY, URGENT, Entry, State, among, outbox


@dataclass(frozen=True, slots=True)
class Queue:
    """One workspace's rows of the urgent lanes, or of the calm ones."""

    workspace: int
    urgent: bool


def heads(connection: Connection) -> dict[Queue, datetime]:
    """Every queue that has rows, with the first instant at which one of them may be tried."""
    return {Queue(workspace, bool(urgent)): at for workspace, urgent, at in _HEADS.rows(connection)}


def due(connection: Connection, queue: Queue, now: datetime, most: int) -> list[Entry]:
    """Up to `most` due rows of a queue, one a destination, locked until the transaction ends."""
    rows = _DUE[queue.urgent].rows(connection, workspace=queue.workspace, now=now, most=most)
    return [Entry._make(row) for row in rows]


def next_due(connection: Connection, after: datetime) -> datetime | None:
    """The first instant after `after` at which a row may be tried, or a platform asked about one."""
    waiting = [
        sa.select(sa.func.min(outbox.c.try_at)).where(READY, among(outbox.c.lane, *lanes), outbox.c.try_at > after)
        for lanes in (URGENT, CALM)
    ]
    asked = sa.and_(among(outbox.c.state, *HELD), outbox.c.state == State.UNKNOWN.value)
    waiting.append(sa.select(sa.func.min(outbox.c.try_at)).where(asked, outbox.c.try_at > after))
    times = [connection.execute(query).scalar_one_or_none() for query in waiting]
    return min(filter(None, times), default=None)


def _heads(_connection: Connection) -> sa.CompoundSelect[int, int, datetime]:
    return sa.union_all(*(_heads_of(lanes, urgent=lanes is URGENT) for lanes in (URGENT, CALM)))


def _heads_of(lanes: Sequence[str], *, urgent: bool) -> sa.Select[int, int, datetime]:
    """A loose scan: from each workspace's first row straight to the next workspace."""
    mine = sa.and_(READY, among(outbox.c.lane, *lanes))
    first = sa.select(sa.func.min(outbox.c.workspace_id).label("id")).where(mine)
    seen = first.cte("urgent" if urgent else "calm", recursive=True)
    following = sa.select(sa.func.min(outbox.c.workspace_id)).where(mine, outbox.c.workspace_id > seen.c.id)
    seen = seen.union_all(sa.select(following.scalar_subquery()).where(seen.c.id.is_not(None)))
    head = sa.select(sa.func.min(outbox.c.try_at)).where(mine, outbox.c.workspace_id == seen.c.id).scalar_subquery()
    return sa.select(seen.c.id, sa.literal(int(urgent)), head).where(seen.c.id.is_not(None))


def _due(*, urgent: bool) -> sa.Select[int]:
    now = sa.bindparam("now", type_=Instant)
    return (
        sa.select(outbox)
        .where(
            READY,
            among(outbox.c.lane, *(URGENT if urgent else CALM)),
            outbox.c.workspace_id == sa.bindparam("workspace", type_=sa.BigInteger),
            outbox.c.try_at <= now,
            ~_is_behind(urgent=urgent),
        )
        .order_by(outbox.c.try_at, outbox.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
        .with_for_update(skip_locked=True)
    )


def _is_behind(*, urgent: bool) -> sa.ColumnElement[bool]:
    """Whether another row of the same destination is on its way, or goes first."""
    other = outbox.alias("other")
    earlier = sa.or_(
        other.c.due_at < outbox.c.due_at, sa.and_(other.c.due_at == outbox.c.due_at, other.c.id < outbox.c.id)
    )
    rushing = among(other.c.lane, *URGENT)
    first = sa.and_(rushing, earlier) if urgent else sa.or_(rushing, earlier)
    waits = other.c.due_at <= sa.bindparam("now", type_=Instant)
    return sa.exists().where(
        other.c.destination == outbox.c.destination,
        among(other.c.state, *OPEN),
        sa.or_(other.c.state != State.READY.value, sa.and_(waits, first)),
    )


_HEADS: Final = Prepared(_heads)
_DUE: Final = {urgent: Prepared(lambda _, urgent=urgent: _due(urgent=urgent)) for urgent in (True, False)}  # type: ignore[misc]
