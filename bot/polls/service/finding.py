"""Finds a poll that somebody names by its number, if they may see it."""

import re
from typing import Final

from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.polls.model.poll import Poll, Stage
from bot.polls.service import outreach
from bot.polls.service.rights import may_manage
from bot.polls.service.standing import has_voted
from bot.polls.store import asking, turnout

_NUMBER: Final = re.compile(r"#?(\d{1,12})")


def typed(turn: Turn, text: str) -> Poll:
    """The poll whose number somebody typed."""
    found = _NUMBER.fullmatch(text.strip())
    poll = asking.find(turn.connection, int(found[1])) if found else None
    if poll is None or not may_see(turn, poll):
        raise Refused(turn.t.rich("I need the number of a poll that you can see. `/poll list` tells the numbers."))
    return poll


def may_see(turn: Turn, poll: Poll) -> bool:
    """Whether somebody may see a poll: those who run it, those it asks, those who voted, and whoever is where it is.

    One that is not open yet is seen by those who run it alone.
    """
    if may_manage(turn, poll):
        return True
    if poll.stage in (Stage.DRAFT, Stage.SCHEDULED):
        return False
    asked = outreach.asked_of(turn.connection, poll)
    here = turn.here is not None and turn.here.id in asked.channels
    return here or has_voted(turn.connection, poll, turn.me.id) or turnout.is_asked(turn.connection, asked, turn.me.id)
