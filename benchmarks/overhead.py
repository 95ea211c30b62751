"""What all guarantees cost: the dispatcher against a bare loop of the same calls, and against other people's queues.

Everybody is one process with as many calls in flight, and calls the same pretend Slack, which answers at once. The
dispatcher's messages are real rows for real people of several workspaces, planned beforehand, as the others' jobs are.
A rate runs from the first call to the last.
"""

import itertools
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

import sqlalchemy as sa

from benchmarks import crowd, rivals, serving, slack
from benchmarks.verdict import Verdict
from bot.core.outbox import State, outbox
from scheduler.turns import AT_ONCE
from tests.parts import postgres
from tests.parts.process import start

SHARE: Final = 0.5
WORKSPACES: Final = 4
DATABASES: Final = ("SQLite", "PostgreSQL")
CLIENTS: Final = ("slack_sdk", "aiohttp")
"""Slack's SDK, with which Drumbeat speaks to Slack, and the library beneath it, with which the others call."""


@dataclass(frozen=True)
class Size:
    """How many messages in a round, how many jobs of the others, and how many rounds."""

    messages: int
    jobs: int
    rounds: int


WHOLE: Final = Size(10_000, 1_000, 7)
SMALL: Final = Size(400, 100, 1)


@dataclass(frozen=True)
class Round:
    """Calls a second: of the bare loop by client, of ours by client and database, of the others."""

    bare: dict[str, float]
    ours: dict[tuple[str, str], float]
    others: dict[str, float]


def run(small: bool) -> Verdict:  # noqa: FBT001 -- every benchmark is called like this
    """Everybody in turn, several times; the medians."""
    size = SMALL if small else WHOLE
    others: Sequence[str] = rivals.NAMES
    if reason := rivals.missing():
        print(f"  {reason}")
        others = ()
    with _track() as track:
        rounds = [track.round(size, others) for _ in range(size.rounds)]
    shares = {
        (client, name): median(each.ours[client, name] / each.bare[client] for each in rounds)
        for client in CLIENTS
        for name in DATABASES
    }
    times = {name: median(each.ours["aiohttp", "PostgreSQL"] / each.others[name] for each in rounds) for name in others}
    return _verdict(shares, times)


def _verdict(shares: dict[tuple[str, str], float], times: dict[str, float]) -> Verdict:
    judged = CLIENTS[0]
    told = [f"{share:.2f} of {client} alone on {name}" for (client, name), share in shares.items()]
    told += [f"{factor:.1f} times as fast as {name}" for name, factor in times.items()]
    held = all(shares[judged, name] >= SHARE for name in DATABASES)
    return Verdict(
        ", ".join(told),
        f"at least {SHARE} of {judged} alone, and faster than {' and '.join(rivals.NAMES)}",
        held and len(times) == len(rivals.NAMES) and all(factor > 1 for factor in times.values()),
    )


@dataclass(frozen=True)
class _Track:
    """Where they run: a folder, a PostgreSQL server, and the port of the pretend Slack."""

    folder: Path
    server: postgres.Server
    port: int
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def round(self, size: Size, others: Sequence[str]) -> Round:
        """Everybody once."""
        bare, ours = {}, {}
        for client in CLIENTS:
            bare[client] = self._bare(client, size.messages)
            for name in DATABASES:
                ours[client, name] = self._ours(client, name, size.messages)
        return Round(bare, ours, {name: self._other(name, size.jobs) for name in others})

    def _bare(self, client: str, messages: int) -> float:
        command = [sys.executable, "-m", "benchmarks.bare", client, *map(str, (self.port, messages, AT_ONCE))]
        subprocess.run(command, check=True, timeout=600)
        return self._rate(f"{client} alone", messages)

    def _ours(self, client: str, name: str, messages: int) -> float:
        url = self._fresh(name)
        crowd.Crowd(WORKSPACES, messages // WORKSPACES).fill(url)
        command = [sys.executable, "-m", "benchmarks.pretend", url, client, str(self.port), "0"]
        program = start(command, log=self.folder / f"ours{next(self._numbers)}.log")
        try:
            rate = self._rate(f"Drumbeat with {client} on {name}", messages)
            serving.wait(lambda: _settled(url) == messages, "every receipt is written")
        finally:
            program.end(by=signal.SIGINT)
        return rate

    def _other(self, name: str, jobs: int) -> float:
        url = self._fresh("PostgreSQL")
        rivals.prepare(name, url, self.port, jobs, AT_ONCE)
        crowd.tidy(url)
        with rivals.working(name, url, self.port, jobs, AT_ONCE, log=self.folder / f"other{next(self._numbers)}.log"):
            return self._rate(name, jobs)

    def _fresh(self, name: str) -> str:
        if name == "PostgreSQL":
            return self.server.url(self.server.create())
        return f"sqlite:///{self.folder}/overhead{next(self._numbers)}.sqlite"

    def _rate(self, name: str, messages: int) -> float:
        """Wait for so many calls, and empty the ledger for the next."""
        serving.wait(lambda: slack.count(self.port) >= messages, f"{name} has made {messages} calls", seconds=300)
        calls = slack.calls(self.port)
        slack.forget(self.port)
        if len({call.key for call in calls}) != len(calls) or len(calls) != messages:
            raise SystemExit(f"{name} was to send {messages} messages, and made {len(calls)} calls")
        rate = (len(calls) - 1) / (calls[-1].at - calls[0].at)
        print(f"  {name}: {rate:.0f}/s", flush=True)
        return rate


@contextmanager
def _track() -> Iterator[_Track]:
    with tempfile.TemporaryDirectory() as folder, postgres.running(durable=True) as server:
        place = Path(folder)
        with slack.serving(place) as port:
            yield _Track(place, server, port)


def _settled(url: str) -> int:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    sent = sa.select(sa.func.count()).where(outbox.c.state == State.SENT.value)
    with engine.connect() as connection:
        return connection.execute(sent).scalar_one()
