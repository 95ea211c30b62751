"""A platform that is asked for nothing but its limits."""

from collections.abc import Sequence

from bot.core.ports import Destination, Limit
from tests.scheduler.pretend import Pretend


class Limited(Pretend):
    """Takes so many messages a second in one workspace, and one a second for each person."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def limits(self, to: Destination, verb: str) -> Sequence[Limit]:
        """The person's own, and the one that everybody shares."""
        assert verb == "send"
        return (
            Limit(f"person:{to.account}", 0.01, 3, shared=False),
            Limit("workspace", self.rate, 10),
            Limit("tenant", 25.0, 25),
        )
