"""Secret votes: what several people cast within a moment is written as one."""

from collections.abc import Sequence
from random import Random

from bot.core import outbox
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.interactions import Answer, Click
from bot.polls.cards import voting as shown
from bot.polls.cards.ballot import subject
from bot.polls.model import ballots
from bot.polls.model.ballots import Ballot
from bot.polls.model.definition import Promise
from bot.polls.model.poll import Poll
from bot.polls.service import drawing
from bot.polls.service.voting import final, gone, must_be_open, pressed, read_page, wants_card
from bot.polls.store import asking, secrecy

Outcome = Answer | Refused


class Secrecy:
    """Seals votes. `chance` puts them in an order that tells nothing of when they came."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def seal(self, turns: Sequence[Turn]) -> Sequence[Outcome]:
        """Votes in secret polls, settled together: who takes part, and one write of all totals a poll."""
        outcomes: list[Outcome] = [Answer()] * len(turns)
        cast: dict[int, list[tuple[int, Poll, Ballot]]] = {}
        for number, turn in enumerate(turns):
            try:
                read = _ballot(turn)
            except Refused as refusal:
                outcomes[number] = refusal
                continue
            if isinstance(read, Answer):
                outcomes[number] = read
            else:
                poll, ballot = read
                cast.setdefault(poll.id, []).append((number, poll, ballot))
        for each in cast.values():
            # No order of arrival, in whatever way rows are laid down.
            self._chance.shuffle(each)
            for number, outcome in _settle(turns, each):
                outcomes[number] = outcome
        return outcomes


def _settle(turns: Sequence[Turn], cast: Sequence[tuple[int, Poll, Ballot]]) -> list[tuple[int, Outcome]]:
    connection, now = turns[0].connection, turns[0].now
    poll = cast[0][1]
    # Somebody may press twice within the moment: the first in this order counts.
    ballots_by_voter = {turns[number].me.id: ballot for number, _, ballot in reversed(cast)}
    admitted = secrecy.admit(connection, poll, ballots_by_voter)
    if admitted:
        secrecy.add(connection, poll, [ballots_by_voter[voter] for voter in admitted])
        outbox.redraw(connection, subject(poll.id), now, held=True)
    outcomes: list[tuple[int, Outcome]] = []
    for number, _, _ in cast:
        turn = turns[number]
        if turn.me.id not in admitted:
            outcomes.append((number, final(turn)))
            continue
        own = drawing.card(turn, poll) if wants_card(turn) else None
        outcomes.append((number, Answer(own=own, whisper=shown.sealed(turn.t))))
    return outcomes


def _ballot(turn: Turn) -> tuple[Poll, Ballot] | Answer:
    """What somebody votes; or what is wrong with the form they sent."""
    if not isinstance(turn.act, Click):
        sent = read_page(turn)
        return sent if isinstance(sent, Answer) else (sent.poll, sent.answers)
    number, option = pressed(turn)
    outbox.hold(turn.connection, subject(number))
    poll = asking.find(turn.connection, number)
    if poll is None or poll.promise is not Promise.SECRET:
        raise gone(turn)
    must_be_open(turn, poll)
    if not poll.pressed or ballots.wrong(poll.questions[0], str(option)):
        raise gone(turn)
    return poll, (str(option),)
