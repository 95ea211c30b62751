"""Room in a replica is shared out fairly, and some of it is kept for answers."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.queue import Queue
from scheduler.turns import AT_ONCE, AT_ONCE_PER_WORKSPACE, RESERVED, Turns

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=1)


def _calm(*workspaces: int) -> dict[Queue, datetime]:
    return {Queue(each, urgent=False): EARLIER for each in workspaces}


def _urgent(*workspaces: int) -> dict[Queue, datetime]:
    return {Queue(each, urgent=True): EARLIER for each in workspaces}


def test_a_workspace_alone_has_its_whole_share() -> None:
    assert Turns().choose(_calm(1), Counter(), NOW) == [(Queue(1, urgent=False), AT_ONCE_PER_WORKSPACE)]


def test_workspaces_share_equally() -> None:
    chosen = Turns().choose(_calm(*range(1, 5)), Counter(), NOW)
    assert [most for _, most in chosen] == [(AT_ONCE - RESERVED) // 4] * 4


def test_nothing_is_asked_of_a_queue_that_is_not_due() -> None:
    assert Turns().choose({Queue(1, urgent=True): NOW + timedelta(seconds=1)}, Counter(), NOW) == []


def test_answers_find_room_where_campaigns_have_filled_theirs() -> None:
    busy = Counter({1: AT_ONCE_PER_WORKSPACE, 2: AT_ONCE - RESERVED - AT_ONCE_PER_WORKSPACE})
    chosen = Turns().choose(_calm(1, 2, 3) | _urgent(1, 3), busy, NOW)
    assert {queue for queue, _ in chosen} == {Queue(1, urgent=True), Queue(3, urgent=True)}
    assert sum(most for _, most in chosen) <= RESERVED


def test_with_more_workspaces_than_room_each_is_served_in_turn() -> None:
    turns, heads, served = Turns(), _calm(*range(1, 301)), Counter[int]()
    for _ in range(9):
        chosen = turns.choose(heads, Counter(), NOW)
        turns.served([queue for queue, _ in chosen], dict(chosen), {})
        served.update({queue.workspace: most for queue, most in chosen})
    assert set(served) == set(range(1, 301))
    assert max(served.values()) - min(served.values()) <= 1


def test_a_queue_rests_until_it_may_go_on() -> None:
    turns, mine, until = Turns(), Queue(1, urgent=False), NOW + timedelta(seconds=2)
    turns.served([mine], {mine: 3}, {mine: until})
    assert turns.choose(_calm(1) | _urgent(1), Counter(), NOW) == [
        (Queue(1, urgent=True), AT_ONCE_PER_WORKSPACE + RESERVED)
    ]
    assert list(turns.resting(NOW)) == [until]
    assert turns.choose(_calm(1), Counter(), until) == [(mine, 3)]


def test_a_queue_that_is_never_refused_asks_for_more_each_time() -> None:
    turns, mine, until = Turns(), Queue(1, urgent=False), NOW + timedelta(seconds=2)
    turns.served([mine], {}, {mine: until})
    asked = []
    for _ in range(9):
        ((_, most),) = turns.choose(_calm(1), Counter(), until)
        turns.served([mine], {mine: most}, {})
        asked.append(most)
    assert asked == [1, 2, 4, 8, 16, 32, 64, AT_ONCE_PER_WORKSPACE, AT_ONCE_PER_WORKSPACE]


@given(
    due=st.sets(st.tuples(st.integers(1, 40), st.booleans())),
    busy=st.dictionaries(st.integers(1, 40), st.integers(1, 30), max_size=8),
)
def test_there_is_never_more_on_its_way_than_there_is_room_for(
    due: set[tuple[int, bool]], busy: dict[int, int]
) -> None:
    heads = {Queue(workspace, urgent): EARLIER for workspace, urgent in due}
    chosen = Turns().choose(heads, Counter(busy), NOW)
    assert all(most > 0 for _, most in chosen)
    calm = sum(most for queue, most in chosen if not queue.urgent)
    if calm:
        assert sum(busy.values()) + sum(most for _, most in chosen) <= AT_ONCE - RESERVED
    elif chosen:
        assert sum(busy.values()) + sum(most for _, most in chosen) <= AT_ONCE
