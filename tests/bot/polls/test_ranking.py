"""The laws of ranked choice, and elections that are known."""

from collections.abc import Iterable, Mapping
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.polls.model.ballots import Choices, written
from bot.polls.model.definition import Kind
from bot.polls.model.ranking import Ranking, Round
from bot.polls.model.ranking import rank as ranked
from tests.bot.polls.given import together

MEMPHIS, NASHVILLE, CHATTANOOGA, KNOXVILLE = range(4)
TENNESSEE = [
    ((MEMPHIS, NASHVILLE, CHATTANOOGA, KNOXVILLE), 42),
    ((NASHVILLE, CHATTANOOGA, KNOXVILLE, MEMPHIS), 26),
    ((CHATTANOOGA, KNOXVILLE, NASHVILLE, MEMPHIS), 15),
    ((KNOXVILLE, CHATTANOOGA, NASHVILLE, MEMPHIS), 17),
]
OPTIONS = 5
one_ranking = st.permutations(range(OPTIONS)).flatmap(
    lambda order: st.integers(1, OPTIONS).map(lambda length: tuple(order[:length]))
)
rankings = st.lists(st.tuples(one_ranking, st.integers(1, 4)), min_size=1, max_size=9)
uneven_rankings = st.lists(st.tuples(one_ranking, st.integers(1, 10**6)), min_size=1, max_size=9)


def rank(options: int, rankings: Iterable[tuple[Choices, int]]) -> Ranking:
    return ranked(options, together((written(ranking, Kind.RANKED), people) for ranking, people in rankings))


def test_tennessee_chooses_its_capital() -> None:
    counted = rank(4, TENNESSEE)
    assert counted.rounds == (
        Round((42, 26, 15, 17), (CHATTANOOGA,), 0),
        Round((42, 26, None, 32), (NASHVILLE,), 0),
        Round((42, None, None, 58), (), 0),
    )
    assert counted.winners == (KNOXVILLE,)
    assert counted.borda == (126, 194, 173, 107)
    assert counted.majority


def test_burlington_elects_its_mayor_against_the_duels() -> None:
    # Burlington, Vermont, 2009, the three strongest: Montroll would have won each duel.
    kiss, montroll, wright = range(3)
    ballots = [
        ((montroll, kiss, wright), 1332),
        ((montroll, wright, kiss), 767),
        ((montroll,), 455),
        ((kiss, montroll, wright), 2043),
        ((kiss, wright, montroll), 371),
        ((kiss,), 568),
        ((wright, montroll, kiss), 1513),
        ((wright, kiss, montroll), 495),
        ((wright,), 1289),
    ]
    counted = rank(3, ballots)
    assert counted.rounds == (Round((2982, 2554, 3297), (montroll,), 0), Round((4314, None, 4064), (), 455))
    assert counted.winners == (kiss,)


def test_more_than_half_of_the_first_choices_wins_at_once() -> None:
    assert rank(3, [((0, 1), 3), ((1, 2), 2)]).rounds == (Round((3, 2, 0), (), 0),)


def test_a_ranking_of_nobody_has_no_rounds() -> None:
    assert rank(3, []) == Ranking((), (), (0, 0, 0))
    assert not rank(3, []).majority


def test_the_last_ones_go_out_together_if_together_they_have_fewer_than_the_next() -> None:
    counted = rank(6, [((0,), 5), ((1,), 4), ((2, 1), 1), ((3, 1), 1)])
    assert counted.rounds[0].eliminated == (4, 5)
    assert counted.rounds[1].eliminated == (2, 3)
    assert counted.winners == (1,)


def test_the_last_ones_with_fewer_together_go_out_whatever_their_points() -> None:
    assert rank(4, [((0,), 5), ((1,), 4), ((2,), 1), ((3, 2), 1)]).rounds[0].eliminated == (2, 3)
    assert rank(4, [((0,), 4), ((1,), 2), ((2,), 1), ((3, 2), 1)]).rounds[0].eliminated == (3,)


def test_of_two_that_tie_for_the_last_place_the_one_with_fewer_borda_points_goes_out() -> None:
    counted = rank(3, [((0, 1), 4), ((1, 0), 3), ((2, 1), 3)])
    assert counted.borda[2] < counted.borda[1]
    assert counted.rounds[0].eliminated == (2,)
    assert counted.winners == (1,)


def test_those_who_tie_in_points_as_well_go_out_together_while_two_others_stay() -> None:
    counted = rank(4, [((0,), 4), ((1,), 3), ((2,), 2), ((3,), 2)])
    assert counted.rounds == (Round((4, 3, 2, 2), (2, 3), 0), Round((4, 3, None, None), (), 4))
    assert counted.winners == (0,)


def test_where_a_tie_would_leave_one_option_unopposed_duels_decide() -> None:
    counted = rank(3, [((0,), 4), ((1, 2), 3), ((2, 1), 3)])
    assert counted.rounds == (Round((4, 3, 3), (), 0),)
    assert counted.winners == (1, 2)
    assert not counted.majority


def test_a_duel_lost_weighs_as_much_as_one_won() -> None:
    # 0 beats 1, 1 beats 2, and 2 holds out against 0.
    counted = rank(3, [((0,), 1), ((0, 1), 1), ((1, 2), 1), ((2,), 1)])
    assert (counted.rounds[-1].votes, counted.winners) == ((2, 1, 1), (0,))


def test_an_even_split_is_a_tie() -> None:
    assert rank(3, [((0, 1), 2), ((1, 0), 2)]).winners == (0, 1)


def test_a_full_circle_is_a_tie_of_all() -> None:
    assert rank(3, [((0, 1, 2), 1), ((1, 2, 0), 1), ((2, 0, 1), 1)]).winners == (0, 1, 2)


def test_who_ranked_nobody_still_in_is_said_to_be_exhausted() -> None:
    counted = rank(3, [((0,), 4), ((1,), 3), ((2,), 2)])
    assert [each.exhausted for each in counted.rounds] == [0, 2]


@given(rankings)
def test_a_winner_has_more_than_half_of_the_votes_that_still_count_or_no_duels_better_than_others(
    cast: list[tuple[Choices, int]],
) -> None:
    counted = rank(OPTIONS, cast)
    last = {option: votes for option, votes in enumerate(counted.rounds[-1].votes) if votes is not None}
    if counted.majority:
        (winner,) = counted.winners
        assert 2 * last[winner] > sum(last.values())
    else:
        assert all(2 * votes <= sum(last.values()) for votes in last.values())
        balances = {one: sum(_duel(one, other, cast) for other in last if other != one) for one in last}
        assert set(counted.winners) == {one for one in last if balances[one] == max(balances.values())}


@given(rankings)
def test_every_round_counts_everybody_and_takes_somebody_out_but_never_all(cast: list[tuple[Choices, int]]) -> None:
    counted = rank(OPTIONS, cast)
    left = set(range(OPTIONS))
    for each in counted.rounds:
        assert {option for option, votes in enumerate(each.votes) if votes is not None} == left
        assert sum(votes or 0 for votes in each.votes) + each.exhausted == sum(people for _, people in cast)
        assert bool(each.eliminated) == (each is not counted.rounds[-1])
        assert set(each.eliminated) < left
        left -= set(each.eliminated)
    assert set(counted.winners) <= left
    assert counted.winners


@given(rankings)
def test_who_loses_every_duel_never_wins(cast: list[tuple[Choices, int]]) -> None:
    winners = rank(OPTIONS, cast).winners
    for option in winners:
        assert any(_duel(option, other, cast) >= 0 for other in range(OPTIONS) if other != option)


@given(uneven_rankings)
def test_where_nobody_ties_it_is_the_count_of_the_textbook(cast: list[tuple[Choices, int]]) -> None:
    winner = _textbook(set(range(OPTIONS)), cast)
    assume(winner is not None)
    assert rank(OPTIONS, cast).winners == (winner,)


@given(rankings, st.integers(0, 2**32))
def test_the_order_of_ballots_never_matters(cast: list[tuple[Choices, int]], seed: int) -> None:
    one_by_one = [(ranking, 1) for ranking, people in cast for _ in range(people)]
    Random(seed).shuffle(one_by_one)
    assert rank(OPTIONS, one_by_one) == rank(OPTIONS, cast)


@given(rankings, st.permutations(range(OPTIONS)))
def test_the_order_of_options_never_matters(cast: list[tuple[Choices, int]], names: list[int]) -> None:
    renamed = rank(OPTIONS, [(tuple(names[option] for option in ranking), people) for ranking, people in cast])
    counted = rank(OPTIONS, cast)
    assert set(renamed.winners) == {names[option] for option in counted.winners}
    assert [set(each.eliminated) for each in renamed.rounds] == [
        {names[option] for option in each.eliminated} for each in counted.rounds
    ]


@given(rankings, rankings)
def test_points_of_two_counts_add_up(one: list[tuple[Choices, int]], other: list[tuple[Choices, int]]) -> None:
    added = tuple(map(sum, zip(rank(OPTIONS, one).borda, rank(OPTIONS, other).borda, strict=True)))
    assert rank(OPTIONS, [*one, *other]).borda == added


@given(st.lists(st.tuples(st.permutations(range(OPTIONS)).map(tuple), st.integers(1, 4)), min_size=1))
def test_of_whole_rankings_points_are_the_duels_an_option_won(cast: list[tuple[Choices, int]]) -> None:
    points = rank(OPTIONS, cast).borda
    people = sum(number for _, number in cast)
    for option in range(OPTIONS):
        balance = sum(_lead(option, other, cast) for other in range(OPTIONS) if other != option)
        assert 2 * points[option] == balance + people * (OPTIONS - 1)


def _lead(one: int, other: int, cast: list[tuple[Choices, int]]) -> int:
    """How many more people put one option before the other than the other way round."""
    lead = 0
    for ranking, people in cast:
        places: Mapping[int, int] = {option: place for place, option in enumerate(ranking)}
        lead += people * (places.get(one, OPTIONS) < places.get(other, OPTIONS))
        lead -= people * (places.get(other, OPTIONS) < places.get(one, OPTIONS))
    return lead


def _duel(one: int, other: int, cast: list[tuple[Choices, int]]) -> int:
    lead = _lead(one, other, cast)
    return (lead > 0) - (lead < 0)


def _textbook(left: set[int], cast: list[tuple[Choices, int]]) -> int | None:
    """The winner by taking out the last one again and again; None if two with votes ever tie for the last place."""
    votes = dict.fromkeys(left, 0)
    for ranking, people in cast:
        first = next((option for option in ranking if option in left), None)
        if first is not None:
            votes[first] += people
    voted = {option for option in left if votes[option]}
    if len(voted) == 1:
        return voted.pop()
    least = min(votes[option] for option in voted)
    last = [option for option in voted if votes[option] == least]
    return _textbook(voted - set(last), cast) if len(last) == 1 else None
