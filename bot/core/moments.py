"""Reading a moment as people type it: `2h`, `3d`, `17:00`, `Fri 17:00`, `2026-11-27 17:00`."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import get_day_names

from bot.core.cadence.slots import Weekly, instant, next_slot

_SPAN: Final = re.compile(r"(\d{1,3})\s*(m|min|h|d|w)")
_MINUTES: Final = {"m": 1, "min": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
_CLOCK: Final = re.compile(r"(?:(\w+)\.?,?\s+)?(\d{1,2})[:.](\d{2})")


def read_moment(text: str, zone: str, now: datetime, locale: str) -> datetime | None:
    """The instant somebody in `zone` means, always after `now`; None where nobody could tell."""
    text = text.strip().lower()
    if span := _SPAN.fullmatch(text):
        return now + timedelta(minutes=int(span[1]) * _MINUTES[span[2]])
    if clock := _CLOCK.fullmatch(text):
        return _at_clock(clock, zone, now, locale)
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not now.year <= written.year < now.year + 10:  # nobody plans further, and the calendar ends somewhere
        return None
    meant = written.astimezone(UTC) if written.tzinfo else instant(written.date(), written.time(), zone)
    return meant if meant > now else None


def _at_clock(clock: re.Match[str], zone: str, now: datetime, locale: str) -> datetime | None:
    hour, minute = int(clock[2]), int(clock[3])
    if hour > 23 or minute > 59:  # noqa: PLR2004 -- a day's hours and an hour's minutes
        return None
    at = time(hour, minute)
    if clock[1] is None:
        today = now.astimezone(ZoneInfo(zone)).date()
        first = instant(today, at, zone)
        return first if first > now else instant(today + timedelta(days=1), at, zone)
    weekday = _weekday(clock[1], locale)
    return None if weekday is None else next_slot(Weekly(weekday, at), zone, now)


def _weekday(name: str, locale: str) -> int | None:
    for language in (locale, "en"):
        for weekday, full in get_day_names("wide", locale=language).items():
            if len(name) > 1 and full.lower().startswith(name):
                return int(weekday)
    return None
