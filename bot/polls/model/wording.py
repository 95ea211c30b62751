"""Free-text answers that say the same, whatever their capitals, spaces, quotes and full stops."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final
from unicodedata import category, normalize

_AROUND: Final = frozenset({"Pi", "Pf", "Ps", "Pe", "Po"})
"""Unicode's quotes, brackets and full stops of every script: around an answer they say nothing."""

_MEANT: Final = frozenset("#%&*/@\\\u00a7\u2030\u2031\u066a")
"""Unicode puts these beside full stops, but C# is not C, nor A* an A, nor 5% a 5."""

_UNSEEN: Final = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe0e\ufe0f\ufeff]+")
"""Marks of writing direction and of an emoji's colour, soft hyphens: what keyboards add and nobody sees. The joiners
of Persian words and of families of emoji stay, for they change what is read."""

_APOSTROPHE: Final = re.compile("[\u2018\u2019\u02bc\u00b4]")


def key(text: str) -> str:
    """What equal answers have in common.

    Compatible characters are one (Unicode's NFKC and case folding, Unicode Standard 3.13), and so is every stretch of
    whitespace. An answer of nothing but punctuation is itself.
    """
    if text.isascii():
        folded = " ".join(text.casefold().split())
        return folded.strip(_ASCII_AROUND) or folded
    folded = " ".join(_compatible(text).casefold().split())
    return _bare(folded) or folded


def grouped(answers: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Equal answers together, each answer given with how many people gave it.

    The most frequent come first, then in alphabetical order. Each is shown in its most frequent spelling, and of
    equally frequent ones in the first by code point: who came first plays no part.
    """
    spellings: defaultdict[str, int] = defaultdict(int)
    for answer, people in answers:
        spellings[" ".join(answer.split())] += people
    people_of: dict[str, int] = {}
    shown: dict[str, str] = {}
    for spelling, people in spellings.items():
        same = key(spelling)
        if same not in shown:
            shown[same], people_of[same] = spelling, people
            continue
        people_of[same] += people
        shown[same] = min(shown[same], spelling, key=lambda each: (-spellings[each], each))
    # A hundred thousand answers are sorted faster twice than by two things at once.
    ordered = sorted(sorted(people_of), key=people_of.__getitem__, reverse=True)
    return tuple((shown[same], people_of[same]) for same in ordered)


def _compatible(text: str) -> str:
    seen = _APOSTROPHE.sub("'", _UNSEEN.sub("", text))
    return normalize("NFKC", normalize("NFKC", seen).casefold())


def _bare(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _is_around(text[start]):
        start += 1
    while start < end and _is_around(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_around(character: str) -> bool:
    if character.isalnum():
        return False
    return character in " `" or (category(character) in _AROUND and character not in _MEANT)


_ASCII_AROUND: Final = "".join(filter(_is_around, map(chr, range(128))))
