"""Of a million people's cadences, ten thousand are due: how long planning takes, and how much memory.

The planner runs in a process of its own (`python -m benchmarks.planning URL NOW`), whose memory is compared with what
it needs idle, after a look that finds nothing due.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

import psutil
import sqlalchemy as sa

from benchmarks.verdict import Verdict
from bot.core.cadence.store import cadences
from bot.core.database import Connection, metadata, open_database
from bot.core.directory import store as directory
from bot.core.outbox import outbox
from scheduler.planner import Planner
from tests.parts import postgres

MOST_SECONDS: Final = 1.0
MOST_MEGABYTES: Final = 50.0
NOW: Final = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
ZONES: Final = ("Europe/Berlin", "Europe/London", "America/New_York", "Asia/Tokyo", "Asia/Kolkata", "UTC")
MINUTES: Final = 30
"""Those due fell due within so many minutes, in all these zones: as many different slots as the product of the two."""

PARTS: Final = 24
"""The others are due later this week, at so many instants."""

PEOPLE: Final = """
INSERT INTO people (organisation_id, name, locale, zone)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people)
SELECT :organisation, 'Person ' || i, 'en', 'UTC' FROM n
"""


@dataclass(frozen=True)
class Taken:
    """What planning took: rows, seconds, and megabytes above idle."""

    rows: int
    seconds: float
    megabytes: float


def run(small: bool) -> Verdict:  # noqa: FBT001 -- every benchmark is called like this
    """Both databases."""
    people, due = (20_000, 1_000) if small else (1_000_000, 10_000)
    with tempfile.TemporaryDirectory() as folder, postgres.running(durable=True) as server:
        urls = {"SQLite": f"sqlite:///{folder}/planning.sqlite", "PostgreSQL": server.url(server.create())}
        taken = {name: _measure(url, people, due) for name, url in urls.items()}
    figures = [f"{name} {each.seconds:.2f} s, {each.megabytes:.0f} MB above idle" for name, each in taken.items()]
    return Verdict(
        f"{due} due of {people}: {'; '.join(figures)}",
        f"under {MOST_SECONDS:.0f} s and {MOST_MEGABYTES:.0f} MB on both",
        all(each.seconds < MOST_SECONDS and each.megabytes < MOST_MEGABYTES for each in taken.values()),
    )


def _measure(url: str, people: int, due: int) -> Taken:
    asyncio.run(_fill(url, people, due))
    command = [sys.executable, "-m", "benchmarks.planning", url, NOW.isoformat()]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=600)
    taken = Taken(**json.loads(done.stdout))
    if taken.rows != due:
        raise SystemExit(f"{due} were due, {taken.rows} are planned")
    return taken


async def _fill(url: str, people: int, due: int) -> None:
    database = open_database(url)
    await database.run(metadata.create_all)
    await database.run(lambda connection: _hire(connection, people))
    await database.run(lambda connection: _plan_weeks(connection, due))
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
    await database.close()


def _hire(connection: Connection, people: int) -> None:
    workspace = directory.workspace(connection, "pretend", "T1")
    connection.execute(sa.text(PEOPLE), {"people": people, "organisation": workspace.organisation})


def _plan_weeks(connection: Connection, due: int) -> None:
    """A weekly nudge for everybody: the first `due` people's is due, the others' will be, some time this week."""
    person = directory.people.c.id
    facts: dict[str, sa.ColumnElement[Any]] = {
        "name": sa.literal("rhythm:").concat(sa.cast(person, sa.Text)),
        "workspace_id": sa.literal(1),
        "person_id": person,
        "drawing": sa.literal("rhythm.nudge"),
        "lane": sa.literal("nudge"),
        "weekday": sa.literal(NOW.weekday()),
        "minute": person % (24 * 60),
        "zone": sa.literal("UTC"),
        "patience": sa.literal(6 * 3600),
    }
    names = [*facts, "next_due_at"]
    for part in range(PARTS):
        later = sa.literal(NOW + timedelta(hours=7 * part, minutes=1), cadences.c.next_due_at.type)
        chosen = sa.select(*[*facts.values(), later]).where(person % PARTS == part)
        connection.execute(cadences.insert().from_select(names, chosen))
    for number, (zone, minute) in enumerate((zone, minute) for zone in ZONES for minute in range(MINUTES)):
        slot = NOW - timedelta(minutes=minute)
        local = slot.astimezone(ZoneInfo(zone))
        mine = cadences.c.id % (len(ZONES) * MINUTES) == number
        connection.execute(
            cadences.update()
            .where(cadences.c.id <= due, mine)
            .values(next_due_at=slot, zone=zone, weekday=local.weekday(), minute=local.hour * 60 + local.minute)
        )


async def _plan(url: str, now: datetime) -> Taken:
    database = open_database(url)
    planner = Planner(database)
    await planner.run(now - timedelta(weeks=1))
    with _Memory() as memory:
        begun = time.perf_counter()
        await planner.run(now)
        seconds = time.perf_counter() - begun
    rows = await database.read(
        lambda connection: connection.execute(sa.select(sa.func.count(outbox.c.id))).scalar_one()
    )
    await database.close()
    return Taken(rows, seconds, memory.growth / 1e6)


class _Memory:
    """The most memory this process takes while a block runs, in bytes above what it had at the beginning."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._idle = self._most = self._used()
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watcher.join()

    @property
    def growth(self) -> int:
        return max(self._most, self._used()) - self._idle

    def _watch(self) -> None:
        while not self._done.wait(0.005):
            self._most = max(self._most, self._used())

    def _used(self) -> int:
        return self._process.memory_info().rss


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_plan(sys.argv[1], datetime.fromisoformat(sys.argv[2]))).__dict__))
