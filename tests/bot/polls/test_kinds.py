"""Every kind of question, from the command to the outcome."""

import asyncio
import re

import pytest

from bot.core.cards import Button, Card
from bot.core.forms import ChoiceField, TextField
from tests.bot.stage import Stage, buttons, read_aloud

CREW = ("U-ben", "U-chen", "U-dana", "U-elif", "U-finn", "U-gus")


async def ballot(stage: Stage) -> Card:
    """The card of the newest poll, as it would be drawn now."""
    said = [said for said in await stage.planned() if said.drawing == "polls.ballot"][-1]
    assert isinstance(said.card, Card)
    return said.card


async def outcome(stage: Stage) -> str:
    return [said for said in await stage.planned() if said.drawing == "polls.outcome"][-1].text


async def over(stage: Stage) -> str:
    """Three days later the poll has closed."""
    stage.clock.move(days=4)
    await stage.tick()
    return await outcome(stage)


async def test_a_decision_leaves_abstentions_out(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Shall we move?" --yesno')
    for account, answer in zip(CREW, ("Yes", "Yes", "Yes", "No", "Abstain", "Abstain"), strict=True):
        await stage.press(account, buttons(await ballot(stage))[answer])
    assert "has an answer: Yes with 75 %. 6 people voted." in await over(stage)


async def test_a_question_may_stand_without_quotes_before_its_options(stage: Stage) -> None:
    await stage.type("U-anna", '/poll Where to eat? "Pizza" "Sushi" "Salad"')
    card = await ballot(stage)
    assert read_aloud(card).startswith("Where to eat?")
    assert {"Pizza", "Sushi", "Salad"} <= buttons(card).keys()


@pytest.mark.parametrize(("flag", "steps"), [("--rating", 5), ("--rating 10", 10)])
async def test_a_rating_has_an_average(stage: Stage, flag: str, steps: int) -> None:
    await stage.type("U-anna", f'/poll "How was the week?" {flag}')
    pressed = buttons(await ballot(stage))
    assert [label for label in pressed if label.isdecimal()] == [str(step + 1) for step in range(steps)]
    assert pressed["4"].spoken == f"4 of {steps}"
    await stage.press("U-ben", pressed["4"])
    await stage.press("U-chen", pressed["5"])
    assert f"Average 4.5 of {steps}" in read_aloud(await ballot(stage))
    assert f"Average 4.5 of {steps}" in await over(stage)


async def test_an_nps_goes_from_minus_to_plus_100(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Would you recommend us?" --nps')
    for account, step in zip(CREW, (10, 9, 9, 8, 6, 0), strict=True):
        await stage.press(account, buttons(await ballot(stage))[str(step)])
    assert "NPS +17" in await over(stage)


async def test_a_ranking_is_counted_in_rounds(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Where to?" "Lisbon" "Oslo" "Rome" --ranked')
    rankings = ["0,1,2", "0,2,1", "1,2,0", "1,2,0", "2,1,0"]
    for account, ranks in zip(CREW, rankings, strict=False):
        form = (await stage.press(account, buttons(await ballot(stage))["Rank the options"])).form
        given = {f"rank{place}": option for place, option in enumerate(ranks.split(","), start=1)}
        assert not (await stage.send(account, form, **given)).problems
    assert "has an answer: Oslo. 5 people voted." in await over(stage)
    results = (await stage.press("U-ben", buttons(await ballot(stage))["More"])).whisper
    told = read_aloud((await stage.press("U-ben", buttons(results)["Results"])).whisper)
    assert "Round 1: Lisbon 2, Oslo 2, and Rome 1. Out: Rome." in told
    assert "Borda points" in told


async def test_names_stand_beside_what_people_put_first(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Where to?" "Lisbon" "Oslo" "Rome" --ranked')
    form = (await stage.press("U-ben", buttons(await ballot(stage))["Rank the options"])).form
    await stage.send("U-ben", form, rank1="1", rank2="0")
    assert "Lisbon: 0 ()\nOslo: 1 (Ben)\nRome: 0 ()" in read_aloud(await ballot(stage))


async def test_an_option_ranked_twice_is_told_beside_the_field(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Where to?" "Lisbon" "Oslo" "Rome" --ranked')
    form = (await stage.press("U-ben", buttons(await ballot(stage))["Rank the options"])).form
    answer = await stage.send("U-ben", form, rank1="0", rank2="0")
    assert answer.problems == {"rank1": "Each option can have only one rank."}


async def test_equal_texts_are_grouped(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "What do we miss?" --text')
    for account, text in zip(CREW, ("Tea", "tea!", "Quiet rooms"), strict=False):
        form = (await stage.press(account, buttons(await ballot(stage))["Write an answer"])).form
        await stage.send(account, form, answer=text)
    assert "“Tea” (2)\n“Quiet rooms”" in read_aloud(await ballot(stage))


async def test_no_text_counts_as_two(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "What do we miss?" --text')
    form = (await stage.press("U-ben", buttons(await ballot(stage))["Write an answer"])).form
    await stage.send("U-ben", form, answer="Tea\x1eTea\x1eCake")
    assert "“Tea Tea Cake”" in read_aloud(await ballot(stage))
    assert "· 1 vote ·" in read_aloud(await ballot(stage))


async def test_a_quiz_tells_the_right_answer_after_closing(stage: Stage) -> None:
    line = '/poll "Capital of Australia?" "Sydney" "Canberra" --quiz Canberra --explain "Chosen in 1908."'
    await stage.type("U-anna", line)
    for account, city in (("U-ben", "Canberra"), ("U-chen", "Sydney")):
        await stage.press(account, buttons(await ballot(stage))[city])
    assert "1908" not in read_aloud(await ballot(stage))
    assert "The right answer is Canberra: 1 of 2 knew it." in await over(stage)
    assert "1908" in read_aloud(await ballot(stage))


async def test_at_least_and_at_most_are_asked_for_in_a_form(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Which days?" "Mon" "Tue" "Wed" --multi 2-2')
    form = (await stage.press("U-ben", buttons(await ballot(stage))["Choose"])).form
    assert form is not None
    assert [type(field) for field in form.fields] == [ChoiceField]
    assert (await stage.send("U-ben", form, answer=("0",))).problems == {"answer": "Please choose 2."}
    await stage.send("U-ben", form, answer=("0", "2"))
    assert "Mon: 1 (Ben)\nTue: 0 ()\nWed: 1 (Ben)" in read_aloud(await ballot(stage))


async def test_a_choice_of_at_most_two_refuses_a_third(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Which days?" "Mon" "Tue" "Wed" --multi 2')
    for day in ("Mon", "Tue"):
        await stage.press("U-ben", buttons(await ballot(stage))[day])
    refusal = await stage.press("U-ben", buttons(await ballot(stage))["Wed"])
    assert "You can choose 2 here" in read_aloud(refusal.whisper)


async def test_a_secret_poll_shows_nothing_until_it_closes(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Trust us?" "Yes" "No" --anonymous')
    assert "Secret: nobody can tell" in read_aloud(await ballot(stage))
    yes = buttons(await ballot(stage))["Yes"]
    assert "final" in yes.confirm
    answers = await asyncio.gather(*(stage.press(account, yes) for account in CREW))
    assert all("counted. It is secret and final" in read_aloud(answer.whisper) for answer in answers)
    again = await stage.press("U-ben", buttons(await ballot(stage))["No"])
    assert "You have voted already" in read_aloud(again.whisper)
    text = read_aloud(await ballot(stage))
    assert "6 votes" in text
    assert not re.search(r"Yes: [1-9]", text)
    assert "Yes with 100 %. 6 people voted." in await over(stage)


async def test_whoever_is_forgotten_votes_once_in_a_secret_poll_and_is_erased_when_it_closes(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Trust us?" "Yes" "No" --secret')
    shown = await ballot(stage)
    for account in ("U-anna", "U-ben", "U-chen", "U-dora", "U-elif"):
        await stage.press(account, buttons(shown)["Yes"])
    await stage.forget("U-ben", "polls")
    assert (await stage.data("U-ben", "polls"))["Polls you voted in"] == "1"
    again = await stage.press("U-ben", buttons(shown)["No"])
    assert "You have voted already" in read_aloud(again.whisper)
    await stage.press("U-anna", Button("", "polls.close", "1"))
    assert "Yes: 5 ()\nNo: 0 ()" in read_aloud(await ballot(stage))
    assert "5 votes" in read_aloud(await ballot(stage))
    assert (await stage.data("U-ben", "polls"))["Polls you voted in"] == "0"
    assert (await stage.data("U-chen", "polls"))["Polls you voted in"] == "1"


async def test_too_few_secret_votes_stay_hidden(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Trust us?" "Yes" "No" --secret')
    for account in CREW[:4]:
        await stage.press(account, buttons(await ballot(stage))["Yes"])
    assert "too few to show the result" in await over(stage)
    assert "too few people voted" in read_aloud(await ballot(stage))


async def test_several_secret_choices_are_sent_as_one(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Which?" "A" "B" "C" --secret --multi')
    pressed: Button = buttons(await ballot(stage))["Choose"]
    for account in CREW:
        form = (await stage.press(account, pressed)).form
        assert "Your vote is counted" in read_aloud((await stage.send(account, form, answer=("0", "2"))).whisper)
    await over(stage)
    assert "A: 6 ()\nB: 0 ()\nC: 6 ()" in read_aloud(await ballot(stage))


async def test_confidential_figures_stay_some_voters_behind(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Lunch?" "Pizza" "Sushi" --confidential')
    seen = []
    for number in range(12):
        await stage.press(f"U-{number}", buttons(await ballot(stage))["Pizza"])
        stage.clock.move(seconds=6)
        await stage.tick()
        seen.append(re.search(r"Pizza: (\d+)", read_aloud(await ballot(stage))))
    assert [int(each[1]) if each else 0 for each in seen] == [0] * 9 + [5] * 3
    assert "Pizza with 100 %. 12 people voted." in await over(stage)


async def test_results_after_voting_are_for_voters(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Lunch?" "Pizza" "Sushi" --results after-vote')
    card = await ballot(stage)
    assert "results once you have voted" in read_aloud(card)
    refusal = await stage.press("U-chen", buttons(card)["See results"])
    assert "once you have voted" in read_aloud(refusal.whisper)
    told = await stage.press("U-ben", buttons(card)["Pizza"])
    assert "Your vote: Pizza" in read_aloud(told.whisper)
    assert "Pizza: 1 (Ben)" in read_aloud(told.whisper)


async def test_a_long_answer_is_told_its_limit(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "What do we miss?" --text')
    form = (await stage.press("U-ben", buttons(await ballot(stage))["Write an answer"])).form
    assert form is not None
    assert isinstance(form.fields[0], TextField)
    assert "500" in (await stage.send("U-ben", form, answer="x" * 501)).problems["answer"]


async def test_answers_that_no_form_can_carry_on_are_told_beside_the_last_one(stage: Stage) -> None:
    form = (await stage.type("U-anna", "/poll")).form
    for number in range(9):
        form = (await stage.send("U-anna", form, question=f"{number}?", kind="text", then="question")).form
    await stage.send("U-anna", form, question="9?", kind="text", then="ask")
    form = (await stage.press("U-ben", buttons(await ballot(stage))["Answer 10 questions"])).form
    for _ in range(6):
        form = (await stage.send("U-ben", form, answer='"' * 200)).form
    refused = await stage.send("U-ben", form, answer='"' * 200)
    assert refused.problems == {"answer": "Your answers are too long together. Please shorten this one."}
    assert (await stage.send("U-ben", form, answer="Short")).form


async def test_a_survey_whose_last_question_is_a_ranking_wants_one_answer_at_least(stage: Stage) -> None:
    form = (await stage.type("U-anna", "/poll")).form
    form = (await stage.send("U-anna", form, question="Why?", kind="text", then="question")).form
    await stage.send("U-anna", form, question="Where?", kind="ranked", options="Lisbon\nOslo", then="ask")
    form = (await stage.press("U-ben", buttons(await ballot(stage))["Answer 2 questions"])).form
    form = (await stage.send("U-ben", form)).form
    assert (await stage.send("U-ben", form)).problems == {"rank1": "Please answer at least one question."}
