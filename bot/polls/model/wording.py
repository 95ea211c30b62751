"""Free-text answers that say the same, whatever their capitals, spaces, quotes and full stops."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from itertools import chain
from operator import itemgetter
from typing import Final
from unicodedata import category, normalize

_AROUND: Final = frozenset({"Pi", "Pf", "Ps", "Pe", "Po"})
"""Unicode's quotes, brackets and full stops of every script: around an answer they say nothing."""

_MEANT: Final = frozenset("#%&*/@\\\u00a7\u2030\u2031\u066a")
"""Unicode puts these beside full stops, but C# is not C, nor A* an A, nor 5% a 5."""

_UNSEEN: Final = (
    "\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff"
)
"""Marks of writing direction and of an emoji's colour, soft hyphens: what keyboards add and nobody sees. The joiners
of Persian words and of families of emoji stay, for they change what is read."""

SEPARATOR: Final = "\x1e"
"""Stands between answers, ASCII's own between records. It is in none of them, and nothing joins with it."""

_APOSTROPHES: Final = "\u2018\u2019\u02bc\u00b4"
_SPACES: Final = (
    "\t\n\v\f\r\x1c\x1d\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""All of Unicode's whitespace but the space itself and `SEPARATOR`."""

_MARK: Final = {
    **dict.fromkeys(_UNSEEN, ""),
    **dict.fromkeys(_APOSTROPHES, "'"),
    **dict.fromkeys(_SPACES, " "),
}
_MARKS: Final = re.compile(f"[{re.escape(''.join(_MARK))}]")

_RUNS: Final = re.compile("  +")
_PAGE: Final = 4_000
"""Characters that are looked at all at once. Of more of them, one emoji would keep more from the fast path."""


@dataclass(frozen=True)
class Wordings:
    """Free-text answers, all of them in one text with `SEPARATOR` between; equal ones are one.

    The most frequent come first, then in alphabetical order. Each is shown in its most frequent spelling, and of
    equally frequent ones in the first by code point: who came first plays no part. A hundred thousand answers are not
    put in order for the few that are shown, nor taken apart for anything but their keys.
    """

    answers: str = ""

    @classmethod
    def of(cls, answers: Mapping[str, int]) -> "Wordings":
        """Answers with how many people gave each; none is empty."""
        return cls(SEPARATOR.join(answer.replace(SEPARATOR, " ") for answer in Counter(answers).elements()))

    def __len__(self) -> int:
        return len(self._people)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(self.first(len(self)))

    def first(self, most: int) -> list[tuple[str, int]]:
        """The first so many; at least one."""
        spellings: dict[str, Counter[str]] = {same: Counter() for same in _first(self._people, most)}
        for answer, same, people in self._said(frozenset(spellings)):
            if same in spellings:
                spellings[same][" ".join(answer.split())] += people
        return [(_usual(said), self._people[same]) for same, said in spellings.items()]

    def _said(self, shown: frozenset[str]) -> Iterator[tuple[str, str, int]]:
        """Answers on the pages where any of these keys are, each with its key and how many people gave it there."""
        people: Counter[str] = Counter()
        known: dict[str, str] = {}
        for page, found in zip(self._pages, self._keys, strict=True):
            if not shown.isdisjoint(found):
                answers = page.split(SEPARATOR)
                people.update(answers)
                known.update(zip(answers, found, strict=True))
        return ((answer, known[answer], number) for answer, number in people.items())

    @cached_property
    def _pages(self) -> Sequence[str]:
        return list(_pages(self.answers))

    @cached_property
    def _keys(self) -> Sequence[Sequence[str]]:
        return list(map(keys, self._pages))

    @cached_property
    def _people(self) -> Mapping[str, int]:
        return Counter(chain.from_iterable(self._keys))


def keys(page: str) -> list[str]:
    """What equal answers have in common, of each answer on a page, which has `SEPARATOR` between them.

    Compatible characters are one (Unicode's NFKC and case folding, Unicode Standard 3.13), and so is every stretch of
    whitespace. An answer of nothing but punctuation is itself. A few calls for many answers take a fifth of the time of
    as many calls for each answer.
    """
    latin = _from_latin(page)
    text = latin or _from_unicode(page)
    each = (_RUNS.sub(" ", text) if "  " in text else text).split(SEPARATOR)
    bare = [answer.strip(_LATIN_AROUND) for answer in each] if latin else _bare(each)
    return [short or whole.strip() for short, whole in zip(bare, each, strict=True)] if "" in bare else bare


def _pages(answers: str) -> Iterator[str]:
    begin = 0
    while (end := answers.find(SEPARATOR, begin + _PAGE)) >= 0:
        yield answers[begin:end]
        begin = end + len(SEPARATOR)
    if answers:
        yield answers[begin:]


def _first(people: Mapping[str, int], most: int) -> list[str]:
    """The keys of the answers that most people gave, in order."""
    least = min(sorted(people.values(), reverse=True)[:most], default=0)
    first = [same for same, number in people.items() if number > least]
    first += nsmallest(most - len(first), [same for same, number in people.items() if number == least])
    # Many are sorted faster twice than by two things at once.
    return sorted(sorted(first), key=people.__getitem__, reverse=True)


def _usual(spellings: Mapping[str, int]) -> str:
    return min(spellings, key=lambda each: (-spellings[each], each))


def _from_latin(text: str) -> str:
    """Text of the first 256 characters, folded ten times as fast as any other; empty where there are more of them."""
    try:
        folded = text.encode("latin-1").translate(_LATIN)
    except UnicodeEncodeError:
        return ""
    return "" if _OTHER in folded else folded.replace(_SHARP_S, b"ss").decode("latin-1")


def _from_unicode(text: str) -> str:
    for mark in set(_MARKS.findall(text)):
        text = text.replace(mark, _MARK[mark])
    compatible = normalize("NFKC", text)
    folded = compatible.casefold()
    if folded == compatible:
        return folded
    compatible = normalize("NFKC", folded)
    return folded if compatible == folded else compatible.casefold()


def _bare(answers: list[str]) -> list[str]:
    """Answers without what stands around them: first the outermost characters, then those that come to light."""
    while True:
        some = list(filter(None, answers))
        ends = {*map(itemgetter(0), some), *map(itemgetter(-1), some)}
        around = "".join(filter(_is_around, ends))
        if not around:
            return answers
        answers = [answer.strip(around) for answer in answers]


def _is_around(character: str) -> bool:
    if character.isalnum():
        return False
    return character in " `" or (category(character) in _AROUND and character not in _MEANT)


_LATIN_AROUND: Final = "".join(filter(_is_around, map(chr, range(256))))
_SHARP_S: Final = "ß".encode("latin-1")
_OTHER: Final = b"\x1f"
"""In the table below, in the place of what folds to nothing, to several characters or to one beyond it."""

_LATIN: Final = b"".join(
    folded.encode("latin-1") if len(folded) == 1 and folded <= "\xff" else _OTHER
    for folded in ("ß" if number == ord("ß") else _from_unicode(chr(number)) for number in range(256))
)
