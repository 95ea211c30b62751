"""Praise, tried as people use it."""

from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa

from bot.core.cadence.store import cadences
from bot.core.cards import Card
from bot.core.directory import store as directory
from bot.core.feature import View, Withdrawn
from bot.core.forms import Form, PeopleField, PlaceField, filling
from bot.core.people import Profile
from bot.core.places import PlaceKind
from bot.core.rich import Mention
from bot.core.texts import Texts
from tests.bot.stage import Said, Stage, read_aloud

BUILD = "/praise <@U-ben> for fixing the build at night #craft"


async def choose_channel(stage: Stage, key: str = "C-praise") -> int:
    """The communicator chooses the praise channel, as `/drumbeat settings` does."""
    workspace = await stage.workspace()
    place = await stage.run(lambda c: directory.place_at(c, workspace, key, name="praise"))
    settings = replace(workspace.settings, praise=place.id)
    await stage.run(lambda c: directory.choose(c, workspace, settings))
    await stage.happen("U-anna", "settings_changed", name="praise", value=str(place.id))
    return place.id


async def public(stage: Stage) -> list[Said]:
    return [said for said in await stage.planned() if said.lane == "public"]


async def told(stage: Stage, account: str) -> list[Said]:
    return [said for said in await stage.planned(account) if ":told:" in said.key]


async def digests(stage: Stage) -> list[tuple[str, int, datetime]]:
    """The digests that are planned: name, place, and when the next one is due."""
    columns = (cadences.c.name, cadences.c.place_id, cadences.c.next_due_at)
    rows = await stage.run(lambda c: c.execute(sa.select(*columns).where(cadences.c.name.startswith("praise:"))).all())
    return [(row.name, row.place_id, row.next_due_at) for row in rows]


async def the_digest(stage: Stage, place: int) -> Card | Withdrawn:
    """The digest as it would be sent now."""
    workspace = await stage.workspace()
    arguments = {"place": str(place), "zone": workspace.zone}
    return await stage.run(
        lambda c: stage.engine.draw(
            View(
                connection=c,
                workspace=workspace,
                now=stage.clock.now(),
                t=Texts(workspace.locale, workspace.zone),
                arguments=arguments,
            ),
            "praise.digest",
        )
    )


def texts(form: Form | None) -> dict[str, object]:
    assert form is not None
    return {field.id: filling(field) for field in form.fields}


async def test_praise_is_said_where_it_was_given_until_a_channel_is_chosen(stage: Stage) -> None:
    answer = await stage.type("U-anna", BUILD)
    assert answer.form is None
    assert answer.whisper is None
    (said,) = await public(stage)
    assert said.text == "Praise for @Ben\nfixing the build at night\nFrom @Anna · #craft"
    here = await stage.run(lambda c: directory.place(c, said.place or 0))
    assert here is not None
    assert here.key == "C-general"


async def test_praise_goes_to_the_praise_channel_and_the_giver_hears_where(stage: Stage) -> None:
    place = await choose_channel(stage)
    answer = await stage.type("U-anna", BUILD)
    (said,) = await public(stage)
    assert said.place == place
    assert "your praise is in #praise" in read_aloud(answer.whisper)


async def test_those_praised_are_told_privately_by_whom_why_and_where(stage: Stage) -> None:
    await stage.type("U-anna", "/praise <@U-ben> <@U-chen> for fixing the build at night")
    for account in ("U-ben", "U-chen"):
        (notice,) = await told(stage, account)
        assert notice.lane == "notice"
        assert notice.text == "@Anna praised you in #general:\nfixing the build at night"
    assert await told(stage, "U-anna") == []


async def test_several_people_are_named_in_order(stage: Stage) -> None:
    await stage.type("U-anna", "/praise <@U-chen>, <@U-ben> and <@U-dora>: the fair was a joy")
    (said,) = await public(stage)
    assert "Praise for @Chen, @Ben, and @Dora" in said.text


async def test_somebody_opted_out_is_named_but_not_called(stage: Stage) -> None:
    ben = await stage.person("U-ben")
    await stage.run(lambda c: directory.opt_out(c, ben, stage.clock.now()))
    await stage.type("U-anna", "/praise <@U-ben> <@U-chen> for fixing the build")
    (said,) = await public(stage)
    assert isinstance(said.card, Card)
    spans = [span for part in said.card.parts for span in getattr(part, "text", ())]
    assert Mention("Ben", "") in spans
    assert Mention("Chen", "U-chen") in spans


@pytest.mark.parametrize(
    ("line", "field", "sentence"),
    [
        ("/praise for fixing the build", "people", "Whom do you mean?"),
        ("/praise <@U-anna> for fixing the build", "people", "for others"),
        ("/praise <@U-bot> for fixing the build", "people", "bots do not blush"),
        ("/praise <@U-ben>", "reason", "What did they do?"),
        ("/praise <@U-ben> thanks", "reason", "at least 3 words"),
        (f"/praise <@U-ben> {'so good ' * 70}", "reason", "500 characters; yours has 559"),
        ("/praise <@U-ben> for a b c #a1 #b1 #c1 #d1 #e1 #f1", "values", "5 values"),
    ],
)
async def test_wrong_praise_reopens_filled_and_says_what_is_missing(
    stage: Stage, line: str, field: str, sentence: str
) -> None:
    await stage.learn(Profile(account="U-bot", name="Drumbeat", bot=True))
    answer = await stage.type("U-anna", line)
    assert answer.form is not None
    assert sentence in answer.form.problems[field]
    assert await public(stage) == []


async def test_nothing_typed_is_lost_when_one_of_those_praised_is_oneself(stage: Stage) -> None:
    answer = await stage.type("U-anna", "/praise <@U-anna> <@U-ben> for moving <@U-chen> out #kind")
    assert texts(answer.form) == {"people": ("<@U-ben>",), "reason": "moving @Chen out", "values": "#kind"}
    await stage.send("U-anna", answer.form)
    (said,) = await public(stage)
    assert said.text == "Praise for @Ben\nmoving @Chen out\nFrom @Anna · #kind"


async def test_too_many_people_are_counted(stage: Stage) -> None:
    for number in range(11):
        await stage.learn(Profile(account=f"U-{number}", name=f"Person {number}"))
    who = " ".join(f"<@U-{number}>" for number in range(11))
    answer = await stage.type("U-anna", f"/praise {who} for fixing the build")
    assert answer.form is not None
    assert "10 people at once; you named 11" in answer.form.problems["people"]
    assert len(texts(answer.form)["people"]) == 11  # type: ignore[arg-type]


async def test_a_name_that_is_no_mention_asks_to_choose_the_person(stage: Stage) -> None:
    answer = await stage.type("U-anna", "/praise @ben for fixing the build #craft")
    assert answer.form is not None
    assert "who is meant by @ben" in answer.form.problems["people"]
    assert texts(answer.form) == {"people": (), "reason": "fixing the build", "values": "#craft"}
    await stage.send("U-anna", answer.form, people=("<@U-ben>",))
    (said,) = await public(stage)
    assert "Praise for @Ben\nfixing the build" in said.text


async def test_five_thousand_characters_come_back_whole(stage: Stage) -> None:
    typed = "well done " * 500
    answer = await stage.type("U-anna", f"/praise <@U-ben> {typed}")
    said = read_aloud(answer.whisper)
    assert "500 characters" in said
    assert typed.strip() in said.replace("\n", "")


async def test_praise_alone_opens_a_form_and_the_form_praises(stage: Stage) -> None:
    answer = await stage.type("U-anna", "/praise")
    assert answer.form is not None
    assert not answer.form.problems
    assert not any(isinstance(field, PlaceField) for field in answer.form.fields)
    who = ("<@U-ben>", "<@U-chen>")
    await stage.send("U-anna", answer.form, people=who, reason="Fixing the #build", values="craft, #Craft")
    (said,) = await public(stage)
    assert said.text == "Praise for @Ben and @Chen\nFixing the #build\nFrom @Anna · #build #craft"


async def test_the_form_stays_open_with_what_is_wrong(stage: Stage) -> None:
    answer = await stage.type("U-anna", "/praise")
    refused = await stage.send("U-anna", answer.form, people=(), reason="hm")
    assert set(refused.problems) == {"people", "reason"}
    assert await public(stage) == []


async def test_in_a_private_chat_the_form_asks_where(stage: Stage) -> None:
    answer = await stage.type("U-anna", BUILD, place="D-anna")
    assert answer.form is not None
    assert "Choose the channel" in answer.form.problems["place"]
    people = next(field for field in answer.form.fields if isinstance(field, PeopleField))
    assert people.people == ("<@U-ben>",)
    workspace = await stage.workspace()
    await stage.run(lambda c: directory.place_at(c, workspace, "C-fair", name="fair"))
    done = await stage.send("U-anna", answer.form, place="<#C-fair>")
    assert "your praise is in #fair" in read_aloud(done.whisper)
    assert len(await public(stage)) == 1


async def test_in_a_private_chat_with_a_praise_channel_nothing_is_asked(stage: Stage) -> None:
    await choose_channel(stage)
    answer = await stage.type("U-anna", BUILD, place="D-anna")
    assert answer.form is None
    assert len(await public(stage)) == 1


async def test_a_form_cannot_name_a_place_of_another_company(stage: Stage) -> None:
    other = await stage.run(lambda c: directory.workspace(c, "stage", "W2"))
    foreign = await stage.run(lambda c: directory.place_at(c, other, "C-theirs", PlaceKind.CHANNEL, "theirs"))
    answer = await stage.type("U-anna", BUILD, place="D-anna")
    assert answer.form is not None
    forged = replace(answer.form, state=f'{{"place": {foreign.id}}}')
    refused = await stage.send("U-anna", forged)
    assert "Choose the channel" in refused.problems["place"]


async def test_the_same_words_within_a_minute_are_said_once(stage: Stage) -> None:
    await stage.type("U-anna", BUILD)
    answer = await stage.type("U-anna", BUILD)
    assert "Once is enough" in read_aloud(answer.whisper)
    assert len(await public(stage)) == 1
    stage.clock.move(minutes=2)
    await stage.type("U-anna", BUILD)
    assert len(await public(stage)) == 2


async def test_choosing_a_praise_channel_plans_its_digest_and_giving_it_up_ends_it(stage: Stage) -> None:
    place = await choose_channel(stage)
    ((name, where, due),) = await digests(stage)
    assert (name, where) == ("praise:digest:1", place)
    assert due.isoformat() == "2026-11-27T15:00:00+00:00"
    await stage.happen("U-anna", "settings_changed", name="praise", value="")
    assert await digests(stage) == []


async def test_another_setting_leaves_the_digest_alone(stage: Stage) -> None:
    await choose_channel(stage)
    await stage.happen("U-anna", "settings_changed", name="introductions", value="")
    assert len(await digests(stage)) == 1


async def test_a_channel_chosen_before_gets_its_digest_with_the_first_praise(stage: Stage) -> None:
    place = await choose_channel(stage)
    await stage.run(lambda c: c.execute(cadences.delete()))
    await stage.type("U-anna", BUILD)
    assert [where for _, where, _ in await digests(stage)] == [place]


async def test_praise_at_the_very_hour_does_not_push_the_digest_away(stage: Stage) -> None:
    await choose_channel(stage)
    stage.clock.move(days=4, hours=6, minutes=1)
    await stage.type("U-anna", BUILD)
    ((_, _, due),) = await digests(stage)
    assert due < stage.clock.now()


async def test_the_digest_tells_who_was_praised_and_for_which_values(stage: Stage) -> None:
    place = await choose_channel(stage)
    await stage.type("U-anna", BUILD)
    await stage.type("U-dora", "/praise <@U-ben> <@U-anna> for a very calm launch #calm #craft")
    stage.clock.move(days=4, hours=6)
    digest = await the_digest(stage, place)
    assert isinstance(digest, Card)
    said = read_aloud(digest)
    assert "2 praises were given this week." in said
    assert "It went to Anna and Ben (2)." in said
    assert "Most mentioned: #craft (2) and #calm." in said


async def test_a_week_without_praise_is_passed_over(stage: Stage) -> None:
    place = await choose_channel(stage)
    await stage.type("U-anna", BUILD)
    stage.clock.move(days=4, hours=6)
    assert isinstance(await the_digest(stage, place), Card)
    stage.clock.move(weeks=1)
    assert await the_digest(stage, place) == Withdrawn("nothing_to_tell")


async def test_praise_given_elsewhere_stays_out_of_the_digest(stage: Stage) -> None:
    await stage.type("U-anna", BUILD)
    place = await choose_channel(stage)
    stage.clock.move(days=4, hours=6)
    assert await the_digest(stage, place) == Withdrawn("nothing_to_tell")


async def test_home_shows_the_newest_praise(stage: Stage) -> None:
    assert "None yet" in read_aloud((await stage.happen("U-ben", "home_opened")).home)
    for number in range(6):
        await stage.type("U-anna", f"/praise <@U-ben> for deed number {number}")
        stage.clock.move(minutes=1)
    said = read_aloud((await stage.happen("U-ben", "home_opened")).home)
    assert "Praised 6 times so far." in said
    assert "@Anna: deed number 5\n@Anna: deed number 4" in said
    assert "deed number 0" not in said


async def test_my_data_counts_praise(stage: Stage) -> None:
    await stage.type("U-anna", BUILD)
    assert await stage.data("U-anna", "praise") == {"Praise you received": "0", "Praise you gave": "1"}
    assert await stage.data("U-ben", "praise") == {"Praise you received": "1", "Praise you gave": "0"}


async def test_a_forgotten_giver_loses_the_name_and_the_praised_keep_the_praise(stage: Stage) -> None:
    await stage.type("U-anna", BUILD)
    await stage.forget("U-anna", "praise")
    (said,) = await public(stage)
    assert said.text == "Praise for @Ben\nfixing the build at night\nFrom a colleague · #craft"
    assert "A colleague praised you" in (await told(stage, "U-ben"))[0].text


async def test_somebody_forgotten_is_taken_out_of_praise_for_several(stage: Stage) -> None:
    await stage.type("U-anna", "/praise <@U-ben> <@U-chen> for fixing the build")
    await stage.forget("U-ben", "praise")
    (said,) = await public(stage)
    assert said.text.startswith("Praise for @Chen\n")
    assert await told(stage, "U-ben") == []
    assert len(await told(stage, "U-chen")) == 1


async def test_praise_for_nobody_else_goes_with_the_one_who_is_forgotten(stage: Stage) -> None:
    await stage.type("U-anna", BUILD)
    await stage.forget("U-ben", "praise")
    assert await public(stage) == []
    assert await stage.data("U-anna", "praise") == {"Praise you received": "0", "Praise you gave": "0"}
