"""When figures of hidden votes may be seen, so that no two views tell what one person did."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.polls.model.tally import Tally

STEP: Final = timedelta(seconds=5)
"""How long after a vote the figures of a confidential poll are looked at again."""

Totals = tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a confidential poll shows (`shown`) and shows next (`pending`), each as of its newest vote.

    The next one is shown once `fewest` more people have voted or changed their vote since it was taken. So whatever is
    shown is always some voters behind, and whatever is shown after it, the final count included, differs by the votes
    of at least `fewest` people.
    """

    shown: Totals | None = None
    shown_at: datetime | None = None
    pending: Totals | None = None
    pending_at: datetime | None = None


def stepped(snapshot: Snapshot, current: Totals, newest: datetime, changed: int, fewest: int) -> Snapshot:
    """The snapshot after a look at the votes.

    `newest` is the time of the newest vote, `changed` how many people voted or changed their vote after
    `snapshot.pending_at` (all voters where there is none yet).
    """
    if changed < fewest:
        return snapshot
    return Snapshot(snapshot.pending, snapshot.pending_at, current, newest)


def may_follow(shown: Totals | None, changed: int, voters: int, fewest: int) -> bool:
    """Whether exact figures may be shown after others were, `changed` people having voted in between."""
    return voters >= fewest and (shown is None or changed == 0 or changed >= fewest)
