"""How a typed line of praise is read, whatever the order, the quotes and the script; and which week it belongs to."""

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.praise.model import Draft, Praise, add_up, read, typed_values, week

INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds are naive by contract
ZONES = st.sampled_from(sorted(available_timezones()))
PEOPLE = st.lists(st.integers(1, 10**12), min_size=1, max_size=10, unique=True).map(tuple)
LETTERS = "abcdefghijklmnopqrstuvwxyzäöüßéçñшжשלוםمرحبا世界'"  # noqa: RUF001 -- every script that people type
SENTENCES = st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=3, max_size=12).map(" ".join)
VALUES = st.lists(st.from_regex(r"[a-zäö][a-z0-9-]{0,15}", fullmatch=True), max_size=4, unique=True).map(tuple)
JOINTS = st.sampled_from([" ", ", ", " and ", " und ", " & ", "", " + "])
FORS = st.sampled_from(["for ", "For ", "für ", "", ": ", "- "])


def plain(reason: str) -> bool:
    """Whether a drawn sentence has none of the words that frame praise at its edges."""
    framing = {"for", "für", "and", "und", "to", "an", "y", "et", "e"}
    first, *_, last = reason.split()
    return not {first, last} & framing and "'" not in {reason[0], reason[-1]}


@given(PEOPLE, SENTENCES.filter(plain), VALUES, JOINTS, FORS)
def test_people_first_reads_the_same_with_any_joint_and_any_for(
    people: tuple[int, ...], reason: str, values: tuple[str, ...], joint: str, leading: str
) -> None:
    who = joint.join(f"<@{person}>" for person in people)
    tags = " ".join(f"#{value}" for value in values)
    assert read(f"{who} {leading}{reason} {tags}") == Draft(people, reason, values)


@given(PEOPLE, SENTENCES.filter(plain), VALUES, JOINTS, FORS)
def test_people_last_reads_as_people_first(
    people: tuple[int, ...], reason: str, values: tuple[str, ...], joint: str, leading: str
) -> None:
    who = joint.join(f"<@{person}>" for person in people)
    tags = " ".join(f"#{value}" for value in values)
    assert read(f"{leading}{reason} {who} {tags}") == Draft(people, reason, values)
    assert read(f"{tags} {leading}{reason} {who}") == Draft(people, reason, values)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_read_without_a_fault(text: str) -> None:
    draft = read(text)
    assert draft.reason == draft.reason.strip()


@given(PEOPLE, SENTENCES.filter(plain))
def test_writing_direction_marks_change_nothing(people: tuple[int, ...], reason: str) -> None:
    marked = " ".join(f"\u2068<@{person}>\u2069" for person in people)
    assert read(f"\u200f{marked} {reason}\u200e #kind\u200f") == Draft(people, reason, ("kind",))


@pytest.mark.parametrize(
    ("typed", "people", "reason", "values"),
    [
        ("<@1> for fixing the build #craft", (1,), "fixing the build", ("craft",)),
        ("<@2> and <@1>, <@3>: great work on launch", (2, 1, 3), "great work on launch", ()),
        ("<@1> “helping me with taxes” #kind", (1,), "helping me with taxes", ("kind",)),
        ("<@1> „für die Hilfe beim Umzug“", (1,), "für die Hilfe beim Umzug", ()),
        ('<@1> for "Faust" and "Emma"', (1,), '"Faust" and "Emma"', ()),
        ("<@1>'s help was great today", (1,), "<@1>'s help was great today", ()),
        ("thanks <@1> for the save", (1,), "thanks <@1> for the save", ()),
        ("<@1> for helping <@2> with the move", (1,), "helping <@2> with the move", ()),
        ("<@1> for everything, thank you!", (1,), "everything, thank you!", ()),
        ("<@1> forever a good friend", (1,), "forever a good friend", ()),
        ("<@1>, #1 fan of tests", (1,), "#1 fan of tests", ()),
        ("<@1> for #teamwork in the launch, #Craft!", (1,), "#teamwork in the launch", ("teamwork", "craft")),
        ("<@1> <@1> for being there twice", (1,), "being there twice", ()),
        ("<@1> 帮我修好了构建", (1,), "帮我修好了构建", ()),
        ("<@1> على مساعدتك في المشروع #فريق", (1,), "على مساعدتك في المشروع", ("فريق",)),
        ("<@1>", (1,), "", ()),
        ("", (), "", ()),
    ],
)
def test_praise_is_read_as_it_was_meant(
    typed: str, people: tuple[int, ...], reason: str, values: tuple[str, ...]
) -> None:
    assert read(typed) == Draft(people, reason, values)


@pytest.mark.parametrize(
    ("typed", "people", "reason", "names"),
    [
        ("@ben for fixing the build", (), "fixing the build", ("@ben",)),
        ("@Ben van Dyk for fixing the build", (), "fixing the build", ("@Ben",)),
        ("@ben and <@2> for help with it", (2,), "help with it", ("@ben",)),
        ("for the long help @ben, @Chen", (), "the long help", ("@ben", "@Chen")),
        ("@ben for helping <@2> move", (), "helping <@2> move", ("@ben",)),
    ],
)
def test_a_name_without_a_mention_is_noticed(
    typed: str, people: tuple[int, ...], reason: str, names: tuple[str, ...]
) -> None:
    assert read(typed) == Draft(people, reason, (), names)


def test_values_are_typed_with_or_without_their_sign() -> None:
    assert typed_values("teamwork, #Craft ##kind; 1 #") == ("teamwork", "craft", "kind")


@given(INSTANTS, ZONES)
def test_weeks_follow_one_another_without_gap_or_overlap(at: datetime, zone: str) -> None:
    begin, end = week(at, zone)
    assert begin < end <= at
    assert week(end, zone) == (begin, end)
    assert week(end - timedelta(microseconds=1), zone)[1] == begin


def test_a_week_is_told_by_the_alphabet_and_its_values_by_their_number() -> None:
    at = datetime(2026, 11, 27, 15, tzinfo=UTC)
    praises = [
        Praise(1, 1, 9, 1, (3, 1), "r", ("kind",), at),
        Praise(2, 1, 9, 1, (3,), "r", ("craft", "kind"), at),
        Praise(3, 1, None, 1, (2,), "r", ("bold",), at),
    ]
    told = add_up(praises, {1: "ben", 2: "Anna", 3: "Chen"})
    assert told.given == 3
    assert told.people == (("Anna", 1), ("ben", 1), ("Chen", 2))
    assert told.values == (("kind", 2), ("bold", 1), ("craft", 1))
