"""What time brings a poll: it opens, comes again, reminds, closes, is answered."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.core.cards import Button
from bot.core.database import Connection
from bot.core.directory import members
from bot.core.directory import store as directory
from bot.core.forms import filling
from bot.core.outbox import State, messages, outbox
from bot.core.places import PlaceKind
from tests.bot.polls.test_kinds import ballot
from tests.bot.stage import Said, Stage, buttons, read_aloud

LUNCH = '/poll "Lunch?" "Pizza" "Sushi"'


async def said(stage: Stage, drawing: str, account: str = "") -> list[Said]:
    return [each for each in await stage.planned(account) if each.drawing == f"polls.{drawing}"]


async def arrived(stage: Stage) -> None:
    """Every message that is planned is there."""

    def work(connection: Connection) -> None:
        rows = connection.execute(sa.select(outbox).where(outbox.c.state == State.READY.value, outbox.c.subject != ""))
        for row in rows.all():
            facts = {name: getattr(row, name) for name in ("workspace_id", "subject", "drawing", "arguments")}
            whom = {"person_id": row.person_id, "place_id": row.place_id, "place_key": "D1", "message_key": str(row.id)}
            connection.execute(messages.insert().values(**facts, **whom, redraw_after=stage.clock.now()))
        connection.execute(outbox.update().values(state=State.SENT.value))

    await stage.run(work)


async def roster(stage: Stage, accounts: list[str], key: str = "C-general", kind: PlaceKind = PlaceKind.CHANNEL) -> int:
    """A place whose members are known."""
    workspace = await stage.workspace()
    people = [(await stage.person(account)).id for account in accounts]

    def know(connection):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        place = directory.place_at(connection, workspace, key, kind, key.removeprefix("C-"))
        members.want(connection, [place.id], stage.clock.now() + timedelta(days=99))
        members.enter(connection, place, accounts, set())
        members.learnt(connection, place.id, stage.clock.now())
        return place.id

    assert len(people) == len(accounts)
    return await stage.run(know)


async def test_a_poll_opens_at_its_time_and_closes_at_its_own(stage: Stage) -> None:
    answer = await stage.type("U-anna", LUNCH + " --start tomorrow 9:00 --close 2h")
    assert "Opens Tue, 24 Nov, 09:00" in read_aloud(answer.whisper)
    await stage.tick()
    assert not await said(stage, "ballot")
    stage.clock.move(days=1)
    await stage.tick()
    assert "closes Tue, 24 Nov, 11:00" in read_aloud(await ballot(stage))


async def test_a_scheduled_poll_can_be_called_off(stage: Stage) -> None:
    answer = await stage.type("U-anna", LUNCH + " --start tomorrow 9:00")
    await stage.press("U-anna", buttons(answer.whisper)["Call off"])
    stage.clock.move(days=2)
    await stage.tick()
    assert not await said(stage, "ballot")


async def test_a_poll_that_was_missed_runs_as_long_as_it_was_meant_to(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH + " --start tomorrow 9:00 --close 2h")
    stage.clock.move(days=3)
    await stage.tick()
    assert "closes Thu, 26 Nov, 11:00" in read_aloud(await ballot(stage))


async def test_a_rhythm_shows_its_next_five_dates_over_the_change_of_clocks(stage: Stage) -> None:
    stage.clock.move(days=-30)  # 24 October: London's clocks go back on the 25th
    answer = await stage.type("U-anna", LUNCH + " --every Mon 9:00 --close 4h")
    text = read_aloud(answer.whisper)
    assert text.count("09:00") >= 5
    assert "Mon, 26 Oct, 09:00" in text
    stage.clock.move(days=2)
    await stage.tick()
    assert "closes Mon, 26 Oct, 13:00" in read_aloud(await ballot(stage))
    stage.clock.move(days=7)
    await stage.tick()
    assert len(await said(stage, "ballot")) == 2
    assert "closes Mon, 2 Nov, 13:00" in read_aloud(await ballot(stage))


async def test_a_rhythm_is_skipped_paused_resumed_and_ended(stage: Stage) -> None:
    card = (await stage.type("U-anna", LUNCH + " --every Mon 9:00 --close 4h")).whisper
    assert "Next:\n• Mon, 30 Nov" in read_aloud(card)
    card = (await stage.press("U-anna", buttons(card)["Skip the next"])).replace
    assert "Next:\n• Mon, 7 Dec" in read_aloud(card)
    card = (await stage.press("U-anna", buttons(card)["Pause"])).replace
    assert "Paused: nothing is asked" in read_aloud(card)
    stage.clock.move(days=30)
    await stage.tick()
    assert not await said(stage, "ballot")
    card = (await stage.press("U-anna", buttons(card)["Go on"])).replace
    assert "Next:\n• Mon, 28 Dec" in read_aloud(card)
    stage.clock.move(days=5)
    await stage.tick()
    assert "closes Mon, 28 Dec, 13:00" in read_aloud(await ballot(stage))


async def test_a_rhythm_begins_when_it_was_told_to_and_a_skip_goes_forward(stage: Stage) -> None:
    card = (await stage.type("U-anna", LUNCH + " --every Mon 9:00 --start Dec 15 9:00 --close 4h")).whisper
    assert "Next:\n• Tue, 15 Dec, 09:00 GMT\n• Mon, 21 Dec, 09:00 GMT\n• Mon, 28 Dec" in read_aloud(card)
    card = (await stage.press("U-anna", buttons(card)["Pause"])).replace
    card = (await stage.press("U-anna", buttons(card)["Go on"])).replace
    assert "Next:\n• Tue, 15 Dec, 09:00 GMT\n• Mon, 21 Dec" in read_aloud(card)
    card = (await stage.press("U-anna", buttons(card)["Skip the next"])).replace
    assert "Next:\n• Mon, 21 Dec, 09:00 GMT\n• Mon, 28 Dec" in read_aloud(card)
    stage.clock.move(days=27)
    await stage.tick()
    assert not await said(stage, "ballot")
    stage.clock.move(days=1)
    await stage.tick()
    assert "closes Mon, 21 Dec, 13:00" in read_aloud(await ballot(stage))


@pytest.mark.parametrize(
    ("start", "first", "then"),
    [
        ("2026-12-14", "Mon, 14 Dec, 09:00 GMT", "Mon, 21 Dec"),
        ("Dec 15", "Mon, 21 Dec, 09:00 GMT", "Mon, 28 Dec"),
        ("today", "Mon, 30 Nov, 09:00 GMT", "Mon, 7 Dec"),
        ("14.12.2026 17:00", "Mon, 14 Dec, 17:00 GMT", "Mon, 21 Dec, 09:00"),
    ],
)
async def test_a_rhythm_from_a_day_on_has_its_own_time_on_the_first_of_its_days(
    stage: Stage, start: str, first: str, then: str
) -> None:
    card = (await stage.type("U-anna", f'{LUNCH} --every "Mon 9:00" --start "{start}"')).whisper
    assert f"Next:\n• {first}\n• {then}" in read_aloud(card)


async def test_every_second_week_counts_from_the_first(stage: Stage) -> None:
    card = (await stage.type("U-anna", LUNCH + " --every 2 weeks Mon 9:00 --start Dec 7 9:00")).whisper
    assert "Next:\n• Mon, 7 Dec, 09:00 GMT\n• Mon, 21 Dec, 09:00 GMT\n• Mon, 4 Jan" in read_aloud(card)


async def test_the_form_of_a_rhythm_says_the_present_one_and_keeps_what_was_skipped(stage: Stage) -> None:
    card = (await stage.type("U-anna", LUNCH + " --every 2 weeks Mon 9:00")).whisper
    card = (await stage.press("U-anna", buttons(card)["Skip the next"])).replace
    assert "Next:\n• Mon, 14 Dec, 09:00 GMT\n• Mon, 28 Dec" in read_aloud(card)
    form = (await stage.press("U-anna", buttons(card)["Rhythm"])).form
    assert form is not None
    assert str(filling(form.fields[0])).startswith("every second Monday at 9:00")
    same = (await stage.send("U-anna", form)).whisper
    assert "Next:\n• Mon, 14 Dec, 09:00 GMT\n• Mon, 28 Dec" in read_aloud(same)
    weekly = (await stage.send("U-anna", form, every="every Monday at 9:00")).whisper
    assert "Next:\n• Mon, 7 Dec, 09:00 GMT\n• Mon, 14 Dec" in read_aloud(weekly)


async def test_another_rhythm_begins_no_earlier_than_the_first_was_told_to(stage: Stage) -> None:
    card = (await stage.type("U-anna", LUNCH + " --every Mon 9:00 --start Dec 15 9:00")).whisper
    form = (await stage.press("U-anna", buttons(card)["Rhythm"])).form
    changed = (await stage.send("U-anna", form, every="Tue 9:00")).whisper
    assert "Next:\n• Tue, 15 Dec, 09:00 GMT\n• Tue, 22 Dec" in read_aloud(changed)


async def test_the_settings_of_a_rhythm_hold_for_the_next_poll_and_all_after_it(stage: Stage) -> None:
    await roster(stage, ["U-anna", "U-ben"])
    card = (await stage.type("U-anna", LUNCH + " --every Mon 9:00 --close 4h")).whisper
    form = (await stage.press("U-anna", buttons(card)["Settings"])).form
    assert form is not None
    assert "every" not in {field.id for field in form.fields}  # *Rhythm* asks that
    saved = (await stage.send("U-anna", form, remind="1h")).whisper
    assert "Next:\n• Mon, 30 Nov, 09:00 GMT\n• Mon, 7 Dec" in read_aloud(saved)
    for number in (1, 2):
        stage.clock.move(days=7)
        await stage.tick()
        await arrived(stage)
        stage.clock.move(hours=3)
        await stage.tick()
        assert [each.key for each in await said(stage, "reminder", "U-ben")] == [f"polls:{number}:remind:2"]
        stage.clock.move(hours=-3)


async def test_a_rhythm_changes_and_ends(stage: Stage) -> None:
    card = (await stage.type("U-anna", LUNCH + " --every Mon 9:00")).whisper
    form = (await stage.press("U-anna", buttons(card)["Rhythm"])).form
    assert "such as" in (await stage.send("U-anna", form, every="sometimes")).problems["every"]
    card = (await stage.send("U-anna", form, every="Tue 10:00")).whisper
    assert "Next:\n• Tue, 24 Nov" in read_aloud(card)
    assert "ended" in read_aloud((await stage.press("U-anna", buttons(card)["End"])).replace)
    stage.clock.move(days=9)
    await stage.tick()
    assert not await said(stage, "ballot")


async def test_only_those_who_have_not_voted_are_reminded(stage: Stage) -> None:
    await roster(stage, ["U-anna", "U-ben", "U-chen", "U-dora"])
    await stage.type("U-anna", LUNCH + " --remind 24h")
    await stage.press("U-ben", buttons(await ballot(stage))["Pizza"])
    stage.clock.move(days=2)
    await stage.tick()
    assert not await said(stage, "reminder", "U-ben")
    assert not await said(stage, "reminder", "U-anna")
    (chen,) = await said(stage, "reminder", "U-chen")
    assert "your voice is missing" in chen.text
    assert "Pizza: 1" in chen.text
    assert len(await said(stage, "reminder")) == 2
    assert isinstance(chen.card, type(await ballot(stage)))
    await stage.press("U-chen", buttons(chen.card)["Sushi"])
    assert (await said(stage, "reminder", "U-chen"))[0].text == "withdrawn: voted"


@pytest.mark.parametrize(
    "when", ["--close 2h", "--remind 3d", "--start tomorrow 9:00 --close 2h", "--every Mon 9:00 --close 24h"]
)
async def test_a_reminder_before_the_poll_opens_is_refused_in_the_line_and_in_the_form(stage: Stage, when: str) -> None:
    form = (await stage.type("U-anna", f"{LUNCH} --remind 24h {when}")).form
    assert form is not None
    assert "due before the poll opens" in form.problems["remind"]
    again = await stage.send("U-anna", form, then="ask")
    assert "due before the poll opens" in again.problems["remind"]
    assert not await stage.planned()
    await stage.send("U-anna", form, remind="1h", then="ask")
    stage.clock.move(days=7, minutes=1)
    await stage.tick()
    assert await said(stage, "ballot")
    assert not await said(stage, "reminder")


async def test_a_reminder_that_was_due_before_the_poll_opened_is_left_out(stage: Stage) -> None:
    await roster(stage, ["U-anna", "U-ben", "U-chen"])
    await stage.type("U-anna", LUNCH + " --close 8d --remind 4d")
    menu = (await stage.press("U-anna", buttons(await ballot(stage))["More"])).whisper
    await stage.press("U-anna", buttons(menu)["Close poll"])
    menu = (await stage.press("U-anna", buttons(await ballot(stage))["More"])).whisper
    await stage.press("U-anna", buttons(menu)["Reopen"])
    await stage.tick()
    assert not await said(stage, "reminder")
    stage.clock.move(days=2)
    await stage.tick()
    assert not await said(stage, "reminder")


async def test_a_secret_poll_reminds_without_pointing_at_anybody(stage: Stage) -> None:
    await roster(stage, ["U-anna", "U-ben", "U-chen"])
    await stage.type("U-anna", LUNCH + " --secret --remind 24h")
    await stage.press("U-ben", buttons(await ballot(stage))["Pizza"])
    stage.clock.move(days=2)
    await stage.tick()
    (reminder,) = await said(stage, "reminder")
    assert "Here it is once more" in reminder.text
    assert "missing" not in reminder.text
    assert "not voted" not in reminder.text


async def test_where_nobody_knows_who_is_there_the_channel_is_reminded(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH + " --remind 24h")
    stage.clock.move(days=2)
    await stage.tick()
    (reminder,) = await said(stage, "reminder")
    assert reminder.place is not None
    assert "Every voice counts" in reminder.text


async def test_a_group_is_asked_by_name_but_for_those_in_the_channel(stage: Stage) -> None:
    await roster(stage, ["U-anna", "U-ben"])
    group = await roster(stage, ["U-ben", "U-chen", "U-dora"], "G-design", PlaceKind.PEOPLE)
    assert group
    await stage.type("U-anna", LUNCH + " --in #general --audience <&G-design>")
    await stage.tick()
    assert not await said(stage, "ballot", "U-ben")
    (chen,) = await said(stage, "ballot", "U-chen")
    assert len(await said(stage, "ballot")) == 3
    assert isinstance(chen.card, type(await ballot(stage)))
    await stage.press("U-chen", buttons(chen.card)["Pizza"])
    public = next(each for each in await said(stage, "ballot") if each.place)
    assert "Pizza: 1 (Chen)" in public.text


async def test_a_channel_and_a_group_are_asked_and_reminded_together(stage: Stage) -> None:
    await roster(stage, ["U-anna", "U-ben"])
    await roster(stage, ["U-chen", "U-dora"], "G-design", PlaceKind.PEOPLE)
    await stage.type("U-anna", LUNCH + " --in #general --audience <&G-design> --close 2d --remind 24h")
    await stage.press("U-chen", buttons(await ballot(stage))["Pizza"])
    told = await stage.type("U-anna", "/poll results 1")
    assert read_aloud(told.whisper).endswith("1 of 4 people asked have voted\nNot voted: Anna, Ben, and Dora")
    stage.clock.move(hours=25)
    for _ in range(2):
        await stage.tick()
    reminded = {(await stage.person(account)).id for account in ("U-ben", "U-dora")}
    assert {each.person for each in await said(stage, "reminder")} == reminded


async def test_everybody_is_asked_without_any_roster(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH + " --audience everybody")
    stage.clock.move(minutes=31)
    await stage.tick()
    assert {each.person for each in await said(stage, "ballot") if each.person} >= {
        (await stage.person("U-dora")).id,
        (await stage.person("U-chen")).id,
    }


@pytest.mark.parametrize("who", ["U-ben", "U-anna"])
async def test_you_asked_we_did(stage: Stage, who: str) -> None:
    await stage.type("U-anna", LUNCH + " --close 1d --owner <@U-ben> --answer-by 2026-12-04")
    assert "You will hear by" in read_aloud(await ballot(stage))
    stage.clock.move(days=10, hours=9)
    await stage.tick()  # it closes
    await stage.tick()
    (owed,) = await said(stage, "owed", "U-ben")
    assert "They were promised an answer" in owed.text
    assert isinstance(owed.card, type(await ballot(stage)))
    form = (await stage.press(who, buttons(owed.card)["Write the answer"])).form
    assert "1 to 1000" in (await stage.send(who, form, answer=" ")).problems["answer"]
    await stage.send(who, form, answer="Pizza it is, from Monday on.")
    (response,) = await said(stage, "response")
    assert response.text == "You asked, we did: Lunch?\nPizza it is, from Monday on.\n— @Ben"
    assert "You asked, we did: Pizza it is" in read_aloud(await ballot(stage))
    stage.clock.move(days=5)
    await stage.tick()
    assert all(each.text == "withdrawn: answered" for each in await said(stage, "owed"))


async def test_nobody_else_answers_a_poll(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH + " --owner <@U-ben> --answer-by 2w")
    stage.clock.move(days=13, hours=1)
    await stage.tick()  # it closes
    await stage.tick()
    (owed,) = await said(stage, "owed", "U-ben")
    assert isinstance(owed.card, type(await ballot(stage)))
    refusal = await stage.press("U-chen", buttons(owed.card)["Write the answer"])
    assert "Only its owner" in read_aloud(refusal.whisper)


async def test_whoever_asks_a_group_privately_is_told_of_it_and_hears_the_outcome(stage: Stage) -> None:
    await roster(stage, ["U-ben", "U-chen"], "G-design", PlaceKind.PEOPLE)
    asked = await stage.type("U-anna", LUNCH + " --audience <&G-design> --close 2h", place="D-anna")
    assert read_aloud(asked.whisper).splitlines() == [
        "Lunch? is open now.",
        "#1 · for @G-design · closes Mon, 23 Nov, 11:00 GMT",
        "It reaches each of them privately. When it closes, I tell you the outcome here.",
    ]
    seen = await stage.press("U-anna", buttons(asked.whisper)["Results"])
    assert "0 of 2 people asked have voted\nNot voted: Ben and Chen" in read_aloud(seen.whisper)
    await stage.tick()
    await arrived(stage)
    stage.clock.move(hours=3)
    for _ in range(3):
        await stage.tick()
    assert len(await said(stage, "outcome", "U-anna")) == 1
    assert len(await said(stage, "outcome")) == 3


async def test_whoever_asks_elsewhere_is_told_where(stage: Stage) -> None:
    asked = await stage.type("U-anna", LUNCH + " --in #general --close never", place="D-anna")
    assert read_aloud(asked.whisper) == "Lunch? is open now.\n#1 · for #general · open until somebody closes it"
    assert (await stage.type("U-anna", LUNCH)).whisper is None


async def test_an_author_who_is_in_the_group_hears_the_outcome_once(stage: Stage) -> None:
    await roster(stage, ["U-anna", "U-ben"], "G-design", PlaceKind.PEOPLE)
    await stage.type("U-anna", LUNCH + " --audience <&G-design> --close 2h", place="D-anna")
    await stage.tick()
    await arrived(stage)
    stage.clock.move(hours=3)
    for _ in range(3):
        await stage.tick()
    assert len(await said(stage, "outcome")) == 2


async def test_what_is_scheduled_says_when_it_closes_and_whom_it_asks(stage: Stage) -> None:
    line = LUNCH + " --start tomorrow 9:00 --close 2h --in #general --audience everybody"
    text = read_aloud((await stage.type("U-anna", line, place="D-anna")).whisper)
    assert "Opens Tue, 24 Nov, 09:00 GMT.\n#1 · for #general and everybody · closes Tue, 24 Nov, 11:00 GMT" in text


async def test_a_date_of_next_year_shows_its_year(stage: Stage) -> None:
    stage.clock.move(days=4, hours=9)
    await stage.type("U-dora", LUNCH + " --close 2027-01-04")
    assert "4 Jan 2027" in read_aloud(await ballot(stage))
    listed = await stage.type("U-dora", "/poll list")
    assert "4. Jan. 2027" in read_aloud(listed.whisper)
    await stage.type("U-anna", LUNCH + " --close 3d")
    assert "closes Mon, 30 Nov, 18:00 UTC" in read_aloud(await ballot(stage))


async def test_a_reminder_of_a_date_of_next_year_says_its_year(stage: Stage) -> None:
    await roster(stage, ["U-anna", "U-chen"])
    stage.clock.move(days=37)
    await stage.type("U-anna", LUNCH + " --close 4d --remind 24h --answer-by 2027-01-20")
    stage.clock.move(days=3)
    await stage.tick()
    assert "This poll closes Sun, 3 Jan 2027, 04:00 EST" in (await said(stage, "reminder", "U-chen"))[0].text
    await stage.press("U-anna", Button("", "polls.close", "1"))
    reopened = await stage.press("U-anna", Button("", "polls.reopen", "1"))
    assert "It closes Tue, 5 Jan 2027, 09:00 GMT" in read_aloud(reopened.whisper)
    stage.clock.move(days=17, hours=9)
    await stage.tick()
    await stage.tick()
    assert "an answer by Wed, 20 Jan 2027" in (await said(stage, "owed", "U-anna"))[0].text


async def test_a_draft_and_a_rhythm_say_the_year_of_a_date_of_next_year(stage: Stage) -> None:
    stage.clock.move(days=37)
    rhythm = await stage.type("U-anna", LUNCH + " --every Mon 9:00")
    assert "• Mon, 4 Jan 2027, 09:00 GMT\n• Mon, 11 Jan 2027" in read_aloud(rhythm.whisper)
    form = (await stage.type("U-anna", LUNCH + " --start 2027-01-04 --nothing")).form
    kept = await stage.send("U-anna", form, then="draft")
    assert "Once you schedule it, it opens Mon, 4 Jan 2027, 09:00 GMT." in read_aloud(kept.whisper)


async def test_whoever_was_asked_privately_hears_the_outcome_privately(stage: Stage) -> None:
    await roster(stage, ["U-anna"])
    await roster(stage, ["U-ben", "U-chen"], "G-design", PlaceKind.PEOPLE)
    await stage.type("U-anna", LUNCH + " --in #general --audience <&G-design> --close 2h")
    await stage.tick()
    await arrived(stage)
    stage.clock.move(hours=3)
    for _ in range(3):
        await stage.tick()
    told = await said(stage, "outcome", "U-chen")
    assert ["closed without a vote" in each.text for each in told] == [True]
    assert len(await said(stage, "outcome")) == 3
