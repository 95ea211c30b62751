from collections.abc import Sequence

from bot.core.pace import Pace, a_minute, paces
from bot.core.places import Workspace
from bot.core.ports import Destination, Limit
from tests.scheduler.pretend import Pretend

HERE = Workspace(1, 1, "pretend", "T1")


class Limited(Pretend):
    def limits(self, to: Destination, verb: str) -> Sequence[Limit]:
        assert to.account
        assert verb == "send"
        return (
            Limit("own", 1.0, 3, shared=False),
            Limit("workspace", 8.34, 10),
            Limit("tenant", 25.0, 25),
        )


def test_many_people_are_written_to_at_the_slowest_limit_that_they_share() -> None:
    assert paces({"pretend": Limited()})(HERE) == Pace("Pretend", 8.34)


def test_a_platform_that_is_not_spoken_here_has_no_limit_to_tell_of() -> None:
    assert paces({})(HERE) == Pace("Pretend", None)


def test_a_minute_holds_whole_messages_and_at_least_one() -> None:
    assert [a_minute(rate, 700) for rate in (8.34, 0.001, None)] == [500, 1, 700]
    assert [a_minute(limit / 60, 0) for limit in range(1, 2000)] == list(range(1, 2000))
