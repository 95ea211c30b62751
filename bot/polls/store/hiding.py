"""Snapshots: what a confidential poll shows while it runs, and what it may show after."""

from datetime import datetime

import sqlalchemy as sa

from bot.core.database import Connection, insert
from bot.polls.model import tally
from bot.polls.model.poll import Poll
from bot.polls.model.privacy import Snapshot
from bot.polls.store.tables import ballots, polls, snapshots


def snapshot(connection: Connection, poll: int) -> Snapshot:
    """What a poll shows and shows next; nothing at first."""
    row = connection.execute(sa.select(snapshots).where(snapshots.c.poll_id == poll)).one_or_none()
    if row is None:
        return Snapshot()
    _, shown, shown_at, pending, pending_at = row
    return Snapshot(
        tally.read(shown) if shown else None, shown_at, tally.read(pending) if pending else None, pending_at
    )


def keep(connection: Connection, poll: int, taken: Snapshot) -> None:
    """Write a snapshot down."""
    values = {
        "shown": tally.written(taken.shown) if taken.shown else "",
        "shown_at": taken.shown_at,
        "pending": tally.written(taken.pending) if taken.pending else "",
        "pending_at": taken.pending_at,
    }
    connection.execute(
        insert(connection, snapshots)
        .values(poll_id=poll, **values)
        .on_conflict_do_update(index_elements=["poll_id"], set_=values)
    )


def newest(connection: Connection, poll: int) -> datetime | None:
    """The time of the newest vote."""
    last = sa.select(sa.func.max(ballots.c.voted_at)).where(ballots.c.poll_id == poll)
    return connection.execute(last).scalar_one_or_none()


def changed(connection: Connection, poll: int, since: datetime | None) -> int:
    """How many people voted, or changed or took back their vote, after an instant."""
    later = sa.true() if since is None else ballots.c.voted_at > since
    doers = sa.select(sa.func.count(sa.distinct(ballots.c.person_id))).where(ballots.c.poll_id == poll, later)
    return connection.execute(doers).scalar_one()


def look_again(connection: Connection, poll: Poll, at: datetime) -> None:
    """Have the votes looked at for new figures, before long."""
    soonest = sa.case((polls.c.next_at < at, polls.c.next_at), else_=at)
    mine = sa.and_(polls.c.id == poll.id, polls.c.step_at.is_(None))
    connection.execute(polls.update().where(mine).values(step_at=at, next_at=soonest))
