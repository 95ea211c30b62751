"""Many workspaces, long queues and campaigns that are stopped."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa

from bot.core import outbox as core
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.outbox import Lane, State, outbox
from bot.core.people import Profile
from bot.core.ports import Posted
from scheduler.turns import AT_ONCE
from tests.scheduler.conftest import NEVER_QUIET, World

MANY = 5 * AT_ONCE


async def _neighbours(world: World, count: int) -> None:
    """A message each for so many people of another workspace, due after everybody else's."""

    def plan(connection: Connection) -> None:
        workspace = directory.workspace(connection, "pretend", "T2")
        directory.choose(connection, workspace, NEVER_QUIET)
        for number in range(count):
            person = directory.learn(connection, workspace, Profile(account=f"neighbour{number}")).id
            facts = {"lane": Lane.NOTICE, "drawing": "board.card", "now": world.clock.now(), "person": person}
            core.send(connection, key=f"neighbour {number}", workspace=workspace.id, **facts)  # type: ignore[arg-type]

    await world.database.run(plan)


async def _campaign(world: World) -> None:
    """A message each for many people."""
    await world.choose(NEVER_QUIET)
    for person in await world.hire(MANY):
        await world.send(f"campaign {person}", Lane.NOTICE, person=person, campaign="campaign")


async def test_a_long_queue_of_one_workspace_does_not_delay_another(world: World) -> None:
    await _campaign(world)
    world.clock.move_by(timedelta(minutes=1))
    await _neighbours(world, 50)
    await world.run()
    last = max(place for place, key in enumerate(world.platform.keys) if key.startswith("neighbour"))
    assert last < 2 * AT_ONCE
    assert len(world.platform.keys) == MANY + 50


async def test_a_halted_campaign_begins_no_message_after_the_halt(world: World) -> None:
    await _campaign(world)
    await world.send("something else", Lane.NOTICE)
    send, enough = world.platform.send, asyncio.Event()

    async def count(*call: object) -> Posted:
        if len(world.platform.sent) == 100:
            enough.set()
        return await send(*call)  # type: ignore[arg-type]

    world.platform.send = count  # type: ignore[method-assign, assignment]
    world.scheduler.start()
    async with asyncio.timeout(20):
        await enough.wait()
    await world.database.run(lambda c: core.halt(c, "campaign", world.clock.now()))
    begun = await world.database.read(
        lambda c: set(c.execute(sa.select(outbox.c.key).where(outbox.c.state != State.READY.value)).scalars())
    )
    await world.scheduler.stop()
    await world.run()
    keys = {key for key in world.platform.keys if key.startswith("campaign")}
    assert keys <= begun
    assert len(keys) < MANY
    rest = [row for row in await world.rows() if row.campaign == "campaign" and row.key not in keys]
    assert {(row.state, row.reason) for row in rest} == {("cancelled", "halted")}
    assert "something else" in world.platform.keys


async def test_a_halt_holds_for_what_was_planned_and_not_for_what_comes_later_whatever_the_clock_says(
    world: World,
) -> None:
    await world.send("old", campaign="campaign")
    await world.database.run(lambda c: core.halt(c, "campaign", world.clock.now() - timedelta(days=1)))
    await world.send("new", person=world.ben, campaign="campaign")
    await world.run()
    assert world.platform.keys == ["new"]


async def test_one_row_with_a_bug_costs_its_neighbours_nothing(world: World) -> None:
    await world.choose(NEVER_QUIET)
    people = await world.hire(20)
    for person in people:
        await world.send(f"{person}", person=person, arguments={"broken": "yes"} if person == people[7] else {})
    await world.run()
    states = await world.states()
    assert states.pop(str(people[7])) == "failed"
    assert set(states.values()) == {"sent"}


async def test_an_unknown_message_is_sent_again_or_taken_for_sent_by_hand(world: World) -> None:
    for key, person in (("again", world.ada), ("arrived", world.ben)):
        await world.send(key, person=person, campaign="campaign")
    entries = await world.take()
    now = world.clock.now()

    def lose(connection: Connection) -> list[int]:
        for entry in entries:
            connection.execute(
                outbox.update().where(outbox.c.id == entry.id).values(state=State.UNKNOWN.value, try_at=None)
            )
        return [entry.id for entry in core.doubts(connection, 10, world.workspace)]

    again, arrived = await world.database.run(lose)
    assert await world.database.read(core.doubtful) == 2
    await world.database.run(lambda c: core.halt(c, "campaign", now))
    assert await world.database.run(lambda c: core.resend(c, again, now))
    assert await world.database.run(lambda c: core.settle(c, arrived, now))
    assert not await world.database.run(lambda c: core.settle(c, arrived, now))
    await world.run()
    assert world.platform.keys == ["again"]
    assert await world.states() == {"again": "sent", "arrived": "sent"}
