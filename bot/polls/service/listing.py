"""`/poll list`: the polls somebody runs or takes part in, with what can be done with each. And `/poll help`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.core.cards import Button
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.interactions import Answer
from bot.core.people import Role
from bot.polls.cards import handing
from bot.polls.cards import listing as shown
from bot.polls.cards import managing as offered
from bot.polls.model.poll import Poll, Stage
from bot.polls.service import drafts, repeating
from bot.polls.service.rights import managed, may_manage
from bot.polls.service.standing import has_voted, turnout
from bot.polls.service.voting import found
from bot.polls.store import listing
from bot.polls.store.turnout import workspaces_of

LATELY: Final = timedelta(days=30)
MOST: Final = 12
"""More would not fit one message of Teams (27 KB) with its buttons, where names and questions are long."""

COUNTED: Final = 200
"""Of more it is not told how many they are."""

EVERYBODY: Final = frozenset({"all", "alle"})


def listed(turn: Turn, text: str) -> Answer:
    """`/poll list`; communicators see everybody's with `/poll list all`."""
    everybody = text.strip().lower() in EVERYBODY
    if everybody:
        turn.require(Role.COMMUNICATOR)
    connection, me, since = turn.connection, turn.me.id, turn.now - LATELY
    ours = workspaces_of(connection, turn.workspace.id)
    here = turn.here.id if turn.here else 0
    found = (
        listing.of_organisation(connection, me, ours, since, COUNTED)
        if everybody
        else listing.of_person(connection, me, here, ours, since, COUNTED)
    )
    first, more = found[:MOST], len(found[MOST:])
    left = listing.left(connection, {poll.author for poll in first})
    title = turn.t("Everybody's polls") if everybody else turn.t("Your polls")
    return Answer(whisper=shown.polls(turn.t, title, [_line(turn, poll, left) for poll in first], more))


def show(turn: Turn) -> Answer:
    """A poll that is not asked yet, with everything that can still be done with it."""
    poll = managed(turn, found(turn).id)
    if poll.opened_at:
        raise Refused(turn.t("This poll has been asked already."))
    rests = poll.stage is Stage.SCHEDULED or poll.series
    return Answer(whisper=repeating.card(turn, poll) if rests else drafts.preview(turn, poll))


def explained(turn: Turn, _text: str) -> Answer:
    """`/poll help`."""
    return Answer(whisper=shown.ways(turn.t))


def unknown(turn: Turn, word: str) -> Answer:
    """A word behind `/poll` that is neither known nor a question."""
    return Answer(whisper=shown.ways(turn.t, word))


def _line(turn: Turn, poll: Poll, left: set[int]) -> shown.Line:
    gone = poll.author in left
    return shown.Line(
        poll,
        turn.prose(poll.title),
        turnout(turn.connection, poll) if poll.opened_at else 0,
        _buttons(turn, poll, left=gone),
        None if poll.author == turn.me.id else turn.name(poll.author),
        gone,
    )


def _buttons(turn: Turn, poll: Poll, *, left: bool) -> Sequence[Button]:
    t, number, stage, runs = turn.t, str(poll.id), poll.stage, may_manage(turn, poll)
    waiting = stage in (Stage.DRAFT, Stage.SCHEDULED)
    voted = poll.opened_at is not None and has_voted(turn.connection, poll, turn.me.id)
    offers = (
        (poll.opened_at and (runs or poll.shows(voted=voted)), Button(t("Results"), "polls.peek", number)),
        (runs and waiting and not poll.series, Button(t("Ask it now"), "polls.launch", number)),
        (runs and waiting, Button(t("Change"), "polls.revise", number, opens_form=True)),
        (runs and waiting, Button(t("Show"), "polls.show", number)),
        (runs and stage is Stage.OPEN and poll.editable(turn.now), offered.edit(t, poll)),
        (runs and not waiting, offered.repeat(t, poll)),
        (runs and stage is Stage.OPEN, offered.close(t, poll)),
        (left and turn.me.may(Role.COMMUNICATOR), handing.take(t, poll)),
        (not waiting, Button(t("More"), "polls.more", number)),
    )
    return [button for fits, button in offers if fits]
