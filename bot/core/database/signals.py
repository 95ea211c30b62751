"""Signals between the processes on one PostgreSQL: NOTIFY, at most so often, and one connection that listens.

A signal says no more than that there is something to do. One that is lost costs the time until the next look.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import psycopg
import structlog

CHANNEL: Final = "drumbeat"

BREATH: Final = 0.05
"""Seconds from the end of one NOTIFY to the next: PostgreSQL commits them one after the other, in all databases."""

SOONEST: Final = 0.2
LATEST: Final = 10.0
"""Seconds between two attempts to listen again: twice as many after each, half of them by chance."""

Connect = Callable[[], Awaitable[psycopg.AsyncConnection]]

log = structlog.get_logger()


class Notifier:
    """Makes few signals of many. `send` sends one, and raises nothing."""

    def __init__(self, send: Callable[[], Awaitable[None]]) -> None:
        self._send = send
        self._wanted = False
        self._sending: asyncio.Task[None] | None = None

    def notify(self) -> None:
        """Send a signal now, or when the one on its way and the breath after it are over."""
        self._wanted = True
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._run(), name="notify")

    async def finish(self) -> None:
        """Send what is still wanted."""
        if self._sending:
            await self._sending

    async def _run(self) -> None:
        while self._wanted:
            self._wanted = False
            await self._send()
            await asyncio.sleep(BREATH)


@asynccontextmanager
async def listening(connect: Connect, heard: Callable[[], None]) -> AsyncIterator[None]:
    """Have `heard` called at every signal until the end of the block, whatever becomes of the connection meanwhile.

    `connect` opens one that commits by itself. `heard` is also called when it listens again: something may have been
    missed.
    """
    task = asyncio.create_task(_persist(connect, heard), name="listen")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _persist(connect: Connect, heard: Callable[[], None]) -> None:
    pause = SOONEST

    def listens() -> None:
        nonlocal pause
        pause = SOONEST
        heard()

    while True:
        try:
            await _listen(connect, listens)
        except Exception as error:  # noqa: BLE001 -- whatever it was, the next attempt may succeed
            if pause == SOONEST:  # the first time in a row
                log.warning("signals_lost", error=type(error).__name__)
        await asyncio.sleep(pause * (0.5 + random.random() / 2))  # noqa: S311 -- chance, not secrecy
        pause = min(pause * 2, LATEST)


async def _listen(connect: Connect, heard: Callable[[], None]) -> None:
    connection = await connect()
    try:
        await connection.execute(f"LISTEN {CHANNEL}")
        heard()
        async with _readable(connection.fileno()) as readable:
            while True:
                await readable.wait()
                readable.clear()
                connection.pgconn.consume_input()  # raises where the connection was cut
                if _drain(connection):
                    heard()
    finally:
        await connection.close()


def _drain(connection: psycopg.AsyncConnection) -> bool:
    """Take what has arrived; whether there was anything."""
    arrived = False
    while connection.pgconn.notifies():
        arrived = True
    return arrived


@asynccontextmanager
async def _readable(file: int) -> AsyncIterator[asyncio.Event]:
    """Set an event whenever there is something to read.

    The driver's own `notifies()` looks ten times a second all the same: a quarter of a percent of a core, for nothing.
    """
    loop, event = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(file, event.set)
    try:
        yield event
    finally:
        loop.remove_reader(file)
