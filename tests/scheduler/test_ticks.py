"""Ticks go on, whatever happens to the work and to the machine's clock."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from scheduler.ticks import Job, Ticks


async def test_every_tick_runs_at_once_and_a_fault_does_not_end_it() -> None:
    runs: list[int] = []
    enough = asyncio.Event()

    async def work() -> None:
        runs.append(1)
        if len(runs) == 3:
            enough.set()
        raise ValueError("private")

    ticks = Ticks([Job("work", timedelta(milliseconds=20), work, at_once=True), Job("rare", timedelta(days=1), work)])
    ticks.start()
    async with asyncio.timeout(10):
        await enough.wait()
    ticks.stop()


async def test_work_that_takes_long_is_begun_again_only_where_it_may_run_beside_itself() -> None:
    begun: list[str] = []
    enough = asyncio.Event()

    def long(name: str) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            begun.append(name)
            if begun.count("beside") == 3:
                enough.set()
            await asyncio.Event().wait()

        return work

    soon = timedelta(milliseconds=20)
    ticks = Ticks([Job("alone", soon, long("alone"), at_once=True), Job("beside", soon, long("beside"), most=3)])
    ticks.start()
    async with asyncio.timeout(10):
        await enough.wait()
    ticks.stop()
    assert begun.count("alone") == 1


@pytest.mark.parametrize("by", [timedelta(days=-1), timedelta(hours=-1), timedelta(hours=1), timedelta(days=1)])
async def test_ticks_go_on_when_the_clock_is_put_to_another_time(
    by: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.ticks.LOOK_SECONDS", 0.02)
    ran = asyncio.Event()

    async def work() -> None:
        ran.set()

    ticks = Ticks([Job("work", timedelta(milliseconds=50), work)])
    ticks.start()
    async with asyncio.timeout(10):
        await ran.wait()
        with time_machine.travel(datetime.now(UTC) + by):
            for _ in range(3):
                ran.clear()
                await ran.wait()
        ran.clear()
        await ran.wait()
    ticks.stop()


async def test_a_clock_that_was_put_to_another_time_makes_everything_due_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scheduler.ticks.LOOK_SECONDS", 0.02)
    ran = asyncio.Event()

    async def work() -> None:
        ran.set()

    ticks = Ticks([Job("rare", timedelta(days=1), work)])
    ticks.start()
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=1)):
        async with asyncio.timeout(10):
            await ran.wait()
    ticks.stop()
