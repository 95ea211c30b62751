"""Clocks: the machine's, and one that is moved by hand."""

import time
from datetime import UTC, datetime, timedelta

from bot.core.ports import Clock


class SystemClock:
    """The machine's clock; nothing else in the house reads it."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Seconds since the machine started, or the like."""
        return time.monotonic()


class MovableClock:
    """A clock that somebody puts forward: it runs on with `source`, or stands still without one."""

    def __init__(self, at: datetime, source: Clock | None = None) -> None:
        self._source = source
        self.move_to(at)
        self._begun = self._at

    def now(self) -> datetime:
        """The instant it was moved to, plus what has passed since on `source`."""
        return self._at + (self._source.now() - self._since if self._source else timedelta(0))

    def elapsed(self) -> float:
        """Seconds by this clock since it was made."""
        return (self.now() - self._begun).total_seconds()

    def move_to(self, at: datetime) -> None:
        """Put the clock to an instant."""
        self._at = at.astimezone(UTC)
        if self._source:
            self._since = self._source.now()

    def move_by(self, span: timedelta) -> None:
        """Put the clock forward."""
        self.move_to(self.now() + span)
