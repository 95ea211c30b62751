"""Messages of which nobody knows whether they arrived, as those who can decide meet them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core import outbox as core
from bot.core.cards import Button, Card
from bot.core.directory import store as directory
from bot.core.outbox import Lane, outbox
from bot.core.people import Profile, Role
from tests.bot.stage import Stage, buttons, read_aloud


async def doubt(stage: Stage, key: str, drawing: str = "rhythm.nudge", **facts: Any) -> int:  # noqa: ANN401 -- as `outbox.send`
    """A message to Ben, or to a place, of which nobody knows whether it arrived."""
    if "place" not in facts:
        facts.setdefault("person", (await stage.person("U-ben")).id)
    facts.setdefault("workspace", (await stage.workspace()).id)
    now = stage.clock.now()
    unknown = {"state": "unknown", "try_at": None, "intent_at": now, "reason": "teams_cannot_be_asked"}
    await stage.run(lambda c: core.send(c, key=key, drawing=drawing, lane=Lane.NUDGE, now=now, **facts))
    await stage.run(lambda c: c.execute(outbox.update().where(outbox.c.key == key).values(**unknown)))
    row = await stage.run(lambda c: core.entry_of(c, key))
    assert row
    return row.id


async def general(stage: Stage) -> int:
    workspace = await stage.workspace()
    return (await stage.run(lambda c: directory.place_at(c, workspace, "C-general"))).id


async def shown(stage: Stage, account: str = "U-anna") -> Card:
    whisper = (await stage.type(account, "/drumbeat unsent")).whisper
    assert whisper
    return whisper


async def press(stage: Stage, card: Card, label: str, account: str = "U-anna") -> str:
    """Press the last button with a label; what the card becomes."""
    return read_aloud((await stage.press(account, buttons(card)[label])).replace)


async def test_what_may_not_have_arrived_is_shown_by_what_it_is_for_whom_and_when(stage: Stage) -> None:
    assert read_aloud(await shown(stage)) == "No message is in doubt."
    await doubt(stage, "nudge")
    await doubt(stage, "poll", "polls.ballot", place=await general(stage))
    lines = read_aloud(await shown(stage)).splitlines()
    assert lines[0] == "Did these arrive?"
    assert "@Ben: a nudge, Mon, 23 Nov, 09:00 GMT" in lines
    assert "#general: a poll, Mon, 23 Nov, 09:00 GMT" in lines


async def test_a_message_is_sent_again_and_leaves_the_list(stage: Stage) -> None:
    row = await doubt(stage, "nudge")
    card = await shown(stage)
    assert (await press(stage, card, "Send again")).startswith("On its way again: a nudge.")
    found = await stage.run(lambda c: core.entry(c, row))
    assert found
    assert (found.state, found.reason) == ("ready", "sent_again_by_hand")
    assert "known already" in await press(stage, card, "It arrived")


async def test_a_message_is_taken_for_arrived(stage: Stage) -> None:
    await doubt(stage, "nudge")
    said = await press(stage, await shown(stage), "It arrived")
    assert said.splitlines() == ["Taken for arrived: a nudge.", "No message is in doubt."]
    assert (await stage.states())["nudge"] == "sent"


async def test_ten_are_shown_the_oldest_first_and_the_rest_counted(stage: Stage) -> None:
    for number in range(12):
        await doubt(stage, f"nudge {number}")
        stage.clock.move(minutes=1)
    said = read_aloud(await shown(stage))
    assert said.count("@Ben: a nudge") == 10
    assert "09:00 GMT" in said
    assert "09:11 GMT" not in said
    assert "2 more after these." in said


async def test_only_communicators_and_admins_see_and_decide(stage: Stage) -> None:
    await doubt(stage, "nudge")
    resend = buttons(await shown(stage))["Send again"]
    for refused in (await stage.type("U-ben", "/drumbeat unsent"), await stage.press("U-ben", resend)):
        assert "This is for communicators." in read_aloud(refused.whisper)
    assert (await stage.states())["nudge"] == "unknown"
    await stage.grant("U-ben", Role.COMMUNICATOR)
    assert "a nudge" in read_aloud(await shown(stage, "U-ben"))


async def test_a_workspace_neither_sees_nor_decides_about_anothers_messages(stage: Stage) -> None:
    other = await stage.run(lambda c: directory.workspace(c, "stage", "W2").id)
    stranger = await stage.run(
        lambda c: directory.learn(c, directory.workspace(c, "stage", "W2"), Profile(account="X")).id
    )
    row = await doubt(stage, "theirs", person=stranger, workspace=other)
    assert read_aloud(await shown(stage)) == "No message is in doubt."
    forged = Button("", "outgoing.resend", str(row))
    assert "known already" in read_aloud((await stage.press("U-anna", forged)).replace)
    assert (await stage.states())["theirs"] == "unknown"


async def test_admins_are_told_once_a_day_as_long_as_there_is_something_to_decide(stage: Stage) -> None:
    await stage.tick()
    assert await stage.planned() == []
    await doubt(stage, "nudge")
    for _ in range(3):
        await stage.tick()
    (told,) = await stage.planned()
    assert (told.person, told.lane) == ((await stage.person("U-anna")).id, "notice")
    assert told.text == "1 message may not have arrived: the chat did not say."
    assert told.expires == datetime(2026, 11, 24, tzinfo=UTC)
    stage.clock.move(days=1)
    await stage.tick()
    assert len(await stage.planned()) == 2
    list_ = (await stage.press("U-anna", buttons(told.card)["Show them"])).replace
    assert list_
    await press(stage, list_, "It arrived")
    assert {each.text for each in await stage.planned()} == {"withdrawn: nothing_to_tell"}
    stage.clock.move(days=1)
    await stage.tick()
    assert len(await stage.planned()) == 2


async def test_where_there_is_no_admin_the_communicators_are_told(stage: Stage) -> None:
    await stage.learn(Profile(account="U-anna", admin=False))
    await doubt(stage, "nudge")
    await stage.tick()
    assert await stage.planned() == []
    await stage.grant("U-chen", Role.COMMUNICATOR)
    await stage.tick()
    assert [each.person for each in await stage.planned()] == [(await stage.person("U-chen")).id]


async def test_a_notice_that_got_lost_itself_is_no_reason_for_another(stage: Stage) -> None:
    await doubt(stage, "notice", "outgoing.doubts")
    await stage.tick()
    assert await stage.planned() == []


@pytest.mark.parametrize("asked", [True, False])
async def test_a_message_that_is_still_being_asked_for_is_not_shown(stage: Stage, *, asked: bool) -> None:
    row = await doubt(stage, "nudge")
    at = stage.clock.now() if asked else None
    await stage.run(lambda c: c.execute(outbox.update().where(outbox.c.id == row).values(try_at=at)))
    assert (read_aloud(await shown(stage)) == "No message is in doubt.") is asked
