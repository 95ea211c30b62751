"""A leader's weekly reminder to post, tried as people use it."""

from datetime import UTC, datetime

from bot.core.directory import store as directory
from bot.core.forms import Form, TimeField, filling
from bot.core.interactions import Value
from bot.core.people import Role
from bot.core.places import WorkspaceSettings
from tests.bot.rhythm.test_rhythm import keep, nudged, repeated, until
from tests.bot.stage import Stage, buttons, read_aloud

WEDNESDAY = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


async def make_leader(stage: Stage, account: str = "U-ben") -> None:
    await stage.type("U-anna", f"/drumbeat leaders add <@{account}>")


def day_chosen(form: Form | None) -> Value:
    """The day on which a leader is reminded, as their form is filled."""
    assert form is not None
    return filling(next(field for field in form.fields if field.id == "day_leader"))


async def watch(stage: Stage, place: str) -> None:
    workspace = await stage.workspace()
    watched = await stage.run(lambda c: directory.place_at(c, workspace, place))
    await stage.run(lambda c: directory.choose(c, workspace, WorkspaceSettings(watched=(watched.id,))))


async def test_a_new_leader_is_told_what_will_happen_and_how_to_change_it(stage: Stage) -> None:
    await make_leader(stage)
    (told,) = await stage.planned("U-ben")
    assert told.lane == "notice"
    assert "Once a week I remind you to post, with a prompt to start from: Wednesday, 10:00\u202fAM." in told.text
    form = (await stage.press("U-ben", buttons(told.card)["Change day or time"])).form
    assert day_chosen(form) == "2"


async def test_somebody_who_is_named_again_is_told_once_and_keeps_their_day(stage: Stage) -> None:
    await make_leader(stage)
    (told,) = await stage.planned("U-ben")
    form = (await stage.press("U-ben", buttons(told.card)["Change day or time"])).form
    await stage.send("U-ben", form, day_leader="4")
    ben = await stage.person("U-ben")
    stage.clock.move(hours=1)
    await stage.happen("U-ben", "role_given", person=str(ben.id), role="leader")
    assert [each.drawing for each in await stage.planned("U-ben")].count("rhythm.appointed") == 1
    assert day_chosen((await stage.type("U-ben", "/rhythm")).form) == "4"


async def test_a_leader_is_reminded_with_a_prompt_to_start_from(stage: Stage) -> None:
    await make_leader(stage)
    await until(stage, WEDNESDAY)
    reminder = await nudged(stage)
    assert reminder.due == WEDNESDAY
    assert len(reminder.text.splitlines()) == 3
    assert list(buttons(reminder.card)) == [
        "I posted",
        "Another prompt",
        "Not this week",
        "Change days",
        "Stop reminding me",
    ]


async def test_another_prompt_is_another_one(stage: Stage) -> None:
    await make_leader(stage)
    await until(stage, WEDNESDAY)
    seen = [(await nudged(stage)).text]
    card = (await nudged(stage)).card
    for _ in range(4):
        card = (await stage.press("U-ben", buttons(card)["Another prompt"])).replace  # type: ignore[assignment]
        seen.append(read_aloud(card))  # type: ignore[arg-type]
    assert len(set(seen)) == 5


async def test_whoever_has_posted_this_week_is_not_reminded(stage: Stage) -> None:
    await make_leader(stage)
    await stage.happen("U-ben", "posted")
    await until(stage, WEDNESDAY)
    assert (await nudged(stage)).text == "withdrawn: posted_already"


async def test_a_post_of_last_week_does_not_count(stage: Stage) -> None:
    await make_leader(stage)
    await stage.happen("U-ben", "posted")
    await until(stage, WEDNESDAY.replace(month=12, day=2))
    assert "withdrawn" not in (await nudged(stage)).text


async def test_only_posts_in_watched_channels_count_where_there_are_some(stage: Stage) -> None:
    await watch(stage, "C-news")
    await make_leader(stage)
    await stage.happen("U-ben", "posted", place="C-general")
    await until(stage, WEDNESDAY)
    assert "withdrawn" not in (await nudged(stage)).text
    await stage.happen("U-ben", "posted", place="C-news")
    assert (await nudged(stage)).text == "withdrawn: posted_already"


async def test_the_week_is_the_leaders_own(stage: Stage) -> None:
    """Sunday evening in New York is Monday in London already, but it is still last week for Chen."""
    await make_leader(stage, "U-chen")
    stage.clock.at = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
    await stage.happen("U-chen", "posted")
    await until(stage, datetime(2026, 12, 2, 15, 0, tzinfo=UTC))
    assert "withdrawn" not in (await nudged(stage, "U-chen")).text


async def test_i_posted_and_not_this_week_close_the_reminder(stage: Stage) -> None:
    await make_leader(stage)
    await until(stage, WEDNESDAY)
    card = (await nudged(stage)).card
    posted = await stage.press("U-ben", buttons(card)["I posted"])
    assert "Thank you for posting.\nNext: Wed, 2 Dec, 10:00" in read_aloud(posted.replace)
    skipped = await stage.press("U-ben", buttons(card)["Not this week"])
    assert "Not this week, then.\nNext: Wed, 2 Dec, 10:00" in read_aloud(skipped.replace)


async def test_a_leader_stops_the_reminder_and_keeps_the_plan(stage: Stage) -> None:
    await make_leader(stage)
    await keep(stage)
    person = await stage.person("U-ben")
    await until(stage, WEDNESDAY)
    answer = await stage.press("U-ben", buttons((await nudged(stage)).card)["Stop reminding me"])
    assert "No more reminders" in read_aloud(answer.replace)
    assert sorted(await repeated(stage)) == ["0", "1"]
    assert "leader" in (await stage.person("U-ben")).roles
    await keep(stage, day_leader="4", time_leader="15:00")
    assert (await repeated(stage))[str(person.id)] == datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


async def test_a_reminder_that_begins_or_ends_leaves_a_skipped_week_skipped(stage: Stage) -> None:
    await keep(stage)
    await until(stage, WEDNESDAY.replace(day=24, hour=9, minute=30))
    await stage.press("U-ben", buttons((await nudged(stage)).card)["Next week"])
    skipped = await repeated(stage)
    await make_leader(stage)
    told = await nudged(stage)
    await stage.press("U-ben", buttons(told.card)["Stop reminding me"])
    assert await repeated(stage) == skipped


async def test_a_leader_needs_a_time_or_chooses_no_reminder(stage: Stage) -> None:
    await make_leader(stage)
    form = (await stage.type("U-ben", "/rhythm")).form
    assert form is not None
    assert any(isinstance(field, TimeField) and field.id == "time_leader" for field in form.fields)
    wrong = await keep(stage, day_leader="4", time_leader="noonish")
    assert "such as 09:30" in wrong.problems["time_leader"]
    await keep(stage, day_leader="none")
    assert sorted(await repeated(stage)) == ["0", "1"]


async def test_a_leader_named_elsewhere_finds_the_usual_time_in_the_form(stage: Stage) -> None:
    await stage.grant("U-ben", Role.LEADER)
    form = (await stage.type("U-ben", "/rhythm")).form
    assert day_chosen(form) == "2"


async def test_whoever_is_leader_no_more_is_not_reminded(stage: Stage) -> None:
    await make_leader(stage)
    await stage.type("U-anna", "/drumbeat leaders remove <@U-ben>")
    assert not await repeated(stage)
    assert not await stage.planned("U-ben")
