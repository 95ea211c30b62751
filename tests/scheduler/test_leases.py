"""Whose row it is: one worker's at a time, and a worker that lost it changes nothing."""

import asyncio
from datetime import timedelta

from bot.core.outbox import State
from bot.core.ports import Destination, Posted
from scheduler import leases
from scheduler.leases import LEASE, Claim
from tests.scheduler.conftest import World


async def _claim(world: World, most: int = 10) -> list[Claim]:
    now = world.clock.now()
    return await world.database.run(lambda c: leases.claim(c, now, most))


async def test_many_replicas_send_each_message_once_and_in_order(world: World) -> None:
    people = (world.ada, world.ben)
    for number in range(60):
        await world.send(f"{number:02}", person=people[number % 2])
    replicas = [world.another() for _ in range(4)]
    await asyncio.gather(*(replica.run_due() for replica in replicas))
    await world.run()
    assert sorted(world.platform.keys) == [f"{number:02}" for number in range(60)]
    for account in ("ada", "ben"):
        keys = [key for to, _, key in world.platform.sent if to.account == account]
        assert keys == sorted(keys)


async def test_one_row_a_destination_is_taken_at_a_time(world: World) -> None:
    for key in ("a", "b"):
        await world.send(key)
    await world.send("c", person=world.ben)
    assert len(await _claim(world)) == 2
    assert await _claim(world) == []


async def test_a_lease_that_ran_out_before_the_intent_returns_its_row(world: World) -> None:
    await world.send("hello")
    await _claim(world)
    await world.run()
    assert world.platform.sent == []
    world.clock.move_by(LEASE)
    await world.run()
    await world.run(seconds=5)
    assert world.platform.keys == ["hello"]


async def test_a_lease_that_ran_out_after_the_intent_is_unknown_and_asked_for(world: World) -> None:
    await world.send("arrived")
    await world.send("lost", person=world.ben)
    now = world.clock.now()
    for claim in await _claim(world):
        await world.database.run(lambda c, claim=claim: leases.intend(c, claim, now))  # type: ignore[misc]
    world.clock.move_by(LEASE)
    workspace = await world.workspace_now()
    world.platform.sent.append((Destination(workspace, account="ada"), None, "arrived"))  # type: ignore[arg-type]
    await world.run()
    assert await world.states() == {"arrived": "sent", "lost": "ready"}
    await world.run(seconds=5)
    assert world.platform.keys == ["arrived", "lost"]


async def test_a_worker_that_lost_its_lease_writes_nothing(world: World) -> None:
    await world.send("hello")
    (stale,) = await _claim(world)
    world.clock.move_by(LEASE)
    now = world.clock.now()
    await world.scheduler.run_due()
    world.clock.move_by(timedelta(seconds=5))
    (fresh,) = await _claim(world)
    assert fresh.fence == stale.fence + 1
    assert not await world.database.run(lambda c: leases.settle(c, stale, State.SENT, now))
    assert await world.database.run(lambda c: leases.held(c, stale, State.LEASED)) is None
    await world.database.run(lambda c: leases.intend(c, stale, now))
    assert await world.states() == {"hello": "leased"}


async def test_a_worker_whose_lease_ran_out_while_it_slept_sends_nothing(world: World) -> None:
    """The machine was asleep between the intent and the call."""
    await world.send("hello")

    def sleep(label: str) -> None:
        if label == "after intent":
            world.clock.move_by(LEASE)

    await world.another(checkpoint=sleep).run_due()
    assert world.platform.sent == []
    await world.run()
    await world.run(seconds=5)
    assert world.platform.keys == ["hello"]


async def test_a_receipt_that_comes_late_is_believed_while_nobody_has_asked(world: World) -> None:
    send = world.platform.send

    async def slowly(*call: object) -> Posted:
        posted = await send(*call)  # type: ignore[arg-type]
        world.clock.move_by(LEASE)
        await world.database.run(world.sweep)
        return posted

    world.platform.send = slowly  # type: ignore[method-assign, assignment]
    await world.send("hello")
    await world.run()
    assert await world.states() == {"hello": "sent"}
