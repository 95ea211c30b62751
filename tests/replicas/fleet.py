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

    async def get(self, path: str) -> httpx2.Response:
        async with httpx2.AsyncClient() as client:
            return await client.get(self.url + path)

    async def ready(self) -> bool:
        """Whether it says so; False while it does not answer at all."""
        return await self._is_well("/readyz")

    async def alive(self) -> bool:
        """Whether it answers."""
        return await self._is_well("/healthz")

    async def reasons(self) -> dict[str, str]:
        """Why it is not ready; nothing where it is."""
        found: dict[str, str] = (await self.get("/readyz")).json().get("reasons", {})
        return found

    async def poll(self, question: str, place: str) -> int:
        """Somebody asks a poll in a channel; the status of the answer."""
        sender = Sender(f"{self.url}/slack/events")
        async with sender.client:
            return (await sender.type("U001", f'/poll "{question}" "Yes" "No"', place)).status_code

    async def stop(self) -> None:
        """Ask it to end as an orchestrator does, and wait until it has, without a fault."""
        self.program.popen.send_signal(signal.SIGTERM)

        async def ended() -> bool:
            return self.program.popen.poll() is not None

        await until(ended, "it ends")
        assert self.program.popen.returncode == 0, self.program.said()

    async def _is_well(self, path: str) -> bool:
        try:
            return (await self.get(path)).is_success
        except httpx2.TransportError:
            assert not self.program.popen.poll(), self.program.said()
            return False


async def until(found: Callable[[], Awaitable[object]], what: str, seconds: float = 90) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not await found():
        assert time.monotonic() < deadline, f"{seconds} s have passed, but not yet: {what}"
        await asyncio.sleep(0.02)


@dataclass
class Fleet:
    """Starts replicas, and ends what is left of them."""

    folder: Path
    database_url: str
    slack: Ledger
    replicas: list[Replica] = field(default_factory=list)

    def launch(self, *words: str, tree: Path = ROOT, **settings: str) -> Replica:
        """Start `drumbeat serve` with more words and settings, of the version that lies in `tree`."""
        port = free_port()
        program = start(
            [sys.executable, "-m", "bot", "serve", *words],
            log=self.folder / f"replica{len(self.replicas)}",
            cwd=tree,
            env=self.environment(tree, DRUMBEAT_PORT=str(port), **settings),
        )
        self.replicas.append(Replica(program, f"http://127.0.0.1:{port}"))
        return self.replicas[-1]

    async def start(self, *words: str, **more: Any) -> Replica:  # noqa: ANN401 -- as `launch`
        """Start one and wait until it says that it is ready."""
        replica = self.launch(*words, **more)
        await until(replica.ready, "it is ready")
        return replica

    def end(self) -> None:
        for replica in self.replicas:
            replica.program.end(by=signal.SIGKILL)

    def environment(self, tree: Path, **settings: str) -> dict[str, str]:
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
