"""Typed lines and moments, read as people type them."""

# ruff: noqa: RUF001 -- quotes and dashes that look alike are what this is about

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.moments import read_moment
from bot.core.quoting import QUOTES
from bot.core.words import Line, mentioned, read, tags

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday

PAIRS = [('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("”", "”"), ("「", "」")]
texts = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="".join(QUOTES) + "”“»「」\\"), min_size=1
).filter(lambda text: text.strip() == text)


def read_flags(typed: str) -> Line:
    return read(typed, {"in"}, wordy={"close", "every"}, optional={"multi": re.compile(r"\d+")})


@given(st.lists(st.tuples(texts, st.sampled_from(PAIRS)), min_size=1))
def test_whatever_stands_in_quotes_of_any_kind_comes_back(quoted: list[tuple[str, tuple[str, str]]]) -> None:
    line = " ".join(f"{opening}{text}{closing}" for text, (opening, closing) in quoted)
    assert read(line).phrases == tuple(text for text, _ in quoted)


SIGNS = [
    *"\"'“”„‚‘’‹›«»`\\=-—–#@<>&:,;.!?*• \n\t\u200f\u202e\u2067\u2069\u200d🏖️",
    "--",
    "--in",
    "--close",
    "--multi",
    " ",
]


@given(st.text() | st.lists(st.sampled_from([*SIGNS, "tea", "Don't", "2", "מחר", "<@12>", "<&3>"])).map("".join))
def test_no_line_is_unreadable_and_no_word_is_lost(typed: str) -> None:
    line = read_flags(typed)
    values = [value for every in line.every.values() for value in every]
    kept = "\n".join([*line.phrases, *line.flags, *values, line.rest]).lower()
    assert all(word in kept for word in re.findall(r"[^\W_]+", typed.lower()))
    assert line.flags == {name: every[-1] if every else "" for name, every in line.every.items()}


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


@pytest.mark.parametrize(
    ("typed", "phrases"),
    [
        ("‘Lunch?’ ‘Pizza’ ‘Don’t care’", ("Lunch?", "Pizza", "Don’t care")),
        ("'Lunch?' 'Pizza' 'Don't care'", ("Lunch?", "Pizza", "Don't care")),
        ("‚Mittag?‘ ‚Wie geht’s‘", ("Mittag?", "Wie geht’s")),
        ("‹Midi ?› ‹ oui › ›nein‹", ("Midi ?", "oui", "nein")),
        (r'"The \"best\" tea?" "Green"', ('The "best" tea?', "Green")),
        (r"“The \“best\” tea?” “Green”", ("The “best” tea?", "Green")),
        ("\u202b\u200f“מתי?”\u200f \u2067“היום”\u2069\u202c", ("מתי?", "היום")),
        ("Lunch on Friday?\nPizza\nSushi for all", ("Lunch on Friday?", "Pizza", "Sushi for all")),
        ('"Lunch?"\r\n• Pizza\n- Sushi\n\n* 🍣', ("Lunch?", "Pizza", "Sushi", "🍣")),
        ('"Lunch?" "Two\nlines" "Pizza\nSushi', ("Lunch?", "Two\nlines", "Pizza", "Sushi")),
    ],
)
def test_phrases_of_every_kind(typed: str, phrases: tuple[str, ...]) -> None:
    line = read(typed)
    assert (line.phrases, line.rest) == (phrases, "")


@pytest.mark.parametrize(
    "typed",
    ["What's the dogs' bowl?", "rock 'n' roll", "‘tis the season", "the ’90s or the ’80s", "Settings › General › Time"],
)
def test_an_apostrophe_is_no_quote(typed: str) -> None:
    line = read(typed)
    assert (line.phrases, line.rest) == ((), typed)


def test_flags_take_values_only_where_they_have_one() -> None:
    line = read('"Q?" "A" --multi "B" \u2014close "Fri 17:00" \u2013confidential', frozenset({"close"}))
    assert line.flags == {"multi": "", "close": "Fri 17:00", "confidential": ""}
    assert line.phrases == ("Q?", "A", "B")


@pytest.mark.parametrize(
    ("typed", "flags"),
    [
        ("--close tomorrow 17:00 --in <#3>", {"close": "tomorrow 17:00", "in": "<#3>"}),
        ('--close tomorrow 17:00 "Q?"', {"close": "tomorrow 17:00"}),
        ('--close "Fri 17:00" "Q?"', {"close": "Fri 17:00"}),
        ("--close=Fri 17:00", {"close": "Fri 17:00"}),
        ("--close='Fri 17:00'", {"close": "Fri 17:00"}),
        ('--close="Fri 17:00" "Q?"', {"close": "Fri 17:00"}),
        ("--close=\u201cFri 17:00\u201d", {"close": "Fri 17:00"}),
        ("--in=<#3>", {"in": "<#3>"}),
        ("\u2014Close Fri 17:00 \u2014Multi", {"close": "Fri 17:00", "multi": ""}),
        ("\u200f--close\u200f \u2067מחר 17:00\u2069 --multi\u200f", {"close": "מחר 17:00", "multi": ""}),
        ("--multi, --in <#3>", {"multi": "", "in": "<#3>"}),
        ("--multi 2 --close 3d", {"multi": "2", "close": "3d"}),
        ('--multi "2"', {"multi": ""}),
        ('--multi="2"', {"multi": "2"}),
        ("--multi Tea", {"multi": ""}),
        ("--geheim=ja --früher", {"geheim": "ja", "früher": ""}),
        ("--close\n17:00", {"close": ""}),
        ("--every Mon 9:00\n--multi", {"every": "Mon 9:00", "multi": ""}),
        ("Lunch? --close Fri\nPizza", {"close": "Fri"}),
    ],
)
def test_flags_are_read_as_people_type_them(typed: str, flags: dict[str, str]) -> None:
    assert read_flags(typed).flags == flags


def test_a_flag_typed_several_times_keeps_all_its_values() -> None:
    line = read_flags('"Q?" --in <#1> --in <#2> --in "The lab" --multi')
    assert line.every == {"in": ("<#1>", "<#2>", "The lab"), "multi": ()}
    assert line.flags == {"in": "The lab", "multi": ""}


def test_what_a_flag_does_not_take_stays() -> None:
    line = read_flags('"Q?" --multi "2" "Tea"')
    assert line.phrases == ("Q?", "2", "Tea")
    assert read_flags("Lunch? --multi Tea").rest == "Lunch? Tea"
    assert read_flags("Lunch? --close Fri\nPizza").phrases == ("Lunch?", "Pizza")


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
