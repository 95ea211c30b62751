"""What may be seen of a poll at this moment, read from the database."""

from collections.abc import Sequence
from typing import Final

from bot.core.database import Connection
from bot.core.feature import Scene
from bot.core.rich import Text
from bot.polls.model import tally
from bot.polls.model.breakdown import FLOOR
from bot.polls.model.definition import Promise
from bot.polls.model.poll import Poll
from bot.polls.model.privacy import may_follow
from bot.polls.model.standing import Standing
from bot.polls.store import hiding, secrecy, voting

NAMED_VOTERS: Final = 200
"""Names stand on the card while so many have voted; above it the button that lists them does the work."""


def standing(scene: Scene, poll: Poll, *, voted: bool = False) -> Standing:
    """How a poll stands, for somebody who has voted or for everybody."""
    connection = scene.connection
    match poll.promise:
        case Promise.SECRET:
            return _secret(connection, poll)
        case Promise.CONFIDENTIAL:
            return _confidential(connection, poll, voted=voted)
        case Promise.OPEN:
            return _open(connection, poll, voted=voted)


def questions(scene: Scene, poll: Poll) -> Sequence[Text]:
    """The words of a poll's questions."""
    return [scene.prose(question.text) for question in poll.questions]


def turnout(connection: Connection, poll: Poll) -> int:
    """How many people have voted."""
    if poll.promise is Promise.SECRET:
        return secrecy.turnout(connection, poll.id)
    return voting.turnout(connection, poll.id)


def has_voted(connection: Connection, poll: Poll, person: int) -> bool:
    """Whether somebody has a vote in a poll."""
    if poll.promise is Promise.SECRET:
        return secrecy.took_part(connection, poll.id, person)
    return any(voting.ballot_of(connection, poll, person))


def _open(connection: Connection, poll: Poll, *, voted: bool) -> Standing:
    if not poll.shows(voted=voted):
        return Standing(results=None, turnout=turnout(connection, poll))
    results = voting.results(connection, poll)
    # Where there is but one question, whoever answered it has voted.
    voters = turnout(connection, poll) if poll.survey else results[0].voters
    named = voting.voters(connection, poll, NAMED_VOTERS) if voters <= NAMED_VOTERS else []
    return Standing(results=results, turnout=voters, voters=tuple(named))


def _secret(connection: Connection, poll: Poll) -> Standing:
    voters = turnout(connection, poll)
    if not poll.closed_at:
        return Standing(results=None, turnout=voters)
    if voters < FLOOR:
        return Standing(results=None, turnout=voters, scarce=voters > 0)
    return Standing(results=tally.results(secrecy.counted(connection, poll), poll.questions), turnout=voters)


def _confidential(connection: Connection, poll: Poll, *, voted: bool) -> Standing:
    voters = turnout(connection, poll)
    if not poll.shows(voted=voted):
        return Standing(results=None, turnout=voters)
    seen = hiding.snapshot(connection, poll.id)
    shown = tally.results(seen.shown, poll.questions) if seen.shown else None
    if not poll.closed_at:
        return Standing(results=shown, turnout=voters)
    changed = hiding.changed(connection, poll.id, seen.shown_at)
    if may_follow(seen.shown, changed, voters, FLOOR):
        return Standing(results=voting.results(connection, poll), turnout=voters)
    return Standing(results=shown, turnout=voters, scarce=shown is None and voters > 0, kept=shown is not None)
