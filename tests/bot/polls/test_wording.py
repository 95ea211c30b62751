"""Which free-text answers are equal, and how they are shown."""

import re
from collections import Counter
from random import Random
from sys import maxunicode
from unicodedata import category, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.polls.model.wording import SEPARATOR, Wordings, keys
from tests.bot.polls.given import together

said = st.text("aA bß.!\"'«» \u2019\u200e\ufe0f👍🏽?#５ıİé\u0301", min_size=1, max_size=8)
answers = st.lists(st.tuples(said, st.integers(1, 5)), max_size=12)


def key(answer: str) -> str:
    return keys(answer)[0]


def grouped(given_answers: list[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(Wordings.of(together(given_answers)))


def plain_key(answer: str) -> str:
    """What `keys` says, a character at a time."""
    seen = re.sub("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe0e\ufe0f\ufeff]", "", answer)
    seen = re.sub("[\u2018\u2019\u02bc\u00b4]", "'", seen) if not answer.isascii() else seen
    folded = " ".join(normalize("NFKC", normalize("NFKC", seen).casefold()).casefold().split())
    bare = folded
    while bare and is_around(bare[0]):
        bare = bare[1:]
    while bare and is_around(bare[-1]):
        bare = bare[:-1]
    return bare or folded


def is_around(character: str) -> bool:
    return character in " `" or (
        category(character) in ("Pi", "Pf", "Ps", "Pe", "Po") and character not in "#%&*/@\\\u00a7\u2030\u2031\u066a"
    )


def plain(given_answers: list[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """What `Wordings` says, an answer at a time."""
    spellings: dict[str, Counter[str]] = {}
    for answer, people in given_answers:
        spellings.setdefault(plain_key(answer), Counter())[" ".join(answer.split())] += people
    ordered = sorted(spellings.items(), key=lambda each: (-each[1].total(), each[0]))
    return tuple((min(each, key=lambda one: (-each[one], one)), each.total()) for _, each in ordered)


@pytest.mark.parametrize(
    "answer",
    [
        "lisbon",
        "LISBON",
        "  Lisbon ",
        "Lisbon!",
        "lisbon...",
        "Lisbon…",
        '"Lisbon"',
        "„Lisbon“",
        "« Lisbon »",
        "「Lisbon」",
        "(Lisbon)",
        "¡Lisbon!",
        "`Lisbon`",
        "• Lisbon",
        "\uff2c\uff49\uff53\uff42\uff4f\uff4e\uff01",
        "\u200fLisbon\u200e",
        "Lis\u00adbon",
    ],
)
def test_what_stands_around_a_word_and_how_it_is_typed_says_nothing(answer: str) -> None:
    assert key(answer) == key("Lisbon")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("Krako\u0301w", "kraków"),
        ("don\u2019t know", "Don't know."),
        ("the  sea\nside", "The sea side"),
        ("\u05dc\u05d5\u05d3!", "\u200f\u05dc\u05d5\u05d3"),
        ("مدريد؟", "مدريد"),
        ("दिल्ली।", "दिल्ली"),
        ("東京。", "東京"),
        ("❤️", "❤"),
        ("ﬁsh", "fish"),
    ],
)
def test_answers_in_every_script_are_equal_where_they_read_alike(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lisbon", "Lisboa"),
        ("C", "C#"),
        ("C", "C++"),
        ("5", "5%"),
        ("5", "-5"),
        ("A", "A*"),
        ("👍", "👎"),
        ("👍", "👍🏽"),
        ("👨‍👩‍👧", "👨👩👧"),
        ("3.5", "35"),
        ("?", "!"),
        ("...", "?"),
        ("re-sign", "resign"),
    ],
)
def test_answers_that_mean_something_else_stay_apart(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize("answer", ["👍", "🎉🎉", "🇵🇹", "1️⃣", "?!", ":-)", "«»"])
def test_an_answer_without_a_letter_is_kept_as_it_is(answer: str) -> None:
    assert grouped([(answer, 3)]) == ((answer, 3),)


def test_the_most_frequent_answer_comes_first_and_equals_in_alphabetical_order() -> None:
    given = [("Berlin", 1), ("Zürich", 2), ("lisbon", 1), ("Athens", 2), ("Lisbon!", 2)]
    assert grouped(given) == (("Lisbon!", 3), ("Athens", 2), ("Zürich", 2), ("Berlin", 1))


def test_an_answer_is_shown_in_its_most_frequent_spelling() -> None:
    assert grouped([("LISBON", 1), ("Lisbon", 3), ("lisbon!", 2)]) == (("Lisbon", 6),)
    assert grouped([("lisbon", 1), ("Lisbon", 1)]) == grouped([("Lisbon", 1), ("lisbon", 1)]) == (("Lisbon", 2),)


def test_spaces_around_and_between_words_are_no_spelling_of_their_own() -> None:
    assert grouped([("by the sea", 2), (" By  the sea", 1), ("By the\nsea ", 2)]) == (("By the sea", 5),)


@given(answers, st.integers(0, 2**32))
def test_the_order_in_which_answers_came_never_shows(given_answers: list[tuple[str, int]], seed: int) -> None:
    shuffled = list(given_answers)
    Random(seed).shuffle(shuffled)
    assert grouped(shuffled) == grouped(given_answers)


@given(answers)
def test_grouping_loses_nobody_and_every_answer_shown_was_given(given_answers: list[tuple[str, int]]) -> None:
    shown = grouped(given_answers)
    assert sum(people for _, people in shown) == sum(people for _, people in given_answers)
    assert {answer for answer, _ in shown} <= {" ".join(answer.split()) for answer, _ in given_answers}
    assert len({key(answer) for answer, _ in shown}) == len(shown)
    assert [people for _, people in shown] == sorted((people for _, people in shown), reverse=True)


@given(said)
def test_spaces_around_an_answer_and_quotes_around_words_say_nothing(answer: str) -> None:
    assert key(f"  {answer}\n") == key(answer)
    if key(answer).isalnum():
        assert key(f"\u201e{answer}\u201c!") == key(answer)


@given(
    st.lists(
        said | st.text(st.characters(exclude_characters=SEPARATOR, exclude_categories=["Cs"]), max_size=6), min_size=1
    )
)
def test_many_answers_at_once_have_the_keys_that_each_has_alone(all_at_once: list[str]) -> None:
    assert keys(SEPARATOR.join(all_at_once)) == [plain_key(answer) for answer in all_at_once]


def test_every_character_of_unicode_is_folded_as_it_is_alone() -> None:
    every = [
        f"a{chr(one)}b {chr(one)}"
        for one in range(maxunicode + 1)
        if category(chr(one)) not in ("Cs", "Cn", "Co") and chr(one) != SEPARATOR
    ]
    assert keys(SEPARATOR.join(every)) == [plain_key(answer) for answer in every]


def test_answers_on_many_pages_are_those_of_a_plain_count() -> None:
    chance = Random(7)
    alike = ["Käse", "KÄSE!", "Ka\u0308se", "„Käse“ 🧀", "\uff2b\uff41se", "stra\u00dfe", "STRASSE.", "a\0b", "A\0B"]
    given_answers = list(Counter(f"{chance.choice(alike)} {chance.randrange(200)}" for _ in range(3_000)).items())
    assert grouped(given_answers) == plain(given_answers)


@given(answers, st.integers(1, 12))
def test_the_first_answers_are_those_of_a_plain_count(given_answers: list[tuple[str, int]], most: int) -> None:
    wordings = Wordings.of(together(given_answers))
    assert grouped(given_answers) == plain(given_answers)
    assert tuple(wordings.first(most)) == plain(given_answers)[:most]
    assert len(wordings) == len(plain(given_answers))
