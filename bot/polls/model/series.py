"""Polls that come again."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bot.core.cadence.recurrence import Recurrence

PREVIEWED: Final = 5
"""Dates that are shown before they come."""


@dataclass(frozen=True, slots=True)
class Series:
    """A rhythm in somebody's zone. `skipped` are its days there that are left out."""

    id: int
    workspace: int
    author: int
    recurrence: Recurrence
    zone: str
    skipped: frozenset[date] = frozenset()
    paused: bool = False
    ended_at: datetime | None = None

    @property
    def running(self) -> bool:
        """Whether further polls come."""
        return not self.paused and self.ended_at is None

    def next_after(self, now: datetime) -> datetime:
        """When the next one opens."""
        return self.dates(now, 1)[0]

    def dates(self, now: datetime, count: int = PREVIEWED) -> list[datetime]:
        """The next openings."""
        return self.recurrence.following(now, self.zone, count, self.skipped)
