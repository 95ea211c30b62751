"""At the moment of sending: opt-out, quiet hours, the day's budget, and what comes too late."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.core.directory import store as directory
from bot.core.outbox import Lane
from bot.core.people import Profile
from bot.core.places import QuietHours, WorkspaceSettings
from tests.scheduler.conftest import NEVER_QUIET, World

EVENING = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)  # a Tuesday, 20:00 in Berlin
MORNING = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("lane", [Lane.NOTICE, Lane.NUDGE])
async def test_who_opted_out_hears_no_news(world: World, lane: Lane) -> None:
    await world.send("news", lane)
    await world.send("answer", Lane.ANSWER)
    await world.database.run(
        lambda c: directory.opt_out(
            c, directory.person(c, directory.workspace_by_id(c, world.workspace), world.ada), world.clock.now()
        )
    )
    await world.run()
    assert await world.states() == {"news": "cancelled", "answer": "sent"}


async def test_who_left_hears_nothing(world: World) -> None:
    await world.send("answer", Lane.ANSWER)
    await world.database.run(
        lambda c: directory.learn(
            c, directory.workspace_by_id(c, world.workspace), Profile(account="ada", active=False)
        )
    )
    await world.run()
    (row,) = await world.rows()
    assert (row.state, row.reason) == ("cancelled", "person_inactive")


@pytest.mark.parametrize("lane", [Lane.NOTICE, Lane.NUDGE])
async def test_in_quiet_hours_news_waits_for_the_readers_own_morning(world: World, lane: Lane) -> None:
    world.clock.move_to(EVENING)
    await world.send("news", lane)
    await world.run()
    assert world.platform.sent == []
    assert [(notice.happening, notice.until, notice.reason) for notice in world.told] == [
        ("displaced", MORNING, "quiet_hours")
    ]
    world.clock.move_to(MORNING)
    await world.run()
    assert world.platform.keys == ["news"]


@pytest.mark.parametrize("lane", [Lane.ANSWER, Lane.PUBLIC])
async def test_what_follows_from_an_act_goes_at_any_hour(world: World, lane: Lane) -> None:
    world.clock.move_to(EVENING)
    await world.send("answer", lane)
    await world.run()
    assert world.platform.keys == ["answer"]


async def test_news_that_could_only_come_too_late_expires(world: World) -> None:
    world.clock.move_to(EVENING)
    await world.send("news", Lane.NOTICE, expires=EVENING + timedelta(hours=6))
    await world.run()
    (row,) = await world.rows()
    assert (row.state, row.reason) == ("expired", "quiet_hours")


async def test_what_waited_too_long_expires(world: World) -> None:
    await world.send("news", expires=world.clock.now() + timedelta(hours=1))
    await world.run(hours=1)
    (row,) = await world.rows()
    assert (row.state, row.reason) == ("expired", "too_late")


async def test_nudges_beyond_the_days_budget_wait_for_tomorrow(world: World) -> None:
    await world.choose(WorkspaceSettings(daily_nudges=2))
    for number in range(3):
        await world.send(f"nudge {number}", Lane.NUDGE)
    await world.send("notice", Lane.NOTICE)
    await world.run()
    assert world.platform.keys == ["nudge 0", "nudge 1", "notice"]
    (displaced,) = [notice for notice in world.told if notice.happening == "displaced"]
    assert (displaced.reason, displaced.until) == ("daily_budget", datetime(2026, 11, 24, 7, 0, tzinfo=UTC))
    await world.run(days=1)
    assert world.platform.keys[-1] == "nudge 2"


async def test_the_budget_counts_the_readers_own_day(world: World) -> None:
    await world.choose(replace(NEVER_QUIET, daily_nudges=1))
    world.clock.move_to(datetime(2026, 11, 24, 22, 30, tzinfo=UTC))  # 23:30 in Berlin
    await world.send("tonight", Lane.NUDGE)
    await world.run()
    await world.send("after midnight", Lane.NUDGE)
    await world.run(minutes=40)
    assert world.platform.keys == ["tonight", "after midnight"]


async def test_what_was_decided_at_planning_is_decided_again_at_sending(world: World) -> None:
    await world.send("news", Lane.NOTICE)
    await world.choose(WorkspaceSettings(quiet=QuietHours(time(0), time(23, 59))))
    await world.run()
    assert world.happenings("news") == ["displaced"]
