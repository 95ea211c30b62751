"""The shared limiter never grants more than a bucket allows, and grants all of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.database import Connection, Database, metadata, open_database
from bot.core.errors import RateLimited
from bot.core.outbox import limits as buckets
from bot.core.ports import Limit
from scheduler import limits
from scheduler.limits import Granted, Refused
from tests.scheduler.conftest import World

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
NOW_OR_NEVER = timedelta(0)


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
    steps=st.lists(st.floats(0, 3), min_size=1, max_size=60),
    horizon=st.floats(0, 5),
)
def test_in_any_stretch_of_time_a_bucket_grants_its_burst_and_its_rate_and_no_more(
    database: Database, rate: float, burst: int, steps: list[float], horizon: float
) -> None:
    limit = Limit("bucket", rate, burst)
    granted = []
    with database.engine.begin() as connection:
        connection.execute(buckets.delete())
        now = START
        for step in steps:
            now += timedelta(seconds=step)
            answer = limits.take(connection, 1, [limit], now, timedelta(seconds=horizon))
            if isinstance(answer, Granted):
                assert now <= answer.at <= now + timedelta(seconds=horizon + 1e-3)
                granted.append(answer.at)
            else:
                assert answer.until > now
    for first, begin in enumerate(granted):
        for number, end in enumerate(granted[first:], 1):
            assert number <= burst + rate * (end - begin).total_seconds() + 1e-3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(rate=st.floats(0.05, 50), burst=st.integers(1, 5), takes=st.integers(1, 30))
def test_who_asks_again_when_told_to_is_granted(database: Database, rate: float, burst: int, takes: int) -> None:
    limit = Limit("bucket", rate, burst)
    with database.engine.begin() as connection:
        connection.execute(buckets.delete())
        now = START
        for _ in range(takes):
            answer = limits.take(connection, 1, [limit], now, NOW_OR_NEVER)
            if isinstance(answer, Refused):
                now = answer.until
                answer = limits.take(connection, 1, [limit], now, NOW_OR_NEVER)
            assert isinstance(answer, Granted)
    assert now <= START + timedelta(seconds=takes / rate + 0.1)


async def test_where_one_of_two_buckets_refuses_the_other_keeps_its_token(world: World) -> None:
    slow, quick = Limit("b:slow", 0.1, 1), Limit("a:quick", 0.1, 2)

    def take(connection: Connection) -> list[type]:
        first = limits.take(connection, 1, [slow, quick], START, NOW_OR_NEVER)
        second = limits.take(connection, 1, [slow, quick], START, NOW_OR_NEVER)
        third = limits.take(connection, 1, [quick], START, NOW_OR_NEVER)
        return [type(first), type(second), type(third)]

    assert await world.database.run(take) == [Granted, Refused, Granted]


async def test_a_token_may_be_reserved_for_a_little_later(world: World) -> None:
    limit = Limit("bucket", 2, 1)

    def take(connection: Connection) -> list[Granted | Refused]:
        return [limits.take(connection, 1, [limit], START, timedelta(seconds=1)) for _ in range(4)]

    *granted, refused = await world.database.run(take)
    assert granted == [Granted(START + timedelta(seconds=half / 2)) for half in range(3)]
    assert isinstance(refused, Refused)
    assert timedelta(seconds=0.5) <= refused.until - START < timedelta(seconds=0.51)


async def test_the_longest_pause_stands(world: World) -> None:
    def ask(connection: Connection) -> Granted | Refused:
        limits.pause(connection, "bucket", START + timedelta(seconds=30))
        limits.pause(connection, "bucket", START + timedelta(seconds=10))
        return limits.take(connection, 1, [Limit("bucket", 1, 1)], START + timedelta(seconds=20), timedelta(hours=1))

    refused = await world.database.run(ask)
    assert isinstance(refused, Refused)
    assert timedelta(0) <= refused.until - START - timedelta(seconds=30) < timedelta(seconds=0.01)


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
