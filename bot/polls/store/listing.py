"""Which polls somebody finds in a list: their own, those they take part in, or all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.database import Connection
from bot.core.directory import members
from bot.core.directory.store import people
from bot.polls.model.poll import Poll
from bot.polls.store.asking import COLUMNS, poll_of
from bot.polls.store.tables import audiences, ballots, participations, polls, series

_OPENED = polls.c.opened_at.is_not(None)
_FIRST = sa.case((polls.c.closed_at.is_not(None), 3), (_OPENED, 0), (polls.c.opens_at.is_not(None), 1), else_=2)
"""What runs comes first, then what is to come, drafts, and what has closed."""


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list to find: without what closed before `since`, at most `most` behind the first `behind`."""

    since: datetime
    behind: int
    most: int


def of_person(
    connection: Connection, person: int, here: Collection[int], workspaces: Collection[int], window: Window
) -> list[Poll]:
    """What somebody asked, voted in or may vote in: in `here`, and wherever they are known to be; what runs first.

    `workspaces` are their organisation's.
    """
    mine = members.table.c.person_id == person
    asked = sa.select(audiences.c.poll_id).where(
        sa.or_(
            audiences.c.place_id.in_(here), audiences.c.place_id.in_(sa.select(members.table.c.place_id).where(mine))
        )
    )
    voted = sa.select(ballots.c.poll_id).where(ballots.c.person_id == person, ballots.c.answer != "")
    took_part = sa.select(participations.c.poll_id).where(participations.c.person_id == person)
    takes_part = sa.or_(*(polls.c.id.in_(each) for each in (asked, voted, took_part)), polls.c.everybody)
    ours = polls.c.workspace_id.in_(workspaces)
    return _newest(connection, sa.or_(polls.c.author_id == person, sa.and_(_OPENED, ours, takes_part)), window)


def of_organisation(connection: Connection, person: int, workspaces: Collection[int], window: Window) -> list[Poll]:
    """Everybody's polls, what runs first; of others' no drafts, which are theirs alone."""
    asked = sa.or_(_OPENED, polls.c.opens_at.is_not(None), polls.c.author_id == person)
    return _newest(connection, sa.and_(polls.c.workspace_id.in_(workspaces), asked), window)


def running(connection: Connection, author: int) -> list[Poll]:
    """An author's polls that are open, or still to open, or rest in a series."""
    waits = sa.or_(_OPENED, polls.c.opens_at.is_not(None), polls.c.series_id.is_not(None))
    mine = sa.and_(polls.c.author_id == author, polls.c.closed_at.is_(None), waits)
    return [poll_of(row) for row in connection.execute(sa.select(*COLUMNS).where(mine).order_by(polls.c.id))]


def owed(connection: Connection, owner: int) -> list[int]:
    """Polls whose outcome somebody has promised to answer, and has not."""
    promised = sa.and_(polls.c.answer_by.is_not(None), polls.c.answered_at.is_(None), polls.c.opened_at.is_not(None))
    mine = sa.or_(polls.c.owner_id == owner, sa.and_(polls.c.owner_id.is_(None), polls.c.author_id == owner))
    return list(connection.execute(sa.select(polls.c.id).where(promised, mine).order_by(polls.c.id)).scalars())


def left(connection: Connection, persons: Collection[int]) -> set[int]:
    """Which of these people have no active account any more."""
    gone = sa.select(people.c.id).where(people.c.id.in_(persons), ~people.c.active)
    return set(connection.execute(gone).scalars())


def resting(connection: Connection, numbers: Collection[int]) -> set[int]:
    """Which of these series are paused."""
    paused = sa.select(series.c.id).where(series.c.id.in_(numbers), series.c.paused)
    return set(connection.execute(paused).scalars())


def _newest(connection: Connection, which: sa.ColumnElement[bool], window: Window) -> list[Poll]:
    fresh = sa.or_(polls.c.closed_at.is_(None), polls.c.closed_at >= window.since)
    found = sa.select(*COLUMNS).where(which, fresh).order_by(_FIRST, polls.c.id.desc())
    return [poll_of(row) for row in connection.execute(found.offset(window.behind).limit(window.most))]
