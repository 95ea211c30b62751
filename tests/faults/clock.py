"""A clock that the campaign puts forward and back while workers run, through a little file they all have in memory."""

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

SLOTS: Final = 16
_SECONDS: Final = struct.Struct("d")


class Offsets:
    """Seconds by which clocks are ahead: slot 0 goes for everybody, any other for one worker."""

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


class ShiftedClock:
    """The machine's clock, ahead by what the campaign says for everybody and for this worker."""

    def __init__(self, offsets: Offsets, slot: int) -> None:
        self._offsets = offsets
        self._slot = slot

    def now(self) -> datetime:
        """The present instant, as this worker believes."""
        return datetime.now(UTC) + self.ahead()

    def ahead(self) -> timedelta:
        """By how much it is put forward at this moment."""
        return timedelta(seconds=self._offsets.of(0) + (self._offsets.of(self._slot) if self._slot else 0))

    def elapsed(self) -> float:
        """The machine's monotonic clock, which nobody can put anywhere."""
        return time.monotonic()
