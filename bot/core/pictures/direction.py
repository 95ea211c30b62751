"""In which order letters are read: what the bidirectional algorithm of Unicode (UAX 9) comes to for a single line.

Pillow orders the letters of one font, and a line may need several. What nobody types, such as embeddings, is left out.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Final, TypeVar
from unicodedata import bidirectional

T = TypeVar("T")

_STRONG: Final = {"L": "L", "R": "R", "AL": "R"}
_NUMBERS: Final = frozenset({"EN", "AN"})
_BETWEEN_NUMBERS: Final = frozenset({"CS", "ES"})
_AT_NUMBERS: Final = frozenset({"ET"})


def leftward(text: str) -> bool:
    """Whether a text is written from right to left: its first letter with a direction says so."""
    return next((_STRONG[kind] == "R" for kind in map(bidirectional, text) if kind in _STRONG), False)


def levels(line: str) -> list[int]:
    """How deep each letter is embedded; odd is from right to left."""
    base = "R" if leftward(line) else "L"
    kinds = _neutrals(_numbers(_kinds(line), base), base)
    deeper = {"L": 0, "R": 1, "N": 2} if base == "L" else {"L": 2, "R": 1, "N": 2}
    return [deeper[kind] for kind in kinds]


def from_left(runs: Sequence[tuple[int, T]]) -> list[T]:
    """Runs with their levels, in the order in which they stand from left to right (rule L2)."""
    ordered = list(runs)
    for deepest in range(max((level for level, _ in runs), default=0), 0, -1):
        ordered = _turned(ordered, deepest)
    return [run for _, run in ordered]


def _turned(runs: Sequence[tuple[int, T]], deepest: int) -> list[tuple[int, T]]:
    found: list[tuple[int, T]] = []
    for inside, group in groupby(runs, key=lambda run: run[0] >= deepest):
        together = list(group)
        found += together[::-1] if inside else together
    return found


def _kinds(line: str) -> list[str]:
    """`L`, `R`, `N` for numbers and what belongs to them, or a neutral `O`; marks are what they stand on."""
    kinds: list[str] = []
    for at, own in enumerate(map(bidirectional, line)):
        if own in {"NSM", "BN"}:
            kinds.append(kinds[-1] if kinds else "O")
        elif own in _BETWEEN_NUMBERS:
            kinds.append("N" if _number(line, at - 1) and _number(line, at + 1) else "O")
        elif own in _AT_NUMBERS:
            kinds.append("N" if _number(line, at - 1) or _number(line, at + 1) else "O")
        else:
            kinds.append(_STRONG.get(own, "N" if own in _NUMBERS else "O"))
    return kinds


def _number(line: str, at: int) -> bool:
    return 0 <= at < len(line) and bidirectional(line[at]) in _NUMBERS


def _numbers(kinds: list[str], base: str) -> list[str]:
    """A number after a letter that goes to the right is one more of them."""
    before, found = base, []
    for kind in kinds:
        before = kind if kind in {"L", "R"} else before
        found.append("L" if kind == "N" and before == "L" else kind)
    return found


def _neutrals(kinds: list[str], base: str) -> list[str]:
    """What has no direction goes along with both its neighbours if they agree, and otherwise with the whole line."""
    found: list[str] = []
    for kind, group in groupby(kinds):
        many = len(list(group))
        if kind != "O":
            found += [kind] * many
            continue
        before = _side(found[-1]) if found else base
        after = _side(kinds[len(found) + many]) if len(found) + many < len(kinds) else base
        found += [before if before == after else base] * many
    return found


def _side(kind: str) -> str:
    return "R" if kind == "N" else kind
