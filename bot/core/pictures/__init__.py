"""A picture of a result, to share where there is no chat: bars with their figures, in any script.

drawing: puts it together. lines: text in lines. direction: in which order letters are read. fonts: which font has which
letter. Pillow is loaded with the first picture, for most processes never draw one.
"""

from collections.abc import Sequence

from bot.core.cards import Bar
from bot.core.texts import Texts


def png(title: str, bars: Sequence[Bar], notes: Sequence[str], t: Texts) -> bytes:
    """A PNG with the title, a bar for each (label, count, percentage; at most 30), and lines of small print.

    `Refused` if there is no font for a word of them.
    """
    from bot.core.pictures import drawing  # noqa: PLC0415 -- Pillow and its fonts take some MB

    return drawing.png(title, bars, notes, t)
