"""What a platform allows, shared by all replicas: a row a bucket, after the generic cell rate algorithm (GCRA).

Campaigns go at a bucket's rate and leave half its burst untouched, so that an answer finds a token at any moment; and
where both wait, the answer is first. After a 429 a bucket pauses, goes on more slowly, and recovers within the hour.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bot.core.database import Connection, Prepared, insert, one_of
from bot.core.outbox import limits as buckets
from bot.core.ports import Limit

SLOWER: Final = 0.8
"""What is left of a rate after a 429."""

SLOWEST: Final = 0.1
RECOVERY: Final = 3600.0
"""Seconds in which a rate would recover from nothing."""

SLACK: Final = 1.0
"""Seconds by which replicas' clocks may differ. What is further in the future than it can be was written by a clock
that was wrong, and is not believed."""


@dataclass(frozen=True, slots=True)
class Refused:
    """No token: it is no use to ask again before `until`. `shared` says that others of the workspace wait as well."""

    until: datetime
    shared: bool


@dataclass(slots=True)
class _Bucket:
    """A row, as it was read: seconds since 1970."""

    arrival: float = 0.0
    paused_until: float = 0.0
    paused_for: float = 0.0
    pace: float = 1.0
    slowed_at: float = 0.0

    def pause(self, now: float) -> float:
        """Until when the platform asked for a pause; 0 if it did not."""
        ahead = self.paused_until - now
        return self.paused_until if 0 < ahead <= self.paused_for + SLACK else 0.0

    def pace_at(self, now: float) -> float:
        """The share of its rate that it goes at."""
        since = now - self.slowed_at
        return min(1.0, self.pace + since / RECOVERY) if since >= -SLACK else 1.0


class Buckets:
    """The buckets that a batch of calls draws from: read once, reckoned with, written once.

    On PostgreSQL a lock a workspace is held until the transaction ends, so that no two replicas reckon at once.
    """

    def __init__(self, connection: Connection, workspaces: Iterable[int], keys: Iterable[str], now: datetime) -> None:
        self._connection = connection
        self._now = now.timestamp()
        mine = sorted(set(workspaces))
        if connection.dialect.name == "postgresql" and mine:
            _LOCK.rows(connection, workspaces=mine)
        wanted = sorted({*keys, *map(everything, mine)})
        self._rows = {key: _Bucket(*facts) for key, *facts in _READ.rows(connection, keys=wanted)}
        self._drawn: set[str] = set()
        self._emissions: dict[str, float] = {}

    def refuse(self, workspace: int, limits: Sequence[Limit], *, calm: bool) -> Refused | None:
        """Why a call has to wait, if it has. `calm` calls leave half of each burst to the others."""
        whole = self._row(everything(workspace))
        if until := whole.pause(self._now):
            return Refused(_instant(until), shared=True)
        waits = [(wait, limit.shared) for limit in limits if (wait := self._until(workspace, limit, calm=calm))]
        if not waits:
            return None
        return Refused(_instant(max(until for until, _ in waits)), shared=any(shared for _, shared in waits))

    def draw(self, workspace: int, limits: Sequence[Limit]) -> None:
        """Take a token from each bucket."""
        for limit in limits:
            bucket = self._rows.setdefault(limit.key, _Bucket())
            bucket.arrival = max(self._arrival(workspace, limit), self._now) + self._emission(workspace, limit)
            self._drawn.add(limit.key)

    def save(self) -> None:
        """Write what was drawn."""
        drawn = {key: self._rows[key].arrival for key in sorted(self._drawn)}
        if self._connection.dialect.name == "postgresql":
            _DRAWN_TOGETHER.run(self._connection, keys=list(drawn), arrivals=list(drawn.values()))
            return
        _DRAWN.many(self._connection, [{"key": key, "arrival": arrival} for key, arrival in drawn.items()])

    def _until(self, workspace: int, limit: Limit, *, calm: bool) -> float:
        """The second from which the bucket allows the call; 0 if it does now."""
        pause = self._row(limit.key).pause(self._now)
        reserve = 2 if calm and limit.shared else 1
        tolerance = self._emission(workspace, limit) * (limit.burst - 1) / reserve
        free = self._arrival(workspace, limit) - tolerance
        return max(pause, free if free > self._now else 0.0)

    def _arrival(self, workspace: int, limit: Limit) -> float:
        arrival = self._row(limit.key).arrival
        return arrival if arrival <= self._now + self._emission(workspace, limit) * limit.burst + SLACK else self._now

    def _emission(self, workspace: int, limit: Limit) -> float:
        """Seconds between two calls."""
        if limit.key not in self._emissions:
            paces = (self._row(key).pace_at(self._now) for key in (limit.key, everything(workspace)))
            self._emissions[limit.key] = 1 / (limit.rate * min(paces))
        return self._emissions[limit.key]

    def _row(self, key: str) -> _Bucket:
        return self._rows.get(key, _UNUSED)


def pause(connection: Connection, key: str, now: datetime, seconds: float) -> None:
    """Stop every replica from drawing on a bucket, and slow it; a longer pause stands, and slows only once."""
    instant = now.timestamp()
    found = _READ.row(connection, keys=[key])
    before = _Bucket(*found[1:]) if found else _Bucket()
    facts = {"paused_until": instant + seconds, "paused_for": seconds}
    if not before.pause(instant):
        facts |= {"pace": max(SLOWEST, before.pace_at(instant) * SLOWER), "slowed_at": instant}
    elif before.paused_until >= instant + seconds:
        return
    upsert = insert(connection, buckets).values(key=key, **facts)
    connection.execute(upsert.on_conflict_do_update(index_elements=["key"], set_=facts))


def everything(workspace: int) -> str:
    """The key under which a whole workspace is paused."""
    return f"workspace:{workspace}"


def forget(connection: Connection, before: datetime) -> None:
    """Drop buckets that have long been full and at their whole pace again."""
    instant = before.timestamp()
    idle = [column < instant for column in (buckets.c.arrival, buckets.c.paused_until, buckets.c.slowed_at)]
    connection.execute(buckets.delete().where(*idle))


_UNUSED: Final = _Bucket()
_READ: Final = Prepared(
    lambda connection: sa.select(
        buckets.c.key,
        buckets.c.arrival,
        buckets.c.paused_until,
        buckets.c.paused_for,
        buckets.c.pace,
        buckets.c.slowed_at,
    ).where(one_of(connection, buckets.c.key, "keys", sa.Text))
)


def _drawn(connection: Connection) -> sa.UpdateBase:
    values = {"key": sa.bindparam("key"), "arrival": sa.bindparam("arrival", type_=sa.Double)}
    upsert: sa.UpdateBase = (
        insert(connection, buckets)
        .values(values)
        .on_conflict_do_update(index_elements=["key"], set_={"arrival": sa.bindparam("arrival", type_=sa.Double)})
    )
    return upsert


def _drawn_together(connection: Connection) -> sa.UpdateBase:
    keys, arrivals = sa.bindparam("keys", type_=sa.ARRAY(sa.Text)), sa.bindparam("arrivals", type_=sa.ARRAY(sa.Double))
    drawn = sa.func.unnest(keys, arrivals).table_valued("key", "arrival").render_derived(name="drawn")
    given = insert(connection, buckets).from_select(["key", "arrival"], sa.select(drawn.c.key, drawn.c.arrival))
    upsert: sa.UpdateBase = given.on_conflict_do_update(
        index_elements=["key"], set_={"arrival": given.excluded.arrival}
    )
    return upsert


_DRAWN: Final = Prepared(_drawn)
_DRAWN_TOGETHER: Final = Prepared(_drawn_together)


def _lock(_connection: Connection) -> sa.Select[None]:
    numbers = sa.bindparam("workspaces", type_=sa.ARRAY(sa.BigInteger))
    given = sa.func.unnest(numbers).table_valued("id").render_derived()
    ordered = sa.select(given.c.id).order_by(given.c.id).subquery()
    return sa.select(
        sa.func.pg_advisory_xact_lock(sa.func.hashtextextended("limits:" + sa.cast(ordered.c.id, sa.Text), 0))
    )


_LOCK: Final = Prepared(_lock)


def _instant(seconds: float) -> datetime:
    """Rounded up, so that what was refused before it is granted at it."""
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=1)
