"""Polls that come again."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from bot.core.cadence.recurrence import Recurrence

PREVIEWED: Final = 5
"""Dates that are shown before they come."""

_A_WEEK_OF_DAYS: Final = 8
"""Dates between which lies every distance there is, also where it comes on several days of a week."""


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
        return self.recurrence.next_after(now, self.zone, self.skipped)

    def begins_later(self, now: datetime) -> bool:
        """Whether its first one is further ahead than it ever waits from one to the next."""
        first, *rest = self.recurrence.following(now, self.zone, _A_WEEK_OF_DAYS)
        return first - now > max(after - before for before, after in pairwise([first, *rest]))

    def dates(self, now: datetime, first: datetime | None) -> list[datetime]:
        """The next openings: the `first`, which is scheduled already, perhaps on a day of its own, and those after."""
        if first is None:
            return self.recurrence.following(now, self.zone, PREVIEWED, self.skipped)
        return [first, *self.recurrence.following(first, self.zone, PREVIEWED - 1, self.skipped)]
