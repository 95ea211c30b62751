"""Days as people write them: `tomorrow`, `next Friday`, `27.11.`, `Nov 27`, `27. November 2026`, `Fri 11/27`."""

import re
from datetime import date, timedelta
from typing import Final

from bot.core.day_names import fold, locale, month, weekday

_WEEK: Final = 7
_LEAP: Final = 8
"""Years within which every date of the calendar comes at least once."""

_NEAR: Final = {
    "today": 0,
    "heute": 0,
    "tomorrow": 1,
    "tmrw": 1,
    "tmr": 1,
    "morgen": 1,
    "ubermorgen": 2,
    "uebermorgen": 2,
    "day after tomorrow": 2,
    "eod": 0,
}
_NEXT: Final = frozenset(
    {"next", "nachste", "nachsten", "nachster", "nachstes", "naechste", "naechsten", "prochain", "proximo"}
)
_WEEKS: Final = frozenset({"week", "woche"})
_SILENT: Final = frozenset(
    {"on", "by", "at", "until", "til", "till", "the", "of", "this", "coming"}
    | {"am", "um", "bis", "zum", "den", "der", "dem", "diesen", "dieser", "diese", "kommenden", "kommender", "im", "-"}
    | {"el", "le", "a", "las"}
)
"""Words that may stand beside a day and say nothing of it."""

_SPLIT: Final = re.compile(r"[\s,;]+")
_ISO: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\.?")
_NUMBERS: Final = re.compile(r"(?!\d+\.\d$)(\d{1,2})\s?([./-])\s?(\d{1,2})(?:\2\s?(\d{4}|\d{2})?)?")
"""Day and month in figures; `24.12` is a date, `1.5` is a number."""

_DAY_FIRST: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?\s?([^\W\d_]{3,})\.?(?:\s(\d{4}))?")
_MONTH_FIRST: Final = re.compile(r"([^\W\d_]{3,})\.?\s?(\d{1,2})(?:st|nd|rd|th|\.)?(?:\s(\d{4}))?")
_MONTHS: Final = 12
_AMERICAS: Final = ("America/", "US/", "Pacific/Honolulu")


def days(text: str, today: date, tag: str, zone: str) -> tuple[date, ...] | None:
    """The days a `plain` text without a time may mean, the likeliest first; None where this is not a day we can read.

    No text is any day: today, or tomorrow if that is too late. A date without a year is its next one. A weekday beside
    a date must be that date's.
    """
    words = [word for word in _SPLIT.split(text) if word and word not in _SILENT]
    next_one = any(fold(word) in _NEXT for word in words)
    found = {word: weekday(word, tag) for word in words if month(word, tag) is None}
    named = {day for day in found.values() if day is not None}
    rest = [word for word in words if found.get(word) is None and fold(word) not in _NEXT]
    if len(named) > 1:
        return ()
    if not rest:
        return _weekdays(named, today, next_one=next_one)
    if next_one:
        return _in_a_week(named, today) if rest[0] in _WEEKS and len(rest) == 1 else None
    meant = _date(" ".join(rest), today, tag, zone)
    return meant if meant is None else tuple(day for day in meant if not named or day.weekday() in named)


def is_date(text: str) -> bool:
    """Whether a `plain` text in the manner of ISO 8601 is a date without a time."""
    try:
        date.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


def _weekdays(named: set[int], today: date, *, next_one: bool) -> tuple[date, ...] | None:
    if not named:
        return None if next_one else (today, today + timedelta(days=1))
    first = today + timedelta(days=next_one)
    first += timedelta(days=(min(named) - first.weekday()) % _WEEK)
    return first, first + timedelta(days=_WEEK)


def _in_a_week(named: set[int], today: date) -> tuple[date, ...]:
    weekday = min(named, default=today.weekday())
    return (today + timedelta(days=_WEEK - today.weekday() + weekday),)


def _date(text: str, today: date, tag: str, zone: str) -> tuple[date, ...] | None:
    if (ahead := _NEAR.get(fold(text))) is not None:
        return (today + timedelta(days=ahead),)
    if found := _ISO.fullmatch(text):
        return _next(int(found[3]), int(found[4]), found[1], today)
    if found := _NUMBERS.fullmatch(text):
        order = _order(int(found[1]), int(found[3]), found[2], tag, zone)
        return _next(*order, found[4] or "", today) if order else ()
    if (found := _DAY_FIRST.fullmatch(text)) and (number := month(found[2], tag)):
        return _next(number, int(found[1]), found[3] or "", today)
    if (found := _MONTH_FIRST.fullmatch(text)) and (number := month(found[1], tag)):
        return _next(number, int(found[2]), found[3] or "", today)
    return None if any(sign.isalpha() for sign in text) else ()


def _order(first: int, second: int, between: str, tag: str, zone: str) -> tuple[int, int] | None:
    """Month and day. Who writes English may mean 11/12 either way, unless they live where the month comes first."""
    if between == "." or first > _MONTHS:
        return second, first
    if second > _MONTHS or first == second:
        return first, second
    if not locale(tag).date_formats["short"].pattern.lower().startswith("m"):
        return second, first
    return (first, second) if zone.startswith(_AMERICAS) else None


def _next(month: int, day: int, year: str, today: date) -> tuple[date, ...]:
    years = [int(year) % 100 + today.year // 100 * 100 if len(year) < 4 else int(year)] if year else None  # noqa: PLR2004 -- digits of a whole year
    for each in years or range(today.year, today.year + _LEAP + 1):
        try:
            found = date(each, month, day)
        except ValueError:
            continue
        if found >= today:
            return (found,)
    return ()
