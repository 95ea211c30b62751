"""The whole campaign: which parts there are, on which database, and how often."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tests.faults import bout, parts
from tests.faults.bout import Outcome, Plan
from tests.faults.house import Build, PostgreSQLHouse, SQLiteHouse, Unbuildable, built_on

SQLITE: Final = SQLiteHouse.name
POSTGRESQL: Final = PostgreSQLHouse.name


@dataclass(frozen=True, slots=True)
class Part:
    """`bouts` of one kind on one database, with one seed after another; on a `small` disk where it fills up."""

    name: str
    database: str
    plan: Callable[[int], Plan]
    bouts: int = 1
    small: bool = False


WHOLE: Final[Sequence[Part]] = (
    Part("kills", SQLITE, lambda seed: parts.kills(seed, 100), bouts=5),
    Part("freezes", SQLITE, lambda seed: parts.freezes(seed, 12)),
    Part("rolling", SQLITE, lambda seed: parts.rolling(seed, 12)),
    Part("disk", SQLITE, lambda seed: parts.full_disk(seed, 3), small=True),
    Part("clocks", SQLITE, lambda seed: parts.clocks(seed, 3)),
    Part("limits", SQLITE, lambda seed: parts.limited(seed, 15)),
    Part("network", SQLITE, lambda seed: parts.broken(seed, 20)),
    Part("races", SQLITE, lambda seed: parts.races(seed, 25)),
    Part("kills", POSTGRESQL, lambda seed: parts.kills(seed, 100), bouts=6),
    Part("freezes", POSTGRESQL, lambda seed: parts.freezes(seed, 40)),
    Part("rolling", POSTGRESQL, lambda seed: parts.rolling(seed, 40)),
    Part("restarts", POSTGRESQL, lambda seed: parts.restarts(seed, 10)),
    Part("cuts", POSTGRESQL, lambda seed: parts.cuts(seed, 30)),
    Part("disk", POSTGRESQL, lambda seed: parts.full_disk(seed, 3), small=True),
    Part("clocks", POSTGRESQL, lambda seed: parts.clocks(seed, 4)),
    Part("limits", POSTGRESQL, lambda seed: parts.limited(seed, 15)),
    Part("network", POSTGRESQL, lambda seed: parts.broken(seed, 30)),
    Part("races", POSTGRESQL, lambda seed: parts.races(seed, 40)),
)


async def run(chosen: Sequence[Part], seed: int, tell: Callable[[Outcome], None]) -> list[Outcome]:
    """Run parts, those on SQLite beside those on PostgreSQL; `tell` hears of each outcome at once."""
    lanes = [[part for part in chosen if part.database == name] for name in (SQLITE, POSTGRESQL)]
    ran = await asyncio.gather(*(_lane(lane, seed, tell) for lane in lanes if lane))
    return [outcome for outcomes in ran for outcome in outcomes]


async def _lane(chosen: Sequence[Part], seed: int, tell: Callable[[Outcome], None]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for part in chosen:
        async for outcome in _bouts(part, seed):
            tell(outcome)
            outcomes.append(outcome)
    return outcomes


async def _bouts(part: Part, seed: int) -> AsyncIterator[Outcome]:
    try:
        with built_on(part.database, small=part.small) as build:
            for number in range(part.bouts):
                yield await _bout(part, build, seed + number)
    except Unbuildable as reason:
        yield Outcome(part.name, part.database, seed, skipped=str(reason))


async def _bout(part: Part, build: Build, seed: int) -> Outcome:
    outcome = await bout.run(part.plan(seed), build, seed)
    outcome.part = part.name
    return outcome
