"""What goes on when an author leaves the company, or a poll's message is lost."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.core import outbox
from bot.core.cards import Card, note
from bot.core.errors import Refused
from bot.core.feature import Turn, View, Withdrawn
from bot.core.interactions import Answer, Click
from bot.polls.cards import handing as shown
from bot.polls.cards.ballot import subject
from bot.polls.model.poll import Poll, Stage
from bot.polls.service import drawing, finding, life, outreach, suggesting
from bot.polls.service.rights import gone, managed
from bot.polls.service.standing import turnout as voters
from bot.polls.service.voting import found
from bot.polls.store import asking, listing, posting, series, turnout
from bot.polls.store import suggesting as suggestions

AWAY: Final = frozenset({"is_archived", "channel_not_found", "not_in_channel"})
"""The platforms' words for a place in which nothing can be posted any more."""

TOLD_FOR: Final = timedelta(days=14)
NAMED: Final = 20
"""Polls that are named one by one to whoever may take them over."""


def left(turn: Turn) -> None:
    """A profile has changed: if its owner has left the company, communicators hear of the polls they leave behind."""
    person = turn.me.id
    if turn.me.active or person not in listing.left(turn.connection, [person]):
        return
    for poll in listing.owed(turn.connection, person):
        # Whatever the one who left was told of it, somebody else has to hear now.
        if mine := asking.find_alone(turn.connection, poll, turn.now):
            asking.change(turn.connection, replace(mine, owed_at=None))
    polls = listing.running(turn.connection, person)
    if not polls:
        return
    newest = max(poll.id for poll in polls)
    for someone, workspace in outreach.communicators(turn.connection, polls).items():
        outbox.send(
            turn.connection,
            key=f"polls:left:{person}:{newest}:{someone}",
            drawing="polls.orphaned",
            lane=outbox.Lane.NOTICE,
            now=turn.now,
            workspace=workspace,
            person=someone,
            arguments={"person": str(person)},
            expires=turn.now + TOLD_FOR,
        )


def take(turn: Turn) -> Answer:
    """A communicator takes one poll over from an author who has left."""
    poll = managed(turn, found(turn).id)
    _must_have_left(turn, poll.author)
    _take(turn, [poll])
    return Answer(whisper=note(turn.t("This poll is yours now.")))


def inherit(turn: Turn) -> Answer:
    """A communicator takes over everything that still runs of somebody who has left."""
    if not isinstance(turn.act, Click):
        raise TypeError(turn.act)
    try:
        person = finding.number_of(turn.act.value)
    except ValueError:
        raise gone(turn) from None
    theirs = [managed(turn, poll.id) for poll in listing.running(turn.connection, person)]
    theirs = [poll for poll in theirs if poll.author == person]
    if not theirs:
        raise Refused(turn.t("Somebody else has taken them over already."))
    _must_have_left(turn, person)
    _take(turn, theirs)
    said = turn.t.many("{count} poll is yours now.", "{count} polls are yours now.", len(theirs))
    return Answer(replace=note(said))


def draw_orphaned(view: View) -> Card | Withdrawn:
    """Whose polls wait for somebody."""
    person = view.person(int(view.arguments["person"]))
    polls = listing.running(view.connection, person.id)
    if not polls or not listing.left(view.connection, [person.id]):
        return Withdrawn("taken_over")
    named = polls[:NAMED]
    questions = [view.prose(poll.title) for poll in named]
    return shown.orphaned(view.t, person.name, person.id, named, questions, len(polls) - len(named))


def lost(view: View) -> None:
    """A poll's message is gone: its author hears of it, and can have it posted again."""
    poll = drawing.found(view)
    if poll is None or poll.stage is not Stage.OPEN or not view.arguments["place"]:
        return
    place = view.arguments["place"]
    for author, workspace in turnout.home_of(view.connection, [poll.author], poll.workspace).items():
        outbox.send(
            view.connection,
            key=f"{subject(poll.id)}:lost:{place}:{view.now:%Y%m%d%H%M%S}",
            drawing="polls.lost",
            lane=outbox.Lane.NOTICE,
            now=view.now,
            workspace=workspace,
            person=author,
            arguments={"poll": str(poll.id), "place": place, "reason": view.arguments["reason"]},
            expires=poll.closes_at or view.now + TOLD_FOR,
        )


def draw_lost(view: View) -> Card | Withdrawn:
    """What the author can do about a lost message."""
    poll = drawing.found(view)
    if poll is None or poll.stage is not Stage.OPEN:
        return Withdrawn("poll_closed")
    place = view.place(int(view.arguments["place"]))
    if place and posting.stands(view.connection, subject(poll.id), place.id):
        return Withdrawn("posted_again")
    away = view.arguments["reason"] in AWAY
    return shown.lost(view.t, poll, view.prose(poll.title), place, voters(view.connection, poll), away=away)


def _must_have_left(turn: Turn, author: int) -> None:
    if not listing.left(turn.connection, [author]):
        name = turn.person(author).name
        raise Refused(turn.t("{author} is still here, and this poll is theirs.", author=name))


def _take(turn: Turn, polls: Iterable[Poll]) -> None:
    for poll in polls:
        mine = asking.change(turn.connection, replace(poll, author=turn.me.id))
        if rhythm := poll.series and series.find(turn.connection, poll.series):
            series.change(turn.connection, replace(rhythm, author=turn.me.id))
        life.redraw(turn.connection, mine, turn.now)
        for suggestion in suggestions.waiting(turn.connection, poll.id):
            suggesting.ask_author(turn, mine, suggestion)
