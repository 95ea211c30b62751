"""Series of polls as they are kept."""

import json
from datetime import date
from typing import Any

import sqlalchemy as sa

from bot.core.cadence.recurrence import Recurrence
from bot.core.database import Connection
from bot.polls.model.poll import Poll
from bot.polls.model.series import Series
from bot.polls.store.asking import COLUMNS, poll_of
from bot.polls.store.tables import polls
from bot.polls.store.tables import series as table


def begin(connection: Connection, poll: Poll, recurrence: Recurrence, zone: str) -> Series:
    """Start a series."""
    row = connection.execute(
        table.insert()
        .values(workspace_id=poll.workspace, author_id=poll.author, recurrence=recurrence.written(), zone=zone)
        .returning(table)
    ).one()
    return _series(row)


def find(connection: Connection, series: int) -> Series | None:
    """A series by its number, kept from other changes until this transaction ends."""
    row = connection.execute(sa.select(table).where(table.c.id == series).with_for_update(key_share=True)).one_or_none()
    return _series(row) if row else None


def change(connection: Connection, changed: Series) -> Series:
    """Write a series as it is now."""
    values = {
        "author_id": changed.author,
        "recurrence": changed.recurrence.written(),
        "zone": changed.zone,
        "skipped": json.dumps(sorted(day.isoformat() for day in changed.skipped)),
        "paused": changed.paused,
        "ended_at": changed.ended_at,
    }
    connection.execute(table.update().where(table.c.id == changed.id).values(values))
    return changed


def coming(connection: Connection, series: int) -> Poll | None:
    """The poll of a series that is scheduled next."""
    waiting = sa.and_(polls.c.series_id == series, polls.c.opened_at.is_(None))
    row = connection.execute(sa.select(*COLUMNS).where(waiting).order_by(polls.c.id.desc()).limit(1)).one_or_none()
    return poll_of(row) if row else None


def _series(row: Any) -> Series:  # noqa: ANN401 -- a row of the table
    number, workspace, author, recurrence, zone, skipped, paused, ended_at = row
    return Series(
        id=number,
        workspace=workspace,
        author=author,
        recurrence=Recurrence.of(recurrence),
        zone=zone,
        skipped=frozenset(map(date.fromisoformat, json.loads(skipped))),
        paused=paused,
        ended_at=ended_at,
    )
