"""Reading the words behind `/drumbeat`, held to its laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.home.words import ALSO, find, nearest

KNOWN = ("help", "stop", "start", "my data", "settings", "leaders", "language")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("leaders add <@3>", ("leaders", "add <@3>")),
        ("  My   DATA  please", ("my data", "please")),
        ("Hilfe", ("help", "")),
        ("stopwatch", ("", "stopwatch")),
        ("", ("", "")),
    ],
)
def test_a_line_begins_with_a_word_or_with_none(typed: str, found: tuple[str, str]) -> None:
    assert find(typed, KNOWN) == found


@given(st.sampled_from([*KNOWN, *ALSO]), st.text())
def test_every_word_is_found_whatever_stands_behind_it(word: str, rest: str) -> None:
    name, left = find(f"{word} {rest}", KNOWN)
    assert name in KNOWN or name == "communicators"
    assert left.split() == rest.split()


@given(st.text())
def test_the_nearest_word_is_a_known_one_or_none(typed: str) -> None:
    assert nearest(typed, KNOWN) in (*KNOWN, "")
