"""A process that dispatches to the pretend Slack: `python -m benchmarks.pretend URL CLIENT PORT A_MINUTE`.

It is what `drumbeat serve` runs behind its doors, on uvloop and with its log: the scheduler and all that it needs, with
Slack's own adapter (CLIENT is `slack_sdk`) or with one that calls by aiohttp alone (`aiohttp`). All messages together
draw on a bucket of A_MINUTE; with 0 they draw on Slack's own buckets, which are so wide that they are never empty.
"""

import asyncio
import gc
import signal
import sys
from collections.abc import Sequence
from typing import Final

import aiohttp
import uvloop

from adapters.slack.clients import Web
from adapters.slack.platform import NAME, SlackPlatform
from adapters.slack.tokens import Access
from benchmarks import call
from bot.core.cards import Card, note
from bot.core.database import open_database
from bot.core.engine import Engine
from bot.core.feature import Feature
from bot.core.logs import configure_logs
from bot.core.ports import Destination, Limit, Posted
from scheduler import Scheduler, SystemClock

WIDE: Final = 100_000
MARGIN: Final = 0.995
"""How much of what the platform allows we ask for: two clocks never tick alike, and a network delays one call more than
the next."""

BURST: Final = 4
BENCH: Final = Feature(name="bench", drawings={"card": lambda _view: note("Hello! How was your week?")})


class Everywhere:
    """One token for all workspaces."""

    async def of(self, team: str, enterprise: str = "") -> Access | None:  # noqa: ARG002 -- it is the same everywhere
        """The access to a team."""
        return Access("xoxb", "UBOT", team=team)

    def forget(self, team: str) -> None:
        """There is nothing to look up anew."""


class Pretend(SlackPlatform):
    """Slack, with other limits."""

    def __init__(self, web: Web, a_minute: int) -> None:
        super().__init__(web, Everywhere())
        self._allowed = a_minute

    def limits(self, to: Destination, verb: str) -> Sequence[Limit]:  # noqa: ARG002 -- nothing is redrawn here
        """One bucket; or two, as Slack's own are: of a channel, and of a workspace, wide open."""
        if self._allowed:
            return (Limit("pretend", (self._allowed * MARGIN - BURST) / 60, BURST),)
        channel = Limit(f"{NAME}:{to.workspace.key}:place:{to.account}", 1.0, 3, shared=False)
        return (channel, Limit(f"{NAME}:{to.workspace.key}:send", WIDE, WIDE))


class Plain(Pretend):
    """The same by aiohttp alone."""

    def __init__(self, web: Web, a_minute: int, session: aiohttp.ClientSession, port: int) -> None:
        super().__init__(web, a_minute)
        self._session = session
        self._port = port

    async def send(self, to: Destination, card: Card, key: str) -> Posted:  # noqa: ARG002 -- what it says is always the same
        """Post a message once."""
        said = await call.plainly(self._session, self._port, to.account, key)
        return Posted(said["channel"], said["ts"])


async def _dispatch(url: str, client: str, port: int, a_minute: int) -> None:
    """Dispatch until told to end."""
    database, clock, web = open_database(url), SystemClock(), Web(f"http://127.0.0.1:{port}/api/")
    web.start()
    async with aiohttp.ClientSession() as session:
        platform = Pretend(web, a_minute) if client == "slack_sdk" else Plain(web, a_minute, session, port)
        scheduler = Scheduler(database, Engine(database, clock, [BENCH]), {NAME: platform}, clock)
        ended = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, ended.set)
        gc.collect()
        gc.freeze()
        scheduler.start()
        await ended.wait()
        await scheduler.stop(grace=5)
    await web.stop()
    await database.close()


if __name__ == "__main__":
    configure_logs()
    uvloop.run(_dispatch(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
