"""The laws of ballots and counting."""

from hypothesis import given
from hypothesis import strategies as st

from bot.polls.model import Choices, count, repeated, vote

OPTIONS = 6
ballots = st.frozensets(st.integers(0, OPTIONS - 1))
presses = st.lists(st.tuples(st.integers(0, 9), st.integers(0, OPTIONS - 1)))


@given(st.lists(ballots))
def test_a_count_is_the_sum_of_its_ballots(cast: list[Choices]) -> None:
    result = count(OPTIONS, ((ballot, 1) for ballot in cast))
    assert sum(result.votes) == sum(map(len, cast))
    assert result.voters == sum(map(bool, cast))
    assert all(0 <= result.share(option) <= 1 for option in range(OPTIONS))


@given(st.lists(ballots))
def test_equal_ballots_may_be_counted_together(cast: list[Choices]) -> None:
    together = ((ballot, cast.count(ballot)) for ballot in set(cast))
    assert count(OPTIONS, together) == count(OPTIONS, ((ballot, 1) for ballot in cast))


@given(st.lists(ballots))
def test_winners_are_all_who_have_the_most(cast: list[Choices]) -> None:
    result = count(OPTIONS, ((ballot, 1) for ballot in cast))
    winners = set(result.winners())
    assert all((votes == max(result.votes) > 0) == (option in winners) for option, votes in enumerate(result.votes))


@given(presses)
def test_with_a_single_choice_everybody_counts_at_most_once_with_their_last_vote(
    pressed: list[tuple[int, int]],
) -> None:
    held: dict[int, Choices] = {}
    for person, option in pressed:
        held[person] = vote(held.get(person, frozenset()), option, many=False)
    last = dict(pressed)
    assert held == {person: frozenset({option}) for person, option in last.items()}


@given(ballots, st.integers(0, OPTIONS - 1))
def test_pressing_one_of_several_choices_twice_changes_nothing(ballot: Choices, option: int) -> None:
    assert vote(vote(ballot, option, many=True), option, many=True) == ballot


@given(st.lists(st.text(min_size=1), unique_by=str.casefold))
def test_options_that_differ_are_not_repeated(options: list[str]) -> None:
    assert not repeated(options)
    assert (
        not options
        or repeated([*options, options[0].upper()])
        or options[0].upper().casefold() != options[0].casefold()
    )
