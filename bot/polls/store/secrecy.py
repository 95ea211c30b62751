"""Secret ballots: who has taken part, and the totals, with nothing that ties the one to the other."""

from collections.abc import Iterable, Sequence
from typing import Final

import sqlalchemy as sa

from bot.core.database import Connection, insert
from bot.polls.model import tally
from bot.polls.model.ballots import Ballot
from bot.polls.model.poll import Poll
from bot.polls.model.tally import Tally
from bot.polls.store.tables import participations, polls, tallies

ROOM: Final = 1024
"""Bytes by which totals grow: those of options never do."""


def prepare(connection: Connection, poll: Poll) -> None:
    """Lay out a secret poll's totals, all nought."""
    connection.execute(
        insert(connection, tallies)
        .values(poll_id=poll.id, counts=_kept(tally.empty(poll.questions)))
        .on_conflict_do_nothing()
    )


def admit(connection: Connection, poll: Poll, voters: Iterable[int]) -> set[int]:
    """Note that people take part; who had before is not among those returned.

    They are written down by their numbers: that tells nothing of who came first, and nobody waits crosswise.
    """
    rows = [{"poll_id": poll.id, "person_id": voter} for voter in sorted(voters)]
    if not rows:
        return set()
    noted = insert(connection, participations).on_conflict_do_nothing().returning(participations.c.person_id)
    return set(connection.execute(noted, rows).scalars())


def add(connection: Connection, poll: Poll, ballots: Sequence[Ballot]) -> None:
    """Add ballots to the totals, in the one statement that writes all of them."""
    row = connection.execute(
        sa.select(tallies.c.counts).where(tallies.c.poll_id == poll.id).with_for_update()
    ).scalar_one()
    counts = _kept(tally.add(tally.read(row), poll.questions, ballots))
    connection.execute(tallies.update().where(tallies.c.poll_id == poll.id).values(counts=counts))


def counted(connection: Connection, poll: Poll) -> tuple[Tally, ...]:
    """The totals as they stand; for a closed poll only."""
    row = connection.execute(sa.select(tallies.c.counts).where(tallies.c.poll_id == poll.id)).scalar_one_or_none()
    return tally.read(row) if row else tally.empty(poll.questions)


def grow(connection: Connection, poll: Poll) -> None:
    """Make room in the totals for options that were added."""
    totals = tuple(
        Tally(have.voters, {**room.answers, **have.answers})
        for have, room in zip(counted(connection, poll), tally.empty(poll.questions), strict=True)
    )
    connection.execute(tallies.update().where(tallies.c.poll_id == poll.id).values(counts=_kept(totals)))


def turnout(connection: Connection, poll: int) -> int:
    """How many people have taken part."""
    took_part = sa.select(sa.func.count()).where(participations.c.poll_id == poll)
    return connection.execute(took_part).scalar_one()


def took_part(connection: Connection, poll: int, person: int) -> bool:
    """Whether somebody has taken part."""
    mine = sa.and_(participations.c.poll_id == poll, participations.c.person_id == person)
    return connection.execute(sa.select(participations.c.poll_id).where(mine)).first() is not None


def took_part_in(connection: Connection, person: int) -> list[int]:
    """The secret polls a person has taken part in, in one order for everybody."""
    mine = sa.select(participations.c.poll_id).where(participations.c.person_id == person)
    return list(connection.execute(mine.order_by(participations.c.poll_id)).scalars())


def forget(connection: Connection, person: int) -> None:
    """Erase that a person took part: in polls that have closed at once, in others when they close."""
    closed = sa.select(polls.c.id).where(polls.c.closed_at.is_not(None))
    mine = participations.c.person_id == person
    connection.execute(participations.delete().where(mine, participations.c.poll_id.in_(closed)))
    connection.execute(participations.update().where(mine).values(forgotten=True))


def let_go(connection: Connection, poll: Poll) -> None:
    """Erase that people took part who asked for it while a poll was open. Its figures are written down by now."""
    mine = sa.and_(participations.c.poll_id == poll.id, participations.c.forgotten)
    connection.execute(participations.delete().where(mine))


def _kept(totals: Sequence[Tally]) -> str:
    """Totals as their column holds them, padded: where rows lie depends on how long the ones before were."""
    text = tally.written(totals)
    return text + " " * (-len(text.encode()) % ROOM)
