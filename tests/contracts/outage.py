"""Ways in which a PostgreSQL server fails those who use it."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.parts import postgres


@contextmanager
def away(url: str, server: postgres.Server) -> Iterator[None]:
    """Cut everybody off and take the server's socket out of reach."""
    door = server.folder / ".s.PGSQL.5432"
    cut(url)
    hidden = door.rename(door.with_suffix(".hidden"))
    try:
        yield
    finally:
        hidden.rename(door)


def cut(url: str) -> None:
    """End every other connection to a database."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
