"""Workspaces full of people, and a message for each of them: one made by the product, the rest copies of it in SQL."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from bot import migrations
from bot.core import outbox
from bot.core.database import Connection, open_database
from bot.core.directory import store as directory
from bot.core.outbox import Lane
from bot.core.people import Profile
from bot.core.places import QuietHours, Workspace, WorkspaceSettings
from scheduler import SystemClock

DRAWING: Final = "bench.card"
PLATFORM: Final = "slack"
SETTINGS: Final = WorkspaceSettings(quiet=QuietHours(weekends=False))
NOON: Final = 12


@dataclass(frozen=True)
class Crowd:
    """So many workspaces with so many people each, and one message for every one of them.

    In the workspace T3, for example, live U3x0, U3x1 and so on. The messages are numbered turn by turn among the
    workspaces; the first is due `after` seconds from now, and each other `gap` seconds after the one before. It is noon
    where the people live, so nothing waits for the end of quiet hours. The first workspace has the number `first`;
    without a `drawing` there is no message to anybody.
    """

    workspaces: int
    people: int
    first: int = 0
    lane: Lane = Lane.NUDGE
    drawing: str = DRAWING
    after: float = -3600.0
    gap: float = 0.0

    def fill(self, url: str) -> None:
        """Make the tables in an empty database, and everybody and everything in them."""
        asyncio.run(self._fill(url))

    async def _fill(self, url: str) -> None:
        database = open_database(url)
        await database.run(migrations.upgrade)
        now = SystemClock().now()
        for number in range(self.first, self.first + self.workspaces):
            await database.run(lambda connection, number=number: self._populate(connection, number, now))  # type: ignore[misc]
        await database.close()
        tidy(url)

    def _populate(self, connection: Connection, number: int, now: datetime) -> None:
        workspace = directory.workspace(connection, PLATFORM, f"T{number}")
        directory.choose(connection, workspace, SETTINGS)
        directory.sync_again(connection, workspace, now + timedelta(days=1))
        first = directory.learn(connection, workspace, Profile(account=f"U{number}x0", zone=_zone_at_noon(now))).id
        _copy(
            connection,
            directory.people,
            directory.people.c.id == first,
            {"name": sa.literal("Person ").concat(_n)},
            self.people - 1,
        )
        mine = sa.and_(directory.people.c.organisation_id == workspace.organisation, directory.people.c.id != first)
        account: dict[str, sa.ColumnElement[Any]] = {
            "workspace_id": sa.literal(workspace.id),
            "key": sa.literal(f"U{number}x").concat(_text(directory.people.c.id - first)),
            "person_id": directory.people.c.id,
        }
        connection.execute(
            directory.accounts.insert().from_select(list(account), sa.select(*account.values()).where(mine))
        )
        if self.drawing:
            self._plan(connection, workspace, number, first, now)

    def _plan(self, connection: Connection, workspace: Workspace, number: int, first: int, now: datetime) -> None:
        begin = now + timedelta(seconds=self.after + number * self.gap)
        outbox.send(
            connection,
            key=f"campaign:{first}",
            drawing=self.drawing,
            lane=self.lane,
            now=now,
            workspace=workspace.id,
            person=first,
            due=begin,
        )
        person = _n + first
        due = _later(connection, begin, _n * (self.gap * self.workspaces))
        changed: dict[str, sa.ColumnElement[Any]] = {
            "key": sa.literal("campaign:").concat(_text(person)),
            "person_id": person,
            "destination": sa.literal("person:").concat(_text(person)),
            "due_at": due,
            "try_at": due,
        }
        _copy(connection, outbox.outbox, outbox.outbox.c.person_id == first, changed, self.people - 1)


def tidy(url: str) -> None:
    """Let PostgreSQL know what there is, as it would find out by itself after a while."""
    if url.startswith("postgresql"):
        engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))


_n: Final[sa.ColumnElement[int]] = sa.literal_column("n.n", sa.BigInteger)


def _copy(
    connection: Connection,
    table: sa.Table,
    original: sa.ColumnElement[bool],
    changed: dict[str, sa.ColumnElement[Any]],
    times: int,
) -> None:
    """Copy one row so many times, with some columns changed, which may speak of the number of the copy (1 and up)."""
    numbers = sa.select(sa.literal(1, sa.BigInteger).label("n")).where(sa.literal(times) > 0).cte("n", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.n + 1).where(numbers.c.n < times))
    columns = {column.name: changed.get(column.name, column) for column in table.c if column.name != "id"}
    copies = sa.select(*columns.values()).select_from(table.join(numbers, sa.true())).where(original)
    connection.execute(table.insert().from_select(list(columns), copies))


def _text(value: sa.ColumnElement[int]) -> sa.ColumnElement[str]:
    return sa.cast(value, sa.Text)


def _later(connection: Connection, begin: datetime, seconds: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """An instant so many seconds after another, as the database stores it."""
    if connection.dialect.name == "postgresql":
        return sa.literal(begin, sa.DateTime(timezone=True)) + seconds * sa.text("interval '1 second'")
    base = begin.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    shifted = sa.func.strftime("%Y-%m-%d %H:%M:%f", base, _text(seconds).concat(" seconds"))
    return shifted.concat("000")


def _zone_at_noon(now: datetime) -> str:
    """A zone in which it is between noon and one now (the signs of these names are the other way round)."""
    ahead = NOON - now.hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"
