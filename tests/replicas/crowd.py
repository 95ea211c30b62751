"""People who go on asking and voting, through a load balancer, whatever becomes of the replicas."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import httpx2
import sqlalchemy as sa

from bot.core.outbox import outbox
from tests.adapters.slack.sender import Sender
from tests.replicas.fleet import Fleet, Replica, until

LOOKS = 0.25
"""Seconds between two questions of the load balancer whether a replica is ready."""

ASKS = 0.3
VOTES = 0.05
"""Seconds between two requests. What they make is less than what Slack allows."""

SETTLED = ("sent", "cancelled")

Ask = Callable[[Sender], Awaitable[httpx2.Response]]


@dataclass
class Crowd:
    """What people asked, and which requests were not answered as they should be."""

    fleet: Fleet
    polls: int = 0
    votes: int = 0
    over: bool = False
    unanswered: list[str] = field(default_factory=list)
    _ready: list[Replica] = field(default_factory=list)
    _clients: dict[str, httpx2.AsyncClient] = field(default_factory=dict)
    _turns: Iterator[int] = field(default_factory=itertools.count)

    @property
    def ready(self) -> list[Replica]:
        """The replicas to which the load balancer sends requests."""
        return self._ready

    async def look(self) -> None:
        """Ask every replica whether it is ready, again and again."""
        while not self.over:
            running = [each for each in self.fleet.replicas if each.program.popen.poll() is None]
            found = await asyncio.gather(*(each.ready() for each in running))
            self._ready = [each for each, ready in zip(running, found, strict=True) if ready]
            await asyncio.sleep(LOOKS)

    async def ask(self) -> None:
        """Ask polls, each in a channel of its own."""
        while not self.over:
            self.polls += 1
            number = self.polls
            await self._through(lambda to: to.type("U001", f'/poll "Poll {number}?" "Yes" "No"', f"C{number}"))  # noqa: B023 -- awaited at once
            await asyncio.sleep(ASKS)

    async def vote(self) -> None:
        """Vote on the first poll."""
        button = {"type": "button", "action_id": "polls.vote#0", "value": "1:0"}
        while not self.over:
            self.votes += 1
            await self._through(lambda to: to.press(f"U{self.votes % 20:03}", button, "C1"))
            await asyncio.sleep(VOTES)

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def _through(self, ask: Ask) -> None:
        """Send a request to whoever's turn it is, once, over a connection that is kept, as load balancers do."""
        if not self._ready:
            self.unanswered.append("nobody is ready")
            return
        replica = self._ready[next(self._turns) % len(self._ready)]
        client = self._clients.setdefault(replica.url, httpx2.AsyncClient(timeout=3))  # as long as Slack waits
        try:
            answer = await ask(Sender(f"{replica.url}/slack/events", client=client))
        except httpx2.HTTPError as error:
            self.unanswered.append(repr(error))
        else:
            if answer.status_code != httpx2.codes.OK:
                self.unanswered.append(f"{answer.status_code} from {replica.program.said()}")


@asynccontextmanager
async def busy(fleet: Fleet) -> AsyncIterator[Crowd]:
    """Have people ask and vote for the length of a block, which begins when the first poll is asked."""
    crowd = Crowd(fleet)
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        stack.push_async_callback(crowd.close)
        group.create_task(crowd.look())

        async def begun() -> bool:
            return bool(crowd.ready)

        await until(begun, "a replica is ready")
        group.create_task(crowd.ask())
        group.create_task(crowd.vote())
        try:
            yield crowd
        finally:
            crowd.over = True


async def check(crowd: Crowd) -> None:
    """Every request was answered, and every message that was planned is in Slack's ledger once."""
    assert not crowd.unanswered, crowd.unanswered
    engine = sa.create_engine(crowd.fleet.database_url, poolclass=sa.NullPool)
    query = sa.select(outbox.c.key, outbox.c.state).where(outbox.c.verb == "send")

    def rows() -> dict[str, str]:
        with engine.connect() as connection:
            return {row.key: row.state for row in connection.execute(query)}

    async def settled() -> bool:
        return set((await asyncio.to_thread(rows)).values()) <= set(SETTLED)

    await until(settled, "everything is sent", seconds=200)
    taken = await crowd.fleet.slack.messages()
    assert Counter(message.key for message in taken) == Counter(key for key, state in rows().items() if state == "sent")
    assert Counter(message.channel for message in taken) == Counter(f"C{number + 1}" for number in range(crowd.polls))
