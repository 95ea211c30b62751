"""Every row of a table, in bites by primary key: read, written, and summed up so that two databases can be compared."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from bot.core.database import Connection

BITE: Final = 5000
"""Rows in memory, and in one transaction of a move."""

NO_NUL: Final = "\N{REPLACEMENT CHARACTER}"

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and the sum of their hashes (128 bits, hexadecimal), in whatever order they come.

    `mended` of them were added up as `storable` has them.
    """

    rows: int
    checksum: str
    mended: int = field(default=0, compare=False)


def bites(connection: Connection, table: sa.Table, after: Values | None = None) -> Iterator[Sequence[Values]]:
    """The rows of a table whose primary keys come after `after`, as Python values in the order of its columns."""
    key = [column for column in table.columns if column.primary_key]
    while True:
        chosen = sa.select(*table.columns).order_by(*key).limit(BITE)
        if after is not None:
            chosen = chosen.where(_tuple(key) > _tuple(map(sa.literal, after, [column.type for column in key])))
        found: list[Values] = [tuple(row) for row in connection.execute(chosen)]
        if not found:
            return
        yield found
        after = key_of(table, found[-1])


def key_of(table: sa.Table, row: Values) -> Values:
    """A row's primary key."""
    return tuple(value for column, value in zip(table.columns, row, strict=True) if column.primary_key)


def storable(row: Values) -> Values:
    """A row as every database can keep it: PostgreSQL knows no NUL in text, so U+FFFD stands for it."""
    if any(type(value) is str and "\0" in value for value in row):
        return tuple(value.replace("\0", NO_NUL) if isinstance(value, str) else value for value in row)
    return row


def add_up(connection: Connection, table: sa.Table) -> Sum:
    """The sum of a table over its values in Python, which are the same whichever database keeps them."""
    rows = total = mended = 0
    for bite in bites(connection, table):
        rows += len(bite)
        for row in bite:
            kept = storable(row)
            mended += kept is not row
            total += int.from_bytes(hashlib.blake2b(repr(kept).encode(), digest_size=16).digest())
    return Sum(rows, f"{total % 2**128:032x}", mended)


def write(connection: Connection, table: sa.Table, rows: Sequence[Values]) -> None:
    """Add rows to a table."""
    if connection.dialect.name == "postgresql":
        _copy_in(connection, table, rows)
    else:
        connection.execute(table.insert(), [dict(zip(table.columns.keys(), row, strict=True)) for row in rows])


def _copy_in(connection: Connection, table: sa.Table, rows: Sequence[Values]) -> None:
    """COPY takes twice as many rows a second as INSERT."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(map(quote, table.columns.keys()))
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as into:
        for row in rows:
            into.write_row(row)


def _tuple(columns: Any) -> Any:  # noqa: ANN401 -- SQLAlchemy's comparable tuples have no public type
    return sa.tuple_(*columns)
