"""Polls are listed, found and run by those who may, and by nobody else."""

import asyncio
import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from adapters.slack import render as slack
from adapters.teams import render as teams
from bot.core.cards import Button, Card
from bot.core.directory import store as directory
from bot.core.interactions import Answer, Click, Command, Submission
from bot.core.people import Profile
from bot.core.rich import Mention, plain
from bot.core.texts import Texts
from bot.polls.cards import managing
from bot.polls.cards.handing import take
from bot.polls.cards.listing import EXAMPLES, Line, Page, polls
from bot.polls.model.definition import Promise, Question
from bot.polls.model.poll import Poll
from bot.polls.service.listing import MOST
from bot.polls.store import asking
from bot.polls.store.tables import ballots
from tests.adapters.slack.limits import fit
from tests.bot.polls.test_kinds import ballot
from tests.bot.stage import MONDAY, Stage, buttons, read_aloud

LUNCH = '/poll "Lunch on Friday?" "Pizza" "Sushi"'


async def menu(stage: Stage, account: str) -> dict[str, Button]:
    """What somebody finds behind the newest poll's More."""
    answer = await stage.press(account, buttons(await ballot(stage))["More"])
    assert isinstance(answer.whisper, Card)
    return buttons(answer.whisper)


class Stranger:
    """An admin of another organisation, who knows numbers and addresses."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._origin = replace(stage.origin("U-mallory"), workspace="W2")

    async def arrive(self) -> None:
        profile = Profile(account="U-mallory", name="Mallory", admin=True)
        await self._stage.run(lambda c: directory.learn(c, directory.workspace(c, "stage", "W2"), profile))

    async def type(self, line: str) -> Answer:
        return await self._stage.engine.handle(Command(self._origin, "poll", line))

    async def press(self, address: str, value: str) -> Answer:
        return await self._stage.engine.handle(Click(self._origin, address, value))

    async def send(self, address: str, state: str, **values: str) -> Answer:
        return await self._stage.engine.handle(Submission(self._origin, address, values, state))


def silent(answer: Answer) -> bool:
    """Whether an answer tells nothing of the poll, nor who asked it."""
    said = read_aloud(answer.whisper) if answer.whisper else ""
    return not (answer.form or answer.replace or answer.own) and "Lunch" not in said and "Ben" not in said


async def test_nobody_of_another_organisation_sees_or_changes_a_poll_by_its_number(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --add-options")
    await stage.press("U-ben", buttons(await ballot(stage))["Pizza"])
    before = read_aloud(await ballot(stage))
    stranger = Stranger(stage)
    await stranger.arrive()
    for address in sorted(stage.engine.addresses()):
        if address.startswith("polls.") and address not in {"polls.poll", "polls.template"}:
            for value in ("1", "1:0", "1:1"):
                assert silent(await stranger.press(address, value)), address
    assert read_aloud(await ballot(stage)) == before


async def test_nobody_of_another_organisation_changes_a_poll_by_a_form(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --add-options")
    await a_draft(stage, "U-ben", "Lunch tomorrow?")
    before = read_aloud(await ballot(stage)), read_aloud(await listed(stage, "U-ben"))
    stranger = Stranger(stage)
    await stranger.arrive()
    values = {"question": "Dinner?", "options": "A\nB", "options0": "A\nB", "option": "C", "place": "<#C-evil>"}
    given = values | {"answer": "0", "every": "Mon 9:00", "then": "draft"}
    for address in sorted(stage.engine.addresses() - {"polls.create"}):
        if address.startswith("polls.") and address.partition(".")[2] in stage.engine.features["polls"].forms:
            for number in (1, 2):
                state = json.dumps({"poll": number, "page": 0, "answers": [""]})
                assert silent(await stranger.send(address, state, **given)), address
    assert (read_aloud(await ballot(stage)), read_aloud(await listed(stage, "U-ben"))) == before
    refused = await stranger.send("polls.create", json.dumps({"poll": 2}), **given)
    assert silent(refused)
    assert read_aloud(await listed(stage, "U-ben")) == before[1]


async def test_no_form_asks_in_a_place_of_another_organisation(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    await a_draft(stage, "U-ben", "Draft?")
    stranger = Stranger(stage)
    await stranger.arrive()
    general = (await stage.planned())[0].place
    values = {"question": "Evil?", "options": "A\nB", "kind": "choice", "closes": "", "then": "ask"}
    await stranger.send("polls.create", json.dumps({"place": general, "poll": 0}), **values)
    await stranger.send("polls.create", json.dumps({"place": 999, "poll": 0}), **values)
    assert not [said for said in await stage.planned() if "Evil" in said.text]


@pytest.mark.parametrize("address", ["polls.vote", "polls.more", "polls.peek", "polls.close", "polls.answer"])
@pytest.mark.parametrize("value", ["", "x", "1x:0", "9" * 40, "-1:0"])
async def test_a_button_with_a_number_that_is_none_is_refused(stage: Stage, address: str, value: str) -> None:
    refusal = await stage.press("U-ben", Button("", address, value))
    assert "not there any more" in read_aloud(refusal.whisper)


async def test_a_poll_of_a_channel_that_one_is_not_in_is_not_seen_by_its_number(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH, place="C-board")
    for address in ("polls.more", "polls.peek", "polls.voters"):
        assert silent(await stage.press("U-chen", Button("", address, "1"))), address


async def test_what_is_not_open_yet_is_seen_by_its_author_alone(stage: Stage) -> None:
    form = (await stage.type("U-ben", "/poll")).form
    await stage.send("U-ben", form, question="Lunch?", options="Pizza\nSushi", then="draft")
    for address in ("polls.more", "polls.peek", "polls.voters", "polls.launch", "polls.discard"):
        refusal = await stage.press("U-chen", Button("", address, "1"))
        assert "Lunch" not in read_aloud(refusal.whisper)


async def test_a_closed_poll_is_opened_again_and_its_outcome_is_said_again(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --close 2h")
    await stage.press("U-chen", buttons(await ballot(stage))["Pizza"])
    stage.clock.move(hours=2)
    await stage.tick()
    assert "Reopen" not in await menu(stage, "U-chen")
    reopened = await stage.press("U-ben", (await menu(stage, "U-ben"))["Reopen"])
    assert "open again" in read_aloud(reopened.whisper)
    await stage.press("U-dora", buttons(await ballot(stage))["Sushi"])
    assert "Pizza: 1 (Chen)\nSushi: 1 (Dora)" in read_aloud(await ballot(stage))
    stage.clock.move(days=3)
    await stage.tick()
    outcomes = {said.key: said.text for said in await stage.planned() if said.drawing == "polls.outcome"}
    assert len(outcomes) == 2
    assert all("ended in a tie" in text for text in outcomes.values())


async def test_a_secret_poll_is_not_opened_again(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --secret")
    await stage.press("U-ben", (await menu(stage, "U-ben"))["Close poll"])
    assert "Reopen" not in await menu(stage, "U-ben")
    refusal = await stage.press("U-ben", Button("", "polls.reopen", "1"))
    assert "counted once and for all" in read_aloud(refusal.whisper)


@pytest.mark.parametrize("address", ["polls.close", "polls.reopen", "polls.edit", "polls.repeat", "polls.elsewhere"])
async def test_only_those_who_run_a_poll_run_it(stage: Stage, address: str) -> None:
    await stage.type("U-ben", LUNCH)
    assert "Only Ben or a communicator" in read_aloud((await stage.press("U-chen", Button("", address, "1"))).whisper)


@pytest.mark.parametrize(
    "address", ["polls.edit", "polls.elsewhere", "polls.add", "polls.question", "polls.settings", "polls.rhythm"]
)
@pytest.mark.parametrize("state", ["", "[]", "{}", '{"poll": "x"}', '{"poll": 1}', '{"poll": 9}'])
async def test_a_form_that_was_tampered_with_changes_nothing(stage: Stage, address: str, state: str) -> None:
    await stage.type("U-ben", LUNCH)
    before = read_aloud(await ballot(stage))
    values = {"question": "Dinner?", "options0": "A\nB", "place": "<#C-general>"}
    origin = stage.origin("U-chen")
    refusal = await stage.engine.handle(Submission(origin, address, values, state))
    assert refusal.whisper
    assert read_aloud(await ballot(stage)) == before


async def test_words_are_edited_for_a_quarter_of_an_hour_with_a_mark(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    await stage.press("U-chen", buttons(await ballot(stage))["Pizza"])
    edit = (await menu(stage, "U-ben"))["Edit"]
    form = (await stage.press("U-ben", edit)).form
    done = await stage.send("U-ben", form, question="Lunch on Monday?", options0="Pasta\nSushi")
    assert "edited" in read_aloud(done.whisper)
    text = read_aloud(await ballot(stage))
    assert text.startswith("Lunch on Monday?\nPasta: 1 (Chen)\nSushi: 0 ()")
    assert "· edited ·" in text
    stage.clock.move(minutes=15)
    assert "Edit" not in await menu(stage, "U-ben")
    late = await stage.send("U-ben", form, question="Lunch on Tuesday?")
    assert "15 minutes" in read_aloud(late.whisper)
    assert read_aloud(await ballot(stage)) == text


@pytest.mark.parametrize(
    ("words", "field", "sentence"),
    [
        ({"options0": "Pizza"}, "options0", "keep the 2 options"),
        ({"options0": "Pizza\nSushi\nSoup"}, "options0", "keep the 2 options"),
        ({"options0": "Pizza\nPIZZA"}, "options0", "stands there twice"),
        ({"question": "?" * 301}, "question", "300 characters"),
        ({"question": " "}, "question", "needs a question"),
    ],
)
async def test_wrong_words_keep_the_form_open(stage: Stage, words: dict[str, str], field: str, sentence: str) -> None:
    await stage.type("U-ben", LUNCH)
    form = (await stage.press("U-ben", (await menu(stage, "U-ben"))["Edit"])).form
    assert sentence in (await stage.send("U-ben", form, **words)).problems[field]
    assert "edited" not in read_aloud(await ballot(stage))


async def test_saving_without_a_change_leaves_no_mark_and_keeps_mentions(stage: Stage) -> None:
    await stage.type("U-ben", '/poll "Shall <@U-anna> sing?" "Yes" "No"')
    form = (await stage.press("U-ben", (await menu(stage, "U-ben"))["Edit"])).form
    await stage.send("U-ben", form)
    assert "edited" not in read_aloud(await ballot(stage))
    await stage.send("U-ben", form, options0="Yes\nNever")
    assert read_aloud(await ballot(stage)).startswith("Shall @Anna sing?\nYes: 0 ()\nNever: 0 ()")


async def test_the_longest_options_fit_the_form(stage: Stage) -> None:
    options = [f"{number:02d}{'x' * 148}" for number in range(30)]
    await stage.type("U-ben", '/poll "Which?" ' + " ".join(f'"{option}"' for option in options))
    form = (await stage.press("U-ben", (await menu(stage, "U-ben"))["Edit"])).form
    assert not (await stage.send("U-ben", form, question="Which one?")).problems
    assert f"{options[29]}: 0" in read_aloud(await ballot(stage))


async def test_questions_of_a_survey_are_edited_one_after_another(stage: Stage) -> None:
    form = (await stage.type("U-ben", "/poll")).form
    second = (await stage.send("U-ben", form, question="Tea?", options="Green\nBlack", then="question")).form
    await stage.send("U-ben", second, question="Why?", kind="text", then="ask")
    page = (await stage.press("U-ben", (await menu(stage, "U-ben"))["Edit"])).form
    page = (await stage.send("U-ben", page, question="Coffee?")).form
    await stage.send("U-ben", page, question="How come?")
    text = read_aloud(await ballot(stage))
    assert "1. Coffee?" in text
    assert "2. How come?" in text


async def test_a_promise_becomes_stronger_before_the_first_vote(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    form = (await stage.press("U-ben", (await menu(stage, "U-ben"))["Edit"])).form
    await stage.send("U-ben", form, promise="secret")
    card = await ballot(stage)
    assert "Secret: nobody can tell" in read_aloud(card)
    assert buttons(card)["Pizza"].address == "polls.seal"
    await stage.press("U-chen", buttons(card)["Pizza"])
    assert "1 vote" in read_aloud(await ballot(stage))


async def test_a_promise_becomes_no_weaker(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --confidential")
    form = (await stage.press("U-ben", (await menu(stage, "U-ben"))["Edit"])).form
    assert form is not None
    promise = next(field for field in form.fields if field.id == "promise")
    assert [option.value for option in promise.options] == ["confidential", "secret"]  # type: ignore[union-attr]
    forged = await stage.send("U-ben", form, promise="open")
    assert "stronger" in forged.problems["promise"]
    assert "Confidential" in read_aloud(await ballot(stage))


@pytest.mark.parametrize("flags", ["", "--confidential", "--secret"])
@pytest.mark.parametrize("forged", [{"promise": "open"}, {"promise": "secret"}, {"showing": "after-vote"}])
async def test_what_was_promised_stays_from_the_first_vote_on(stage: Stage, flags: str, forged: dict[str, str]) -> None:
    await stage.type("U-ben", f"{LUNCH} {flags}")
    early = (await stage.press("U-ben", (await menu(stage, "U-ben"))["Edit"])).form
    await stage.press("U-chen", buttons(await ballot(stage))["Pizza"])
    if flags != "--secret":
        await stage.press("U-chen", (await menu(stage, "U-chen"))["Take back my vote"])
    before = read_aloud(await ballot(stage))
    late = (await stage.press("U-ben", (await menu(stage, "U-ben"))["Edit"])).form
    assert late is not None
    assert {field.id for field in late.fields} == {"question", "options0"}
    for form in (early, late):
        await stage.send("U-ben", form, **forged)
        assert read_aloud(await ballot(stage)) == before


async def test_a_vote_and_a_new_promise_at_once_leave_no_name_beside_a_secret_vote(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    form = (await stage.press("U-ben", (await menu(stage, "U-ben"))["Edit"])).form
    pizza = buttons(await ballot(stage))["Pizza"]
    voters = [stage.press(account, pizza) for account in ("U-anna", "U-chen", "U-dora")]
    await asyncio.gather(voters[0], stage.send("U-ben", form, promise="secret"), *voters[1:])
    poll = await stage.run(lambda c: asking.find(c, 1))
    named = await stage.run(lambda c: c.execute(sa.select(sa.func.count()).select_from(ballots)).scalar_one())
    assert poll is not None
    assert (poll.promise is Promise.SECRET) == (named == 0)


async def test_a_poll_is_repeated_with_all_there_is_to_it(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --confidential --close 2h")
    form = (await stage.type("U-ben", "/poll repeat 1")).form
    stage.clock.move(minutes=5)
    assert not (await stage.send("U-ben", form)).problems
    stage.clock.move(hours=1, minutes=54)
    await stage.tick()
    assert read_aloud(await ballot(stage)).startswith("Lunch on Friday?\nPizza: 0 ()")
    assert "Confidential" in read_aloud(await ballot(stage))
    stage.clock.move(minutes=2)
    await stage.tick()
    assert len([said for said in await stage.planned() if said.drawing == "polls.outcome"]) == 2


async def test_a_poll_with_more_than_a_form_shows_is_repeated_as_a_draft(stage: Stage) -> None:
    await stage.type("U-ben", '/poll "Days?" "Mon" "Tue" "Wed" --multi 2 --add-options --close 2h')
    again = await stage.press("U-ben", (await menu(stage, "U-ben"))["Repeat"])
    assert "Your draft" in read_aloud(again.whisper)
    stage.clock.move(days=30)
    refused = await stage.press("U-ben", buttons(again.whisper)["Ask it now"])
    assert refused.replace or refused.form
    asked = await stage.type("U-ben", "/poll repeat 1")
    await stage.press("U-ben", buttons(asked.whisper)["Ask it now"])
    card = await ballot(stage)
    assert "choose up to 2" in read_aloud(card)
    assert "Add an option" in buttons(card)


async def test_a_poll_is_asked_in_another_channel_with_one_count(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    pizza = buttons(await ballot(stage))["Pizza"]
    await stage.press("U-chen", pizza)
    form = (await stage.press("U-ben", (await menu(stage, "U-ben"))["Ask in another channel"])).form
    assert "already" in (await stage.send("U-ben", form, place="<#C-general>")).problems["place"]
    assert "Choose the channel" in (await stage.send("U-ben", form, place="")).problems["place"]
    await stage.send("U-ben", form, place="<#C-social>")
    cards = [said for said in await stage.planned() if said.drawing == "polls.ballot"]
    assert len({said.place for said in cards}) == 2
    await stage.press("U-dora", pizza)
    assert {"Pizza: 2 (Chen and Dora)" in said.text for said in await stage.planned()} == {True}


async def listed(stage: Stage, account: str, what: str = "list") -> Card:
    answer = await stage.type(account, f"/poll {what}")
    assert answer.whisper is not None
    return answer.whisper


async def a_draft(stage: Stage, account: str, question: str) -> None:
    form = (await stage.type(account, "/poll", place="D-chat")).form
    await stage.send(account, form, question=question, options="A\nB", then="draft", place="<#C-general>")


async def test_a_list_has_what_one_runs_or_takes_part_in(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Voted?" "Yes" "No" --close 2h')
    await stage.press("U-ben", buttons(await ballot(stage))["Yes"])
    await stage.type("U-anna", '/poll "Board?" "Yes" "No"', place="C-board")
    await stage.type("U-ben", '/poll "Later?" "Yes" "No" --start 1h')
    await a_draft(stage, "U-ben", "Draft?")
    await a_draft(stage, "U-chen", "Not yours?")
    text = read_aloud(await listed(stage, "U-ben"))
    titles = [line for line in text.splitlines() if line.startswith("#")]
    assert titles == ["#1 Voted?", "#3 Later?", "#4 Draft?"]
    assert "open, closes Mon, 23 Nov, 11:00 GMT · 1 vote · asked by @Anna" in text
    assert "opens Mon, 23 Nov, 10:00" in text
    stage.clock.move(days=5)
    await stage.tick()
    assert "closed Sat, 28 Nov" in read_aloud(await listed(stage, "U-ben"))
    stage.clock.move(days=31)
    assert "Voted?" not in read_aloud(await listed(stage, "U-ben"))


async def test_a_poll_of_this_channel_is_in_the_list_of_whoever_is_there(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH)
    assert "#1 Lunch on Friday?" in read_aloud(await listed(stage, "U-chen"))
    elsewhere = await stage.type("U-chen", "/poll list", place="D-chen")
    assert "No polls right now" in read_aloud(elsewhere.whisper)


async def test_each_poll_of_a_list_has_what_fits_it(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    assert list(buttons(await listed(stage, "U-ben"))) == ["Results", "Edit", "Repeat", "Close poll", "More"]
    assert list(buttons(await listed(stage, "U-chen"))) == ["Results", "More"]
    close = buttons(await listed(stage, "U-ben"))["Close poll"]
    assert close.spoken == "Close poll: Lunch on Friday?"
    assert "closed now" in read_aloud((await stage.press("U-ben", close)).whisper)
    assert list(buttons(await listed(stage, "U-ben"))) == ["Results", "Repeat", "More"]
    await a_draft(stage, "U-chen", "Draft?")
    assert list(buttons(await listed(stage, "U-chen")))[:3] == ["Ask it now", "Change", "Show"]
    shown = await stage.press("U-chen", buttons(await listed(stage, "U-chen"))["Show"])
    assert "Throw away" in buttons(shown.whisper)


async def test_what_is_scheduled_is_shown_with_its_dates(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + ' --every "Mon 10:00"')
    show = buttons(await listed(stage, "U-ben"))["Show"]
    assert "Skip the next" in buttons((await stage.press("U-ben", show)).whisper)
    refusal = await stage.press("U-chen", show)
    assert "Only Ben" in read_aloud(refusal.whisper)


async def test_a_list_says_what_comes_again_and_what_is_paused(stage: Stage) -> None:
    card = (await stage.type("U-ben", LUNCH + ' --every "Mon 10:00"')).whisper
    assert "opens Mon, 23 Nov, 10:00 GMT · comes again" in read_aloud(await listed(stage, "U-ben"))
    await stage.press("U-ben", buttons(card)["Pause"])
    assert read_aloud(await listed(stage, "U-ben")) == "Your polls\n#1 Lunch on Friday?\npaused"
    await stage.type("U-ben", '/poll "Tea?" "Yes" "No" --start 2h')
    assert "opens Mon, 23 Nov, 11:00 GMT\n" in read_aloud(await listed(stage, "U-ben"))


async def test_a_list_offers_to_schedule_a_draft_that_opens_later(stage: Stage) -> None:
    form = (await stage.type("U-ben", "/poll")).form
    settings = (await stage.send("U-ben", form, question="Tea?", options="A\nB", then="more")).form
    await stage.send("U-ben", settings, opens="2026-11-27T09:00:00+00:00", then="draft")
    offered = buttons(await listed(stage, "U-ben"))
    assert "Ask it now" not in offered
    scheduled = (await stage.press("U-ben", offered["Schedule it"])).replace
    assert "Opens Fri, 27 Nov, 09:00 GMT." in read_aloud(scheduled)
    assert "Ask it now" in buttons(await listed(stage, "U-ben"))


async def test_communicators_list_everybodys_polls(stage: Stage) -> None:
    await stage.type("U-ben", '/poll "Board?" "Yes" "No"', place="C-board")
    await a_draft(stage, "U-ben", "Draft?")
    refusal = await listed(stage, "U-chen", "list all")
    assert "for communicators" in read_aloud(refusal)
    text = read_aloud(await listed(stage, "U-anna", "list all"))
    assert "#1 Board?" in text
    assert "asked by @Ben" in text
    assert "Draft?" not in text
    stranger = Stranger(stage)
    await stranger.arrive()
    assert "Board?" not in read_aloud((await stranger.type("list all")).whisper)


async def test_a_list_has_twelve_polls_those_that_run_first_and_says_how_many_more_there_are(stage: Stage) -> None:
    for number in range(17):
        await stage.type("U-ben", f'/poll "{number} {"Well? " * 40}" "Yes" "No"')
    text = read_aloud(await listed(stage, "U-ben"))
    titles = [line for line in text.splitlines() if line.startswith("#")]
    assert (len(titles), titles[0][:6]) == (12, "#17 16")
    assert text.endswith("and 5 more polls")
    assert all(len(title) <= 64 and title.endswith("…") for title in titles)


def titles(card: Card | None) -> list[str]:
    """The numbers of the polls in a list."""
    return [line.split()[0] for line in read_aloud(card).splitlines() if line.startswith("#")]


async def test_a_list_is_leafed_through_to_its_end_and_back(stage: Stage) -> None:
    for number in range(14):
        await stage.type("U-ben", f'/poll "{number}?" "Yes" "No"')
    first = await listed(stage, "U-ben")
    assert "Back" not in buttons(first)
    second = (await stage.press("U-ben", buttons(first)["Show more"])).replace
    assert titles(second) == ["#2", "#1"]
    assert read_aloud(second).startswith("Your polls, page 2")
    assert "Show more" not in buttons(second)
    assert (await stage.press("U-ben", buttons(second)["Back"])).replace == first


async def test_further_pages_have_the_polls_of_the_channel_they_are_read_in(stage: Stage) -> None:
    for number in range(14):
        await stage.type("U-anna", f'/poll "{number}?" "Yes" "No"')
    first = await listed(stage, "U-ben")
    second = (await stage.press("U-ben", buttons(first)["Show more"])).replace
    assert (len(titles(first)), titles(second)) == (12, ["#2", "#1"])


async def test_who_leafs_through_everybodys_polls_is_a_communicator_still(stage: Stage) -> None:
    for number in range(13):
        await stage.type("U-ben", f'/poll "{number}?" "Yes" "No"', place="C-board")
    on = buttons(await listed(stage, "U-anna", "list all"))["Show more"]
    assert titles((await stage.press("U-anna", on)).replace) == ["#1"]
    assert "for communicators" in read_aloud((await stage.press("U-chen", on)).whisper)


@pytest.mark.parametrize("value", ["", "1", ":-1", ":x", "some:1", ":" + "9" * 30])
async def test_a_page_that_nobody_offered_is_refused(stage: Stage, value: str) -> None:
    refusal = await stage.press("U-ben", Button("Show more", "polls.browse", value))
    assert "not there any more" in read_aloud(refusal.whisper)


async def test_a_page_that_has_emptied_meanwhile_is_the_first(stage: Stage) -> None:
    await stage.type("U-ben", '/poll "Tea?" "Yes" "No"')
    shown = (await stage.press("U-ben", Button("Show more", "polls.browse", ":7"))).replace
    assert shown == await listed(stage, "U-ben")


@pytest.mark.parametrize("line", ["help", "lst", "status 12"])
async def test_whoever_needs_help_gets_examples(stage: Stage, line: str) -> None:
    text = read_aloud((await stage.type("U-ben", f"/poll {line}")).whisper)
    assert "--ranked" in text
    assert ("I do not know" in text) == (line != "help")


async def test_every_example_of_the_help_works(stage: Stage) -> None:
    for _, example in EXAMPLES:
        line = example.replace("#social", "<#C-social>").replace("@design", "everybody")
        answer = await stage.type("U-ben", line)
        assert answer.form is None, line


def test_the_longest_list_fits_every_platform() -> None:
    now, t = MONDAY, Texts("de", "Europe/Berlin")
    offers = (managing.edit, managing.repeat, managing.close, managing.elsewhere, take, managing.add)
    question = (Question("\u0436" * 300),)
    asked = [
        Poll(id=10**6 + number, workspace=1, author=2, questions=question, drafted_at=now, opened_at=now)
        for number in range(MOST)
    ]
    lines = [
        Line(
            poll,
            plain(poll.title),
            100_000,
            [offer(t, poll) for offer in offers],
            Mention("\u0416" * 40, "U12345678"),
            left=True,
        )
        for poll in asked
    ]
    card = polls(t, lines, Page(everybody=True, number=10, more=100))
    fit(slack.message(card)["blocks"])
    # What is too large for Teams loses its end.
    assert str(asked[-1].id) in json.dumps(teams.adaptive(card))
    assert teams.size(teams.adaptive(card)) <= teams.LARGEST
