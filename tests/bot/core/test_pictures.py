"""The picture of a result: what it shows, that it can be read, and that no script falls apart."""

import io
import subprocess
import sys
from collections.abc import Sequence
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.core import pictures
from bot.core.cards import Bar
from bot.core.errors import Refused
from bot.core.pictures import drawing
from bot.core.pictures.direction import from_left, leftward, levels
from bot.core.pictures.drawing import LABEL, MARGIN, PAPER, PLAIN, SMALL, TITLE, TRACK, WIDTH, WINNER
from bot.core.pictures.fonts import Fonts
from bot.core.pictures.lines import MORE, Typesetter
from bot.core.texts import Texts

ROOM = WIDTH - 2 * MARGIN
LUNCH = [Bar("Lisbon", 3, 0.75, winner=True), Bar("Kraków", 1, 0.25), Bar("Home", 0, 0)]
EDGE = 12
"""Pixels by which a letter may lean out of its box."""

SCRIPTS = [
    "Où déjeuner, Łódź ?",
    "Где обедаем",
    "Πού τρώμε",
    "أين نأكل",
    "איפה אוכלים",
    "हम कहाँ खाएँ",
    "আমরা কোথায়",
    "நாம் எங்கே",
    "ไปกินที่ไหน",
    "სად ვჭამთ",
    "የት እንብላ",
    "ဘယ်မှာစား",
    "Որտե՞ղ",
]


def drawn(title: str = "Where?", bars: Sequence[Bar] = LUNCH, *notes: str) -> Image.Image:
    """The picture, as somebody gets to see it."""
    return Image.open(io.BytesIO(pictures.png(title, bars, notes, Texts("en"))))


def stripes(image: Image.Image, colour: str) -> list[tuple[int, int]]:
    """The left ends and the lengths of bars of a colour, where they are longest, from the top."""
    pixel = bytes(rgb(colour))
    rows = [image.crop((0, y, WIDTH, y + 1)).tobytes() for y in range(image.height)]
    lengths = [(row.find(pixel * 20), row.count(pixel)) if pixel * 20 in row else None for row in rows]
    thick = [list(group) for some, group in groupby(lengths, bool) if some]
    return [max(((begin // 3, long) for begin, long in filter(None, group)), key=lambda one: one[1]) for group in thick]


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def outside(image: Image.Image) -> set[object]:
    """The colours found in the margins at both sides."""
    left = image.crop((0, 0, MARGIN - EDGE, image.height))
    right = image.crop((WIDTH - MARGIN + EDGE, 0, WIDTH, image.height))
    return {colour for side in (left, right) for _, colour in side.getcolors(1 << 24) or []}


def contrast(one: str, other: str) -> float:
    """After WCAG 2.2."""
    dark, light = sorted(luminance(colour) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [part / 255 for part in rgb(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_bars_are_as_long_as_their_shares_and_the_winner_has_its_own_colour() -> None:
    image = drawn()
    assert (image.format, image.mode, image.width) == ("PNG", "RGB", 1600)
    ((begin, length),) = stripes(image, WINNER)
    assert begin == MARGIN
    assert length == pytest.approx(0.75 * ROOM, abs=2)
    ((begin, length),) = stripes(image, PLAIN)
    assert begin == MARGIN
    assert length == pytest.approx(0.25 * ROOM, abs=2)


def test_for_a_script_from_the_right_the_picture_is_turned_around() -> None:
    ((begin, length),) = stripes(drawn("أين نأكل؟"), WINNER)
    assert begin + length == pytest.approx(WIDTH - MARGIN, abs=2)
    assert length == pytest.approx(0.75 * ROOM, abs=2)


def test_colours_can_be_told_apart() -> None:
    assert all(contrast(style.colour, PAPER) >= 4.5 for style in (TITLE, LABEL, SMALL, drawing.BEST))
    assert all(contrast(colour, other) >= 3 for colour in (WINNER, PLAIN) for other in (PAPER, TRACK))


def test_thirty_bars_are_drawn_and_the_others_are_counted() -> None:
    bars = [Bar(f"Reason {number}", 1, 0.02) for number in range(34)]
    assert len(stripes(drawn("Why?", bars), PLAIN)) == 30
    assert drawn("Why?", bars).height == drawn("Why?", bars[:30], "one line").height


@pytest.mark.parametrize("text", ["word " * 80, "W" * 400, "." * 400, "語" * 9, "🍕" * 300, "a-" * 300, "ab\n\n\tcd "])
def test_nothing_runs_out_of_the_picture(text: str) -> None:
    typesetter = Typesetter(Fonts())
    lines = typesetter.broken(text, LABEL, 500, 3)
    assert 1 <= len(lines) <= 3
    assert all(typesetter.length(line, LABEL) <= 500 for line in lines)
    if len(text) > 100:
        assert lines[-1].endswith(MORE)
    if text[0] != "語":
        assert outside(drawn(text, [Bar(text, 1, 1.0)], text)) == {rgb(PAPER)}


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="utf-8", max_codepoint=0x2FF), max_size=120))
def test_a_text_that_fits_loses_nothing_but_spaces(text: str) -> None:
    lines = Typesetter(Fonts()).broken(text, SMALL, 600, 1000)
    assert "".join("".join(lines).split()) == "".join(text.split())


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", max_codepoint=0x206F), max_size=40))
def test_whatever_people_type_can_be_measured_and_drawn(text: str) -> None:
    try:
        drawn(text, [Bar(text, 1, 1.0)], text)
    except Refused:
        assert Fonts().lack(text)


def test_a_full_stop_does_not_begin_a_line() -> None:
    typesetter = Typesetter(Fonts())
    text = "どこでもいいので、選んでください。"
    for width in range(80, 700, 20):
        lines = typesetter.broken(text, LABEL, width, 100)
        assert "".join(lines) == text
        assert not any(line[0] in "、。" for line in lines)


@pytest.mark.parametrize("words", SCRIPTS)
def test_the_worlds_scripts_have_letters(words: str) -> None:
    assert not Fonts().lack(words)


@pytest.mark.parametrize("sign", ["🏆", "👩‍💻", "👍🏽", "🇩🇪", "1️⃣", "❤️", "€", "→", "·", "…"])
def test_signs_that_people_use_have_a_font(sign: str) -> None:
    fonts = Fonts()
    face = fonts.face_of(sign)
    assert all(fonts.has(face, each) for each in sign if each not in "\u200d\ufe0f")


def test_a_sign_in_no_font_is_drawn_as_the_nearest() -> None:
    fonts = Fonts()
    written = fonts.legible("★ ≤ 5 ✓ Ł")
    assert written.endswith(" Ł")
    assert all(fonts.has(fonts.face_of(each), each) for each in written)


def test_letters_that_nobody_has_are_said_instead_of_drawn_as_boxes() -> None:
    with pytest.raises(Refused):
        drawn("\U00012000")
    with pytest.raises(Refused):
        drawn("Where?", [Bar("\U00012000", 1, 1.0)])
    drawn("\U0001f9ff \ue000")


def test_arabic_letters_are_joined() -> None:
    typesetter = Typesetter(Fonts())
    assert typesetter.length("سسس", LABEL) < 0.9 * 3 * typesetter.length("س", LABEL)


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        # Capitals stand for letters from the right, as in Unicode's own examples.
        ("car is THE CAR in arabic", "car is RAC EHT in arabic"),
        ("CAR IS the car IN ENGLISH", "HSILGNE NI the car SI RAC"),
        ("ROOM 12, FLOOR 3", "3 ROOLF ,12 MOOR"),
        ("it costs 3,50 AND 12:30", "it costs 3,50 12:30 DNA"),
        ("it costs AND 3,50!", "it costs 3,50 DNA!"),
        ("SALE 50% NOW", "WON 50% ELAS"),
        ("a (B) c", "a (B) c"),
        ("A (b) C", "C (b) A"),
        ("12 a", "12 a"),
        ("", ""),
    ],
)
def test_letters_stand_in_the_order_in_which_they_are_read(said: str, seen: str) -> None:
    hebrew = "".join(chr(0x5D0 + ord(each) - ord("A")) if each.isupper() else each for each in said)
    shown = "".join(from_left(list(zip(levels(hebrew), said, strict=True))))
    # Brackets are turned by the font, not by the order.
    assert shown.replace("(", "|").replace(")", "|") == seen.replace("(", "|").replace(")", "|")


def test_the_first_letter_with_a_direction_gives_it() -> None:
    assert leftward("12 (שלום) hello")
    assert not leftward("12 (hello) שלום")
    assert not leftward("12!")


def test_nothing_of_it_is_loaded_before_the_first_picture_or_table() -> None:
    asked = (
        "import sys, bot.features, bot.core.pictures, bot.core.sheets; print({'PIL', 'xlsxwriter'} & {*sys.modules})"
    )
    ended = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "set()"
