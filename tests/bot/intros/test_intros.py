"""Introductions, tried as people use them."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.core.cards import Card, Picture, Prose
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.forms import Form, TextField, filling
from bot.core.interactions import Answer
from bot.core.outbox import State, messages, outbox
from bot.core.people import Profile
from bot.core.rich import Plain, spoken
from tests.bot.stage import Said, Stage, buttons, read_aloud

EVE = Profile(account="U-eve", name="Eve", zone="Europe/London", title="Planner", has_photo=False)
ANSWERS = {"role": "Planner", "loves": "Old maps", "offers": "I read contracts", "question": "Where do you eat?"}


async def choose_channel(stage: Stage, key: str = "C-hello") -> None:
    """The communicator chooses the channel for introductions, as `/drumbeat settings` does."""
    workspace = await stage.workspace()
    place = await stage.run(lambda c: directory.place_at(c, workspace, key, name="hello"))
    settings = replace(workspace.settings, introductions=place.id)
    await stage.run(lambda c: directory.choose(c, workspace, settings))
    await stage.happen("U-anna", "settings_changed", name="introductions", value=str(place.id))


async def eve_joins(stage: Stage, profile: Profile = EVE) -> None:
    await stage.learn(profile)
    await stage.happen("U-eve", "joined")


async def introduce(stage: Stage, account: str = "U-eve", **answers: str) -> Answer:
    opened = await stage.type(account, "/intro")
    return await stage.send(account, opened.form, **ANSWERS | answers)


async def kinds(stage: Stage, account: str = "U-eve") -> list[str]:
    """What is planned for somebody: the kind in each key."""
    return [said.key.split(":")[1] for said in await stage.planned(account)]


async def the_welcome(stage: Stage) -> Said:
    return next(said for said in await stage.planned("U-eve") if said.key.startswith("intros:welcome:"))


async def ours(stage: Stage) -> list[Said]:
    """What introductions have planned, for anybody."""
    return [said for said in await stage.planned() if said.key.startswith("intros:")]


async def posts(stage: Stage) -> list[Said]:
    return [said for said in await stage.planned() if said.key.startswith("intros:introduction:")]


async def the_ladder(stage: Stage) -> list[Said]:
    return [said for said in await stage.planned("U-eve") if said.key.startswith("intros:profile:")]


def texts(form: Form | None) -> dict[str, str]:
    assert form is not None
    return {field.id: str(filling(field)) for field in form.fields}


async def test_whoever_joins_is_welcomed_soon_if_the_moment_suits(stage: Stage) -> None:
    stage.clock.move(hours=2)
    await eve_joins(stage)
    said = await the_welcome(stage)
    assert said.due == stage.clock.now() + timedelta(minutes=5)
    assert said.lane == "nudge"
    assert "Welcome, Eve" in said.text


async def test_whoever_joins_in_the_night_is_welcomed_at_ten_of_their_morning(stage: Stage) -> None:
    await eve_joins(stage, replace(EVE, zone="America/New_York"))
    assert (await the_welcome(stage)).due.isoformat() == "2026-11-23T15:00:00+00:00"


async def test_the_welcome_names_the_channel_once_there_is_one(stage: Stage) -> None:
    await eve_joins(stage)
    assert "#hello" not in (await the_welcome(stage)).text
    await choose_channel(stage)
    assert "#hello" in (await the_welcome(stage)).text


async def test_joining_twice_is_welcomed_once(stage: Stage) -> None:
    await eve_joins(stage)
    planned = await kinds(stage)
    await stage.happen("U-eve", "joined")
    await stage.happen("U-eve", "appeared")
    assert await kinds(stage) == planned


async def test_nobody_who_was_there_before_the_bot_is_welcomed(stage: Stage) -> None:
    await stage.happen("U-anna", "installed")
    await stage.happen("U-ben", "appeared")
    assert await ours(stage) == []
    await stage.learn(replace(EVE, account="U-old"))
    stage.clock.move(days=1)
    await stage.tick()
    for account in ("U-ben", "U-old"):
        await stage.happen(account, "appeared")
        await stage.happen(account, "joined")
    assert await ours(stage) == []


async def test_somebody_first_seen_in_a_channel_later_is_welcomed(stage: Stage) -> None:
    await stage.tick()
    stage.clock.move(days=1)
    await stage.tick()
    await stage.happen("U-eve", "appeared")
    assert "welcome" in await kinds(stage)


async def test_a_bot_back_after_a_pause_takes_those_it_finds_for_old_hands(stage: Stage) -> None:
    await stage.tick()
    stage.clock.move(days=1)
    await stage.tick()
    stage.clock.move(days=60)
    await stage.happen("U-anna", "installed", scope="channel")
    await stage.happen("U-eve", "appeared")
    stage.clock.move(days=1)
    await stage.tick()
    await stage.happen("U-eve", "appeared")
    assert await kinds(stage) == []


async def test_another_bot_and_somebody_opted_out_are_left_in_peace(stage: Stage) -> None:
    await eve_joins(stage, replace(EVE, bot=True))
    quiet = await stage.learn(replace(EVE, account="U-quiet"))
    await stage.run(lambda c: directory.opt_out(c, quiet, stage.clock.now()))
    await stage.happen("U-quiet", "joined")
    assert await ours(stage) == []


async def test_the_form_is_short_and_filled_from_the_profile(stage: Stage) -> None:
    await eve_joins(stage)
    opened = await stage.press("U-eve", buttons((await the_welcome(stage)).card)["Introduce yourself"])
    assert opened.form is not None
    assert texts(opened.form)["role"] == "Planner"
    limits = {field.id: field.longest for field in opened.form.fields if isinstance(field, TextField)}
    assert limits == {"role": 120, "loves": 280, "offers": 280, "question": 140}
    assert all("A line is plenty" in field.hint for field in opened.form.fields)


async def test_words_after_the_command_are_kept_in_the_form(stage: Stage) -> None:
    opened = await stage.type("U-ben", "/intro I collect old maps")
    assert texts(opened.form)["loves"] == "I collect old maps"


async def test_an_introduction_is_posted_in_the_channel_and_ends_in_the_question(stage: Stage) -> None:
    await choose_channel(stage)
    await eve_joins(stage)
    answer = await introduce(stage, question="Where do you eat")
    assert "It is in #hello" in read_aloud(answer.whisper)
    (post,) = await posts(stage)
    assert post.lane == "public"
    assert post.text == (
        "Say hello to @Eve\nWhat I do here: Planner\nWhat I love doing: Old maps\n"
        "How I can help you: I read contracts\nWhere do you eat?"
    )
    assert isinstance(post.card, Card)
    assert post.card.parts[-1] == Prose((Plain("Where do you eat?", bold=True),))
    assert "Eve says hello" in post.card.summary


async def test_the_avatar_is_shown_where_it_has_a_safe_address(stage: Stage) -> None:
    await choose_channel(stage)
    await stage.learn(replace(EVE, photo="https://example.com/eve.png", has_photo=True))
    await introduce(stage)
    (post,) = await posts(stage)
    assert isinstance(post.card, Card)
    assert Picture("https://example.com/eve.png", "Photo of Eve") in post.card.parts
    await stage.learn(replace(EVE, photo="http://example.com/eve.png"))
    (post,) = await posts(stage)
    assert isinstance(post.card, Card)
    assert not any(isinstance(part, Picture) for part in post.card.parts)


@pytest.mark.parametrize("part", ["role", "loves", "offers", "question"])
async def test_too_long_or_empty_answers_are_named_with_their_limit(stage: Stage, part: str) -> None:
    await choose_channel(stage)
    answer = await introduce(stage, **{part: "x" * 281})
    assert "characters; yours has 281" in answer.problems[part]
    assert set(answer.problems) == {part}
    answer = await introduce(stage, **{part: "  "})
    assert "cannot be empty" in answer.problems[part]
    assert await posts(stage) == []


async def test_whoever_has_introduced_themselves_is_not_asked_again(stage: Stage) -> None:
    await eve_joins(stage)
    assert {"welcome", "reminder"} <= set(await kinds(stage))
    await introduce(stage)
    assert not {"welcome", "reminder"} & set(await kinds(stage))


async def test_without_a_channel_the_introduction_waits_and_its_author_knows(stage: Stage) -> None:
    answer = await introduce(stage, "U-ben")
    assert "not chosen a channel" in read_aloud(answer.whisper)
    assert await posts(stage) == []
    await choose_channel(stage)
    (post,) = await posts(stage)
    assert "@Ben" in post.text
    await choose_channel(stage, "C-other")
    assert len(await posts(stage)) == 1


async def test_other_settings_post_nothing(stage: Stage) -> None:
    await introduce(stage, "U-ben")
    await stage.happen("U-anna", "settings_changed", name="praise", value="1")
    await stage.happen("U-anna", "settings_changed", name="introductions", value="")
    assert await posts(stage) == []


async def test_an_introduction_can_be_changed_later(stage: Stage) -> None:
    await choose_channel(stage)
    await introduce(stage, "U-ben")
    opened = await stage.type("U-ben", "/intro")
    assert texts(opened.form) == ANSWERS
    answer = await stage.send("U-ben", opened.form, loves="New maps")
    assert "Changed" in read_aloud(answer.whisper)
    (post,) = await posts(stage)
    assert "New maps" in post.text


async def test_one_reminder_comes_after_three_working_days_and_then_none(stage: Stage) -> None:
    await eve_joins(stage)
    welcome = await the_welcome(stage)
    (reminder,) = [said for said in await stage.planned("U-eve") if ":reminder:" in said.key]
    assert welcome.due.date().isoformat() == "2026-11-23"
    assert reminder.due.date().isoformat() == "2026-11-27"
    assert "the only time I ask again" in reminder.text


async def test_no_thanks_is_an_answer(stage: Stage) -> None:
    await eve_joins(stage)
    answer = await stage.press("U-eve", buttons((await the_welcome(stage)).card)["No, thanks"])
    assert "All right" in read_aloud(answer.replace)
    assert set(await kinds(stage)) == {"profile"}


async def test_a_blank_profile_is_mentioned_on_four_days_in_four_ways_and_then_never(stage: Stage) -> None:
    await eve_joins(stage)
    ladder = await the_ladder(stage)
    assert [said.due.date().isoformat() for said in ladder] == ["2026-11-26", "2026-11-30", "2026-12-07", "2026-12-23"]
    assert all("Your profile has no photo yet." in said.text for said in ladder)
    assert all("add a picture" in said.text for said in ladder)
    assert len({said.text for said in ladder}) == 4
    assert "the last time I mention it" in ladder[-1].text
    assert {said.lane for said in ladder} == {"nudge"}


@pytest.mark.parametrize(
    ("title", "has_photo", "sentence"),
    [
        ("", False, "Your profile has no photo and no job title yet."),
        ("", True, "Your profile has no job title yet."),
        ("Planner", False, "Your profile has no photo yet."),
        ("Planner", True, "withdrawn: profile_complete"),
    ],
)
async def test_what_is_missing_is_said_at_the_moment_of_sending(
    stage: Stage, *, title: str, has_photo: bool, sentence: str
) -> None:
    await eve_joins(stage, replace(EVE, title="", has_photo=not has_photo))
    await stage.learn(replace(EVE, title=title, has_photo=has_photo))
    assert sentence in (await the_ladder(stage))[0].text


async def test_no_title_is_missed_where_the_platform_tells_nobodys(stage: Stage) -> None:
    await eve_joins(stage, replace(EVE, title=""))
    assert "no job title" in (await the_ladder(stage))[0].text
    await stage.run(lambda c: c.execute(directory.people.update().values(title="")))
    assert "no job title" not in (await the_ladder(stage))[0].text


async def test_a_profile_that_is_filled_in_takes_the_rest_of_the_ladder_away(stage: Stage) -> None:
    await eve_joins(stage)
    await stage.learn(replace(EVE, has_photo=True))
    await stage.happen("U-eve", "profile_changed")
    assert "profile" not in await kinds(stage)


async def test_leave_me_alone_ends_the_ladder_and_only_that(stage: Stage) -> None:
    await eve_joins(stage)
    ladder = await the_ladder(stage)
    answer = await stage.press("U-eve", buttons(ladder[0].card)["Leave me alone about this"])
    assert "not another word about your profile" in read_aloud(answer.replace)
    assert await kinds(stage) == ["welcome", "reminder"]


@pytest.mark.parametrize("event", ["removed", "profile_changed"])
async def test_whoever_leaves_hears_nothing_any_more(stage: Stage, event: str) -> None:
    await eve_joins(stage)
    await stage.learn(replace(EVE, active=event == "removed"))
    await stage.happen("U-eve", event)
    assert await stage.planned("U-eve") == []


async def test_a_leaver_the_bot_was_not_told_of_is_noticed_at_sending(stage: Stage) -> None:
    await eve_joins(stage)
    await stage.learn(replace(EVE, active=False))
    assert {said.text for said in await stage.planned("U-eve")} == {"withdrawn: left"}


async def test_a_bot_removed_from_a_team_takes_nothing_from_whoever_removed_it(stage: Stage) -> None:
    await eve_joins(stage)
    await stage.happen("U-eve", "removed", scope="channel")
    assert "welcome" in await kinds(stage)


async def test_home_shows_the_introduction_or_the_way_to_it(stage: Stage) -> None:
    home = (await stage.happen("U-ben", "home_opened")).home
    assert "Nobody has read it yet" in read_aloud(home)
    assert "Introduce yourself" in buttons(home)
    await introduce(stage, "U-ben")
    home = (await stage.happen("U-ben", "home_opened")).home
    assert "You asked: Where do you eat?" in read_aloud(home)
    assert "Change your introduction" in buttons(home)


async def test_my_data_tells_what_is_kept_and_forgetting_erases_it(stage: Stage) -> None:
    await choose_channel(stage)
    await eve_joins(stage)
    await introduce(stage)
    assert await stage.data("U-eve", "intros") == {
        "What I do here": "Planner",
        "What I love doing": "Old maps",
        "How I can help you": "I read contracts",
        "My question to you": "Where do you eat?",
        "The day I met you": "Monday, November 23",
    }
    await stage.forget("U-eve", "intros")
    assert await stage.data("U-eve", "intros") == {}
    assert await ours(stage) == []
    await stage.happen("U-eve", "joined")
    assert await ours(stage) == []


async def test_a_forgotten_introduction_can_be_written_anew(stage: Stage) -> None:
    await choose_channel(stage)
    await introduce(stage, "U-ben")
    await stage.forget("U-ben", "intros")
    stage.clock.move(minutes=1)
    await introduce(stage, "U-ben", loves="Rivers")
    (post,) = await posts(stage)
    assert "Rivers" in post.text


async def test_what_newcomers_asked_lately_is_passed_on_to_others(stage: Stage) -> None:
    await choose_channel(stage)
    await introduce(stage, "U-ben")
    waiting = stage.engine.features["intros"].waiting
    assert waiting is not None

    async def passed_on(account: str) -> list[str]:
        return [spoken(said) for said in await stage.run(lambda c: waiting(stage.view(c, account)))]

    assert await passed_on("U-chen") == ["@Ben introduced themselves and asks: Where do you eat?"]
    assert await passed_on("U-ben") == []
    stage.clock.move(days=8)
    assert await passed_on("U-chen") == []


async def test_what_stands_in_the_channel_follows_a_change_and_a_taking_back(stage: Stage) -> None:
    await choose_channel(stage)
    await introduce(stage, "U-ben")
    await stage.run(_deliver)
    assert await ours(stage) == []
    await introduce(stage, "U-ben", loves="New maps")
    (redrawn,) = [said for said in await stage.planned() if said.key.startswith("redraw:")]
    assert "New maps" in redrawn.text
    await stage.forget("U-ben", "intros")
    (redrawn,) = [said for said in await stage.planned() if said.key.startswith("redraw:")]
    assert redrawn.text == "This introduction was taken back."


async def test_a_mention_in_an_introduction_is_shown_by_name_in_the_form(stage: Stage) -> None:
    opened = await stage.type("U-ben", "/intro I share a desk with <@U-chen>")
    assert texts(opened.form)["loves"] == "I share a desk with @Chen"


def _deliver(connection: Connection) -> None:
    """Do what the dispatcher does with a message that can be redrawn: keep it, and settle its row."""
    row = connection.execute(sa.select(outbox).where(outbox.c.drawing == "intros.introduction")).one()
    connection.execute(
        messages.insert().values(
            workspace_id=row.workspace_id,
            subject=row.subject,
            drawing=row.drawing,
            arguments=row.arguments,
            place_id=row.place_id,
            place_key="C-hello",
            message_key="1",
            redraw_after=row.due_at,
        )
    )
    connection.execute(outbox.update().where(outbox.c.id == row.id).values(state=State.SENT.value))
