"""A handful of ticks a process, in memory; nothing a person, since one query finds who is due."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from scheduler.failures import where

PLAN: Final = timedelta(seconds=5)
AHEAD: Final = 2 * PLAN
"""How far a tick plans ahead, so that what is due between two ticks is sent when it is due."""

SWEEP: Final = timedelta(seconds=5)
SYNC: Final = timedelta(seconds=15)
TIDY: Final = timedelta(hours=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do again and again; `at_once` does not wait for the first interval."""

    name: str
    every: timedelta
    work: Callable[[], Awaitable[object]]
    at_once: bool = False


class Ticks:
    """Runs jobs until stopped. A pause of the machine becomes one run, and no job runs beside itself."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            # The default grace of one second would drop every run after a pause.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for job in jobs:
            self._scheduler.add_job(_guarded(job), IntervalTrigger(seconds=job.every.total_seconds()), id=job.name)
        self._first = [job.name for job in jobs if job.at_once]

    def start(self) -> None:
        """Start ticking; needs a running event loop."""
        self._scheduler.start(paused=True)
        for name in self._first:
            job = self._scheduler.get_job(name)
            job.modify(next_run_time=job.next_run_time - job.trigger.interval)
        self._scheduler.resume()

    def stop(self) -> None:
        """Stop ticking; what runs at this moment ends by itself."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def _guarded(job: Job) -> Callable[[], Awaitable[None]]:
    """A job's fault is told and does not end the job."""

    async def work() -> None:
        try:
            await job.work()
        except Exception as error:  # noqa: BLE001 -- a database that is away comes back; the next tick tries again
            log.error("tick_broke", tick=job.name, error=type(error).__name__, where=where(error))  # noqa: TRY400 -- an error's own words may hold what people wrote

    return work
