"""One replica that dies at a labelled point: `python -m tests.scheduler.worker DATABASE SOCKET NOW LABEL TIMES`."""

import asyncio
import os
import signal
import sys
from datetime import datetime

from bot.core.database import open_database
from bot.core.engine import Engine
from scheduler import MovableClock, Scheduler
from tests.scheduler.ledger import Ledger
from tests.scheduler.pretend import Board


class Death:
    """Kills this process when it has come by a label so many times."""

    def __init__(self, label: str, times: int) -> None:
        self._label = label
        self._left = times

    def __call__(self, label: str) -> None:
        if label == self._label:
            self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)


async def work(url: str, socket: str, now: datetime, death: Death) -> None:
    """Do everything that is due, if death does not come first."""
    database, clock = open_database(url), MovableClock(now)
    engine = Engine(database, clock, [Board().feature()])
    await Scheduler(database, engine, {"pretend": Ledger(socket, death)}, clock, checkpoint=death).run_due()
    await database.close()


if __name__ == "__main__":
    _, address, path, instant, point, count = sys.argv
    asyncio.run(work(address, path, datetime.fromisoformat(instant), Death(point, int(count))))
