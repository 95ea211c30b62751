"""The table of deliveries."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.database import Connection, Instant, Prepared, insert, metadata, rows_of

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


def _first_times(connection: Connection) -> Any:  # noqa: ANN401 -- as `insert`
    given = rows_of(connection, "rows", id=sa.Text)
    heard = sa.select(given.c.id, sa.bindparam("at", type_=Instant)).where(sa.true())
    return (
        insert(connection, deliveries)
        .from_select(["id", "at"], heard)
        .on_conflict_do_nothing()
        .returning(deliveries.c.id)
    )


_FIRST_TIMES = Prepared(_first_times)


def first_time(connection: Connection, delivery: str, now: datetime) -> bool:
    """Whether a delivery was not handled before; it is from now on."""
    return _DELIVERED.run(connection, id=delivery, at=now) == 1


def first_times(connection: Connection, heard: Iterable[str], now: datetime) -> set[str]:
    """Those of several deliveries that were not handled before; they are from now on."""
    # In one order everywhere, or two replicas that are told the same would wait for each other.
    rows = [{"id": each} for each in sorted(set(heard))]
    return {first for (first,) in _FIRST_TIMES.rows(connection, rows=rows, at=now)} if rows else set()


def forget_deliveries(connection: Connection, before: datetime) -> None:
    """Drop the memory of deliveries that no platform repeats any more."""
    connection.execute(deliveries.delete().where(deliveries.c.at < before))
