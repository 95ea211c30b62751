"""What PostgreSQL promises about signals between processes, in both kinds of event loop."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import uvloop

from bot.core.database import open_database
from bot.core.database.signals import BREATH
from tests.contracts.outage import away, cut
from tests.parts import postgres

Play = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def play(request: pytest.FixtureRequest) -> Play:
    """Give what runs a coroutine in an event loop of its own."""

    def run(scenario: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(scenario)

    return run


@dataclass
class Ears:
    """Counts what is heard."""

    count: int = 0

    def hear(self) -> None:
        self.count += 1

    async def more_than(self, before: int) -> None:
        async with asyncio.timeout(20):
            while self.count <= before:  # noqa: ASYNC110 -- what is waited for happens in another program
                await asyncio.sleep(0.005)


@asynccontextmanager
async def listener(url: str) -> AsyncIterator[Ears]:
    """Give somebody who listens already."""
    database, ears = open_database(url), Ears()
    async with database.listen(ears.hear):
        await ears.more_than(0)
        yield ears
    await database.close()


def test_who_listens_hears_what_another_process_signals(play: Play, postgres_url: str) -> None:
    async def scenario() -> None:
        speaker = open_database(postgres_url)
        async with listener(postgres_url) as one, listener(postgres_url) as other:
            heard = (one.count, other.count)
            speaker.notify()
            await one.more_than(heard[0])
            await other.more_than(heard[1])
        await speaker.close()

    play(scenario())


def test_many_signals_become_few_and_the_last_is_among_them(play: Play, postgres_url: str) -> None:
    async def scenario() -> None:
        speaker = open_database(postgres_url)
        async with listener(postgres_url) as ears:
            before, began = ears.count, time.monotonic()
            for _ in range(500):
                speaker.notify()
                await asyncio.sleep(0)
            await speaker.close()
            await ears.more_than(before)
            assert ears.count - before <= (time.monotonic() - began) / BREATH + 2

    play(scenario())


def test_what_is_signalled_right_before_the_end_is_heard(play: Play, postgres_url: str) -> None:
    async def scenario() -> None:
        async with listener(postgres_url) as ears:
            before = ears.count
            speaker = open_database(postgres_url)
            speaker.notify()
            await speaker.close()
            await ears.more_than(before)

    play(scenario())


def test_a_listener_that_was_cut_off_listens_again(play: Play, postgres_url: str) -> None:
    async def scenario() -> None:
        speaker = open_database(postgres_url)
        async with listener(postgres_url) as ears:
            for _ in range(3):
                before = ears.count
                await asyncio.to_thread(cut, postgres_url)
                await ears.more_than(before)  # it may have missed something, so it is as if it had heard
            before = ears.count
            speaker.notify()
            await ears.more_than(before)
        await speaker.close()

    play(scenario())


def test_a_listener_finds_a_server_that_was_away(
    play: Play, postgres_url: str, postgres_server: postgres.Server
) -> None:
    async def scenario() -> None:
        speaker = open_database(postgres_url)
        async with listener(postgres_url) as ears:
            with away(postgres_url, postgres_server):
                speaker.notify()  # nobody hears it, and nobody minds
                await asyncio.sleep(2 * BREATH)
                before = ears.count
            await ears.more_than(before)
            before = ears.count
            speaker.notify()
            await ears.more_than(before)
        await speaker.close()

    play(scenario())


def test_a_listener_survives_a_crash_of_the_server(play: Play) -> None:
    async def scenario(server: postgres.Server) -> None:
        url = server.url("postgres")
        speaker = open_database(url)
        async with listener(url) as ears:
            before = ears.count
            await asyncio.to_thread(_crash, url)
            await ears.more_than(before)
            before = ears.count
            speaker.notify()
            await ears.more_than(before)
        await speaker.close()

    if reason := postgres.missing():
        pytest.skip(reason)
    with postgres.running() as server:
        play(scenario(server))


def test_who_stops_listening_leaves_no_connection(play: Play, postgres_url: str) -> None:
    async def scenario() -> None:
        async with listener(postgres_url):
            assert postgres.listeners(postgres_url) == 1
        async with asyncio.timeout(10):
            while postgres.listeners(postgres_url):  # noqa: ASYNC110 -- the server notices a moment later
                await asyncio.sleep(0.005)

    play(scenario())


def _crash(url: str) -> None:
    """Kill the process of one connection: the server cuts everybody off and recovers from its log."""
    connection = psycopg.connect(url.replace("+psycopg", ""))
    os.kill(connection.info.backend_pid, signal.SIGKILL)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT pg_sleep(10)")
    connection.close()
