"""Typed lines and moments, read as people type them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.moments import read_moment
from bot.core.words import QUOTES, mentioned, read, tags

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday

PAIRS = [('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("”", "”"), ("「", "」")]
texts = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="".join(QUOTES) + "”“»「」"), min_size=1
).filter(lambda text: text.strip() == text)


@given(st.lists(st.tuples(texts, st.sampled_from(PAIRS)), min_size=1))
def test_whatever_stands_in_quotes_of_any_kind_comes_back(quoted: list[tuple[str, tuple[str, str]]]) -> None:
    line = " ".join(f"{opening}{text}{closing}" for text, (opening, closing) in quoted)
    assert read(line).phrases == tuple(text for text, _ in quoted)


@given(st.text())
def test_no_line_is_unreadable(line: str) -> None:
    assert all(phrase in line for phrase in read(line).phrases)


@pytest.mark.parametrize(
    ("line", "phrases"),
    [
        ('"Où ?" "Là-bas 🏖️" "ici"', ("Où ?", "Là-bas 🏖️", "ici")),
        ('"מתי?" "היום" "מחר"', ("מתי?", "היום", "מחר")),
        ("\u201cLunch?\u201d \u201cPizza\u201d \u201cDon't care\u201d", ("Lunch?", "Pizza", "Don't care")),
        ("\u201eMittag?\u201c \u201eJa\u201c \u201eNein\u201c", ("Mittag?", "Ja", "Nein")),
        ('"One""Two"', ("One", "Two")),
        ('"Closed" "never', ("Closed", "never")),
        ('"With <@12> and #tag"', ("With <@12> and #tag",)),
    ],
)
def test_lines_of_all_keyboards(line: str, phrases: tuple[str, ...]) -> None:
    assert read(line).phrases == phrases


def test_flags_take_values_only_where_they_have_one() -> None:
    line = read('"Q?" "A" --multi "B" \u2014close "Fri 17:00" \u2013confidential', frozenset({"close"}))
    assert line.flags == {"multi": "", "close": "Fri 17:00", "confidential": ""}
    assert line.phrases == ("Q?", "A", "B")


def test_a_quoted_flag_is_only_text() -> None:
    assert read('"--multi" "B"').phrases == ("--multi", "B")


def test_mentions_and_tags_are_found_once_each() -> None:
    text = "<@12> and <@7>, <@12>: thanks #Team-Spirit #teamspirit #team-spirit (see <#3>)"
    assert mentioned(text) == (12, 7)
    assert tags(text) == ("team-spirit", "teamspirit")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2h", NOW + timedelta(hours=2)),
        ("3 d", NOW + timedelta(days=3)),
        ("17:00", datetime(2026, 11, 23, 16, 0, tzinfo=UTC)),
        ("9.30", datetime(2026, 11, 24, 8, 30, tzinfo=UTC)),
        ("Fri 17:00", datetime(2026, 11, 27, 16, 0, tzinfo=UTC)),
        ("Freitag 17:00", datetime(2026, 11, 27, 16, 0, tzinfo=UTC)),
        ("2026-12-01 08:00", datetime(2026, 12, 1, 7, 0, tzinfo=UTC)),
        ("2026-12-01T08:00+00:00", datetime(2026, 12, 1, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_the_persons_own_zone(typed: str, meant: datetime) -> None:
    assert read_moment(typed, "Europe/Berlin", NOW, "de") == meant


@pytest.mark.parametrize("typed", ["yesterday", "25:00", "2020-01-01 10:00", "", "Xyz 10:00", "0001-01-01 00:00"])
def test_what_nobody_could_mean_is_none(typed: str) -> None:
    assert read_moment(typed, "Europe/Berlin", NOW, "en") is None


@given(st.text(), st.sampled_from(["Europe/Berlin", "Pacific/Apia", "America/New_York"]))
def test_a_moment_is_never_in_the_past(typed: str, zone: str) -> None:
    moment = read_moment(typed, zone, NOW, "en")
    assert moment is None or moment >= NOW
