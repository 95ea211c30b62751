"""The scheduler as the rest of the house sees it: start, stop, wake, and step by step for a clock moved by hand."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa

from bot.core.cadence.store import cadences
from bot.core.database import Connection, Database
from bot.core.engine import Engine
from bot.core.ports import Clock, Platform
from scheduler import queue, retention, ticks
from scheduler.dispatcher import Dispatcher
from scheduler.notices import Checkpoint, Hook, logged, onward, unheard
from scheduler.patience import Patience
from scheduler.planner import Planner
from scheduler.scenes import Stage
from scheduler.ticks import Job, Ticks

ROUNDS = 100
"""`run_due` plans and dispatches in turns, since what was sent can make more due; a loop would end here."""


class Scheduler:
    """Plans and sends. One a process; any number of processes on one database.

    `platforms` by name. `sync` takes over profiles, and who is where, when it is time for it. `tell` hears
    of everything that happens to a message.
    """

    def __init__(
        self,
        database: Database,
        engine: Engine,
        platforms: Mapping[str, Platform],
        clock: Clock,
        *,
        sync: Callable[[], Awaitable[object]] | None = None,
        tell: Hook = unheard,
        patience: Patience | None = None,
        checkpoint: Checkpoint = onward,
    ) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        tell = logged(tell)
        self._planner = Planner(database, engine.features.values(), tell, checkpoint)
        self._dispatcher = Dispatcher(
            database, Stage(engine, platforms), clock, patience=patience, tell=tell, checkpoint=checkpoint
        )
        self._sync = sync
        self._ticks = Ticks(self._jobs())
        self._serving: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to plan and dispatch in the running event loop."""
        self._serving = asyncio.create_task(self._dispatcher.serve(), name="dispatcher")
        self._ticks.start()

    async def stop(self, grace: float | None = None) -> None:
        """Plan and take nothing more, and finish the calls in flight for `grace` seconds."""
        self._ticks.stop()
        await self._dispatcher.stop(grace)
        if self._serving:
            with suppress(asyncio.CancelledError):
                await self._serving

    def wake(self) -> None:
        """Rows were written: dispatch at once. Call it in the event loop's thread."""
        self._dispatcher.wake()

    def healthy(self) -> bool:
        """Whether the dispatcher is alive and reached the database a moment ago."""
        return self._serving is not None and not self._serving.done() and self._dispatcher.healthy()

    async def run_due(self) -> None:
        """Learn, plan and dispatch everything due at the clock's present instant, until there is no more."""
        for _ in range(ROUNDS):
            if self._sync:
                await self._sync()
            done = await self._planner.run(self._clock.now())
            done += await self._planner.keep_up(self._clock.now())
            done += await self._dispatcher.sweep()
            done += await self._dispatcher.run_due()
            if not done:
                return

    async def next_due(self, before: datetime) -> datetime | None:
        """The next instant, after now and not after `before`, at which something is to be planned or sent."""
        now = self._clock.now()
        due = await self._database.read(lambda connection: self._next_due(connection, now))
        return due if due is not None and due <= before else None

    def _next_due(self, connection: Connection, now: datetime) -> datetime | None:
        times = [
            self._dispatcher.resting(now),
            queue.next_due(connection, now),
            connection.execute(
                sa.select(sa.func.min(cadences.c.next_due_at)).where(cadences.c.next_due_at > now)
            ).scalar_one_or_none(),
            *(each.upcoming(connection, now) for each in self._engine.features.values() if each.upcoming),
        ]
        return min(filter(None, times), default=None)

    def _jobs(self) -> list[Job]:
        jobs = [
            Job("plan", ticks.PLAN, self._plan, at_once=True),
            Job("sweep", ticks.SWEEP, self._dispatcher.sweep, at_once=True),
            Job("keep up", ticks.UPKEEP, self._keep_up, at_once=True),
            Job("tidy", ticks.TIDY, self._tidy),
        ]
        return [*jobs, Job("sync", ticks.SYNC, self._sync, at_once=True, most=ticks.SYNCS)] if self._sync else jobs

    async def _plan(self) -> None:
        if await self._planner.run(self._clock.now(), ticks.AHEAD):
            self.wake()

    async def _keep_up(self) -> None:
        await self._planner.keep_up(self._clock.now())

    async def _tidy(self) -> None:
        await retention.tidy(self._database, self._clock.now())
