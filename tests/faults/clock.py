"""The machine's clock, put forward and back by the campaign while workers run, through a file they have in memory."""

import mmap
import struct
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final, Self

import apscheduler.schedulers.base
import apscheduler.triggers.interval

import scheduler.clock

SLOTS: Final = 16
_SECONDS: Final = struct.Struct("d")
_READERS: Final = (scheduler.clock, apscheduler.schedulers.base, apscheduler.triggers.interval)
"""Whatever reads the time of day in a worker."""


class Offsets:
    """Seconds by which clocks are ahead: slot 0 goes for everybody, any other for one worker as well."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_SECONDS.size * SLOTS))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 0)

    def put(self, slot: int, seconds: float) -> None:
        """Put a clock to so many seconds ahead of the machine's."""
        _SECONDS.pack_into(self._shared, slot * _SECONDS.size, seconds)

    def of(self, slot: int) -> float:
        """How far a clock is ahead."""
        found: float = _SECONDS.unpack_from(self._shared, slot * _SECONDS.size)[0]
        return found


def follow(offsets: Offsets, slot: int) -> None:
    """Have this whole process read the time as the campaign puts it."""

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            ahead = offsets.of(0) + (offsets.of(slot) if slot else 0)
            return super().now(tz) + timedelta(seconds=ahead)

    for module in _READERS:
        vars(module)["datetime"] = Shifted
