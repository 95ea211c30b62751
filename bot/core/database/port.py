"""What a database promises, whichever it is."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import ClassVar, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection as Connection  # noqa: PLC0414 -- the one name of SQLAlchemy that features may say

T = TypeVar("T")
Work = Callable[[Connection], T]
"""One transaction. It may be run again after it was undone, so it does nothing but read and write the database."""


class Away(Exception):
    """The database cannot be reached; nothing was done. The message is the driver's first line."""

    def __init__(self, why: object) -> None:
        super().__init__(str(why).partition("\n")[0].rstrip("."))


class Database(ABC):
    """A database that runs work. Built by `open_database`; closed once."""

    engine: sa.Engine

    shared: ClassVar[bool]
    """Whether other processes may work on it at the same time."""

    @abstractmethod
    async def run(self, work: Work[T]) -> T:
        """Run `work` in one transaction, durable when this returns. What `work` raises undoes it and is raised here.

        `Away` if the database cannot be reached, `RuntimeError` after `close`.
        """

    async def briefly(self, work: Work[T]) -> T:
        """`run`, for work of a few quick statements, which may be done in the event loop's own thread."""
        return await self.run(work)

    @abstractmethod
    async def read(self, work: Work[T]) -> T:
        """Run `work` in one read-only transaction, on one state of the database, beside the writers."""

    @abstractmethod
    def notify(self) -> None:
        """Signal to the other processes on this database that there is something to do; many at once become one.

        Call it in an event loop. It belongs to no transaction, costs none of them anything, and may get lost.
        """

    @abstractmethod
    def listen(self, heard: Callable[[], None]) -> AbstractAsyncContextManager[None]:
        """For the length of a block, have `heard` called in this event loop when another process signals."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what was accepted and let go of every connection."""


def ping(connection: Connection) -> None:
    """The least that a database can be asked."""
    connection.execute(sa.select(1))


def done(work: Work[T], connection: Connection) -> T:
    """What `work` returns. A `StopIteration` becomes a `RuntimeError`, for no future can carry it."""
    try:
        return work(connection)
    except StopIteration as error:
        raise RuntimeError("work raised StopIteration") from error
