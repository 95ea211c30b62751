"""One bout: a database, a pretend chat, replicas, people who act, and trouble; then peace, and the invariant."""

import asyncio
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
from sqlalchemy.exc import DBAPIError

from tests.faults import company, ledger
from tests.faults.book import Book
from tests.faults.clock import Offsets
from tests.faults.company import Team
from tests.faults.crew import Crew
from tests.faults.house import Build, House
from tests.faults.invariant import Evidence, Violation, doubts, violations, waits
from tests.faults.office import MANNERS, Office
from tests.faults.weather import FAIR, Weather
from tests.faults.worker import PATIENCE, Orders
from tests.parts import process

PEACE: Final = 90.0
"""Seconds after the trouble within which every message must have ended."""

LONGEST: Final = 900.0
"""Seconds after which a bout has hung."""

SOON: Final = 12.0
"""Seconds that are enough for what waits for nothing."""

LAG: Final = PATIENCE.lease + timedelta(seconds=1.5)


class Bout:
    """What trouble is made with."""

    def __init__(self, house: House, crew: Crew, offsets: Offsets, chat: str, seed: int, folder: Path) -> None:
        self.house = house
        self.crew = crew
        self.offsets = offsets
        self.chance = random.Random(f"{seed}:trouble")
        self.done: Counter[str] = Counter()
        self.over = asyncio.Event()
        self._chat = chat
        self._ledger = folder / "ledger"

    async def weather(self, weather: Weather) -> None:
        """Set the platforms' weather."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self._chat}/control/weather", json=weather.written()) as told,
        ):
            told.raise_for_status()

    def seen(self) -> Counter[str]:
        """How often each message was posted so far, by its mark."""
        written, _, _ = self._ledger.read_text().rpartition("\n")
        entries = ledger.read(written.splitlines())
        return Counter(entry.mark for entry in entries if entry.what == "accepted" and entry.verb == "send")

    async def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the trouble."""
        await first(seconds, self.over)


Life = Callable[[Bout, int], Coroutine[Any, Any, None]]
"""What a place's worker goes through, from its birth on; when it returns, the next one is born."""

Trouble = Callable[[Bout], Coroutine[Any, Any, None]]
"""What happens to everybody. When it returns there is peace."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a bout is made of.

    `pace` is how many acts a second there are, and `manners` how often each kind comes; `broken` is what is broken on
    purpose. What does not end soon gets another chance `later`, so many seconds on by everybody's clock: it may have
    been put off by a clock that was ahead. Where it is `doubtless`, not even a message on a platform that cannot be
    asked may end as unknown.
    """

    part: str
    trouble: Trouble
    life: Life
    teams: Callable[[datetime], list[Team]] = lambda _now: company.never_quiet()
    weather: Weather = FAIR
    pace: float = 12
    clocks_agree: bool = True
    broken: str = ""
    doubtless: bool = False
    later: float = 0
    manners: Mapping[str, float] = field(default_factory=lambda: MANNERS)


@dataclass
class Outcome:
    """What was done in a bout, and what came of it. Where a promise was broken, `folder` keeps all that is known."""

    part: str
    database: str
    seed: int
    done: Counter[str] = field(default_factory=Counter)
    violations: Sequence[Violation] = ()
    seconds: float = 0
    skipped: str = ""
    folder: Path | None = None


async def run(plan: Plan, build: Build, seed: int) -> Outcome:
    """Let one bout happen, and hold what it left behind against the invariant."""
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="drumbeat-faults-", dir="/tmp"))
    house = build(folder)
    async with _chat(folder) as chat:
        book = Book(plan.teams(datetime.now(UTC)))
        house.do(lambda connection: company.found(connection, book.teams, chat))
        bout, office = await _begin(plan, folder, house, chat, seed, book)
        try:
            async with asyncio.timeout(LONGEST):
                await _rage(plan, bout, office)
                await _calm(plan, bout, office, book)
        finally:
            await bout.crew.close()
    outcome = _judged(plan, bout, book, folder, seed)
    outcome.seconds = time.monotonic() - began
    house.remove()
    if not outcome.violations:
        shutil.rmtree(folder)
        outcome.folder = None
    return outcome


@asynccontextmanager
async def _chat(folder: Path) -> AsyncIterator[str]:
    """The pretend platforms; where they listen."""
    command = [sys.executable, "-m", "tests.faults.chat", str(folder)]
    with process.running(command, log=folder / "chat.log") as program:
        port = folder / "port"
        program.wait_until(port.exists, "listens")
        yield f"http://127.0.0.1:{port.read_text()}"


async def _begin(plan: Plan, folder: Path, house: House, chat: str, seed: int, book: Book) -> tuple[Bout, Office]:
    offsets = Offsets(folder / "clock")
    orders = Orders(database=house.url, chat=chat, offsets=str(folder / "clock"), broken=plan.broken)
    crew = Crew(folder, orders)
    await crew.open()
    bout = Bout(house, crew, offsets, chat, seed, folder)
    await bout.weather(plan.weather)
    return bout, Office(crew, book, seed, plan.pace, plan.manners)


async def _rage(plan: Plan, bout: Bout, office: Office) -> None:
    async def lives(place: int) -> None:
        while not bout.over.is_set():
            await plan.life(bout, place)

    keepers = [asyncio.create_task(lives(place)) for place in range(bout.house.replicas)]
    office.begin()
    trouble = asyncio.create_task(plan.trouble(bout))
    await asyncio.wait([trouble, *keepers], return_when=asyncio.FIRST_COMPLETED)
    bout.over.set()
    await asyncio.gather(trouble, *keepers)


async def _calm(plan: Plan, bout: Bout, office: Office, book: Book) -> None:
    """Fair weather, right clocks and unharmed workers, until everything has ended or the time is over."""
    for worker in bout.crew.living:
        worker.thaw()
        if worker.orders.die or worker.orders.freeze:
            worker.signal(signal.SIGKILL)
            await worker.ended.wait()
    for slot in range(bout.house.replicas + 1):
        bout.offsets.put(slot, 0)
    await bout.weather(FAIR)
    while len(bout.crew.living) < bout.house.replicas:
        await bout.crew.spawn()
    await office.finish()
    if not await _ended(bout.house, book, PEACE if not plan.later else SOON) and plan.later:
        bout.offsets.put(0, plan.later)
        await _ended(bout.house, book, PEACE)
    await bout.crew.retire()


async def _ended(house: House, book: Book, seconds: float) -> bool:
    """Wait until everything has ended, at most so long; whether it has."""
    until = time.monotonic() + seconds
    while restless := _restless(house, book):
        if time.monotonic() > until:
            break
        await asyncio.sleep(0.2)
    return not restless


def _restless(house: House, book: Book) -> bool:
    with suppress(DBAPIError):
        now = datetime.now(UTC)
        return not all(waits(book, row, now) for row in house.unsettled())
    return True


def _judged(plan: Plan, bout: Bout, book: Book, folder: Path, seed: int) -> Outcome:
    with (folder / "ledger").open() as lines:
        entries = ledger.read(lines)
    evidence = Evidence(book, entries, bout.house.rows(), bout.house.votes(), LAG, plan.clocks_agree)
    found = violations(evidence)
    found += [Violation("replicas live on", "", fault) for fault in bout.crew.faults]
    if plan.doubtless:
        found += doubts(evidence)
    outcome = Outcome(plan.part, bout.house.name, seed, bout.done, found, folder=folder)
    outcome.done.update({f"killed {label}": count for label, count in bout.crew.deaths.items()})
    outcome.done.update({f"frozen {label}": count for label, count in bout.crew.freezes.items()})
    outcome.done["messages seen"] += sum(entry.what == "accepted" and entry.verb == "send" for entry in entries)
    outcome.done["redraws seen"] += sum(entry.what == "accepted" and entry.verb == "update" for entry in entries)
    outcome.done["calls gone wrong"] += sum(
        entry.what == "arrived" and entry.fate not in ("fine", "slow") for entry in entries
    )
    for row in bout.house.rows():
        outcome.done[f"ended {row['state']}"] += row["verb"] == "send"
    return outcome


async def first(seconds: float, *events: asyncio.Event) -> None:
    """Wait for one of the events, at most so long."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
