"""Private messages of a poll: invitations, reminders, outcomes, and the answer that is owed. A bite at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.core import outbox
from bot.core.database import Connection
from bot.core.directory import members
from bot.core.directory import store as directory
from bot.core.people import Role
from bot.core.places import PlaceKind
from bot.polls.cards.ballot import subject
from bot.polls.model.poll import Poll
from bot.polls.store import asking, listing, turnout
from bot.polls.store.suggesting import Suggestion
from bot.polls.store.turnout import Asked

BITE: Final = 200
"""People written to in one transaction; votes that come meanwhile wait for no more than that."""

PATIENCE: Final = timedelta(minutes=30)
"""How long invitations wait to be told who is in a group; then they go to those who are known."""

AGAIN: Final = timedelta(seconds=15)
OUTCOME_FOR: Final = timedelta(days=2)
OWED_FOR: Final = timedelta(days=3)


def direct(poll: int) -> str:
    """What a poll's private ballots are about: too many to be redrawn with every vote."""
    return f"{subject(poll)}:direct"


def asked_of(connection: Connection, poll: Poll) -> Asked:
    """Whom a poll asks."""
    places = directory.places_by_id(connection, asking.audience(connection, poll.id))
    groups = frozenset(number for number, place in places.items() if place.kind is PlaceKind.PEOPLE)
    everywhere = turnout.workspaces_of(connection, poll.workspace) if poll.everybody else frozenset[int]()
    return Asked(frozenset(places) - groups, groups, everywhere)


def invite(connection: Connection, poll: Poll, now: datetime) -> Poll:
    """Send the ballot to the next people who are asked by name and are in none of its channels."""
    asked = asked_of(connection, poll)
    if not members.known(connection, asked.rosters) and poll.opened_at and now < poll.opened_at + PATIENCE:
        return replace(poll, invite_at=now + AGAIN)
    persons = turnout.outside(connection, asked, poll.invited, BITE)
    _write(connection, poll, persons, now, "ask", "polls.ballot", poll.closes_at, about=direct(poll.id))
    if len(persons) < BITE:
        return replace(poll, invite_at=None)
    return replace(poll, invite_at=now, invited=persons[-1])


def remind(connection: Connection, poll: Poll, now: datetime) -> Poll:
    """Remind the next people who have not voted; where nobody can say who that is, the channels."""
    asked = asked_of(connection, poll)
    if not poll.reminded and not members.known(connection, asked.rosters):
        announce(connection, poll, asked, "reminder", now, expires=poll.closes_at)
        return replace(poll, reminded_at=now)
    persons = turnout.missing(connection, poll, asked, poll.reminded, BITE)
    _write(connection, poll, persons, now, "remind", "polls.reminder", poll.closes_at)
    if len(persons) < BITE:
        return replace(poll, reminded_at=now)
    return replace(poll, reminded=persons[-1])


def tell(connection: Connection, poll: Poll, now: datetime) -> Poll:
    """Tell the next of those who got the ballot privately what came out, or what comes of it; its author at last."""
    what, at = ("response", poll.answered_at) if poll.answered_at else ("outcome", poll.closed_at)
    persons = outbox.addressees(connection, direct(poll.id), poll.invited, BITE)
    told = f"{what}:{at or now:%Y%m%d%H%M%S}"
    last = len(persons) < BITE
    # Where nothing is said in any channel, nobody else would tell them.
    author = [poll.author] if last and not asked_of(connection, poll).channels else []
    _write(connection, poll, {*persons, *author}, now, told, f"polls.{what}", now + OUTCOME_FOR)
    if last:
        return replace(poll, invite_at=None)
    return replace(poll, invite_at=now, invited=persons[-1])


def owe(connection: Connection, poll: Poll, now: datetime) -> Poll:
    """Remind the owner of the answer that was promised; if they have left, whoever can give it in their place."""
    owner = poll.owner or poll.author
    here = [owner] if owner not in listing.left(connection, [owner]) else communicators(connection, [poll])
    _write(connection, poll, here, now, f"owe:{now:%Y%m%d%H%M%S}", "polls.owed", now + OWED_FOR)
    return replace(poll, owed_at=now)


def undecided(connection: Connection, poll: Poll, suggestions: Iterable[Suggestion], now: datetime) -> None:
    """Tell whoever suggested options that the poll has closed before anybody decided; once each."""
    for each in suggestions:
        told = f"undecided:{each.id}"
        _write(connection, poll, [each.person], now, told, "polls.undecided", now + OUTCOME_FOR)


def communicators(connection: Connection, polls: Iterable[Poll]) -> dict[int, int]:
    """Who goes on for somebody who has left, and where: communicators, or admins in a workspace without any."""
    told: dict[int, int] = {}
    for number in sorted({poll.workspace for poll in polls}):
        workspace = directory.workspace_by_id(connection, number)
        for role in (Role.COMMUNICATOR, Role.ADMIN):
            people = directory.everybody(connection, workspace, role)
            told = {**{person.id: number for person in people}, **told}
            if people:
                break
    return told


def _write(
    connection: Connection,
    poll: Poll,
    persons: Iterable[int],
    now: datetime,
    what: str,
    drawing: str,
    expires: datetime | None,
    about: str = "",
) -> None:
    persons = list(persons)
    homes: Mapping[int, int] = turnout.home_of(connection, persons, poll.workspace) if persons else {}
    for workspace in sorted(set(homes.values())):
        outbox.send_each(
            connection,
            [(person, now) for person in persons if homes.get(person) == workspace],
            campaign=f"{subject(poll.id)}:{what}",
            drawing=drawing,
            lane=outbox.Lane.NOTICE,
            now=now,
            workspace=workspace,
            arguments={"poll": str(poll.id)},
            expires=expires,
            subject=about,
        )


def announce(
    connection: Connection,
    poll: Poll,
    asked: Asked,
    what: str,
    now: datetime,
    *,
    author: int | None = None,
    expires: datetime | None = None,
) -> None:
    """Say something under the poll in each of its channels: an `outcome`, a `response`, a `reminder`."""
    for place in directory.places_by_id(connection, asked.channels).values():
        outbox.send(
            connection,
            key=f"{subject(poll.id)}:{what}:{place.id}:{now:%Y%m%d%H%M%S}",
            drawing=f"polls.{what}",
            lane=outbox.Lane.PUBLIC,
            now=now,
            workspace=place.workspace,
            place=place.id,
            author=author,
            arguments={"poll": str(poll.id)},
            expires=expires,
            under=subject(poll.id),
        )
