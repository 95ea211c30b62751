"""The sandbox and the scheduler, put together as the demo does it."""

from datetime import datetime

from adapters.sandbox.app import SandboxAdapter
from bot.core.directory.sync import Sync
from bot.core.engine import Engine
from scheduler import MovableClock, Scheduler


def put_together(engine: Engine, clock: MovableClock) -> tuple[SandboxAdapter, Scheduler]:
    """A sandbox in which colleagues act without a pause, and the scheduler that sends into it."""

    async def run_due() -> None:
        await scheduler.run_due()

    async def next_due(before: datetime) -> datetime | None:
        return await scheduler.next_due(before)

    sandbox = SandboxAdapter(engine, clock, run_due=run_due, next_due=next_due, pace=0)
    platforms = {sandbox.platform.name: sandbox.platform}
    sync = Sync(engine, platforms)
    scheduler = Scheduler(engine.database, engine, platforms, clock, sync=sync, tell=sandbox.notice)
    return sandbox, scheduler
