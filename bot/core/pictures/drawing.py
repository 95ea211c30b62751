"""Draws the picture of a result with Pillow."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

from bot.core.cards import Bar
from bot.core.errors import Refused
from bot.core.pictures.direction import leftward
from bot.core.pictures.fonts import BOLD, REGULAR, Fonts
from bot.core.pictures.lines import Style, Typesetter
from bot.core.texts import Texts

WIDTH: Final = 1600
"""Pixels: twice what is wanted, for screens that show two for one."""

MOST_BARS: Final = 30

PAPER: Final = "#ffffff"
TRACK: Final = "#e9eeee"
PLAIN: Final = "#5f8f89"
WINNER: Final = "#0b766b"
TITLE: Final = Style(60, BOLD, "#1c2126")
LABEL: Final = Style(36, REGULAR, "#1c2126")
BEST: Final = Style(36, BOLD, "#0a5a52")
SMALL: Final = Style(28, REGULAR, "#5c6670")

MARGIN: Final = 96
SPACING: Final = 1.36
"""A line's height by the size of its letters: Noto's scripts need that much."""

THICK: Final = 28
GAP: Final = 44
"""Pixels below a bar."""

CROWN: Final = "🏆 "


LABEL_LINES: Final = 3
TITLE_LINES: Final = 5


def png(title: str, bars: Sequence[Bar], notes: Sequence[str], t: Texts) -> bytes:
    """The picture; `Refused` if there is no font for a word of it."""
    fonts = Fonts()
    shown = bars[:MOST_BARS]
    if fonts.lack("".join((title, *(bar.label for bar in shown), *notes))):
        raise Refused(t("I have no letters for this script. Ask whoever runs me to install a font for it."))
    page = _Page(Typesetter(fonts), mirrored=leftward(title))
    page.write(title, TITLE, TITLE_LINES)
    page.skip(GAP * 0.8)
    for bar in shown:
        page.bar(bar, f"{t.number(bar.count)} · {t.percent(bar.share)}")
    more = len(bars) - len(shown)
    for note in (*([t.many("… and {count} more", "… and {count} more", more)] if more else []), *notes):
        page.write(note, SMALL, LABEL_LINES)
    return page.png()


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text: its left end, its baseline, and how it looks."""

    at: tuple[float, float]
    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class _Stripe:
    """A bar or its track: left, top, right, bottom."""

    box: tuple[float, float, float, float]
    colour: str


class _Page:
    """What is drawn, from the top; `mirrored` for a script that is read from the right."""

    def __init__(self, typesetter: Typesetter, *, mirrored: bool) -> None:
        self._typesetter = typesetter
        self._mirrored = mirrored
        self._y = MARGIN * 0.6  # the first line's own room does the rest
        self._drawn: list[_Line | _Stripe] = []

    def skip(self, pixels: float) -> None:
        """Leave room."""
        self._y += pixels

    def write(self, text: str, style: Style, most: int, *, beside: str = "") -> None:
        """Write a paragraph of at most so many lines, and at the end of its first one what stands `beside` it."""
        text = self._typesetter.legible(text)
        room = WIDTH - 2 * MARGIN
        aside = self._typesetter.length(beside, style)
        for number, line in enumerate(self._typesetter.broken(text, style, room - (aside and aside + GAP), most)):
            self._y += style.size * SPACING
            self._place(line, style)
            if beside and number == 0:
                self._place(beside, style, end=True)

    def bar(self, bar: Bar, figures: str) -> None:
        """A bar under its label, with its figures at the end of the line."""
        style = BEST if bar.winner else LABEL
        self.write((CROWN if bar.winner else "") + bar.label, style, LABEL_LINES, beside=figures)
        self._y += THICK * 0.9
        room = WIDTH - 2 * MARGIN
        full = max(min(bar.share, 1) * room, THICK if bar.count else 0)
        self._stripe(room, TRACK)
        if full:
            self._stripe(full, WINNER if bar.winner else PLAIN)
        self._y += THICK + GAP

    def png(self) -> bytes:
        """Everything, on paper."""
        image = Image.new("RGB", (WIDTH, round(self._y + MARGIN)), PAPER)
        canvas = ImageDraw.Draw(image)
        for each in self._drawn:
            match each:
                case _Line(at, text, style):
                    self._typesetter.draw(canvas, at, text, style)
                case _Stripe(box, colour):
                    canvas.rounded_rectangle(box, THICK / 2, colour)
        buffer = BytesIO()
        image.save(buffer, "PNG", optimize=True)
        return buffer.getvalue()

    def _place(self, line: str, style: Style, *, end: bool = False) -> None:
        length = self._typesetter.length(line, style)
        x = WIDTH - MARGIN - length if end != self._mirrored else MARGIN
        self._drawn.append(_Line((x, self._y), line, style))

    def _stripe(self, length: float, colour: str) -> None:
        left = WIDTH - MARGIN - length if self._mirrored else MARGIN
        self._drawn.append(_Stripe((left, self._y, left + length, self._y + THICK), colour))
