"""Reading a typed command: quoted phrases, bare words, flags, mentions and #tags, in the quotes of any keyboard."""

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType
from typing import Final
from unicodedata import category

from bot.core.interactions import GROUP, MENTION, group_token
from bot.core.quoting import ANY_QUOTE, Piece, may_be_single, pieces

_FLAG: Final = re.compile(r"(?:-{2,3}|[\u2012-\u2015\u2212]{1,2}-?)([^\W\d_][\w-]*)(?:(=)(.*)|[,;])?", re.DOTALL)
"""A flag. Phones make one long dash of two; a sign after it does not belong to its name."""

_BULLETS: Final = frozenset({"-", "*", "\u2022", "\u25e6", "\u25aa", "\u00b7", "\u2013", "\u2014"})
_NAMED: Final = frozenset("@#<,")
"""What a name in a list begins with; a comma may stand before it."""

_TAG: Final = re.compile(r"(?<!\S)#(\w[\w-]*)")


@dataclass(frozen=True, slots=True)
class Line:
    """What was typed, read.

    `phrases` are the quoted texts, in several lines also what stands bare in each; `flags` what stood behind dashes,
    with its last value (empty for none), `every` with all values in order; `rest` the bare words of a single line,
    `before` those before its first phrase, `behind` what else of them is more than punctuation.
    """

    phrases: tuple[str, ...]
    flags: dict[str, str]
    rest: str
    every: dict[str, tuple[str, ...]]
    before: str = ""
    behind: tuple[str, ...] = ()


def read(
    text: str,
    valued: AbstractSet[str] = frozenset(),
    *,
    wordy: AbstractSet[str] = frozenset(),
    listed: AbstractSet[str] = frozenset(),
    optional: Mapping[str, re.Pattern[str]] = MappingProxyType({}),
) -> Line:
    """Read a line, or several.

    Flags in `valued` take the next word or phrase as their value; those in `wordy` a phrase, or all bare words up to
    the next phrase or flag; those in `listed`, which are in `valued` too, also further names, with a sign such as `@`
    or behind a comma; those in `optional` the next bare word if the whole of it fits. After `=`, every flag takes what
    follows. No value goes beyond its line.

    Single quotes count where they leave nothing bare (`'Lunch?' 'Pizza'`); otherwise they are apostrophes.
    """
    if may_be_single(text):
        sorter = _sorted(pieces(text, singles=True), valued, wordy, listed, optional)
        if all(piece.quoted for piece in sorter.left):
            return sorter.line()
    return _sorted(pieces(text, singles=False), valued, wordy, listed, optional).line()


def mentioned(text: str) -> tuple[int, ...]:
    """The people mentioned, by our own ids, each once, in order."""
    return tuple(dict.fromkeys(int(key) for key in MENTION.findall(text) if key.isdecimal()))


def groups(text: str) -> tuple[int, ...]:
    """The named groups in a text, by the ids of their places, each once, in order."""
    return tuple(dict.fromkeys(int(key) for key in GROUP.findall(text) if key.isdecimal()))


def grouped(text: str, keys: Mapping[str, str]) -> str:
    """The text with each `@name` or `@"name"` of a named group, in any case, as the token of its key (`keys` by name).

    For platforms that have no way of their own to name a group.
    """
    known = {name.casefold(): key for name, key in keys.items() if name.strip()}
    if not known or "@" not in text:
        return text
    names = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    quote = f"[{''.join(map(re.escape, ANY_QUOTE))}]"
    pattern = re.compile(rf"(?<!\w)@(?:{quote}({names}){quote}|({names})(?!\w))", re.IGNORECASE)
    return pattern.sub(lambda found: _token(found, known), text)


def tags(text: str) -> tuple[str, ...]:
    """The #tags, lower case, each once, in order. A channel link is not a tag."""
    return tuple(dict.fromkeys(tag.lower() for tag in _TAG.findall(text)))


def _separates(words: str) -> bool:
    """Whether there is nothing but punctuation."""
    return all(category(sign)[0] in "PZ" or sign in "|+" for sign in words)


def _token(found: re.Match[str], known: Mapping[str, str]) -> str:
    key = known.get((found[1] or found[2]).casefold())
    return group_token(key) if key else found[0]


def _sorted(
    found: Iterable[Piece],
    valued: AbstractSet[str],
    wordy: AbstractSet[str],
    listed: AbstractSet[str],
    optional: Mapping[str, re.Pattern[str]],
) -> "_Sorter":
    sorter = _Sorter(valued, wordy, listed, optional)
    for piece in found:
        sorter.take(piece)
    return sorter


@dataclass(slots=True)
class _Sorter:
    """What belongs to flags, and what is left. A flag that may take more is `waiting`, on its line, for `only` some."""

    valued: AbstractSet[str]
    wordy: AbstractSet[str]
    listed: AbstractSet[str]
    optional: Mapping[str, re.Pattern[str]]
    left: list[Piece] = field(default_factory=list)
    flags: dict[str, list[str]] = field(default_factory=dict)
    waiting: str = ""
    waits_on: int = 0
    only: re.Pattern[str] | None = None
    words: bool = False
    """Whether the value of the waiting flag has begun with a bare word."""

    def take(self, piece: Piece) -> None:
        flag = None if piece.quoted else _FLAG.fullmatch(piece.text)
        if flag:
            self._begin(flag[1].lower(), flag[2], flag[3], piece.line)
        elif self.waiting and piece.line == self.waits_on and self._fits(piece):
            self._add(piece)
        else:
            self.waiting = ""
            self.left.append(piece)

    def line(self) -> Line:
        several = len({piece.line for piece in self.left}) > 1
        every = {name: tuple(values) for name, values in self.flags.items()}
        before, behind = ("", ()) if several else self._bare()
        return Line(
            phrases=tuple(self._phrases()) if several else tuple(piece.text for piece in self.left if piece.quoted),
            flags={name: values[-1] if values else "" for name, values in every.items()},
            rest="" if several else " ".join(piece.text for piece in self.left if not piece.quoted),
            every=every,
            before=before,
            behind=behind,
        )

    def _begin(self, name: str, equals: str | None, value: str | None, line: int) -> None:
        values = self.flags.setdefault(name, [])
        self.waits_on, self.words = line, False
        self.only = None if equals else self.optional.get(name)
        self.waiting = name if equals or name in {*self.valued, *self.wordy, *self.optional} else ""
        if value:
            values.append(value)
            self.waiting, self.words = name if name in {*self.wordy, *self.listed} else "", name in self.wordy

    def _fits(self, piece: Piece) -> bool:
        if self.waiting in self.listed and (names := self.flags[self.waiting]):
            return names[-1].endswith(",") or (not piece.quoted and piece.text[:1] in _NAMED)
        if self.waiting in self.wordy:
            return not (self.words and piece.quoted)
        return self.only is None or (not piece.quoted and self.only.fullmatch(piece.text) is not None)

    def _add(self, piece: Piece) -> None:
        values = self.flags[self.waiting]
        if self.words:
            values[-1] += f" {piece.text}"
        else:
            values.append(piece.text)
        self.words = self.waiting in self.wordy and not piece.quoted
        self.waiting = self.waiting if self.words or self.waiting in self.listed else ""

    def _bare(self) -> tuple[str, tuple[str, ...]]:
        """The bare words before the first phrase, and those behind it between phrases, if they are any."""
        first = next((at for at, piece in enumerate(self.left) if piece.quoted), len(self.left))
        runs = groupby(self.left[first:], key=lambda piece: piece.quoted)
        behind = [" ".join(piece.text for piece in run) for quoted, run in runs if not quoted]
        return " ".join(piece.text for piece in self.left[:first]), tuple(run for run in behind if not _separates(run))

    def _phrases(self) -> Iterator[str]:
        """Each quoted text, and what is bare between them in each line, without the sign of a list before it."""
        for (_, quoted), run in groupby(self.left, key=lambda piece: (piece.line, piece.quoted)):
            words = [piece.text for piece in run]
            if quoted:
                yield from words
            elif remaining := words[words[0] in _BULLETS :]:
                yield " ".join(remaining)
