"""SQLite: one writer thread takes the queue, runs each work in a savepoint and commits them together."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot.core.database.port import Away, Connection, Database, Work, done

T = TypeVar("T")

BATCH: Final = 200
READERS: Final = 2


class SQLite(Database):
    """A file. Writers share one thread and one fsync; readers have connections of their own (write-ahead log)."""

    def __init__(self, url: sa.URL) -> None:
        self.engine = sa.create_engine(url, poolclass=sa.pool.QueuePool, pool_size=1, hide_parameters=True)
        self._reading = sa.create_engine(url, poolclass=sa.pool.QueuePool, pool_size=READERS, hide_parameters=True)
        for engine, begin in ((self.engine, "BEGIN IMMEDIATE"), (self._reading, "BEGIN")):
            sa.event.listen(engine, "do_connect", _make_folder)
            sa.event.listen(engine, "connect", _prepare)
            sa.event.listen(engine, "begin", _begin(begin))
        sa.event.listen(self._reading, "connect", _only_read)
        self._readers = ThreadPoolExecutor(READERS, "sqlite-reader")
        self._writer = _Writer(self.engine)

    async def run(self, work: Work[T]) -> T:
        """Queue `work` for the writer thread; the answer comes after the commit that holds it."""
        job = _Job(work, asyncio.get_running_loop())
        self._writer.put(job)
        result: T = await job.future
        return result

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a reader's own connection; readers and the writer do not wait for one another."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def close(self) -> None:
        """Commit what is queued, then end the threads."""
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._readers.shutdown)
        self.engine.dispose()
        self._reading.dispose()

    def _read(self, work: Work[T]) -> T:
        with _connected(self._reading) as connection, connection.begin():
            return done(work, connection)


class _Job:
    """One piece of work on its way through the writer thread."""

    def __init__(self, work: Work[Any], loop: asyncio.AbstractEventLoop) -> None:
        self.work = work
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    def settle(self) -> None:
        if self.future.done():  # whoever asked was cancelled
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class _Writer:
    """The one thread that writes, and its queue. It starts with the first job."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._lock = threading.Lock()
        self._started = False
        self._closed = False
        self._connection: Connection | None = None

    def put(self, job: _Job) -> None:
        """Accept a job; from then on it will be done."""
        with self._lock:
            if self._closed:
                raise RuntimeError("the database is closed")
            self._queue.put(job)
            if not self._started:
                self._started = True
                self._thread.start()

    def close(self) -> None:
        """Do what is accepted, and end."""
        with self._lock:
            if not self._closed and self._started:
                self._queue.put(None)
            self._closed = True
        if self._started:
            self._thread.join()

    def _run(self) -> None:
        while jobs := self._batch():
            while jobs:
                settled = self._commit(jobs)
                _deliver(jobs[:settled])
                del jobs[:settled]
        self._drop()

    def _batch(self) -> list[_Job]:
        """The next jobs, waiting for the first; none when the queue has come to its end."""
        first = self._queue.get()
        jobs = [first] if first else []
        while jobs and len(jobs) < BATCH:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._queue.put(None)
                break
            jobs.append(job)
        return jobs

    def _commit(self, jobs: Sequence[_Job]) -> int:
        """Do jobs and commit them together; how many are settled, be it that all of those failed."""
        tried = 0
        try:
            connection = self._connection = self._connection or _connected(self._engine)
            driver = _driver(connection)
            with connection.begin() as transaction:
                for job in jobs:
                    tried += 1
                    _try(job, connection, driver)
                    if not (driver.in_transaction and transaction.is_active):
                        raise job.error or RuntimeError("work ended the transaction it was part of")  # noqa: TRY301
        except BaseException as error:  # noqa: BLE001 -- what undoes a batch belongs to everybody whose work was in it
            tried = tried or len(jobs)
            for job in jobs[:tried]:
                job.error = job.error or error
            self._drop()
        return tried

    def _drop(self) -> None:
        """Let go of the connection; the next batch takes a new one."""
        if self._connection is not None:
            with suppress(Exception):
                self._connection.invalidate()
            self._connection.close()
            self._connection = None


def _connected(engine: sa.Engine) -> Connection:
    try:
        return engine.connect()
    except OperationalError as error:
        raise Away(error.orig) from error
    except OSError as error:  # its folder cannot be made
        raise Away(error) from error


def _try(job: _Job, connection: Connection, driver: sqlite3.Connection) -> None:
    """Do one job in a savepoint of its own: its failure leaves its neighbours alone.

    SQLite itself gives up a whole transaction on a full disk and the like; then there is no savepoint to go back to.
    """
    driver.execute("SAVEPOINT work")
    try:
        job.result = done(job.work, connection)
    except BaseException as error:  # noqa: BLE001 -- it is raised where the work was asked for
        job.error = error
        if not driver.in_transaction:
            return
        driver.execute("ROLLBACK TO work")
    if driver.in_transaction:
        driver.execute("RELEASE work")


def _deliver(jobs: Sequence[_Job]) -> None:
    """Tell each event loop of its jobs, with one call a loop."""
    loops: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in jobs:
        loops.setdefault(job.loop, []).append(job)
    for loop, settled in loops.items():
        with suppress(RuntimeError):  # the loop was closed, so nobody waits
            loop.call_soon_threadsafe(_settle, settled)


def _settle(jobs: Sequence[_Job]) -> None:
    for job in jobs:
        job.settle()


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError(driver)
    return driver


def _make_folder(_dialect: object, _record: object, arguments: Sequence[Any], _options: object) -> None:
    Path(arguments[0]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours: pysqlite's own would start too late and end too early
    connection.execute("PRAGMA busy_timeout=10000")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _only_read(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON")


def _begin(statement: str) -> Any:  # noqa: ANN401 -- SQLAlchemy's listeners have no common type
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return begin
