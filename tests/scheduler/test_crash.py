"""Replicas die at the worst moments, by SIGKILL; nothing is lost and nothing is sent twice."""

import asyncio
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.core import outbox as core
from bot.core.cadence import store as cadence
from bot.core.cadence.slots import Weekly
from bot.core.database import Connection
from bot.core.outbox import Lane
from scheduler import Scheduler
from tests.parts import process
from tests.scheduler.conftest import NEVER_QUIET, World
from tests.scheduler.ledger import Ledger

PEOPLE = 70
"""More than a replica takes at a time, so that each death leaves some rows begun and some not."""

WEDNESDAY = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
POINTS = [
    "while planning",
    "after claim",
    "before intent",
    "after intent",
    "the platform accepted",
    "before the receipt",
]


@pytest.fixture(scope="module")
async def ledger_socket(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    # A socket's path may have little more than a hundred characters.
    with tempfile.TemporaryDirectory(prefix="drumbeat-", dir="/tmp") as folder:
        socket = Path(folder) / "ledger"
        log = tmp_path_factory.mktemp("ledger") / "log"
        with process.running([sys.executable, "-m", "tests.scheduler.ledger", str(socket)], log=log) as program:
            program.wait_until(socket.exists, "listens")
            yield socket


@pytest.mark.parametrize("point", POINTS)
async def test_a_replica_that_dies_loses_nothing_and_sends_nothing_twice(
    world: World, house_url: str, ledger_socket: Path, tmp_path: Path, point: str
) -> None:
    ledger = Ledger(str(ledger_socket))
    campaign = f"{house_url.split(':', maxsplit=1)[0]}-{point}".replace(" ", "-")
    now = await _plan(world, campaign)
    for times in (1, 2):
        died = await _work(house_url, ledger.socket, now, point, times, tmp_path / f"log{times}")
        assert died == -signal.SIGKILL
        now += timedelta(seconds=61)
    world.clock.move_to(now)
    survivor = Scheduler(world.database, world.engine, {"pretend": ledger}, world.clock)
    for _ in range(10):
        await survivor.run_due()
        world.clock.move_by(timedelta(seconds=15))
    rows = [row for row in await world.rows() if row.verb == "send"]
    assert len(rows) == PEOPLE + 1
    assert {row.state for row in rows} == {"sent"}
    taken = [key for key in (await ledger.ask(do="all"))["taken"] if key.startswith(campaign)]
    assert sorted(taken) == sorted(row.key for row in rows)


async def _plan(world: World, campaign: str) -> datetime:
    """A weekly message for each of many people, all due, and a message that can be redrawn; when they are due."""
    await world.choose(NEVER_QUIET)
    people = await world.hire(PEOPLE)
    now = world.clock.now()

    def plan(connection: Connection) -> None:
        core.send(
            connection,
            key=f"{campaign}:poll",
            drawing="board.card",
            lane=Lane.PUBLIC,
            now=now,
            workspace=world.workspace,
            place=world.channel,
            subject="polls:1",
        )
        for person in people:
            cadence.every_week(
                connection,
                name=f"{campaign}:{person}",
                drawing="board.card",
                lane=Lane.NUDGE.value,
                slot=Weekly(WEDNESDAY.weekday(), time(9, person % 5)),
                zone="UTC",
                now=now,
                workspace=world.workspace,
                person=person,
            )

    await world.database.run(plan)
    return WEDNESDAY


async def _work(url: str, socket: str, now: datetime, point: str, times: int, log: Path) -> int:
    """Run a replica that dies at a point, the given time it comes by; how it ended."""
    command = [sys.executable, "-m", "tests.scheduler.worker", url, socket, now.isoformat(), point, str(times)]
    program = process.start(command, log=log)
    ended = await asyncio.to_thread(program.popen.wait, 30)
    assert ended == -signal.SIGKILL, program.said()
    return ended
