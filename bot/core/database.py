"""One verb over SQLite and PostgreSQL: `await database.run(work)`, where `work(connection)` is one transaction."""

import asyncio
import queue
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection as Connection  # noqa: PLC0414 -- the one name of SQLAlchemy that features may say
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")
Work = Callable[[Connection], T]

metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of the product; Alembic's migrations are compared with it."""

Id: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A row's own number; SQLite counts only INTEGER primary keys by itself."""


class Instant(sa.types.TypeDecorator[datetime]):
    """An instant: aware and UTC in Python, `timestamptz` in PostgreSQL, UTC text that sorts in SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive times; SQLite gets naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a stored time must know its zone"
            raise ValueError(message)
        return value.astimezone(UTC) if dialect.name == "postgresql" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Back to aware UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if dialect.name == "postgresql" else value.replace(tzinfo=UTC)


def insert(connection: Connection, table: sa.Table) -> Any:  # noqa: ANN401 -- both dialects' Insert have on_conflict_*, their base has not
    """The dialect's INSERT, which knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


class Database(ABC):
    """A database that runs work. Built by `open_database`; closed once."""

    engine: sa.Engine

    @abstractmethod
    async def run(self, work: Work[T]) -> T:
        """Run `work` in one transaction, durable when this returns; its exception undoes it and is raised here."""

    @abstractmethod
    async def read(self, work: Work[T]) -> T:
        """Run `work` in one read-only transaction, beside the writers."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what was accepted and let go of every connection."""


def open_database(url: str) -> Database:
    """The database behind an URL, `sqlite:///file` or `postgresql://...`. Nothing is connected before the first use."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SQLite(parsed)
    return PostgreSQL(parsed.set(drivername="postgresql+psycopg"))


class SQLite(Database):
    """One writer thread takes the queue, runs each work in a savepoint and commits them together."""

    BATCH = 200
    READERS = 2

    def __init__(self, url: sa.URL) -> None:
        self.engine = sa.create_engine(url, poolclass=sa.pool.QueuePool, pool_size=self.READERS + 1)
        sa.event.listen(self.engine, "connect", _prepare_sqlite)
        sa.event.listen(self.engine, "begin", _begin_sqlite)
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(self.READERS, "sqlite-reader")
        self._writer = threading.Thread(target=self._write, name="sqlite-writer", daemon=True)
        self._started = threading.Lock()
        self._running = False

    async def run(self, work: Work[T]) -> T:
        """Queue `work` for the writer thread; the answer comes after the commit that holds it."""
        self._start()
        job = _Job(work, asyncio.get_running_loop())
        self._queue.put(job)
        result: T = await job.future
        return result

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a reader's own connection; in WAL mode readers and the writer do not wait for one another."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, _in_transaction, self.engine, work)

    async def close(self) -> None:
        """Commit what is queued, then end the threads."""
        if self._running:
            self._queue.put(None)
            await asyncio.to_thread(self._writer.join)
        self._readers.shutdown()
        self.engine.dispose()

    def _start(self) -> None:
        if not self._running:
            with self._started:
                if not self._running:
                    self._writer.start()
                    self._running = True

    def _write(self) -> None:
        while (first := self._queue.get()) is not None:
            jobs, last = self._batch(first)
            try:
                with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
                    for job in jobs:
                        job.attempt(connection)
            except Exception as error:  # noqa: BLE001 -- a failed commit belongs to everybody whose work was in it
                for job in jobs:
                    job.fail(error)
            _deliver(jobs)
            if last:
                return

    def _batch(self, first: "_Job") -> "tuple[list[_Job], bool]":
        jobs = [first]
        while len(jobs) < self.BATCH:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False


class PostgreSQL(Database):
    """A small pool of threads, each with a connection of its own."""

    THREADS = 8

    def __init__(self, url: sa.URL) -> None:
        self.engine = sa.create_engine(url, pool_size=self.THREADS, max_overflow=0, pool_pre_ping=True)
        self._threads = ThreadPoolExecutor(self.THREADS, "postgresql")

    async def run(self, work: Work[T]) -> T:
        """Run `work` in a thread of the pool."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _in_transaction, self.engine, work)

    async def read(self, work: Work[T]) -> T:
        """The same as `run`: PostgreSQL's readers never wait."""
        return await self.run(work)

    async def close(self) -> None:
        """Finish what was accepted and disconnect."""
        await asyncio.to_thread(self._threads.shutdown)
        self.engine.dispose()


class _Job:
    """One piece of work on its way through the writer thread."""

    def __init__(self, work: Work[Any], loop: asyncio.AbstractEventLoop) -> None:
        self.work = work
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    def attempt(self, connection: Connection) -> None:
        driver = connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise TypeError(driver)
        driver.execute("SAVEPOINT work")
        try:
            self.result = self.work(connection)
        except BaseException as error:  # noqa: BLE001 -- it is raised where the work was asked for
            driver.execute("ROLLBACK TO work")
            self.error = error
        driver.execute("RELEASE work")

    def fail(self, error: BaseException) -> None:
        self.error = self.error or error

    def settle(self) -> None:
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


def _deliver(jobs: list[_Job]) -> None:
    loops: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in jobs:
        loops.setdefault(job.loop, []).append(job)
    for loop, done in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, done)


def _settle(jobs: list[_Job]) -> None:
    for job in jobs:
        job.settle()


def _in_transaction(engine: sa.Engine, work: Work[T]) -> T:
    with engine.begin() as connection:
        return work(connection)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours: pysqlite's own would start too late and end too early
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA busy_timeout=10000")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
