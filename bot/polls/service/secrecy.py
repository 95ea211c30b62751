"""Secret votes: what several people cast within a moment is written as one."""

from collections.abc import Sequence

from bot.core import outbox
from bot.core.database import locks
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.interactions import Answer, Click, Submission
from bot.polls.cards import voting as shown
from bot.polls.cards.ballot import subject
from bot.polls.model import ballots
from bot.polls.model.ballots import Ballot
from bot.polls.model.definition import Promise
from bot.polls.model.poll import Poll
from bot.polls.service import drawing
from bot.polls.service.rights import gone, within
from bot.polls.service.voting import final, must_be_open, pressed, read_page, state, wants_card
from bot.polls.store import asking, secrecy

Outcome = Answer | Refused
_Cast = tuple[int, Poll, Ballot]
"""A vote: the place of its turn in the batch, the poll, the ballot."""


def seal(turns: Sequence[Turn]) -> Sequence[Outcome]:
    """Votes in secret polls, settled together: who takes part, and one write of all totals a poll.

    What is written depends on who voted and on what was voted, in no way on the order in which they came.
    """
    outcomes: list[Outcome] = [Answer()] * len(turns)
    cast: dict[int, list[_Cast]] = {}
    # In one order everywhere, or two replicas with votes in the same polls would wait for each other.
    for place in sorted(range(len(turns)), key=lambda each: (_poll_of(turns[each]), each)):
        try:
            read = _ballot(turns[place])
        except Refused as refusal:
            outcomes[place] = refusal
            continue
        if isinstance(read, Answer):
            outcomes[place] = read
        else:
            cast.setdefault(read[0].id, []).append((place, *read))
    for each in cast.values():
        for place, outcome in _settle(turns, each):
            outcomes[place] = outcome
    return outcomes


def _settle(turns: Sequence[Turn], cast: Sequence[_Cast]) -> list[tuple[int, Outcome]]:
    """Votes in one poll, in the order they came."""
    connection, now, poll = turns[0].connection, turns[0].now, cast[0][1]
    # Somebody may press twice within the moment: what they pressed first counts.
    first = {turns[place].me.id: place for place, _, _ in reversed(cast)}
    admitted = secrecy.admit(connection, poll, first)
    counted = {place for voter, place in first.items() if voter in admitted}
    sealed = [ballot for place, _, ballot in cast if place in counted]
    if sealed:
        secrecy.add(connection, poll, sealed)
        outbox.redraw(connection, subject(poll.id), now, held=True)
    return [(place, _told(turns[place], poll, counted=place in counted)) for place, _, _ in cast]


def _told(turn: Turn, poll: Poll, *, counted: bool) -> Outcome:
    """What a voter hears; the same whatever they chose."""
    if not counted:
        return final(turn)
    own = drawing.card(turn, poll) if wants_card(turn) else None
    return Answer(own=own, whisper=shown.sealed(turn.t))


def _poll_of(turn: Turn) -> int:
    """The number of the poll somebody votes in; 0 where it cannot be read."""
    try:
        return state(turn, turn.act)[0] if isinstance(turn.act, Submission) else pressed(turn)[0]
    except Refused:
        return 0


def _ballot(turn: Turn) -> tuple[Poll, Ballot] | Answer:
    """What somebody votes; or what is wrong with the form they sent."""
    if not isinstance(turn.act, Click):
        sent = read_page(turn)
        if isinstance(sent, Answer):
            return sent
        if sent.poll.promise is not Promise.SECRET or not sent.last:
            raise gone(turn)
        return sent.poll, sent.answers
    number, option = pressed(turn)
    locks.hold(turn.connection, subject(number))
    poll = within(turn, asking.find(turn.connection, number))
    if poll.promise is not Promise.SECRET:
        raise gone(turn)
    must_be_open(turn, poll)
    if not poll.pressed or ballots.wrong(poll.questions[0], str(option)):
        raise gone(turn)
    return poll, (str(option),)
