"""The demo's clock, moved by hand from one due time to the next."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from adapters.sandbox.chat import Chat, News
from bot.core.cadence.slots import instant

MORNING = time(9)
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
FAR = timedelta(days=60)
"""How far `due` looks ahead."""
STRIDE = timedelta(hours=1)
"""The longest step: some things come due without being written down beforehand."""
_TICK = timedelta(seconds=1)

RunDue = Callable[[], Awaitable[object]]
NextDue = Callable[[datetime], Awaitable[datetime | None]]


class MovableClock(Protocol):
    """A clock that somebody can put forward."""

    def now(self) -> datetime:
        """The present instant of the demo."""
        ...

    def elapsed(self) -> float:
        """Seconds since it was made."""
        ...

    def move_to(self, at: datetime) -> None:
        """Put the clock to a later instant."""
        ...


class Hours:
    """Moves the clock. `run_due` plans and sends all that is due, `next_due(before)` says when something will be."""

    def __init__(self, clock: MovableClock, chat: Chat, run_due: RunDue, next_due: NextDue) -> None:
        self._clock = clock
        self._chat = chat
        self._run_due = run_due
        self._next_due = next_due
        self._moving = asyncio.Lock()

    async def settle(self) -> None:
        """Plan and send what is due at this moment."""
        await self._run_due()

    async def move(self, step: str, zone: str) -> None:
        """Move by a step: `hour`, `day`, `week`, `morning` (nine o'clock in `zone`) or `due` (to the next message)."""
        async with self._moving:
            await self._advance(await self._target(step, zone))

    async def advance(self, until: datetime) -> None:
        """Move to an instant, and let everything due before it happen at its own time."""
        async with self._moving:
            await self._advance(until)

    async def _target(self, step: str, zone: str) -> datetime:
        now = self._clock.now()
        if step == "morning":
            return next_morning(now, zone)
        if step == "due":
            return await self._next_due(now + FAR) or now
        return now + STEPS[step]

    async def _advance(self, until: datetime) -> None:
        await self._run_due()
        while (now := self._clock.now()) < until:
            ahead = min(until, now + STRIDE)
            due = await self._next_due(ahead)
            self._put(min(ahead, max(due or ahead, now + _TICK)))
            await self._run_due()

    def _put(self, at: datetime) -> None:
        if at > self._clock.now():
            self._clock.move_to(at)
        self._chat.tell(News("clock"))


def next_morning(now: datetime, zone: str) -> datetime:
    """Nine o'clock on the next working day in a zone."""
    day = now.astimezone(ZoneInfo(zone)).date()
    while True:
        at = instant(day, MORNING, zone)
        if at > now and not _is_weekend(day):
            return at
        day += timedelta(days=1)


def opening(today: datetime, zone: str) -> datetime:
    """When a demo begins: Tuesday of this week at twenty to ten in the company's own zone."""
    local = today.astimezone(ZoneInfo(zone)).date()
    tuesday = local - timedelta(days=local.weekday() - 1)
    return instant(tuesday, time(9, 40), zone).astimezone(UTC)


def _is_weekend(day: date) -> bool:
    return day.weekday() >= 5  # noqa: PLR2004 -- Saturday
