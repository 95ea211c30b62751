"""What is due, by workspace, and which rows of it go next.

Each workspace has a queue for urgent lanes and one for calm ones, ordered by when its rows may be tried. A look reads
the head of every queue; how long a queue is costs nobody anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

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


def due(connection: Connection, chosen: Iterable[tuple[Queue, int]], now: datetime) -> list[Entry]:
    """Of each queue up to so many due rows, one a destination, locked until the transaction ends."""
    rows: list[tuple[Any, ...]] = []
    for urgent in (True, False):
        mine = [(queue.workspace, most) for queue, most in chosen if queue.urgent is urgent]
        if mine and connection.dialect.name == "postgresql":
            workspaces, mosts = (list(each) for each in zip(*mine, strict=True))
            rows += _DUE_TOGETHER[urgent].rows(connection, workspaces=workspaces, mosts=mosts, now=now)
            continue
        for workspace, most in mine:
            rows += _DUE[urgent].rows(connection, workspace=workspace, now=now, most=most)
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


def _due(workspace: sa.ColumnElement[int], most: sa.ColumnElement[int], *, urgent: bool) -> sa.Select[int]:
    return (
        sa.select(outbox)
        .where(
            READY,
            among(outbox.c.lane, *(URGENT if urgent else CALM)),
            outbox.c.workspace_id == workspace,
            outbox.c.try_at <= sa.bindparam("now", type_=Instant),
            ~_is_behind(urgent=urgent),
        )
        .order_by(outbox.c.try_at, outbox.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )


def _due_of_one(*, urgent: bool) -> Prepared:
    workspace, most = sa.bindparam("workspace", type_=sa.BigInteger), sa.bindparam("most", type_=sa.Integer)
    return Prepared(lambda _: _due(workspace, most, urgent=urgent))


def _due_together(*, urgent: bool) -> Prepared:
    """The same for many workspaces, in one round trip."""
    workspaces = sa.bindparam("workspaces", type_=sa.ARRAY(sa.BigInteger))
    given = sa.func.unnest(workspaces, sa.bindparam("mosts", type_=sa.ARRAY(sa.Integer)))
    chosen = given.table_valued("workspace", "most").render_derived(name="chosen")
    found = _due(chosen.c.workspace, chosen.c.most, urgent=urgent).lateral("found")
    return Prepared(lambda _: sa.select(found).select_from(chosen.join(found, sa.true())))


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
_DUE: Final = {urgent: _due_of_one(urgent=urgent) for urgent in (True, False)}
_DUE_TOGETHER: Final = {urgent: _due_together(urgent=urgent) for urgent in (True, False)}
