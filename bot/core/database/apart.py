"""Work on one of many rows, whose bug leaves the others alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import InterfaceError, OperationalError

from bot.core.database.port import Connection


class Faulty(Exception):
    """Something cannot be worked on: a bug, to be told loudly. What was done about it is undone."""


@contextmanager
def apart(connection: Connection) -> Iterator[None]:
    """Work on one row in a savepoint: its bug is `Faulty` and leaves the others alone; a database away is not one."""
    with faulty(connection), connection.begin_nested():
        yield


@contextmanager
def faulty(connection: Connection) -> Iterator[None]:
    """Work whose bug is `Faulty`, so that it can be told from a database that is away or wants it done again."""
    try:
        yield
    except (OperationalError, InterfaceError, connection.dialect.loaded_dbapi.OperationalError):
        raise
    except Exception as error:
        raise Faulty from error
