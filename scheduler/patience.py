"""How long to wait before trying again, and when to stop."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random


@dataclass(frozen=True, slots=True)
class Patience:
    """Backoff doubles from `first` to `longest`, each time between half and all of it, as `chance` (0 to 1) has it.

    A row whose worker shows no sign of life for a `lease` is taken over; a call that takes longer than `call` counts
    as unknown, and none begins so late that it could outlast its lease. `before_asking` leaves a message that may still
    be on its way the time to arrive; the platform is asked again after ever longer waits until `give_up` has passed
    since the call.
    """

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(minutes=10)
    attempts: int = 10
    before_asking: timedelta = timedelta(seconds=10)
    give_up: timedelta = timedelta(hours=6)
    lease: timedelta = timedelta(seconds=60)
    call: timedelta = timedelta(seconds=30)
    chance: Callable[[], float] = random

    def after(self, attempts: int) -> timedelta:
        """How long to wait after so many failed attempts (1 or more)."""
        doublings: int = 2 ** (attempts - 1)
        full = min(self.first * doublings, self.longest)
        return full * (0.5 + self.chance() / 2)

    def ask_again(self, called_at: datetime, now: datetime) -> datetime | None:
        """When to ask again about a call, or None to leave it to the admin."""
        elapsed = now - called_at
        return None if elapsed > self.give_up else now + max(elapsed, timedelta(minutes=1))
