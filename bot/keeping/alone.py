"""A database that no other Drumbeat uses, and that none can begin to use meanwhile."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.config import Unusable, masked
from bot.core.database import Away, Connection, open_database
from bot.keeping import files

PAUSE: Final = 0.05
"""Seconds between two looks for others."""

_OTHERS: Final = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND application_name = current_setting('application_name')"
)


def file_of(url: str) -> Path | None:
    """Where a SQLite database lies; None for PostgreSQL."""
    parsed = sa.make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


@contextmanager
def alone(url: str) -> Iterator[Connection]:
    """A connection with no other Drumbeat beside it. `Unusable` if there is one, or no way to the database.

    A SQLite file is held, so that nobody can open it. PostgreSQL has no such lock for a whole database: whoever needs
    one locks tables.
    """
    path = file_of(url)
    engine = open_database(url).engine if path is None else _engine_on(path)
    try:
        with _connected(engine, url) as connection:
            if path is None:
                _be_alone(connection, url)
                _take_time(connection)
            yield connection
    finally:
        engine.dispose()


def _engine_on(path: Path) -> sa.Engine:
    engine = sa.create_engine(
        "sqlite://", creator=lambda: files.hold(path), poolclass=sa.pool.NullPool, hide_parameters=True
    )

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # pysqlite does not begin by itself in our mode

    sa.event.listen(engine, "begin", begin)
    return engine


def _connected(engine: sa.Engine, url: str) -> Connection:
    try:
        return engine.connect()
    except OperationalError as error:
        raise Unusable(f"{masked(url)} cannot be reached: {Away(error.orig)}.") from None
    except DBAPIError as error:
        raise Unusable(f"{masked(url)} cannot be used: {Away(error.orig)}.") from None


def _be_alone(connection: Connection, url: str) -> None:
    """Wait a moment for those who are just leaving."""
    deadline = time.monotonic() + files.PATIENCE
    while _others(connection):
        if time.monotonic() > deadline:
            raise Unusable(f"{masked(url)} is in use: stop every Drumbeat on it first.")
        time.sleep(PAUSE)


def _take_time(connection: Connection) -> None:
    """A transaction may stand idle here: nobody waits for its rows, and the other database may need hours."""
    with connection.begin():
        connection.exec_driver_sql("SET idle_in_transaction_session_timeout = 0")


def _others(connection: Connection) -> int:
    with connection.begin():  # within one transaction the list of connections stays as it was
        found: int = connection.execute(sa.text(_OTHERS)).scalar_one()
    return found
