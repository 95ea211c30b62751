"""Moments in words that only dateparser knows, in some 200 languages: `demain à 17h`, `za 2 godziny`, `next month`.

It is loaded when it is first needed, which takes a tenth of a second and 17 MB: `bot.core.moments` reads what is usual
without it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from bot.core.cadence.slots import instant

if TYPE_CHECKING:
    from dateparser.date import DateData

_MARK: Final = 123_457
"""Microseconds that nobody types: a result that still has them was reckoned from now."""

_NUMBER: Final = re.compile(r"\d+")


def guess(text: str, at: time | None, zone: str, now: datetime, tag: str, otherwise: time) -> datetime | None:
    """The instant that words in the language of `tag`, or in English, mean; None where nobody could tell.

    `at` is the time of day that was taken out of them, if any. A day without one is at `otherwise`.
    """
    base = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=_MARK)
    found = _found(f"{text} {at:%H:%M}" if at else text, tag, base)
    if found is None or found.date_obj is None or found.date_obj.tzinfo:
        return None
    said = _Said(found.date_obj, base, frozenset(found.parts))
    if not said.explains({int(number) for number in _NUMBER.findall(text)}):
        return None
    if "time" not in said.parts:
        return instant(said.at.date(), otherwise, zone)
    return now + (said.at - base) if said.relative else instant(said.at.date(), said.at.time(), zone)


@dataclass(frozen=True, slots=True)
class _Said:
    """What dateparser made of a text: a local time, the local time it was reckoned from, and which parts were said."""

    at: datetime
    base: datetime
    parts: frozenset[str]

    @property
    def relative(self) -> bool:
        """Whether it is a span from now, such as `in two hours`."""
        return self.at.microsecond == _MARK

    def explains(self, numbers: set[int]) -> bool:
        """Whether a day was said, and every number has its meaning in it: in `tomorrow 5`, the 5 has none."""
        if not self.relative and "day" not in self.parts and "time" not in self.parts:
            return False
        months = (self.at.year - self.base.year) * 12 + self.at.month - self.base.month
        span = self.at - self.base
        hours, minutes = span // timedelta(hours=1), span // timedelta(minutes=1)
        counts = {span.days, span.days // 7, months, months // 12, hours, hours % 24, minutes, minutes % 60}
        parts = {self.at.day, self.at.month, self.at.year, self.at.year % 100}
        return numbers <= (counts if self.relative else parts)


def _found(text: str, tag: str, base: datetime) -> "DateData | None":
    from dateparser.date import DateDataParser  # noqa: PLC0415 -- loaded when it is needed, as the module says

    settings = {
        "PARSERS": ["relative-time", "absolute-time"],
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": base,
    }
    parser = DateDataParser(languages=_languages(tag), use_given_order=True, settings=settings)
    try:
        return parser.get_date_data(text)
    except Exception:  # noqa: BLE001 -- whatever a stranger's text does to two hundred languages, it is no moment
        return None


@cache
def _languages(tag: str) -> list[str]:
    from dateparser.data.languages_info import language_order  # noqa: PLC0415 -- loaded when it is needed

    language = tag.replace("_", "-").split("-")[0].lower()
    return list(dict.fromkeys((language, "en"))) if language in language_order else ["en"]
