"""The table of deliveries."""

from datetime import datetime

import sqlalchemy as sa

from bot.core.database import Connection, Instant, Prepared, insert, metadata

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False, index=True),
)
"""Interactions already handled, so that a platform's retry changes nothing."""

_DELIVERED = Prepared(
    lambda connection: (
        insert(connection, deliveries).values(id=sa.bindparam("id"), at=sa.bindparam("at")).on_conflict_do_nothing()
    )
)


def first_time(connection: Connection, delivery: str, now: datetime) -> bool:
    """Whether a delivery was not handled before; it is from now on."""
    return _DELIVERED.run(connection, id=delivery, at=now) == 1


def forget_deliveries(connection: Connection, before: datetime) -> None:
    """Drop the memory of deliveries that no platform repeats any more."""
    connection.execute(deliveries.delete().where(deliveries.c.at < before))
