"""Many things, some at a time."""

from collections.abc import AsyncIterator
from typing import TypeVar

T = TypeVar("T")


async def batches(told: AsyncIterator[T], most: int) -> AsyncIterator[list[T]]:
    """What is told one by one, in lists of `most`; the last may be shorter, and none is empty."""
    batch: list[T] = []
    async for each in told:
        batch.append(each)
        if len(batch) == most:
            yield batch
            batch = []
    if batch:
        yield batch
