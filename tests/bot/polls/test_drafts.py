"""Drafts, surveys and templates, from the form to the poll."""

import pytest

from bot.core.cards import Card, Select
from bot.core.forms import ChoiceField, Form, filling
from bot.core.interactions import Value
from tests.bot.polls.test_kinds import ballot
from tests.bot.stage import Stage, buttons, read_aloud


async def a_draft(stage: Stage, then: str = "draft") -> Card:
    form = (await stage.type("U-anna", "/poll")).form
    answer = await stage.send("U-anna", form, question="Tea?", options="Green\nBlack", then=then)
    assert answer.whisper is not None
    return answer.whisper


async def test_a_draft_is_shown_to_its_author_alone_and_asked_later(stage: Stage) -> None:
    draft = await a_draft(stage)
    assert "Tea?\nGreen · Black" in read_aloud(draft)
    assert not await stage.planned()
    refusal = await stage.press("U-chen", buttons(draft)["Ask it now"])
    assert "Only Anna" in read_aloud(refusal.whisper)
    await stage.press("U-anna", buttons(draft)["Ask it now"])
    assert "Tea?\nGreen: 0 ()" in read_aloud(await ballot(stage))


async def test_a_draft_that_was_asked_is_not_asked_twice(stage: Stage) -> None:
    draft = await a_draft(stage)
    await stage.press("U-anna", buttons(draft)["Ask it now"])
    again = await stage.press("U-anna", buttons(draft)["Ask it now"])
    assert "asked already" in read_aloud(again.whisper)


async def test_a_draft_is_thrown_away(stage: Stage) -> None:
    draft = await a_draft(stage)
    assert "gone" in read_aloud((await stage.press("U-anna", buttons(draft)["Throw away"])).replace)
    assert "not there any more" in read_aloud((await stage.press("U-anna", buttons(draft)["Ask it now"])).whisper)


async def test_a_draft_can_be_changed(stage: Stage) -> None:
    draft = await a_draft(stage)
    form = (await stage.press("U-anna", buttons(draft)["Change"])).form
    changed = await stage.send("U-anna", form, question="Coffee?", then="draft")
    assert "Coffee?\nGreen · Black" in read_aloud(changed.whisper)
    await stage.press("U-anna", buttons(changed.whisper)["Ask it now"])
    assert "Coffee?" in read_aloud(await ballot(stage))


async def test_a_draft_that_is_changed_keeps_everything_that_was_set(stage: Stage) -> None:
    form = (await stage.type("U-anna", "/poll")).form
    values = {"question": "Which days?", "options": "Mon\nTue\nWed", "kind": "several", "then": "more"}
    extras = (await stage.send("U-anna", form, **values)).form
    set_to: dict[str, Value] = {
        "limits": "2-2",
        "remind": "90m",
        "answer_by": "2026-12-24T12:00:00+00:00",
        "who": ("everybody",),
    }
    draft = (await stage.send("U-anna", extras, **set_to, then="draft")).whisper
    changed = (await stage.press("U-anna", buttons(draft)["Change"])).form
    assert changed is not None
    held = {field.id: filling(field) for field in changed.fields}
    assert {name: held[name] for name in set_to} == set_to
    assert not {"adding", "opens", "every", "owner"} & held.keys()
    without = await stage.send("U-anna", changed, closes="", then="ask")
    assert "needs a closing time" in without.problems["remind"]
    await stage.send("U-anna", changed, question="Which day?", then="ask")
    assert "Which day?" in read_aloud(await ballot(stage))
    assert "choose 2" in read_aloud(await ballot(stage))


async def test_a_survey_asks_its_questions_page_by_page(stage: Stage) -> None:
    form = (await stage.type("U-anna", "/poll")).form
    second = (await stage.send("U-anna", form, question="Tea?", options="Green\nBlack", then="question")).form
    await stage.send("U-anna", second, question="Why?", kind="text", then="ask")
    assert "1. Tea?\nGreen: 0 ()\nBlack: 0 ()\n2. Why?" in read_aloud(await ballot(stage))
    page = (await stage.press("U-ben", buttons(await ballot(stage))["Answer 2 questions"])).form
    assert page is not None
    assert "Question 1 of 2  ●○" in page.intro[0].text  # type: ignore[union-attr]
    last = (await stage.send("U-ben", page, answer="1")).form
    done = await stage.send("U-ben", last, answer="It is strong")
    assert "Your vote: Black" in read_aloud(done.whisper)
    text = read_aloud(await ballot(stage))
    assert "Black: 1 (Ben)" in text
    assert "“It is strong”" in text


async def test_a_question_of_a_survey_may_be_passed_over_but_not_all(stage: Stage) -> None:
    form = (await stage.type("U-anna", "/poll")).form
    second = (await stage.send("U-anna", form, question="Tea?", options="Green\nBlack", then="question")).form
    await stage.send("U-anna", second, question="Why?", kind="text", then="ask")
    page = (await stage.press("U-ben", buttons(await ballot(stage))["Answer 2 questions"])).form
    last = (await stage.send("U-ben", page)).form
    assert "at least one" in (await stage.send("U-ben", last)).problems["answer"]


async def test_the_settings_of_a_draft(stage: Stage) -> None:
    form = (await stage.type("U-anna", "/poll")).form
    values = {"question": "Which days?", "options": "Mon\nTue\nWed", "kind": "several", "then": "more"}
    settings = (await stage.send("U-anna", form, **values)).form
    problem = await stage.send("U-anna", settings, limits="9", then="ask")
    assert "how many people may choose" in problem.problems["limits"]
    await stage.send("U-anna", settings, limits="2", adding="yes", then="ask")
    assert "choose up to 2" in read_aloud(await ballot(stage))


async def test_a_quiz_marks_its_right_answer_with_a_star(stage: Stage) -> None:
    form = (await stage.type("U-anna", "/poll")).form
    wrong = await stage.send("U-anna", form, question="Capital?", options="Sydney\nCanberra", kind="quiz", then="ask")
    assert "needs its right answer" in wrong.problems["options"]
    values = {"question": "Capital?", "options": "Sydney\n*Canberra", "kind": "quiz", "then": "ask"}
    assert not (await stage.send("U-anna", form, **values)).problems
    assert "Canberra: 0" in read_aloud(await ballot(stage))


async def test_a_template_opens_filled(stage: Stage) -> None:
    card = (await stage.type("U-anna", "/poll templates")).whisper
    assert card is not None
    (select,) = [part for part in card.parts if isinstance(part, Select)]
    form = (await stage.press("U-anna", select, "lunch")).form
    await stage.send("U-anna", form, then="ask")
    assert "Where shall we have lunch?\nPizza: 0 ()" in read_aloud(await ballot(stage))


async def test_a_template_of_several_questions_is_a_draft_at_first(stage: Stage) -> None:
    card = (await stage.type("U-anna", "/poll templates")).whisper
    assert card is not None
    (select,) = [part for part in card.parts if isinstance(part, Select)]
    draft = (await stage.press("U-anna", select, "pulse")).whisper
    assert "3. What would make next week better?" in read_aloud(draft)
    assert "Secret" in read_aloud(draft)


WEEKLY = '/poll "Lunch?" "Pizza" "Sushi" --every Mon 9:00 --close 4h'


async def asked_at(stage: Stage) -> list[str]:
    """When polls were posted."""
    planned = await stage.planned()
    return [f"{each.due:%d %b}" for each in planned if each.drawing == "polls.ballot"]


def said_next(form: Form | None) -> dict[str, str]:
    """What a form offers to come after it."""
    assert form is not None
    (then,) = [field for field in form.fields if isinstance(field, ChoiceField) and field.id == "then"]
    return {option.value: option.label for option in then.options}


async def test_a_kept_draft_opens_and_comes_again_as_it_was_set(stage: Stage) -> None:
    form = (await stage.type("U-anna", "/poll")).form
    settings = (await stage.send("U-anna", form, question="Tea?", options="Green\nBlack", then="more")).form
    times = {"opens": "2026-11-27T09:00:00+00:00", "every": "Mon 9:00"}
    second = (await stage.send("U-anna", settings, **times, then="question")).form
    kept = (await stage.send("U-anna", second, question="Why?", kind="text", then="draft")).whisper
    assert "Once you schedule it, it opens Fri, 27 Nov, 09:00 GMT.\nEvery Monday at 9:00" in read_aloud(kept)
    await stage.tick()
    stage.clock.move(days=1)
    await stage.tick()
    assert not await asked_at(stage)
    scheduled = (await stage.press("U-anna", buttons(kept)["Schedule it"])).replace
    assert "Next:\n• Fri, 27 Nov, 09:00 GMT\n• Mon, 30 Nov, 09:00" in read_aloud(scheduled)
    for _ in range(7):
        stage.clock.move(days=1)
        await stage.tick()
    assert len(await asked_at(stage)) == 2


async def test_a_question_added_to_what_was_set_is_asked_at_its_time_too(stage: Stage) -> None:
    form = (await stage.type("U-anna", "/poll")).form
    settings = (await stage.send("U-anna", form, question="Tea?", options="Green\nBlack", then="more")).form
    second = (await stage.send("U-anna", settings, opens="2026-11-27T09:00:00+00:00", then="question")).form
    answer = await stage.send("U-anna", second, question="Why?", kind="text", then="ask")
    assert "Opens Fri, 27 Nov, 09:00" in read_aloud(answer.whisper)
    asked = "1. Tea?\nGreen · Black\n2. Why?\nin people's own words\nOpen: names stand beside votes.\n"
    assert read_aloud(answer.whisper).startswith(asked)
    assert not await asked_at(stage)


async def test_a_draft_whose_time_has_passed_opens_at_the_next_one(stage: Stage) -> None:
    form = (await stage.type("U-anna", "/poll")).form
    settings = (await stage.send("U-anna", form, question="Tea?", options="Green\nBlack", then="more")).form
    kept = (await stage.send("U-anna", settings, every="Mon 9:00", then="draft")).whisper
    assert "it opens Mon, 30 Nov" in read_aloud(kept)
    stage.clock.move(days=10)
    scheduled = (await stage.press("U-anna", buttons(kept)["Schedule it"])).replace
    assert "Next:\n• Mon, 7 Dec" in read_aloud(scheduled)
    stage.clock.move(days=5)
    await stage.tick()
    assert "closes Thu, 10 Dec" in read_aloud(await ballot(stage))


@pytest.mark.parametrize("then", ["draft", "more", "question"])
@pytest.mark.parametrize("line", [WEEKLY, '/poll "Lunch?" "Pizza" "Sushi" --start tomorrow 9:00'])
async def test_what_is_scheduled_stays_so_while_it_is_changed(stage: Stage, line: str, then: str) -> None:
    card = (await stage.type("U-anna", line)).whisper
    form = (await stage.press("U-anna", buttons(card)["Change"])).form
    assert said_next(form)["ask"] == "Save it"
    assert "draft" not in said_next(form)
    answer = await stage.send("U-anna", form, question="Dinner?", then=then)
    if answer.form:
        assert "draft" not in said_next(answer.form)
    else:
        assert "Throw away" not in buttons(answer.whisper)
    assert "draft" not in read_aloud((await stage.type("U-anna", "/poll list")).whisper)
    for _ in range(15):
        stage.clock.move(days=1)
        await stage.tick()
    assert len(await asked_at(stage)) == (2 if line == WEEKLY else 1)
    assert "Dinner?" in read_aloud(await ballot(stage))


async def test_what_is_scheduled_keeps_a_time_to_open(stage: Stage) -> None:
    card = (await stage.type("U-anna", '/poll "Lunch?" "Pizza" "Sushi" --start tomorrow 9:00')).whisper
    form = (await stage.press("U-anna", buttons(card)["Change"])).form
    wrong = await stage.send("U-anna", form, opens="", then="ask")
    assert "opening time in the future" in wrong.problems["opens"]
    settings = (await stage.press("U-anna", buttons(card)["Settings"])).form
    again = await stage.send("U-anna", settings, opens="2026-11-26T09:00:00+00:00", every="Mon 9:00", then="ask")
    assert "Next:\n• Thu, 26 Nov, 09:00 GMT\n• Mon, 30 Nov, 09:00" in read_aloud(again.whisper)
    await stage.press("U-anna", buttons(card)["Ask it now"])
    assert not await asked_at(stage)


async def a_survey(stage: Stage) -> Card | None:
    """A draft of three questions."""
    form = (await stage.type("U-anna", "/poll")).form
    second = (await stage.send("U-anna", form, question="Tea?", options="Green\nBlack", then="question")).form
    third = (await stage.send("U-anna", second, question="How?", options="Hot\nIced", then="question")).form
    return (await stage.send("U-anna", third, question="Why?", kind="text", then="draft")).whisper


async def test_every_question_of_a_draft_can_be_changed(stage: Stage) -> None:
    form = (await stage.press("U-anna", buttons(await a_survey(stage))["Change"])).form
    assert said_next(form)["question"] == "Look at question 2"
    second = (await stage.send("U-anna", form)).form  # what a form offers first leads through all of them
    assert second is not None
    assert [filling(field) for field in second.fields[:3]] == ["How?", "choice", "Hot\nIced"]
    third = (await stage.send("U-anna", second, options="Hot\nWarm")).form
    assert said_next(third)["question"] == "Add another question"
    await stage.send("U-anna", third, question="Since when?", then="ask")
    text = read_aloud(await ballot(stage))
    assert "1. Tea?\nGreen: 0 ()\nBlack: 0 ()\n2. How?\nHot: 0 ()\nWarm: 0 ()\n3. Since when?" in text


@pytest.mark.parametrize("emptied", [0, 1, 2])
async def test_a_question_of_a_draft_is_removed_by_emptying_it(stage: Stage, emptied: int) -> None:
    form = (await stage.press("U-anna", buttons(await a_survey(stage))["Change"])).form
    for _ in range(emptied):
        form = (await stage.send("U-anna", form, then="question")).form
    assert form is not None
    assert "Empty it to remove" in str(getattr(form.fields[0], "hint", ""))
    after = (await stage.send("U-anna", form, question="", then="question")).form
    assert after is not None
    shown = ["How?", "Why?", ""][emptied]
    assert filling(after.fields[0]) == shown
    again = {} if shown else {"question": "Since when?", "options": "May\nJune"}
    draft = read_aloud((await stage.send("U-anna", after, **again, then="draft")).whisper)
    names = ("Tea?", "How?", "Why?")
    assert [name in draft for name in names] == [number != emptied for number in range(3)]


async def test_the_only_question_of_a_draft_is_not_removed(stage: Stage) -> None:
    form = (await stage.press("U-anna", buttons(await a_draft(stage))["Change"])).form
    assert "question" in (await stage.send("U-anna", form, question="", then="draft")).problems
