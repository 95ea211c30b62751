"""Due cadences become outbox rows, in batches; a pause of any length becomes one message for the newest slot."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfoNotFoundError

import sqlalchemy as sa
import structlog

from bot.core.cadence.slots import Weekly, last_slot, next_slot
from bot.core.cadence.store import at_minute, cadences
from bot.core.database import Connection, Database, Instant, insert, one_of
from bot.core.feature import Feature, Tick
from bot.core.outbox import outbox
from scheduler.failures import where
from scheduler.notices import Checkpoint, Happening, Hook, Notice, onward, unheard

BATCH: Final = 1000
MOST_ROUNDS: Final = 1000
"""A feature's tick that never says 0 is asked so many times and not more."""

log = structlog.get_logger()

_Row = sa.Row[*tuple[Any, ...]]
_DUE = (
    sa.select(
        cadences.c.id,
        cadences.c.name,
        cadences.c.workspace_id,
        cadences.c.person_id,
        cadences.c.place_id,
        cadences.c.drawing,
        cadences.c.lane,
        cadences.c.weekday,
        cadences.c.minute,
        cadences.c.zone,
        cadences.c.patience,
        cadences.c.next_due_at,
    )
    .where(cadences.c.next_due_at <= sa.bindparam("until", type_=Instant))
    .order_by(cadences.c.next_due_at)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)
_TO = sa.case(
    (cadences.c.person_id.is_(None), sa.literal("place:").concat(sa.cast(cadences.c.place_id, sa.Text))),
    else_=sa.literal("person:").concat(sa.cast(cadences.c.person_id, sa.Text)),
)
_COLUMNS: Mapping[str, sa.ColumnElement[Any]] = {
    "key": cadences.c.name.concat(sa.bindparam("stamp", type_=sa.Text)),
    "lane": cadences.c.lane,
    "workspace_id": cadences.c.workspace_id,
    "person_id": cadences.c.person_id,
    "place_id": cadences.c.place_id,
    "destination": _TO,
    "campaign": cadences.c.drawing,
    "drawing": cadences.c.drawing,
    "arguments": cadences.c.arguments,
    "due_at": sa.bindparam("slot", type_=Instant),
    "try_at": sa.bindparam("slot", type_=Instant),
    "planned_at": sa.bindparam("now", type_=Instant),
    "expires_at": sa.bindparam("expires", type_=Instant),
}


class Planner:
    """Plans what is due. Any number of replicas may plan at once."""

    def __init__(
        self,
        database: Database,
        features: Iterable[Feature] = (),
        tell: Hook = unheard,
        checkpoint: Checkpoint = onward,
    ) -> None:
        self._database = database
        features = list(features)
        self._ticks = {f"{each.name}.{name}": tick for each in features for name, tick in each.ticks.items()}
        self._upkeep = {f"{each.name}.{name}": tick for each in features for name, tick in each.upkeep.items()}
        self._tell = tell
        self._checkpoint = checkpoint

    async def run(self, now: datetime, ahead: timedelta = timedelta(0)) -> int:
        """Plan everything due until `ahead` from now and run every feature's ticks; how many rows that took."""
        planned = 0
        while batch := await self._database.run(
            lambda connection: plan(connection, now, self._checkpoint, ahead=ahead)
        ):
            planned += len(batch)
            for notice in batch:
                self._tell(notice)
        for name, tick in self._ticks.items():
            planned += await self._tick(name, tick, now)
        return planned

    async def keep_up(self, now: datetime) -> int:
        """Run every feature's upkeep; how many rows that took."""
        return sum([await self._tick(name, tick, now) for name, tick in self._upkeep.items()])

    async def _tick(self, name: str, tick: Tick, now: datetime) -> int:
        took = 0
        try:
            for _ in range(MOST_ROUNDS):
                count = await self._database.run(lambda connection: tick(connection, now))
                took += count
                if not count:
                    break
        except Exception as error:  # noqa: BLE001 -- one feature's fault must not stop the others' time
            log.error("tick_broke", tick=name, error=type(error).__name__, where=where(error))  # noqa: TRY400 -- an error's own words may hold what people wrote
        return took


def plan(
    connection: Connection,
    now: datetime,
    checkpoint: Checkpoint = onward,
    most: int = BATCH,
    *,
    ahead: timedelta = timedelta(0),
) -> list[Notice]:
    """Turn one batch of what is due, or soon will be, into outbox rows and move it on; an empty list is the end."""
    until = now + ahead
    rows = connection.execute(_DUE, {"until": until, "most": most}).all()
    notices: list[Notice] = []
    for (slot, following, patience), mine in _grouped(rows, until).items():
        ids, stamp = [row.id for row in mine], f":{slot.isoformat()}"
        expires = slot + timedelta(seconds=patience)
        facts = {"ids": ids, "stamp": stamp, "slot": slot, "expires": expires, "now": now}
        connection.execute(_into_outbox(connection), facts)
        checkpoint("while planning")
        connection.execute(_move(connection), {"ids": ids, "following": following})
        notices += [_notice(row, slot, stamp, now) for row in mine]
    return notices


def _grouped(rows: Sequence[_Row], until: datetime) -> dict[tuple[datetime, datetime, int], list[_Row]]:
    """The rows that share their newest slot, the one that follows, and their patience."""
    moments = {
        (weekday, minute, zone): _moments(Weekly(weekday, at_minute(minute)), zone, until)
        for weekday, minute, zone in {(row.weekday, row.minute, row.zone) for row in rows}
    }
    groups = defaultdict(list)
    for row in rows:
        newest, following = moments[row.weekday, row.minute, row.zone]
        groups[max(newest, row.next_due_at), following, row.patience].append(row)
    return groups


def _moments(slot: Weekly, zone: str, now: datetime) -> tuple[datetime, datetime]:
    """The newest slot and the one that follows. A zone that nobody knows (any more) must not stop everybody's time."""
    try:
        return last_slot(slot, zone, now), next_slot(slot, zone, now)
    except (ZoneInfoNotFoundError, ValueError):
        log.error("zone_unknown", zone=zone)  # noqa: TRY400 -- where it happened says nothing
        return last_slot(slot, "UTC", now), next_slot(slot, "UTC", now)


def _into_outbox(connection: Connection) -> sa.Executable:
    chosen = sa.select(*_COLUMNS.values()).where(one_of(connection, cadences.c.id, "ids"))
    statement: sa.Executable = insert(connection, outbox).from_select(list(_COLUMNS), chosen).on_conflict_do_nothing()
    return statement


def _move(connection: Connection) -> sa.Executable:
    return (
        cadences.update()
        .where(one_of(connection, cadences.c.id, "ids"))
        .values(next_due_at=sa.bindparam("following", type_=Instant))
    )


def _notice(row: _Row, slot: datetime, stamp: str, now: datetime) -> Notice:
    return Notice(
        happening=Happening.PLANNED,
        at=now,
        workspace=row.workspace_id,
        person=row.person_id,
        place=row.place_id,
        key=row.name + stamp,
        drawing=row.drawing,
        lane=row.lane,
        until=slot,
    )
