"""What a long queue costs: claiming from 1,000,000 waiting messages against 10,000, a worker's memory, bytes a row.

A pass is one transaction, as the dispatcher makes it: the heads of all queues, due rows of each, rules, limits,
drawing, intent. Passes at both lengths take turns. Then a worker sends some thousands of the long queue.
"""

import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Final

import psutil
import sqlalchemy as sa

from adapters.slack.clients import Web
from adapters.slack.platform import NAME
from benchmarks import pretend, serving, slack
from benchmarks.crowd import Crowd
from benchmarks.verdict import Verdict
from bot.core.database import Database, open_database
from bot.core.engine import Engine
from bot.core.outbox import outbox
from scheduler import SystemClock
from scheduler.delivery import Delivery
from scheduler.queue import Queue
from scheduler.scenes import Stage
from tests.parts import postgres
from tests.parts.process import start

MOST: Final = 1.2
GROWTH: Final = 10.0
"""Megabytes by which a worker may have grown; its first messages are not counted."""

WORKSPACES: Final = 4
ROWS: Final = 100
"""What a pass takes."""


@dataclass(frozen=True)
class Size:
    """Messages in the short and in the long queue, passes, and messages sent before and while memory is watched."""

    short: int
    long: int
    passes: int
    warm: int
    sent: int


WHOLE: Final = Size(10_000, 1_000_000, 41, 2_000, 20_000)
SMALL: Final = Size(1_000, 4_000, 3, 200, 1_000)


@dataclass(frozen=True)
class Cost:
    """Milliseconds of a pass at either length, megabytes of a worker at first and its growth, bytes a row."""

    short: float
    long: float
    memory: float
    growth: float
    row: float

    @property
    def factor(self) -> float:
        """How much more a pass costs in the long queue."""
        return self.long / self.short


def run(small: bool) -> Verdict:  # noqa: FBT001 -- every benchmark is called like this
    """SQLite, then PostgreSQL."""
    size = SMALL if small else WHOLE
    with tempfile.TemporaryDirectory() as folder, postgres.running(durable=True) as server:
        urls = {
            "SQLite": (f"sqlite:///{folder}/short.sqlite", f"sqlite:///{folder}/long.sqlite"),
            "PostgreSQL": (server.url(server.create()), server.url(server.create())),
        }
        costs = {name: _measure(*pair, size, Path(folder)) for name, pair in urls.items()}
    for name, cost in costs.items():
        print(
            f"  {name}: a pass takes {cost.short:.1f} ms and {cost.long:.1f} ms, "
            f"a worker {cost.memory:.0f} MB and {cost.growth:+.1f} MB, a row {cost.row:.0f} bytes with its indexes"
        )
    told = [
        f"{name} {cost.factor:.2f} times, {cost.growth:+.1f} MB, {cost.row:.0f} bytes a row"
        for name, cost in costs.items()
    ]
    return Verdict(
        f"{size.long} against {size.short}: {'; '.join(told)}",
        f"a pass at most {MOST} times as long, a worker's memory at most {GROWTH:.0f} MB more",
        all(cost.factor <= MOST and cost.growth <= GROWTH for cost in costs.values()),
    )


def _measure(short: str, long: str, size: Size, folder: Path) -> Cost:
    for url, messages in ((short, size.short), (long, size.long)):
        Crowd(WORKSPACES, messages // WORKSPACES, gap=3600 / messages).fill(url)
    row = _bytes(long) / size.long
    passes = asyncio.run(_take_turns(short, long, size.passes))
    memory, growth = _memory(long, size, folder)
    return Cost(*passes, memory, growth, row)


async def _take_turns(short: str, long: str, passes: int) -> tuple[float, float]:
    """The median milliseconds of a pass at either length, the first of each left out."""
    databases = [open_database(url) for url in (short, long)]
    times: list[list[float]] = [[], []]
    for _ in range(passes + 1):
        for database, mine in zip(databases, times, strict=True):
            mine.append(await _pass(database))
    for database in databases:
        await database.close()
    return median(times[0][1:]), median(times[1][1:])


async def _pass(database: Database) -> float:
    engine = Engine(database, SystemClock(), [pretend.BENCH])
    delivery = Delivery(Stage(engine, {NAME: pretend.Pretend(Web(""), 0)}))
    now = engine.clock.now()
    begun = time.perf_counter()
    taken = await database.run(lambda connection: delivery.take(connection, now, _share))
    milliseconds = (time.perf_counter() - begun) * 1000
    if len(taken.ready) != ROWS:
        raise SystemExit(f"a pass took {len(taken.ready)} rows")
    return milliseconds


def _share(heads: Mapping[Queue, datetime]) -> list[tuple[Queue, int]]:
    return [(queue, ROWS // len(heads)) for queue in heads]


def _memory(url: str, size: Size, folder: Path) -> tuple[float, float]:
    """The megabytes of a worker when it has sent its first messages, and how many more they are later."""
    with ExitStack() as stack:
        port = stack.enter_context(slack.serving(folder))
        command = [sys.executable, "-m", "benchmarks.pretend", url, "slack_sdk", str(port), "0"]
        program = start(command, log=folder / f"worker{port}.log")
        stack.callback(program.end, by=signal.SIGINT)
        worker = psutil.Process(program.pid)
        held = []
        for messages in (size.warm, size.warm + size.sent):
            serving.wait(lambda messages=messages: slack.count(port) >= messages, "messages are sent", 300)  # type: ignore[misc]
            held.append(worker.memory_info().rss / 1e6)
    return held[0], held[1] - held[0]


def _bytes(url: str) -> float:
    """What the outbox takes on the disk, its indexes included."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    whole = "SELECT pg_total_relation_size('outbox')"
    if engine.dialect.name == "sqlite":
        own = f"SELECT name FROM sqlite_master WHERE tbl_name = '{outbox.name}'"
        whole = f"SELECT sum(pgsize) FROM dbstat WHERE name IN ({own})"
    with engine.connect() as connection:
        return float(connection.execute(sa.text(whole)).scalar_one())
