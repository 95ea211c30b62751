"""Reading a moment as people write it: `2h`, `Fri 17:00`, `tomorrow 5 pm`, `27.11. 17 Uhr`, `demain à 17h`.

What is usual in English and German, and names of days and months in any language, are read without a library, in tens
of microseconds; `bot.core.guesses` knows the rest.
"""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.cadence.slots import instant
from bot.core.guesses import guess
from bot.core.written_days import days, is_date
from bot.core.written_times import plain, take_time

LONGEST: Final = 60
"""Characters; longer ones are prose."""

END_OF_WORK: Final = time(17)
"""The time of a day that somebody named without one: most moments are ends."""
START_OF_WORK: Final = time(9)
"""The same for what begins."""

_FARTHEST: Final = timedelta(days=3653)
"""Nobody plans further than ten years ahead, and the calendar ends somewhere."""

_UNITS: Final = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days", "tag", "tage", "tagen"), timedelta(days=1)),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks", "woche", "wochen"), timedelta(weeks=1)),
}
_ONE: Final = frozenset({"a", "an", "one", "ein", "eine", "einem", "einen", "einer"})
_COUNTED: Final = re.compile(
    r"(\d{1,3}(?:[.,]\d)?|[^\W\d_]+(?=\s))\s*([^\W\d_]+)\.?(?:\s*,?\s+(?:and|und)\s+|\s*,?\s*|$)"
)

_HOURS: Final = re.compile(r"([0-6])h([0-5]\d)")
"""From seven on, it is a clock: `17h30`."""


def read_moment(text: str, zone: str, now: datetime, locale: str, otherwise: time = END_OF_WORK) -> datetime | None:
    """The instant (UTC) somebody in `zone` who speaks `locale` means, after `now`; None where nobody could tell.

    A day without a time is at `otherwise`.
    """
    if len(text.strip()) > LONGEST or len(text := plain(text)) > LONGEST:
        return None
    if (span := _span(text)) is not None:
        meant: datetime | None = now + span
    else:
        meant = _iso(text, zone, otherwise) or _in_words(text, zone, now, locale, otherwise)
    return meant if meant and now < meant < now + _FARTHEST else None


def read_beginning(text: str, zone: str, now: datetime, locale: str) -> datetime | None:
    """The instant at which something is to begin: a day without a time is at nine, if that is still to come."""
    return read_moment(text, zone, now, locale, START_OF_WORK) or read_moment(text, zone, now, locale)


def read_span(text: str) -> timedelta | None:
    """A length of time, such as `24h`, `1 day`, `1,5 Stunden`; a bare number is hours. None for anything else."""
    if len(text.strip()) > LONGEST or len(text := plain(text)) > LONGEST:
        return None
    return _span(f"{text}h" if text.isdecimal() else text) or None


def _span(text: str) -> timedelta | None:
    """`2h`, `1h30`, `1.5h`, `1h 30m`, `in 3 days`, `in einer Stunde`."""
    text = text.removeprefix("in ")
    if found := _HOURS.fullmatch(text):
        return timedelta(hours=int(found[1]), minutes=int(found[2]))
    span, at = timedelta(), 0
    while at < len(text):
        found = _COUNTED.match(text, at)
        if found is None or found[2] not in _UNITS or not (found[1][0].isdecimal() or found[1] in _ONE):
            return None
        span += _UNITS[found[2]] * (1 if found[1] in _ONE else float(found[1].replace(",", ".")))
        at = found.end()
    return span if at else None


def _iso(text: str, zone: str, otherwise: time) -> datetime | None:
    """ISO 8601, with or without a time and an offset. A row of digits is none: it may be anything."""
    try:
        written = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if text.isdecimal() or not 1 < written.year < 9999:  # noqa: PLR2004 -- where the calendar ends, zones reach beyond
        return None
    if written.tzinfo:
        return written.astimezone(UTC)
    return instant(written.date(), otherwise if is_date(text) else written.time(), zone)


def _in_words(text: str, zone: str, now: datetime, locale: str, otherwise: time) -> datetime | None:
    rest, at = take_time(text)
    if not rest and at is None:
        return None
    meant = days(rest, now.astimezone(ZoneInfo(zone)).date(), locale, zone)
    if meant is None:
        return guess(rest, at, zone, now, locale, otherwise)
    instants = (instant(day, otherwise if at is None else at, zone) for day in meant)
    return next((each for each in instants if each > now), None)
