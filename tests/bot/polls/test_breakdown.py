"""What can be found out from results by group: nothing about fewer people than the floor."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.polls.model.breakdown import FLOOR, LOWEST_FLOOR, Cell, View, by_group, safe_after, view
from bot.polls.model.counting import count
from bot.polls.model.definition import Question
from tests.bot.polls.given import together

LUNCH = Question("Lunch?", options=("Soup", "Salad"))
GROUPS = "abcdef"
floors = st.integers(LOWEST_FLOOR, FLOOR)
sizes = st.dictionaries(st.sampled_from(GROUPS), st.integers(0, 12), max_size=6)

Life = tuple[str, ...]
"""What one person answered at the time of each view, empty for nothing."""

growing = st.sampled_from([("x", "x", "x"), ("", "x", "x"), ("", "", "x")])
changing = st.tuples(*[st.sampled_from(["", "x", "y"])] * 2)


def crowds(life: st.SearchStrategy[Life]) -> st.SearchStrategy[list[Counter[Life]]]:
    group = st.dictionaries(life, st.integers(1, 7), max_size=4).map(Counter)
    return st.lists(group, min_size=2, max_size=4)


def test_groups_below_the_floor_are_shown_together() -> None:
    assert view({"sales": 9, "design": 4, "law": 3, "finance": 6}) == (
        Cell(("sales",), 9),
        Cell(("finance",), 6),
        Cell(("design", "law"), 7),
    )


def test_the_smallest_group_shown_is_hidden_with_others_who_are_too_few() -> None:
    assert view({"sales": 9, "design": 7, "law": 1}) == (Cell(("sales",), 9), Cell(("design", "law"), 8))


def test_a_lone_small_group_leaves_no_breakdown_but_the_total() -> None:
    assert view({"sales": 9, "law": 1}) == (Cell(("law", "sales"), 10),)


def test_below_the_floor_nothing_is_shown() -> None:
    assert view({"sales": 2, "law": 2}) == view({"sales": 4}) == view({}) == ()


def test_a_group_in_which_nobody_voted_is_not_there() -> None:
    assert view({"sales": 5, "law": 0}) == (Cell(("sales",), 5),)


def test_of_equal_groups_names_decide_which_is_hidden() -> None:
    assert view({"b": 5, "a": 5, "c": 1}) == view({"c": 1, "a": 5, "b": 5}) == (Cell(("b",), 5), Cell(("a", "c"), 6))


def test_the_floor_can_be_set() -> None:
    assert view({"sales": 4, "law": 3}, floor=LOWEST_FLOOR) == (Cell(("sales",), 4), Cell(("law",), 3))


def test_only_several_groups_in_one_are_others() -> None:
    assert [cell.others for cell in view({"sales": 9, "design": 4, "law": 3})] == [False, True]


def test_results_come_by_cell_and_those_who_skipped_the_question_are_not_in_them() -> None:
    answers = {"sales": {"0": 5, "1": 2}, "design": {"1": 4, "": 9}, "law": {"0": 2}}
    assert by_group(LUNCH, answers) == (
        (Cell(("sales",), 7), count(LUNCH, {"0": 5, "1": 2})),
        (Cell(("design", "law"), 6), count(LUNCH, {"1": 4, "0": 2})),
    )


@given(st.dictionaries(st.sampled_from(GROUPS), st.dictionaries(st.sampled_from(["", "0", "1"]), st.integers(0, 6))))
def test_the_cells_add_up_to_the_whole(answers: dict[str, dict[str, int]]) -> None:
    cells = by_group(LUNCH, answers)
    whole = count(LUNCH, together(pair for theirs in answers.values() for pair in theirs.items()))
    assert all(cell.voters == result.voters for cell, result in cells)
    if whole.voters >= FLOOR:
        assert tuple(map(sum, zip(*(result.votes for _, result in cells), strict=True))) == whole.votes
    else:
        assert not cells


@given(sizes, floors)
def test_every_voter_is_in_one_cell_and_the_order_of_groups_never_matters(voters: dict[str, int], floor: int) -> None:
    cells = view(voters, floor)
    assert cells == view(dict(reversed(voters.items())), floor)
    if sum(voters.values()) >= floor:
        assert sorted(group for cell in cells for group in cell.groups) == sorted(filter(voters.get, voters))
        assert all(cell.voters == sum(voters[group] for group in cell.groups) for cell in cells)


@given(sizes, floors)
def test_no_sum_or_difference_of_cells_and_the_total_leaves_fewer_than_the_floor(
    voters: dict[str, int], floor: int
) -> None:
    cells = view(voters, floor)
    total = [Cell(tuple(voters), sum(voters.values()))] if cells else []
    for signs in product((-1, 0, 1), repeat=len(cells) + len(total)):
        left: Counter[str] = Counter()
        for sign, cell in zip(signs, (*cells, *total), strict=True):
            left.update(dict.fromkeys(cell.groups, sign))
        concerned = sum(voters[group] for group, sign in left.items() if sign)
        assert concerned == 0 or concerned >= floor


def test_a_view_without_further_votes_is_safe() -> None:
    assert safe_after({"sales": 9, "law": 6}, {"sales": 9, "law": 6}, {})


@pytest.mark.parametrize(("changed", "safe"), [(0, True), (1, False), (4, False), (5, True), (9, True)])
def test_a_group_is_shown_again_once_enough_of_it_changed(*, changed: int, safe: bool) -> None:
    assert safe_after({"sales": 9, "law": 6}, {"sales": 9, "law": 6 + changed}, {"law": changed}) is safe


def test_people_who_changed_their_mind_count_like_new_ones() -> None:
    voters = {"sales": 9, "law": 6}
    assert not safe_after(voters, voters, {"law": 1})
    assert safe_after(voters, voters, {"law": 5})


def test_one_who_came_and_one_who_left_do_not_cancel_out() -> None:
    voters = {"sales": 9, "law": 6}
    assert not safe_after(voters, voters, {"law": 2})


def test_a_group_grows_out_of_the_others_only_if_those_who_stay_behind_change_as_well() -> None:
    before = {"sales": 9, "law": 4, "it": 4, "art": 4}
    assert not safe_after(before, {**before, "law": 9}, {"law": 5})
    assert safe_after(before, {**before, "law": 9}, {"law": 5, "it": 3, "art": 2})


def test_a_group_is_not_hidden_with_one_newcomer_after_it_was_shown() -> None:
    assert not safe_after({"sales": 9, "law": 6}, {"sales": 9, "law": 6, "it": 1}, {"it": 1})


def test_cells_that_cross_are_never_shown_one_after_the_other() -> None:
    before, after = {"it": 4, "law": 6, "sales": 4}, {"it": 9, "law": 4, "sales": 4}
    assert [cell.groups for cell in view(before)] == [("law",), ("it", "sales")]
    assert [cell.groups for cell in view(after)] == [("it",), ("law", "sales")]
    assert not safe_after(before, after, {"it": 5, "law": 6, "sales": 5})


def test_where_nothing_was_shown_or_nothing_will_be_there_is_nothing_to_compare() -> None:
    assert safe_after({"sales": 4}, {"sales": 9}, {"sales": 5})
    assert safe_after({"sales": 4}, {"sales": 5}, {"sales": 1})
    assert safe_after({"sales": 5}, {"sales": 4}, {"sales": 1})


@settings(deadline=None)
@given(crowds(changing), floors)
def test_no_sum_or_difference_of_two_views_concerns_fewer_than_the_floor(
    crowd: list[Counter[Life]], floor: int
) -> None:
    assert all(concerned == 0 or concerned >= floor for concerned in _attack(crowd, _shown(crowd, 2, floor)))


@settings(deadline=None)
@given(crowds(growing), floors)
def test_no_sum_or_difference_of_three_views_concerns_fewer_than_the_floor_while_votes_are_added(
    crowd: list[Counter[Life]], floor: int
) -> None:
    assert all(concerned == 0 or concerned >= floor for concerned in _attack(crowd, _shown(crowd, 3, floor)))


def test_the_attack_finds_what_careless_views_give_away() -> None:
    crowd: list[Counter[Life]] = [Counter({("x", "x"): 6, ("", "x"): 1}), Counter({("x", "x"): 8})]
    assert len(_shown(crowd, 2, FLOOR)) == 1
    careless = [(time, view(_voters(crowd, time))) for time in (0, 1)]
    assert 1 in set(_attack(crowd, careless))


def _shown(crowd: Sequence[Counter[Life]], times: int, floor: int) -> list[tuple[int, View]]:
    """What is shown to somebody who looks every time and gets whatever is safe."""
    shown: list[int] = []
    for now in range(times):
        if all(
            safe_after(_voters(crowd, then), _voters(crowd, now), _changed(crowd, then, now), floor) for then in shown
        ):
            shown.append(now)
    return [(time, view(_voters(crowd, time), floor)) for time in shown]


def _voters(crowd: Sequence[Counter[Life]], time: int) -> dict[str, int]:
    return {
        group: sum(people for life, people in lived.items() if life[time])
        for group, lived in zip(GROUPS, crowd, strict=False)
    }


def _changed(crowd: Sequence[Counter[Life]], before: int, now: int) -> dict[str, int]:
    return {
        group: sum(people for life, people in lived.items() if life[before] != life[now])
        for group, lived in zip(GROUPS, crowd, strict=False)
    }


def _attack(crowd: Sequence[Counter[Life]], shown: Iterable[tuple[int, View]]) -> Iterator[int]:
    """How many people each sum and difference of cells still concerns: those whose answers do not cancel out."""
    cells = [(time, cell.groups) for time, cells in shown for cell in cells]
    people = [
        (number, [(index, life[time]) for index, (time, groups) in enumerate(cells) if group in groups and life[time]])
        for group, lived in zip(GROUPS, crowd, strict=False)
        for life, number in lived.items()
    ]
    for signs in product((-1, 0, 1), repeat=len(cells)):
        yield sum(number for number, seen in people if _left(signs, seen))


def _left(signs: Sequence[int], seen: Iterable[tuple[int, str]]) -> bool:
    left: Counter[str] = Counter()
    for index, answer in seen:
        left[answer] += signs[index]
    return any(left.values())
