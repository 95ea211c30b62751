"""How much is used of what a platform allows, with one, two and four replicas, and how soon an answer gets through.

A campaign waits that is longer than the platform's limit allows to send in the time looked at. Meanwhile answers are
planned at random moments, which may go before it. Replicas are processes that share nothing but the database; all
configurations run side by side, since each of them mostly waits.
"""

import asyncio
import random
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from benchmarks import crowd, serving, slack
from benchmarks.load import percentile
from benchmarks.verdict import Verdict
from bot.core import outbox
from bot.core.database import Connection, open_database
from bot.core.outbox import Lane
from scheduler import SystemClock
from tests.parts import postgres
from tests.parts.process import start

A_MINUTE: Final = 500
MESSAGES: Final = A_MINUTE * 11
LEAST: Final = 0.98
SOON: Final = 250.0
"""Milliseconds from the planning of an answer to the platform, in all but one of a hundred cases."""

CONFIGURATIONS: Final = (("SQLite", 1), ("PostgreSQL", 1), ("PostgreSQL", 2), ("PostgreSQL", 4))
FIRST_MINUTE: Final = 60.0
BETWEEN_ANSWERS: Final = 2.0


@dataclass(frozen=True)
class Used:
    """The share of the limit that was used, calls refused after the first minute, and the answers' milliseconds."""

    share: float
    refused: int
    answers: Sequence[float]


def run(small: bool) -> Verdict:  # noqa: FBT001 -- every benchmark is called like this
    """Ten minutes of all configurations."""
    seconds = 4.0 if small else 600.0
    with tempfile.TemporaryDirectory() as folder, postgres.running(durable=True) as server:
        urls = [_url(name, number, folder, server) for number, (name, _) in enumerate(CONFIGURATIONS)]
        used = asyncio.run(_measure(urls, seconds, Path(folder)))
    for (name, replicas), each in zip(CONFIGURATIONS, used, strict=True):
        waited = percentile(list(each.answers), 0.99)
        print(f"  {replicas} on {name}: {each.share:.1%} used, {each.refused} refused, answers after {waited:.0f} ms")
    slowest = max(percentile(list(each.answers), 0.99) for each in used)
    return Verdict(
        f"{A_MINUTE} a minute: at least {min(each.share for each in used):.1%} used, "
        f"{sum(each.refused for each in used)} refused; answers within {slowest:.0f} ms (p99)",
        f"at least {LEAST:.0%} used over ten minutes, none refused after the first; answers within {SOON:.0f} ms",
        all(each.share >= LEAST and not each.refused for each in used) and slowest <= SOON,
    )


def _url(name: str, number: int, folder: str, server: postgres.Server) -> str:
    url = f"sqlite:///{folder}/capacity{number}.sqlite" if name == "SQLite" else server.url(server.create())
    crowd.Crowd(1, MESSAGES).fill(url)
    return url


async def _measure(urls: Sequence[str], seconds: float, folder: Path) -> list[Used]:
    with ExitStack() as stack:
        ports = [stack.enter_context(slack.serving(folder, a_minute=A_MINUTE)) for _ in urls]
        for url, port, (_, replicas) in zip(urls, ports, CONFIGURATIONS, strict=True):
            for number in range(replicas):
                command = [sys.executable, "-m", "benchmarks.pretend", url, "slack_sdk", str(port), str(A_MINUTE)]
                program = start(command, log=folder / f"replica{port}.{number}.log")
                stack.callback(program.end, by=signal.SIGINT)
        for port in ports:
            serving.wait(lambda port=port: slack.count(port) > 0, "the first message is sent")  # type: ignore[misc]
        planned, _ = await asyncio.gather(
            asyncio.gather(*(_answer(url, seconds) for url in urls)), asyncio.sleep(seconds)
        )
        return [_used(slack.calls(port), times, seconds) for port, times in zip(ports, planned, strict=True)]


def _used(calls: Sequence[slack.Call], planned: dict[str, float], seconds: float) -> Used:
    begun = calls[0].at
    taken = sum(call.taken for call in calls if call.at < begun + seconds)
    refused = sum(not call.taken for call in calls if call.at >= begun + min(FIRST_MINUTE, seconds / 2))
    arrived = {call.key: call.at for call in calls if call.taken}
    if slack.twice(calls):
        raise SystemExit("a message came twice")
    waits = [(arrived.get(key, float("inf")) - at) * 1000 for key, at in planned.items()]
    return Used(taken / (A_MINUTE * seconds / FIRST_MINUTE), refused, waits)


async def _answer(url: str, seconds: float) -> dict[str, float]:
    """Plan answers to random people at random moments; by key, when each was planned."""
    database, clock, chance = open_database(url), SystemClock(), random.Random(1)
    planned: dict[str, float] = {}
    while len(planned) * BETWEEN_ANSWERS < seconds - 1:
        await asyncio.sleep(BETWEEN_ANSWERS * 2 * chance.random())
        key, person, now = f"answer:{len(planned)}", chance.randint(1, MESSAGES), clock.now()
        await database.run(lambda connection: _say(connection, key, person, now))  # noqa: B023 -- it is done at once
        planned[key] = now.timestamp()
    await asyncio.sleep(1)
    await database.close()
    return planned


def _say(connection: Connection, key: str, person: int, now: datetime) -> None:
    lane = Lane.ANSWER
    outbox.send(connection, key=key, drawing=crowd.DRAWING, lane=lane, now=now, workspace=1, person=person)
