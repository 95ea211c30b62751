"""The campaign, part by part: what trouble there is, drawn from a seed, and for how long."""

import asyncio
import random
import signal
import time
from collections.abc import Callable
from typing import Final

import sqlalchemy as sa

from bot.core.outbox import State, outbox
from tests.faults import company
from tests.faults.bout import SOON, Bout, Life, Plan, Trouble, first
from tests.faults.crew import ENDS, FROM_OUTSIDE, Worker
from tests.faults.house import PostgreSQLHouse
from tests.faults.sabotage import NO_FENCE
from tests.faults.weather import ROUGH, Fate, Storm, Weather
from tests.faults.worker import PATIENCE

TIMES: Final = {
    "while planning": 2,
    "after claim": 6,
    "before intent": 6,
    "after intent": 12,
    "before the call": 12,
    "the platform accepted": 20,
    "before the receipt": 12,
    "while redrawing": 3,
}
"""The labels, and at which pass a worker dies or freezes there at the latest."""

LEASE: Final = PATIENCE.lease.total_seconds()
BUSY: Final = 60.0
"""Seconds after which what should have happened by itself will not, also on a machine that is busy."""

REVIVES: Final = 60.0
"""Seconds that a database server has to recover."""

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR


class Points:
    """Where something happens to a worker, drawn from a seed: every label in turn, mixed, and at which pass of it."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(f"{seed}:points")
        self._left: list[tuple[str, int]] = []

    def draw(self) -> tuple[str, int]:
        """The next label, and at which pass of it."""
        if not self._left:
            labels = self._chance.sample([*TIMES, FROM_OUTSIDE], len(TIMES) + 1)
            self._left = [(label, self._chance.randint(1, TIMES.get(label, 1))) for label in labels]
        return self._left.pop()

    def again(self, label: str) -> None:
        """Nobody came by a label: the next worker is to try, and its first pass will do."""
        self._left.append((label, 1))


def mortal(seed: int) -> Life:
    """Lives that end by SIGKILL."""
    points = Points(seed)

    async def life(bout: Bout, _place: int) -> None:
        label, times = points.draw()
        outside = label == FROM_OUTSIDE
        worker = await bout.crew.spawn(die=None if outside else (label, times))
        await first(bout.chance.uniform(0.2, 5) if outside else 7, worker.ended, bout.over)
        worker.signal(signal.SIGKILL)
        await worker.ended.wait()
        if not outside and not worker.last_words:
            points.again(label)

    return life


def drowsy(seed: int) -> Life:
    """Lives with a sleep (SIGSTOP) that is longer than a lease; they wake, go on, and end in peace."""
    points = Points(seed)

    async def life(bout: Bout, _place: int) -> None:
        label, times = points.draw()
        outside = label == FROM_OUTSIDE
        worker = await bout.crew.spawn(freeze=None if outside else (label, times))
        await first(bout.chance.uniform(0.5, 3) if outside else 7, worker.froze, worker.ended, bout.over)
        if not worker.froze.is_set():
            bout.crew.freezes[FROM_OUTSIDE] += 1
            worker.freeze()
        await bout.pause(LEASE + bout.chance.uniform(0.5, 3))
        worker.thaw()
        await bout.pause(bout.chance.uniform(0.5, 2))
        await _retired(worker)

    return life


async def steady(bout: Bout, place: int) -> None:
    """A life without an end of its own. Each place has a clock of its own."""
    worker = await bout.crew.spawn(slot=place + 1)
    await first(HOUR, worker.ended, bout.over)


async def brief(bout: Bout, _place: int) -> None:
    """A life that ends in peace (SIGTERM) after a few seconds, as in a rolling restart."""
    worker = await bout.crew.spawn()
    await bout.pause(bout.chance.uniform(1, 4))
    await _retired(worker)
    bout.done["restarted in peace"] += 1


async def _retired(worker: Worker) -> None:
    worker.signal(signal.SIGTERM)
    await first(ENDS, worker.ended)


def kills(seed: int, times: int) -> Plan:
    """Workers die, at every labelled point."""

    async def trouble(bout: Bout) -> None:
        await killed(bout, times)

    return Plan(part="kills", life=mortal(seed), trouble=trouble, weather=Weather(seed, ROUGH))


def mixture(seed: int, times: int) -> Plan:
    """A little of everything at once: deaths, sleep, a crash of the database, cut connections, a rough day."""
    die, sleep = mortal(seed), drowsy(seed)

    async def life(bout: Bout, place: int) -> None:
        await (sleep if place == 0 and bout.house.replicas > 1 else die)(bout, place)

    async def trouble(bout: Bout) -> None:
        killing = asyncio.create_task(killed(bout, times))
        if isinstance(bout.house, PostgreSQLHouse):
            await asyncio.sleep(3)
            cut(bout, 0.5)
            await asyncio.sleep(3)
            await restart(bout, signal.SIGQUIT, 0.5)
        await killing

    return Plan(part="mixture", life=life, trouble=trouble, weather=Weather(seed, ROUGH))


async def killed(bout: Bout, times: int) -> None:
    """Wait until so many workers have died at labels, one at least at each; in vain where nobody comes by one."""
    died = bout.crew.deaths
    deadline = time.monotonic() + 20 + 3 * times
    while sum(died[label] for label in TIMES) < times or not all(died[label] for label in TIMES):
        await asyncio.sleep(0.1)
        if time.monotonic() > deadline:
            bout.crew.faults.append(f"not {times} died, or nobody at one of the labels: {died}")
            return


def freezes(seed: int, times: int) -> Plan:
    """Workers sleep longer than their lease, and wake."""
    return Plan(
        part="freezes",
        life=drowsy(seed),
        trouble=until(lambda bout: bout.crew.freezes.total() >= times),
        weather=Weather(seed, ROUGH),
    )


def rolling(seed: int, times: int) -> Plan:
    """Workers are replaced one after another; nothing may be left in doubt."""
    trouble = until(lambda bout: bout.done["restarted in peace"] >= times)
    return Plan(
        part="rolling restarts", life=brief, trouble=trouble, weather=Weather(seed, {Fate.SLOW: 0.3}), doubtless=True
    )


def restarts(seed: int, times: int) -> Plan:
    """The database server is shut down, or crashes, under load."""

    async def trouble(bout: Bout) -> None:
        for _ in range(times):
            await asyncio.sleep(bout.chance.uniform(1.5, 4))
            await restart(bout, bout.chance.choice([signal.SIGINT, signal.SIGQUIT]), bout.chance.uniform(0, 1.5))

    return Plan(part="database restarts", life=steady, trouble=trouble, weather=Weather(seed, ROUGH))


def cuts(seed: int, seconds: float) -> Plan:
    """Connections to the database are cut, one or all at a time."""

    async def trouble(bout: Bout) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(bout.chance.uniform(0.05, 0.8))
            cut(bout, bout.chance.choice([0.2, 0.5, 1.0]))

    return Plan(part="database connections cut", life=steady, trouble=trouble, weather=Weather(seed, ROUGH))


def full_disk(seed: int, times: int) -> Plan:
    """The disk that the database is on is full, and then it is not."""

    async def trouble(bout: Bout) -> None:
        for _ in range(times):
            await asyncio.sleep(bout.chance.uniform(2, 3))
            await fill(bout, bout.chance.uniform(3, 5))

    return Plan(part="disk full", life=steady, trouble=trouble, weather=Weather(seed, ROUGH), pace=20)


def clocks(seed: int, rounds: int) -> Plan:
    """Clocks jump an hour and a day, forward and back, for everybody or for one worker; some workers die of it."""
    life = mortal(seed)

    async def either(bout: Bout, place: int) -> None:
        await (life(bout, place) if place == 0 and bout.house.replicas > 1 else steady(bout, place))

    async def trouble(bout: Bout) -> None:
        for _ in range(rounds):
            for jump in bout.chance.sample([HOUR, -HOUR, DAY, -DAY], 4):
                await asyncio.sleep(bout.chance.uniform(1, 2))
                slot = bout.chance.choice([0, bout.chance.randint(1, bout.house.replicas)])
                bout.offsets.put(slot, jump)
                bout.done[f"clock {'of all' if slot == 0 else 'of one'} by {jump / HOUR:+.0f} h"] += 1
                await asyncio.sleep(bout.chance.uniform(2, 5))
                bout.offsets.put(slot, 0)

    weather = Weather(seed, ROUGH)
    return Plan(
        part="clocks jump", life=either, trouble=trouble, weather=weather, clocks_agree=False, later=2 * DAY + HOUR
    )


def limited(seed: int, seconds: float) -> Plan:
    """Storms of 429, with and without Retry-After."""
    chance = random.Random(f"{seed}:storms")
    storms = [
        Storm(fate, chance.uniform(1, seconds - 4), chance.uniform(2, 4), chance.uniform(0.3, 1), platform)
        for fate in (Fate.LIMITED, Fate.LIMITED_BARE)
        for platform in ("slack", "teams")
    ]
    return Plan(
        part="429 storms", life=steady, trouble=_lasting(seconds), weather=Weather(seed, {Fate.SLOW: 0.1}, storms)
    )


def broken(seed: int, seconds: float) -> Plan:
    """Storms of 5xx, resets before and after acceptance, half answers and silence."""
    chance = random.Random(f"{seed}:storms")
    fates = [fate for fate in ROUGH if fate is not Fate.SLOW]
    storms = [Storm(fate, chance.uniform(0, seconds - 2), chance.uniform(1, 2.5), 0.6) for fate in fates]
    return Plan(
        part="5xx, resets, time-outs", life=steady, trouble=_lasting(seconds), weather=Weather(seed, ROUGH, storms)
    )


def races(seed: int, seconds: float) -> Plan:
    """Opt-outs, role changes, halts and quiet hours race with sending."""
    return Plan(
        part="opt-outs, roles, halts, quiet hours",
        life=steady,
        trouble=_lasting(seconds),
        teams=company.with_quiet_hours,
        weather=Weather(seed, {Fate.SLOW: 0.3, Fate.RESET_TAKEN: 0.03, Fate.BUSY: 0.03}),
        pace=30,
        manners={"_plan": 8, "_vote": 2, "_repeat": 3, "_hush": 8, "_lead": 8, "_halt": 1},
    )


def until(enough: Callable[[Bout], bool]) -> Trouble:
    """Trouble that lasts until there is enough of it."""

    async def trouble(bout: Bout) -> None:
        while not enough(bout):  # noqa: ASYNC110 -- what is counted happens in other processes
            await asyncio.sleep(0.1)

    return trouble


def _lasting(seconds: float) -> Trouble:
    async def trouble(_bout: Bout) -> None:
        await asyncio.sleep(seconds)

    return trouble


def fenceless() -> Plan:
    """A worker that does not notice having slept, among others that take over from it: it must be caught."""

    async def life(bout: Bout, place: int) -> None:
        if place:
            await steady(bout, place)
            return
        worker = await bout.crew.spawn(freeze=("after intent", 1), broken=NO_FENCE)
        await first(BUSY, worker.froze, bout.over)
        sending = {row["id"]: row["key"] for row in bout.house.rows(outbox.c.state == State.SENDING)}
        mine = outbox.c.id.in_(sending), outbox.c.state == State.SENDING
        await _when(bout, BUSY, lambda: not bout.house.rows(*mine))
        worker.thaw()
        bout.done["woken"] += await _when(bout, SOON, lambda: any(bout.seen()[key] > 1 for key in sending.values()))

    return Plan(
        part="fenceless",
        life=life,
        trouble=until(lambda bout: bout.done["woken"] > 0),
        teams=lambda _now: company.never_quiet()[:1],
        manners={"_plan": 1},
    )


async def _when(bout: Bout, seconds: float, happened: Callable[[], bool]) -> bool:
    """Wait until something has happened, at most so long; whether it has."""
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline and not bout.over.is_set():
        await bout.pause(0.1)
    return happened()


async def restart(bout: Bout, by: signal.Signals, away: float) -> None:
    """End the server, `fast` (SIGINT) or `immediate` (SIGQUIT), and start it again."""
    house = bout.house
    if not isinstance(house, PostgreSQLHouse):
        raise TypeError(house)
    await asyncio.to_thread(house.server.end, by)
    await asyncio.sleep(away)
    await revive(house)
    bout.done["database restarted, " + ("fast" if by is signal.SIGINT else "immediate")] += 1


async def revive(house: PostgreSQLHouse) -> None:
    """Start the server if it has ended, and wait until it takes connections."""
    server, deadline = house.server, time.monotonic() + REVIVES
    while not await asyncio.to_thread(server.answers):
        if server.program is None or server.program.popen.poll() is not None:
            server.launch()
        if time.monotonic() > deadline:
            raise TimeoutError(server.program.said() if server.program else "")
        await asyncio.sleep(0.1)


async def fill(bout: Bout, seconds: float) -> None:
    """Let the disk be full for a while; PostgreSQL may die of it, and is started again when there is room."""
    house = bout.house
    if house.disk is None:
        raise TypeError(house)
    house.disk.fill()
    bout.done["disk full"] += 1
    await asyncio.sleep(seconds / 2)
    if isinstance(house, PostgreSQLHouse):
        bout.done["database lost with the disk"] += house.exhaust()
    await asyncio.sleep(seconds / 2)
    house.disk.free()
    if isinstance(house, PostgreSQLHouse):
        await revive(house)


def cut(bout: Bout, share: float) -> None:
    """Cut some of the connections that the workers have to the database."""
    mine = "datname = current_database() AND pid <> pg_backend_pid()"
    statement = f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {mine} AND random() < :share"
    cut = bout.house.do(lambda connection: connection.execute(sa.text(statement), {"share": share}).scalar_one())
    bout.done["connections cut"] += int(cut)
