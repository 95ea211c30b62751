"""Which free-text answers are equal, and how they are shown."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.polls.model.wording import grouped, key

said = st.text("aA bß.!\"'«» \u2019\u200e\ufe0f👍🏽?#５ıİé\u0301", max_size=8)
answers = st.lists(st.tuples(said, st.integers(1, 5)), max_size=12)


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
