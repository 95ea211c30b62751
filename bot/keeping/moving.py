"""From one database to another: everything is copied, compared, and the old one closed, in this order.

A move can be cut off anywhere and run again: each bite of rows is one transaction of the new database, together with
how far it goes. Nobody works on either database before the new one holds everything.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot import migrations
from bot.config import Unusable, masked
from bot.core.database import Connection, metadata
from bot.core.deliveries import store as _deliveries  # noqa: F401 -- its table belongs to the engine, not to a feature
from bot.features import features
from bot.keeping import ids, progress, rows
from bot.keeping.alone import alone, file_of
from bot.keeping.rows import Sum

LOUD: Final = 100_000
"""Rows of one table after which it says how far it is."""

LOCK_SECONDS: Final = 5

Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Compared:
    """One table in the old and in the new database."""

    name: str
    old: Sum
    new: Sum

    @property
    def same(self) -> bool:
        return self.old == self.new


def move(old: str, new: str, tell: Tell) -> list[Compared]:
    """Move everything from one URL to another, or go on with a move that was cut off; `tell` hears how far it is.

    Where a table differs in the end, the old database stays the one to work on. `Unusable` if it cannot be done.
    """
    features()  # they declare the tables
    _check(old, new)
    with alone(old) as source, alone(new) as target:
        with source.begin():
            _hold(source, old)
            _prepare(target, migrations.shape(source))
            sums = {table.name: rows.add_up(source, table) for table in metadata.sorted_tables}
            with target.begin():
                progress.begin(target, sums)
            for table in metadata.sorted_tables:
                _copy(source, target, table, sums[table.name].rows, tell)
            compared = _compare(source, target, sums)
            moved = all(each.same for each in compared)
            if moved:
                migrations.mark(source, migrations.MOVED)
        # From here on nothing works on the old database; cut off here, the next run ends the move.
        if moved:
            with target.begin():
                progress.end(target)
    return compared


def _check(old: str, new: str) -> None:
    if sa.make_url(old) == sa.make_url(new):
        raise Unusable("Both databases are the same one: name the new one.")
    path = file_of(old)
    if path is not None and not path.exists():
        raise Unusable(f"There is no database at {path}, so there is nothing to move.")


def _hold(source: Connection, url: str) -> None:
    """Keep everybody from the old database until the transaction ends."""
    migrations.keep_out(source)
    shape = migrations.shape(source)
    if shape.current not in {migrations.head(), migrations.MOVED}:
        newer = str(shape.hindrance) if shape.too_new else "`drumbeat migrate` brings it into shape."
        raise Unusable(f"{masked(url)} is not at {migrations.head()}, so it cannot be moved. {newer}")
    if source.dialect.name == "postgresql":
        names = ", ".join(map(source.dialect.identifier_preparer.quote, metadata.tables))
        source.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
        with _told("The old database is in use", source):
            source.execute(sa.text(f"LOCK TABLE {names} IN SHARE MODE"))


def _prepare(target: Connection, source: migrations.Shape) -> None:
    with target.begin():
        if progress.begun(target):
            return
        if source.current == migrations.MOVED:
            raise Unusable(str(source.hindrance))
        progress.prepare(target)


def _copy(source: Connection, target: Connection, table: sa.Table, total: int, tell: Tell) -> None:
    with target.begin():
        done = progress.of(target, table)
    copied = done.copied
    for bite in rows.bites(source, table, done.after):
        with _told(f"The move stopped at {table.name}", target), target.begin():
            rows.write(target, table, [rows.storable(row) for row in bite])
            progress.advance(target, table, len(bite), rows.key_of(table, bite[-1]))
        if (copied + len(bite)) // LOUD > copied // LOUD:
            tell(f"{table.name}: {copied + len(bite):,} of {total:,}")
        copied += len(bite)


def _compare(source: Connection, target: Connection, sums: Mapping[str, Sum]) -> list[Compared]:
    with target.begin():
        for table in ids.counted(metadata):
            ids.go_on_after(target, table, ids.newest(source, table))
        return [Compared(name, each, rows.add_up(target, metadata.tables[name])) for name, each in sums.items()]


@contextmanager
def _told(what: str, connection: Connection) -> Iterator[None]:
    """A database's error in one sentence, by its name alone: its words may hold what people wrote."""
    try:
        yield
    except (DBAPIError, connection.dialect.loaded_dbapi.Error) as error:
        name = type(error.orig if isinstance(error, DBAPIError) else error).__name__
        raise Unusable(f"{what} ({name}). What is copied stays; the same line goes on.") from None
