"""The words of a rule: `every`, `second`, `2 weeks`, `Mon-Fri`, `alle`, `letzten`, sorted by what they say."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest
from typing import Final

from bot.core.day_names import fold, weekday

WORKDAYS: Final = (0, 1, 2, 3, 4)
LAST: Final = -1


class Every(StrEnum):
    """What a rule counts in, by the name RFC 5545 gives it."""

    DAY = "DAILY"
    WEEK = "WEEKLY"
    MONTH = "MONTHLY"


_SILENT: Final = frozenset(
    {"every", "each", "on", "at", "the", "of", "and", "in", "a", "repeat", "day's"}
    | {"jeden", "jede", "jeder", "jedes", "jedem", "alle", "am", "an", "um", "und", "im", "den", "der", "die", "des"}
)
_UNITS: Final = {
    **dict.fromkeys(("day", "days", "daily", "tag", "tage", "tagen", "taglich", "taeglich"), Every.DAY),
    **dict.fromkeys(("week", "weeks", "weekly", "woche", "wochen", "wochentlich", "woechentlich"), Every.WEEK),
    **dict.fromkeys(("month", "months", "monthly", "monat", "monate", "monaten", "monats", "monatlich"), Every.MONTH),
}
_FORTNIGHT: Final = frozenset({"fortnight", "fortnightly", "biweekly", "vierzehntagig", "vierzehntaegig"})
_SEVERAL: Final = {
    **dict.fromkeys(("weekday", "weekdays", "workday", "workdays", "werktag", "werktags", "werktage"), WORKDAYS),
    **dict.fromkeys(("arbeitstag", "arbeitstags", "arbeitstage", "wochentags"), WORKDAYS),
    **dict.fromkeys(("weekend", "weekends", "wochenende"), (5, 6)),
}
_NUMBERS: Final = {"two": 2, "zwei": 2, "three": 3, "drei": 3, "four": 4, "vier": 4}
_NTH: Final = {
    **dict.fromkeys(("first", "erste", "ersten", "erster", "erstes"), 1),
    **dict.fromkeys(("second", "other", "zweite", "zweiten", "zweiter", "zweites"), 2),
    **dict.fromkeys(("third", "dritte", "dritten", "dritter", "drittes"), 3),
    **dict.fromkeys(("fourth", "vierte", "vierten", "vierter", "viertes"), 4),
    **dict.fromkeys(("last", "letzte", "letzten", "letzter", "letztes"), LAST),
}
_SPLIT: Final = re.compile(r"[\s,;&+]+")
_ORDINAL: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)")
_RANGE: Final = re.compile(r"([^\W\d_]+)\.?[-\u2013]([^\W\d_]+)\.?")


@dataclass(slots=True)
class Heard:
    """What the words said.

    `step` is the 2 of `2 weeks` and of `second week`; `nth` an ordinal in letters (`first`, `last`), `ordinal` one in
    figures (`1st`, `15.`), before anything but a unit; `day` the 1 of `month 1`.
    """

    units: set[Every] = field(default_factory=set)
    weekdays: set[int] = field(default_factory=set)
    step: int = 0
    nth: int = 0
    ordinal: int = 0
    day: int = 0


def hear(text: str, tag: str) -> Heard | None:
    """What a `plain` text without its time says in the language of `tag`, or English; None if a word is unknown."""
    heard, before = Heard(), ""
    words = [word for word in _SPLIT.split(text) if word]
    for word, after in zip_longest(words, words[1:], fillvalue=""):
        if fold(word) in _SILENT:
            continue
        if not (_hear_number(heard, word, before, fold(after)) or _hear_word(heard, word, tag)):
            return None
        before = fold(word)
    return heard


def _hear_number(heard: Heard, word: str, before: str, after: str) -> bool:
    letters = _NTH.get(fold(word), 0)
    figures = int(found[1]) if (found := _ORDINAL.fullmatch(word)) else 0
    number = _NUMBERS.get(word) or (int(word) if word.isdecimal() and len(word) <= 2 else 0)  # noqa: PLR2004 -- digits
    if after in _UNITS and max(letters, figures, number) > 1:
        return _once(heard, "step", max(letters, figures, number))
    if number and before in _UNITS:
        return _once(heard, "day", number)
    if number and after in _UNITS:
        return _once(heard, "step", number)
    return _once(heard, "nth", letters) or _once(heard, "ordinal", figures)


def _hear_word(heard: Heard, word: str, tag: str) -> bool:
    folded = fold(word)
    if folded in _UNITS:
        heard.units.add(_UNITS[folded])
    elif folded in _FORTNIGHT:
        heard.units.add(Every.WEEK)
        return _once(heard, "step", 2)
    else:
        days = _SEVERAL.get(folded) or _weekdays(word, tag)
        heard.weekdays.update(days)
        return bool(days)
    return True


def _weekdays(word: str, tag: str) -> tuple[int, ...]:
    if found := _RANGE.fullmatch(word):
        first, last = weekday(found[1], tag), weekday(found[2], tag)
        return (
            ()
            if first is None or last is None
            else tuple((first + ahead) % 7 for ahead in range((last - first) % 7 + 1))
        )
    day = weekday(word, tag)
    return () if day is None else (day,)


def _once(heard: Heard, name: str, number: int) -> bool:
    """Note a number; False where there is none, or already another one."""
    if not number or getattr(heard, name):
        return False
    setattr(heard, name, number)
    return True
