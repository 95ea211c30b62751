"""Times of day inside what people type: `17:00`, `5 pm`, `17 Uhr`, `à 17h30`, `um 17`, `noon`."""

import re
import unicodedata
from datetime import time
from typing import Final

MARKS: Final = "\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
"""Marks of writing direction and blanks without width, which keyboards put in and nobody sees."""

_UNMARKED: Final = str.maketrans("", "", MARKS)

_PARTS: Final = {
    r"\bnoon": 12,
    r"\bmidday": 12,
    r"\bmorning": 9,
    r"\bfrüh": 9,
    r"vormittag": 9,
    r"nachmittag": 15,
    r"mittag": 12,
    r"\bafternoon": 15,
    r"\bevening": 18,
    r"(?<!sonn)abend": 18,
}
"""Parts of a day, as patterns, since German writes them in one word with the day, and the hour each stands for."""

_HALF: Final = r"(?P<half>[ap])\.?m\b\.?"
_CLOCKS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\w.:])(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})\s*{_HALF}",
        rf"(?<![\w.:])(?P<hour>\d{{1,2}})\s*{_HALF}",
        r"(?<![\w.:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::00)?(?![\d:])(?:\s*(?:uhr|h)\b)?",
        r"(?<![\w.:])(?P<hour>\d{1,2})\.(?P<minute>\d{2})\s*(?:uhr|h)\b",
        r"(?<![\w.:])(?P<hour>\d{1,2})\s*uhr\b(?:\s*(?P<minute>[0-5]\d)\b)?",
        r"(?<![\w.:])(?P<hour>\d{1,2})\s*o['\u2019]?clock\b",
        r"(?<![\w.:])(?P<hour>\d{1,2})\s?h\s?(?P<minute>[0-5]\d)\b",
        r"(?<=[^\W\d_]{3}\s)(?<!dans\s)(?<!\bin\s)(?P<hour>0?[7-9]|1\d|2[0-3])\s?h\b",
        r"(?:(?:\b(?:at|um|à|às|kl)|@)\.?\s*)(?P<hour>\d{1,2})(?:\s?h)?(?![\w:/-]|\.\s*[^\W_])",
        r"(?:(?<![\w.:])12\s)?(?P<part>" + "|".join(_PARTS) + r")s?\b",
        r"(?<![\w.:])(?P<hour>\d{1,2})\.(?P<minute>\d{2})(?![\w.])",
    )
)
"""From the surest to the least sure; the last one may be a date as well: `9.30`, but not `27.11.`."""

_BARE: Final = 7
"""The first hour that `at 7` means; an earlier one, without `am` or `pm`, may be of the morning or of the evening."""


def plain(text: str) -> str:
    """What somebody typed in lower case, with usual digits and spaces, and without marks nobody sees."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_UNMARKED).lower().split())


def take_time(text: str) -> tuple[str, time | None]:
    """What is left of a `plain` text without its time of day, and the time; None where it has none."""
    for pattern in _CLOCKS:
        for found in pattern.finditer(text):
            at = _time(found)
            if at is not None:
                return f"{text[: found.start()]} {text[found.end() :]}".strip(), at
    return text, None


def _time(found: re.Match[str]) -> time | None:
    parts = found.groupdict()
    if part := parts.get("part"):
        return time(next(hour for pattern, hour in _PARTS.items() if pattern.endswith(part)))
    hour, minute = int(parts["hour"]), int(parts.get("minute") or 0)
    if half := parts.get("half"):
        if not 1 <= hour <= 12:  # noqa: PLR2004 -- the hours of a dial
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    elif "minute" not in parts and hour < _BARE:
        return None
    return time(hour, minute) if hour <= 23 and minute <= 59 else None  # noqa: PLR2004 -- hours of a day, minutes
