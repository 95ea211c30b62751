"""A short run of the campaign (`make faults` runs it whole), and workers broken on purpose, which it must catch."""

import asyncio
import random
import shutil
from dataclasses import replace

import pytest

from tests.faults import bout, parts
from tests.faults.bout import Outcome, Plan
from tests.faults.house import Unbuildable, built_on
from tests.faults.sabotage import NO_PEACE

KILLS = 16

pytestmark = pytest.mark.timeout(300)  # usually 30 seconds each, on a machine that is not busy


async def test_nothing_is_lost_doubled_or_sent_against_a_no_whatever_goes_wrong() -> None:
    seed = random.randrange(1_000_000)
    outcomes = await asyncio.gather(
        *(_ran(parts.mixture(seed, KILLS), each, seed) for each in ("sqlite", "postgresql"))
    )
    for outcome in outcomes:
        if outcome.skipped:
            pytest.skip(outcome.skipped)
        told = [f"seed {seed} on {outcome.database}, all that is known: {outcome.folder}", *outcome.violations]
        assert not outcome.violations, "\n".join(map(str, told))


async def test_whoever_breaks_a_promise_is_caught() -> None:
    """Each of these plays on the product as it is, but for one thing that is broken in its workers."""
    culprits = {
        "denies": (parts.broken(1, 6), "sqlite", "nothing is sent twice"),
        "forgets": (parts.broken(2, 4), "sqlite", "nothing is lost"),
        "redraws nothing": (parts.broken(3, 6), "sqlite", "the last state is drawn"),
        NO_PEACE: (parts.races(4, 8), "sqlite", "nothing after a no that was acknowledged"),
        "": (parts.fenceless(), "postgresql", "nothing is sent twice"),
    }
    broken = await asyncio.gather(
        *(_ran(replace(plan, broken=name), database, 1) for name, (plan, database, _) in culprits.items())
    )
    for outcome, (plan, _, promise) in zip(broken, culprits.values(), strict=True):
        if not outcome.skipped:
            assert promise in {violation.promise for violation in outcome.violations}, plan.part
            shutil.rmtree(outcome.folder or "", ignore_errors=True)


async def _ran(plan: Plan, database: str, seed: int) -> Outcome:
    try:
        with built_on(database) as build:
            return await bout.run(plan, build, seed)
    except Unbuildable as reason:
        return Outcome(plan.part, database, seed, skipped=str(reason))
