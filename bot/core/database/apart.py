"""Work on one of many rows, whose bug leaves the others alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import InterfaceError, OperationalError

from bot.core.database.port import Connection


class Faulty(Exception):
    """One row cannot be worked on: a bug, to be told loudly. What was done about the row is undone."""


@contextmanager
def apart(connection: Connection) -> Iterator[None]:
    """Work on one row in a savepoint: its bug is `Faulty` and leaves the others alone; a database away is not one."""
    try:
        with connection.begin_nested():
            yield
    except (OperationalError, InterfaceError, connection.dialect.loaded_dbapi.OperationalError):
        raise
    except Exception as error:
        raise Faulty from error
