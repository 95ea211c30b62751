"""Small pictures, drawn and encoded here: the bars of a poll and the icons of the app. No fonts, no files."""

import struct
import zlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import hypot
from typing import Final

Colour = tuple[int, int, int, int]

INDIGO: Final[Colour] = (91, 95, 199, 255)
GREEN: Final[Colour] = (62, 155, 92, 255)
TRACK: Final[Colour] = (128, 128, 128, 70)
"""Half-transparent grey, visible on light and on dark."""

CLEAR: Final[Colour] = (0, 0, 0, 0)
BAR_WIDTH: Final = 320
BAR_HEIGHT: Final = 8


@dataclass(frozen=True, slots=True)
class Pill:
    """A rectangle with round corners: corner and size in pixels."""

    x: float
    y: float
    width: float
    height: float
    radius: float
    colour: Colour

    def cover(self, x: float, y: float) -> float:
        """How much of the pixel at (x, y) the shape covers, from 0 to 1: its edge is soft over one pixel."""
        across = abs(x - self.x - self.width / 2) - self.width / 2 + self.radius
        down = abs(y - self.y - self.height / 2) - self.height / 2 + self.radius
        outside = hypot(max(across, 0), max(down, 0)) + min(max(across, down), 0) - self.radius
        return min(1.0, max(0.0, 0.5 - outside))


@cache
def bar(percent: int, *, winner: bool) -> str:
    """A bar filled to `percent`, as a `data:` address."""
    track = Pill(0, 0, BAR_WIDTH, BAR_HEIGHT, BAR_HEIGHT / 2, TRACK)
    long = max(BAR_HEIGHT, BAR_WIDTH * percent / 100)
    full = Pill(0, 0, long, BAR_HEIGHT, BAR_HEIGHT / 2, GREEN if winner else INDIGO)
    shapes = [track, full] if percent else [track]
    upper = [_line(shapes, BAR_WIDTH, y) for y in range(BAR_HEIGHT // 2)]
    picture = _encoded(BAR_WIDTH, upper + upper[::-1])  # its lower half is its upper half, mirrored
    return "data:image/png;base64," + b64encode(picture).decode()


def colour_icon() -> bytes:
    """The app's icon: four beats on a square, 192 by 192 pixels, the sign inside the middle 96 as Teams asks."""
    return draw(192, 192, [Pill(0, 0, 192, 192, 0, INDIGO), *_beats(192, (255, 255, 255, 255))])


def outline_icon() -> bytes:
    """The same sign in white on nothing, 32 by 32 pixels."""
    return draw(32, 32, _beats(48, (255, 255, 255, 255), shift=-8))


def draw(width: int, height: int, shapes: Sequence[Pill]) -> bytes:
    """A PNG of shapes, each over those before it."""
    return _encoded(width, [_line(shapes, width, y) for y in range(height)])


def _line(shapes: Sequence[Pill], width: int, y: int) -> bytes:
    return b"".join(bytes(_pixel(shapes, x + 0.5, y + 0.5)) for x in range(width))


def _encoded(width: int, lines: Sequence[bytes]) -> bytes:
    unfiltered = b"".join(b"\0" + line for line in lines)
    header = struct.pack(">IIBBBBB", width, len(lines), 8, 6, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(unfiltered, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _beats(size: int, colour: Colour, shift: float = 0) -> list[Pill]:
    """A rhythm of four strokes around the middle, half as wide as the square."""
    unit = size / 2 / 7
    left, middle = size / 4 + shift, size / 2 + shift
    tall = (2.6, 6.8, 4.2, 2.6)
    return [
        Pill(left + number * 2 * unit, middle - high * unit / 2, unit, high * unit, unit / 2, colour)
        for number, high in enumerate(tall)
    ]


def _pixel(shapes: Sequence[Pill], x: float, y: float) -> tuple[int, int, int, int]:
    red, green, blue, alpha = 0.0, 0.0, 0.0, 0.0
    for shape in shapes:
        over = shape.cover(x, y) * shape.colour[3] / 255
        if over:
            under = alpha * (1 - over)
            alpha = over + under
            red, green, blue = (
                (new * over + old * under) / alpha for new, old in zip(shape.colour, (red, green, blue), strict=False)
            )
    return round(red), round(green), round(blue), round(alpha * 255)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
