"""Whose row it is: one worker's at a time, and a worker that lost it changes nothing."""

import asyncio
from datetime import timedelta

from bot.core.cards import Card
from bot.core.outbox import State
from bot.core.places import Workspace
from bot.core.ports import Destination, Posted
from scheduler import Patience, leases
from scheduler.leases import Watch
from tests.scheduler.conftest import World

LEASE = Patience().lease


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
    assert len(await world.take()) == 2
    assert await world.take() == []


async def test_what_a_vanished_worker_held_is_asked_for_when_it_was_seen_so_for_a_whole_lease(world: World) -> None:
    await world.send("arrived")
    await world.send("lost", person=world.ben)
    await world.take()
    await world.run()
    assert await world.states() == {"arrived": "sending", "lost": "sending"}
    workspace = await world.workspace_now()
    world.platform.sent.append((Destination(workspace, account="ada"), None, "arrived"))  # type: ignore[arg-type]
    world.clock.move_by(LEASE)
    await world.run()
    assert await world.states() == {"arrived": "sent", "lost": "ready"}
    await world.run(seconds=5)
    assert world.platform.keys == ["arrived", "lost"]
    assert world.happenings("lost") == ["taken_over", "unknown", "retrying", "sent"]


async def test_however_long_ago_a_call_began_it_is_watched_for_a_whole_lease_first(world: World) -> None:
    """A clock that was put forward, or a replica that has just started, makes nobody's call look abandoned."""
    await world.send("hello")
    await world.take()
    await world.run(days=1)
    assert await world.states() == {"hello": "sending"}


def test_a_row_in_new_hands_is_watched_anew() -> None:
    watch = Watch(lease=60)
    assert watch.lapsed([(1, 1), (2, 1)], 0) == []
    assert watch.lapsed([(1, 1), (2, 2)], 59) == []
    assert watch.lapsed([(1, 1), (2, 2)], 60) == [(1, 1)]
    assert watch.lapsed([], 61) == []
    assert watch.lapsed([(1, 1)], 62) == []


async def test_a_worker_that_lost_its_row_writes_nothing(world: World) -> None:
    await world.send("hello")
    (stale,) = await world.take()
    await world.take_over()
    now = world.clock.now()
    await world.scheduler.run_due()
    world.clock.move_by(timedelta(seconds=5))
    (fresh,) = await world.take()
    assert fresh.fence > stale.fence
    assert not await world.database.run(lambda c: leases.settle(c, stale, State.SENT, now))
    assert await world.database.run(lambda c: leases.sent(c, [stale], now)) == set()
    assert not await world.database.run(lambda c: leases.retry(c, stale, now, "late"))
    assert await world.states() == {"hello": "sending"}


async def test_a_worker_that_slept_between_the_intent_and_the_call_sends_nothing(world: World) -> None:
    await world.send("hello")

    def sleep(label: str) -> None:
        if label == "after intent":
            world.clock.move_by(LEASE)

    await world.another(checkpoint=sleep).run_due()
    assert world.platform.sent == []
    await world.run()
    world.clock.move_by(LEASE)
    await world.run()
    await world.run(seconds=5)
    assert world.platform.keys == ["hello"]


async def test_a_receipt_that_comes_late_is_believed_while_nobody_has_asked(world: World) -> None:
    send = world.platform.send

    async def slowly(*call: object) -> Posted:
        posted = await send(*call)  # type: ignore[arg-type]
        await world.take_over()
        return posted

    world.platform.send = slowly  # type: ignore[method-assign, assignment]
    await world.send("hello")
    await world.run()
    assert await world.states() == {"hello": "sent"}


async def test_a_redraw_whose_receipt_comes_late_does_not_undo_a_newer_one(world: World) -> None:
    await world.send("poll", subject="polls:1")
    await world.run(seconds=1)
    await world.redraw("polls:1")
    await world.run(seconds=1)
    await world.redraw("polls:1")
    world.clock.move_by(timedelta(seconds=1))
    (late,) = await world.take()
    await world.take_over()
    assert not await world.database.run(lambda c: leases.settle(c, late, State.SENT, world.clock.now()))
    await world.run(seconds=5)
    assert len(world.platform.updated) == 2


async def test_an_old_drawing_that_comes_after_a_newer_one_is_painted_over(world: World) -> None:
    await world.send("poll", subject="polls:1")
    await world.run()
    world.clock.move_by(timedelta(seconds=1))
    update, calling, painted = world.platform.update, asyncio.Event(), asyncio.Event()

    async def slowly(workspace: Workspace, message: Posted, card: Card) -> None:
        world.platform.update = update  # type: ignore[method-assign]
        calling.set()
        await painted.wait()
        await update(workspace, message, card)

    world.platform.update = slowly  # type: ignore[method-assign]
    world.board.text = "old"
    await world.redraw("polls:1")
    sleeper = asyncio.create_task(world.another().run_due())
    await calling.wait()
    await world.take_over()
    world.board.text = "new"
    await world.run(seconds=5)
    painted.set()
    await sleeper
    await world.run(seconds=5)
    assert [card.summary.partition(" ")[0] for _, card in world.platform.updated] == ["new", "old", "new"]
