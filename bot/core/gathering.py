"""Gathers what several people do within a moment, so that it is written as one and no order can be told from it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

from bot.core.errors import Refused
from bot.core.interactions import Answer, Interaction

MOMENT: Final = 0.25
"""Seconds that the first one waits for company: far within the 3 that platforms give for an answer."""

LONELY: Final = 3
"""Moments that somebody waits further who is still alone: a second in all, and then they are written by themselves."""

MOST: Final = 200
"""So many are written at once; the next ones begin another gathering."""

Outcome = Answer | Refused
Settle = Callable[[Sequence[Interaction]], Awaitable[Sequence[Outcome]]]


class Gathering:
    """Hands on interactions in batches to `settle`, which answers each of them in the order given."""

    def __init__(self, settle: Settle, moment: float = MOMENT) -> None:
        self._settle = settle
        self._moment = moment
        self._open: _Batch | None = None

    async def join(self, act: Interaction) -> Answer:
        """Wait for company, then for the answer. Raises `Refused` for this one alone, other errors for the batch."""
        batch = self._open
        if batch is None or len(batch.acts) == MOST:
            batch = self._open = _Batch()
            batch.done = asyncio.create_task(self._run(batch))
        place = len(batch.acts)
        batch.acts.append(act)
        if place:
            batch.company.set()
        # Whoever gives up waiting must not take the others with them.
        outcome = (await asyncio.shield(batch.outcomes()))[place]
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    async def _run(self, batch: "_Batch") -> Sequence[Outcome]:
        await asyncio.sleep(self._moment)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._moment * LONELY):
                await batch.company.wait()
        if self._open is batch:
            self._open = None
        return await self._settle(batch.acts)


class _Batch:
    def __init__(self) -> None:
        self.acts: list[Interaction] = []
        self.company = asyncio.Event()
        self.done: asyncio.Task[Sequence[Outcome]] | None = None

    def outcomes(self) -> "asyncio.Task[Sequence[Outcome]]":
        if self.done is None:
            raise RuntimeError("not begun")
        return self.done
