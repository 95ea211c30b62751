"""One replica, one platform: what is sent, in which order, and what an error does."""

from datetime import timedelta
from itertools import cycle, pairwise

import pytest

from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.errors import Gone, RateLimited, Unavailable, Unknown
from bot.core.outbox import Lane
from scheduler.delivery import UNCONNECTED_PAUSE
from tests.scheduler.conftest import World
from tests.scheduler.pretend import GONE


async def test_a_planned_message_is_sent_once_in_the_readers_language(world: World) -> None:
    assert await world.send("hello")
    assert not await world.send("hello")
    await world.run()
    await world.run(hours=1)
    assert world.platform.words == ["hello Ada (de)"]
    assert world.happenings("hello") == ["sent"]


async def test_a_message_to_a_shared_place_speaks_the_workspaces_language(world: World) -> None:
    await world.send("hello", Lane.PUBLIC, place=world.channel)
    await world.run()
    to, card, _ = world.platform.sent[0]
    assert (to.place, to.account, card.summary, card.locale) == ("C1", "", "hello Acme (en)", "en")


async def test_a_message_is_not_sent_before_it_is_due(world: World) -> None:
    await world.send("later", due=world.clock.now().replace(hour=12))
    await world.run()
    assert world.platform.sent == []
    await world.run(hours=2)
    assert world.platform.keys == ["later"]


async def test_answers_and_public_messages_go_before_notices_and_nudges(world: World) -> None:
    await world.send("nudge", Lane.NUDGE)
    await world.send("notice", Lane.NOTICE)
    await world.send("answer", Lane.ANSWER)
    await world.run()
    assert world.platform.keys == ["answer", "nudge", "notice"]


async def test_messages_to_one_destination_keep_their_order_through_a_retry(world: World) -> None:
    world.platform.errors = [Unavailable("down")]
    for number in range(5):
        await world.send(f"to ada {number}")
    await world.run()
    assert world.platform.keys == []
    await world.run(seconds=5)
    assert world.platform.keys == [f"to ada {number}" for number in range(5)]


async def test_a_drawing_that_has_nothing_to_say_any_more_cancels_its_row(world: World) -> None:
    await world.send("empty")
    world.board.text = ""
    await world.run()
    (row,) = await world.rows()
    assert (row.state, row.reason, world.platform.sent) == ("cancelled", "nothing_to_say", [])


async def test_a_bug_in_a_drawing_ends_its_own_row_and_no_other(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.board.broken = True
    await world.send("broken")
    await world.run()
    world.board.broken = False
    await world.send("sound")
    await world.run()
    assert await world.states() == {"broken": "failed", "sound": "sent"}
    said = capsys.readouterr().out
    assert "message_broke" in said
    assert "pretend.py" in said
    assert "something private" not in said


async def test_a_platform_that_is_away_is_tried_again_with_growing_pauses_and_then_given_up(world: World) -> None:
    world.platform.errors = [Unavailable("down")] * 99
    await world.send("hello")
    pauses: list[float] = []
    while (await world.states())["hello"] == "ready" or not pauses:
        await world.run()
        due = await world.scheduler.next_due(world.clock.now().replace(year=2027))
        if due is None:
            break
        pauses.append((due - world.clock.now()).total_seconds())
        world.clock.move_to(due)
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    (row,) = await world.rows()
    assert (row.state, row.reason, row.attempts) == ("failed", "down", 9)


async def test_a_refusal_for_good_ends_the_row_with_the_platforms_reason(world: World) -> None:
    world.platform.errors = [GONE]
    await world.send("hello")
    await world.run()
    await world.run(days=1)
    (row,) = await world.rows()
    assert (row.state, row.reason, world.platform.sent) == ("failed", "channel_not_found", [])


async def test_a_429_pauses_the_workspace_and_costs_no_attempt(world: World) -> None:
    world.platform.errors = [RateLimited(30)]
    await world.send("to ada")
    await world.run()
    await world.send("to ben", person=world.ben)
    await world.run(seconds=29)
    assert world.platform.sent == []
    await world.run(seconds=2)
    assert sorted(world.platform.keys) == ["to ada", "to ben"]
    assert {row.attempts for row in await world.rows()} == {0}
    assert world.happenings("to ada") == ["paused", "sent"]


async def test_a_429_for_one_bucket_leaves_the_others_alone(world: World) -> None:
    world.platform.errors = [RateLimited(30, "some:channel")]
    await world.send("to ada")
    await world.run()
    await world.send("to ben", person=world.ben)
    await world.run()
    assert world.platform.keys == ["to ben"]


async def test_an_answer_that_got_lost_is_asked_for_and_not_sent_again(world: World) -> None:
    world.platform.loses_answers = Unknown("reset")
    await world.send("hello")
    await world.run()
    assert await world.states() == {"hello": "unknown"}
    await world.run(seconds=11)
    assert await world.states() == {"hello": "sent"}
    assert world.platform.keys == ["hello"]


async def test_a_message_that_never_arrived_is_sent_after_asking(world: World) -> None:
    world.platform.errors = [Unknown("reset")]
    await world.send("hello")
    await world.run()
    await world.run(seconds=11)
    await world.run(seconds=11)
    assert world.platform.keys == ["hello"]
    assert world.happenings("hello") == ["unknown", "retrying", "sent"]


async def test_where_nobody_can_tell_it_stays_unknown(world: World) -> None:
    world.platform.errors = [Unknown("reset"), *[Unknown("cannot_ask")] * 99]
    await world.send("hello")
    await world.run()
    for _ in range(40):
        await world.run(minutes=30)
    (row,) = await world.rows()
    assert (row.state, row.try_at, row.reason) == ("unknown", None, "cannot_ask")
    assert world.platform.sent == []


async def test_a_bug_in_the_platforms_adapter_counts_as_unknown_since_it_may_have_sent(world: World) -> None:
    world.platform.loses_answers = ValueError("private words")
    await world.send("hello")
    await world.run()
    assert await world.states() == {"hello": "unknown"}
    await world.run(seconds=11)
    assert (await world.states(), world.platform.keys) == ({"hello": "sent"}, ["hello"])


async def test_a_workspace_of_a_platform_that_is_not_connected_waits(world: World) -> None:
    def elsewhere(connection: Connection) -> int:
        workspace = directory.workspace(connection, "other", "T2")
        return directory.place_at(connection, workspace, "X").id

    place = await world.database.run(elsewhere)
    world.workspace += 1
    await world.send("hello", place=place)
    await world.run()
    assert await world.states() == {"hello": "ready"}
    later = world.clock.now() + timedelta(hours=1)
    assert await world.scheduler.next_due(later) == world.clock.now() + UNCONNECTED_PAUSE


async def test_a_workspace_that_removed_the_bot_is_not_spoken_to(world: World) -> None:
    await world.send("hello")
    await world.database.run(lambda c: directory.describe_workspace(c, world.workspace, active=False))
    await world.run()
    (row,) = await world.rows()
    assert (row.state, row.reason) == ("cancelled", "workspace_removed")


async def test_a_message_can_be_redrawn_and_the_last_state_wins(world: World) -> None:
    await world.send("poll", Lane.PUBLIC, place=world.channel, subject="polls:1")
    await world.run()
    for text in ("one", "two", "three"):
        world.board.text = text
        await world.redraw("polls:1")
    await world.run()
    assert world.platform.updated == []
    await world.run(seconds=1)
    assert [card.summary for _, card in world.platform.updated] == ["three Acme (en)"]


async def test_redraws_keep_a_second_between_them(world: World) -> None:
    await world.send("poll", Lane.PUBLIC, place=world.channel, subject="polls:1")
    await world.run(seconds=1)
    for tenth in range(50):
        world.board.text = str(tenth)
        await world.redraw("polls:1")
        await world.run(milliseconds=100)
    await world.run(seconds=1)
    assert 5 <= len(world.platform.updated) <= 7
    assert world.platform.updated[-1][1].summary == "49 Acme (en)"


async def test_the_platform_sees_redraws_a_second_apart_however_late_a_call_comes(world: World) -> None:
    update, seen, lateness = world.platform.update, [], cycle((300, 0))

    async def late(*call: object) -> None:
        world.clock.move_by(timedelta(milliseconds=next(lateness)))
        seen.append(world.clock.now())
        await update(*call)  # type: ignore[arg-type]

    world.platform.update = late  # type: ignore[method-assign, assignment]
    await world.send("poll", Lane.PUBLIC, place=world.channel, subject="polls:1")
    await world.run(seconds=1)
    for _ in range(50):
        await world.redraw("polls:1")
        await world.run(milliseconds=100)
    assert len(seen) >= 5
    assert {(after - before) // timedelta(seconds=1) for before, after in pairwise(seen)} == {1}


async def test_a_change_between_drawing_and_receipt_is_redrawn(world: World) -> None:
    send = world.platform.send

    async def vote_meanwhile(*call: object) -> object:
        world.board.text = "changed"
        await world.redraw("polls:1")  # finds no message yet
        return await send(*call)  # type: ignore[arg-type]

    world.platform.send = vote_meanwhile  # type: ignore[method-assign, assignment]
    await world.send("poll", Lane.PUBLIC, place=world.channel, subject="polls:1")
    await world.run()
    await world.run(seconds=1)
    assert world.platform.words == ["hello Acme (en)"]
    assert [card.summary for _, card in world.platform.updated] == ["changed Acme (en)"]


async def test_a_message_that_somebody_deleted_is_not_redrawn_again(world: World) -> None:
    await world.send("poll", Lane.PUBLIC, place=world.channel, subject="polls:1")
    await world.run()
    world.platform.errors = [Gone("message_not_found")]
    await world.redraw("polls:1")
    await world.run(seconds=1)
    await world.redraw("polls:1")
    await world.run(seconds=1)
    assert (await world.states()) == {"poll": "sent", "redraw:1": "failed"}
    assert world.platform.updated == []


async def test_a_redraw_that_waits_gives_way_to_a_newer_one(world: World) -> None:
    await world.send("poll", Lane.PUBLIC, place=world.channel, subject="polls:1")
    await world.run()
    update = world.platform.update

    async def vote_meanwhile(*call: object) -> None:
        await world.redraw("polls:1")
        await update(*call)  # type: ignore[arg-type]

    world.platform.update = vote_meanwhile  # type: ignore[method-assign, assignment]
    world.platform.errors = [Unavailable("down")]
    await world.redraw("polls:1")
    await world.run(seconds=1)
    world.platform.update = update  # type: ignore[method-assign]
    await world.run(seconds=5)
    assert sorted(row.state for row in await world.rows() if row.verb == "update") == ["cancelled", "sent"]
    assert len(world.platform.updated) == 1


async def test_whoever_asked_for_a_message_is_told_when_its_place_cannot_be_reached(world: World) -> None:
    world.platform.errors = [Gone("not_in_channel"), Gone("not_in_channel")]
    await world.send("poll", Lane.PUBLIC, place=world.channel, author=world.ada)
    await world.send("digest", Lane.PUBLIC, place=world.channel)
    await world.run()
    rows = {row.key: row for row in await world.rows()}
    assert (rows["poll"].state, rows["digest"].state) == ("failed", "failed")
    assert (rows["undelivered:poll"].person_id, rows["undelivered:poll"].lane) == (world.ada, "answer")
    assert "undelivered:digest" not in rows
