"""Tables and queries of praise."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.cadence.store import cadences
from bot.core.database import Connection, Id, Instant, metadata
from bot.core.directory.store import people
from bot.praise.model import Draft, Praise

praises = sa.Table(
    "praises",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), nullable=False),
    sa.Column("giver_id", Id, sa.ForeignKey("people.id")),
    sa.Column("place_id", Id, sa.ForeignKey("places.id"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("tags", sa.Text, nullable=False),
    sa.Column("given_at", Instant, nullable=False),
    sa.Index("ix_praises_place", "place_id", "given_at"),
    sa.Index("ix_praises_giver", "giver_id", "given_at"),
)
"""`tags` are the values, with spaces between; `giver_id` is null once the giver asked to be forgotten."""

praised = sa.Table(
    "praised",
    metadata,
    sa.Column("praise_id", Id, sa.ForeignKey("praises.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True, index=True),
    sa.Column("position", sa.SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Who was praised, in the order of their mention."""


def give(connection: Connection, draft: Draft, workspace: int, giver: int, place: int, now: datetime) -> Praise:
    """Store praise."""
    row = connection.execute(
        praises.insert()
        .values(
            workspace_id=workspace,
            giver_id=giver,
            place_id=place,
            reason=draft.reason,
            tags=" ".join(draft.values),
            given_at=now,
        )
        .returning(praises)
    ).one()
    connection.execute(
        praised.insert(),
        [{"praise_id": row.id, "person_id": who, "position": at} for at, who in enumerate(draft.people)],
    )
    return _praise(row, draft.people)


def find(connection: Connection, praise: int) -> Praise | None:
    """Praise by its number."""
    return next(iter(_load(connection, sa.select(praises.c.id).where(praises.c.id == praise))), None)


def given_since(connection: Connection, giver: int, since: datetime) -> list[Praise]:
    """What somebody praised others for lately."""
    return _load(connection, sa.select(praises.c.id).where(praises.c.giver_id == giver, praises.c.given_at > since))


def received(connection: Connection, person: int, most: int) -> list[Praise]:
    """The newest praise somebody received."""
    return _load(
        connection,
        sa.select(praises.c.id)
        .join(praised, praised.c.praise_id == praises.c.id)
        .where(praised.c.person_id == person)
        .order_by(praises.c.given_at.desc(), praises.c.id.desc())
        .limit(most),
    )


def between(connection: Connection, place: int, begin: datetime, end: datetime) -> list[Praise]:
    """The praise posted in a place after `begin` and not after `end`."""
    return _load(
        connection,
        sa.select(praises.c.id).where(
            praises.c.place_id == place, praises.c.given_at > begin, praises.c.given_at <= end
        ),
    )


def names_between(connection: Connection, place: int, begin: datetime, end: datetime) -> dict[int, str]:
    """The names of those praised in `between`, by id."""
    rows = connection.execute(
        sa.select(people.c.id, people.c.name)
        .distinct()
        .join(praised, praised.c.person_id == people.c.id)
        .join(praises, praises.c.id == praised.c.praise_id)
        .where(praises.c.place_id == place, praises.c.given_at > begin, praises.c.given_at <= end)
    )
    return {row.id: row.name for row in rows}


def counts_of(connection: Connection, person: int) -> tuple[int, int]:
    """How often a person was praised, and how often they praised."""
    got = sa.select(sa.func.count()).select_from(praised).where(praised.c.person_id == person)
    gave = sa.select(sa.func.count()).select_from(praises).where(praises.c.giver_id == person)
    return connection.execute(got).scalar_one(), connection.execute(gave).scalar_one()


def forget(connection: Connection, person: int) -> tuple[Sequence[int], Sequence[int]]:
    """Take a person out of all praise; praise for nobody else goes. Returns what is changed and what is gone."""
    mine = sa.select(praised.c.praise_id).where(praised.c.person_id == person)
    touched = sa.select(praises.c.id).where(sa.or_(praises.c.giver_id == person, praises.c.id.in_(mine)))
    # Of two people praised together who are forgotten at once, the second finds that nobody is left.
    changed = connection.execute(touched.order_by(praises.c.id).with_for_update(key_share=True)).scalars().all()
    connection.execute(praised.delete().where(praised.c.person_id == person))
    connection.execute(praises.update().where(praises.c.giver_id == person).values(giver_id=None))
    left = sa.select(praised.c.praise_id)
    gone = connection.execute(
        praises.delete().where(praises.c.id.in_(changed), praises.c.id.not_in(left)).returning(praises.c.id)
    )
    return changed, gone.scalars().all()


def digest(connection: Connection, name: str) -> tuple[int, str] | None:
    """The place and the zone of a planned digest."""
    row = connection.execute(
        sa.select(cadences.c.place_id, cadences.c.zone).where(cadences.c.name == name)
    ).one_or_none()
    return (row.place_id, row.zone) if row else None


def _load(connection: Connection, chosen: sa.Select[tuple[int]]) -> list[Praise]:
    """The chosen praise with its people, newest first."""
    rows = connection.execute(
        sa.select(praises).where(praises.c.id.in_(chosen)).order_by(praises.c.given_at.desc(), praises.c.id.desc())
    ).all()
    named: dict[int, list[int]] = defaultdict(list)
    for row in connection.execute(
        sa.select(praised.c.praise_id, praised.c.person_id)
        .where(praised.c.praise_id.in_(chosen))
        .order_by(praised.c.praise_id, praised.c.position)
    ):
        named[row.praise_id].append(row.person_id)
    return [_praise(row, named[row.id]) for row in rows]


def _praise(row: Any, who: Iterable[int]) -> Praise:  # noqa: ANN401 -- SQLAlchemy's Row has no static columns
    return Praise(
        id=row.id,
        workspace=row.workspace_id,
        giver=row.giver_id,
        place=row.place_id,
        people=tuple(who),
        reason=row.reason,
        values=tuple(row.tags.split()),
        given_at=row.given_at,
    )
