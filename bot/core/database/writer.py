"""Who writes to a SQLite file: one connection, one transaction at a time, many jobs in each.

Jobs wait for each other's fsync, not for each other's thread. A brief job is done in the event loop's own thread and
only committed in the writer's: every call into SQLite lets go of the interpreter, and on a busy loop a second thread
waits milliseconds to get it back, at every statement. Long jobs are done in the writer's thread and wait there.
"""

import asyncio
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot.core.database.port import Away, Connection, Work, done

MOST: Final = 200
"""Jobs in one transaction."""

PATIENCE: Final = 10_000
"""Milliseconds that the writer's thread waits for another process to finish writing. A brief job does not wait."""


class Job:
    """One piece of work on its way to its commit."""

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


class _Batch:
    """Jobs tried in one transaction that waits for its commit, or (with an `error`) was undone."""

    def __init__(self) -> None:
        self.tried: list[Job] = []
        self.transaction: sa.RootTransaction | None = None
        self.error: BaseException | None = None


class Writer:
    """The one connection that writes. Whoever uses it, in whatever thread, holds `_turn` from BEGIN to COMMIT."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[Job | _Batch | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._brief: deque[Job] = deque()
        self._long: deque[Job] = deque()
        self._started = False
        self._closed = False
        self._ending = False
        self._connection: Connection | None = None

    def put(self, job: Job) -> None:
        """Accept a job; from then on it will be done."""
        self._accept(job, self._queue.put)

    def put_brief(self, job: Job) -> None:
        """Accept a job of a few statements, in the thread of its loop."""
        self._accept(job, self._brief.append)
        job.loop.call_soon(self._flush)

    def close(self) -> None:
        """Do what is accepted, and end."""
        with self._lock:
            if not self._closed and self._started:
                self._queue.put(None)
            self._closed = True
        if self._started:
            self._thread.join()

    def _accept(self, job: Job, put: Callable[[Job], None]) -> None:
        with self._lock:
            if self._closed:
                raise RuntimeError("the database is closed")
            put(job)
            if not self._started:
                self._started = True
                self._thread.start()

    def _flush(self) -> None:
        """In a loop's thread: do what is brief now. Whoever holds the turn instead does it, or calls again."""
        with self._lock:
            if self._closed or not self._brief or not self._turn.acquire(blocking=False):
                return
        jobs = _some(self._brief)
        batch = self._do(jobs, self._connection, patience=0) if self._connection else _Batch()
        for job in jobs[len(batch.tried) :]:
            self._queue.put(job)  # another process is writing, or nothing is open yet: that takes time
        self._queue.put(batch)

    def _run(self) -> None:
        """In the writer's own thread."""
        while not self._ending or self._long or self._brief:
            if not self._long and not self._ending:
                self._receive(self._queue.get())
            if self._long or self._ending:
                self._do_all()
            self._call()
        self._drop()

    def _receive(self, item: Job | _Batch | None) -> None:
        if isinstance(item, _Batch):
            self._commit(item)
            self._turn.release()
        elif item is None:
            self._ending = True
        else:
            self._long.append(item)

    def _do_all(self) -> None:
        while not self._turn.acquire(blocking=False):
            self._receive(self._queue.get())  # a loop has the turn, so its batch is on the way
        with suppress(queue.Empty):
            while len(self._long) < MOST:
                item = self._queue.get_nowait()
                if isinstance(item, _Batch):
                    raise TypeError(item)  # nobody else can have done anything in our turn
                self._receive(item)
        jobs = [*_some(self._long), *_some(self._brief)]
        while jobs:
            batch = self._attempt(jobs)
            self._commit(batch)
            del jobs[: len(batch.tried)]
        self._turn.release()

    def _attempt(self, jobs: Sequence[Job]) -> _Batch:
        """Do jobs, whatever it takes; where not even a transaction could begin, all of them have failed."""
        try:
            self._connection = self._connection or connected(self._engine)
            batch = self._do(jobs, self._connection, PATIENCE)
        except Away as error:
            batch = _Batch()
            batch.error = error
        if batch.error and not batch.tried:
            batch.tried = list(jobs)
        return batch

    def _do(self, jobs: Sequence[Job], connection: Connection, patience: int) -> _Batch:
        """Do jobs in one transaction, up to the first that ends it for all."""
        batch = _Batch()
        try:
            driver = _driver(connection)
            driver.execute(f"PRAGMA busy_timeout={patience}")
            batch.transaction = connection.begin()
            for job in jobs:
                batch.tried.append(job)
                _try(job, connection, driver)
                if not (driver.in_transaction and batch.transaction.is_active):
                    raise job.error or RuntimeError("work ended the transaction it was part of")  # noqa: TRY301
        except BaseException as error:  # noqa: BLE001 -- what undoes a batch belongs to everybody whose work was in it
            batch.error = error
            self._drop()
        return batch

    def _commit(self, batch: _Batch) -> None:
        """Make a batch durable and tell everybody whose work was in it."""
        try:
            if batch.transaction and not batch.error:
                batch.transaction.commit()
        except BaseException as error:  # noqa: BLE001 -- a failed commit undoes the work of everybody in it
            batch.error = error
            self._drop()
        for job in batch.tried:
            job.error = job.error or batch.error
        _deliver(batch.tried)

    def _call(self) -> None:
        """Have a loop do what became brief while somebody was writing; where the loop is closed, it is done here."""
        while self._brief:
            try:
                self._brief[0].loop.call_soon_threadsafe(self._flush)
            except IndexError:  # a loop has taken it in the meantime
                return
            except RuntimeError:
                with suppress(IndexError):  # as above
                    self._long.append(self._brief.popleft())
            else:
                return

    def _drop(self) -> None:
        """Let go of the connection; the next batch takes a new one."""
        if self._connection is not None:
            with suppress(Exception):
                self._connection.invalidate()
            self._connection.close()
            self._connection = None


def _some(jobs: deque[Job]) -> list[Job]:
    """Take as many as one transaction holds."""
    return [jobs.popleft() for _ in range(min(len(jobs), MOST))]


def connected(engine: sa.Engine) -> Connection:
    """A connection, or `Away`."""
    try:
        return engine.connect()
    except OperationalError as error:
        raise Away(error.orig) from error
    except OSError as error:  # its folder cannot be made
        raise Away(error) from error


def _try(job: Job, connection: Connection, driver: sqlite3.Connection) -> None:
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


def _deliver(jobs: Sequence[Job]) -> None:
    """Tell each event loop of its jobs, with one call a loop."""
    loops: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in jobs:
        loops.setdefault(job.loop, []).append(job)
    for loop, settled in loops.items():
        with suppress(RuntimeError):  # the loop was closed, so nobody waits
            loop.call_soon_threadsafe(_settle, settled)


def _settle(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.settle()


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError(driver)
    return driver
