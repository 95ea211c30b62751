"""A replica: the real scheduler with the machine's clock, and a door at which people's acts come in.

It dies (SIGKILL) or freezes (SIGSTOP) at a labelled point when it is told to, and says so beforehand.
"""

import asyncio
import json
import os
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import structlog

from bot import home
from bot.core.database import open_database, postgresql
from bot.core.engine import Engine
from bot.core.interactions import Click, Command, Event, Interaction, Origin
from bot.core.logs import configure_logs
from scheduler import Patience, Scheduler, SystemClock, ticks
from tests.faults import board, sabotage
from tests.faults.clock import Offsets, follow
from tests.faults.platforms import Platforms

PATIENCE: Final = Patience(
    first=timedelta(seconds=0.3),
    longest=timedelta(seconds=2),
    attempts=25,
    before_asking=timedelta(seconds=1.2),
    give_up=timedelta(seconds=1),
    lease=timedelta(seconds=2.5),
    call=timedelta(seconds=1),
)

GRACE: Final = 3.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a worker is told: where everything is, and where to `die` or `freeze` (a label, and which time it passes).

    `slot` is its own clock's, `broken` what is broken in it on purpose.
    """

    database: str
    chat: str
    offsets: str
    number: int = 0
    door: str = ""
    slot: int = 0
    die: tuple[str, int] | None = None
    freeze: tuple[str, int] | None = None
    broken: str = ""


class Fatal:
    """The checkpoint that kills or freezes this process."""

    def __init__(self, orders: Orders, say: int) -> None:
        self._say = say
        self._orders = orders
        self._passes: Counter[str] = Counter()

    def __call__(self, label: str) -> None:
        self._passes[label] += 1
        here = (label, self._passes[label])
        for signum, point in ((signal.SIGKILL, self._orders.die), (signal.SIGSTOP, self._orders.freeze)):
            if point and here == tuple(point):
                os.write(self._say, f"{signum.name} {label}\n".encode())
                os.kill(os.getpid(), signum)


async def work(orders: Orders, say: int) -> None:
    """Serve until SIGTERM."""
    configure_logs()
    _hurry()
    if orders.broken == sabotage.NO_PEACE:
        sabotage.forget_peace()
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    follow(Offsets(Path(orders.offsets)), orders.slot)
    clock = sabotage.StandingClock() if orders.broken == sabotage.NO_FENCE else SystemClock()
    checkpoint = Fatal(orders, say)
    database = open_database(orders.database)
    features = [board.feature()]
    engine = Engine(database, clock, [home.feature(features), *features], otherwise="drumbeat")
    platforms = Platforms(orders.chat, database, checkpoint)
    platforms.start()
    scheduler = Scheduler(
        database,
        engine,
        sabotage.break_platforms(orders.broken, platforms.by_name),
        clock,
        patience=PATIENCE,
        checkpoint=checkpoint,
    )

    def handled(_act: Interaction, _seconds: float) -> None:
        scheduler.wake()
        database.notify()

    engine.listen(handled)
    scheduler.start()
    async with database.listen(scheduler.wake):
        door = await asyncio.start_unix_server(Door(engine).answer, orders.door)
        await stopped.wait()
        door.close()
        await scheduler.stop(GRACE)
    await platforms.stop()
    await database.close()


def _hurry() -> None:
    """A campaign of minutes looks more often what there is to plan and to take over, and waits less, than a house."""
    ticks.PLAN = timedelta(seconds=1)  # type: ignore[misc]  # final to everybody else
    ticks.SWEEP = timedelta(seconds=0.7)  # type: ignore[misc]  # as above
    postgresql.ASLEEP = "2s"  # type: ignore[misc]  # as above


class Door:
    """Takes acts as the adapters' doors do: one JSON object a line in, and out when it is committed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One act a connection. Whoever hears nothing comes again with the same act."""
        with suppress(ConnectionError):
            told = await reader.readline()
            if told:
                writer.write(await self._done(json.loads(told)))
                await writer.drain()
            writer.close()

    async def _done(self, told: dict[str, Any]) -> bytes:
        try:
            await self._engine.handle(_act(told))
        except Exception as error:  # noqa: BLE001 -- a database that is away; the act comes again
            log.info("act_failed", error=type(error).__name__)
            return b"\n"
        return json.dumps({"at": self._engine.clock.now().isoformat()}).encode() + b"\n"


def _act(told: dict[str, Any]) -> Interaction:
    origin = Origin(**told["origin"])
    match told["kind"]:
        case "command":
            return Command(origin, told["name"], told["text"])
        case "click":
            return Click(origin, told["name"], told["text"])
        case _:
            return Event(origin, told["name"], told["facts"])
