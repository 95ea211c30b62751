"""When: local times of a week as instants, over every change of the clocks. Pure rules.

A local time that does not exist (clocks go forward) moves later by the gap; one that comes twice is its first
(PEP 495).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.places import QuietHours

WEEK = 7
SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Weekly:
    """A weekday (0 is Monday) and a time of day."""

    weekday: int
    at: time


def instant(day: date, at: time, zone: str) -> datetime:
    """The instant (UTC) of a local date and time."""
    tz = ZoneInfo(zone)
    return datetime.combine(day, at.replace(fold=0), tz).astimezone(UTC)


def just_before(at: datetime) -> datetime:
    """The instant to look from for what comes strictly after it, so that what comes at exactly `at` counts."""
    return at - datetime.resolution


def next_slot(slot: Weekly, zone: str, after: datetime) -> datetime:
    """The first instant of `slot` strictly after `after`."""
    local = after.astimezone(ZoneInfo(zone)).date()
    ahead = (slot.weekday - local.weekday()) % WEEK
    for week in (ahead - WEEK, ahead, ahead + WEEK):
        due = instant(local + timedelta(days=week), slot.at, zone)
        if due > after:
            return due
    return instant(local + timedelta(days=ahead + 2 * WEEK), slot.at, zone)


def last_slot(slot: Weekly, zone: str, at: datetime) -> datetime:
    """The newest instant of `slot` that is not after `at`."""
    local = at.astimezone(ZoneInfo(zone)).date()
    ago = (local.weekday() - slot.weekday) % WEEK
    for week in (ago - WEEK, ago, ago + WEEK):
        due = instant(local - timedelta(days=week), slot.at, zone)
        if due <= at:
            return due
    return instant(local - timedelta(days=ago + 2 * WEEK), slot.at, zone)


def is_quiet(quiet: QuietHours, zone: str, at: datetime) -> bool:
    """Whether the bot may not start a conversation with somebody in `zone` at `at`."""
    return _end_of_quiet(quiet, zone, at) is not None


def quiet_until(quiet: QuietHours, zone: str, at: datetime) -> datetime | None:
    """The instant quiet hours end that hold at `at`, or None where it is not quiet."""
    end = _end_of_quiet(quiet, zone, at)
    # Where the clocks skip the only hours that are not quiet, it goes on being quiet.
    return end if end is None else quiet_until(quiet, zone, end) or end


def _end_of_quiet(quiet: QuietHours, zone: str, at: datetime) -> datetime | None:
    local = at.astimezone(ZoneInfo(zone))
    if quiet.weekends and local.weekday() >= SATURDAY:
        return _on_a_weekday(quiet, zone, local.date() + _DAY, quiet.end if _within(quiet, time(0)) else time(0), at)
    if not _within(quiet, local.time()):
        return None
    day = local.date() if local.time() < quiet.end else local.date() + _DAY
    return _on_a_weekday(quiet, zone, day, quiet.end, at)


def _within(quiet: QuietHours, at: time) -> bool:
    if quiet.begin <= quiet.end:
        return quiet.begin <= at < quiet.end
    return at >= quiet.begin or at < quiet.end


def _on_a_weekday(quiet: QuietHours, zone: str, day: date, end: time, after: datetime) -> datetime:
    while quiet.weekends and day.weekday() >= SATURDAY:
        day += _DAY
    due = instant(day, end, zone)
    if due > after:
        return due
    # The clocks went back and it is quiet once more: hours that come twice end twice.
    return datetime.combine(day, end.replace(fold=1), ZoneInfo(zone)).astimezone(UTC)
