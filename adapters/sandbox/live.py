"""The live stream: server-sent events, one for each thing that changed since the last look."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Final

from adapters.sandbox import page
from adapters.sandbox.chat import News
from adapters.sandbox.page import Data, Scenery

STILL_HERE: Final = 15
"""Seconds of silence after which the stream says that it is still there."""


async def stream(scenery: Scenery, account: str) -> AsyncIterator[str]:
    """Everything that changes for somebody, until the sandbox closes; first of all that they should look afresh."""
    with scenery.chat.watch() as queue:
        yield _event({"what": "afresh"})
        while True:
            try:
                news = await asyncio.wait_for(queue.get(), STILL_HERE)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            for latest in _once([news, *_waiting(queue)]):
                if latest.what == "gone":
                    return
                if told := await page.told(scenery, account, latest):
                    yield _event(told)


def _waiting(queue: asyncio.Queue[News]) -> Iterator[News]:
    while not queue.empty():
        yield queue.get_nowait()


def _once(news: Iterable[News]) -> list[News]:
    """Each kind of news, and each message, only as it is at last."""
    return list({(one.what, one.message.id if one.message else ""): one for one in news}.values())


def _event(told: Data) -> str:
    return f"data: {json.dumps(told)}\n\n"
