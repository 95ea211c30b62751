"""Ways in which a PostgreSQL server fails those who use it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import psycopg

from tests.parts import postgres

CUT: LiteralString = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@contextmanager
def away(url: str, server: postgres.Server) -> Iterator[None]:
    """Take the server's socket out of reach, then cut everybody off, so that nobody comes back in between."""
    door = server.folder / ".s.PGSQL.5432"
    with _inside(url) as connection:
        hidden = door.rename(door.with_suffix(".hidden"))
        try:
            connection.execute(CUT)
            yield
        finally:
            hidden.rename(door)


def cut(url: str) -> None:
    """End every other connection to a database."""
    with _inside(url) as connection:
        connection.execute(CUT)


def _inside(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
