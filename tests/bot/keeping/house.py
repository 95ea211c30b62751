"""A house with rows in every table, all of them odd in one way or another."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from bot import migrations
from bot.core.database import Connection, Instant, metadata, open_database
from bot.core.deliveries import store as _deliveries  # noqa: F401 -- its table belongs to the engine
from bot.features import features
from bot.keeping import progress, rows

ODD = (
    "",
    " ",
    "Grüße aus Köln, 你好, مرحبا",
    "👩🏽‍🚀 and 🇩🇪",
    "back\\slash \\N \\. 'quote' \"double\"\ttab\nline\r\n",
    "e\u0301 is not \u00e9",
    "\ufeff\u200b\u2028\U0010ffff\x01\x7f",
    '{"options": ["\\u0000", null]}',
    "long " * 400,
)
MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def build(url: str, *, count: int = 12, seed: int = 7) -> None:
    """Make every table in an empty database and fill it."""
    features()
    database = open_database(url)
    await database.run(migrations.upgrade)
    await database.run(lambda connection: fill(connection, count=count, seed=seed))
    await database.close()


def fill(connection: Connection, *, count: int, seed: int = 7) -> None:
    """Put `count` rows into every table; the row of one number points to those of the same number."""
    chance = random.Random(seed)
    ids: dict[str, Sequence[Any]] = {}
    for table in metadata.sorted_tables:
        made = [_row(table, number, ids, chance) for number in range(count)]
        if made:
            connection.execute(table.insert(), made)
        if "id" in table.columns:
            ids[table.name] = [row["id"] for row in made]


async def contents(url: str) -> dict[str, list[rows.Values]]:
    """Every row of every table, in an order that does not depend on the database."""
    database = open_database(url)

    def read(connection: Connection) -> dict[str, list[rows.Values]]:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in metadata.sorted_tables
        }

    found = await database.read(read)
    await database.close()
    return found


async def half(old: str, new: str) -> None:
    """A move that was cut off when everything but the last step was done."""
    source, target = open_database(old), open_database(new)
    features()

    def add_up(connection: Connection) -> dict[str, rows.Sum]:
        return {table.name: rows.add_up(connection, table) for table in metadata.sorted_tables}

    sums = await source.read(add_up)
    await target.run(progress.prepare)
    await target.run(lambda connection: progress.begin(connection, sums))
    for table in metadata.sorted_tables:
        for bite in await source.read(partial(_bites, table=table)):
            await target.run(partial(_put, table=table, bite=bite))
    await source.close()
    await target.close()


async def rename_somebody(url: str) -> None:
    """Change one row."""
    database = open_database(url)
    await database.run(lambda connection: connection.execute(sa.text("UPDATE people SET name = 'Eve' WHERE id = 1")))
    await database.close()


def _row(table: sa.Table, number: int, ids: dict[str, Sequence[Any]], chance: random.Random) -> dict[str, Any]:
    return {column.name: _value(column, number, ids, chance) for column in table.columns}


def _value(column: sa.Column[Any], number: int, ids: dict[str, Sequence[Any]], chance: random.Random) -> Any:  # noqa: ANN401 -- whatever a column holds
    if column.nullable and number % 3 == 0:
        return None
    for key in column.foreign_keys:
        return ids[key.column.table.name][number]
    if isinstance(column.type, sa.BigInteger) and column.primary_key:
        return number * 3 + 1
    return next(make(number, chance) for kind, make in _MADE.items() if isinstance(column.type, kind))


def _integer(bits: int) -> Callable[[int, random.Random], int]:
    return lambda _, chance: chance.randint(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


_MADE: dict[type, Callable[[int, random.Random], Any]] = {
    Instant: lambda _, chance: (
        MOMENT + timedelta(days=chance.randint(-9000, 9000), microseconds=chance.randint(0, 999_999))
    ),
    sa.Date: lambda number, _: date(2026, 1, 1) + timedelta(days=number),
    sa.Boolean: lambda _, chance: chance.random() < 0.5,
    sa.SmallInteger: _integer(16),
    sa.BigInteger: _integer(64),
    sa.Integer: _integer(32),
    sa.Float: lambda _, chance: chance.choice([0.0, -0.1, 1e300, 1.7e9 + 1 / 3]),
    sa.Text: lambda number, chance: f"{ODD[number % len(ODD)]}{_letters(chance)}{number}",
}


def _letters(chance: random.Random) -> str:
    """Any characters but NUL and surrogates, which text cannot have."""
    numbers = (chance.choice([chance.randint(1, 0xD7FF), chance.randint(0xE000, 0x10FFFF)]) for _ in range(8))
    return "".join(map(chr, numbers))


def _bites(connection: Connection, table: sa.Table) -> list[Sequence[rows.Values]]:
    return list(rows.bites(connection, table))


def _put(connection: Connection, table: sa.Table, bite: Sequence[rows.Values]) -> None:
    rows.write(connection, table, bite)
    progress.advance(connection, table, len(bite), rows.key_of(table, bite[-1]))
