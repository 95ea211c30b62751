"""Options that voters add to a poll, at once or with the author's approval."""

import asyncio

import pytest

from bot.core.cards import Button, Card
from bot.core.forms import Form
from bot.core.interactions import Answer
from tests.bot.polls.test_kinds import ballot
from tests.bot.stage import Stage, buttons, read_aloud

LUNCH = '/poll "Lunch on Friday?" "Pizza" "Sushi"'


async def the_form(stage: Stage, account: str) -> Form | None:
    return (await stage.press(account, buttons(await ballot(stage))["Add an option"])).form


async def add(stage: Stage, account: str, option: str) -> Answer:
    return await stage.send(account, await the_form(stage, account), option=option)


async def message(stage: Stage, account: str, drawing: str) -> Card:
    said = [said.card for said in await stage.planned(account) if said.drawing == drawing]
    assert isinstance(said[-1], Card)
    return said[-1]


@pytest.mark.parametrize("flags", ["", "--confidential", "--secret"])
async def test_an_option_is_added_and_voted_for(stage: Stage, flags: str) -> None:
    await stage.type("U-ben", f"{LUNCH} --add-options {flags}")
    await stage.press("U-dora", buttons(await ballot(stage))["Sushi"])
    added = await add(stage, "U-chen", "  Falafel  wrap ")
    assert "Falafel wrap is in the poll now" in read_aloud(added.whisper)
    await stage.press("U-chen", buttons(await ballot(stage))["Falafel wrap"])
    assert "2 votes" in read_aloud(await ballot(stage))
    if not flags:
        text = read_aloud(await ballot(stage))
        assert "Pizza: 0 ()\nSushi: 1 (Dora)\nFalafel wrap: 1 (Chen)" in text


async def test_a_secret_vote_for_an_added_option_is_counted(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH + " --secret --add-options")
    await stage.press("U-anna", buttons(await ballot(stage))["Pizza"])
    await add(stage, "U-chen", "Falafel")
    for account in ("U-ben", "U-chen", "U-dora", "U-elif"):
        await stage.press(account, buttons(await ballot(stage))["Falafel"])
    await stage.press("U-anna", Button("", "polls.close", "1"))
    assert "Pizza: 1 ()\nSushi: 0 ()\nFalafel: 4 ()" in read_aloud(await ballot(stage))


async def test_an_added_option_can_be_ranked(stage: Stage) -> None:
    await stage.type("U-ben", '/poll "Where to?" "Lisbon" "Oslo" --ranked --add-options')
    form = (await stage.press("U-ben", buttons(await ballot(stage))["Rank the options"])).form
    await stage.send("U-ben", form, rank1="0", rank2="1")
    await add(stage, "U-chen", "Rome")
    for account in ("U-chen", "U-dora"):
        form = (await stage.press(account, buttons(await ballot(stage))["Rank the options"])).form
        assert not (await stage.send(account, form, rank1="2", rank2="1", rank3="0")).problems
    assert "Lisbon: 1 (Ben)\nOslo: 0 ()\nRome: 2 (Chen and Dora)" in read_aloud(await ballot(stage))


async def test_whoever_could_choose_everything_still_can(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --multi --add-options")
    await add(stage, "U-chen", "Falafel")
    for option in ("Pizza", "Sushi", "Falafel"):
        await stage.press("U-chen", buttons(await ballot(stage))[option])
    assert "Pizza: 1 (Chen)\nSushi: 1 (Chen)\nFalafel: 1 (Chen)" in read_aloud(await ballot(stage))


@pytest.mark.parametrize(
    ("option", "sentence"),
    [("pizza", "stands there twice"), ("x" * 151, "150 characters"), ("   ", "write an option"), ("\0", "write an")],
)
async def test_an_option_that_does_not_fit_is_told_beside_the_field(stage: Stage, option: str, sentence: str) -> None:
    await stage.type("U-ben", LUNCH + " --add-options")
    assert sentence in (await add(stage, "U-chen", option)).problems["option"]
    assert len(buttons(await ballot(stage))) == 4


@pytest.mark.parametrize(("flag", "most"), [("", 30), ("--ranked", 10)])
async def test_a_poll_takes_no_more_options_than_it_can_show(stage: Stage, flag: str, most: int) -> None:
    options = " ".join(f'"{number}"' for number in range(most))
    await stage.type("U-ben", f'/poll "Which?" {options} {flag} --add-options')
    assert str(most) in (await add(stage, "U-chen", "One more")).problems["option"]


async def test_the_same_option_by_two_people_at_once_is_added_once(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --add-options")
    form = await the_form(stage, "U-chen")
    answers = await asyncio.gather(*(stage.send(who, form, option="Soup") for who in ("U-chen", "U-dora") * 3))
    assert sum(bool(answer.problems) for answer in answers) == 5
    assert list(buttons(await ballot(stage))) == ["Pizza", "Sushi", "Soup", "Add an option", "More"]


async def test_different_options_at_once_are_all_there_and_votes_stay_where_they_were(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --add-options")
    form, sushi = await the_form(stage, "U-chen"), buttons(await ballot(stage))["Sushi"]
    await asyncio.gather(
        *(stage.send("U-chen", form, option=f"Soup {number}") for number in range(5)),
        *(stage.press(who, sushi) for who in ("U-ben", "U-dora", "U-anna")),
    )
    text = read_aloud(await ballot(stage))
    assert "Sushi: 3 (" in text
    assert text.count("Soup") == 5


@pytest.mark.parametrize("line", [LUNCH, '/poll "Well?" --rating'])
async def test_a_poll_that_takes_no_options_takes_none(stage: Stage, line: str) -> None:
    await stage.type("U-ben", line)
    assert "Add an option" not in buttons(await ballot(stage))
    refusal = await stage.press("U-chen", Button("", "polls.add", "1"))
    assert "No options can be added" in read_aloud(refusal.whisper)


@pytest.mark.parametrize(
    "line",
    [
        '"Capital?" "Sydney" "Canberra" --quiz Canberra',
        '"Well?" --rating',
        '"Well?" --nps',
        '"Well?" --yesno',
        '"Well?" --text',
    ],
)
async def test_options_are_not_promised_where_none_can_be_added(stage: Stage, line: str) -> None:
    form = (await stage.type("U-ben", f"/poll {line} --add-options ask --remind 2h")).form
    assert form is not None
    assert form.problems["adding"] == (
        "Options can be added to one choice or one ranking only. "
        "Ask one of those, or set “Who may add options” to “Nobody”."
    )
    assert not await stage.planned()
    assert "Options can be added" in (await stage.send("U-ben", form)).problems["adding"]
    await stage.send("U-ben", form, adding="no")
    assert "Add an option" not in buttons(await ballot(stage))


async def test_whoever_wants_options_added_to_a_quiz_may_ask_a_choice_instead(stage: Stage) -> None:
    form = (await stage.type("U-ben", '/poll "Capital?" "Sydney" "Canberra" --quiz Canberra --add-options')).form
    await stage.send("U-ben", form, kind="choice", options="Sydney\nCanberra")
    assert "Add an option" in buttons(await ballot(stage))


async def test_a_draft_offers_added_options_only_where_they_can_be(stage: Stage) -> None:
    form = (await stage.type("U-ben", "/poll")).form
    rating = await stage.send("U-ben", form, question="Well?", kind="rating", then="more")
    assert rating.form is not None
    assert "adding" not in {field.id for field in rating.form.fields}


async def test_a_draft_whose_options_grow_becomes_no_survey_and_no_quiz(stage: Stage) -> None:
    form = (await stage.type("U-ben", "/poll")).form
    extras = (await stage.send("U-ben", form, question="Lunch?", options="Pizza\nSushi", then="more")).form
    draft = (await stage.send("U-ben", extras, adding="yes", then="draft")).whisper
    second = (await stage.press("U-ben", buttons(draft)["Add a question"])).form
    refused = await stage.send("U-ben", second, question="Why?", kind="text", then="draft")
    assert "Options can be added" in refused.problems["question"]
    changed = (await stage.press("U-ben", buttons(draft)["Change"])).form
    assert changed is not None
    refused = await stage.send("U-ben", changed, kind="quiz", options="*Pizza\nSushi", then="draft")
    assert "Options can be added" in refused.problems["adding"]
    await stage.send("U-ben", changed, then="ask")
    assert "Add an option" in buttons(await ballot(stage))


async def test_no_option_comes_after_closing(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --add-options")
    form = await the_form(stage, "U-chen")
    await stage.press("U-ben", Button("", "polls.close", "1"))
    assert "closed" in read_aloud((await stage.send("U-chen", form, option="Soup")).whisper)


async def test_an_author_approves_an_option(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --add-options ask")
    waits = await add(stage, "U-chen", "Soup")
    assert "approval" in read_aloud(waits.whisper)
    assert "Soup" not in read_aloud(await ballot(stage))
    assert "already" in (await add(stage, "U-elif", "soup")).problems["option"]
    asked = await message(stage, "U-ben", "polls.suggestion")
    assert "@Chen suggests an option for Lunch on Friday?: Soup" in read_aloud(asked)
    refusal = await stage.press("U-elif", buttons(asked)["Approve"])
    assert "Only Ben or a communicator" in read_aloud(refusal.whisper)
    done = await stage.press("U-ben", buttons(asked)["Approve"])
    assert "Soup is in the poll now" in read_aloud(done.replace)
    assert "Soup: 0 ()" in read_aloud(await ballot(stage))
    assert "Your option Soup is in the poll" in read_aloud(await message(stage, "U-chen", "polls.decision"))
    again = await stage.press("U-ben", buttons(asked)["Decline"])
    assert "decided" in read_aloud(again.whisper)


async def test_an_author_declines_an_option_and_adds_their_own_unasked(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --add-options ask")
    await add(stage, "U-chen", "Soup")
    await stage.press("U-ben", buttons(await message(stage, "U-ben", "polls.suggestion"))["Decline"])
    assert "not taken into the poll" in read_aloud(await message(stage, "U-chen", "polls.decision"))
    await add(stage, "U-ben", "Salad")
    assert list(buttons(await ballot(stage)))[:3] == ["Pizza", "Sushi", "Salad"]


@pytest.mark.parametrize("flag", ["--confidential", "--secret"])
async def test_where_names_are_hidden_nobody_is_told_who_suggested(stage: Stage, flag: str) -> None:
    await stage.type("U-ben", f"{LUNCH} --add-options ask {flag}")
    await add(stage, "U-chen", "Soup")
    assert "Chen" not in read_aloud(await message(stage, "U-ben", "polls.suggestion"))


async def test_an_approval_that_comes_too_late_adds_nothing(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --add-options ask")
    await add(stage, "U-chen", "Soup")
    approve = buttons(await message(stage, "U-ben", "polls.suggestion"))["Approve"]
    await stage.press("U-ben", Button("", "polls.close", "1"))
    assert "closed meanwhile" in read_aloud((await stage.press("U-ben", approve)).replace)
    assert "Soup" not in read_aloud(await ballot(stage))


@pytest.mark.parametrize("closing", ["polls.close", ""])
@pytest.mark.parametrize("decision", ["Approve", "Decline"])
async def test_whoever_suggested_hears_that_nobody_decided_before_the_poll_closed(
    stage: Stage, closing: str, decision: str
) -> None:
    await stage.type("U-ben", LUNCH + " --add-options ask --close 1h")
    await add(stage, "U-chen", "Soup")
    asked = buttons(await message(stage, "U-ben", "polls.suggestion"))
    stage.clock.move(hours=1)
    await stage.press("U-ben", Button("", closing, "1")) if closing else await stage.tick()
    news = "The poll Lunch on Friday? has closed before it was decided about your option."
    assert news in read_aloud(await message(stage, "U-chen", "polls.undecided"))
    late = await stage.press("U-ben", asked[decision])
    assert "closed meanwhile, so nothing was added" in read_aloud(late.replace)
    again = await stage.press("U-ben", asked[decision])
    assert "decided about this option already" in read_aloud(again.whisper)
    news_of = ("polls.undecided", "polls.decision")
    told = [said.drawing for said in await stage.planned("U-chen") if said.drawing in news_of]
    assert told == ["polls.undecided"]


async def test_a_decision_between_the_end_and_the_closing_is_told_once(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --add-options ask --close 1h")
    await add(stage, "U-chen", "Soup")
    approve = buttons(await message(stage, "U-ben", "polls.suggestion"))["Approve"]
    stage.clock.move(hours=1)
    await stage.press("U-ben", approve)
    await stage.tick()
    told = [said for said in await stage.planned("U-chen") if said.drawing in ("polls.undecided", "polls.decision")]
    assert ["has closed before" in said.text for said in told] == [True]


async def test_two_approvals_of_one_suggestion_add_it_once(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --add-options ask")
    await add(stage, "U-chen", "Soup")
    approve = buttons(await message(stage, "U-ben", "polls.suggestion"))["Approve"]
    answers = await asyncio.gather(*(stage.press(who, approve) for who in ("U-ben", "U-anna")))
    assert sum(bool(answer.replace) for answer in answers) == 1
    assert read_aloud(await ballot(stage)).count("Soup") == 1


async def test_what_somebody_suggested_is_forgotten_with_them(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --add-options ask")
    await add(stage, "U-chen", "Soup")
    await stage.forget("U-chen", "polls")
    (asked,) = [said for said in await stage.planned("U-ben") if said.drawing == "polls.suggestion"]
    assert asked.text == "withdrawn: suggestion_decided"
