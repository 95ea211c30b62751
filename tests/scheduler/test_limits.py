"""The shared limiter never grants more than a bucket allows, grants all of it, and keeps a share for answers."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.database import Connection, Database, metadata, open_database
from bot.core.errors import RateLimited
from bot.core.outbox import Lane
from bot.core.outbox import limits as buckets
from bot.core.ports import Destination, Limit
from scheduler import limits
from scheduler.limits import RECOVERY, SLOWER, Buckets, Refused
from tests.scheduler.conftest import NEVER_QUIET, World

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def take(connection: Connection, allowed: Sequence[Limit], now: datetime, *, calm: bool = False) -> Refused | None:
    """Draw one token of each bucket, or say until when there is none."""
    mine = Buckets(connection, [1], [limit.key for limit in allowed], now)
    if refused := mine.refuse(1, allowed, calm=calm):
        return refused
    mine.draw(1, allowed)
    mine.save()
    return None


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    file: Path = tmp_path_factory.mktemp("limits") / "limits.sqlite"
    database = open_database(f"sqlite:///{file}")
    await database.run(metadata.create_all)
    return database


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    rate=st.floats(0.05, 50),
    burst=st.integers(1, 10),
    steps=st.lists(st.tuples(st.floats(0, 3), st.booleans()), min_size=1, max_size=60),
)
def test_in_any_stretch_of_time_a_bucket_grants_its_burst_and_its_rate_and_no_more(
    database: Database, rate: float, burst: int, steps: list[tuple[float, bool]]
) -> None:
    limit = Limit("bucket", rate, burst)
    granted = []
    with database.engine.begin() as connection:
        connection.execute(buckets.delete())
        now = START
        for step, calm in steps:
            now += timedelta(seconds=step)
            refused = take(connection, [limit], now, calm=calm)
            if refused is None:
                granted.append(now)
            else:
                assert refused.until > now
    for first, begin in enumerate(granted):
        for number, end in enumerate(granted[first:], 1):
            assert number <= burst + rate * (end - begin).total_seconds() + 1e-3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(rate=st.floats(0.05, 50), burst=st.integers(1, 5), takes=st.integers(1, 30), calm=st.booleans())
def test_who_asks_again_when_told_to_is_granted(
    database: Database, *, rate: float, burst: int, takes: int, calm: bool
) -> None:
    limit = Limit("bucket", rate, burst)
    with database.engine.begin() as connection:
        connection.execute(buckets.delete())
        now = START
        for _ in range(takes):
            if refused := take(connection, [limit], now, calm=calm):
                now = refused.until
                assert take(connection, [limit], now, calm=calm) is None
    assert now <= START + timedelta(seconds=takes / rate + 0.1)


async def test_where_one_of_two_buckets_refuses_the_other_keeps_its_token(world: World) -> None:
    slow, quick = Limit("b:slow", 0.1, 1), Limit("a:quick", 0.1, 2)

    def draw(connection: Connection) -> list[bool]:
        calls = ([slow, quick], [slow, quick], [quick])
        return [take(connection, allowed, START) is None for allowed in calls]

    assert await world.database.run(draw) == [True, False, True]


async def test_half_a_burst_is_kept_for_answers_and_they_go_first(world: World) -> None:
    limit = Limit("bucket", 2, 9)

    def draw(connection: Connection) -> tuple[int, int, bool]:
        calm = urgent = 0
        while take(connection, [limit], START, calm=True) is None:
            calm += 1
        while take(connection, [limit], START) is None:
            urgent += 1
        soon = START + timedelta(seconds=0.5)
        return calm, urgent, (take(connection, [limit], soon, calm=True), take(connection, [limit], soon))[1] is None

    assert await world.database.run(draw) == (5, 4, True)


async def test_the_longest_pause_stands_and_slows_the_bucket_once(world: World) -> None:
    limit = Limit("bucket", 1, 1)

    def ask(connection: Connection) -> tuple[Refused | None, float]:
        limits.pause(connection, "bucket", START, 30)
        limits.pause(connection, "bucket", START, 10)
        refused = take(connection, [limit], START + timedelta(seconds=20))
        after = START + timedelta(seconds=31)
        assert take(connection, [limit], after) is None
        again = take(connection, [limit], after)
        assert again is not None
        return refused, (again.until - after).total_seconds()

    refused, emission = await world.database.run(ask)
    assert refused is not None
    assert timedelta(0) <= refused.until - START - timedelta(seconds=30) < timedelta(seconds=0.01)
    assert emission == pytest.approx(1 / SLOWER, rel=0.02)


async def test_a_bucket_that_was_slowed_recovers_within_the_hour(world: World) -> None:
    limit = Limit("bucket", 1, 1)

    def waits(connection: Connection) -> list[float]:
        limits.pause(connection, "bucket", START, 1)
        found = []
        for minutes in (1, 6, 60):
            now = START + timedelta(minutes=minutes)
            assert take(connection, [limit], now) is None
            refused = take(connection, [limit], now)
            assert refused is not None
            found.append((refused.until - now).total_seconds())
        return found

    early, later, at_last = await world.database.run(waits)
    assert early > later > at_last
    assert at_last == pytest.approx(1, abs=1e-3)
    assert (1 - SLOWER) * RECOVERY < 3600


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=1)])
async def test_what_a_clock_wrote_that_was_ahead_stops_nobody(world: World, ahead: timedelta) -> None:
    limit = Limit("bucket", 1, 2)

    def draw(connection: Connection) -> bool:
        take(connection, [limit], START + ahead)
        limits.pause(connection, "bucket", START + ahead, 5)
        soon = START + timedelta(seconds=5)
        refused = take(connection, [limit], START)
        return (refused is None or refused.until < soon) and take(connection, [limit], soon) is None

    assert await world.database.run(draw)


async def test_the_dispatcher_keeps_to_the_limits_of_the_platform(world: World) -> None:
    world.platform.buckets = (Limit("acme", 1, 2),)
    for number in range(6):
        await world.send(f"{number}", person=(world.ada, world.ben)[number % 2])
    sent = []
    for _ in range(6):
        await world.run()
        sent.append(len(world.platform.sent))
        world.clock.move_by(timedelta(seconds=1.001))
    assert sent == [2, 3, 4, 5, 6, 6]


async def test_a_destinations_own_limit_holds_up_nobody_else(world: World) -> None:
    def own(to: Destination, verb: str) -> Sequence[Limit]:
        assert verb == "send"
        return (Limit(f"to:{to.account}", 0.01, 1, shared=False),)

    world.platform.limits = own  # type: ignore[method-assign]
    for key in ("first", "second"):
        await world.send(key)
    await world.run()
    await world.send("to ben", person=world.ben)
    await world.run()
    assert world.platform.keys == ["first", "to ben"]
    await world.run(seconds=101)
    assert world.platform.keys == ["first", "to ben", "second"]


async def test_an_answer_goes_before_a_campaign_that_uses_up_the_limit(world: World) -> None:
    await world.choose(NEVER_QUIET)
    world.platform.buckets = (Limit("acme", 1, 4),)
    for person in await world.hire(10):
        await world.send(f"campaign {person}", Lane.NOTICE, person=person)
    await world.run(seconds=1)
    before = len(world.platform.sent)
    await world.send("answer")
    await world.run()
    assert world.platform.keys[before:] == ["answer"]


async def test_a_pause_holds_for_every_replica(world: World) -> None:
    world.platform.errors = [RateLimited(60)]
    await world.send("first")
    await world.run()
    await world.send("second", person=world.ben)
    other = world.another()
    await other.run_due()
    assert world.platform.sent == []
    world.clock.move_by(timedelta(seconds=61))
    await other.run_due()
    assert len(world.platform.sent) == 2


async def test_replicas_draw_on_one_bucket(world: World) -> None:
    limit = Limit("bucket", 1, 20)

    async def draw() -> int:
        tries = [await world.database.run(lambda c: take(c, [limit], START)) for _ in range(10)]
        return sum(refused is None for refused in tries)

    assert sum(await asyncio.gather(*(draw() for _ in range(4)))) == 20
