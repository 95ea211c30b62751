"""Stalls whoever writes to a PostgreSQL database, so that what two people do at the same moment meets for certain."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import TypeVar

import psycopg

A = TypeVar("A")
B = TypeVar("B")
Act = Coroutine[None, None, A]

Waiting = Callable[[int], Awaitable[None]]
"""Waits until so many transactions wait for a lock."""


@asynccontextmanager
async def stalled(address: str, *statements: str) -> AsyncIterator[Waiting]:
    """Take locks by statements until the end of the block."""
    async with (
        await psycopg.AsyncConnection.connect(address) as holding,
        await psycopg.AsyncConnection.connect(address, autocommit=True) as watching,
    ):

        async def waiting(number: int) -> None:
            count = b"SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
            async with asyncio.timeout(20):
                while (await (await watching.execute(count)).fetchone() or (0,))[0] < number:  # noqa: ASYNC110 -- nobody tells
                    await asyncio.sleep(0.01)

        for statement in statements:
            await holding.execute(statement.encode())
        yield waiting
        await holding.commit()


async def meet(address: str, statement: str, first: Act[A], second: Act[B]) -> tuple[A, B]:
    """Have two people act while writers are stalled by a statement, the second once the first waits."""
    async with stalled(address, statement) as waiting:
        earlier = asyncio.create_task(first)
        await waiting(1)
        later = asyncio.create_task(second)
        await waiting(2)
    return await asyncio.gather(earlier, later)


def nobody_writes(table: str) -> str:
    """The statement after which a table can be read, and whoever would write waits."""
    return f"LOCK TABLE {table} IN SHARE MODE"


def rows_held(table: str) -> str:
    """The statement after which the rows there are can be read, and whoever would write them waits in a line."""
    return f"SELECT * FROM {table} FOR NO KEY UPDATE"


def alone(name: str) -> str:
    """The statement after which whoever wants a name for themselves waits (`bot.core.database.locks`)."""
    return f"SELECT pg_advisory_xact_lock(hashtextextended('{name}', 0))"
