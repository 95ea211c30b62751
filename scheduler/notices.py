"""What happened behind the scenes to a message, for logs, metrics and the sandbox's strip; never what it says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import structlog

from bot.core.outbox import Entry

log = structlog.get_logger()


class Happening(StrEnum):
    """What can happen to a message. `retrying` is a platform that was away, `paused` one that asked for a pause.

    `taken_over` is a worker that vanished in the middle of a call; what becomes of the message is told besides.
    """

    PLANNED = "planned"
    DISPLACED = "displaced"
    SENT = "sent"
    REDRAWN = "redrawn"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    PAUSED = "paused"
    RETRYING = "retrying"
    FAILED = "failed"
    UNKNOWN = "unknown"
    TAKEN_OVER = "taken_over"


WELL: Final = frozenset({Happening.PLANNED, Happening.SENT, Happening.REDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One happening, by our own ids.

    `until` is when the message is due (planned) or will be tried (displaced, paused, retrying, unknown). `due` is when
    it was to be sent.
    """

    happening: Happening
    at: datetime
    workspace: int
    key: str
    drawing: str
    lane: str
    person: int | None = None
    place: int | None = None
    until: datetime | None = None
    due: datetime | None = None
    reason: str = ""

    @property
    def lag(self) -> float | None:
        """How many seconds after it was due a message was sent; None of everything else."""
        if self.happening is not Happening.SENT or self.due is None:
            return None
        return (self.at - self.due).total_seconds()


Hook = Callable[[Notice], None]


def unheard(_notice: Notice) -> None:
    """The hook of those who do not listen."""


def logged(tell: Hook) -> Hook:
    """The same hook, which also writes to the log; what goes well comes by the thousand, so only when debugging."""

    def both(notice: Notice) -> None:
        write = log.debug if notice.happening in WELL else log.info
        facts = {"workspace": notice.workspace, "person": notice.person, "place": notice.place, "lane": notice.lane}
        until = notice.until.isoformat() if notice.until else ""
        write(f"message_{notice.happening}", key=notice.key, until=until, reason=notice.reason, **facts)
        tell(notice)

    return both


Checkpoint = Callable[[str], None]
"""Called with a label wherever a process could die; tests kill it there."""


def onward(_label: str) -> None:
    """The checkpoint of production: nothing."""


def told(entry: Entry, happening: Happening, at: datetime, until: datetime | None = None, reason: str = "") -> Notice:
    """What to tell of an outbox row."""
    return Notice(
        happening=happening,
        at=at,
        workspace=entry.workspace_id,
        person=entry.person_id,
        place=entry.place_id,
        key=entry.key,
        drawing=entry.drawing,
        lane=entry.lane,
        until=until,
        due=entry.due_at,
        reason=reason,
    )
