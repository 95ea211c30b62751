"""Tables and queries of polls."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.core.database import Connection, Id, Instant, Prepared, insert, metadata
from bot.core.directory.store import people
from bot.polls.model import Choices, Draft, Poll, Result, count

polls = sa.Table(
    "polls",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), nullable=False),
    sa.Column("author_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("place_id", Id, sa.ForeignKey("places.id"), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("options", sa.Text, nullable=False),
    sa.Column("many", sa.Boolean, nullable=False),
    sa.Column("confidential", sa.Boolean, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("closes_at", Instant),
    sa.Column("closed_at", Instant),
    # The buttons of a poll that a restored back-up does not know are still out there: no other may get its number.
    sqlite_autoincrement=True,
)
sa.Index(
    "ix_polls_closing",
    polls.c.closes_at,
    sqlite_where=polls.c.closed_at.is_(None),
    postgresql_where=polls.c.closed_at.is_(None),
)

ballots = sa.Table(
    "ballots",
    metadata,
    sa.Column("poll_id", Id, sa.ForeignKey("polls.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True, index=True),
    sa.Column("choices", sa.Text, nullable=False),
    sa.Column("voted_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
"""One row a voter. `choices` are option numbers, ascending, with commas between."""

_VOTING: Final = Prepared(
    lambda _: (
        sa.select(polls, ballots.c.choices)
        .select_from(
            polls.outerjoin(
                ballots, sa.and_(ballots.c.poll_id == polls.c.id, ballots.c.person_id == sa.bindparam("voter"))
            )
        )
        .where(polls.c.id == sa.bindparam("poll"))
    )
)
_CAST: Final = Prepared(
    lambda connection: (
        insert(connection, ballots)
        .values({name: sa.bindparam(name) for name in ("poll_id", "person_id", "choices", "voted_at")})
        .on_conflict_do_update(
            index_elements=["poll_id", "person_id"],
            set_={name: sa.literal_column(f"excluded.{name}") for name in ("choices", "voted_at")},
        )
    )
)


def ask(connection: Connection, draft: Draft, workspace: int, author: int, place: int, now: datetime) -> Poll:
    """Store a poll."""
    row = connection.execute(
        polls.insert()
        .values(
            workspace_id=workspace,
            author_id=author,
            place_id=place,
            question=draft.question,
            options=json.dumps(draft.options, ensure_ascii=False),
            many=draft.many,
            confidential=draft.confidential,
            asked_at=now,
            closes_at=draft.closes_at,
        )
        .returning(polls)
    ).one()
    return _poll(row)


def find(connection: Connection, poll: int) -> Poll | None:
    """A poll by its number."""
    row = connection.execute(sa.select(polls).where(polls.c.id == poll)).one_or_none()
    return _poll(row) if row else None


def find_with_ballot(connection: Connection, poll: int, voter: int) -> tuple[Poll, Choices] | None:
    """A poll, and what a person has voted in it so far."""
    row = _VOTING.row(connection, poll=poll, voter=voter)
    return (_poll(row[:-1]), _choices(row[-1])) if row else None


def cast(connection: Connection, poll: int, voter: int, choices: Choices, now: datetime) -> None:
    """Store a person's ballot over the one they had. An empty one is none."""
    if not choices:
        connection.execute(ballots.delete().where(ballots.c.poll_id == poll, ballots.c.person_id == voter))
        return
    written = ",".join(map(str, sorted(choices)))
    _CAST.run(connection, poll_id=poll, person_id=voter, choices=written, voted_at=now)


def result(connection: Connection, poll: Poll) -> Result:
    """The count as it stands."""
    rows = connection.execute(
        sa.select(ballots.c.choices, sa.func.count()).where(ballots.c.poll_id == poll.id).group_by(ballots.c.choices)
    )
    return count(len(poll.options), ((_choices(choices), people) for choices, people in rows))


def voters(connection: Connection, poll: Poll, most: int) -> list[tuple[str, Choices]]:
    """Who voted what, the first `most` ballots; only for open polls."""
    rows = connection.execute(
        sa.select(people.c.name, ballots.c.choices)
        .join(people, people.c.id == ballots.c.person_id)
        .where(ballots.c.poll_id == poll.id)
        .order_by(ballots.c.voted_at, ballots.c.person_id)
        .limit(most)
    )
    return [(name, _choices(choices)) for name, choices in rows]


def close(connection: Connection, poll: int, now: datetime) -> bool:
    """Close a poll; False if somebody else has."""
    done = connection.execute(
        polls.update().where(polls.c.id == poll, polls.c.closed_at.is_(None)).values(closed_at=now)
    )
    return done.rowcount == 1


def due(connection: Connection, now: datetime, most: int) -> list[Poll]:
    """Open polls whose closing time has come, kept from other replicas until this transaction ends."""
    rows = connection.execute(
        sa.select(polls)
        .where(polls.c.closed_at.is_(None), polls.c.closes_at <= now)
        .order_by(polls.c.closes_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [_poll(row) for row in rows]


def next_closing(connection: Connection, after: datetime) -> datetime | None:
    """When the first poll closes that does so after an instant."""
    soonest = sa.select(sa.func.min(polls.c.closes_at)).where(polls.c.closed_at.is_(None), polls.c.closes_at > after)
    return connection.execute(soonest).scalar_one_or_none()


def open_with(connection: Connection, person: int, now: datetime) -> list[Poll]:
    """Open polls that a person asked or voted in, newest first, at most ten."""
    mine = sa.select(ballots.c.poll_id).where(ballots.c.person_id == person)
    rows = connection.execute(
        sa.select(polls)
        .where(polls.c.closed_at.is_(None), sa.or_(polls.c.closes_at.is_(None), polls.c.closes_at > now))
        .where(sa.or_(polls.c.author_id == person, polls.c.id.in_(mine)))
        .order_by(polls.c.id.desc())
        .limit(10)
    )
    return [_poll(row) for row in rows]


def unanswered(connection: Connection, places: Sequence[int], person: int, now: datetime) -> list[Poll]:
    """Open polls in some places that a person neither asked nor voted in, newest first, at most three."""
    mine = sa.select(ballots.c.poll_id).where(ballots.c.person_id == person)
    rows = connection.execute(
        sa.select(polls)
        .where(polls.c.closed_at.is_(None), sa.or_(polls.c.closes_at.is_(None), polls.c.closes_at > now))
        .where(polls.c.place_id.in_(places), polls.c.author_id != person, polls.c.id.not_in(mine))
        .order_by(polls.c.id.desc())
        .limit(3)
    )
    return [_poll(row) for row in rows]


def counts_of(connection: Connection, person: int) -> tuple[int, int]:
    """How many polls a person asked, and in how many they voted."""
    asked = sa.select(sa.func.count()).where(polls.c.author_id == person)
    voted = sa.select(sa.func.count()).where(ballots.c.person_id == person)
    return connection.execute(asked).scalar_one(), connection.execute(voted).scalar_one()


def forget(connection: Connection, person: int) -> None:
    """Erase a person's ballots. Questions they asked belong to the channel and stay."""
    connection.execute(ballots.delete().where(ballots.c.person_id == person))


def subjects_of(connection: Connection, person: int) -> Sequence[int]:
    """The polls a person voted in."""
    return connection.execute(sa.select(ballots.c.poll_id).where(ballots.c.person_id == person)).scalars().all()


def _choices(written: str | None) -> Choices:
    return frozenset(map(int, written.split(","))) if written else frozenset()


def _poll(row: Sequence[Any]) -> Poll:
    """A poll from the columns of `polls`."""
    number, workspace, author, place, question, options, many, confidential, _, closes_at, closed_at = row
    return Poll(
        id=number,
        workspace=workspace,
        author=author,
        place=place,
        question=question,
        options=tuple(json.loads(options)),
        many=many,
        confidential=confidential,
        closes_at=closes_at,
        closed_at=closed_at,
    )
