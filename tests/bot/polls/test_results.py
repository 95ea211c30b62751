"""Results as somebody gets them who asks for them: on a card, by group, as tables and as pictures."""

import csv
import io
import json
import re
from dataclasses import replace
from zipfile import ZipFile

import pytest
from PIL import Image

from adapters.slack import render
from bot.core.cards import Button, Card, Chart, Prose, Select
from bot.core.database import Connection
from bot.core.directory import members
from bot.core.directory import store as directory
from bot.core.errors import Refused
from bot.core.interactions import Answer
from bot.core.links import File
from bot.core.people import Profile, Role
from bot.core.places import WorkspaceSettings
from bot.core.rich import Link
from bot.core.texts import Texts
from bot.polls.service import results
from bot.polls.store import asking, voting
from tests.bot.stage import Stage, buttons, read_aloud

CREW = tuple(f"U-{number}" for number in range(6))
LUNCH = '/poll "Lunch?" "Pizza" "Sushi"'
FACES = '/poll "Trust us?" "Yes" "No" --confidential --results after-close'
RANKINGS = ("0,1,2", "0,2,1", "1,2,0", "1,2,0", "2,1,0")


async def ballot(stage: Stage) -> Card:
    said = [said for said in await stage.planned() if said.drawing == "polls.ballot"][-1]
    assert isinstance(said.card, Card)
    return said.card


async def press(stage: Stage, *votes: tuple[str, str]) -> None:
    for account, option in votes:
        await stage.press(account, buttons(await ballot(stage))[option])


async def fill(stage: Stage, account: str, **values: str) -> None:
    """Vote by a form of one page."""
    (opens,) = [button for button in buttons(await ballot(stage)).values() if button.address == "polls.answer"]
    form = (await stage.press(account, opens)).form
    assert not (await stage.send(account, form, **values)).problems


async def close(stage: Stage) -> None:
    """Three days later the poll looks at its figures and closes."""
    stage.clock.move(days=4)
    for _ in range(2):
        await stage.tick()


async def told(stage: Stage, line: str, account: str = "U-anna") -> str:
    return read_aloud((await stage.type(account, line)).whisper)


async def colleagues(stage: Stage, *titles: str, locale: str = "") -> list[str]:
    """People with job titles, one each."""
    accounts = [f"U-{title.casefold()}-{number}" for number, title in enumerate(titles)]
    for account, title in zip(accounts, titles, strict=True):
        await stage.learn(Profile(account=account, name=account.removeprefix("U-"), title=title, locale=locale))
    return accounts


async def roster(stage: Stage, *accounts: str) -> None:
    """Let it be known who is in the channel of the newest poll."""

    def learn(connection: Connection) -> None:
        workspace = directory.workspace(connection, "stage", "W1")
        place = directory.place_at(connection, workspace, "C-general")
        members.want(connection, [place.id], stage.clock.now().replace(year=2027))
        members.enter(connection, place, accounts, ())
        members.learnt(connection, place.id, stage.clock.now())

    await stage.run(learn)


def links(answer: Answer) -> dict[str, Link]:
    assert answer.whisper is not None, answer
    spans = [span for part in answer.whisper.parts if isinstance(part, Prose) for span in part.text]
    return {span.text: span for span in spans if isinstance(span, Link)}


async def export(stage: Stage, line: str, kind: str, account: str = "U-anna") -> File:
    file = await stage.download(links(await stage.type(account, line))[kind])
    assert file is not None
    return file


def rows(file: File) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.content.decode())))


async def test_results_of_a_ranking_show_its_rounds_and_points(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Where to?" "Lisbon" "Oslo" "Rome" --ranked')
    for account, ranks in zip(CREW, RANKINGS, strict=False):
        await fill(stage, account, **{f"rank{place}": each for place, each in enumerate(ranks.split(","), start=1)})
    text = await told(stage, "/poll results 1")
    assert "Round 1: Lisbon 2, Oslo 2, and Rome 1. Out: Rome.\nRound 2: Lisbon 2 and Oslo 3." in text
    assert "Borda points: Oslo 6, Rome 5, and Lisbon 4." in text
    assert text.endswith("5 people voted")


async def test_a_rating_shows_its_average_and_median_and_an_nps_its_camps(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "How was it?" --rating')
    await press(stage, ("U-ben", "5"), ("U-chen", "4"), ("U-dora", "1"))
    text = await told(stage, "/poll results 1")
    assert "Average 3.3 of 5\nMedian 4" in text
    await stage.type("U-anna", '/poll "Recommend?" --nps')
    await press(stage, ("U-ben", "10"), ("U-chen", "8"), ("U-dora", "0"))
    assert "1 promoter (9 and 10), 1 passive (7 and 8), 1 detractor (0 to 6)" in await told(stage, "/poll results 2")
    await press(stage, ("U-dora", "10"))
    german = await told(stage, "/poll results 2", "U-dora")
    assert "2 Promotoren (9 und 10), 1 passive Stimme (7 und 8), 0 kritische Stimmen (0 bis 6)" in german


async def test_whoever_has_any_answer_in_a_survey_has_voted_and_each_question_counts_its_own(stage: Stage) -> None:
    form = (await stage.type("U-anna", "/poll")).form
    form = (await stage.send("U-anna", form, question="Tea?", options="Green\nBlack", then="question")).form
    form = (await stage.send("U-anna", form, question="Cups?", kind="rating", then="question")).form
    await stage.send("U-anna", form, question="Why?", kind="text", then="ask")
    said = {
        "U-anna": ("0", "4", "It is Green"),
        "U-ben": (None, "3", None),
        "U-chen": (None, None, "it is  green!"),
        "U-dora": ("1", None, None),
        "U-emil": ("1", "4", "Withdrawn"),
    }
    for account, answers in said.items():
        form = (await stage.press(account, buttons(await ballot(stage))["Answer 3 questions"])).form
        for answer in answers:
            given = {} if answer is None else {"answer": answer}
            form = (await stage.send(account, form, **given)).form
    await stage.press("U-emil", Button("Take back my vote", "polls.withdraw", "1"))
    text = await told(stage, "/poll results 1")
    assert "Green: 1 (Anna)\nBlack: 1 (Dora)" in text
    assert "Average 4.5 of 5\nMedian 4.5" in text
    assert "Why?\n“It is Green” (2)\n" in text
    assert text.endswith("4 people voted")


async def test_the_texts_of_all_questions_of_a_survey_fit_one_message_of_slack(stage: Stage) -> None:
    questions = ("Why?", "What for?", "What else?")
    form = (await stage.type("U-anna", "/poll")).form
    for question in questions:
        then = "question" if question != questions[-1] else "ask"
        form = (await stage.send("U-anna", form, question=question, kind="text", then=then)).form
    people = [await stage.person(f"U-writer{number}") for number in range(45)]

    def write(connection: Connection) -> None:
        poll = asking.find(connection, 1)
        assert poll is not None
        words = {each.id: tuple(f"{question} {each.id}" for question in questions) for each in people}
        voting.cast(connection, poll, words, stage.clock.now())

    await stage.run(write)
    card = (await stage.type("U-anna", "/poll results 1")).whisper
    assert card is not None
    written = json.dumps(render.message(card), ensure_ascii=False)
    assert all(f"“{question}" in written for question in questions)
    assert written.count("and 34 more answers") == len(questions)
    assert "45 people voted" in written


async def test_numbers_are_written_as_people_write_them() -> None:
    assert Texts("en", "UTC").many("{count} vote", "{count} votes", 100_000) == "100,000 votes"
    assert Texts("de", "UTC").many("{count} vote", "{count} votes", 100_000) == "100.000 Stimmen"


async def test_a_chart_stands_in_the_results_and_names_below_it(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH)
    await press(stage, ("U-ben", "Pizza"))
    card = (await stage.type("U-anna", "/poll results")).whisper
    assert card is not None
    (chart,) = [part for part in card.parts if isinstance(part, Chart)]
    assert [(bar.label, bar.count) for bar in chart.bars] == [("Pizza", 1), ("Sushi", 0)]
    assert "Pizza: Ben" in read_aloud(card)


async def test_who_has_not_voted_is_counted_and_named_for_the_author_alone(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH + " --results after-close")
    await roster(stage, "U-anna", "U-ben", "U-chen", "U-dora")
    await press(stage, ("U-chen", "Pizza"))
    text = await told(stage, "/poll results 1", "U-ben")
    assert "You will see the results once the poll has closed." in text
    assert text.endswith("1 of 4 people asked have voted\nNot voted: Anna, Ben, and Dora")
    others = await told(stage, "/poll results 1")
    assert "1 of 4 people asked have voted" in others
    assert "Not voted" not in others


async def test_as_many_are_named_as_are_missing_also_where_the_author_is_one_of_them(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    await roster(stage, "U-anna", "U-ben")
    assert (await told(stage, "/poll results 1", "U-ben")).endswith(
        "0 of 2 people asked have voted\nNot voted: Anna and Ben"
    )
    await press(stage, ("U-ben", "Pizza"))
    assert (await told(stage, "/poll results 1", "U-ben")).endswith("1 of 2 people asked have voted\nNot voted: Anna")


async def test_of_very_many_voters_it_is_told_how_many_were_asked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.type("U-ben", LUNCH)
    await roster(stage, "U-anna", "U-ben", "U-chen")
    await press(stage, ("U-chen", "Pizza"), ("U-dora", "Pizza"))
    assert "1 of 3 people asked have voted · 2 people voted" in await told(stage, "/poll results 1", "U-ben")
    monkeypatch.setattr(results, "MATCHED", 1)
    assert "2 people voted · 3 people were asked" in await told(stage, "/poll results 1", "U-ben")


async def test_a_confidential_poll_counts_who_has_not_voted_and_a_secret_one_does_not(stage: Stage) -> None:
    for promise in ("--confidential", "--secret"):
        await stage.type("U-ben", f"{LUNCH} {promise}")
    await roster(stage, "U-anna", "U-ben")
    assert (await told(stage, "/poll results 1", "U-ben")).endswith("0 of 2 people asked have voted")
    assert (await told(stage, "/poll results 2", "U-ben")).endswith("0 people voted")


async def quiz(stage: Stage, promise: str) -> Card:
    """Ask a quiz of two questions, of which Ben knows both and Chen one; the results as Ben sees them."""
    await stage.type("U-anna", f'/poll "Capital of Australia?" "Sydney" "Canberra" --quiz Canberra {promise}')
    poll = await stage.run(lambda c: asking.find(c, 1))
    assert poll is not None
    await stage.run(lambda c: asking.change(c, replace(poll, questions=poll.questions * 2)))
    for account, answers in (("U-ben", "11"), ("U-chen", "10")):
        form = (await stage.press(account, buttons(await ballot(stage))["Answer 2 questions"])).form
        for answer in answers:
            form = (await stage.send(account, form, answer=answer)).form
    assert "right" not in await told(stage, "/poll results 1", "U-ben")
    await close(stage)
    card = (await stage.type("U-ben", "/poll results 1")).whisper
    assert card is not None
    return card


async def test_a_quiz_tells_who_knew_ones_own_score_and_the_best(stage: Stage) -> None:
    text = read_aloud(await quiz(stage, ""))
    assert "Right: Canberra. 2 of 2 knew it." in text
    assert "Right: Canberra. 1 of 2 knew it." in text
    assert "You had 2 of 2 right.\nBest scores: Ben 2 and Chen 1." in text
    assert ["Chen", "Canberra", "Sydney", "1"] in [
        row[:4] for row in rows(await export(stage, "/poll export 1", "CSV"))
    ]


async def test_a_confidential_quiz_shows_nobody_elses_score(stage: Stage) -> None:
    text = read_aloud(await quiz(stage, "--confidential"))
    assert "You had 2 of 2 right." in text
    assert "Best scores" not in text


async def test_results_are_refused_of_a_poll_that_one_may_not_see(stage: Stage) -> None:
    await stage.type("U-anna", LUNCH, place="C-board")
    for line in ("/poll results 1", "/poll results 99", "/poll results lunch", "/poll export 1"):
        assert "I need the number of a poll that you can see" in await told(stage, line, "U-ben")
    assert "You have not asked a poll yet" in await told(stage, "/poll results", "U-ben")


async def test_an_open_poll_is_exported_with_names_answers_and_local_times(stage: Stage) -> None:
    await stage.type("U-dora", '/poll "Which days?" "Mon" "Tue" --multi')
    await press(stage, ("U-ben", "Tue"), ("U-ben", "Mon"), ("U-chen", "Tue"))
    file = await export(stage, "/poll export 1", "CSV", "U-dora")
    assert (file.name, file.media_type) == ("poll-1.csv", "text/csv")
    assert rows(file) == [
        ["Name", "Which days?", "Abgestimmt am (Europe/Berlin)"],
        ["Ben", "Mon; Tue", "2026-11-23T10:00:00+01:00"],
        ["Chen", "Tue", "2026-11-23T10:00:00+01:00"],
    ]
    read = json.loads((await export(stage, "/poll export 1 json", "JSON", "U-dora")).content)
    assert list(read) == ["Stimmen", "Summen", "Kennzahlen"]
    assert read["Summen"][1] == {"Frage": "Which days?", "Antwort": "Tue", "Stimmen": 2, "Anteil": 1.0}
    workbook = ZipFile(io.BytesIO((await export(stage, "/poll export xlsx", "Excel", "U-dora")).content))
    assert b"Chen" in b"".join(map(workbook.read, workbook.namelist()))


async def test_whoever_is_an_option_is_called_by_name_everywhere(stage: Stage) -> None:
    answer = await stage.type(
        "U-anna", '/poll "Who cooks?" "<@U-ben>" "in <#C-general>" --quiz 1 --explain "<@U-ben>!"'
    )
    assert answer.form is None
    await press(stage, ("U-ben", "@Ben"), ("U-chen", "in #general"), ("U-dora", "@Ben"))
    (more,) = [button for label, button in buttons(await ballot(stage)).items() if label == "More"]
    shown = [read_aloud((await stage.press("U-chen", more)).whisper), read_aloud(await ballot(stage))]
    await close(stage)
    shown += [each.text for each in await stage.planned()]
    shown += [await told(stage, line) for line in ("/poll results 1", "/poll results 1 --by title")]
    shown += [(await export(stage, "/poll export 1", kind)).content.decode() for kind in ("CSV", "JSON")]
    everything = "\n".join(shown)
    assert "<" not in everything
    assert "@Ben!" in everything
    assert "The right answer is @Ben" in everything
    assert "Right: @Ben" in everything
    assert all("@Ben" in file for file in shown[-2:])


async def test_whoever_is_an_option_is_called_by_name_in_drafts_forms_and_suggestions(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Order?" "<@U-ben>" "<@U-chen>" --ranked --add-options ask')
    pressed = buttons(await ballot(stage))
    form = (await stage.press("U-dora", pressed["Rank the options"])).form
    assert form is not None
    assert "@Ben" in str(form.fields)
    assert "<@" not in str(form.fields)
    suggesting = (await stage.press("U-dora", pressed["Add an option"])).form
    await stage.send("U-dora", suggesting, option="<@U-anna>")
    asked = next(said for said in await stage.planned("U-anna") if said.drawing == "polls.suggestion")
    assert "suggests an option for Order?: @Anna" in asked.text
    approved = await stage.press("U-anna", buttons(asked.card)["Approve"])
    assert "Approved: @Anna" in read_aloud(approved.replace)
    filled = (await stage.type("U-anna", '/poll "Who?" "<@U-ben>"')).form
    draft = (await stage.send("U-anna", filled, options="<@U-ben>\n<@U-chen>", then="draft")).whisper
    assert "@Ben · @Chen" in read_aloud(draft)


@pytest.mark.parametrize("promise", ["--confidential", "--secret"])
async def test_polls_that_hide_names_are_exported_as_totals_under_the_rules_of_the_card(
    stage: Stage, promise: str
) -> None:
    await stage.type("U-anna", f"{LUNCH} --results after-close {promise}")
    await press(stage, *((account, "Pizza") for account in CREW[:4]))
    assert "once the poll has closed" in await told(stage, "/poll export 1")
    await press(stage, *((account, "Sushi") for account in CREW[4:]))
    await close(stage)
    file = await export(stage, "/poll export 1", "CSV")
    assert rows(file)[1:] == [["Lunch?", "Pizza", "4", "0.6667"], ["Lunch?", "Sushi", "2", "0.3333"]]
    content = (await export(stage, "/poll export 1", "JSON")).content.decode()
    assert not re.search("U-[0-9]", content)


async def test_too_few_secret_votes_are_not_exported(stage: Stage) -> None:
    await stage.type("U-anna", f"{LUNCH} --secret")
    await press(stage, *((account, "Pizza") for account in CREW[:4]))
    await close(stage)
    assert "Too few people voted" in await told(stage, "/poll export 1")


async def test_only_those_who_run_a_poll_export_it_and_no_longer_than_they_do(stage: Stage) -> None:
    await stage.type("U-ben", LUNCH)
    await press(stage, ("U-chen", "Pizza"))
    assert "Only whoever asked the poll" in await told(stage, "/poll export 1", "U-chen")
    await stage.grant("U-chen", Role.COMMUNICATOR)
    link = links(await stage.type("U-chen", "/poll export 1"))["CSV"]
    assert await stage.download(link)
    chen = await stage.person("U-chen")
    await stage.run(lambda c: directory.revoke(c, chen, Role.COMMUNICATOR))
    with pytest.raises(Refused) as refusal:
        await stage.download(link)
    assert "Only whoever asked the poll" in str(refusal.value.sentence)


async def test_a_picture_is_for_whoever_sees_the_results(stage: Stage) -> None:
    await stage.type("U-anna", f"{LUNCH} --results after-vote")
    await press(stage, ("U-ben", "Pizza"))
    seen = (await stage.type("U-ben", "/poll results 1")).whisper
    file = await stage.download(links(await stage.press("U-ben", buttons(seen)["Picture"]))["Picture"])
    assert file is not None
    assert (file.name, file.media_type) == ("poll-1.png", "image/png")
    assert Image.open(io.BytesIO(file.content)).width == 1600
    refused = await stage.press("U-chen", buttons(seen)["Picture"])
    assert "once you have voted" in read_aloud(refused.whisper)


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ('/poll "Where to?" "Lisbon" "Oslo" "Rome" --ranked', [{"rank1": "0", "rank2": "1"}, {"rank1": "2"}]),
        ('/poll "What do we miss?" --text', [{"answer": "Tea"}, {"answer": "tea!"}]),
    ],
)
async def test_every_kind_has_a_picture(stage: Stage, line: str, answers: list[dict[str, str]]) -> None:
    await stage.type("U-anna", line)
    for account, values in zip(CREW, answers, strict=False):
        await fill(stage, account, **values)
    seen = (await stage.type("U-anna", "/poll results 1")).whisper
    file = await stage.download(links(await stage.press("U-anna", buttons(seen)["Picture"]))["Picture"])
    assert file is not None
    assert file.content.startswith(b"\x89PNG")


async def faces(stage: Stage, *titles: str, line: str = FACES) -> list[str]:
    """A poll in which people with these job titles vote: the first says no, the others yes."""
    accounts = await colleagues(stage, *titles)
    await stage.type("U-anna", line)
    await press(stage, *((account, "Yes" if number else "No") for number, account in enumerate(accounts)))
    return accounts


async def test_results_by_group_take_small_groups_together(stage: Stage) -> None:
    await faces(stage, *["Law"] * 6, *["Sales"] * 3, *["Art"] * 2)
    await close(stage)
    text = await told(stage, "/poll results 1 --by title")
    assert "Law (6): Yes 83% · No 17%\nOthers (5): Yes 100% · No 0%" in text
    assert "Sales" not in text


@pytest.mark.parametrize("line", ["1 \u2014by title", "1 \u2013\u2013by=title", "#1 --by Title", "--by title 1"])
async def test_results_by_group_are_typed_with_the_dashes_of_any_keyboard(stage: Stage, line: str) -> None:
    await faces(stage, *["Law"] * 6, *["Sales"] * 5)
    await close(stage)
    assert "Sales (5): Yes 100%" in await told(stage, f"/poll results {line}")
    assert "I can show results by title" in await told(stage, "/poll results 1 --by")


async def test_a_hidden_poll_is_shown_by_one_dimension_and_as_it_was_first_seen(stage: Stage) -> None:
    accounts = await faces(stage, *["Law"] * 6, *["Sales"] * 5)
    await close(stage)
    seen = (await stage.type("U-anna", "/poll results 1")).whisper
    assert seen is not None
    (select,) = [part for part in seen.parts if isinstance(part, Select)]
    first = read_aloud((await stage.press("U-anna", select, "1:title")).whisper)
    assert "Sales (5): Yes 100%" in first
    assert "by job title already" in await told(stage, "/poll results 1 --by language")
    await stage.forget(accounts[0], "polls")
    await stage.learn(Profile(account=accounts[1], name="moved", title="Sales"))
    assert await told(stage, "/poll results 1 --by title") == first


async def test_a_hidden_poll_is_not_shown_by_group_once_a_vote_is_forgotten(stage: Stage) -> None:
    accounts = await faces(stage, *["Law"] * 6, *["Sales"] * 6)
    await close(stage)
    await stage.forget(accounts[0], "polls")
    assert "Too few people voted" in await told(stage, "/poll results 1 --by title")


async def test_a_hidden_poll_that_showed_figures_while_it_ran_is_not_shown_by_group(stage: Stage) -> None:
    await faces(stage, *["Law"] * 6, *["Sales"] * 6, line='/poll "Trust us?" "Yes" "No" --confidential')
    assert "once this poll has closed" in await told(stage, "/poll results 1 --by title")
    await close(stage)
    assert "showed figures before it closed" in await told(stage, "/poll results 1 --by title")


async def test_a_secret_poll_keeps_nothing_to_show_by_group(stage: Stage) -> None:
    await faces(stage, *["Law"] * 6, line='/poll "Trust us?" "Yes" "No" --secret')
    await close(stage)
    assert "keeps nothing" in await told(stage, "/poll results 1 --by title")
    card = (await stage.type("U-anna", "/poll results 1")).whisper
    assert card is not None
    assert not [part for part in card.parts if isinstance(part, Select)]


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("language", "English (6): Yes 83"),
        ("platform", "too small to be shown one by one"),
        ("title", "Law (6): Yes 83"),
    ],
)
async def test_an_open_poll_is_shown_by_any_group_while_it_runs(stage: Stage, by: str, said: str) -> None:
    await faces(stage, *["Law"] * 6, line='/poll "Trust us?" "Yes" "No"')
    accounts = await colleagues(stage, *["Ärztin"] * 5, locale="de-AT")
    await press(stage, *((account, "Yes") for account in accounts))
    assert said in await told(stage, f"/poll results 1 --by {by}")


async def test_results_by_group_are_for_those_who_run_the_poll(stage: Stage) -> None:
    await faces(stage, *["Law"] * 6)
    await close(stage)
    assert "Only whoever asked" in await told(stage, "/poll results 1 --by title", "U-ben")
    assert "--by title" in await told(stage, "/poll results 1 --by mood")


async def test_the_floor_is_the_workspaces_and_stays_what_it_was_when_a_poll_opened(stage: Stage) -> None:
    workspace = await stage.workspace()
    await stage.run(lambda c: directory.choose(c, workspace, WorkspaceSettings(fewest=6)))
    await stage.type("U-anna", f"{LUNCH} --secret")
    await press(stage, *((account, "Pizza") for account in CREW[:5]))
    await stage.run(lambda c: directory.choose(c, workspace, WorkspaceSettings(fewest=3)))
    await close(stage)
    assert "Too few people voted" in await told(stage, "/poll results 1")
    await stage.type("U-anna", f"{LUNCH} --secret")
    await press(stage, *((account, "Pizza") for account in CREW[:3]))
    await close(stage)
    assert "Pizza: 3" in await told(stage, "/poll results 2")


async def test_no_setting_takes_the_floor_below_three(stage: Stage) -> None:
    workspace = await stage.workspace()
    await stage.run(lambda c: directory.choose(c, workspace, WorkspaceSettings(fewest=1)))
    await stage.type("U-anna", f"{LUNCH} --secret")
    await press(stage, *((account, "Pizza") for account in CREW[:2]))
    await close(stage)
    assert "Too few people voted" in await told(stage, "/poll results 1")
