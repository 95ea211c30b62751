"""Typed text in pieces: bare words and quoted phrases, in the quotes of any keyboard and in either direction."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from bot.core.written_times import MARKS

QUOTES: Final = {
    '"': '"',
    "\u201c": "\u201d\u201c",
    "\u201d": "\u201d",
    "\u201e": "\u201c\u201d",
    "\u00ab": "\u00bb",
    "\u00bb": "\u00ab\u00bb",
    "\u300c": "\u300d",
    "\uff02": "\uff02",
}
"""Opening quotes that are nothing else, anywhere, and what may close them."""

_HALVES: Final = {"\u2039": "\u203a", "\u203a": "\u2039\u203a", "\u201a": "\u2018\u2019", "\u300e": "\u300f"}
"""Quotes that are something else (arrows, commas) where nothing closes them."""

LONGEST_SINGLE: Final = 2_000
"""Characters between single quotes: no further is a closing one looked for, or a text full of them would cost much."""

_FRENCH: Final = "\u2039"
"""The one that may have a space inside."""

_SINGLE: Final = {"'": "'", "\u2018": "\u2019", "\u2019": "\u2019", "\u201b": "\u2019"}
"""Quotes that may be apostrophes."""

ANY_QUOTE: Final = "".join(sorted({*QUOTES, *"".join(QUOTES.values())}))
"""Every sign that opens or closes a phrase for sure."""

_OPENERS: Final = {**QUOTES, **_HALVES, **_SINGLE}
_ESCAPED: Final = re.compile(rf"\\(?=[{re.escape(''.join({*_OPENERS, *''.join(_OPENERS.values())}))}])")
_BREAKS: Final = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_FLAG_AND: Final = re.compile(rf"[-\u2012-\u2015\u2212]+\w[\w-]*=(?=[{re.escape(''.join(_OPENERS))}])")
_BREAK: Final = re.compile(rf"[{re.escape(''.join(sorted(_BREAKS)))}]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A bare word or the inside of quotes, and the number of the line it begins in."""

    text: str
    quoted: bool
    line: int


def pieces(text: str, *, singles: bool) -> Iterator[Piece]:
    """The pieces of a text, where `singles` says whether apostrophes may be quotes.

    A double quote that never closes takes the rest of its line: people forget it more often than they mean it. A quote
    after a backslash is only a sign.
    """
    at = line = 0
    while at < len(text):
        if text[at].isspace() or text[at] in MARKS:
            line += text[at] in _BREAKS
            at += 1
        elif (end := _closing(text, at, singles=singles)) is not None:
            yield Piece(_ESCAPED.sub("", text[at + 1 : end].strip()), quoted=True, line=line)
            line += len(_BREAK.findall(text, at, end))
            at = end + 1
        else:
            end = _word_end(text, at)
            yield Piece(_ESCAPED.sub("", text[at:end].rstrip(MARKS)), quoted=False, line=line)
            at = end


def may_be_single(text: str) -> bool:
    """Whether there is anything in a text that may be a single quote or an apostrophe."""
    return not _SINGLE.keys().isdisjoint(text)


def _word_end(text: str, begin: int) -> int:
    if flag := _FLAG_AND.match(text, begin):
        return flag.end()
    end = begin + 1
    while end < len(text) and not text[end].isspace() and (text[end] not in QUOTES or text[end - 1] == "\\"):
        end += 1
    return end


def _closing(text: str, opening: int, *, singles: bool) -> int | None:
    """Where the quote that opens here is closed; None if none opens here."""
    quote = text[opening]
    if quote in QUOTES:
        found = _closers(QUOTES[quote] + '"', whole=False).search(text, opening + 1)
        broken = None if found else _BREAK.search(text, opening)
        return found.start() if found else broken.start() if broken else len(text)
    if quote not in _HALVES and not (singles and quote in _SINGLE):
        return None
    if quote != _FRENCH and text[opening + 1 : opening + 2].isspace():
        return None
    found = _closers(_OPENERS[quote], whole=True).search(text, opening + 1, opening + LONGEST_SINGLE)
    return found.start() if found and not _BREAK.search(text, opening, found.start()) else None


@cache
def _closers(signs: str, *, whole: bool) -> re.Pattern[str]:
    """What closes a phrase: one of the signs without a backslash; a `whole` one stands at the end of a word."""
    return re.compile(rf"(?<!\\)[{re.escape(signs)}]" + (r"(?![^\W_])" if whole else ""))
