"""Whose row is it: claims with a lease and a fence, and every step a claimed row takes.

A step is one UPDATE that names the fence and the states it may come from; where it finds nothing, the lease was lost
and nothing is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.core.database import Connection, Instant
from bot.core.outbox import HELD, OPEN, URGENT, Lane, State, among, outbox, redraw_lock
from scheduler.notices import Row

LEASE: Final = timedelta(seconds=60)
"""Longer than a call may take, so that nobody asks for a message that is still on its way."""

CALM: Final = (Lane.NOTICE.value, Lane.NUDGE.value)


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that is ours while the lease lasts."""

    id: int
    fence: int
    workspace: int
    verb: str
    subject: str


def claim(connection: Connection, now: datetime, most: int, resting: Sequence[int] = ()) -> list[Claim]:
    """Take up to `most` due rows, urgent lanes first, one a destination; none of the workspaces in `resting`."""
    taken = _claim(connection, _URGENT_DUE, now, most, resting)
    if len(taken) < most:
        taken += _claim(connection, _CALM_DUE, now, most - len(taken), resting)
    return taken


def claim_unknown(connection: Connection, now: datetime, most: int) -> list[Claim]:
    """Take up to `most` rows nobody knows the fate of, to ask the platform."""
    waiting = sa.or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= now)
    found = (
        sa.select(outbox.c.id)
        .where(_held, outbox.c.state == State.UNKNOWN.value, outbox.c.retry_at <= now, waiting)
        .order_by(outbox.c.retry_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return _lease(connection, connection.execute(found).scalars().all(), State.UNKNOWN, now)


def claim_of(row: Row) -> Claim:
    """The claim under which a row is held."""
    return Claim(row.id, row.fence, row.workspace_id, row.verb, row.subject)


def held(connection: Connection, claim: Claim, *states: State) -> Row | None:
    """The claimed row, locked until the transaction ends; None if the lease was lost."""
    return connection.execute(sa.select(outbox).where(*_mine(claim, states)).with_for_update()).one_or_none()


def intend(connection: Connection, claim: Claim, now: datetime) -> None:
    """Write down that the platform is about to be called."""
    _step(connection, claim, [State.LEASED], state=State.SENDING, intent_at=now, lease_until=now + LEASE)


def extend(connection: Connection, claim: Claim, until: datetime) -> None:
    """Hold a row longer, because the limiter lets it go only at a later instant."""
    _step(connection, claim, [State.LEASED], state=State.LEASED, lease_until=until + LEASE)


def settle(connection: Connection, claim: Claim, state: State, now: datetime, reason: str = "") -> bool:
    """End a row's life. A receipt that comes late is still believed while nobody else asks for the message."""
    before = [State.LEASED, State.SENDING, State.UNKNOWN]
    return _step(connection, claim, before, state=state, settled_at=now, lease_until=None, retry_at=None, reason=reason)


def displace(connection: Connection, claim: Claim, until: datetime, reason: str) -> bool:
    """Give a row back, due at a later instant."""
    return _give_back(connection, claim, due_at=until, reason=reason)


def retry(connection: Connection, claim: Claim, at: datetime, reason: str = "", *, attempts: int | None = None) -> bool:
    """Give a row back, keeping its turn at its destination, not to be tried before `at`."""
    counted = {} if attempts is None else {"attempts": attempts}
    return _give_back(connection, claim, retry_at=at, reason=reason, **counted)


def doubt(connection: Connection, claim: Claim, ask_at: datetime | None, reason: str) -> bool:
    """Nobody knows whether the message is there; the platform is asked at `ask_at`, or never."""
    before = [State.SENDING, State.UNKNOWN]
    return _step(connection, claim, before, state=State.UNKNOWN, retry_at=ask_at, lease_until=None, reason=reason)


def lapsed(connection: Connection, now: datetime, most: int) -> list[Row]:
    """Rows that were begun and whose lease ran out, locked until the transaction ends."""
    begun = outbox.c.state.in_([State.LEASED.value, State.SENDING.value])
    found = sa.select(outbox).where(_held, begun, outbox.c.lease_until <= now).limit(most)
    return list(connection.execute(found.with_for_update(skip_locked=True)).all())


def wait_for_voters(connection: Connection, subject: str) -> None:
    """Wait for every transaction that has asked for a redraw of the subject, and keep the next ones waiting.

    SQLite's one writer needs no lock.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(redraw_lock(subject))))


def any_due(connection: Connection, now: datetime) -> bool:
    """Whether it is worth claiming; a look costs no write."""
    tried = sa.or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= now)
    waiting = sa.and_(among(outbox.c.state, State.READY.value), outbox.c.due_at <= now, tried)
    some = [sa.exists().where(waiting, among(outbox.c.lane, *lanes)) for lanes in (URGENT, CALM)]
    return bool(connection.execute(sa.select(sa.or_(*some))).scalar_one())


def next_due(connection: Connection, after: datetime) -> datetime | None:
    """The first instant after `after` at which there may be something to do about a row."""
    ready = among(outbox.c.state, State.READY.value)
    queries = [
        sa.select(sa.func.min(outbox.c.retry_at)).where(_held, outbox.c.retry_at > after),
        sa.select(sa.func.min(outbox.c.lease_until)).where(_held, outbox.c.lease_until > after),
    ]
    for lanes in (URGENT, CALM):
        mine = sa.and_(ready, among(outbox.c.lane, *lanes))
        queries += [
            sa.select(sa.func.min(outbox.c.due_at)).where(mine, outbox.c.due_at > after),
            sa.select(sa.func.min(outbox.c.retry_at)).where(mine, outbox.c.due_at <= after, outbox.c.retry_at > after),
        ]
    times = [connection.execute(query).scalar_one_or_none() for query in queries]
    return min(filter(None, times), default=None)


_held = among(outbox.c.state, *HELD)


def _due(lanes: Sequence[str]) -> sa.Select[int]:
    now = sa.bindparam("now", type_=Instant)
    return (
        sa.select(outbox.c.id)
        .where(
            among(outbox.c.state, State.READY.value),
            among(outbox.c.lane, *lanes),
            outbox.c.due_at <= now,
            sa.or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= now),
            outbox.c.workspace_id.not_in(sa.bindparam("resting", expanding=True)),
            ~_is_behind(urgent=lanes == URGENT),
        )
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
        .with_for_update(skip_locked=True)
    )


def _is_behind(*, urgent: bool) -> sa.ColumnElement[bool]:
    """Whether another row of the same destination is on its way, or goes first."""
    other = outbox.alias("other")
    earlier = sa.or_(
        other.c.due_at < outbox.c.due_at, sa.and_(other.c.due_at == outbox.c.due_at, other.c.id < outbox.c.id)
    )
    rushing = other.c.lane.in_(URGENT)
    first = sa.and_(rushing, earlier) if urgent else sa.or_(rushing, earlier)
    waits = other.c.due_at <= sa.bindparam("now", type_=Instant)
    return sa.exists().where(
        other.c.destination == outbox.c.destination,
        among(other.c.state, *OPEN),
        sa.or_(other.c.state != State.READY.value, sa.and_(waits, first)),
    )


_URGENT_DUE: Final = _due(URGENT)
_CALM_DUE: Final = _due(CALM)


def _claim(
    connection: Connection, due: sa.Select[int], now: datetime, most: int, resting: Sequence[int]
) -> list[Claim]:
    found = connection.execute(due, {"now": now, "most": most, "resting": list(resting)})
    return _lease(connection, found.scalars().all(), State.LEASED, now)


def _lease(connection: Connection, ids: Sequence[int], state: State, now: datetime) -> list[Claim]:
    if not ids:
        return []
    rows = connection.execute(
        outbox.update()
        .where(outbox.c.id.in_(ids))
        .values(state=state.value, fence=outbox.c.fence + 1, lease_until=now + LEASE)
        .returning(outbox.c.id, outbox.c.fence, outbox.c.workspace_id, outbox.c.verb, outbox.c.subject)
    )
    claims = {row.id: Claim(*row) for row in rows}
    return [claims[each] for each in ids]


def _mine(claim: Claim, states: Sequence[State]) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        outbox.c.id == claim.id,
        outbox.c.fence == claim.fence,
        outbox.c.state.in_([state.value for state in states]),
    )


def _step(connection: Connection, claim: Claim, before: Sequence[State], *, state: State, **values: Any) -> bool:  # noqa: ANN401 -- columns of several types
    done = connection.execute(outbox.update().where(*_mine(claim, before)).values(state=state.value, **values))
    return done.rowcount == 1


def _give_back(connection: Connection, claim: Claim, **values: Any) -> bool:  # noqa: ANN401 -- columns of several types
    """Ready again; a redraw that was asked for anew in the meantime takes this one's place."""
    before = [State.LEASED, State.SENDING, State.UNKNOWN]
    try:
        with connection.begin_nested():
            return _step(connection, claim, before, state=State.READY, lease_until=None, intent_at=None, **values)
    except IntegrityError:
        return _step(connection, claim, before, state=State.CANCELLED, lease_until=None, reason="superseded")
