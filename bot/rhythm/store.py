"""Tables and queries of rhythm: plans, what people made of their nudges, and how often they posted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from bot.core.cadence.slots import Weekly
from bot.core.cadence.store import at_minute
from bot.core.database import Connection, Id, Instant, insert, metadata
from bot.core.directory.store import people
from bot.rhythm.model import LEADER, Doing, Moment, Press

moments = sa.Table(
    "rhythm_moments",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("slot", sa.Text, primary_key=True),
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), nullable=False, index=True),
    sa.Column("weekday", sa.SmallInteger, nullable=False),
    sa.Column("minute", sa.SmallInteger, nullable=False),
    sa.Column("doing", sa.Text, nullable=False),
    sa.Column("running", sa.Boolean, nullable=False),
    sqlite_with_rowid=False,
)
"""What somebody wants; cadences are made from it and can be made again. A leader's reminder is the slot `leader`."""

presses = sa.Table(
    "rhythm_presses",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("slot", sa.Text, primary_key=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("pressed_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
"""What became of the nudge of a slot on a local day: the last press counts."""

posts = sa.Table(
    "rhythm_posts",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True, index=True),
    sa.Column("place_id", Id, sa.ForeignKey("places.id"), primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How often somebody posted somewhere on a local day; never what. Kept for `model.KEPT`."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A moment as it is stored."""

    slot: str
    workspace: int
    at: Weekly
    doing: Doing | None
    running: bool

    @property
    def moment(self) -> Moment:
        """The moment of a plan; a leader's reminder is a post."""
        return Moment(self.at, self.doing or Doing.POST)


def kept(connection: Connection, person: int) -> list[Kept]:
    """Everything a person's rhythm holds, running or not, in the order of the form."""
    rows = connection.execute(sa.select(moments).where(moments.c.person_id == person).order_by(moments.c.slot))
    return [
        Kept(
            slot=row.slot,
            workspace=row.workspace_id,
            at=Weekly(row.weekday, at_minute(row.minute)),
            doing=Doing(row.doing) if row.doing else None,
            running=row.running,
        )
        for row in rows
    ]


def keep_plan(connection: Connection, person: int, workspace: int, plan: Sequence[Moment]) -> None:
    """Store a plan over the one there was."""
    connection.execute(moments.delete().where(moments.c.person_id == person, moments.c.slot != LEADER))
    for slot, moment in enumerate(plan):
        _keep(connection, person, workspace, str(slot), moment.at, moment.doing.value)


def keep_reminder(connection: Connection, person: int, workspace: int, at: Weekly) -> None:
    """Store when a leader is reminded."""
    connection.execute(moments.delete().where(moments.c.person_id == person, moments.c.slot == LEADER))
    _keep(connection, person, workspace, LEADER, at, "")


def drop_reminder(connection: Connection, person: int) -> None:
    """A leader is no leader any more."""
    connection.execute(moments.delete().where(moments.c.person_id == person, moments.c.slot == LEADER))


def halt(connection: Connection, person: int, slots: Collection[str]) -> None:
    """Keep moments for later, without running them."""
    mine = sa.and_(moments.c.person_id == person, moments.c.slot.in_(slots))
    connection.execute(moments.update().where(mine).values(running=False))


def press(connection: Connection, person: int, day: date, slot: str, what: Press, now: datetime) -> None:
    """Note what somebody made of a nudge."""
    row = {"person_id": person, "day": day, "slot": slot, "what": what.value, "pressed_at": now}
    connection.execute(
        insert(connection, presses)
        .values(row)
        .on_conflict_do_update(
            index_elements=["person_id", "day", "slot"], set_={"what": what.value, "pressed_at": now}
        )
    )


def pressed(connection: Connection, person: int, what: Press) -> list[date]:
    """The days on which somebody pressed that on a nudge of their plan."""
    rows = connection.execute(
        sa.select(presses.c.day).where(
            presses.c.person_id == person, presses.c.what == what.value, presses.c.slot != LEADER
        )
    )
    return list(rows.scalars())


def count_post(connection: Connection, person: int, place: int, day: date) -> None:
    """Count one post."""
    row = {"person_id": person, "place_id": place, "day": day, "times": 1}
    connection.execute(
        insert(connection, posts)
        .values(row)
        .on_conflict_do_update(index_elements=["person_id", "day", "place_id"], set_={"times": posts.c.times + 1})
    )


def has_posted(connection: Connection, person: int, since: date, places: Collection[int]) -> bool:
    """Whether somebody has posted from a day on, in one of `places` (anywhere if there are none)."""
    query = sa.select(posts.c.day).where(posts.c.person_id == person, posts.c.day >= since)
    if places:
        query = query.where(posts.c.place_id.in_(places))
    return connection.execute(query.limit(1)).first() is not None


def sweep_posts(connection: Connection, before: date, most: int) -> int:
    """Erase the counts of days long gone, at most so many; returns how many."""
    old = sa.select(posts.c.person_id, posts.c.day, posts.c.place_id).where(posts.c.day < before).limit(most)
    mine = sa.tuple_(posts.c.person_id, posts.c.day, posts.c.place_id)
    return connection.execute(posts.delete().where(mine.in_(old))).rowcount


def counts_of(connection: Connection, person: int) -> tuple[int, int]:
    """How many presses, and on how many days posts, are stored of a person."""
    answered = sa.select(sa.func.count()).where(presses.c.person_id == person)
    days = sa.select(sa.func.count(posts.c.day.distinct())).where(posts.c.person_id == person)
    return connection.execute(answered).scalar_one(), connection.execute(days).scalar_one()


def forget(connection: Connection, person: int) -> None:
    """Erase everything about a person."""
    for table in (moments, presses, posts):
        connection.execute(table.delete().where(table.c.person_id == person))


def running_in(connection: Connection, workspace: int) -> Mapping[tuple[int, str], tuple[Weekly, str]]:
    """Every running moment of a workspace with its zone, by person and slot."""
    rows = connection.execute(
        sa.select(moments.c.person_id, moments.c.slot, moments.c.weekday, moments.c.minute, people.c.zone)
        .join(people, people.c.id == moments.c.person_id)
        .where(moments.c.workspace_id == workspace, moments.c.running)
    )
    return {(row.person_id, row.slot): (Weekly(row.weekday, at_minute(row.minute)), row.zone) for row in rows}


def _keep(connection: Connection, person: int, workspace: int, slot: str, at: Weekly, doing: str) -> None:
    connection.execute(
        moments.insert().values(
            person_id=person,
            slot=slot,
            workspace_id=workspace,
            weekday=at.weekday,
            minute=at.at.hour * 60 + at.at.minute,
            doing=doing,
            running=True,
        )
    )
