"""What a step back in time means for messages: what fell due since may have gone out already, so it is taken back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.core.cadence import store as cadence
from bot.core.database import Connection, metadata
from bot.core.outbox import State, outbox
from bot.features import features
from bot.keeping import ids

REASON: Final = "restored"

LEAP: Final = 1_000_000
"""Numbers that are left out, so that what was given a number since, and is forgotten now, keeps it to itself."""

MOST_ROUNDS: Final = 1000
"""A feature's tick that never says 0 is asked so many times and not more, as in the planner."""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """How many messages were taken back, how many repeated ones skip a slot, and how many were on their way."""

    cancelled: int
    skipped: int
    begun: int


def settle(connection: Connection, now: datetime, *, send_missed: bool) -> Aftermath:
    """Make an older state fit for `now`; with `send_missed`, what fell due is left to be sent.

    What a tick makes due at this moment (the outcome of a poll that has closed since) would have gone out, too.
    """
    for table in ids.counted(metadata):
        ids.go_on_after(connection, table, ids.newest(connection, table) + LEAP)
    begun = sa.select(sa.func.count()).where(outbox.c.state == State.SENDING.value)
    asked = connection.execute(begun).scalar_one()
    if send_missed:
        return Aftermath(cancelled=0, skipped=0, begun=asked)
    _tick(connection, now)
    skipped = cadence.skip_due(connection, now)
    due = sa.and_(outbox.c.state == State.READY.value, outbox.c.due_at <= now, outbox.c.verb == "send")
    taken_back = outbox.update().where(due).values(state=State.CANCELLED.value, reason=REASON)
    return Aftermath(connection.execute(taken_back).rowcount, skipped, asked)


def _tick(connection: Connection, now: datetime) -> None:
    for tick in (tick for feature in features() for tick in feature.ticks.values()):
        for _ in range(MOST_ROUNDS):
            if not tick(connection, now):
                break
