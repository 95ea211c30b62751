"""The scheduler as a running part: started, woken, stopped, and stepped by hand."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa

from bot.core import outbox as core
from bot.core.database import Connection, Database
from bot.core.deliveries import store as deliveries_store
from bot.core.directory import store as directory
from bot.core.feature import Feature
from bot.core.outbox import Lane, outbox
from bot.core.ports import Limit, Posted
from scheduler import MovableClock, SystemClock
from scheduler.limits import Buckets
from scheduler.retention import REDRAWS, SENDS, tidy
from tests.scheduler.conftest import World


async def test_a_woken_dispatcher_sends_at_once_and_stops_cleanly(world: World) -> None:
    scheduler = world.scheduler
    assert not scheduler.healthy()
    scheduler.start()
    await world.send("first")
    scheduler.wake()
    async with asyncio.timeout(10):
        await world.heard.wait()
    assert scheduler.healthy()
    await scheduler.stop()
    assert not scheduler.healthy()
    assert await world.states() == {"first": "sent"}


async def test_at_the_stop_a_call_in_flight_ends_and_gets_its_receipt(world: World) -> None:
    send, called, answer = world.platform.send, asyncio.Event(), asyncio.Event()

    async def slowly(*call: object) -> Posted:
        called.set()
        await answer.wait()
        return await send(*call)  # type: ignore[arg-type]

    world.platform.send = slowly  # type: ignore[method-assign, assignment]
    await world.send("hello")
    world.scheduler.start()
    await called.wait()
    stopping = asyncio.create_task(world.scheduler.stop())
    await asyncio.sleep(0)
    answer.set()
    await stopping
    assert await world.states() == {"hello": "sent"}


async def test_at_the_stop_a_row_that_waits_for_its_token_is_left_ready(world: World) -> None:
    world.platform.buckets = (Limit("slow", 0.25, 1),)
    await world.send("first")
    await world.send("second", person=world.ben)
    world.scheduler.start()
    async with asyncio.timeout(10):
        await world.heard.wait()
    await world.scheduler.stop()
    assert sorted((await world.states()).values()) == ["ready", "sent"]


async def test_a_dispatcher_waits_for_its_tokens_and_sends_everything(world: World) -> None:
    world.clock = MovableClock(world.clock.now(), SystemClock())
    scheduler = world.another()
    world.platform.buckets = (Limit("quick", 20, 1),)
    for number in range(10):
        await world.send(str(number), person=(world.ada, world.ben)[number % 2])
    begun = SystemClock().now()
    scheduler.start()
    async with asyncio.timeout(20):
        while len(world.platform.sent) < 10:
            world.heard.clear()
            await world.heard.wait()
    await scheduler.stop()
    assert SystemClock().now() - begun >= timedelta(seconds=9 / 20)


async def test_however_many_vote_at_once_the_last_state_is_drawn(world: World) -> None:
    world.clock = MovableClock(world.clock.now(), SystemClock())
    replicas = [world.another(), world.another()]
    await world.send("poll", Lane.PUBLIC, place=world.channel, subject="polls:1")
    for replica in replicas:
        replica.start()

    def vote(connection: Connection, name: str) -> None:
        directory.describe_workspace(connection, world.workspace, name=name)
        core.redraw(connection, "polls:1", world.clock.now())

    for number in range(60):
        await asyncio.gather(
            *(world.database.run(lambda c, n=f"{number}.{each}": vote(c, n)) for each in range(4))  # type: ignore[misc]
        )
        await asyncio.sleep(0.02)
    async with asyncio.timeout(20):
        while any(row.state in ("ready", "sending") for row in await world.rows()):
            world.heard.clear()
            await world.heard.wait()
    for replica in replicas:
        await replica.stop()
    final = await world.workspace_now()
    drawn = [world.platform.words[0], *(card.summary for _, card in world.platform.updated)]
    assert drawn[-1] == f"hello {final.name} (en)"
    assert len(drawn) <= 10


async def test_a_clock_moved_by_hand_steps_from_due_time_to_due_time(world: World) -> None:
    now = world.clock.now()
    await world.send("later", due=now + timedelta(hours=3))
    await world.send("much later", lane=Lane.NOTICE, due=now + timedelta(days=1))
    assert await world.scheduler.next_due(now + timedelta(hours=2)) is None
    assert await world.scheduler.next_due(now + timedelta(days=7)) == now + timedelta(hours=3)
    await world.run(hours=3)
    assert world.platform.keys == ["later"]
    assert await world.scheduler.next_due(now + timedelta(days=7)) == now + timedelta(days=1)


async def test_a_clock_moved_by_hand_stops_where_a_feature_has_something_to_do(world: World) -> None:
    closing = world.clock.now() + timedelta(hours=5)
    world.engine.features["clock"] = Feature(name="clock", upcoming=lambda _connection, _after: closing)
    assert await world.scheduler.next_due(closing) == closing


async def test_what_nobody_needs_any_more_is_dropped(world: World) -> None:
    await world.send("old", Lane.PUBLIC, place=world.channel, subject="polls:1")
    await world.run()
    await world.redraw("polls:1")
    await world.run(seconds=2)
    await world.send("waiting", due=world.clock.now() + timedelta(days=900))
    now = world.clock.now()
    await world.database.run(lambda c: deliveries_store.first_time(c, "delivery", now))

    def draw(connection: Connection) -> None:
        buckets = Buckets(connection, [1], ["bucket"], now)
        buckets.draw(1, [Limit("bucket", 1, 1)])
        buckets.save()

    await world.database.run(draw)
    await tidy(world.database, now)
    assert await _counts(world.database) == (3, 1, 1)
    await tidy(world.database, now + REDRAWS + timedelta(days=2))
    assert await _counts(world.database) == (2, 0, 0)
    await tidy(world.database, now + SENDS + timedelta(days=1))
    assert await world.states() == {"waiting": "ready"}


async def _counts(database: Database) -> tuple[int, int, int]:
    tables = (outbox, deliveries_store.deliveries, core.limits)

    def count(connection: Connection) -> tuple[int, int, int]:
        rows, deliveries, buckets = (
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables
        )
        return rows, deliveries, buckets

    return await database.read(count)
