"""Where a database goes on counting, so that no number is ever given out twice."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import REGCLASS

from bot.core.database import Connection


def counted(metadata: sa.MetaData) -> Iterator[sa.Table]:
    """The tables whose rows are numbered by the database."""
    return (table for table in metadata.sorted_tables if table.autoincrement_column is not None)


def newest(connection: Connection, table: sa.Table) -> int:
    """The highest number that was given out, as far as the database remembers; 0 if none was."""
    highest = connection.execute(sa.select(sa.func.max(_numbers(table)))).scalar_one() or 0
    if connection.dialect.name == "postgresql":
        asked = sa.select(sa.func.pg_sequence_last_value(sa.cast(_sequence(table), REGCLASS)))
    elif _remembers(table):
        asked = sa.select(_SEQUENCES.c.seq).where(_SEQUENCES.c.name == table.name)
    else:
        return int(highest)
    return max(highest, connection.execute(asked).scalar_one_or_none() or 0)


def go_on_after(connection: Connection, table: sa.Table, number: int) -> None:
    """Let the next row be numbered after `number`. SQLite can be told where a table counts with AUTOINCREMENT."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.setval(_sequence(table), max(number, 1), number > 0)))
    elif _remembers(table):
        connection.execute(_SEQUENCES.delete().where(_SEQUENCES.c.name == table.name))
        connection.execute(_SEQUENCES.insert().values(name=table.name, seq=number))


_SEQUENCES = sa.table("sqlite_sequence", sa.column("name", sa.Text), sa.column("seq", sa.BigInteger))


def _numbers(table: sa.Table) -> sa.Column[int]:
    if table.autoincrement_column is None:
        raise TypeError(table)
    return table.autoincrement_column


def _sequence(table: sa.Table) -> sa.ColumnElement[str]:
    return sa.func.pg_get_serial_sequence(table.name, _numbers(table).name)


def _remembers(table: sa.Table) -> bool:
    return bool(table.dialect_options["sqlite"]["autoincrement"])
