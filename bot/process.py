"""One process: its parts put together, started in order, and stopped in order."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Final, Protocol

import structlog
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from adapters.web import files, health, legal, server
from adapters.web.app import application
from adapters.web.metrics import Metrics
from bot import migrations
from bot.config import ProcessRole
from bot.core.database import Away, Database, ping
from bot.core.directory.sync import Sync
from bot.core.engine import Engine
from bot.core.interactions import Interaction
from bot.core.links import Links
from bot.core.ports import Clock, Platform
from bot.features import features
from scheduler import Happening, Hook, Notice, Scheduler

OPENING: Final = 2.0
"""Seconds that a start waits for the database before it listens all the same, and then between two looks for it."""

DRAIN: Final = 5.0
"""Seconds for which a replica that was told to stop still answers, saying that it is not ready. With `server.GRACE` for
requests and as much for calls, it ends within the 30 seconds after which orchestrators commonly kill."""

WATCH: Final = 10.0
"""Seconds between two looks whether the database is still in a shape with which this version can work."""

log = structlog.get_logger()


class Adapter(Protocol):
    """What every adapter hands over."""

    @property
    def platform(self) -> Platform: ...

    @property
    def routes(self) -> Sequence[BaseRoute]: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class Connected(Adapter, Protocol):
    """An adapter to a platform out there. `findings` are sentences about what keeps it from working."""

    async def findings(self) -> Sequence[str]: ...


class Process:
    """The parts of one process, put together: the database is brought into shape, then whatever works on it starts.

    `links` makes links to files, where browsers can reach us.

    One that only hears the platforms has no dispatcher; one that only sends has no doors but those of its health.
    """

    def __init__(
        self, database: Database, clock: Clock, role: ProcessRole = ProcessRole.ALL, links: Links | None = None
    ) -> None:
        platforms: dict[str, Platform] = {}
        self.engine = Engine(database, clock, features(), otherwise="drumbeat", platforms=platforms, links=links)
        self.hooks: list[Hook] = []
        self.scheduler = Scheduler(
            database, self.engine, platforms, clock, sync=Sync(self.engine, platforms), tell=self._tell
        )
        self._role = role
        self._database = database
        self._platforms = platforms
        self._adapters: list[Adapter] = []
        self._metrics = Metrics(database, clock, list(Happening))
        self._sending = AsyncExitStack()
        self._hindrance = "The start is not finished."
        self.failed = False
        self.engine.listen(self._handled)

    def connect(self, adapter: Adapter) -> None:
        """Add an adapter, before the start."""
        self._adapters.append(adapter)
        self._platforms[adapter.platform.name] = adapter.platform

    def application(self, *more: BaseRoute, https: bool = False) -> Starlette:
        """Everything that is reached over HTTP."""
        probes = {"start": self._started, "database": self._reached, "migrations": self._in_shape}
        if self._role.sends:
            probes |= {"dispatcher": self._dispatching}
        routes = [*health.routes(probes), *self._metrics.routes, *more]
        if self._role.hears:
            routes += [
                *legal.routes(),
                *files.routes(self.engine.file),
                *(door for adapter in self._adapters for door in adapter.routes),
            ]
        return application(routes, self._metrics, self._lifespan, https=https)

    def leave(self) -> float:
        """Be ready no more; the seconds for which to go on answering, where others can take over what is asked."""
        ready = not self._hindrance
        self._hindrance = self._hindrance or "It has been told to stop."
        return DRAIN if ready and self._role.hears and self._database.shared else 0

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._database.close)
            start = asyncio.create_task(self._start(stack))
            await asyncio.wait({start}, timeout=OPENING)
            try:
                yield
            finally:
                start.cancel()
                await asyncio.gather(start, return_exceptions=True)

    async def _start(self, stack: AsyncExitStack) -> None:
        try:
            await self._migrate()
            for adapter in self._adapters:
                await adapter.start()
                stack.push_async_callback(adapter.stop)
        except migrations.TooNew as hindrance:
            self._refuse(hindrance)
        except Exception:
            log.exception("start_failed")
            self.failed = True
            signal.raise_signal(signal.SIGTERM)
        else:
            stack.push_async_exit(self._sending)
            if self._role.sends:
                self.scheduler.start()
                self._sending.push_async_callback(self.scheduler.stop, server.GRACE)
                await self._sending.enter_async_context(self._database.listen(self.scheduler.wake))
            watching = asyncio.create_task(self._watch(), name="watch")
            stack.callback(watching.cancel)
            self._hindrance = ""
            gc.collect()
            gc.freeze()  # What is loaded stays: a collector that walks over it all stops every request for 0.1 s.
            log.info("ready")

    async def _watch(self) -> None:
        """Stop sending where a newer version takes the database into a shape with which this one cannot work."""
        while True:
            await asyncio.sleep(WATCH)
            with suppress(Exception):  # a database that is away comes back
                shape = await self._database.read(migrations.glance)
                if shape.too_new:
                    break
        self._refuse(shape.hindrance)
        await self._sending.aclose()

    def _refuse(self, hindrance: migrations.TooNew) -> None:
        self._hindrance = str(hindrance)
        log.error("database_elsewhere" if isinstance(hindrance, migrations.Elsewhere) else "database_too_new")

    async def _migrate(self) -> None:
        while True:
            try:
                await self._database.run(migrations.upgrade)
            except Away as away:
                log.warning("database_away", reason=str(away))
            except migrations.Busy:
                log.warning("database_busy")
            else:
                return
            await asyncio.sleep(OPENING)

    def _handled(self, act: Interaction, seconds: float) -> None:
        self._metrics.handled(act, seconds)
        if self._role.sends:
            self.scheduler.wake()
        else:
            self._database.notify()

    def _tell(self, notice: Notice) -> None:
        self._metrics.message(notice.happening, notice.lane, notice.lag)
        for hook in self.hooks:
            hook(notice)

    async def _started(self) -> str:
        return self._hindrance

    async def _reached(self) -> str:
        await self._database.read(ping)
        return ""

    async def _in_shape(self) -> str:
        shape = await self._database.read(migrations.shape)
        if shape.too_new:
            return str(shape.hindrance)
        return "" if shape.fits else f"It is at {shape.current or 'nothing'}, not at {migrations.head()}."

    async def _dispatching(self) -> str:
        return "" if self.scheduler.healthy() else "It does not run, or has not reached the database for a while."
