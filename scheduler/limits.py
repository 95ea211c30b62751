"""What a platform allows, shared by all replicas: a row a bucket, after the generic cell rate algorithm (GCRA).

A token is a reservation: a bucket that is empty grants an instant a little later, up to `horizon`, and whoever holds it
waits and then calls. So nobody polls for tokens, and the rate is used up fully.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bot.core.database import Connection, insert
from bot.core.outbox import limits as buckets
from bot.core.ports import Limit

_MICROSECOND = 1e-6


@dataclass(frozen=True, slots=True)
class Granted:
    """One token of every bucket is taken: call at `at`, not before."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """No token was taken; it is no use to ask again before `until`."""

    until: datetime


class _Empty(Exception):
    """One of several buckets refuses: what the others gave is undone with the savepoint."""


def take(
    connection: Connection, workspace: int, limits: Sequence[Limit], now: datetime, horizon: timedelta
) -> Granted | Refused:
    """Take a token from every bucket, or from none.

    Buckets are locked in the order of their keys and until the transaction ends, so take them last.
    """
    if until := paused(connection, workspace, limits, now):
        return Refused(until)
    latest = now.timestamp() + horizon.total_seconds()
    at = now.timestamp()
    try:
        with connection.begin_nested():
            for limit in sorted(limits, key=lambda each: each.key):
                at = max(at, _reserve(connection, limit, now.timestamp(), latest))
    except _Empty:
        return Refused(_available(connection, workspace, limits, now, horizon))
    return Granted(datetime.fromtimestamp(at, UTC))


def paused(connection: Connection, workspace: int, limits: Sequence[Limit], now: datetime) -> datetime | None:
    """Until when the platform asked for a pause of the workspace or of one of the buckets, if it did."""
    keys = [everything(workspace), *(limit.key for limit in limits)]
    until = connection.execute(
        sa.select(sa.func.max(buckets.c.paused_until)).where(buckets.c.key.in_(keys))
    ).scalar_one_or_none()
    return _instant(until) if until and until > now.timestamp() else None


def pause(connection: Connection, key: str, until: datetime) -> None:
    """Stop every replica from drawing on a bucket; a longer pause stands."""
    new = until.timestamp()
    longer = sa.case((buckets.c.paused_until > new, buckets.c.paused_until), else_=new)
    connection.execute(
        insert(connection, buckets)
        .values(key=key, emission=0, tolerance=0, arrival=0, paused_until=new)
        .on_conflict_do_update(index_elements=["key"], set_={"paused_until": longer})
    )


def everything(workspace: int) -> str:
    """The key under which a whole workspace is paused."""
    return f"workspace:{workspace}"


def forget(connection: Connection, before: datetime) -> None:
    """Drop buckets that have long been full again."""
    instant = before.timestamp()
    connection.execute(buckets.delete().where(buckets.c.arrival < instant, buckets.c.paused_until < instant))


def _reserve(connection: Connection, limit: Limit, now: float, latest: float) -> float:
    """The second at which the bucket allows one more call; `_Empty` if that is after `latest`."""
    emission = 1 / limit.rate
    tolerance = emission * (limit.burst - 1)
    full = sa.case((buckets.c.arrival > now, buckets.c.arrival), else_=now)
    statement = (
        insert(connection, buckets)
        .values(key=limit.key, emission=emission, tolerance=tolerance, arrival=now + emission)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={"emission": emission, "tolerance": tolerance, "arrival": full + emission},
            where=sa.and_(buckets.c.paused_until <= now, buckets.c.arrival - tolerance <= latest),
        )
        .returning(buckets.c.arrival)
    )
    arrival = connection.execute(statement).scalar_one_or_none()
    if arrival is None:
        raise _Empty
    return max(now, float(arrival) - emission - tolerance)


def _available(
    connection: Connection, workspace: int, limits: Sequence[Limit], now: datetime, horizon: timedelta
) -> datetime:
    """When the slowest bucket can be asked again with success, if nobody is quicker."""
    keys = [limit.key for limit in limits]
    rows = connection.execute(
        sa.select(buckets.c.arrival - buckets.c.tolerance).where(buckets.c.key.in_(keys))
    ).scalars()
    soonest = max(rows, default=0.0) - horizon.total_seconds()
    pause_end = paused(connection, workspace, limits, now) or now
    return max(_instant(soonest), pause_end, now + timedelta(milliseconds=1))


def _instant(seconds: float) -> datetime:
    """Rounded up, so that what was refused before it is granted at it."""
    return datetime.fromtimestamp(seconds + _MICROSECOND, UTC)
