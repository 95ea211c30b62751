"""Whose turn it is: room in a replica, shared out fairly between workspaces, urgent lanes first."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from scheduler.queue import Queue

AT_ONCE: Final = 256
"""Calls of one replica at once. A crash leaves at most so many messages of unknown fate."""

RESERVED: Final = 32
"""Of them, those that only urgent lanes may use."""

AT_ONCE_PER_WORKSPACE: Final = 64
"""A workspace whose platform is slow leaves room for the others."""


class Turns:
    """Chooses queues round robin, from the one after the last that was served.

    A queue that had to wait for its limits asks for no more rows than it was given tokens lately; while it is never
    refused, it asks for twice as many each time.
    """

    def __init__(self) -> None:
        self._last = Queue(0, urgent=False)
        self._rests: dict[Queue, datetime] = {}
        self._appetite: dict[Queue, int] = {}

    def choose(self, heads: Mapping[Queue, datetime], busy: Counter[int], now: datetime) -> list[tuple[Queue, int]]:
        """How many rows each queue may give. `busy` is how many calls of each workspace are on their way."""
        chosen: list[tuple[Queue, int]] = []
        taken = Counter(busy)
        for urgent in (True, False):
            room = AT_ONCE - taken.total() - (0 if urgent else RESERVED)
            due = self._in_turn(each for each, at in heads.items() if each.urgent is urgent and at <= now)
            due = [each for each in due if self._rests.get(each, now) <= now]
            for number, each in enumerate(due):
                fair = -(-room // (len(due) - number))
                here = AT_ONCE_PER_WORKSPACE + (RESERVED if urgent else 0) - taken[each.workspace]
                most = min(fair, here, self._appetite.get(each, AT_ONCE))
                if most > 0:
                    chosen.append((each, most))
                    taken[each.workspace] += most
                    room -= most
        return chosen

    def served(self, chosen: Iterable[Queue], given: Mapping[Queue, int], rests: Mapping[Queue, datetime]) -> None:
        """What came of it: rows that got as far as a call, and queues that have to rest until an instant."""
        for each in chosen:
            if each in rests:
                self._appetite[each] = max(1, given.get(each, 0))
            elif each in self._appetite:
                self._appetite[each] *= 2
                if self._appetite[each] >= AT_ONCE:
                    del self._appetite[each]
            if not each.urgent:
                self._last = each
        self._rests |= rests

    def resting(self, now: datetime) -> Iterable[datetime]:
        """The instants at which queues that rest go on."""
        self._rests = {each: until for each, until in self._rests.items() if until > now}
        return self._rests.values()

    def _in_turn(self, queues: Iterable[Queue]) -> list[Queue]:
        ordered = sorted(queues, key=lambda each: each.workspace)
        after = [each for each in ordered if each.workspace > self._last.workspace]
        return after + ordered[: len(ordered) - len(after)]
