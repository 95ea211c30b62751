"""One poll's bug never keeps the others from opening, reminding and closing, and is told once, not again and again."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.core.database import open_database
from bot.features import features
from bot.polls.service import life
from bot.polls.store import asking
from bot.polls.store.tables import polls
from tests.bot.polls.test_kinds import ballot
from tests.bot.polls.test_life import LUNCH, roster, said
from tests.bot.stage import Stage, buttons

NO_INVITATIONS = """
CREATE TRIGGER no_invitations BEFORE INSERT ON outbox WHEN NEW.campaign LIKE 'polls:%:ask'
BEGIN SELECT RAISE(ABORT, 'something private'); END
"""


@pytest.fixture
async def breaking(tmp_path: Path, _sqlite_template: Path) -> AsyncIterator[Stage]:
    """Give a company on a database that takes no invitations: SQLite, where one statement says so."""
    path = tmp_path / "breaking.sqlite"
    shutil.copy(_sqlite_template, path)
    database = open_database(f"sqlite:///{path}")
    stage = Stage(database, features())
    await stage.set_up()
    await stage.run(lambda c: c.exec_driver_sql(NO_INVITATIONS))
    yield stage
    await database.close()


async def break_(stage: Stage, number: int) -> None:
    """Make a poll unreadable."""
    await stage.run(lambda c: c.execute(polls.update().where(polls.c.id == number).values(questions="[{")))


async def mend(stage: Stage, number: int, like: int) -> None:
    """Make a poll readable again."""
    whole = sa.select(polls.c.questions).where(polls.c.id == like).scalar_subquery()
    await stage.run(lambda c: c.execute(polls.update().where(polls.c.id == number).values(questions=whole)))


async def opened(stage: Stage) -> list[bool]:
    """Whether each poll has opened."""
    rows = sa.select(polls.c.opened_at).order_by(polls.c.id)
    return [at is not None for at in await stage.run(lambda c: c.execute(rows).scalars().all())]


async def closed(stage: Stage) -> list[bool]:
    """Whether each poll has closed."""
    rows = sa.select(polls.c.closed_at).order_by(polls.c.id)
    return [at is not None for at in await stage.run(lambda c: c.execute(rows).scalars().all())]


async def test_a_poll_that_cannot_be_read_leaves_the_others_alone_and_comes_later(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        await stage.type("U-anna", LUNCH + " --start tomorrow 9:00 --close 2h")
    await break_(stage, 2)
    stage.clock.move(days=1)
    await stage.tick()
    assert await opened(stage) == [True, False, True]
    stage.clock.move(hours=2)
    await stage.tick()
    assert await closed(stage) == [True, False, True]
    await mend(stage, 2, like=1)
    stage.clock.move(minutes=5)
    await stage.tick()
    assert await opened(stage) == [True, True, True]
    told = capsys.readouterr().out
    assert told.count("poll_broke") == 2
    assert "JSONDecodeError" in told
    assert "Lunch" not in told


async def test_a_bug_is_tried_again_after_minutes_and_not_at_once(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH + " --close 2h")
    await break_(stage, 1)
    stage.clock.move(hours=2)
    now = stage.clock.now()
    assert await stage.run(lambda c: life.due(c, now)) == 1
    assert await stage.run(lambda c: life.due(c, now)) == 0
    assert await stage.run(lambda c: asking.next_due(c, now)) == now + life.AGAIN


async def test_twenty_broken_polls_are_not_in_the_way_of_the_next(stage: Stage) -> None:
    for _ in range(life.BATCH + 1):
        await stage.type("U-anna", LUNCH + " --close 2h")
    for number in range(1, life.BATCH + 1):
        await break_(stage, number)
    stage.clock.move(hours=2)
    await stage.tick()
    await stage.tick()
    assert (await closed(stage))[-1]


async def test_invitations_that_fail_keep_neither_their_poll_nor_another_from_closing(
    breaking: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    await breaking.type("U-anna", LUNCH + " --audience everybody --close 8m", place="D-anna")
    await breaking.type("U-anna", LUNCH + " --close 8m")
    await breaking.tick()
    await breaking.press("U-ben", buttons(await ballot(breaking))["Pizza"])
    breaking.clock.move(minutes=8)
    await breaking.tick()
    assert await closed(breaking) == [True, True]
    assert not await said(breaking, "ballot", "U-chen")
    told = capsys.readouterr().out
    assert told.count("poll_broke") == 1
    assert "something private" not in told


async def test_nobody_is_reminded_of_a_poll_that_ended_while_the_machine_was_down(stage: Stage) -> None:
    await roster(stage, ["U-anna", "U-ben", "U-chen"])
    await stage.type("U-anna", LUNCH + " --remind 24h")
    stage.clock.move(days=4)
    await stage.tick()
    await stage.tick()
    assert await closed(stage) == [True]
    assert not await said(stage, "reminder")
    assert len(await said(stage, "outcome")) == 1


async def test_a_machine_that_was_down_for_minutes_does_not_move_the_closing_and_never_that_of_the_next(
    stage: Stage,
) -> None:
    await stage.type("U-anna", LUNCH + " --every Mon 9:00 --close 4h --owner <@U-ben> --answer-by 2d")
    stage.clock.move(days=7, minutes=50)
    await stage.tick()
    stage.clock.move(days=7, hours=2, minutes=30)
    await stage.tick()

    def times(connection):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        rows = connection.execute(sa.select(polls.c.closes_at, polls.c.answer_by).order_by(polls.c.id))
        return [(f"{closes:%d %H:%M}", f"{answer:%d %H:%M}") for closes, answer in rows]

    assert await stage.run(times) == [("30 13:00", "02 09:00"), ("07 16:20", "09 09:00"), ("14 13:00", "16 09:00")]
