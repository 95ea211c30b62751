"""Whom a poll asks, and who of them has voted."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from bot.core.database import Connection
from bot.core.directory import members
from bot.core.directory.store import accounts, people, workspaces
from bot.polls.model.definition import Promise
from bot.polls.model.poll import Poll
from bot.polls.store.tables import ballots, participations


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a poll asks: whoever is in `channels`, and by name whoever is in `groups`, or everybody in `everywhere`.

    `everywhere` is the organisation's workspace ids; empty unless everybody is asked.
    """

    channels: frozenset[int]
    groups: frozenset[int]
    everywhere: frozenset[int] = frozenset()

    @property
    def by_name(self) -> bool:
        """Whether people are written to one by one."""
        return bool(self.groups or self.everywhere)

    @property
    def rosters(self) -> frozenset[int]:
        """The places whose members have to be known."""
        return self.channels | self.groups


def workspaces_of(connection: Connection, workspace: int) -> frozenset[int]:
    """Every active workspace of a workspace's organisation."""
    mine = sa.select(workspaces.c.organisation_id).where(workspaces.c.id == workspace).scalar_subquery()
    found = sa.select(workspaces.c.id).where(workspaces.c.organisation_id == mine, workspaces.c.active)
    return frozenset(connection.execute(found).scalars())


def outside(connection: Connection, asked: Asked, after: int, most: int) -> list[int]:
    """People asked by name who are in none of the poll's channels: the next ones after a person's id."""
    person = _named(asked).subquery()
    wanted = sa.select(person.c.person_id).where(person.c.person_id > after)
    if asked.channels:
        wanted = wanted.where(~_among(members.present(asked.channels), person.c.person_id))
    return list(connection.execute(wanted.order_by(person.c.person_id).limit(most)).scalars())


def missing(connection: Connection, poll: Poll, asked: Asked, after: int, most: int) -> list[int]:
    """People to remind: those it asks who have not voted, but for its author; the next ones after a person's id."""
    person = _asked(asked).subquery()
    waiting = sa.select(person.c.person_id).where(
        person.c.person_id > after,
        ~_among(_voted(poll), person.c.person_id),
        person.c.person_id != poll.author,
    )
    return list(connection.execute(waiting.order_by(person.c.person_id).limit(most)).scalars())


def missing_names(connection: Connection, poll: Poll, asked: Asked, most: int) -> list[str]:
    """The names of those who have not voted, in alphabetical order; for the author of an open poll alone."""
    person = _asked(asked).subquery()
    names = (
        sa.select(people.c.name)
        .join(person, person.c.person_id == people.c.id)
        .where(~_among(_voted(poll), people.c.id))
        .order_by(people.c.name, people.c.id)
        .limit(most)
    )
    return list(connection.execute(names).scalars())


def electorate(connection: Connection, asked: Asked) -> int:
    """How many people the poll asks."""
    if not asked.everywhere:
        return members.count(connection, asked.rosters)
    return connection.execute(sa.select(sa.func.count()).select_from(_named(asked).subquery())).scalar_one()


def progress(connection: Connection, poll: Poll, asked: Asked) -> tuple[int, int]:
    """How many people the poll asks, and how many of them have voted."""
    voter = _voted(poll).distinct().subquery()
    theirs = sa.select(sa.func.count()).select_from(voter).where(_among(_asked(asked), voter.c.person_id))
    return electorate(connection, asked), connection.execute(theirs).scalar_one()


def is_asked(connection: Connection, asked: Asked, person: int) -> bool:
    """Whether somebody is among those a poll asks, as far as that is known."""
    return connection.execute(sa.select(_among(_asked(asked), sa.literal(person)))).scalar_one()


def home_of(connection: Connection, persons: Collection[int], preferred: int) -> dict[int, int]:
    """A workspace to write to each person in: the preferred one if they have an account there, else another."""
    rows = connection.execute(
        sa.select(accounts.c.person_id, accounts.c.workspace_id)
        .where(accounts.c.person_id.in_(persons))
        .order_by(accounts.c.workspace_id == preferred, accounts.c.workspace_id.desc())
    )
    return dict(map(tuple, rows))


def _voted(poll: Poll) -> sa.Select[int]:
    if poll.promise is Promise.SECRET:
        return sa.select(participations.c.person_id).where(participations.c.poll_id == poll.id)
    return sa.select(ballots.c.person_id).where(ballots.c.poll_id == poll.id, ballots.c.answer != "")


def _among(persons: sa.Select[int], person: sa.ColumnElement[int]) -> sa.Exists:
    """Whether somebody is among those that a query selects.

    Not `IN`: a list that does not fit its memory, PostgreSQL searches from the beginning for each person.
    """
    return persons.where(persons.selected_columns[0] == person).exists()


def _named(asked: Asked) -> sa.Select[int]:
    if not asked.everywhere:
        return members.present(asked.groups)
    return (
        sa.select(accounts.c.person_id)
        .join(people, people.c.id == accounts.c.person_id)
        .where(accounts.c.workspace_id.in_(asked.everywhere), people.c.active, ~people.c.bot)
        .distinct()
    )


def _asked(asked: Asked) -> sa.Select[int]:
    """Whoever is in the channels or in the groups; or everybody."""
    return _named(asked) if asked.everywhere else members.present(asked.rosters)
