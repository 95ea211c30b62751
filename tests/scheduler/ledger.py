"""A platform in a process of its own that remembers every message it took: `python -m tests.scheduler.ledger SOCKET`.

One JSON object a line in, one out. What it took it took, whatever becomes of whoever sent it.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.cards import Card
from bot.core.people import Profile
from bot.core.places import Workspace
from bot.core.ports import Destination, Limit, Posted
from scheduler.notices import Checkpoint, onward


@dataclass
class Ledger:
    """The Platform port over that process. `checkpoint` is called when a message is taken and nobody knows yet."""

    socket: str
    checkpoint: Checkpoint = onward
    name: str = "pretend"

    async def send(self, to: Destination, card: Card, key: str) -> Posted:
        assert card.summary
        taken = await self.ask(do="send", key=key, to=to.place or to.account)
        self.checkpoint("the platform accepted")
        return Posted(to.place or to.account, str(taken["message"]))

    async def update(self, workspace: Workspace, message: Posted, card: Card) -> None:
        assert workspace.platform == self.name
        assert message.message
        assert card.summary

    async def find(self, to: Destination, key: str, since: datetime) -> Posted | None:
        assert since.tzinfo is not None
        found = (await self.ask(do="find", key=key))["message"]
        return Posted(to.place or to.account, str(found)) if found else None

    async def people(self, workspace: Workspace) -> AsyncIterator[Profile]:
        for account in (workspace.key,):
            yield Profile(account=account)

    def limits(self, to: Destination, verb: str) -> Sequence[Limit]:
        assert to.place or to.account
        assert verb in ("send", "update", "find")
        return (Limit("everything", 10_000, 100),)

    async def ask(self, **what: str) -> dict[str, Any]:
        reader, writer = await asyncio.open_unix_connection(self.socket)
        writer.write(json.dumps(what).encode() + b"\n")
        answer: dict[str, Any] = json.loads(await reader.readline())
        writer.close()
        return answer


async def serve(socket: str) -> None:
    """Take messages for ever."""
    taken: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = json.loads(await reader.readline())
        if asked["do"] == "send":
            taken.append(asked["key"])
        number = taken.index(asked["key"]) + 1 if asked.get("key") in taken else None
        writer.write(json.dumps({"message": number, "taken": taken}).encode() + b"\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(answer, socket) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
