"""What is kept for how long; the rest is dropped in small bites."""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bot.core.database import Database
from bot.core.deliveries.store import forget_deliveries
from bot.core.outbox import State, halts, messages, outbox
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
    await database.run(lambda connection: connection.execute(halts.delete().where(halts.c.halted_at < now - SENDS)))
    await _drop_all(database, _rows("update", now - REDRAWS))
    await _drop_all(database, _rows("send", now - SENDS))
    await _drop_all(database, _untouched(now - SENDS))


def _rows(verb: str, before: datetime) -> sa.Select[int]:
    """Settled rows that were planned before an instant. They lie together: they were planned one after another."""
    settled = outbox.c.state.in_(_SETTLED)
    return sa.select(outbox.c.id).where(outbox.c.planned_at < before, outbox.c.verb == verb, settled)


def _untouched(before: datetime) -> sa.Select[int]:
    """Messages that were drawn before an instant for the last time, and that no row is about."""
    about = sa.exists().where(outbox.c.message_id == messages.c.id)
    return sa.select(messages.c.id).where(messages.c.redraw_after < before, ~about)


async def _drop_all(database: Database, old: sa.Select[int]) -> None:
    (column,) = old.selected_columns
    drop = sa.delete(column.table).where(column.in_(old.limit(BITE)))
    while await database.run(lambda connection: connection.execute(drop).rowcount) == BITE:
        pass
