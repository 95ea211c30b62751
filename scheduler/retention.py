"""What is kept for how long; the rest is dropped in small bites."""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bot.core.database import Connection, Database
from bot.core.deliveries.store import forget_deliveries
from bot.core.outbox import State, outbox
from scheduler import limits

BITE: Final = 1000

SENDS: Final = timedelta(days=400)
"""More than a year: a key that is forgotten could be planned again."""

REDRAWS: Final = timedelta(days=1)
DELIVERIES: Final = timedelta(days=2)
"""No platform repeats an event after so long."""

BUCKETS: Final = timedelta(days=1)

_SETTLED: Final = (State.SENT.value, State.CANCELLED.value, State.EXPIRED.value, State.FAILED.value)


async def tidy(database: Database, now: datetime) -> None:
    """Drop what is older than anybody needs it."""
    await database.run(lambda connection: forget_deliveries(connection, now - DELIVERIES))
    await database.run(lambda connection: limits.forget(connection, now - BUCKETS))
    await _drop_all(database, "update", now - REDRAWS)
    await _drop_all(database, "send", now - SENDS)


async def _drop_all(database: Database, verb: str, before: datetime) -> None:
    while await database.run(lambda connection: _drop(connection, verb, before)) == BITE:
        pass


def _drop(connection: Connection, verb: str, before: datetime) -> int:
    old = (
        sa.select(outbox.c.id)
        .where(outbox.c.planned_at < before, outbox.c.verb == verb, outbox.c.state.in_(_SETTLED))
        .limit(BITE)
    )
    return connection.execute(outbox.delete().where(outbox.c.id.in_(old))).rowcount
