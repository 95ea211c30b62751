"""Replicas of `drumbeat serve` on one database, beside one Slack."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.adapters.slack.sender import Sender
from tests.house.tree import ROOT
from tests.parts import emulate
from tests.parts.process import Program, free_port, start
from tests.replicas.slack import Ledger


@dataclass(frozen=True)
class Replica:
    """One running `drumbeat serve`."""

    program: Program
    url: str

    async def poll(self, question: str, place: str) -> int:
        """Somebody asks a poll of that name in a channel; the status of the answer."""
        sender = Sender(f"{self.url}/slack/events")
        async with sender.client:
            answer = await sender.type("U001", f'/poll "{question}" "Yes" "No"', place)
        return answer.status_code

    def get(self, path: str) -> httpx2.Response:
        return httpx2.get(self.url + path)

    def ready(self) -> bool:
        return self.get("/readyz").status_code == httpx2.codes.OK

    def reasons(self) -> dict[str, str]:
        """Why it is not ready; nothing where it is."""
        found: dict[str, str] = self.get("/readyz").json().get("reasons", {})
        return found

    def lines(self) -> list[str]:
        return self.program.said().splitlines()


async def until(found: Callable[[], Awaitable[object]], what: str, seconds: float = 20) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not await found():
        assert time.monotonic() < deadline, f"{seconds} s have passed, but not yet: {what}"
        await asyncio.sleep(0.01)


@dataclass
class Fleet:
    """Starts replicas, and ends what is left of them."""

    folder: Path
    database_url: str
    slack: Ledger
    replicas: list[Replica] = field(default_factory=list)

    def start(self, *words: str, tree: Path = ROOT, **settings: str) -> Replica:
        """Start `drumbeat serve` with more words and settings, of the version that lies in `tree`."""
        port = free_port()
        program = start(
            [sys.executable, "-m", "bot", "serve", *words],
            log=self.folder / f"replica{len(self.replicas)}",
            cwd=tree,
            env=self._environment(tree, DRUMBEAT_PORT=str(port), **settings),
        )
        replica = Replica(program, f"http://127.0.0.1:{port}")
        self.replicas.append(replica)
        program.wait_for_port(port)
        return replica

    def start_ready(self, *words: str, **more: Any) -> Replica:  # noqa: ANN401 -- as `start`
        """Start one and wait until it says that it is ready."""
        replica = self.start(*words, **more)
        replica.program.wait_until(replica.ready, "is ready")
        return replica

    def end(self) -> None:
        for replica in self.replicas:
            replica.program.end(by=signal.SIGKILL)

    def _environment(self, tree: Path, **settings: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {
            **kept,
            "PYTHONPATH": str(tree),
            "DRUMBEAT_DATABASE_URL": self.database_url,
            "DRUMBEAT_SECRET_KEY": "a-secret-key-of-a-good-length-for-a-test",
            "SLACK_BOT_TOKEN": emulate.TOKEN,
            "SLACK_SIGNING_SECRET": emulate.SECRET,
            "SLACK_API_URL": self.slack.api_url,
            **settings,
        }
