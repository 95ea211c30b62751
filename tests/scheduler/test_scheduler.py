import asyncio
from datetime import timedelta

from bot.core.outbox import Lane
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


async def test_a_clock_moved_by_hand_steps_from_due_time_to_due_time(world: World) -> None:
    now = world.clock.now()
    await world.send("later", due=now + timedelta(hours=3))
    await world.send("much later", lane=Lane.NOTICE, due=now + timedelta(days=1))
    assert await world.scheduler.next_due(now + timedelta(hours=2)) is None
    assert await world.scheduler.next_due(now + timedelta(days=7)) == now + timedelta(hours=3)
    await world.run(hours=3)
    assert world.platform.keys == ["later"]
    assert await world.scheduler.next_due(now + timedelta(days=7)) == now + timedelta(days=1)
