"""May this message go now? The rules that hold at the moment of sending, pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.cadence.slots import instant, quiet_until
from bot.core.outbox import Lane
from bot.core.people import Person
from bot.core.places import WorkspaceSettings

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Now:
    """It may."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not before `until`."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Expired:
    """Not any more: it would come too late."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Never."""

    reason: str


Ruling = Now | Later | Expired | Unwanted


def rule(
    lane: Lane,
    expires: datetime | None,
    reader: Person | None,
    settings: WorkspaceSettings,
    nudged_today: int,
    now: datetime,
) -> Ruling:
    """What to do with a message to `reader` (None: to a shared place) who has had `nudged_today` nudges today."""
    if expires is not None and expires <= now:
        return Expired("too_late")
    if reader is None:
        return Now()
    calm = lane in (Lane.NOTICE, Lane.NUDGE)
    if unwanted := _unwanted(reader, calm=calm):
        return Unwanted(unwanted)
    later = _later(lane, reader, settings, nudged_today, now) if calm else None
    if later is None:
        return Now()
    return Expired(later.reason) if expires is not None and later.until >= expires else later


def day_of(reader: Person, now: datetime) -> datetime:
    """The instant the reader's present day began."""
    return instant(now.astimezone(ZoneInfo(reader.zone)).date(), time(0), reader.zone)


def _unwanted(reader: Person, *, calm: bool) -> str:
    if not reader.active:
        return "person_inactive"
    if not reader.account:
        return "no_account_here"
    return "opted_out" if calm and reader.opted_out else ""


def _later(lane: Lane, reader: Person, settings: WorkspaceSettings, nudged_today: int, now: datetime) -> Later | None:
    if lane is Lane.NUDGE and nudged_today >= settings.daily_nudges:
        tomorrow = now.astimezone(ZoneInfo(reader.zone)).date() + _DAY
        morning = instant(tomorrow, time(0), reader.zone)
        return Later(quiet_until(settings.quiet, reader.zone, morning) or morning, "daily_budget")
    until = quiet_until(settings.quiet, reader.zone, now)
    return Later(until, "quiet_hours") if until else None
