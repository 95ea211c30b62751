"""When figures of hidden votes may be seen, so that no two views tell what a few people did."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.polls.model.tally import Tally

STEP: Final = timedelta(seconds=5)
"""How long after a vote the figures of a confidential poll are looked at again."""

Totals = tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a poll that hides names shows (`shown`) and, while it runs, shows next (`pending`).

    `shown_voters` and `pending_voters` are how many people had a vote in it when those were counted. `kept` says that a
    closed poll shows older figures, since too few voters came after.

    Figures follow others only once `fewest` more people have a vote: at least so many are in the newer ones and not in
    the older ones, and as the number only ever grows from figures to figures, that holds for any two views. Times would
    not do: clocks differ, and whoever moves a vote there and back again has changed it and yet changed nothing. What is
    shown lags behind what is pending, so that the final count may follow it.
    """

    shown: Totals | None = None
    shown_voters: int = 0
    pending: Totals | None = None
    pending_voters: int = 0
    kept: bool = False


def stepped(snapshot: Snapshot, current: Totals, voters: int, fewest: int) -> Snapshot:
    """The snapshot after a look at the votes of an open poll, in which `voters` people have a vote now."""
    if voters < max(snapshot.shown_voters, snapshot.pending_voters) + fewest:
        return snapshot
    if snapshot.pending is None:
        return Snapshot(snapshot.shown, snapshot.shown_voters, current, voters)
    return Snapshot(snapshot.pending, snapshot.pending_voters, current, voters)


def closing(snapshot: Snapshot, current: Totals, voters: int, fewest: int) -> Snapshot:
    """What is shown once the poll has closed, whatever becomes of its votes then: the exact figures if they may be."""
    if voters < snapshot.shown_voters + fewest:
        return replace(snapshot, kept=snapshot.shown is not None)
    return Snapshot(current, voters)
