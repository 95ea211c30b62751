"""Names of weekdays and months as people write them, in any language of CLDR: whole or cut short, accents or none."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import get_day_names, get_month_names

_SHORTEST: Final = 2
_INFLECTED: Final = 5
"""Letters from which on another last one is the same word in another case: `środę`, Wednesday, is `środa`."""

_WIDTHS: Final = ("wide", "abbreviated")
_CONTEXTS: Final = ("format", "stand-alone")
_ALSO: Final = {"sonnabend": 5, "weds": 2, "thurs": 3}
"""Weekdays by names that CLDR does not list."""


def fold(word: str) -> str:
    """A word in lower case without accents and dots, as somebody in a hurry writes it."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).strip(".")


def weekday(word: str, tag: str) -> int | None:
    """The weekday (0 is Monday) that `word` names in the language of `tag`, or in English; `Mondays` as well."""
    folded = fold(word)
    if folded.removesuffix("s") in _ALSO:
        return _ALSO[folded.removesuffix("s")]
    for names in (_weekdays(tag), _weekdays("en")):
        for form in (folded, folded.removesuffix("s")):
            if (found := _named(form, names)) is not None:
                return found
    return None


def month(word: str, tag: str) -> int | None:
    """The month (1 is January) that `word` names in the language of `tag`, or in English."""
    for names in (_months(tag), _months("en")):
        if (found := _named(fold(word), names)) is not None:
            return found
    return None


@cache
def locale(tag: str) -> Locale:
    """The locale of a language tag such as `de-AT` or `pt_BR`; English where nobody knows it."""
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        language = tag.replace("_", "-").split("-")[0]
        return Locale("en") if language in {tag, ""} else locale(language)


def _named(word: str, names: Mapping[str, int]) -> int | None:
    """What `word` names: exactly, by its beginning where only one begins so, or but for its last letter (inflected)."""
    if word in names:
        return names[word]
    if len(word) < _SHORTEST or not word.isalpha():
        return None
    inflected = len(word) >= _INFLECTED
    begun = {
        number for name, number in names.items() if name.startswith(word) or (inflected and name[:-1] == word[:-1])
    }
    return begun.pop() if len(begun) == 1 else None


@cache
def _weekdays(tag: str) -> Mapping[str, int]:
    return {
        fold(name): number
        for width in _WIDTHS
        for context in _CONTEXTS
        for number, name in get_day_names(width, context=context, locale=locale(tag)).items()
    }


@cache
def _months(tag: str) -> Mapping[str, int]:
    return {
        fold(name): number
        for width in _WIDTHS
        for context in _CONTEXTS
        for number, name in get_month_names(width, context=context, locale=locale(tag)).items()
    }
