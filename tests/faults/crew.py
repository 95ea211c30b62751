"""The replicas of one bout, as the campaign sees them: made, killed, frozen, woken, and made anew."""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tests.faults.worker import Orders

ENDS: Final = 30.0
"""Seconds that a worker has to end in peace, on a machine that is busy."""

FROM_OUTSIDE: Final = "from outside"


@dataclass
class Worker:
    """A replica. `ended` is done when it is gone, with how it ended; `last_words` name the point it died at."""

    orders: Orders
    pid: int = 0
    born: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    froze: asyncio.Event = field(default_factory=asyncio.Event)
    last_words: str = ""
    status: int = 0

    def signal(self, signum: signal.Signals) -> None:
        """Send a signal, unless it is gone."""
        if self.pid and not self.ended.is_set():
            with suppress(ProcessLookupError):
                os.kill(self.pid, signum)

    def freeze(self) -> None:
        """Stop it as it is."""
        self.froze.set()
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it was."""
        self.signal(signal.SIGCONT)
        self.froze.clear()


class Crew:
    """Speaks with a nursery; a bout has one."""

    def __init__(self, folder: Path, orders: Orders) -> None:
        self._folder = folder
        self._orders = orders
        self._numbers = 0
        self._workers: dict[int, Worker] = {}
        self._program: asyncio.subprocess.Process | None = None
        self._hearing: asyncio.Task[None] | None = None
        self.deaths: Counter[str] = Counter()
        self.freezes: Counter[str] = Counter()
        self.faults: list[str] = []

    async def open(self) -> None:
        """Start the nursery."""
        with (self._folder / "nursery.log").open("ab") as log:
            self._program = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.faults.nursery", str(self._folder / "workers.log")),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        self._hearing = asyncio.create_task(self._hear())

    async def close(self) -> None:
        """End it, and every worker with it."""
        if self._program and self._program.stdin and self._hearing:
            self._program.stdin.close()
            await self._program.wait()
            await self._hearing

    async def spawn(self, **more: Any) -> Worker:  # noqa: ANN401 -- fields of `Orders`
        """Have one more worker made, and wait until it is born."""
        self._numbers += 1
        number = self._numbers
        orders = replace(self._orders, number=number, door=str(self._folder / f"door{number}"), **more)
        worker = self._workers[number] = Worker(orders)
        if self._program and self._program.stdin:
            self._program.stdin.write(json.dumps(asdict(orders)).encode() + b"\n")
        await worker.born.wait()
        return worker

    @property
    def living(self) -> Sequence[Worker]:
        """Who was born and is not gone."""
        return [each for each in self._workers.values() if each.pid and not each.ended.is_set()]

    async def retire(self) -> None:
        """Let everybody end in peace (SIGTERM); whoever takes too long is killed."""
        for worker in self.living:
            worker.signal(signal.SIGTERM)
        waiting = [asyncio.create_task(each.ended.wait()) for each in self._workers.values() if not each.ended.is_set()]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=ENDS)
            if late:
                self.faults.append(f"{len(late)} workers did not end within {ENDS} s of SIGTERM")
            for worker in self.living:
                worker.signal(signal.SIGKILL)
            await asyncio.gather(*waiting)

    async def _hear(self) -> None:
        if not self._program or not self._program.stdout:
            raise RuntimeError("no nursery")
        async for line in self._program.stdout:
            self._told(json.loads(line))

    def _told(self, told: dict[str, Any]) -> None:
        match told:
            case {"born": number, "pid": pid}:
                self._workers[number].pid = pid
                self._workers[number].born.set()
            case {"said": number, "what": "SIGKILL", "label": label}:
                self._workers[number].last_words = label
            case {"said": number, "what": "SIGSTOP", "label": label}:
                self.freezes[label] += 1
                self._workers[number].froze.set()
            case {"ended": number, "status": status}:
                self._end(self._workers[number], status)
            case _:
                raise ValueError(told)

    def _end(self, worker: Worker, status: int) -> None:
        worker.status = status
        if status == -signal.SIGKILL:
            self.deaths[worker.last_words or FROM_OUTSIDE] += 1
        elif status not in (0, -signal.SIGTERM):
            self.faults.append(f"worker {worker.orders.number} ended by itself with {status}")
        worker.ended.set()
