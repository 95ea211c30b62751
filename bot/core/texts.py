"""Words in the reader's language: gettext messages with named places, plural forms, local dates."""

import gettext
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time, get_day_names
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from bot.core.rich import Mention, PlaceLink, Plain, Span, Text, When, spoken

FOLDER: Final = Path(__file__).parent.parent / "locale"
LOCALES: Final = ("en", "de")
"""The languages that are complete."""

Fact = str | int | Text | Mention | PlaceLink | When

_PIECES = re.compile(r"(\*|`|\{\w+\})")


class Texts:
    """Sentences for one reader. `t("Hello {name}", name=...)` is plain text; `t.rich` understands *bold* and `code`.

    Whatever stands in the placeholders is taken literally, so user text cannot change the layout.
    """

    def __init__(self, locale: str, zone: str = "UTC", translations: gettext.NullTranslations | None = None) -> None:
        self.locale = locale
        self.zone = ZoneInfo(zone)
        self._translations = translations or _translations(locale)
        self._babel = _babel(locale)

    def __call__(self, message: str, /, **facts: Fact) -> str:
        """The sentence as plain text."""
        return _fill(self._translations.gettext(message), facts)

    def many(self, one: str, several: str, count: int, /, **facts: Fact) -> str:
        """The sentence in the plural form that `count` asks for; `{count}` is filled in."""
        return _fill(self._translations.ngettext(one, several, count), {"count": self.number(count), **facts})

    def rich(self, message: str, /, **facts: Fact) -> Text:
        """The sentence as rich text: `*bold*`, `` `code` ``, and placeholders that may themselves be rich."""
        return _compose(self._translations.gettext(message), facts)

    def many_rich(self, one: str, several: str, count: int, /, **facts: Fact) -> Text:
        """`many`, as rich text."""
        return _compose(self._translations.ngettext(one, several, count), {"count": self.number(count), **facts})

    def day(self, at: datetime) -> str:
        """A date with its weekday, in the reader's zone: `Friday, November 27`."""
        skeleton = "EEEE, d. MMMM" if self._babel.language == "de" else "EEEE, MMMM d"
        written: str = format_date(at.astimezone(self.zone), skeleton, locale=self._babel)
        return written

    def clock(self, at: datetime | time) -> str:
        """A time of day, in the reader's zone: `5:00 PM`, `17:00`."""
        local = at.astimezone(self.zone) if isinstance(at, datetime) else at
        return format_time(local, "short", locale=self._babel)

    def when(self, at: datetime, seen_from: datetime | None = None) -> When:
        """An instant that platforms show in each reader's own zone; with its year, if `seen_from` is in another.

        So a date a year ahead is never taken for the same one of this year.
        """
        local = at.astimezone(self.zone)
        day = "d. MMM" if self._babel.language == "de" else "d MMM"
        if seen_from and seen_from.astimezone(self.zone).year != local.year:
            day += " y"
        return When(at, format_datetime(local, f"EEE, {day}, HH:mm zzz", locale=self._babel))

    def number(self, count: int) -> str:
        """A number as people write it: `100,000`."""
        return str(format_decimal(count, locale=self._babel))

    def percent(self, share: float) -> str:
        """A share from 0 to 1 in whole percent: `62%`, `62 %`."""
        return str(format_percent(round(share, 2), locale=self._babel))

    def decimal(self, number: float) -> str:
        """A number with at most one digit behind the point: `4.2`, `4,2`."""
        return str(format_decimal(round(number, 1), locale=self._babel))

    def weekday(self, weekday: int) -> str:
        """The name of a weekday, 0 is Monday."""
        return str(get_day_names("wide", context="stand-alone", locale=self._babel)[weekday])

    def language(self, tag: str) -> str:
        """The name of a language in the reader's own: `German`, `Deutsch`; the tag itself where it has none."""
        return str(self._babel.languages.get(tag, tag))

    def every(self, items: list[str]) -> str:
        """A list in words: `a, b and c`."""
        return str(format_list(items, locale=self._babel))

    def every_rich(self, items: Sequence[Text]) -> Text:
        """`every`, of rich items."""
        places = {f"item{number}": item for number, item in enumerate(items)}
        return _compose(self.every([f"{{{name}}}" for name in places]), places)


def later(message: str) -> str:
    """Mark a message for translation where the reader is not known yet."""
    return message


def best_locale(wanted: str, otherwise: str = "en") -> str:
    """The complete language nearest to a platform's tag such as `de-AT` or `en_US`."""
    language = wanted.replace("_", "-").split("-")[0].lower()
    return language if language in LOCALES else otherwise


def _fill(message: str, facts: Mapping[str, Fact]) -> str:
    return spoken(_compose(message, facts)) if facts or "*" in message or "`" in message else message


def _compose(message: str, facts: Mapping[str, Fact]) -> Text:
    bold = code = False
    spans: list[Span] = []
    for piece in filter(None, _PIECES.split(message)):
        if piece == "*":
            bold = not bold
        elif piece == "`":
            code = not code
        elif piece.startswith("{") and piece[1:-1] in facts:
            spans += (_styled(span, bold=bold, code=code) for span in _spans(facts[piece[1:-1]]))
        else:
            spans.append(Plain(piece, bold, code))
    return tuple(spans)


def _spans(fact: Fact) -> Text:
    if isinstance(fact, tuple):
        return fact
    return (Plain(str(fact)),) if isinstance(fact, str | int) else (fact,)


def _styled(span: Span, *, bold: bool, code: bool) -> Span:
    return replace(span, bold=bold or span.bold, code=code or span.code) if isinstance(span, Plain) else span


@cache
def _translations(locale: str) -> gettext.NullTranslations:
    """Read the catalogue as translators write it: no compiled copy that could be older."""
    path = FOLDER / locale / "LC_MESSAGES" / "drumbeat.po"
    if not path.is_file():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as written:
        write_mo(compiled, read_po(written, locale))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def _babel(locale: str) -> Locale:
    try:
        return Locale.parse(locale, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
