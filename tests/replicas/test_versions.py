"""An upgrade goes from replica to replica while people ask and vote: programs of two versions on one database."""

import asyncio
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.replicas.crowd import busy, check
from tests.replicas.fleet import Fleet, Replica, until
from tests.replicas.versions import next_version, version_after_next

SIDE_BY_SIDE = 5
"""Messages that each replica sends, and each version plans, while both are there."""


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the next version, which expands the database."""
    return next_version(tmp_path_factory.mktemp("newer"))


@pytest.fixture(scope="module")
def newest(newer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the one after it, which contracts."""
    return version_after_next(newer, tmp_path_factory.mktemp("newest"))


async def test_two_versions_send_the_same_messages_side_by_side(fleet: Fleet, newer: Path) -> None:
    old = await fleet.start()
    async with busy(fleet) as crowd:
        new = await fleet.start(tree=newer)
        again = await fleet.start()  # the version before can even be started anew
        await _each_sends([old, new, again])
        await until(partial(_both_plan, fleet.database_url), "both versions plan")
        for replica in (old, new, again):
            assert await replica.reasons() == {}
        await old.stop()
        await fleet.start(tree=newer)
        await again.stop()
    await check(crowd)


async def test_a_version_that_takes_away_says_so_to_those_before(fleet: Fleet, newer: Path, newest: Path) -> None:
    new, old = await fleet.start(tree=newer), await fleet.start()
    latest = await fleet.start(tree=newest)
    for replica in (new, old):
        await until(partial(_refuses, replica), "it says that it is too old")
        await until(partial(_has_stopped, replica), "it sends nothing more")
    late = fleet.launch()
    await until(late.alive, "it answers")
    await until(partial(_refuses, late), "it says that it is too old")
    assert await latest.reasons() == {}
    for replica in (new, old, late):
        await replica.stop()


async def test_two_versions_may_make_the_tables_together(fleet: Fleet, newer: Path) -> None:
    both = [fleet.launch(), fleet.launch(tree=newer)]
    for replica in both:
        await until(replica.ready, "it is ready")


async def _each_sends(replicas: list[Replica]) -> None:
    """Wait until each of them has sent some more messages."""
    before = [await _sent(replica) for replica in replicas]

    async def more() -> bool:
        now = [await _sent(replica) for replica in replicas]
        return all(after - first >= SIDE_BY_SIDE for first, after in zip(before, now, strict=True))

    await until(more, "each of them sends")


async def _sent(replica: Replica) -> float:
    lines = (await replica.get("/metrics")).text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if 'drumbeat_messages_total{happening="sent"' in line)


async def _both_plan(url: str) -> bool:
    engine = sa.create_engine(url, poolclass=sa.NullPool)

    def planned() -> dict[str, int]:
        newest = sa.text("SELECT origin FROM outbox WHERE planned_at > (SELECT min(began_at) FROM rounds)")
        with engine.connect() as connection:
            origins = list(connection.execute(newest).scalars())
        return {origin: origins.count(origin) for origin in ("before", "after")}

    return min((await asyncio.to_thread(planned)).values()) >= SIDE_BY_SIDE


async def _refuses(replica: Replica) -> bool:
    reasons = await replica.reasons()
    return "newer version" in reasons.get("migrations", "")


async def _has_stopped(replica: Replica) -> bool:
    return "dispatcher" in await replica.reasons() and "database_too_new" in replica.program.said()
