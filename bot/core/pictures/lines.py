"""Lines of text in any script: broken where they may be, in the order in which they are read, each letter in a font."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from unicodedata import category, east_asian_width

from PIL.ImageDraw import ImageDraw

from bot.core.pictures.direction import from_left, levels
from bot.core.pictures.fonts import JOINERS, SHAPES, Face, Fonts

MORE: Final = "…"

_OPENING: Final = frozenset({"Pi", "Ps"})
_ENDING: Final = frozenset({"Lm", "Pe", "Pf", "Po"})
_TOGETHER: Final = 6
"""Letters that stay together at most, so that a row of a hundred full stops finds an end."""

_TONES: Final = range(0x1F3FB, 0x1F400)


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks: its size in pixels, its weight, and its colour."""

    size: int
    weight: int
    colour: str


@dataclass(frozen=True, slots=True)
class _Run:
    """Letters next to one another, of one font and one direction, in the order in which they are said."""

    text: str
    face: Face
    leftward: bool


class Typesetter:
    """Breaks, measures and draws lines, with the fonts of one picture."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts

    def legible(self, text: str) -> str:
        """The text in signs that can be drawn."""
        return self._fonts.legible(text)

    def length(self, line: str, style: Style) -> float:
        """How many pixels a line takes."""
        return sum(self._length(run, style) for run in self._runs(line))

    def broken(self, text: str, style: Style, width: float, most: int) -> list[str]:
        """A text as lines of at most `width` pixels; what does not fit into `most` of them is left out and marked."""
        lines = [""]
        for piece in _pieces(text, lambda piece: self.length(piece, style) > width):
            if lines[-1] and self.length((lines[-1] + piece).rstrip(), style) > width:
                lines.append("")
            lines[-1] += piece if lines[-1] else piece.lstrip()
        lines = [line.rstrip() for line in lines if line.strip()]
        if len(lines) <= most:
            return lines
        last = lines[most - 1]
        while last and self.length(last + MORE, style) > width:
            last = last[:-1].rstrip()
        return [*lines[: most - 1], last + MORE]

    def draw(self, canvas: ImageDraw, at: tuple[float, float], line: str, style: Style) -> None:
        """Draw a line; `at` is where it begins on the left, and its baseline."""
        x, baseline = at
        for run in self._runs(line):
            font = self._fonts.font(run.face, style.size, style.weight)
            text, direction = _said(run)
            canvas.text((x, baseline), text, style.colour, font, anchor="ls", direction=direction)
            x += self._length(run, style)

    def _length(self, run: _Run, style: Style) -> float:
        text, direction = _said(run)
        return self._fonts.font(run.face, style.size, style.weight).getlength(text, direction=direction)

    def _runs(self, line: str) -> list[_Run]:
        """The runs of a line from left to right."""
        letters = zip(levels(line), self._faces(line), line, strict=True)
        runs = [
            (level, _Run("".join(letter for _, _, letter in run), face, leftward=bool(level % 2)))
            for (level, face), run in groupby(letters, key=lambda each: each[:2])
        ]
        return from_left(runs)

    def _faces(self, line: str) -> Iterator[Face]:
        """The font of each letter; what clings to another is in the same."""
        for cluster in _clusters(line):
            yield from [self._fonts.face_of(cluster)] * len(cluster)


def _said(run: _Run) -> tuple[str, str | None]:
    if SHAPES:
        return run.text, "rtl" if run.leftward else "ltr"
    return run.text[::-1] if run.leftward else run.text, None


def _clings(letter: str) -> bool:
    return category(letter).startswith("M") or letter in JOINERS or ord(letter) in _TONES


def _pieces(text: str, too_long: Callable[[str], bool]) -> Iterator[str]:
    """Where a line may end: before spaces, after hyphens, around East Asian letters, and where nothing else helps."""
    for word in re.findall(r"\s*[^\s-]*-*", " ".join(text.split())):
        if too_long(word) or any(east_asian_width(letter) == "W" for letter in word):
            yield from _breakable(word)
        elif word:
            yield word


def _breakable(word: str) -> list[str]:
    """A word in pieces, none of which ends with an opening bracket or begins with a closing one or a full stop."""
    found: list[str] = []
    for cluster in _clusters(word):
        bound = found and (category(cluster[0]) in _ENDING or category(found[-1][-1]) in _OPENING)
        if bound and len(found[-1]) < _TOGETHER:
            found[-1] += cluster
        else:
            found.append(cluster)
    return found


def _clusters(text: str) -> list[str]:
    """The letters of a text, each with what clings to it: nearly what people take for one letter."""
    found: list[str] = []
    for letter in text:
        if found and (_clings(letter) or found[-1][-1] == "\u200d"):
            found[-1] += letter
        else:
            found.append(letter)
    return found
