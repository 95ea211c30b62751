"""Names that transactions hold until they end: several may share one (`hold`), or one has it `alone`.

They are PostgreSQL's advisory locks, taken where what is read decides what is written and no row stands for it.
SQLite's one writer needs none.
"""

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from bot.core.database.port import Connection
from bot.core.database.prepared import Prepared


def hold(connection: Connection, name: str) -> None:
    """Share a name: whoever wants it `alone` waits until this transaction ends."""
    if connection.dialect.name == "postgresql":
        _HOLD.run(connection, name=name)


def alone(connection: Connection, names: Iterable[str]) -> None:
    """Wait for every transaction that has one of the names, and keep the next ones waiting until this one ends."""
    # In one order everywhere, or two who want the same ones would wait for each other.
    wanted = sorted(set(names))
    if wanted and connection.dialect.name == "postgresql":
        _ALONE.run(connection, names=wanted)


def _key(name: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
    return sa.func.hashtextextended(name, 0)


_NAMES: Final = sa.bindparam("names", type_=postgresql.ARRAY(sa.Text))
_HOLD: Final = Prepared(
    lambda _: sa.select(sa.func.pg_advisory_xact_lock_shared(_key(sa.bindparam("name", type_=sa.Text))))
)
_ALONE: Final = Prepared(lambda _: sa.select(sa.func.pg_advisory_xact_lock(_key(sa.func.unnest(_NAMES)))))
