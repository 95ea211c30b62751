"""Outbox -> platform: claims rows, prepares them, calls, and writes down what became of the calls."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.core.database import Connection, Database
from bot.core.errors import PlatformError, Unknown
from bot.core.ports import Clock, Posted
from scheduler import delivery, leases
from scheduler.delivery import Ready, Rest, Wait
from scheduler.failures import where
from scheduler.leases import Claim
from scheduler.notices import Checkpoint, Hook, Notice, onward, unheard
from scheduler.outcomes import Outcomes, Question
from scheduler.patience import Patience
from scheduler.scenes import Stage, Undrawable

AT_ONCE: Final = 32
AT_ONCE_PER_WORKSPACE: Final = 16
"""A workspace that has to wait for its limits leaves room for the others."""

CALL_SECONDS: Final = 30.0
"""A call that takes longer counts as unknown; it must end well before its lease does."""

HORIZON: Final = timedelta(seconds=5)
"""A row whose token is at most so far ahead is kept and waits for it."""

IDLE_SECONDS: Final = 1.0
BREATH_SECONDS: Final = 0.05
"""After a look that found nothing, further wakes wait so long: a hundred votes in a moment are one look."""

BROKEN_SECONDS: Final = 1.0
ALIVE_SECONDS: Final = 15.0
ASKED_AT_ONCE: Final = 8

log = structlog.get_logger()


class Dispatcher:
    """Sends what is due. Any number of replicas may dispatch at once; each row is one worker's at a time."""

    def __init__(
        self,
        database: Database,
        stage: Stage,
        clock: Clock,
        *,
        patience: Patience | None = None,
        tell: Hook = unheard,
        checkpoint: Checkpoint = onward,
    ) -> None:
        self._database = database
        self._stage = stage
        self._clock = clock
        self._outcomes = Outcomes(stage, patience or Patience())
        self._tell = tell
        self._checkpoint = checkpoint
        self._carrying: dict[asyncio.Task[None], Claim] = {}
        self._resting: dict[int, datetime] = {}
        self._awake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._looking = asyncio.Lock()
        self._alive_at = -ALIVE_SECONDS

    def wake(self) -> None:
        """Look for due rows at once; call it in the event loop's thread after writing some."""
        self._awake.set()

    def healthy(self) -> bool:
        """Whether the loop runs and reached the database a moment ago."""
        return time.monotonic() - self._alive_at < ALIVE_SECONDS

    async def serve(self) -> None:
        """Dispatch until `stop`; nothing that happens to a row or to the database ends it."""
        async with self._looking:
            while not self._stopping.is_set():
                self._awake.clear()
                pause = await self._look()
                if pause:
                    await _first(self._stopping, min(pause, BREATH_SECONDS))
                    await _first(self._awake, pause)

    async def stop(self, grace: float = CALL_SECONDS) -> None:
        """Give back what waits, let calls in flight end for `grace` seconds, and leave the rest to its lease."""
        self._stopping.set()
        self._awake.set()
        async with self._looking:
            self._alive_at = -ALIVE_SECONDS
        if self._carrying:
            _, late = await asyncio.wait(self._carrying, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def run_due(self) -> int:
        """Dispatch everything that is due at this instant and can go, and return how many rows were taken."""
        taken = 0
        while claims := await self._claim(AT_ONCE, []):
            taken += len(claims)
            await asyncio.gather(*(self._carry(claim, timedelta(0)) for claim in claims))
        if self._carrying:
            await asyncio.wait(self._carrying)
        return taken

    async def sweep(self) -> int:
        """Take back what vanished workers held, and ask the platforms about messages nobody knows the fate of."""
        now = self._clock.now()
        swept = await self._database.run(lambda connection: self._outcomes.sweep(connection, now, AT_ONCE))
        for notice in swept:
            self._tell(notice)
        doubtful = await self._database.run(lambda connection: leases.claim_unknown(connection, now, ASKED_AT_ONCE))
        await asyncio.gather(*map(self._ask, doubtful))
        return len(swept) + len(doubtful)

    async def _look(self) -> float:
        try:
            pause = await self._pass()
        except Exception as error:  # noqa: BLE001 -- a database that is away comes back
            log.error("dispatch_broke", error=type(error).__name__, where=where(error))  # noqa: TRY400 -- an error's own words may hold what people wrote
            return BROKEN_SECONDS
        self._alive_at = time.monotonic()
        return pause

    async def _pass(self) -> float:
        """Claim what there is room for; how many seconds to wait before the next pass."""
        room = AT_ONCE - len(self._carrying)
        now = self._clock.now()
        if room <= 0:
            return IDLE_SECONDS
        resting = self._crowded(now)
        claims = await self._claim(room, resting) if await self._database.read(lambda c: leases.any_due(c, now)) else []
        for claim in claims:
            task = asyncio.create_task(self._carry(claim, HORIZON))
            self._carrying[task] = claim
            task.add_done_callback(self._landed)
        return 0 if claims else await self._pause(now)

    async def _pause(self, now: datetime) -> float:
        due = await self._database.read(lambda connection: leases.next_due(connection, now))
        sooner = [each for each in (due, *self._resting.values()) if each is not None and each > now]
        seconds = (min(sooner) - now).total_seconds() if sooner else IDLE_SECONDS
        return min(max(seconds, 0.001), IDLE_SECONDS)

    def _crowded(self, now: datetime) -> list[int]:
        """Workspaces to leave alone: those that rest, and those that fill their share already."""
        self._resting = {workspace: until for workspace, until in self._resting.items() if until > now}
        busy = Counter(claim.workspace for claim in self._carrying.values())
        full = [workspace for workspace, count in busy.items() if count >= AT_ONCE_PER_WORKSPACE]
        return [*self._resting, *full]

    def _landed(self, task: asyncio.Task[None]) -> None:
        del self._carrying[task]
        self._awake.set()

    async def _claim(self, most: int, resting: list[int]) -> list[Claim]:
        now = self._clock.now()
        claims = await self._database.run(lambda connection: leases.claim(connection, now, most, resting))
        if claims:
            self._checkpoint("after claim")
        return claims

    async def _carry(self, claim: Claim, horizon: timedelta) -> None:
        """One row from claim to receipt. Where the database fails half way, the lease runs out and the sweep acts."""
        try:
            prepared = await self._prepare(claim, horizon)
            if isinstance(prepared, Ready):
                await self._send(prepared)
            elif isinstance(prepared, Notice):
                self._tell(prepared)
            elif isinstance(prepared, Rest):
                self._resting[claim.workspace] = min(prepared.until, self._clock.now() + timedelta(seconds=1))
        except Undrawable as error:
            log.error("drawing_broke", drawing=str(error), where=where(error.__cause__ or error))  # noqa: TRY400 -- an error's own words may hold what people wrote
            await self._write(lambda connection: self._outcomes.broken(connection, claim, self._clock.now()))
        except Exception as error:  # noqa: BLE001 -- one row's misfortune is not the dispatcher's
            log.error("delivery_broke", row=claim.id, error=type(error).__name__, where=where(error))  # noqa: TRY400 -- an error's own words may hold what people wrote

    async def _prepare(self, claim: Claim, horizon: timedelta) -> delivery.Prepared:
        prepared = await self._prepared(claim, horizon, granted=False)
        if not isinstance(prepared, Wait):
            return prepared
        await _first(self._stopping, (prepared.at - self._clock.now()).total_seconds())
        if self._stopping.is_set():
            await self._database.run(lambda connection: leases.retry(connection, claim, self._clock.now(), "stopped"))
            return None
        return await self._prepared(claim, horizon, granted=True)

    async def _prepared(self, claim: Claim, horizon: timedelta, *, granted: bool) -> delivery.Prepared:
        now = self._clock.now()
        self._checkpoint("before intent")
        return await self._database.run(
            lambda connection: delivery.prepare(self._stage, connection, claim, now, horizon=horizon, granted=granted)
        )

    async def _send(self, ready: Ready) -> None:
        self._checkpoint("after intent")
        if self._clock.now() >= ready.until:
            return  # The lease ran out in between: somebody else may be asking for this message already.
        result = await self._call(ready)
        self._checkpoint("before the receipt")
        now = self._clock.now()
        await self._write(lambda connection: self._outcomes.conclude(connection, ready, result, now))

    async def _call(self, ready: Ready) -> Posted | PlatformError | None:
        scene = ready.scene
        try:
            async with asyncio.timeout(CALL_SECONDS):
                if scene.message is None:
                    return await ready.platform.send(scene.to, ready.card, scene.row.key)
                await ready.platform.update(scene.workspace, scene.message, ready.card)
                return None
        except PlatformError as error:
            return error
        except TimeoutError:
            return Unknown("timed_out")
        except Exception as error:  # noqa: BLE001 -- the platform may have taken the message before our bug
            log.error("platform_broke", platform=ready.platform.name, error=type(error).__name__, where=where(error))  # noqa: TRY400 -- an error's own words may hold what people wrote
            return Unknown("bug")

    async def _ask(self, claim: Claim) -> None:
        try:
            now = self._clock.now()
            question = await self._database.run(lambda connection: self._outcomes.question(connection, claim, now))
            if question is None:
                return
            answer = await _answer(question)
            now = self._clock.now()
            await self._write(lambda connection: self._outcomes.answered(connection, question, answer, now))
        except Exception as error:  # noqa: BLE001 -- asked again when the lease has run out
            log.error("question_broke", row=claim.id, error=type(error).__name__, where=where(error))  # noqa: TRY400 -- an error's own words may hold what people wrote

    async def _write(self, work: Callable[[Connection], Notice | None]) -> None:
        notice = await self._database.run(work)
        if notice:
            self._tell(notice)


async def _answer(question: Question) -> Posted | PlatformError | None:
    row = question.scene.row
    try:
        async with asyncio.timeout(CALL_SECONDS):
            return await question.platform.find(question.scene.to, row.key, row.intent_at)
    except PlatformError as error:
        return error
    except TimeoutError:
        return Unknown("timed_out")


async def _first(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
