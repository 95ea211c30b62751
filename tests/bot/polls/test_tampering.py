"""Clients that send what no form and no button of ours says."""

import asyncio
import json

import sqlalchemy as sa

from bot.core.cards import Button
from bot.core.interactions import Answer, Submission
from bot.polls.model.ballots import Wrong, wrong
from bot.polls.model.definition import Kind, Question
from bot.polls.store.tables import ballots, tallies
from tests.bot.stage import Stage, read_aloud


async def sent(stage: Stage, account: str, address: str, state: object, **values: str) -> Answer:
    origin = stage.origin(account)
    return await stage.engine.handle(Submission(origin, address, values, json.dumps(state)))


async def test_a_secret_vote_sent_as_an_ordinary_one_is_kept_beside_nobody(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "What do you miss?" --text --secret')
    refusal = await sent(stage, "U-ben", "polls.answer", {"poll": 1, "page": 0, "answers": [""]}, answer="Time")
    assert "not there any more" in read_aloud(refusal.whisper)
    await stage.press("U-ben", Button("", "polls.vote", "1:0"))
    assert not await stage.run(lambda c: c.execute(sa.select(ballots)).all())


async def test_nobody_spoils_the_votes_that_are_written_with_theirs(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "Tea?" "Yes" "No" --secret')
    await stage.type("U-anna", '/poll "Lunch?" "Yes" "No"')
    spoilt = ("", "x:y", "1:7", "1:-1", f"{10**30}:0", f"1:{10**30}", "2:0", "9:0")
    states: list[object] = [
        [],
        {},
        {"poll": 1},
        {"poll": "x", "page": 0, "answers": []},
        {"poll": 2, "page": 0, "answers": [""]},
    ]
    good, *_ = await asyncio.gather(
        stage.press("U-ben", Button("", "polls.seal", "1:0")),
        *(stage.press("U-chen", Button("", "polls.seal", value)) for value in spoilt),
        *(sent(stage, "U-chen", "polls.seal", state, answer="0") for state in states),
        sent(stage, "U-chen", "polls.seal", {"poll": 1, "page": 9, "answers": ["0"]}, answer="0"),
        sent(stage, "U-chen", "polls.seal", {"poll": 1, "page": 0, "answers": ["\ud800"]}, answer="\ud800"),
    )
    assert "Your vote is counted" in read_aloud(good.whisper)
    counts = await stage.run(lambda c: c.execute(sa.select(tallies.c.counts)).scalar_one())
    assert json.loads(counts) == [[1, {"0": 1, "1": 0}]]


async def test_a_text_that_no_database_keeps_is_kept_without_it(stage: Stage) -> None:
    await stage.type("U-anna", '/poll "What do you miss?" --text --secret')
    state = {"poll": 1, "page": 0, "answers": [""]}
    told = await sent(stage, "U-ben", "polls.seal", state, answer="Ti\0me\ud800")
    assert "Your vote is counted" in read_aloud(told.whisper)
    counts = await stage.run(lambda c: c.execute(sa.select(tallies.c.counts)).scalar_one())
    assert json.loads(counts) == [[1, {"Time?": 1}]]


def test_a_ranking_has_one_spelling_and_cannot_be_signed() -> None:
    question = Question("Where to?", Kind.RANKED, options=("Lisbon", "Oslo", "Rome"), most=3)
    assert wrong(question, "2,0,1") is None
    for signed in ("02,0,1", "2, 0,1", "+2,0,1", "2,0,1,", "\u0662,0,1"):
        assert wrong(question, signed) is Wrong.UNKNOWN
