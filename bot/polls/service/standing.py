"""What may be seen of a poll at this moment, read from the database."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.core.database import Connection
from bot.core.feature import Scene
from bot.core.rich import Text, spoken
from bot.polls.model import tally
from bot.polls.model.counting import Result
from bot.polls.model.definition import Promise, Question
from bot.polls.model.poll import Poll
from bot.polls.model.privacy import Snapshot
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


def worded(scene: Scene, poll: Poll) -> Poll:
    """The poll as it is read here: names for the tokens in its options and explanations. Only to be shown."""
    asked = tuple(_worded(scene, question) for question in poll.questions)
    return poll if asked == poll.questions else replace(poll, questions=asked)


def _worded(scene: Scene, question: Question) -> Question:
    if not any("<" in words for words in (*question.options, question.explanation)):
        return question
    options = tuple(spoken(scene.prose(option)) for option in question.options)
    return replace(question, options=options, explanation=spoken(scene.prose(question.explanation)))


def turnout(connection: Connection, poll: Poll) -> int:
    """How many people have voted."""
    if poll.promise is Promise.SECRET:
        return secrecy.turnout(connection, poll.id)
    return voting.turnout(connection, poll)


def has_voted(connection: Connection, poll: Poll, person: int) -> bool:
    """Whether somebody has a vote in a poll."""
    if poll.promise is Promise.SECRET:
        return secrecy.took_part(connection, poll.id, person)
    return any(voting.ballot_of(connection, poll, person))


def _open(connection: Connection, poll: Poll, *, voted: bool) -> Standing:
    if not poll.shows(voted=voted):
        return Standing(results=None, turnout=turnout(connection, poll))
    results, voters = voting.results(connection, poll)
    named = voting.voters(connection, poll, NAMED_VOTERS) if voters <= NAMED_VOTERS else []
    return Standing(results=results, turnout=voters, voters=tuple(named))


def _secret(connection: Connection, poll: Poll) -> Standing:
    voters = turnout(connection, poll)
    if not poll.closed_at:
        return Standing(results=None, turnout=voters)
    return _closed(poll, hiding.shown(connection, poll.id), voters)


def _confidential(connection: Connection, poll: Poll, *, voted: bool) -> Standing:
    voters = turnout(connection, poll)
    if not poll.shows(voted=voted):
        return Standing(results=None, turnout=voters)
    seen = hiding.shown(connection, poll.id)
    return _closed(poll, seen, voters) if poll.closed_at else Standing(results=_shown(poll, seen), turnout=voters)


def _closed(poll: Poll, seen: Snapshot, voters: int) -> Standing:
    """What it closed with, also if somebody who voted is forgotten since: the difference would be their vote."""
    counted = max((tally.voters for tally in seen.shown or ()), default=0)
    results, people = _shown(poll, seen), max(voters, counted)
    return Standing(results=results, turnout=people, scarce=results is None and people > 0, kept=seen.kept)


def _shown(poll: Poll, seen: Snapshot) -> tuple[Result | None, ...] | None:
    """The figures of a poll that hides names, but for questions that too few have answered."""
    if seen.shown is None:
        return None
    results = tally.results(seen.shown, poll.questions)
    shown = tuple(None if 0 < result.voters < poll.fewest else result for result in results)
    return shown if any(shown) else None
