"""The bar that dispatching is held against: the calls alone, so many in flight, and nothing remembered.

Runs as a process of its own: `python -m benchmarks.bare CLIENT PORT MESSAGES IN_FLIGHT`, where CLIENT is `aiohttp` or
`slack_sdk` (on aiohttp).
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator

import aiohttp
import uvloop
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks import call

Send = Callable[[str, str], Awaitable[object]]


async def _run(client: str, port: int, messages: int, in_flight: int) -> None:
    numbers = iter(range(messages))
    async with aiohttp.ClientSession() as session:
        send = _sdk(session, port) if client == "slack_sdk" else _plain(session, port)
        await asyncio.gather(*(_calls(send, numbers) for _ in range(in_flight)))


async def _calls(send: Send, numbers: Iterator[int]) -> None:
    for number in numbers:
        await send(f"U{number}", f"bare:{number}")


def _plain(session: aiohttp.ClientSession, port: int) -> Send:
    return lambda account, key: call.plainly(session, port, account, key)


def _sdk(session: aiohttp.ClientSession, port: int) -> Send:
    address = f"http://127.0.0.1:{port}/api/"
    client = AsyncWebClient(token="xoxb", base_url=address, session=session, retry_handlers=[])
    return lambda account, key: client.chat_postMessage(**call.message(account, key))


if __name__ == "__main__":
    uvloop.run(_run(sys.argv[1], *map(int, sys.argv[2:])))
