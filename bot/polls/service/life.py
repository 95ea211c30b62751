"""A poll's life: it opens, reminds, closes, and is answered, each at its time."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.core import outbox
from bot.core.database import Connection, Faulty, apart, locks
from bot.core.directory import members
from bot.core.directory import store as directory
from bot.core.places import Place
from bot.polls.cards.ballot import subject
from bot.polls.model.breakdown import LOWEST_FLOOR
from bot.polls.model.definition import Promise
from bot.polls.model.poll import Due, Poll
from bot.polls.model.privacy import STEP, closing, stepped
from bot.polls.service import outreach
from bot.polls.service.series import plan_next, rests
from bot.polls.store import asking, hiding, secrecy, suggesting, voting

BATCH: Final = 20
AGAIN: Final = timedelta(minutes=5)
"""After so long a step that raised is tried again; meanwhile it costs nothing, and nobody waits for it."""

ASKED_AFTER_FOR: Final = timedelta(days=7)
"""How long after closing it is still known who was asked, for those who look at the turnout."""

LOOKED_AT_FOR: Final = timedelta(days=30)
"""How long it is kept fresh who is in the channels of a poll that nobody closes."""

DIRECT_REDRAWN: Final = 100
"""Private ballots are drawn anew at the end if there are no more of them: platforms let few be changed a minute."""

log = structlog.get_logger()


def due(connection: Connection, now: datetime) -> int:
    """Do what polls wait for, where its time has come; a step a poll."""
    numbers = asking.due(connection, now, BATCH)
    # In one order everywhere, or who closes several and who votes in several would wait for each other.
    for number in sorted(numbers):
        try:
            with apart(connection):
                poll = asking.find(connection, number)
        except Faulty as fault:
            _tell(number, "read", fault)
            poll = None
        if poll is None or not _stepped(connection, poll, now):
            _put_off(connection, number, poll, now)
    return len(numbers)


def next_due(connection: Connection, after: datetime) -> datetime | None:
    """When the first poll waits for something after an instant."""
    return asking.next_due(connection, after)


def open_now(connection: Connection, poll: Poll, now: datetime) -> Poll:
    """Ask a poll: in its channels at once, and of people by name from now on."""
    opened = replace(poll, opened_at=now, closed_at=None, fewest=_fewest(connection, poll))
    if poll.promise is Promise.SECRET:
        secrecy.prepare(connection, poll)
    asked = outreach.asked_of(connection, poll)
    for place in directory.places_by_id(connection, asked.channels).values():
        post(connection, poll, place, now)
    members.want(connection, asked.rosters, until=(poll.closes_at or now + LOOKED_AT_FOR) + ASKED_AFTER_FOR)
    if asked.by_name:
        opened = replace(opened, invite_at=now)
    return opened


def close_now(connection: Connection, poll: Poll, now: datetime) -> Poll:
    """Close a poll and say its outcome. Votes that were on their way are counted; later ones are told."""
    locks.alone(connection, [subject(poll.id)])
    if poll.hidden:
        _settle_figures(connection, poll)
    redraw(connection, poll, now)
    asked = outreach.asked_of(connection, poll)
    outreach.announce(connection, poll, asked, "outcome", now, author=poll.author)
    outreach.undecided(connection, poll, suggesting.waiting(connection, poll.id), now)
    closed = replace(poll, closed_at=now, step_at=None, invite_at=None)
    return replace(closed, invite_at=now, invited=0) if asked.by_name else closed


def redraw(connection: Connection, poll: Poll, now: datetime) -> None:
    """Have every message of a poll drawn anew; private ones only if they are few."""
    outbox.redraw(connection, subject(poll.id), now)
    if outbox.posted(connection, outreach.direct(poll.id), DIRECT_REDRAWN + 1) <= DIRECT_REDRAWN:
        outbox.redraw(connection, outreach.direct(poll.id), now)


def post(connection: Connection, poll: Poll, place: Place, now: datetime, again: str = "") -> None:
    """Post a poll in a channel; `again` makes it another message than the one before."""
    outbox.send(
        connection,
        key=f"{subject(poll.id)}:{place.id}{again}",
        drawing="polls.ballot",
        lane=outbox.Lane.PUBLIC,
        now=now,
        workspace=place.workspace,
        place=place.id,
        author=poll.author,
        arguments={"poll": str(poll.id)},
        subject=subject(poll.id),
    )


def _stepped(connection: Connection, poll: Poll, now: datetime) -> bool:
    """Do the first thing a poll waits for, or, where that has a bug, the next; False where none could be done."""
    waiting = [what for at, what in poll.agenda() if at <= now]
    # Nobody is reminded of a poll that ended while the machine was down.
    for what in sorted(waiting, key=lambda each: each is not Due.CLOSE):
        try:
            with apart(connection):
                after = _STEPS[what](connection, poll, now)
                # Votes that came meanwhile were not waited for, but by the steps that looked at them.
                asking.change(connection, after if what is Due.STEP else after.looked_at(now + STEP))
        except Faulty as fault:
            _tell(poll.id, what, fault)
        else:
            return True
    return False


def _put_off(connection: Connection, number: int, poll: Poll | None, now: datetime) -> None:
    """Try again later, and do in time what comes before."""
    ahead = [at for at, _ in poll.agenda() if at > now] if poll else []
    asking.put_off(connection, number, min([now + AGAIN, *ahead]))


def _tell(number: int, step: str, fault: Faulty) -> None:
    log.error("poll_broke", poll=number, step=step, error=type(fault.__cause__).__name__)


def _open(connection: Connection, poll: Poll, now: datetime) -> Poll:
    """Open at its time, and plan the one that comes after it in the same transaction."""
    if resting := rests(connection, poll, now):
        return resting
    if poll.series:
        plan_next(connection, poll, now)
    return open_now(connection, replace(poll, closes_at=_closing(poll, now)), now)


def _closing(poll: Poll, now: datetime) -> datetime | None:
    """When a poll that opens now closes: as said; but if half its time is over, it runs as long as it was meant to."""
    if poll.opens_at is None or poll.closes_at is None:
        return poll.closes_at
    late, length = now - poll.opens_at, poll.closes_at - poll.opens_at
    return poll.closes_at if late < length / 2 else poll.closes_at + late


def _step(connection: Connection, poll: Poll, now: datetime) -> Poll:
    """Look at the votes of a confidential poll: whether enough people have voted to show newer figures."""
    locks.alone(connection, [subject(poll.id)])
    before = hiding.snapshot(connection, poll.id)
    current, voters = voting.counted(connection, poll)
    if (after := stepped(before, current, voters, poll.fewest)) != before:
        hiding.keep(connection, poll.id, after)
        outbox.redraw(connection, subject(poll.id), now, held=True)
    return replace(poll, step_at=None)


def _settle_figures(connection: Connection, poll: Poll) -> None:
    """Write down what a poll that hides names shows from now on, so that nothing that comes later changes it."""
    if poll.promise is Promise.SECRET:
        current, voters = secrecy.counted(connection, poll), secrecy.turnout(connection, poll.id)
    else:
        current, voters = voting.counted(connection, poll)
    before = hiding.snapshot(connection, poll.id)
    hiding.keep(connection, poll.id, closing(before, current, voters, poll.fewest))
    secrecy.let_go(connection, poll)


def _fewest(connection: Connection, poll: Poll) -> int:
    """How few voters the poll may show together: whatever is set later, it keeps what it first opened with."""
    if poll.opened_at:
        return poll.fewest
    return max(directory.workspace_by_id(connection, poll.workspace).settings.fewest, LOWEST_FLOOR)


_STEPS: Final[Mapping[Due, Callable[[Connection, Poll, datetime], Poll]]] = {
    Due.OPEN: _open,
    Due.INVITE: outreach.invite,
    Due.REMIND: outreach.remind,
    Due.STEP: _step,
    Due.CLOSE: close_now,
    Due.TELL: outreach.tell,
    Due.OWE: outreach.owe,
}
