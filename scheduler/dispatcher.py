"""Outbox -> platform: takes rows, calls, and writes down what became of the calls."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final, TypeVar

import structlog

from bot.core import outbox
from bot.core.database import Connection, Database
from bot.core.errors import PlatformError, Unknown
from bot.core.outbox import Entry, Halt
from bot.core.ports import MAY_BEGIN, Clock, Posted
from scheduler import leases
from scheduler.delivery import Delivery, Ready, Taken
from scheduler.failures import where
from scheduler.leases import Held, Watch
from scheduler.notices import Checkpoint, Hook, Notice, onward, unheard
from scheduler.outcomes import Landed, Outcomes, Question
from scheduler.patience import Patience
from scheduler.queue import Queue
from scheduler.scenes import Stage
from scheduler.turns import AT_ONCE, Turns

T = TypeVar("T")

IDLE_SECONDS: Final = 1.0
BREATH_SECONDS: Final = 0.05
"""After a look that found nothing, further wakes wait so long: a hundred votes in a moment are one look."""

HURRY_SECONDS: Final = 0.05
"""With no room for campaigns, answers are looked for so often all the same."""

BROKEN_SECONDS: Final = 1.0
ALIVE_SECONDS: Final = 15.0
ASKED_AT_ONCE: Final = 8
BITE: Final = 1000

log = structlog.get_logger()


class Dispatcher:
    """Sends what is due. Any number of replicas may dispatch at once; each row is in one worker's hands at a time."""

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
        self._clock = clock
        self._patience = patience or Patience()
        self._delivery = Delivery(stage, checkpoint)
        self._outcomes = Outcomes(stage, self._patience)
        self._tell = tell
        self._checkpoint = checkpoint
        self._turns = Turns()
        self._watch = Watch(self._patience.lease.total_seconds())
        self._carrying: dict[Held, int] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self._landed: list[Landed] = []
        self._receipts: asyncio.Task[None] | None = None
        self._awake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._looking = asyncio.Lock()
        self._alive_at = -ALIVE_SECONDS
        self._broken = False
        self._hungry = False

    def wake(self) -> None:
        """Look for due rows at once; call it in the event loop's thread after writing some."""
        self._awake.set()

    def healthy(self) -> bool:
        """Whether the loop runs and reached the database a moment ago."""
        return self._clock.elapsed() - self._alive_at < ALIVE_SECONDS

    async def serve(self) -> None:
        """Dispatch until `stop`; nothing that happens to a row or to the database ends it."""
        async with self._looking:
            while not self._stopping.is_set():
                self._awake.clear()
                if self._hungry and not self._roomy():
                    await _first(self._awake, HURRY_SECONDS)
                pause = await self._look()
                if pause:
                    await _first(self._stopping, min(pause, BREATH_SECONDS))
                    await _first(self._awake, pause)

    async def stop(self, grace: float | None = None) -> None:
        """Take nothing more, let calls in flight end for `grace` seconds, and leave the rest to whoever takes over."""
        self._stopping.set()
        self._awake.set()
        async with self._looking:
            self._alive_at = -ALIVE_SECONDS
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience.call.total_seconds() if grace is None else grace):
                await self._settled()
        late = [*self._calls, *([self._receipts] if self._receipts else [])]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def run_due(self) -> int:
        """Dispatch everything that is due at this instant and can go, and return how many rows were dealt with."""
        done = 0
        while True:
            taken = await self._take(self._clock.now())
            await self._settled()
            if not taken.ready and not taken.told:
                return done
            done += len(taken.ready) + len(taken.told)

    def resting(self, now: datetime) -> datetime | None:
        """The first instant after `now` at which a queue that waits for its limits goes on."""
        return min(self._turns.resting(now), default=None)

    async def sweep(self) -> int:
        """Take over from vanished workers, ask platforms about what nobody knows the fate of, write halts into rows."""
        now = self._clock.now()
        sight = await self._database.read(lambda connection: leases.look(connection, now))
        done = 0
        others = [each for each in sight.held if each not in self._carrying]
        if lapsed := self._watch.lapsed(others, self._clock.elapsed()):
            taken = await self._database.run(lambda connection: self._outcomes.take_over(connection, lapsed, now))
            self._tell_all(taken)
            done += len(taken)
        if sight.to_ask or done:
            done += await self._ask_some(now)
        if sight.to_sweep:
            for halt in await self._database.read(outbox.to_sweep):
                await self._sweep_halt(halt)
        return done

    async def _look(self) -> float:
        now = self._clock.now()
        try:
            taken = await self._take(now)
        except Exception as error:  # noqa: BLE001 -- a database that is away comes back
            if not self._broken:
                log.error("dispatch_broke", error=type(error).__name__, where=where(error))  # noqa: TRY400 -- an error's own words may hold what people wrote
            self._broken = True
            return BROKEN_SECONDS
        if self._broken:
            log.info("dispatch_recovered")
        self._broken = False
        self._alive_at = self._clock.elapsed()
        if taken.ready or taken.told or not self._roomy():
            return 0
        soon = [at for at in (*taken.heads.values(), *self._turns.resting(now)) if at > now]
        return min((min(soon) - now).total_seconds(), IDLE_SECONDS) if soon else IDLE_SECONDS

    async def _take(self, now: datetime) -> Taken:
        """Take what there is room for, and begin its calls."""
        began = self._clock.elapsed()
        busy = Counter(self._carrying.values())
        chosen: dict[Queue, int] = {}

        def choose(heads: Mapping[Queue, datetime]) -> list[tuple[Queue, int]]:
            chosen.clear()
            chosen.update(self._turns.choose(heads, busy, now))
            return list(chosen.items())

        taken = await self._carefully(
            lambda alone: lambda connection: self._delivery.take(connection, now, choose, one_by_one=alone)
        )
        self._turns.served(chosen, taken.given, taken.rests)
        self._hungry = any(taken.given.get(queue, 0) == most for queue, most in chosen.items()) or not self._roomy()
        self._tell_all(taken.told)
        for ready in taken.ready:
            self._carrying[ready.entry.id, ready.entry.fence] = ready.entry.workspace_id
            call = asyncio.create_task(self._carry(ready, began))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
        return taken

    async def _carefully(self, work: Callable[[bool], Callable[[Connection], T]]) -> T:
        """Do a batch's work; if it breaks, row by row, so that only the row with a bug in it suffers."""
        try:
            return await self._database.briefly(work(False))  # noqa: FBT003 -- not one by one
        except Exception:  # noqa: BLE001 -- a database that is away will say so again
            return await self._database.run(work(True))  # noqa: FBT003 -- one by one

    async def _carry(self, ready: Ready, began: float) -> None:
        """One call. Whatever happens to it, its row is written, or left to whoever takes over."""
        self._checkpoint("after intent")
        limit = (self._patience.lease - self._patience.call).total_seconds()

        def ours() -> bool:
            return self._clock.elapsed() - began < limit

        if not ours():
            self._drop(ready)  # This process slept: somebody else may be asking for this message already.
            return
        MAY_BEGIN.set(ours)  # in the context of this one task
        result = await self._call(ready)
        self._checkpoint("before the receipt")
        self._landed.append(Landed(ready, result, self._clock.now()))
        if self._receipts is None:
            self._receipts = asyncio.create_task(self._write_receipts())

    async def _call(self, ready: Ready) -> Posted | PlatformError | None:
        scene = ready.scene
        try:
            async with asyncio.timeout(self._patience.call.total_seconds()):
                if scene.message is None:
                    return await ready.platform.send(scene.to, ready.card, scene.entry.key)
                self._checkpoint("while redrawing")
                await ready.platform.update(scene.workspace, scene.message, ready.card)
                return None
        except PlatformError as error:
            return error
        except TimeoutError:
            return Unknown("timed_out")
        except Exception as error:  # noqa: BLE001 -- the platform may have taken the message before our bug
            log.error("platform_broke", platform=ready.platform.name, error=type(error).__name__, where=where(error))  # noqa: TRY400 -- an error's own words may hold what people wrote
            return Unknown("bug")

    async def _write_receipts(self) -> None:
        """Write what has landed, as much as there is at a time, and again until the database takes it."""
        while self._landed:
            landed, self._landed = self._landed, []
            notices = await self._conclude(landed)
            for each in landed:
                self._drop(each.ready)
            self._tell_all(notices)
        self._receipts = None

    async def _conclude(self, landed: list[Landed]) -> list[Notice]:
        while True:
            try:
                return await self._carefully(
                    lambda alone: lambda connection: self._outcomes.conclude(connection, landed, one_by_one=alone)
                )
            except Exception as error:  # noqa: BLE001 -- a database that is away comes back; the receipts wait for it
                log.error("receipts_wait", rows=len(landed), error=type(error).__name__, where=where(error))  # noqa: TRY400 -- an error's own words may hold what people wrote
                await asyncio.sleep(BROKEN_SECONDS)

    def _drop(self, ready: Ready) -> None:
        self._carrying.pop((ready.entry.id, ready.entry.fence), None)
        if not self._hungry or self._roomy():
            self._awake.set()

    def _roomy(self) -> bool:
        """Whether there is room enough to be worth a look, if that is what the last one lacked."""
        return len(self._carrying) <= AT_ONCE // 2

    async def _settled(self) -> None:
        """Wait for every call and its receipt."""
        while self._calls or self._receipts:
            await asyncio.gather(*self._calls, *([self._receipts] if self._receipts else []))

    async def _ask_some(self, now: datetime) -> int:
        again = now + self._patience.lease
        doubtful = await self._database.run(lambda connection: leases.ask(connection, now, again, ASKED_AT_ONCE))
        await asyncio.gather(*map(self._ask, doubtful))
        return len(doubtful)

    async def _ask(self, entry: Entry) -> None:
        try:
            now = self._clock.now()
            question = await self._database.run(lambda connection: self._outcomes.question(connection, entry, now))
            if question is None:
                return
            answer = await self._answer(question)
            now = self._clock.now()
            self._tell_all(
                await self._database.run(lambda connection: self._outcomes.answered(connection, question, answer, now))
            )
        except Exception as error:  # noqa: BLE001 -- asked again a lease later
            log.error("question_broke", row=entry.id, error=type(error).__name__, where=where(error))  # noqa: TRY400 -- an error's own words may hold what people wrote

    async def _answer(self, question: Question) -> Posted | PlatformError | None:
        entry = question.entry
        try:
            async with asyncio.timeout(self._patience.call.total_seconds()):
                return await question.platform.find(question.scene.to, entry.key, entry.intent_at or entry.due_at)
        except PlatformError as error:
            return error
        except TimeoutError:
            return Unknown("timed_out")

    async def _sweep_halt(self, halt: Halt) -> None:
        after: int | None = 0
        while after is not None:
            since = after
            after = await self._database.run(
                lambda connection, since=since: outbox.sweep_halt(connection, halt, since, BITE)  # type: ignore[misc]
            )

    def _tell_all(self, notices: list[Notice]) -> None:
        for notice in notices:
            self._tell(notice)


async def _first(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
