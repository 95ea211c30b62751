"""Settings, tried as communicators use them."""

from datetime import time

import pytest

from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.feature import Feature, Turn
from bot.core.forms import PlaceField, filling
from bot.core.interactions import Answer, Event
from bot.core.people import Role
from bot.core.places import QuietHours
from tests.bot.stage import Stage, read_aloud

NOT_YOURS = "This is for communicators. Ask one of them, or an admin, to add you."


async def save(stage: Stage, account: str = "U-anna", **values: str | tuple[str, ...]) -> Answer:
    return await stage.send(account, (await stage.type(account, "/drumbeat settings")).form, **values)


async def place_id(stage: Stage, key: str) -> int:
    workspace = await stage.workspace()
    return (await stage.run(lambda c: directory.place_at(c, workspace, key))).id


@pytest.mark.parametrize(
    "line",
    ["settings", "watch #general", "unwatch <#C-general>", "leaders add <@U-ben>", "leaders", "communicators list"],
)
async def test_what_is_for_communicators_is_refused_in_one_sentence(stage: Stage, line: str) -> None:
    answer = await stage.type("U-ben", f"/drumbeat {line}")
    assert read_aloud(answer.whisper) == NOT_YOURS


async def test_the_form_is_refused_to_whoever_lost_the_role(stage: Stage) -> None:
    await stage.grant("U-ben", Role.COMMUNICATOR)
    form = (await stage.type("U-ben", "/drumbeat settings")).form
    await stage.type("U-anna", "/drumbeat communicators remove <@U-ben>")
    answer = await stage.send("U-ben", form)
    assert read_aloud(answer.whisper) == NOT_YOURS


async def test_settings_are_saved_and_the_form_opens_with_them(stage: Stage) -> None:
    await save(
        stage,
        introductions="<#C-hello>",
        praise="<#C-praise>",
        watched0="<#C-news>",
        quiet_begin="19:00",
        quiet_end="07:30",
        weekends=(),
        nudges="2",
        fewest="3",
        locale="de",
    )
    workspace = await stage.workspace()
    chosen = workspace.settings
    assert chosen.introductions == await place_id(stage, "C-hello")
    assert chosen.praise == await place_id(stage, "C-praise")
    assert chosen.watched == (await place_id(stage, "C-news"),)
    assert chosen.quiet == QuietHours(time(19), time(7, 30), weekends=False)
    assert (chosen.daily_nudges, chosen.fewest, workspace.locale) == (2, 3, "de")
    form = (await stage.type("U-anna", "/drumbeat settings")).form
    assert form is not None
    filled = {field.id: filling(field) for field in form.fields}
    assert (filled["introductions"], filled["watched0"], filled["watched1"]) == ("<#C-hello>", "<#C-news>", "")
    assert (filled["quiet_begin"], filled["weekends"], filled["locale"]) == ("19:00", (), "de")


async def test_every_change_is_told_to_the_features_once(stage: Stage) -> None:
    heard: dict[str, str] = {}

    def hear(turn: Turn) -> None:
        assert isinstance(turn.act, Event)
        heard[turn.act.facts["name"]] = turn.act.facts["value"]
        assert turn.workspace.settings.quiet.begin == time(19)

    listener = Feature(name="listener", events={"settings_changed": hear})
    stage.engine = Engine(stage.database, stage.clock, (*stage.features, listener), otherwise="drumbeat")
    saved = await save(stage, introductions="<#C-hello>", quiet_begin="19:00")
    assert read_aloud(saved.whisper) == "Saved: channel for introductions and quiet hours."
    assert heard == {"introductions": str(await place_id(stage, "C-hello")), "quiet": "19:00-08:00"}
    heard.clear()
    assert read_aloud((await save(stage)).whisper) == "Nothing has changed."
    assert not heard


async def test_a_time_nobody_can_read_keeps_the_form_open(stage: Stage) -> None:
    answer = await save(stage, quiet_end="eight")
    assert answer.problems == {"quiet_end": "I need a time such as 18:00."}


async def test_channels_are_watched_and_unwatched_by_words(stage: Stage) -> None:
    said = await stage.type("U-anna", "/drumbeat watch <#C-news> <#C-general>")
    assert read_aloud(said.whisper).endswith("and #general.")
    await stage.type("U-anna", "/drumbeat unwatch <#C-news>")
    assert (await stage.workspace()).settings.watched == (await place_id(stage, "C-general"),)
    await stage.type("U-anna", "/drumbeat unwatch here")
    said = await stage.type("U-anna", "/drumbeat watch")
    assert "No channel is watched" in read_aloud(said.whisper)


async def test_a_channel_that_is_none_is_answered_with_an_example(stage: Stage) -> None:
    said = await stage.type("U-anna", "/drumbeat watch everything")
    assert "/drumbeat watch #general" in read_aloud(said.whisper)


async def test_several_watched_channels_survive_the_form(stage: Stage) -> None:
    await stage.type("U-anna", "/drumbeat watch <#C-1> <#C-2> <#C-3> <#C-4> <#C-5> <#C-6>")
    before = (await stage.workspace()).settings.watched
    form = (await stage.type("U-anna", "/drumbeat settings")).form
    assert form is not None
    assert len([field for field in form.fields if isinstance(field, PlaceField)]) == 7
    await stage.send("U-anna", form, nudges="1")
    assert (await stage.workspace()).settings.watched == before


async def test_leaders_are_added_listed_and_removed(stage: Stage) -> None:
    added = await stage.type("U-anna", "/drumbeat leaders add <@U-ben> and <@U-chen>")
    assert read_aloud(added.whisper).startswith("Leaders: @Ben and @Chen.")
    assert Role.LEADER in (await stage.person("U-ben")).roles
    await stage.type("U-anna", "/drumbeat leaders remove <@U-ben>")
    assert read_aloud((await stage.type("U-anna", "/drumbeat leaders")).whisper).startswith("Leaders: @Chen.")


async def test_adding_a_leader_twice_tells_them_once(stage: Stage) -> None:
    await stage.type("U-anna", "/drumbeat leaders add <@U-ben>")
    stage.clock.move(minutes=1)
    await stage.type("U-anna", "/drumbeat leaders add <@U-ben>")
    assert len(await stage.planned("U-ben")) == 1


@pytest.mark.parametrize("line", ["leaders add", "leaders add Ben", "leaders promote <@U-ben>"])
async def test_a_wrong_line_about_leaders_gets_an_example_that_works(stage: Stage, line: str) -> None:
    answer = await stage.type("U-anna", f"/drumbeat {line}")
    assert "/drumbeat leaders add @name" in read_aloud(answer.whisper)


async def test_a_communicator_may_what_admins_may_until_removed(stage: Stage) -> None:
    await stage.type("U-anna", "/drumbeat communicators add <@U-ben>")
    (told,) = await stage.planned("U-ben")
    assert "You are a communicator now" in told.text
    assert (await stage.type("U-ben", "/drumbeat settings")).form is not None
    listed = await stage.type("U-ben", "/drumbeat communicators list")
    assert "Communicators: @Anna and @Ben. Admins always are." in read_aloud(listed.whisper)
    await stage.type("U-anna", "/drumbeat communicators remove <@U-ben>")
    assert not await stage.planned("U-ben")
    assert (await stage.type("U-ben", "/drumbeat settings")).form is None
