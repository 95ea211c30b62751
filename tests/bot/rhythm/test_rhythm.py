"""A personal rhythm, tried as people use it."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.core.cadence.store import cadences
from bot.core.directory import store as directory
from bot.core.forms import ChoiceField, filling
from bot.core.interactions import Answer, Event
from bot.core.people import Profile
from bot.core.places import QuietHours, WorkspaceSettings
from bot.rhythm import store
from scheduler.planner import plan
from tests.bot.stage import Said, Stage, buttons, read_aloud

TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


async def keep(stage: Stage, account: str = "U-ben", **values: str) -> Answer:
    opened = await stage.type(account, "/rhythm")
    return await stage.send(account, opened.form, **values)


async def pass_time(stage: Stage, **span: float) -> None:
    """Move the clock and plan what has become due."""
    stage.clock.move(**span)
    await stage.run(lambda connection: plan(connection, stage.clock.now()))


async def until(stage: Stage, at: datetime) -> None:
    await pass_time(stage, seconds=(at - stage.clock.at).total_seconds())


async def nudged(stage: Stage, account: str = "U-ben") -> Said:
    """The newest nudge."""
    return (await stage.planned(account))[-1]


async def repeated(stage: Stage, account: str = "U-ben") -> dict[str, datetime]:
    person = await stage.person(account)
    rows = await stage.run(
        lambda c: c.execute(sa.select(cadences.c.name, cadences.c.next_due_at).where(cadences.c.person_id == person.id))
    )
    return {row.name.rpartition(":")[2]: row.next_due_at for row in rows}


async def set_quiet(stage: Stage, quiet: QuietHours) -> None:
    workspace = await stage.workspace()
    await stage.run(lambda c: directory.choose(c, workspace, WorkspaceSettings(quiet=quiet)))


async def test_rhythm_opens_with_good_defaults_and_no_third_moment(stage: Stage) -> None:
    form = (await stage.type("U-ben", "/rhythm")).form
    assert form is not None
    filled = {field.id: filling(field) for field in form.fields}
    assert (filled["day0"], filled["time0"], filled["doing0"]) == ("1", "09:30", "read")
    assert (filled["day1"], filled["time1"], filled["doing1"]) == ("3", "14:00", "respond")
    assert filled["day2"] == "none"


async def test_a_kept_plan_is_said_in_words_with_its_next_dates(stage: Stage) -> None:
    said = read_aloud((await keep(stage)).whisper)
    assert "Tuesday, 9:30\u202fAM: read something\nNext: Tue, 24 Nov, 09:30" in said
    assert "Thursday, 2:00\u202fPM: answer somebody\nNext: Thu, 26 Nov, 14:00" in said


async def test_rhythm_opens_with_the_plan_there_is(stage: Stage) -> None:
    await keep(stage, day0="4", time0="16:45", doing0="post", day2="0", time2="08:15", doing2="respond")
    form = (await stage.type("U-ben", "/rhythm")).form
    assert form is not None
    filled = {field.id: filling(field) for field in form.fields}
    assert (filled["day0"], filled["time0"], filled["doing0"]) == ("4", "16:45", "post")
    assert (filled["day2"], filled["time2"], filled["doing2"]) == ("0", "08:15", "respond")


async def test_a_nudge_comes_at_each_persons_own_time(stage: Stage) -> None:
    await keep(stage, "U-ben")
    await keep(stage, "U-chen")
    await until(stage, TUESDAY)
    assert (await nudged(stage)).due == TUESDAY
    assert not await stage.planned("U-chen")
    await pass_time(stage, hours=5)
    assert (await nudged(stage, "U-chen")).due == TUESDAY.replace(hour=14)


async def test_a_nudge_says_one_thing_and_has_five_buttons(stage: Stage) -> None:
    await keep(stage)
    await until(stage, TUESDAY)
    nudge = await nudged(stage)
    assert nudge.lane == "nudge"
    assert len(nudge.text.splitlines()) == 1
    assert list(buttons(nudge.card)) == ["Done", "Later", "Next week", "Change days", "Stop"]


async def test_a_nudge_names_a_channel_where_one_is_watched(stage: Stage) -> None:
    workspace = await stage.workspace()
    general = await stage.run(lambda c: directory.place_at(c, workspace, "C-general"))
    await stage.run(lambda c: directory.choose(c, workspace, WorkspaceSettings(watched=(general.id,))))
    await keep(stage)
    await until(stage, TUESDAY)
    assert "A good place for it: #general" in (await nudged(stage)).text


async def test_done_closes_the_nudge_and_names_the_next(stage: Stage) -> None:
    await keep(stage)
    await until(stage, TUESDAY)
    answer = await stage.press("U-ben", buttons((await nudged(stage)).card)["Done"])
    assert read_aloud(answer.replace) == "Done. Thank you.\nNext: Thu, 26 Nov, 14:00 GMT"
    assert not buttons(answer.replace)


async def test_weeks_in_a_row_are_counted_and_a_skipped_week_is_no_gap(stage: Stage) -> None:
    await keep(stage)
    await until(stage, TUESDAY)
    await stage.press("U-ben", buttons((await nudged(stage)).card)["Done"])
    await pass_time(stage, days=7)
    await stage.press("U-ben", buttons((await nudged(stage)).card)["Next week"])
    await pass_time(stage, days=7)
    answer = await stage.press("U-ben", buttons((await nudged(stage)).card)["Done"])
    assert "Done. 2 weeks in a row." in read_aloud(answer.replace)


async def test_later_comes_back_in_two_hours(stage: Stage) -> None:
    await keep(stage)
    await until(stage, TUESDAY)
    first = await nudged(stage)
    answer = await stage.press("U-ben", buttons(first.card)["Later"])
    assert "11:30" in read_aloud(answer.replace)
    again = await nudged(stage)
    assert (again.due, again.text) == (TUESDAY.replace(hour=11), first.text)


async def test_later_in_the_evening_comes_back_in_the_morning(stage: Stage) -> None:
    await keep(stage, time0="17:00")
    await until(stage, TUESDAY.replace(hour=17, minute=0))
    await stage.press("U-ben", buttons((await nudged(stage)).card)["Later"])
    assert (await nudged(stage)).due == datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


async def test_next_week_skips_everything_until_monday(stage: Stage) -> None:
    await keep(stage, day2="0", time2="08:15", doing2="post")
    await until(stage, TUESDAY)
    answer = await stage.press("U-ben", buttons((await nudged(stage)).card)["Next week"])
    assert "Next: Mon, 30 Nov, 08:15" in read_aloud(answer.replace)
    assert min((await repeated(stage)).values()) == datetime(2026, 11, 30, 8, 15, tzinfo=UTC)
    assert not await stage.planned("U-ben")


async def test_change_days_opens_the_form(stage: Stage) -> None:
    await keep(stage)
    await until(stage, TUESDAY)
    change = buttons((await nudged(stage)).card)["Change days"]
    assert change.opens_form
    assert (await stage.press("U-ben", change)).form is not None


async def test_stop_ends_the_rhythm_and_rhythm_takes_it_up_again(stage: Stage) -> None:
    await keep(stage, time0="10:10")
    await until(stage, TUESDAY.replace(hour=10, minute=10))
    stop = buttons((await nudged(stage)).card)["Stop"]
    assert stop.confirm
    answer = await stage.press("U-ben", stop)
    assert "Your rhythm has ended" in read_aloud(answer.replace)
    assert not await repeated(stage)
    assert not await stage.planned("U-ben")
    await keep(stage)
    assert (await repeated(stage))["0"] == datetime(2026, 12, 1, 10, 10, tzinfo=UTC)


async def test_later_on_a_nudge_of_a_rhythm_that_ended_promises_nothing(stage: Stage) -> None:
    await keep(stage)
    await until(stage, TUESDAY)
    pressed = buttons((await nudged(stage)).card)
    await stage.press("U-ben", pressed["Stop"])
    answer = await stage.press("U-ben", pressed["Later"])
    assert "another one by now" in read_aloud(answer.replace)
    assert not await stage.planned("U-ben")


async def test_a_changed_plan_takes_back_what_was_planned(stage: Stage) -> None:
    await keep(stage)
    await until(stage, TUESDAY)
    assert await stage.planned("U-ben")
    await keep(stage, day0="2")
    assert not await stage.planned("U-ben")


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"day1": "1", "time1": "09:30"}, "time1", "Two moments on Tuesday at 9:30\u202fAM would be one."),
        ({"time0": "half nine"}, "time0", "I need a time such as 09:30."),
        ({"time1": ""}, "time1", "needs a time and something to do"),
        ({"day2": "4", "time2": "10:00", "doing2": ""}, "time2", "needs a time and something to do"),
        ({"day1": ""}, "day1", "at least two moments"),
    ],
)
async def test_a_plan_that_cannot_be_kept_is_refused_in_a_sentence(
    stage: Stage, values: dict[str, str], field: str, sentence: str
) -> None:
    answer = await keep(stage, **values)
    assert sentence in answer.problems[field]
    assert not await repeated(stage)


async def test_a_moment_in_quiet_hours_says_when_it_comes_and_outlives_them(stage: Stage) -> None:
    answer = await keep(stage, day0="5", time0="10:00")
    said = read_aloud(answer.whisper)
    assert "within quiet hours here, so I will write when they end: Mon, 30 Nov, 08:00" in said
    await until(stage, datetime(2026, 11, 28, 10, 0, tzinfo=UTC))
    nudge = next(said for said in await stage.planned("U-ben") if said.due == stage.clock.at)
    assert nudge.expires is not None
    assert nudge.expires > datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


async def test_new_quiet_hours_do_not_swallow_a_moment_chosen_before(stage: Stage) -> None:
    await set_quiet(stage, QuietHours())
    await keep(stage)
    workspace = await stage.workspace()
    earlier = WorkspaceSettings(
        quiet=QuietHours(begin=workspace.settings.quiet.begin, end=datetime.min.time().replace(hour=17))
    )
    await stage.run(lambda c: directory.choose(c, workspace, earlier))
    await stage.happen("U-anna", "settings_changed", name="quiet", value="18:00-17:00")
    await until(stage, TUESDAY)
    nudge = await nudged(stage)
    assert nudge.expires is not None
    assert nudge.expires > TUESDAY.replace(hour=17, minute=0)


async def test_a_moment_keeps_its_local_time_when_somebody_moves(stage: Stage) -> None:
    await keep(stage)
    profile = Profile(account="U-ben", zone="America/New_York")
    await stage.engine.handle(Event(stage.origin("U-ben"), "profile_changed", profile=profile))
    assert (await repeated(stage))["0"] == TUESDAY.replace(hour=14)


async def test_opting_out_pauses_and_coming_back_restores(stage: Stage) -> None:
    await keep(stage)
    await until(stage, TUESDAY)
    await stage.type("U-ben", "/drumbeat stop")
    assert not await repeated(stage)
    assert not await stage.planned("U-ben")
    await stage.type("U-ben", "/drumbeat start")
    assert sorted(await repeated(stage)) == ["0", "1"]


async def test_a_plan_kept_while_opted_out_waits_and_says_so(stage: Stage) -> None:
    await stage.type("U-ben", "/drumbeat stop")
    answer = await keep(stage)
    assert "/drumbeat start" in read_aloud(answer.whisper)
    assert not await repeated(stage)


async def test_whoever_leaves_is_not_nudged_any_more_and_finds_the_plan_again(stage: Stage) -> None:
    await keep(stage)
    for active, slots in ((False, []), (True, ["0", "1"])):
        profile = Profile(account="U-ben", active=active)
        await stage.engine.handle(Event(stage.origin("U-ben"), "profile_changed", profile=profile))
        assert sorted(await repeated(stage)) == slots


async def test_sending_the_bot_away_ends_the_nudges_but_not_from_a_channel(stage: Stage) -> None:
    await keep(stage)
    await stage.happen("U-ben", "removed", scope="channel")
    assert await repeated(stage)
    await stage.happen("U-ben", "removed", scope="personal")
    assert not await repeated(stage)


async def test_the_home_page_shows_the_rhythm_and_a_button_to_change_it(stage: Stage) -> None:
    await keep(stage)
    home = (await stage.happen("U-ben", "home_opened")).home
    assert "Tuesday, 9:30\u202fAM: read something\nNext: Tue, 24 Nov, 09:30" in read_aloud(home)
    assert (await stage.press("U-ben", buttons(home)["Change"])).form is not None


async def test_my_data_names_moments_presses_and_counts_and_forget_erases_them(stage: Stage) -> None:
    await keep(stage)
    await until(stage, TUESDAY)
    await stage.press("U-ben", buttons((await nudged(stage)).card)["Done"])
    await stage.happen("U-ben", "posted")
    data = await stage.data("U-ben", "rhythm")
    assert data["Your weekly moments"] == "Tuesday, 9:30\u202fAM; Thursday, 2:00\u202fPM"
    assert data["Nudges you answered"] == "1"
    assert data["Days on which you posted"].startswith("1 day; how often and where, never what")
    await stage.forget("U-ben", "rhythm")
    assert (await stage.data("U-ben", "rhythm"))["Your weekly moments"] == "none"
    assert not await repeated(stage)


async def test_posts_are_counted_a_day_and_erased_after_a_quarter(stage: Stage) -> None:
    for _ in range(3):
        await stage.happen("U-ben", "posted")
    await stage.happen("U-ben", "posted", place="D-ben")
    rows = await stage.run(lambda c: c.execute(sa.select(store.posts)).all())
    assert [row.times for row in rows] == [3]
    stage.clock.move(days=94)
    await stage.tick()
    assert not await stage.run(lambda c: c.execute(sa.select(store.posts)).all())


async def test_a_moment_to_answer_points_to_something_that_waits(stage: Stage) -> None:
    workspace = await stage.workspace()
    general = await stage.run(lambda c: directory.place_at(c, workspace, "C-general"))
    await stage.run(lambda c: directory.choose(c, workspace, WorkspaceSettings(watched=(general.id,))))
    await stage.type("U-anna", '/poll "Tea or coffee?" "Tea" "Coffee" --close 7d')
    await keep(stage)
    await until(stage, datetime(2026, 11, 26, 14, 0, tzinfo=UTC))
    assert "Tea or coffee?" in (await nudged(stage)).text


async def test_employees_see_no_reminder_row(stage: Stage) -> None:
    form = (await stage.type("U-ben", "/rhythm")).form
    assert form is not None
    assert not [field for field in form.fields if isinstance(field, ChoiceField) and field.id == "day_leader"]
