"""What the campaign knows of what it asked for: the yardstick that the ledger and the database are held against."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, assert_never

from tests.faults.board import LEADING
from tests.faults.company import Team

CALM: Final = ("notice", "nudge")
"""Lanes that quiet hours and opt-outs hold back."""


@dataclass(slots=True)
class Wish:
    """A message that was planned. `acknowledged`: somebody has said so. `expires`: it may come too late."""

    mark: str
    team: Team
    lane: str
    account: str = ""
    place: str = ""
    subject: str = ""
    campaign: str = ""
    expires: bool = False
    acknowledged: bool = False


class Kind(StrEnum):
    """What may be said no to: everything calm to somebody, the notes a role brings, a campaign."""

    STOP = "the opt-out"
    ROLE = "the role was taken"
    HALT = "the halt"


@dataclass(slots=True)
class Ban:
    """From its acknowledgement on nothing of some kind may begin to go to `whom` (an account, or a campaign).

    `since` is the instant by the clock of the replica that acknowledged it, `heard` by the machine's; `until` is when
    it was asked to be lifted.
    """

    kind: Kind
    whom: str
    since: datetime
    heard: datetime
    until: datetime | None = None

    def covers(self, wish: Wish) -> bool:
        """Whether it is about a message."""
        match self.kind:
            case Kind.STOP:
                return wish.account == self.whom and wish.lane in CALM
            case Kind.ROLE:
                return wish.account == self.whom and wish.mark.startswith(LEADING)
            case Kind.HALT:
                return wish.campaign == self.whom
            case _:
                assert_never(self.kind)

    def over(self, at: datetime) -> bool:
        """Whether it may have been lifted at an instant."""
        return self.until is not None and self.until <= at


@dataclass(slots=True)
class Book:
    """Everything that was asked for, and what was acknowledged of it."""

    teams: list[Team]
    wishes: dict[str, Wish] = field(default_factory=dict)
    bans: list[Ban] = field(default_factory=list)
    votes: Counter[str] = field(default_factory=Counter)
    unheard: list[str] = field(default_factory=list)
    """Acts that nobody acknowledged, though there was time and somebody was there."""
