"""One verb over SQLite and PostgreSQL: `await database.run(work)`, where `work(connection)` is one transaction.

schema: the one register of tables and our own column types. port: what a database promises. sqlite, postgresql: how
each keeps it. locks: names that keep others out. prepared: statements for the hot path. apart: one row of many, whose
bug leaves the others alone.
"""

import sqlalchemy as sa

from bot.core.database import locks
from bot.core.database.apart import Faulty, apart, faulty
from bot.core.database.port import Away, Connection, Database, Work, ping
from bot.core.database.prepared import Prepared
from bot.core.database.schema import Id, Instant, insert, metadata, one_of, rows_of

__all__ = [
    "Away",
    "Connection",
    "Database",
    "Faulty",
    "Id",
    "Instant",
    "Prepared",
    "Work",
    "apart",
    "faulty",
    "insert",
    "locks",
    "metadata",
    "one_of",
    "open_database",
    "ping",
    "rows_of",
]


def open_database(url: str) -> Database:
    """The database behind an URL, `sqlite:///file` or `postgresql://...`. Nothing is connected before the first use."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        from bot.core.database.sqlite import SQLite  # noqa: PLC0415 -- the drivers cost 50 ms and 8 MB

        return SQLite(parsed)
    from bot.core.database.postgresql import PostgreSQL  # noqa: PLC0415 -- as above

    return PostgreSQL(parsed.set(drivername="postgresql+psycopg"))
