"""Dispatch against a platform that allows N calls in any minute, with one replica and with four.

Replicas are processes (`python -m benchmarks.dispatch URL PORT SECONDS`) and share nothing but the database: SQLite for
one, PostgreSQL for four. The figures are of the second minute, when every beginner's luck is spent: how much of N was
used, and how many calls were refused. With N = 1,200 a run takes two minutes, so all take a little over four.
"""

import asyncio
import json
import signal
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import aiohttp

from benchmarks.verdict import Verdict
from bot.core import outbox
from bot.core.cards import Card, note
from bot.core.database import Connection, metadata, open_database
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.errors import RateLimited, Unavailable, Unknown
from bot.core.feature import Feature
from bot.core.people import Profile
from bot.core.places import Workspace
from bot.core.ports import Destination, Limit, Posted
from scheduler import Scheduler, SystemClock
from tests.parts import postgres
from tests.parts.process import free_port, running, start

A_MINUTE: Final = 1200
MARGIN: Final = 0.98
"""How much of what the platform allows we ask for: two clocks never tick alike, and a network delays one call more than
the next."""

LEAST: Final = 0.95
REPLICAS: Final = {"SQLite": 1, "PostgreSQL": 4}


@dataclass(frozen=True)
class Used:
    """The share of N that was used in the time looked at, and how many calls were refused in it."""

    share: float
    refused: int


def run(small: bool) -> Verdict:  # noqa: FBT001 -- every benchmark is called like this
    """One replica on SQLite, then four on PostgreSQL."""
    warm, look = (2, 3) if small else (60, 60)
    with tempfile.TemporaryDirectory() as folder, postgres.running(durable=True) as server:
        urls = {"SQLite": f"sqlite:///{folder}/dispatch.sqlite", "PostgreSQL": server.url(server.create())}
        used = {name: _measure(urls[name], count, warm, look, Path(folder)) for name, count in REPLICAS.items()}
    figures = [
        f"{REPLICAS[name]} on {name} used {each.share:.1%}, {each.refused} refused" for name, each in used.items()
    ]
    return Verdict(
        f"{A_MINUTE} a minute: {'; '.join(figures)}",
        f"at least {LEAST:.0%} used and none refused after the first minute",
        all(each.share >= LEAST and not each.refused for each in used.values()),
    )


def _measure(url: str, replicas: int, warm: float, look: float, folder: Path) -> Used:
    asyncio.run(_fill(url, int((warm + look) / 60 * A_MINUTE * 1.2)))
    port = free_port()
    platform = [sys.executable, "-m", "benchmarks.allowance", str(port), str(A_MINUTE)]
    replica = [sys.executable, "-m", "benchmarks.dispatch", url, str(port)]
    with running(platform, log=folder / "platform.log", port=port), ExitStack() as stack:
        for number in range(replicas):
            program = start(replica, log=folder / f"replica{number}.log")
            stack.callback(program.end, by=signal.SIGINT)
        calls = _watch(port, warm + look)
    begun = calls[0][0]
    seen = [allowed for at, allowed in calls if warm <= at - begun < warm + look]
    return Used(sum(seen) / (A_MINUTE * look / 60), len(seen) - sum(seen))


def _watch(port: int, seconds: float) -> list[tuple[float, bool]]:
    """Every call until `seconds` after the first: when, and whether it was allowed."""
    deadline = time.monotonic() + seconds + 60
    while True:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/calls", timeout=30) as answer:
            calls = json.load(answer)
        if calls and time.monotonic() - calls[0][0] >= seconds:
            return [(at, allowed) for at, allowed in calls]
        if time.monotonic() > deadline:
            raise SystemExit("the replicas did not call the platform")
        time.sleep(0.5)


async def _fill(url: str, messages: int) -> None:
    database = open_database(url)
    await database.run(metadata.create_all)
    await database.run(lambda connection: _plan(connection, messages))
    await database.close()


def _plan(connection: Connection, messages: int) -> None:
    """One message each to as many people."""
    workspace = directory.workspace(connection, "pretend", "T1")
    now = SystemClock().now()
    for number in range(messages):
        person = directory.learn(connection, workspace, Profile(account=f"U{number}")).id
        outbox.send(
            connection,
            key=f"hello:{number}",
            drawing="bench.card",
            lane=outbox.Lane.ANSWER,
            now=now,
            workspace=workspace.id,
            person=person,
        )


class Pretend:
    """The Platform port over the process that counts."""

    name = "pretend"

    def __init__(self, port: int, client: aiohttp.ClientSession) -> None:
        self._address = f"http://127.0.0.1:{port}/send"
        self._client = client

    async def send(self, to: Destination, card: Card, key: str) -> Posted:
        """Post a card once."""
        try:
            async with self._client.post(
                self._address, json={"to": to.account, "key": key, "text": card.summary}
            ) as said:
                if said.status == 429:  # noqa: PLR2004 -- Too Many Requests
                    raise RateLimited(float(said.headers["Retry-After"]))
                return Posted(to.account, await said.text())
        except aiohttp.ClientConnectorError as error:
            raise Unavailable("no_connection") from error

    async def update(self, workspace: Workspace, message: Posted, card: Card) -> None:  # noqa: ARG002 -- nothing is redrawn here
        """Redraw a message in place."""
        raise Unknown("not_here")

    async def find(self, to: Destination, key: str, since: datetime) -> Posted | None:  # noqa: ARG002 -- nothing is lost here
        """The message that carries `key`."""
        raise Unknown("not_here")

    async def people(self, workspace: Workspace) -> AsyncIterator[Profile]:
        """Everybody in a workspace."""
        for account in (workspace.key,):
            yield Profile(account=account)

    def limits(self, to: Destination, verb: str) -> Sequence[Limit]:  # noqa: ARG002 -- one bucket for everything
        """One bucket."""
        return (Limit("pretend", A_MINUTE / 60 * MARGIN, 1),)


async def _replica(url: str, port: int) -> None:
    """Dispatch until told to end."""
    database, clock = open_database(url), SystemClock()
    bench = Feature(name="bench", drawings={"card": lambda _view: note("Hello!")})
    async with aiohttp.ClientSession() as client:
        scheduler = Scheduler(database, Engine(database, clock, [bench]), {"pretend": Pretend(port, client)}, clock)
        ended = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, ended.set)
        scheduler.start()
        await ended.wait()
        await scheduler.stop(grace=5)
    await database.close()


if __name__ == "__main__":
    asyncio.run(_replica(sys.argv[1], int(sys.argv[2])))
