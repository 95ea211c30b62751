"""Writes what several people do in batches: whoever comes while others are being written is in the next one.

Nobody waits for company: the first is written at once. It is what databases call group commit.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from bot.core.interactions import Answer, Interaction

MOST: Final = 200
"""So many are written at once; the next ones begin another batch."""

Outcome = Answer | Exception
Settle = Callable[[Sequence[Interaction]], Awaitable[Sequence[Outcome]]]


class Batch:
    """Those who are written together, each with the answer they wait for."""

    def __init__(self) -> None:
        self.acts: list[Interaction] = []
        self.answers: list[asyncio.Future[Answer]] = []
        self.company = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def add(self, act: Interaction) -> asyncio.Future[Answer]:
        """Take somebody in. Whoever gives up waiting for the answer takes nobody with them."""
        if self.acts:
            self.company.set()
        self.acts.append(act)
        self.answers.append(asyncio.get_running_loop().create_future())
        return self.answers[-1]


class Batching:
    """Hands on interactions in batches, one after the other, to `settle`, which answers each in the order given."""

    def __init__(self, settle: Settle) -> None:
        self._settle = settle
        self._open: Batch | None = None
        self._turn = asyncio.Lock()

    async def join(self, act: Interaction) -> Answer:
        """Wait for the answer. An error is raised for this one if `settle` gives it, for the batch if it raises it."""
        batch = self._open
        if batch is None or len(batch.acts) == MOST:
            batch = self._open = Batch()
            batch.task = asyncio.create_task(self._run(batch))
        return await batch.add(act)

    async def _run(self, batch: Batch) -> None:
        async with self._turn:
            await self._close(batch)

    async def _close(self, batch: Batch) -> None:
        """Take nobody in any more, settle the batch, and tell everybody."""
        if self._open is batch:
            self._open = None
        outcomes: Sequence[Outcome]
        try:
            outcomes = await self._settle(batch.acts)
        except Exception as error:  # noqa: BLE001 -- it is raised where each of them waits
            outcomes = [error] * len(batch.acts)
        for answer, outcome in zip(batch.answers, outcomes, strict=True):
            if answer.done():
                continue
            if isinstance(outcome, Exception):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)
