"""What belongs under a message goes into its thread, if there is one."""

import pytest

from bot.core.errors import Gone, Unknown
from bot.core.outbox import Lane, messages
from bot.core.ports import Destination
from tests.scheduler.conftest import World


def under(world: World) -> list[str]:
    return [to.under for to, _, _ in world.platform.sent]


async def answer(world: World, key: str = "answer") -> None:
    await world.send(key, Lane.PUBLIC, place=world.channel, under="polls:1")


async def ask(world: World, key: str = "poll", **facts: int) -> None:
    await world.send(key, Lane.PUBLIC, subject="polls:1", **(facts or {"place": world.channel}))


async def test_an_answer_goes_under_the_newest_message_of_its_subject_in_the_same_place(world: World) -> None:
    await ask(world, "elsewhere", person=world.ada)
    await ask(world, "first")
    await ask(world, "second")
    await answer(world)
    await world.run()
    keys = world.platform.keys
    to = dict(zip(keys, (to for to, _, _ in world.platform.sent), strict=True))["answer"]
    assert (to.place, to.under) == ("C1", f"M{keys.index('second') + 1}")


async def test_an_answer_to_a_person_goes_under_their_own_message(world: World) -> None:
    await ask(world, "poll", person=world.ada)
    await world.send("answer", person=world.ada, under="polls:1")
    await world.run()
    assert [(to.place, to.under) for to, _, _ in world.platform.sent] == [("", ""), ("D-ada", "M1")]


async def test_an_answer_to_what_is_not_there_is_an_ordinary_message(world: World) -> None:
    await answer(world)
    await ask(world)
    await world.run()
    await world.database.run(lambda connection: connection.execute(messages.update().values(gone=True)))
    await answer(world, "late")
    await world.run()
    assert [to for to, _, _ in world.platform.sent] == [
        Destination(await world.workspace_now(), place="C1") for _ in range(3)
    ]


async def test_an_answer_whose_thread_is_gone_is_sent_as_an_ordinary_message(world: World) -> None:
    await ask(world)
    await world.run()
    world.platform.errors = [Gone("thread_not_found")]
    await answer(world)
    await world.run()
    assert under(world) == ["", ""]
    assert world.happenings("answer") == ["retrying", "sent"]


async def test_a_place_that_is_gone_ends_an_answer(world: World) -> None:
    await ask(world)
    await world.run()
    world.platform.errors = [Gone("is_archived")] * 2
    await answer(world)
    await world.run()
    assert (await world.states())["answer"] == "failed"


@pytest.mark.parametrize("there", [True, False])
async def test_an_answer_of_unknown_fate_is_asked_for_in_its_thread(world: World, there: bool) -> None:  # noqa: FBT001 -- pytest's parameter
    await ask(world)
    await world.run()
    world.platform.errors = [] if there else [Unknown("reset")]
    world.platform.loses_answers = Unknown("reset") if there else None
    await answer(world)
    await world.run()
    world.platform.loses_answers = None
    await world.run(hours=1)
    await world.run(hours=1)
    assert (await world.states())["answer"] == "sent"
    assert under(world) == ["", "M1"]
