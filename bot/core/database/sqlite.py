"""SQLite: one connection writes, many transactions share one fsync, readers have connections of their own."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from bot.core.database.port import Connection, Database, Work, done
from bot.core.database.writer import Job, Writer, connected

T = TypeVar("T")

READERS: Final = 2


class SQLite(Database):
    """A file. Writers share one thread and one fsync; readers have connections of their own (write-ahead log)."""

    shared = False

    def __init__(self, url: sa.URL) -> None:
        self.engine = sa.create_engine(
            url,
            poolclass=sa.pool.QueuePool,
            pool_size=1,
            hide_parameters=True,
            connect_args={"check_same_thread": False},  # a lock sees to it that one thread at a time writes
        )
        self._reading = sa.create_engine(url, poolclass=sa.pool.QueuePool, pool_size=READERS, hide_parameters=True)
        for engine, begin in ((self.engine, "BEGIN IMMEDIATE"), (self._reading, "BEGIN")):
            sa.event.listen(engine, "do_connect", _make_folder)
            sa.event.listen(engine, "connect", _prepare)
            sa.event.listen(engine, "begin", _begin(begin))
        sa.event.listen(self._reading, "connect", _only_read)
        self._readers = ThreadPoolExecutor(READERS, "sqlite-reader")
        self._writer = Writer(self.engine)

    async def run(self, work: Work[T]) -> T:
        """Queue `work` for the writer thread; the answer comes after the commit that holds it."""
        job = Job(work, asyncio.get_running_loop())
        self._writer.put(job)
        result: T = await job.future
        return result

    async def briefly(self, work: Work[T]) -> T:
        """Do `work` at once in this thread, if nobody is writing; only the commit is waited for."""
        job = Job(work, asyncio.get_running_loop())
        self._writer.put_brief(job)
        result: T = await job.future
        return result

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a reader's own connection; readers and the writer do not wait for one another."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def notify(self) -> None:
        """Nobody else is here."""

    def listen(self, heard: Callable[[], None]) -> AbstractAsyncContextManager[None]:  # noqa: ARG002 -- as above
        """Nobody else is here."""
        return nullcontext()

    async def close(self) -> None:
        """Commit what is queued, then end the threads."""
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._readers.shutdown)
        self.engine.dispose()
        self._reading.dispose()

    def _read(self, work: Work[T]) -> T:
        with connected(self._reading) as connection, connection.begin():
            return done(work, connection)


def _make_folder(_dialect: object, _record: object, arguments: Sequence[Any], _options: object) -> None:
    Path(arguments[0]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours: pysqlite's own would start too late and end too early
    connection.execute("PRAGMA busy_timeout=10000")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten; not every build does it unasked


def _only_read(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON")


def _begin(statement: str) -> Any:  # noqa: ANN401 -- SQLAlchemy's listeners have no common type
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return begin
