"""A handful of ticks a process, in memory; nothing a person, since one query finds who is due."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from scheduler.clock import SystemClock
from scheduler.failures import where

PLAN: Final = timedelta(seconds=5)
AHEAD: Final = 2 * PLAN
"""How far a tick plans ahead, so that what is due between two ticks is sent when it is due."""

SWEEP: Final = timedelta(seconds=5)
SYNC: Final = timedelta(seconds=15)
SYNCS: Final = 3
"""So many at once: a company of 100,000 takes minutes to be learnt, and a poll's audience must not wait for that."""

UPKEEP: Final = timedelta(minutes=10)
TIDY: Final = timedelta(hours=1)

LOOK_SECONDS: Final = 2.0
"""Between two looks whether the machine's clock was put to another time."""

PUT_SECONDS: Final = 1.0
"""By how much it may be corrected without a word."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do again and again, `most` times at once; `at_once` does not wait for the first interval."""

    name: str
    every: timedelta
    work: Callable[[], Awaitable[object]]
    at_once: bool = False
    most: int = 1


class Ticks:
    """Runs jobs until stopped. A pause of the machine becomes one run, and no job runs beside itself unless it may.

    APScheduler waits for an hour of the day: on a clock that was put back it would wait for as long as that.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._clock = SystemClock()
        self._begun = self._beginning()
        self._watching: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            # The default grace of one second would drop every run after a pause.
            job_defaults={"coalesce": True, "misfire_grace_time": None},
        )
        for job in jobs:
            every = IntervalTrigger(seconds=job.every.total_seconds())
            self._scheduler.add_job(_guarded(job), every, id=job.name, max_instances=job.most)
        self._first = [job.name for job in jobs if job.at_once]

    def start(self) -> None:
        """Start ticking; needs a running event loop."""
        self._scheduler.start(paused=True)
        for name in self._first:
            job = self._scheduler.get_job(name)
            job.modify(next_run_time=job.next_run_time - job.trigger.interval)
        self._scheduler.resume()
        self._watching = asyncio.create_task(self._watch(), name="clock")

    def stop(self) -> None:
        """Stop ticking; what runs at this moment ends by itself."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._watching:
            self._watching.cancel()

    async def _watch(self) -> None:
        """Make every job due at once where the clock was put to another time."""
        while True:
            begun = self._beginning()
            if abs(begun - self._begun) > PUT_SECONDS:
                log.warning("clock_put", seconds=round(begun - self._begun))
                self._begun = begun
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=self._clock.now())
            await asyncio.sleep(LOOK_SECONDS)

    def _beginning(self) -> float:
        """When the machine was started, by its own clock: another time only if the clock was put to one."""
        return self._clock.now().timestamp() - self._clock.elapsed()


def _guarded(job: Job) -> Callable[[], Awaitable[None]]:
    """A job's fault is told and does not end the job."""

    async def work() -> None:
        try:
            await job.work()
        except Exception as error:  # noqa: BLE001 -- a database that is away comes back; the next tick tries again
            log.error("tick_broke", tick=job.name, error=type(error).__name__, where=where(error))  # noqa: TRY400 -- an error's own words may hold what people wrote

    return work
