"""Snapshots: what a poll that hides names shows while it runs, and once it has closed."""

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
    _, shown, shown_voters, pending, pending_voters, kept = row
    return Snapshot(
        tally.read(shown) if shown else None,
        shown_voters,
        tally.read(pending) if pending else None,
        pending_voters,
        kept,
    )


def shown(connection: Connection, poll: int) -> Snapshot:
    """What a poll shows. What it shows next is left out: to read it takes as long, and many people look."""
    seen = sa.select(snapshots.c.shown, snapshots.c.shown_voters, snapshots.c.kept).where(snapshots.c.poll_id == poll)
    row = connection.execute(seen).one_or_none()
    return (
        Snapshot(tally.read(row.shown) if row.shown else None, row.shown_voters, kept=row.kept) if row else Snapshot()
    )


def keep(connection: Connection, poll: int, taken: Snapshot) -> None:
    """Write a snapshot down."""
    values = {
        "shown": tally.written(taken.shown) if taken.shown else "",
        "shown_voters": taken.shown_voters,
        "pending": tally.written(taken.pending) if taken.pending else "",
        "pending_voters": taken.pending_voters,
        "kept": taken.kept,
    }
    connection.execute(
        insert(connection, snapshots)
        .values(poll_id=poll, **values)
        .on_conflict_do_update(index_elements=["poll_id"], set_=values)
    )


def people(connection: Connection, poll: int) -> int:
    """How many people ever voted in a confidential poll, also if they took their vote back."""
    ever = sa.select(sa.func.count()).where(ballots.c.poll_id == poll, ballots.c.question == 0)
    return connection.execute(ever).scalar_one()


def look_again(connection: Connection, poll: Poll, at: datetime) -> None:
    """Have the votes looked at for new figures, before long.

    Whoever holds the poll's row just now is not waited for: it may be closing, and wait for this very vote.
    """
    soonest = sa.case((polls.c.next_at < at, polls.c.next_at), else_=at)
    idle = (
        sa.select(polls.c.id)
        .where(polls.c.id == poll.id, polls.c.step_at.is_(None))
        .with_for_update(key_share=True, skip_locked=True)
        .scalar_subquery()
    )
    connection.execute(polls.update().where(polls.c.id == idle).values(step_at=at, next_at=soonest))
