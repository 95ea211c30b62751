"""Which font has which letter: Noto Sans and its sisters for other scripts, and what there is for East Asia."""

from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PIL import ImageFont, features
from PIL.ImageFont import FreeTypeFont, Layout

REGULAR: Final = 400
BOLD: Final = 700

FIRST: Final = ("NotoSans[wght].ttf",)
"""Asked before all others."""

EMOJI: Final = "NotoEmoji[wght].ttf"
LAST: Final = ("NotoSansSymbols[wght].ttf", EMOJI)
"""Asked after all others of their package: they know some letters of scripts, too."""

LARGE: Final = "manimgx_fonts_cjk"
"""Chinese, Japanese and Korean letters take 30 MB, too much to bring along: whoever needs them installs this package,
or a font that the machine keeps for all its programs."""

OF_THE_MACHINE: Final = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJK-VF.otf.ttc",
    "NotoSansCJKjp-Regular.otf",
    "DejaVuSans.ttf",
)

NEAREST: Final = {
    **dict(zip("★✓✗✘☒●○■□☐", "⭐✔✖✖✖⚫⚪◼◻◻", strict=True)),
    "≤": "<=",
    "≥": ">=",
    "⇒": "=>",
    "▲": "↑",
    "▼": "↓",
}
"""What comes nearest to signs that people type and the fonts brought along do not have."""

SHAPES: Final = features.check("raqm")
"""Whether letters are joined, and written from right to left, as their script asks for; not on Windows."""

FACED: Final = "\ufe0f"
"""Asks for the letter before it as an emoji."""

JOINERS: Final = frozenset(("\u200c", "\u200d", "\ufe0e", FACED))
"""What only tells how its neighbours look."""

_NO_LETTER: Final = "\uffff"
_PROBED: Final = 24

Face = str
"""A font's file: its path, or a name to be found where the machine keeps its fonts."""


class Fonts:
    """The fonts of one picture: each is opened when a letter first needs it, and put away with the picture."""

    def __init__(self) -> None:
        self.face_of = cache(self._face_of)
        self.font = cache(_font)
        self._drawn = cache(self._draw)
        self._faces = [*_of_package("manimgx_fonts"), *_of_package(LARGE), *OF_THE_MACHINE]

    def has(self, face: Face, letter: str) -> bool:
        """Whether a font has a letter: it draws it otherwise than what is in no font."""
        try:
            return self._drawn(face, letter) != self._drawn(face, _NO_LETTER)
        except OSError:  # this machine does not have it
            return False

    def legible(self, text: str) -> str:
        """The text without what is no letter, and with the nearest that there is for signs that are in no font."""
        seen = (each if each.isprintable() or each in JOINERS else " " for each in text)
        return "".join(each if self._held(each) else NEAREST.get(each, each) for each in seen)

    def lack(self, text: str) -> bool:
        """Whether a word would be boxes in whatever font. A sign among others may be."""
        return any(each.isalpha() and not self._held(each) for each in set(text))

    def _held(self, letter: str) -> bool:
        return self.has(self.face_of(letter), letter)

    def _face_of(self, cluster: str) -> Face:
        """The first font that has all of a letter and what clings to it; for emoji it is theirs."""
        faces = sorted(self._faces, key=lambda face: Path(face).name != EMOJI) if FACED in cluster else self._faces
        seen = [each for each in cluster if each not in JOINERS]
        found = next((face for face in faces if all(self.has(face, each) for each in seen)), None)
        return found or (self._faces[0] if len(cluster) == 1 else self.face_of(cluster[0]))

    def _draw(self, face: Face, letter: str) -> bytes:
        return bytes(self.font(face, _PROBED, REGULAR).getmask(letter))


def _font(face: Face, size: int, weight: int) -> FreeTypeFont:
    """A font at a size in pixels and a weight, which only variable ones can have."""
    font = ImageFont.truetype(face, size, layout_engine=Layout.RAQM if SHAPES else Layout.BASIC)
    with suppress(OSError):
        font.set_variation_by_axes([weight])
    return font


def _of_package(name: str) -> list[Face]:
    """The upright fonts in a package of fonts, if it is installed, the most general ones first."""
    found = find_spec(name)
    folder = Path(found.origin).parent if found and found.origin else None
    files = [path for path in folder.glob("*.tt[fc]") if "Italic" not in path.name] if folder else []
    return [
        str(path) for path in sorted(files, key=lambda path: (path.name not in FIRST, path.name in LAST, path.name))
    ]
