"""How far a move has come, kept in the database it goes to, in the transactions of the rows themselves."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from bot import migrations
from bot.config import Unusable
from bot.core.database import Connection, metadata
from bot.keeping.rows import Sum, Values

_tables = sa.Table(
    "moving",
    sa.MetaData(),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("checksum", sa.Text, nullable=False),
    sa.Column("copied", sa.BigInteger, nullable=False),
    sa.Column("after", sa.Text),
)
"""One row a table of the product: what it was in the old database when the move began, how many rows are here, and the
primary key of the last of them (a JSON list, NULL before the first). It is there for the length of a move."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many rows of a table are here, and the primary key of the last."""

    copied: int
    after: Values | None


def begun(connection: Connection) -> bool:
    """Whether a move into this database has begun and not ended."""
    return sa.inspect(connection).has_table(_tables.name)


def prepare(connection: Connection) -> None:
    """Make the tables in a database that a move is to begin in. `Unusable` if it is not an empty one."""
    try:
        migrations.upgrade(connection)
    except (migrations.TooNew, migrations.Busy) as hindrance:
        raise Unusable(f"The new database is not an empty one. {hindrance}".strip()) from None
    if filled := [table.name for table in metadata.sorted_tables if _any(connection, table)]:
        raise Unusable(f"The new database is not empty, there are {' and '.join(filled[:2])} in it: name an empty one.")


def begin(connection: Connection, sums: Mapping[str, Sum]) -> None:
    """Begin a move of rows with these sums, or go on with it. `Unusable` if one of other rows has begun."""
    if begun(connection):
        found = connection.execute(sa.select(_tables.c.name, _tables.c.rows, _tables.c.checksum))
        if {name: Sum(rows, checksum) for name, rows, checksum in found} != sums:
            raise Unusable(
                "The old database has changed since this move began, or is another one: "
                "make the new database anew, empty, and move again."
            )
        return
    _tables.create(connection)
    rows = [{"name": name, "rows": each.rows, "checksum": each.checksum, "copied": 0} for name, each in sums.items()]
    connection.execute(_tables.insert(), rows)
    migrations.mark(connection, migrations.MOVING)


def of(connection: Connection, table: sa.Table) -> Progress:
    """How far a table has come."""
    mine = sa.select(_tables.c.copied, _tables.c.after).where(_tables.c.name == table.name)
    copied, after = connection.execute(mine).one()
    return Progress(copied, None if after is None else _read(table, after))


def advance(connection: Connection, table: sa.Table, count: int, last: Values) -> None:
    """So many more rows are here, up to the one with the primary key `last`."""
    moved = _tables.update().where(_tables.c.name == table.name)
    connection.execute(moved.values(copied=_tables.c.copied + count, after=_written(last)))


def end(connection: Connection) -> None:
    """Everything is here: the database is one to work on."""
    _tables.drop(connection)
    migrations.unmark(connection)


def _any(connection: Connection, table: sa.Table) -> bool:
    return connection.execute(sa.select(sa.true()).select_from(table).limit(1)).first() is not None


def _written(key: Values) -> str:
    return json.dumps([value.isoformat() if isinstance(value, date) else value for value in key])


def _read(table: sa.Table, written: str) -> Values:
    days = [isinstance(column.type, sa.Date) for column in table.columns if column.primary_key]
    return tuple(
        date.fromisoformat(value) if day else value for value, day in zip(json.loads(written), days, strict=True)
    )
