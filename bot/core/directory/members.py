"""Who is in a place: the rosters of channels, group chats and named groups, kept for as long as somebody asks for them.

Everybody in the organisation needs no roster: that is all its active people.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bot.core.database import Connection, Id, Instant, Prepared, insert, metadata, one_of
from bot.core.directory.tables import ABSENT, accounts, people, places, workspaces
from bot.core.places import Place, PlaceKind

EVERY: Final = timedelta(hours=1)
"""How often a roster that is wanted is learnt again."""

SOON: Final = timedelta(minutes=1)
"""How long after a refusal the platform is asked again; twice as long after each that follows, up to `EVERY`."""

LEASE: Final = timedelta(minutes=30)
"""How long a roster may take to be learnt before another process begins again."""

table = sa.Table(
    "members",
    metadata,
    sa.Column("place_id", Id, sa.ForeignKey("places.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True, index=True),
)
"""Whoever the platform lists: also bots, and people whose accounts are closed. `present` leaves them out."""

rosters = sa.Table(
    "rosters",
    metadata,
    sa.Column("place_id", Id, sa.ForeignKey("places.id"), primary_key=True),
    sa.Column("wanted_until", Instant, nullable=False),
    sa.Column("ask_at", Instant, index=True),
    sa.Column("learnt_at", Instant),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("refused", sa.Text, nullable=False, server_default=""),
)
"""`ask_at` is when the platform is to be asked (again), NULL means now. `learnt_at` is when the whole roster was last
known, NULL means never. `failures` in a row, and the platform's reason for the last (`refused`), are gone with the next
success."""

_PRESENT: Final = sa.select(table.c.person_id).join(people, people.c.id == table.c.person_id)
_ACCOUNTS: Final = Prepared(
    lambda connection: sa.select(accounts.c.person_id).where(
        accounts.c.workspace_id == sa.bindparam("workspace"), one_of(connection, accounts.c.key, "keys", sa.Text)
    )
)
_ENTER: Final = Prepared(
    lambda connection: (
        insert(connection, table)
        .values(place_id=sa.bindparam("place"), person_id=sa.bindparam("person"))
        .on_conflict_do_nothing()
    )
)


@dataclass(frozen=True, slots=True)
class Roster:
    """A roster whose turn it is: to be learnt if it is `wanted`, else to be dropped."""

    place: int
    wanted: bool


def want(connection: Connection, places: Iterable[int], until: datetime) -> None:
    """Have the members of places learnt within seconds, and kept fresh until an instant; after it they are dropped.

    Whoever wants them longest is heard.
    """
    rows = [{"place_id": place, "wanted_until": until} for place in sorted(set(places))]
    if not rows:
        return
    wanted = insert(connection, rosters).values(rows)
    longer = rosters.c.wanted_until < wanted.excluded.wanted_until
    connection.execute(
        wanted.on_conflict_do_update(
            index_elements=["place_id"], set_={"wanted_until": wanted.excluded.wanted_until}, where=longer
        )
    )


def known(connection: Connection, places: Iterable[int]) -> bool:
    """Whether the members of all these places are known, as of an hour ago or less while the platform answers."""
    asked = set(places)
    mine = sa.and_(rosters.c.place_id.in_(asked), rosters.c.learnt_at.is_not(None))
    return connection.execute(sa.select(sa.func.count()).where(mine)).scalar_one() == len(asked)


def refusals(connection: Connection, places: Iterable[int]) -> dict[int, str]:
    """The platform's reason by place, where it did not tell the members when it was last asked."""
    mine = sa.and_(rosters.c.place_id.in_(set(places)), rosters.c.failures > 0)
    return {row.place_id: row.refused for row in connection.execute(sa.select(rosters).where(mine))}


def present(places: Iterable[int]) -> sa.Select[int]:
    """Select the `person_id` of each active human who is in at least one of these places, once."""
    chosen = set(places)
    found = _PRESENT.where(table.c.place_id.in_(chosen), people.c.active, ~people.c.bot)
    return found.distinct() if len(chosen) > 1 else found


def of(connection: Connection, places: Iterable[int]) -> list[int]:
    """The active humans who are in at least one of these places, by our own ids, in their order."""
    return sorted(connection.execute(present(places)).scalars())


def count(connection: Connection, places: Iterable[int]) -> int:
    """How many active humans are in at least one of these places."""
    chosen = set(places)
    number = sa.func.count(sa.distinct(table.c.person_id)) if len(chosen) > 1 else sa.func.count()
    here = table.c.place_id.in_(chosen)
    listed = sa.select(number).select_from(table).where(here)
    # Bots and closed accounts are few, and an index has them: to take them off is ten times as fast as to look
    # everybody up.
    member = sa.select(table.c.person_id).where(table.c.person_id == people.c.id, here)
    absent = sa.select(sa.func.count()).select_from(people).where(ABSENT, member.exists())
    there: int = connection.execute(sa.select(listed.scalar_subquery() - absent.scalar_subquery())).scalar_one()
    return there


def places_with(connection: Connection, person: int) -> list[Place]:
    """The places on whose rosters somebody is at present, by name."""
    mine = sa.select(places).join(table, table.c.place_id == places.c.id).where(table.c.person_id == person)
    rows = connection.execute(mine.order_by(places.c.name, places.c.id))
    return [Place(row.id, row.workspace_id, row.key, PlaceKind(row.kind), row.name) for row in rows]


def forget(connection: Connection, person: int) -> None:
    """Take somebody off every roster; the next list of the platform may bring them back."""
    connection.execute(table.delete().where(table.c.person_id == person))


def come(connection: Connection, place: int, person: int) -> None:
    """Somebody came into a place; it matters only where its members are wanted."""
    wanted = sa.select(rosters.c.place_id, sa.literal(person, Id)).where(rosters.c.place_id == place)
    entered = insert(connection, table).from_select(["place_id", "person_id"], wanted).on_conflict_do_nothing()
    connection.execute(entered)


def leave(connection: Connection, place: int, people: Sequence[int]) -> None:
    """Some left a place."""
    gone = sa.and_(table.c.place_id == place, one_of(connection, table.c.person_id, "people"))
    connection.execute(table.delete().where(gone), {"people": list(people)})


def waiting(platforms: Iterable[str], now: datetime) -> sa.Select[int]:
    """Select the rosters (`place_id`) to be learnt or dropped now, those first that were never learnt."""
    due = sa.or_(rosters.c.ask_at.is_(None), rosters.c.ask_at <= now)
    reachable = sa.and_(workspaces.c.active, workspaces.c.platform.in_(platforms))
    return (
        sa.select(rosters.c.place_id)
        .join(places, places.c.id == rosters.c.place_id)
        .join(workspaces, workspaces.c.id == places.c.workspace_id)
        .where(sa.or_(rosters.c.wanted_until <= now, sa.and_(due, reachable)))
        .order_by(rosters.c.ask_at.is_not(None), rosters.c.ask_at)
    )


def take(connection: Connection, platforms: Iterable[str], now: datetime) -> Roster | None:
    """One roster whose turn it is, for this process alone until it has had time for it; None if there is no more."""
    one = waiting(platforms, now).limit(1).with_for_update(skip_locked=True, of=rosters).scalar_subquery()
    taken = rosters.update().where(rosters.c.place_id == one).values(ask_at=now + LEASE)
    row = connection.execute(taken.returning(rosters.c.place_id, rosters.c.wanted_until)).one_or_none()
    return Roster(row.place_id, row.wanted_until > now) if row else None


def listed(connection: Connection, place: int) -> set[int]:
    """Everybody on a place's roster, whoever they are."""
    return set(connection.execute(sa.select(table.c.person_id).where(table.c.place_id == place)).scalars())


def enter(connection: Connection, place: Place, keys: Sequence[str], before: Collection[int]) -> set[int]:
    """Put accounts of a place on its roster, but for those who were there `before`; the people behind all of them.

    Accounts that the directory does not know are left out: it learns everybody first.
    """
    found = {person for (person,) in _ACCOUNTS.rows(connection, workspace=place.workspace, keys=list(keys))}
    _ENTER.many(connection, [{"place": place.id, "person": person} for person in sorted(found.difference(before))])
    return found


def learnt(connection: Connection, place: int, now: datetime) -> None:
    """A place's roster is complete."""
    fresh = {"learnt_at": now, "ask_at": now + EVERY, "failures": 0, "refused": ""}
    connection.execute(rosters.update().where(rosters.c.place_id == place).values(fresh))


def refuse(connection: Connection, place: int, reason: str, now: datetime, pause: float = 0) -> None:
    """The platform did not tell who is in a place; it is asked again later, in `pause` seconds at the earliest."""
    mine = rosters.c.place_id == place
    failures = connection.execute(sa.select(rosters.c.failures).where(mine)).scalar_one_or_none() or 0
    wait = max(min(SOON * 2 ** min(failures, 10), EVERY), timedelta(seconds=pause))
    told = {"ask_at": now + wait, "failures": failures + 1, "refused": reason}
    connection.execute(rosters.update().where(mine).values(told))


def lapse(connection: Connection, place: int, now: datetime) -> bool:
    """A roster that nobody wants any more is not known any more; False if somebody wants it again."""
    mine = sa.and_(rosters.c.place_id == place, rosters.c.wanted_until <= now)
    return bool(connection.execute(rosters.update().where(mine).values(learnt_at=None, ask_at=None)).rowcount)


def drop(connection: Connection, place: int, now: datetime) -> None:
    """Forget the rest of a roster that nobody wants any more."""
    mine = sa.and_(rosters.c.place_id == place, rosters.c.wanted_until <= now)
    if connection.execute(rosters.delete().where(mine)).rowcount:
        connection.execute(table.delete().where(table.c.place_id == place))
