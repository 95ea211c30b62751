"""Everything that is stored of a company, copied at a moment as whoever has the whole database can copy it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from bot.core.database import Connection

SYSTEM: Final = ("xmin", "xmax", "cmin", "cmax", "ctid")
"""What PostgreSQL notes of each row by itself: which transactions and commands wrote and locked it, and where it lies.
Transactions are numbered from the oldest there is, since the server counts those of all its databases together."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Dump:
    """The rows of every table there is, in the order in which they lie there."""

    tables: Mapping[str, tuple[Row, ...]]

    def rows(self, *names: str) -> Iterator[Row]:
        for name in names:
            yield from self.tables.get(name, ())

    def differing(self, other: "Dump") -> dict[str, tuple[object, object]]:
        """What is not the same in two dumps, by table."""
        names = self.tables.keys() | other.tables.keys()
        both = {name: (self.tables.get(name), other.tables.get(name)) for name in names}
        return {name: pair for name, pair in both.items() if pair[0] != pair[1]}


def dump(connection: Connection) -> Dump:
    """Copy everything, whether we know of the table or not."""
    if connection.dialect.name == "sqlite":
        return Dump({**dict(_sqlite(connection)), "file": ({"bytes": _image(connection)},)})
    return Dump(_numbered(dict(_postgresql(connection))))


def _image(connection: Connection) -> bytes:
    """A SQLite file byte by byte, with what lies between the rows."""
    driver: Any = connection.connection.driver_connection
    return bytes(driver.serialize())


def _sqlite(connection: Connection) -> Iterator[tuple[str, tuple[Row, ...]]]:
    masters = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for name, sql in masters.all():
        where = "" if "WITHOUT ROWID" in sql.upper() else "rowid AS place, "
        rows = connection.exec_driver_sql(f'SELECT {where}* FROM "{name}"')
        yield name, tuple(dict(row._mapping) for row in rows)


def _postgresql(connection: Connection) -> Iterator[tuple[str, tuple[Row, ...]]]:
    # Tables for long values, too: they have rows of their own.
    relations = sa.text(
        "SELECT c.oid::regclass::text, c.relkind FROM pg_class c "
        "LEFT JOIN pg_class owner ON owner.reltoastrelid = c.oid "
        "JOIN pg_namespace n ON n.oid = coalesce(owner.relnamespace, c.relnamespace) "
        "WHERE c.relkind IN ('r', 't') AND n.nspname = 'public' ORDER BY c.relkind, owner.relname, c.relname"
    )
    for number, (name, kind) in enumerate(connection.execute(relations).all()):
        columns = ", ".join(f"{column}::text" for column in SYSTEM)
        rows = connection.exec_driver_sql(f"SELECT {columns}, * FROM {name} AS lying ORDER BY lying.ctid")
        yield name if kind == "r" else f"toast {number}", tuple(dict(row._mapping) for row in rows)
    sequences = connection.exec_driver_sql("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1")
    yield "sequences", tuple(dict(row._mapping) for row in sequences)


def _numbered(tables: Mapping[str, tuple[Row, ...]]) -> dict[str, tuple[Row, ...]]:
    """The same with transactions (and the server's own numbers of long values) counted from the oldest in the dump."""
    numbers: dict[str, dict[int, int]] = {}
    for column in ("xmin", "xmax", "chunk_id"):
        kind = "transaction" if column != "chunk_id" else column
        seen = {int(row[column]) for rows in tables.values() for row in rows if column in row}
        numbers[kind] = dict.fromkeys(seen | set(numbers.get(kind, ())), 0)
    for known in numbers.values():
        known.update({value: place for place, value in enumerate(sorted(known))})

    def counted(row: Row) -> Row:
        changed = {column: numbers["transaction"][int(row[column])] for column in ("xmin", "xmax") if column in row}
        if "chunk_id" in row:
            changed["chunk_id"] = numbers["chunk_id"][int(row["chunk_id"])]
        return {**row, **changed}

    return {name: tuple(map(counted, rows)) for name, rows in tables.items()}
