"""What answers come to, by kind of question."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.polls.model.ballots import written
from bot.polls.model.counting import Result, count_all
from bot.polls.model.counting import count as counted
from bot.polls.model.definition import ABSTAIN, MOST_RANKED, NO, YES, Kind, Question
from bot.polls.model.wording import SEPARATOR
from tests.bot.polls.given import together

OPTIONS = ("Lisbon", "Kraków", "Oslo", "Rome")
ONE = Question("Where?", options=OPTIONS)
SEVERAL = Question("Where?", options=OPTIONS, most=4)
RANKED = Question("Where?", Kind.RANKED, OPTIONS, most=4)
RATING = Question("How was it?", Kind.RATING)
NPS = Question("Would you recommend us?", Kind.NPS)
DECISION = Question("Shall we?", Kind.DECISION)
TEXT = Question("Where?", Kind.TEXT)
QUIZ = Question("Which are capitals?", Kind.QUIZ, OPTIONS, most=4, right=(3, 0, 2))

choices = st.frozensets(st.integers(0, 3)).map(lambda chosen: written(chosen, Kind.CHOICE))
orders = st.permutations(range(4)).flatmap(
    lambda order: st.integers(0, 4).map(lambda length: written(order[:length], Kind.RANKED))
)
ballots = st.lists(st.tuples(choices, st.integers(0, 4)))
asked = st.one_of(
    st.tuples(st.sampled_from([SEVERAL, QUIZ]), ballots),
    st.tuples(st.just(RANKED), st.lists(st.tuples(orders, st.integers(0, 4)))),
    *(
        st.tuples(st.just(question), st.lists(st.tuples(st.integers(0, question.size - 1).map(str), st.integers(0, 4))))
        for question in (ONE, RATING, NPS, DECISION)
    ),
    st.tuples(st.just(TEXT), st.lists(st.tuples(st.sampled_from(["", "Oslo", "oslo!", "Rome"]), st.integers(0, 4)))),
)
Asked = tuple[Question, list[tuple[str, int]]]


def count(question: Question, cast: list[tuple[str, int]], voters: int | None = None) -> Result:
    return counted(question, together(cast), voters)


def test_a_choice_is_won_by_most_votes() -> None:
    result = count(ONE, [("1", 3), ("0", 2), ("3", 1), ("", 4)])
    assert (result.voters, result.votes, result.winners()) == (6, (2, 3, 0, 1), (1,))
    assert result.share(1) == 0.5


def test_a_choice_can_be_a_tie() -> None:
    assert count(ONE, [("2", 2), ("0", 2), ("1", 1)]).winners() == (0, 2)


def test_of_several_choices_shares_are_of_voters() -> None:
    result = count(SEVERAL, [("0,1", 1), ("0,2", 1)])
    assert (result.voters, result.votes, result.winners()) == (2, (2, 1, 1, 0), (0,))
    assert [result.share(option) for option in range(4)] == [1, 0.5, 0.5, 0]


def test_totals_by_option_say_how_many_voters_they_come_from() -> None:
    result = count(SEVERAL, [("0", 2), ("1", 1), ("2", 1), ("3", 0)], voters=2)
    assert result == count(SEVERAL, [("0,1", 1), ("0,2", 1)])


@pytest.mark.parametrize("question", [ONE, SEVERAL, RANKED, RATING, NPS, DECISION, TEXT, QUIZ])
def test_where_nobody_voted_there_is_no_winner_and_no_figure(question: Question) -> None:
    result = count(question, [("", 3)])
    assert (result.voters, result.winners(), list(result.texts)) == (0, (), [])
    assert result.mean is result.median is result.nps is None
    assert [result.share(option) for option in range(question.size)] == [0.0] * question.size


def test_an_answer_that_nobody_gave_is_not_there() -> None:
    assert count(TEXT, [("Oslo", 0)]) == count(TEXT, [])
    assert count(RANKED, [("2,1", 0)]) == count(RANKED, [])


def test_a_ranking_counts_first_preferences_and_is_won_in_the_run_off() -> None:
    result = count(RANKED, [("0,1,2,3", 42), ("1,2,3,0", 26), ("2,3,1,0", 15), ("3,2,1,0", 17)])
    assert result.ranking
    assert (result.votes, result.winners(), len(result.ranking.rounds)) == ((42, 26, 15, 17), (3,), 3)
    assert result.share(0) == 0.42


def test_in_the_longest_ranking_every_option_is_counted() -> None:
    asked = Question("?", Kind.RANKED, tuple(map(str, range(MOST_RANKED))), most=MOST_RANKED)
    counted = count(asked, [(written(reversed(range(MOST_RANKED)), Kind.RANKED), 3)])
    assert counted.ranking is not None
    assert counted.ranking.borda == tuple(3 * place for place in range(MOST_RANKED))
    assert counted.winners() == (MOST_RANKED - 1,)


def test_a_rating_has_a_mean_and_a_median_in_its_own_steps() -> None:
    result = count(RATING, [("0", 1), ("3", 2), ("4", 1)])
    assert (result.mean, result.median, result.winners()) == (3.5, 4.0, ())
    assert count(RATING, [("1", 1), ("2", 1)]).median == 2.5
    assert count(Question("How?", Kind.RATING, scale=10), [("9", 1)]).median == 10


@pytest.mark.parametrize(
    ("promoters", "passives", "detractors", "score"),
    [
        (30, 50, 20, 10),  # DELA, annual report 2018: "30% promoter, 20% detractor: +10"
        (60, 30, 10, 50),
        (10, 0, 0, 100),
        (0, 0, 10, -100),
        (0, 7, 0, 0),
        (1, 2, 0, 33),
        (2, 1, 0, 67),
        (0, 1, 2, -67),
        (1, 7, 0, 13),  # 12.5
        (0, 7, 1, -13),
    ],
)
def test_the_net_promoter_score_is_promoters_less_detractors(
    promoters: int, passives: int, detractors: int, score: int
) -> None:
    result = count(NPS, [("9", promoters), ("7", passives), ("6", detractors)])
    assert (result.nps, result.winners(), result.mean) == (score, (), None)


def test_nine_and_ten_promote_seven_and_eight_are_passive_and_the_rest_detract() -> None:
    assert [count(NPS, [(str(given), 1)]).nps for given in range(11)] == [-100] * 7 + [0, 0, 100, 100]


def test_a_decision_leaves_abstentions_out() -> None:
    result = count(DECISION, [(str(YES), 3), (str(NO), 1), (str(ABSTAIN), 4)])
    assert result.winners() == (YES,)
    assert (result.share(YES), result.share(NO), result.share(ABSTAIN)) == (0.75, 0.25, 0.5)


@pytest.mark.parametrize("votes", [{YES: 2, NO: 2, ABSTAIN: 9}, {ABSTAIN: 3}])
def test_a_decision_that_ties_is_none(votes: dict[int, int]) -> None:
    assert count(DECISION, [(str(side), people) for side, people in votes.items()]).winners() == ()


def test_free_text_is_grouped() -> None:
    result = count(TEXT, [("Lisbon", 2), ("lisbon!", 1), ("Oslo", 1), ("", 3)])
    assert (result.voters, result.votes, list(result.texts)) == (4, (), [("Lisbon", 3), ("Oslo", 1)])


def test_a_quiz_is_right_with_all_the_right_options_and_no_other() -> None:
    result = count(QUIZ, [("0,2,3", 2), ("0,2", 1), ("0,1,2,3", 1), ("", 5)])
    assert (result.right, result.voters, result.winners()) == (2, 4, ())


def test_how_many_were_right_cannot_be_told_from_totals_by_option_unless_there_is_one_choice() -> None:
    assert count(QUIZ, [("0", 2), ("2", 2), ("3", 2)], voters=2).right is None
    single = Question("Which is the capital?", Kind.QUIZ, OPTIONS, right=(2,))
    assert count(single, [("2", 3), ("1", 1)], voters=4).right == 3
    assert count(ONE, [("2", 3)]).right is None


def test_a_result_without_a_ranking_has_no_run_off_to_win() -> None:
    assert Result(RANKED, 0).winners() == ()


@given(ballots)
def test_a_count_is_the_sum_of_its_ballots(cast: list[tuple[str, int]]) -> None:
    result = count(SEVERAL, cast)
    assert sum(result.votes) == sum(people * len(answer.split(",")) for answer, people in cast if answer)
    assert result.voters == sum(people for answer, people in cast if answer)
    assert all(0 <= result.share(option) <= 1 for option in range(4))


@given(ballots)
def test_winners_are_all_who_have_the_most(cast: list[tuple[str, int]]) -> None:
    result = count(SEVERAL, cast)
    winners = result.winners()
    assert all((votes == max(result.votes) > 0) == (option in winners) for option, votes in enumerate(result.votes))


@given(asked, st.integers(0, 2**32))
def test_neither_the_order_of_answers_matters_nor_whether_equal_ones_come_together(asked: Asked, seed: int) -> None:
    question, cast = asked
    one_by_one = [(answer, 1) for answer, people in cast for _ in range(people)]
    Random(seed).shuffle(one_by_one)
    other, result = count(question, one_by_one), count(question, cast)
    assert replace(other, texts=result.texts) == result
    assert list(other.texts) == list(result.texts)


@given(asked)
def test_answers_in_one_text_count_as_they_do_one_by_one(asked: Asked) -> None:
    question, cast = asked
    result = count(question, cast)
    other = count_all(question, SEPARATOR.join(answer for answer, people in cast if answer for _ in range(people)))
    assert replace(other, texts=result.texts) == result
    assert list(other.texts) == list(result.texts)


@given(asked, st.integers(0, 10))
def test_two_counts_add_up_to_the_count_of_both(asked: Asked, cut: int) -> None:
    question, cast = asked
    one, other, both = count(question, cast[:cut]), count(question, cast[cut:]), count(question, cast)
    assert both.voters == one.voters + other.voters
    assert both.votes == tuple(map(sum, zip(one.votes, other.votes, strict=True)))
    assert both.right == _sum(one.right, other.right)
    assert sum(people for _, people in both.texts) == sum(people for _, people in (*one.texts, *other.texts))


@given(st.lists(st.tuples(st.integers(0, 4).map(str), st.integers(1, 4)), min_size=1))
def test_half_of_the_voters_are_at_most_and_half_at_least_at_the_median(cast: list[tuple[str, int]]) -> None:
    result = count(RATING, cast)
    assert result.mean is not None
    assert result.median is not None
    steps = [int(answer) + 1 for answer, people in cast for _ in range(people)]
    assert 2 * sum(step <= result.median for step in steps) >= len(steps)
    assert 2 * sum(step >= result.median for step in steps) >= len(steps)
    assert min(steps) <= result.mean <= max(steps)


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
