"""Tables and queries of introductions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.database import Connection, Id, Instant, insert, metadata
from bot.core.directory.store import accounts, people, workspaces
from bot.core.places import Workspace
from bot.intros.model import SETTLING, Introduction, Kept

headcounts = sa.Table(
    "headcounts",
    metadata,
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), primary_key=True),
    sa.Column("since", Instant, nullable=False),
    sa.Column("settled", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("newest", Id, nullable=False, server_default="0"),
)
"""Who was in a workspace before the bot: everybody up to the person `newest`, once the workspace has settled.

People are numbered in the order in which the directory meets them, so that one number stands for all of them."""

newcomers = sa.Table(
    "newcomers",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), nullable=False),
    sa.Column("joined_at", Instant),
    sa.Column("hushed_at", Instant),
)
"""Whom the bot has met as somebody new. The row stays for good, since nobody is welcomed twice."""

introductions = sa.Table(
    "introductions",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), nullable=False),
    sa.Column("place_id", Id, sa.ForeignKey("places.id")),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("loves", sa.Text, nullable=False),
    sa.Column("offers", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("written_at", Instant, nullable=False),
    sa.Column("edited_at", Instant, nullable=False),
    sa.Index("ix_introductions_written", "workspace_id", "written_at"),
)
"""One a person. `place_id` is where it was posted, null while no channel has been chosen."""


def arrive(connection: Connection, workspace: int, now: datetime) -> None:
    """The bot is (again) new in a workspace: until it has settled, whoever appears may have been there before."""
    row = {"workspace_id": workspace, "since": now, "settled": False}
    connection.execute(
        insert(connection, headcounts).values(row).on_conflict_do_update(index_elements=["workspace_id"], set_=row)
    )


def arrive_everywhere(connection: Connection, now: datetime) -> None:
    """`arrive` in every active workspace that the bot has not arrived in."""
    strange = sa.select(workspaces.c.id, sa.bindparam("now", type_=Instant)).where(
        workspaces.c.active, workspaces.c.id.not_in(sa.select(headcounts.c.workspace_id))
    )
    connection.execute(
        insert(connection, headcounts).from_select(["workspace_id", "since"], strange).on_conflict_do_nothing(),
        {"now": now},
    )


def settle(connection: Connection, now: datetime) -> int:
    """Count everybody who is known by now as having been there, where the bot has had time to meet them."""
    newest = sa.select(sa.func.coalesce(sa.func.max(people.c.id), 0)).scalar_subquery()
    done = connection.execute(
        headcounts.update()
        .where(~headcounts.c.settled, headcounts.c.since <= now - SETTLING)
        .values(settled=True, newest=newest)
    )
    return done.rowcount


def has_settled(connection: Connection, workspace: int) -> bool:
    """Whether whoever appears in a workspace now, and was not counted, is new there."""
    counted = connection.execute(sa.select(headcounts.c.settled).where(headcounts.c.workspace_id == workspace))
    return bool(counted.scalar_one_or_none())


def was_here(connection: Connection, workspace: Workspace, person: int) -> bool:
    """Whether a person was in the organisation before the bot."""
    newest = connection.execute(
        sa.select(sa.func.max(headcounts.c.newest))
        .join(workspaces, workspaces.c.id == headcounts.c.workspace_id)
        .where(workspaces.c.organisation_id == workspace.organisation)
    ).scalar_one()
    return newest is not None and person <= newest


def meet(connection: Connection, workspace: int, person: int, now: datetime) -> bool:
    """Remember somebody as new; False if the bot has met them before."""
    met = insert(connection, newcomers).values(person_id=person, workspace_id=workspace, joined_at=now)
    new = met.on_conflict_do_nothing().returning(newcomers.c.person_id)
    return connection.execute(new).first() is not None


def met_at(connection: Connection, person: int) -> datetime | None:
    """When somebody joined, as far as the bot saw it."""
    return connection.execute(sa.select(newcomers.c.joined_at).where(newcomers.c.person_id == person)).scalar()


def hush(connection: Connection, person: int, now: datetime) -> None:
    """Never mention a person's profile to them again."""
    connection.execute(newcomers.update().where(newcomers.c.person_id == person).values(hushed_at=now))


def is_hushed(connection: Connection, person: int) -> bool:
    """Whether somebody asked not to hear of their profile again."""
    hushed = connection.execute(sa.select(newcomers.c.hushed_at).where(newcomers.c.person_id == person))
    return hushed.scalar() is not None


def tells_titles(connection: Connection, workspace: int) -> bool:
    """Whether the platform tells anybody's title; where it does not, an empty one means nothing."""
    titled = (
        sa.select(people.c.id)
        .join(accounts, accounts.c.person_id == people.c.id)
        .where(accounts.c.workspace_id == workspace, people.c.title != "")
    )
    return connection.execute(titled.limit(1)).first() is not None


def write(connection: Connection, person: int, workspace: int, said: Introduction, now: datetime) -> None:
    """Store what somebody says of themselves over what they said before."""
    new = {**said.answers(), "edited_at": now}
    connection.execute(
        insert(connection, introductions)
        .values(person_id=person, workspace_id=workspace, written_at=now, **new)
        .on_conflict_do_update(index_elements=["person_id"], set_=new)
    )


def find(connection: Connection, person: int) -> Kept | None:
    """A person's introduction."""
    row = connection.execute(sa.select(introductions).where(introductions.c.person_id == person)).one_or_none()
    return _kept(row) if row else None


def waiting(connection: Connection, workspace: int) -> list[Kept]:
    """Introductions that wait for a channel, in the order in which they were written."""
    rows = connection.execute(
        sa.select(introductions)
        .where(introductions.c.workspace_id == workspace, introductions.c.place_id.is_(None))
        .order_by(introductions.c.written_at, introductions.c.person_id)
    )
    return list(map(_kept, rows))


def post(connection: Connection, person: int, workspace: int, place: int) -> None:
    """Remember where an introduction is posted."""
    where = {"workspace_id": workspace, "place_id": place}
    connection.execute(introductions.update().where(introductions.c.person_id == person).values(where))


def posted(connection: Connection, workspace: int, since: datetime, most: int) -> Sequence[Kept]:
    """The newest introductions that stand in a channel."""
    rows = connection.execute(
        sa.select(introductions)
        .where(
            introductions.c.workspace_id == workspace,
            introductions.c.written_at >= since,
            introductions.c.place_id.is_not(None),
        )
        .order_by(introductions.c.written_at.desc(), introductions.c.person_id)
        .limit(most)
    )
    return list(map(_kept, rows))


def forget(connection: Connection, person: int) -> None:
    """Erase what somebody said of themselves and when they joined."""
    connection.execute(introductions.delete().where(introductions.c.person_id == person))
    connection.execute(newcomers.update().where(newcomers.c.person_id == person).values(joined_at=None))


def _kept(row: Any) -> Kept:  # noqa: ANN401 -- SQLAlchemy's Row has no static columns
    return Kept(
        person=row.person_id,
        workspace=row.workspace_id,
        place=row.place_id,
        said=Introduction(row.role, row.loves, row.offers, row.question),
        written_at=row.written_at,
    )
