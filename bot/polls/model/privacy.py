"""When figures of hidden votes may be seen, so that no two views tell what a few people did."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.polls.model.tally import Tally

STEP: Final = timedelta(seconds=5)
"""How long after a vote the figures of a confidential poll are looked at again."""

Totals = tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a poll that hides names shows (`shown`) and, while it runs, shows next (`pending`).

    `shown_people` and `pending_people` are how many people had ever voted in it when those were counted, whether or not
    they took their vote back. `kept` says that a closed poll shows older figures, since too few new voters came after.

    Figures follow others only once `fewest` more people hold a vote than had ever voted when the others were counted:
    at least so many have a vote in the newer ones and had none in the older ones. People, not times: clocks may differ,
    and whoever moves a vote there and back is nobody new. As `people` never falls, it holds for any two views.
    What is shown lags behind what is pending, so that the final count may follow it.
    """

    shown: Totals | None = None
    shown_people: int = 0
    pending: Totals | None = None
    pending_people: int = 0
    kept: bool = False


def stepped(snapshot: Snapshot, current: Totals, voters: int, people: int, fewest: int) -> Snapshot:
    """The snapshot after a look at the votes of an open poll.

    `voters` hold a vote now, `people` ever voted.
    """
    known = max(snapshot.shown_people, snapshot.pending_people)
    if voters < known + fewest:
        return snapshot
    if snapshot.pending is None:
        return Snapshot(snapshot.shown, snapshot.shown_people, current, max(people, known))
    return Snapshot(snapshot.pending, snapshot.pending_people, current, max(people, known))


def closing(snapshot: Snapshot, current: Totals, voters: int, people: int, fewest: int) -> Snapshot:
    """What is shown once the poll has closed, whatever becomes of its votes then: the exact figures if they may be."""
    if voters < snapshot.shown_people + fewest:
        return Snapshot(
            snapshot.shown, snapshot.shown_people, snapshot.pending, snapshot.pending_people, snapshot.shown is not None
        )
    return Snapshot(current, max(people, snapshot.shown_people))
