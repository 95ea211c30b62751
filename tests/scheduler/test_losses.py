"""A message that is not there any more: its feature hears of it once, in the transaction that found out."""

import pytest
import sqlalchemy as sa

from bot.core.directory import store as directory
from bot.core.errors import Gone, PlatformError
from bot.core.interactions import Change
from bot.core.outbox import Lane, messages
from tests.scheduler.conftest import World

DELETED = "message_not_found"
ARCHIVED = "is_archived"


async def ask(world: World, key: str = "poll", **facts: object) -> None:
    await world.send(key, Lane.PUBLIC, subject="polls:1", arguments={"poll": "1"}, **({"place": world.channel} | facts))
    await world.run()


async def hear(world: World, message: str = "", reason: str = "", place: str = "C1", name: str = "") -> None:
    change = Change(platform="pretend", workspace="T1", place=place, message=message, reason=reason, name=name)
    await world.engine.hear(change)


async def gone(world: World) -> list[bool]:
    found = sa.select(messages.c.gone).order_by(messages.c.id)
    return list(await world.database.read(lambda connection: connection.execute(found).scalars().all()))


async def test_a_redraw_that_finds_its_message_gone_tells_the_feature(world: World) -> None:
    await ask(world)
    world.platform.errors = [Gone(DELETED)]
    await world.redraw("polls:1")
    await world.run(seconds=2)
    told = {"poll": "1", "place": str(world.channel), "reason": DELETED}
    assert world.board.lost == [(told, "")]
    await world.redraw("polls:1")
    await world.run(seconds=2)
    assert len(world.board.lost) == 1


async def test_a_redraw_that_fails_for_another_reason_loses_nothing(world: World) -> None:
    await ask(world)
    world.platform.errors = [PlatformError("invalid_blocks")]
    await world.redraw("polls:1")
    await world.run(seconds=2)
    assert (world.board.lost, await gone(world)) == ([], [False])


async def test_a_deleted_message_is_gone_at_once_and_is_redrawn_no_more(world: World) -> None:
    await ask(world)
    await ask(world, "another")
    await world.redraw("polls:1")
    await hear(world, "M1", DELETED)
    await hear(world, "M1", DELETED)
    await world.run(seconds=2)
    assert [arguments["reason"] for arguments, _ in world.board.lost] == [DELETED]
    assert [message.message for message, _ in world.platform.updated] == ["M2"]
    assert await gone(world) == [True, False]


async def test_a_private_message_that_was_deleted_is_its_readers(world: World) -> None:
    await ask(world, place=None, person=world.ada)
    await hear(world, "M1", DELETED, place="D-ada")
    assert world.board.lost == [({"poll": "1", "place": "", "reason": DELETED}, "Ada")]


async def test_an_archived_place_takes_all_its_messages_along_and_no_others(world: World) -> None:
    await ask(world)
    await ask(world, "another", drawing="board.other")
    await ask(world, "private", place=None, person=world.ada)
    await hear(world, reason=ARCHIVED)
    assert await gone(world) == [True, True, False]
    assert [arguments["reason"] for arguments, _ in world.board.lost] == [ARCHIVED]


async def test_a_place_of_another_workspace_loses_nothing(world: World) -> None:
    await ask(world)
    await world.engine.hear(Change(platform="pretend", workspace="T2", place="C1", reason=ARCHIVED))
    assert await gone(world) == [False]


async def test_a_renamed_place_has_its_new_name_and_keeps_its_messages(world: World) -> None:
    await ask(world)
    await hear(world, name="lunch")
    place = await world.database.read(lambda connection: directory.place(connection, world.channel))
    assert place is not None
    assert (place.name, await gone(world)) == ("lunch", [False])


async def test_a_bug_in_what_a_feature_does_about_a_loss_is_told_and_ends_the_row(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    await ask(world)
    world.board.careless = True
    world.platform.errors = [Gone(DELETED)]
    await world.redraw("polls:1")
    await world.run(seconds=2)
    assert await gone(world) == [True]
    assert [row.state for row in await world.rows()] == ["sent", "failed"]
    said = capsys.readouterr().out
    assert "loss_broke" in said
    assert "something private" not in said
