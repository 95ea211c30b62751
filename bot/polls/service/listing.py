"""`/poll list`: the polls somebody runs or takes part in, with what can be done with each. And `/poll help`."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.core.cards import Button, Card
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.interactions import Answer, Click
from bot.core.people import Role
from bot.polls.cards import handing
from bot.polls.cards import listing as shown
from bot.polls.cards import managing as offered
from bot.polls.model.poll import Poll, Stage
from bot.polls.service import drafts, repeating
from bot.polls.service.reading import here
from bot.polls.service.rights import gone, managed, may_manage
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

_PAGE: Final = re.compile(rf"({shown.ALL})?:(\d{{1,6}})")


def listed(turn: Turn, text: str) -> Answer:
    """`/poll list`; communicators see everybody's with `/poll list all`."""
    return Answer(whisper=_listed(turn, everybody=text.strip().lower() in EVERYBODY))


def browse(turn: Turn) -> Answer:
    """The button that shows the polls after, or before, those in a list."""
    asked = _PAGE.fullmatch(turn.act.value) if isinstance(turn.act, Click) else None
    if asked is None:
        raise gone(turn)
    return Answer(replace=_listed(turn, everybody=bool(asked[1]), page=int(asked[2])))


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


def _listed(turn: Turn, *, everybody: bool, page: int = 0) -> Card:
    """One page of a list, counted from 0; the first, where there is none so far behind any more."""
    if everybody:
        turn.require(Role.COMMUNICATOR)
    found = _found(turn, everybody=everybody, behind=page * MOST)
    if page and not found:
        return _listed(turn, everybody=everybody)
    polls, more = found[:MOST], len(found[MOST:])
    left = listing.left(turn.connection, {poll.author for poll in polls})
    resting = listing.resting(turn.connection, {poll.series for poll in polls if poll.series})
    lines = [_line(turn, poll, left, resting) for poll in polls]
    return shown.polls(turn.t, lines, shown.Page(everybody=everybody, number=page, more=more))


def _found(turn: Turn, *, everybody: bool, behind: int) -> list[Poll]:
    connection, me, window = turn.connection, turn.me.id, listing.Window(turn.now - LATELY, behind, COUNTED)
    ours = workspaces_of(connection, turn.workspace.id)
    if everybody:
        return listing.of_organisation(connection, me, ours, window)
    return listing.of_person(connection, me, here(turn), ours, window)


def _line(turn: Turn, poll: Poll, left: set[int], resting: set[int]) -> shown.Line:
    orphaned = poll.author in left
    return shown.Line(
        poll,
        turn.prose(poll.title),
        turnout(turn.connection, poll) if poll.opened_at else 0,
        _buttons(turn, poll, left=orphaned),
        None if poll.author == turn.me.id else turn.name(poll.author),
        orphaned,
        poll.series in resting,
    )


def _buttons(turn: Turn, poll: Poll, *, left: bool) -> Sequence[Button]:
    t, number, stage, runs = turn.t, str(poll.id), poll.stage, may_manage(turn, poll)
    waiting = stage in (Stage.DRAFT, Stage.SCHEDULED)
    launch = t("Schedule it") if drafts.waits(turn, poll) else t("Ask it now")
    voted = poll.opened_at is not None and has_voted(turn.connection, poll, turn.me.id)
    offers = (
        (poll.opened_at and (runs or poll.shows(voted=voted)), Button(t("Results"), "polls.peek", number)),
        (runs and waiting and not poll.series, Button(launch, "polls.launch", number)),
        (runs and waiting, Button(t("Change"), "polls.revise", number, opens_form=True)),
        (runs and waiting, Button(t("Show"), "polls.show", number)),
        (runs and stage is Stage.OPEN and poll.editable(turn.now), offered.edit(t, poll)),
        (runs and not waiting, offered.repeat(t, poll)),
        (runs and stage is Stage.OPEN, offered.close(t, poll)),
        (left and turn.me.may(Role.COMMUNICATOR), handing.take(t, poll)),
        (not waiting, Button(t("More"), "polls.more", number)),
    )
    return [button for fits, button in offers if fits]
