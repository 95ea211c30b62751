"""Stalls whoever writes to a PostgreSQL database, so that what two people do at the same moment meets for certain."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg

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


def nobody_writes(table: str) -> str:
    """The statement after which a table can be read, and whoever would write waits."""
    return f"LOCK TABLE {table} IN SHARE MODE"


def rows_held(table: str) -> str:
    """The statement after which the rows there are can be read, and whoever would write them waits in a line."""
    return f"SELECT * FROM {table} FOR NO KEY UPDATE"
