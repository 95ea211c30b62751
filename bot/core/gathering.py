"""Gathers what several people do within a moment, so that it is written as one and no order can be told from it."""

import asyncio
from contextlib import suppress
from typing import Final

from bot.core.batching import Batch, Batching, Settle

MOMENT: Final = 0.25
"""Seconds that the first one waits for company: far within the 3 that platforms give for an answer."""

LONELY: Final = 3
"""Moments that somebody waits further who is still alone: a second in all, and then they are written by themselves."""


class Gathering(Batching):
    """Batches that wait for company before they are settled."""

    def __init__(self, settle: Settle, moment: float = MOMENT) -> None:
        super().__init__(settle)
        self._moment = moment

    async def _run(self, batch: Batch) -> None:
        await asyncio.sleep(self._moment)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._moment * LONELY):
                await batch.company.wait()
        await self._close(batch)
