"""Finds a poll that somebody names by its number, if they may see it."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from bot.core import outbox
from bot.core.directory import store as directory
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.interactions import Submission, Value
from bot.polls.model.poll import Poll, Stage
from bot.polls.service import outreach
from bot.polls.service.rights import gone, may_manage, same_organisation
from bot.polls.service.standing import has_voted
from bot.polls.store import asking, turnout

NUMBERS: Final = 63
"""Bits of the numbers that databases have."""

_NUMBER: Final = re.compile(r"#?(\d{1,12})")


def typed(turn: Turn, text: str) -> Poll:
    """The poll whose number somebody typed."""
    found = _NUMBER.fullmatch(text.strip())
    poll = asking.find(turn.connection, int(found[1])) if found else None
    if poll is None or not may_see(turn, poll):
        raise Refused(turn.t.rich("I need the number of a poll that you can see. `/poll list` tells the numbers."))
    return poll


def sent(turn: Turn) -> tuple[int, int, Mapping[str, Value]]:
    """What came with a form: the poll's number, which of its questions (from 0), and the values."""
    if not isinstance(turn.act, Submission):
        raise TypeError(turn.act)
    try:
        state = json.loads(turn.act.state)
        return number_of(state["poll"]), number_of(state.get("page", 0)), turn.act.values
    except (ValueError, TypeError, KeyError, AttributeError):
        raise gone(turn) from None


def number_of(written: object) -> int:
    """A number that a client sent, small enough for any database; `ValueError` where it is none."""
    number = int(str(written))
    if number.bit_length() > NUMBERS:
        raise ValueError
    return number


def may_see(turn: Turn, poll: Poll) -> bool:
    """Whether somebody may see a poll: those who run it, those it asks, those who voted, and whoever is where it is.

    One that is not open yet is seen by those who run it alone.
    """
    if may_manage(turn, poll):
        return True
    if poll.stage in (Stage.DRAFT, Stage.SCHEDULED) or not same_organisation(turn, poll):
        return False
    connection, me = turn.connection, turn.me.id
    asked = outreach.asked_of(connection, poll)
    return (
        _stands_in(turn, asked.channels)
        or has_voted(connection, poll, me)
        or turnout.is_asked(connection, asked, me)
        # Long after it has closed, nobody knows any more who is in its groups.
        or outbox.addressed(connection, outreach.direct(poll.id), me)
    )


def _stands_in(turn: Turn, channels: Iterable[int]) -> bool:
    """Whether somebody acts in one of these channels."""
    found = directory.places_by_id(turn.connection, channels).values()
    return (turn.workspace.id, turn.act.origin.place) in {(place.workspace, place.key) for place in found}
