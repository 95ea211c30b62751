"""PostgreSQL: a small pool of threads, each with a connection of its own."""

import asyncio
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, suppress
from typing import Final, TypeVar

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.core.database.port import Away, Database, Work, done, ping
from bot.core.database.signals import CHANNEL, Notifier, listening

T = TypeVar("T")

THREADS: Final = 8
ATTEMPTS: Final = 4
PAUSE: Final = 0.01
"""Seconds, twice as many after each attempt, half of them by chance so that two who collided part."""

COLLISIONS: Final = frozenset({"40001", "40P01", "23503"})
"""Serialization failure and deadlock: PostgreSQL has undone the transaction and wants it again. A foreign key that
points nowhere: somebody was just made one with somebody else, and read again has the other's number."""

NETWORK: Final = {"connect_timeout": 3, "keepalives_idle": 10, "keepalives_interval": 5, "tcp_user_timeout": 15_000}
"""Seconds and milliseconds after which a silent network counts as cut."""

NAME: Final = {"application_name": "drumbeat"}
"""How the server lists our connections, so that an admin, and whoever must be alone, can tell them from others."""

ASLEEP: Final = "15s"
"""A transaction in which nothing happens for so long is one of a process that was frozen (a suspended machine): the
server undoes it, so that nobody waits for its locks for ever."""

WOKEN: Final = "25P03"
"""What the server says to the frozen one when it wakes up."""


class PostgreSQL(Database):
    """A server. Work is run again where it surely left nothing behind: cut off before its commit, or in a collision."""

    shared = True

    def __init__(self, url: sa.URL) -> None:
        self.engine = sa.create_engine(
            url, pool_size=THREADS, max_overflow=0, connect_args=NETWORK | NAME, hide_parameters=True
        )
        sa.event.listen(self.engine, "connect", _bound_sleep)
        self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._threads = ThreadPoolExecutor(THREADS, "postgresql")
        self._notifier = Notifier(self._signal)

    async def run(self, work: Work[T]) -> T:
        """Run `work` in a thread of the pool."""
        return await self._in_thread(self.engine, work)

    async def read(self, work: Work[T]) -> T:
        """Run `work` on one state of the database; PostgreSQL's readers never wait for writers."""
        return await self._in_thread(self._reading, work)

    def notify(self) -> None:
        """NOTIFY, at most twenty times a second."""
        self._notifier.notify()

    def listen(self, heard: Callable[[], None]) -> AbstractAsyncContextManager[None]:
        """LISTEN on a connection of its own, which is opened again whenever it is cut."""
        return listening(self._connect, heard)

    async def close(self) -> None:
        """Finish what was accepted and disconnect."""
        await self._notifier.finish()
        await asyncio.to_thread(self._threads.shutdown)
        self.engine.dispose()

    async def _signal(self) -> None:
        """A signal in a transaction of its own: NOTIFY holds up every other commit that notifies."""
        with suppress(Away, DBAPIError):  # whoever does not hear it looks by itself, a little later
            await self.run(lambda connection: connection.exec_driver_sql(f"NOTIFY {CHANNEL}"))

    async def _connect(self) -> psycopg.AsyncConnection:
        _, address = self.engine.dialect.create_connect_args(self.engine.url)
        return await psycopg.AsyncConnection.connect(**{**address, **NETWORK, **NAME}, autocommit=True)

    async def _in_thread(self, engine: sa.Engine, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._persist, engine, work)

    def _persist(self, engine: sa.Engine, work: Work[T]) -> T:
        """Do `work`, again if need be."""
        attempt = 1
        while True:
            try:
                return self._once(engine, work)
            except _Undone as undone:
                if attempt == ATTEMPTS:
                    raise undone.why from None
            time.sleep(PAUSE * 2**attempt * (0.5 + random.random() / 2))  # noqa: S311 -- chance, not secrecy
            attempt += 1

    def _once(self, engine: sa.Engine, work: Work[T]) -> T:
        try:
            connection = engine.connect()
        except OperationalError as error:
            raise Away(error.orig) from error
        with connection, connection.begin() as transaction:
            try:
                result = done(work, connection)
            except (DBAPIError, psycopg.Error) as error:
                cause = error.orig if isinstance(error, DBAPIError) else error
                if _lost(connection):
                    raise _Undone(Away(cause)) from error
                if isinstance(cause, psycopg.Error) and cause.sqlstate in COLLISIONS:
                    raise _Undone(error) from error
                raise
            try:
                transaction.commit()  # cut off here, nobody can tell whether it was taken: not again by itself
            except DBAPIError as error:
                if isinstance(error.orig, psycopg.Error) and error.orig.sqlstate == WOKEN:
                    raise _Undone(Away(error.orig)) from error
                raise
        return result


def _bound_sleep(connection: psycopg.Connection, _record: object) -> None:
    """Not by an option of the start, for which PgBouncer would turn us away."""
    connection.execute(f"SET idle_in_transaction_session_timeout = '{ASLEEP}'".encode())
    connection.commit()


class _Undone(Exception):
    """The transaction is surely undone, and not through a fault of the work."""

    def __init__(self, why: Exception) -> None:
        super().__init__()
        self.why = why


def _lost(connection: sa.Connection) -> bool:
    """Whether a connection was cut. If so, SQLAlchemy knows it, too, and replaces the others of its age."""
    if not connection.invalidated and _driver(connection).closed:
        with suppress(DBAPIError):
            ping(connection)
    return connection.invalidated


def _driver(connection: sa.Connection) -> psycopg.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(driver)
    return driver
