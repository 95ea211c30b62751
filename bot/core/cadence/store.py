"""The table of what is due next. Features add and drop rows; the planner turns due rows into outbox rows."""

import json
from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfoNotFoundError

import sqlalchemy as sa

from bot.core.cadence.slots import Weekly, next_slot
from bot.core.database import Connection, Id, Instant, insert, metadata

cadences = sa.Table(
    "cadences",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), nullable=False),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), index=True),
    sa.Column("place_id", Id, sa.ForeignKey("places.id")),
    sa.Column("drawing", sa.Text, nullable=False),
    sa.Column("arguments", sa.Text, nullable=False, server_default="{}"),
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("weekday", sa.SmallInteger, nullable=False),
    sa.Column("minute", sa.SmallInteger, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("patience", sa.Integer, nullable=False),
    sa.Column("next_due_at", Instant, nullable=False, index=True),
    sa.UniqueConstraint("name"),
)
"""One row a repeated message. `name` is the campaign's key for one recipient (`rhythm:12:0`); with the slot it makes
the outbox key. `patience` is how many seconds after its slot a message is still worth sending."""


def every_week(  # noqa: PLR0913 -- one row has that many facts
    connection: Connection,
    *,
    name: str,
    drawing: str,
    lane: str,
    slot: Weekly,
    zone: str,
    now: datetime,
    workspace: int,
    person: int | None = None,
    place: int | None = None,
    arguments: Mapping[str, str] | None = None,
    patience: int = 6 * 3600,
) -> datetime:
    """Repeat a message every week at a local time, from the first slot after `now`; replaces what `name` had before."""
    due = next_slot(slot, zone, now)
    row = {
        "name": name,
        "drawing": drawing,
        "lane": lane,
        "weekday": slot.weekday,
        "minute": slot.at.hour * 60 + slot.at.minute,
        "zone": zone,
        "workspace_id": workspace,
        "person_id": person,
        "place_id": place,
        "arguments": json.dumps(dict(arguments or {})),
        "patience": patience,
        "next_due_at": due,
    }
    connection.execute(
        insert(connection, cadences).values(row).on_conflict_do_update(index_elements=["name"], set_=row)
    )
    return due


def drop(connection: Connection, name: str) -> None:
    """End a repetition."""
    connection.execute(cadences.delete().where(cadences.c.name == name))


def postpone(connection: Connection, name: str, until: datetime) -> None:
    """Skip every slot of a repetition before `until`."""
    row = connection.execute(sa.select(cadences).where(cadences.c.name == name)).one_or_none()
    if row is not None:
        due = next_slot(Weekly(row.weekday, at_minute(row.minute)), row.zone, until)
        connection.execute(cadences.update().where(cadences.c.id == row.id).values(next_due_at=due))


def upcoming(connection: Connection, person: int) -> dict[str, datetime]:
    """When each of a person's repetitions comes next, by name."""
    rows = connection.execute(sa.select(cadences.c.name, cadences.c.next_due_at).where(cadences.c.person_id == person))
    return {row.name: row.next_due_at for row in rows}


def set_patience(connection: Connection, seconds: Mapping[str, int]) -> None:
    """Set how long after its slot each named repetition is still worth sending."""
    if seconds:
        connection.execute(
            cadences.update().where(cadences.c.name == sa.bindparam("mine")).values(patience=sa.bindparam("wait")),
            [{"mine": name, "wait": wait} for name, wait in seconds.items()],
        )


def move_zone(connection: Connection, person: int, zone: str, now: datetime) -> None:
    """A person lives in another zone now: every slot of theirs keeps its local time."""
    for row in connection.execute(sa.select(cadences).where(cadences.c.person_id == person, cadences.c.zone != zone)):
        due = next_slot(Weekly(row.weekday, at_minute(row.minute)), zone, now)
        connection.execute(cadences.update().where(cadences.c.id == row.id).values(zone=zone, next_due_at=due))


def at_minute(minute: int) -> time:
    """A minute of the day (0 to 1,439) as a time."""
    return time(minute // 60, minute % 60)


def skip_due(connection: Connection, now: datetime) -> int:
    """Move every repetition that is due past `now` without sending anything; how many."""
    kinds = (cadences.c.weekday, cadences.c.minute, cadences.c.zone)
    due = connection.execute(sa.select(cadences.c.id, *kinds).where(cadences.c.next_due_at <= now)).all()
    following = {kind: _following(*kind, now) for kind in {(weekday, minute, zone) for _, weekday, minute, zone in due}}
    if due:
        connection.execute(
            cadences.update().where(cadences.c.id == sa.bindparam("mine")).values(next_due_at=sa.bindparam("then")),
            [{"mine": row.id, "then": following[row.weekday, row.minute, row.zone]} for row in due],
        )
    return len(due)


def _following(weekday: int, minute: int, zone: str, now: datetime) -> datetime:
    """The next slot; in UTC where nobody knows the zone (any more), as in the planner."""
    slot = Weekly(weekday, at_minute(minute))
    try:
        return next_slot(slot, zone, now)
    except (ZoneInfoNotFoundError, ValueError):
        return next_slot(slot, "UTC", now)
