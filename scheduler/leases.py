"""Whose row it is: intents with a fence, every step a row takes, and the watch over rows whose worker may be gone.

A step is one UPDATE that names the fence and the states it may come from; where it finds nothing, the row was lost to
somebody else and nothing is written. No clock is compared between machines: a row is taken over when it has been seen
in one and the same call for a whole lease.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.core.database import Connection, Instant, Prepared, one_of
from bot.core.outbox import HELD, Entry, State, among, halts, outbox

Held = tuple[int, int]
"""A row in somebody's hands: its id and its fence."""


class Watch:
    """Since when this process has seen each row in the hands it is in, in seconds that no clock's correction moves."""

    def __init__(self, lease: float) -> None:
        self._lease = lease
        self._seen: dict[Held, float] = {}

    def lapsed(self, held: Iterable[Held], elapsed: float) -> list[Held]:
        """Of the rows that are held now, those that were held alike a whole lease ago."""
        self._seen = {each: self._seen.get(each, elapsed) for each in held}
        return [each for each, since in self._seen.items() if elapsed - since >= self._lease]


def intend(connection: Connection, entries: Sequence[Entry], now: datetime) -> dict[int, Entry]:
    """Write down that the platform is about to be called; the rows as they are then, by id."""
    if entries:
        _INTEND.run(connection, ids=[entry.id for entry in entries], now=now)
    state = State.SENDING.value
    return {entry.id: entry._replace(fence=entry.fence + 1, state=state, intent_at=now) for entry in entries}


def sent(connection: Connection, entries: Sequence[Entry], now: datetime) -> set[int]:
    """Settle rows that were sent; the ids of those that were still ours."""
    if connection.dialect.name == "postgresql":
        facts = {"ids": [entry.id for entry in entries], "fences": [entry.fence for entry in entries], "now": now}
        return {row for (row,) in _SENT_TOGETHER.rows(connection, **facts)}
    return {entry.id for entry in entries if _SENT.run(connection, id=entry.id, fence=entry.fence, now=now)}


def settle(connection: Connection, entry: Entry, state: State, now: datetime, reason: str = "") -> bool:
    """End a row's life. A receipt that comes late is still believed while nobody else asks for the message."""
    before = (State.READY, State.SENDING, State.UNKNOWN)
    return _step(connection, entry, before, state=state.value, settled_at=now, try_at=None, reason=reason)


def displace(connection: Connection, entry: Entry, until: datetime, reason: str) -> bool:
    """Leave a row for a later instant, at which it is due."""
    return _wait(connection, entry, due_at=until, try_at=until, reason=reason)


def retry(connection: Connection, entry: Entry, at: datetime, reason: str, *, attempts: int | None = None) -> bool:
    """Leave a row, keeping its turn at its destination, not to be tried before `at`."""
    counted = {} if attempts is None else {"attempts": attempts}
    return _wait(connection, entry, try_at=at, reason=reason, **counted)


def loosen(connection: Connection, entry: Entry, now: datetime, reason: str) -> bool:
    """Leave a row to be sent as an ordinary message: what it was to go under is not there any more."""
    return _wait(connection, entry, try_at=now, reason=reason, under="")


def doubt(connection: Connection, entry: Entry, ask_at: datetime | None, reason: str) -> bool:
    """Nobody knows whether the message is there; the platform is asked at `ask_at`, or never."""
    before = (State.SENDING, State.UNKNOWN)
    return _step(connection, entry, before, state=State.UNKNOWN.value, try_at=ask_at, reason=reason)


@dataclass(frozen=True, slots=True)
class Sight:
    """What needs looking after: rows in workers' hands, and whether there are questions to ask and halts to sweep."""

    held: Sequence[Held]
    to_ask: bool
    to_sweep: bool


def look(connection: Connection, now: datetime) -> Sight:
    """See what needs looking after, in one query."""
    rows = _LOOK.rows(connection, now=now)
    held = [(row, fence) for kind, row, fence in rows if kind == _HELD]
    kinds = {kind for kind, _, _ in rows}
    return Sight(held, _TO_ASK in kinds, _TO_SWEEP in kinds)


def reclaim(connection: Connection, lapsed: Sequence[Held]) -> list[Entry]:
    """Of the rows that lapsed, those that are still in the same hands, locked until the transaction ends."""
    fences: Mapping[int, int] = dict(lapsed)
    begun = sa.and_(among(outbox.c.state, State.SENDING.value), outbox.c.id.in_(fences))
    rows = connection.execute(sa.select(outbox).where(begun).with_for_update(skip_locked=True))
    return [entry for entry in map(Entry._make, rows) if entry.fence == fences[entry.id]]


def ask(connection: Connection, now: datetime, again: datetime, most: int) -> list[Entry]:
    """Take up to `most` rows nobody knows the fate of, to ask the platform; nobody else takes them before `again`."""
    found = (
        sa.select(outbox)
        .where(among(outbox.c.state, State.UNKNOWN.value), outbox.c.try_at <= now)
        .order_by(outbox.c.try_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    entries = [Entry._make(row) for row in connection.execute(found)]
    mine = outbox.c.id.in_([entry.id for entry in entries])
    if entries:
        connection.execute(outbox.update().where(mine).values(fence=outbox.c.fence + 1, try_at=again))
    return [entry._replace(fence=entry.fence + 1, try_at=again) for entry in entries]


def _mine(entry: Entry, states: Sequence[State]) -> sa.ColumnElement[bool]:
    among_states = outbox.c.state.in_([state.value for state in states])
    return sa.and_(outbox.c.id == entry.id, outbox.c.fence == entry.fence, among_states)


def _step(connection: Connection, entry: Entry, before: Sequence[State], **values: Any) -> bool:  # noqa: ANN401 -- columns of several types
    done = connection.execute(outbox.update().where(_mine(entry, before)).values(**values))
    return done.rowcount == 1


def _wait(connection: Connection, entry: Entry, **values: Any) -> bool:  # noqa: ANN401 -- columns of several types
    """Ready again, in nobody's hands; a redraw that was asked for anew in the meantime takes this one's place."""
    before = (State.READY, State.SENDING, State.UNKNOWN)
    ready = {"state": State.READY.value, "fence": entry.fence + 1, "intent_at": None, **values}
    if entry.verb == "send":
        return _step(connection, entry, before, **ready)
    try:
        with connection.begin_nested():
            return _step(connection, entry, before, **ready)
    except IntegrityError:
        return _step(connection, entry, before, state=State.CANCELLED.value, reason="superseded")


_now: Final = sa.bindparam("now", type_=Instant)
_begun: Final = among(outbox.c.state, State.SENDING.value, State.UNKNOWN.value)
_done: Final = {"state": State.SENT.value, "settled_at": _now, "try_at": None, "reason": ""}
_INTEND: Final = Prepared(
    lambda connection: (
        outbox.update()
        .where(one_of(connection, outbox.c.id, "ids"))
        .values(state=State.SENDING.value, fence=outbox.c.fence + 1, intent_at=_now)
    )
)
_SENT: Final = Prepared(
    lambda _: (
        outbox.update()
        .where(outbox.c.id == sa.bindparam("id"), outbox.c.fence == sa.bindparam("fence"), _begun)
        .values(_done)
    )
)
_HELD, _TO_ASK, _TO_SWEEP = range(3)


def _look(_connection: Connection) -> sa.CompoundSelect[int, int, int]:
    kept = among(outbox.c.state, *HELD)
    asked = sa.exists().where(kept, among(outbox.c.state, State.UNKNOWN.value), outbox.c.try_at <= _now)
    return sa.union_all(
        sa.select(sa.literal(_HELD), outbox.c.id, outbox.c.fence).where(
            kept, among(outbox.c.state, State.SENDING.value)
        ),
        sa.select(sa.literal(_TO_ASK), sa.literal(0), sa.literal(0)).where(asked),
        sa.select(sa.literal(_TO_SWEEP), sa.literal(0), sa.literal(0)).where(sa.exists().where(~halts.c.swept)),
    )


_LOOK: Final = Prepared(_look)


def _sent_together(_connection: Connection) -> sa.UpdateBase:
    numbers = sa.ARRAY(sa.BigInteger)
    given = sa.func.unnest(sa.bindparam("ids", type_=numbers), sa.bindparam("fences", type_=numbers))
    ours = given.table_valued("id", "fence").render_derived(name="ours")
    mine = sa.and_(outbox.c.id == ours.c.id, outbox.c.fence == ours.c.fence, _begun)
    return outbox.update().where(mine).values(_done).returning(outbox.c.id)


_SENT_TOGETHER: Final = Prepared(_sent_together)
