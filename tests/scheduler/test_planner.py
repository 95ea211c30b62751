"""Due cadences become outbox rows, each slot once, and a pause of any length becomes one message."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.cadence import store as cadence
from bot.core.cadence.slots import Weekly, last_slot, next_slot
from bot.core.cadence.store import cadences
from bot.core.database import Connection, Database, metadata, open_database
from bot.core.directory import store as directory
from bot.core.feature import Feature
from bot.core.outbox import Lane, outbox
from scheduler.planner import Planner, plan
from tests.scheduler.conftest import MONDAY, NEVER_QUIET, World

WEDNESDAY = Weekly(2, time(9, 30))
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"]


async def _every_week(world: World, slot: Weekly = WEDNESDAY, **facts: object) -> datetime:
    facts = {"name": "rhythm:1", "person": world.ada, "zone": "Europe/Berlin", **facts}
    return await world.database.run(
        lambda c: cadence.every_week(
            c,
            drawing="board.card",
            lane=Lane.NUDGE.value,
            slot=slot,
            now=world.clock.now(),
            workspace=world.workspace,
            **facts,  # type: ignore[arg-type]
        )
    )


async def test_a_weekly_message_comes_at_its_local_time_every_week(world: World) -> None:
    due = await _every_week(world)
    assert due == datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
    for week in range(3):
        world.clock.move_to(due + timedelta(weeks=week) - timedelta(seconds=1))
        await world.run()
        assert len(world.platform.sent) == week
        await world.run(seconds=1)
        assert len(world.platform.sent) == week + 1
    assert world.platform.keys[0] == "rhythm:1:2026-11-25T08:30:00+00:00"
    assert world.happenings(world.platform.keys[0]) == ["planned", "sent"]


async def test_the_demo_can_step_to_every_moment_of_a_week(world: World) -> None:
    due = await _every_week(world)
    assert await world.scheduler.next_due(MONDAY + timedelta(weeks=1)) == due


async def test_three_weeks_of_silence_become_one_message_for_the_newest_slot(world: World) -> None:
    await world.choose(NEVER_QUIET)
    due = await _every_week(world)
    world.clock.move_to(due + timedelta(weeks=3, hours=1))
    await world.run()
    assert world.platform.keys == [f"rhythm:1:{(due + timedelta(weeks=3)).isoformat()}"]
    assert await world.scheduler.next_due(due + timedelta(weeks=9)) == due + timedelta(weeks=4)


async def test_a_slot_that_was_missed_by_more_than_its_patience_expires(world: World) -> None:
    due = await _every_week(world, patience=3600)
    world.clock.move_to(due + timedelta(hours=2))
    await world.run()
    assert world.platform.sent == []
    assert [row.state for row in await world.rows()] == ["expired"]


async def test_a_repetition_for_a_place_is_planned_for_the_place(world: World) -> None:
    await _every_week(world, person=None, place=world.channel, patience=3600)
    await world.run(days=1, hours=23)
    (row,) = await world.rows()
    assert (row.place_id, row.person_id, row.destination) == (world.channel, None, f"place:{world.channel}")


async def test_planning_in_small_batches_leaves_nothing_out_and_plans_nothing_twice(world: World) -> None:
    for number in range(25):
        await _every_week(world, name=f"rhythm:{number}", slot=replace(WEDNESDAY, at=time(9, number % 7)))
    now = MONDAY + timedelta(days=3)
    taken = []
    while batch := await world.database.run(lambda c: plan(c, now, most=10)):
        taken.append(len(batch))
    assert taken == [10, 10, 5]
    assert len(await world.states()) == 25


async def test_two_planners_at_once_plan_every_slot_once(world: World) -> None:
    for number in range(60):
        await _every_week(world, name=f"rhythm:{number}")
    now = MONDAY + timedelta(days=3)
    planners = [Planner(world.database) for _ in range(4)]
    counts = await asyncio.gather(*(planner.run(now) for planner in planners))
    assert sum(counts) == 60
    assert len(await world.rows()) == 60


async def test_a_features_tick_runs_until_it_has_nothing_to_do_and_its_fault_stays_its_own(world: World) -> None:
    left = [3, 2, 0]
    asked = []

    def broken(_connection: Connection, _now: datetime) -> int:
        raise ValueError("private")

    def working(_connection: Connection, now: datetime) -> int:
        asked.append(now)
        return left.pop(0)

    features = [Feature(name="bad", ticks={"tick": broken}), Feature(name="good", ticks={"tick": working})]
    assert await Planner(world.database, features).run(MONDAY) == 5
    assert asked == [MONDAY] * 3


def slow(asked: list[datetime]) -> Feature:
    """A feature with something that has time."""

    def tick(_connection: Connection, now: datetime) -> int:
        asked.append(now)
        return 0

    return Feature(name="slow", upkeep={"tick": tick})


async def test_what_has_time_is_left_to_the_upkeep(world: World) -> None:
    asked: list[datetime] = []
    planner = Planner(world.database, [slow(asked)])
    await planner.run(MONDAY)
    assert asked == []
    await planner.keep_up(MONDAY)
    assert asked == [MONDAY]


async def test_a_clock_moved_by_hand_leaves_no_upkeep_behind(world: World) -> None:
    asked: list[datetime] = []
    world.engine.features["slow"] = slow(asked)
    await world.another().run_due()
    assert set(asked) == {MONDAY}


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    file: Path = tmp_path_factory.mktemp("planner") / "planner.sqlite"
    database = open_database(f"sqlite:///{file}")
    await database.run(metadata.create_all)
    return database


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(
    slots=st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 1439), st.sampled_from(ZONES)), min_size=1, max_size=8, unique=True
    ),
    pauses=st.lists(st.integers(1, 60 * 24 * 30), min_size=1, max_size=8),
)
def test_however_long_the_pauses_each_plan_takes_each_cadences_newest_slot_once(
    database: Database, slots: list[tuple[int, int, str]], pauses: list[int]
) -> None:
    with database.engine.connect() as connection, connection.begin() as transaction:
        workspace = directory.workspace(connection, "pretend", "T1")
        place = directory.place_at(connection, workspace, "C1").id
        now = datetime(2026, 3, 20, tzinfo=UTC)
        for weekday, minute, zone in slots:
            cadence.every_week(
                connection,
                name=f"{weekday}:{minute}:{zone}",
                drawing="board.card",
                lane=Lane.PUBLIC.value,
                slot=Weekly(weekday, cadence.at_minute(minute)),
                zone=zone,
                now=now,
                workspace=workspace.id,
                place=place,
            )
        for pause in pauses:
            before, now = now, now + timedelta(minutes=pause)
            connection.execute(outbox.delete())
            while plan(connection, now, most=3):
                pass
            _planned_the_newest(connection, slots, before, now)
        transaction.rollback()


def _planned_the_newest(
    connection: Connection, slots: list[tuple[int, int, str]], before: datetime, now: datetime
) -> None:
    wanted = {}
    for weekday, minute, zone in slots:
        slot = Weekly(weekday, cadence.at_minute(minute))
        newest = last_slot(slot, zone, now)
        if newest > before:
            wanted[f"{weekday}:{minute}:{zone}:{newest.isoformat()}"] = newest
        assert newest.astimezone(ZoneInfo(zone)).weekday() in (weekday, (weekday + 1) % 7)
    planned = connection.execute(sa.select(outbox.c.key, outbox.c.due_at)).all()
    assert dict(map(tuple, planned)) == wanted
    following = connection.execute(
        sa.select(cadences.c.weekday, cadences.c.minute, cadences.c.zone, cadences.c.next_due_at)
    )
    for weekday, minute, zone, due in following:
        assert due == next_slot(Weekly(weekday, cadence.at_minute(minute)), zone, now) > now


async def test_a_zone_that_nobody_knows_does_not_stop_the_others(world: World) -> None:
    await _every_week(world, name="rhythm:1")
    await _every_week(world, name="rhythm:2")
    lost = cadences.update().where(cadences.c.name == "rhythm:1").values(zone="Atlantis/Centre")
    await world.database.run(lambda c: c.execute(lost))
    await world.run(days=2)
    assert sorted(row.key.rpartition(":2026")[0] for row in await world.rows()) == ["rhythm:1", "rhythm:2"]
