"""A campaign is stopped while it is being sent."""

import asyncio
from datetime import datetime

from bot.core import outbox as core
from bot.core.outbox import Lane, State
from bot.core.ports import Limit
from scheduler import MovableClock, SystemClock
from tests.scheduler.conftest import NEVER_QUIET, World

MESSAGES = 400
ON_THE_WAY = 20


async def test_nothing_of_a_campaign_begins_once_its_halt_is_committed(world: World) -> None:
    await plan(world)
    replicas = [world.another(), world.another()]
    for replica in replicas:
        replica.start()
    async with asyncio.timeout(60):
        while len(world.platform.sent) < ON_THE_WAY:
            world.heard.clear()
            await world.heard.wait()
        halted_at = await halt(world, "party")
        while await is_open(world):  # noqa: ASYNC110 -- rows are cancelled by whichever replica sweeps
            await asyncio.sleep(0.05)
    for replica in replicas:
        await replica.stop()
    party = [row for row in await world.rows() if row.campaign == "party"]
    sent = [row for row in party if row.state == State.SENT.value]
    stopped = [row for row in party if row.state == State.CANCELLED.value]
    assert len(sent) + len(stopped) == MESSAGES
    assert max(row.intent_at for row in sent) <= halted_at
    assert {(row.reason, row.intent_at) for row in stopped} == {(core.HALTED, None)}
    others = [row for row in await world.rows() if row.campaign != "party"]
    assert {row.state for row in others} == {State.SENT.value}
    assert sorted(world.platform.keys) == sorted(row.key for row in (*sent, *others))


async def test_what_is_planned_after_a_halt_is_sent(world: World) -> None:
    await world.send("before", campaign="party")
    await halt(world, "party")
    await world.send("after", campaign="party")
    await world.run()
    assert await world.states() == {"before": "cancelled", "after": "sent"}


async def plan(world: World) -> None:
    """A campaign of which a few go a moment, beside another one."""
    world.clock = MovableClock(world.clock.now(), SystemClock())
    world.platform.buckets = (Limit("all", 100, 5),)
    await world.choose(NEVER_QUIET)
    people = await world.hire(50)
    for number in range(MESSAGES):
        await world.send(f"party {number}", Lane.NOTICE, person=people[number % len(people)], campaign="party")
    for number in range(10):
        await world.send(f"news {number}", Lane.NOTICE, person=people[number], campaign="news")


async def halt(world: World, campaign: str) -> datetime:
    """Stop a campaign; an instant after that is committed."""
    await world.database.run(lambda connection: core.halt(connection, campaign, world.clock.now()))
    return world.clock.now()


async def is_open(world: World) -> bool:
    """Whether anything still waits or is on its way."""
    return any(row.state in {State.READY.value, State.SENDING.value} for row in await world.rows())
