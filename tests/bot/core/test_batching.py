"""Whoever acts while others are being written is written with those who do the same, and waits for nobody else."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bot.core.batching import MOST, Batching, Outcome
from bot.core.cards import note
from bot.core.database import open_database
from bot.core.directory import store as directory
from bot.core.errors import Refused
from bot.core.feature import Feature, Turn
from bot.core.interactions import NOTHING, Answer, Click, Interaction, Origin
from tests.bot.stage import Stage


@dataclass
class Written:
    """Writes a batch whenever it is allowed to; refuses whoever says no."""

    batches: list[list[str]] = field(default_factory=list)
    allowed: asyncio.Event = field(default_factory=asyncio.Event)

    async def settle(self, acts: Sequence[Interaction]) -> Sequence[Outcome]:
        self.batches.append([act.origin.account for act in acts])
        await self.allowed.wait()
        if any(act.origin.account == "breaks" for act in acts):
            raise KeyError("breaks")
        return [
            Refused("no") if act.origin.account == "no" else Answer(whisper=note(act.origin.account)) for act in acts
        ]


def press(account: str, delivery: str = "", workspace: str = "W1") -> Click:
    return Click(Origin(platform="stage", workspace=workspace, account=account, id=delivery), "crowd.press", account)


async def begun(batching: Batching, *accounts: str) -> list[asyncio.Task[Answer]]:
    tasks = [asyncio.create_task(batching.join(press(account))) for account in accounts]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_the_first_is_written_at_once_and_those_who_come_meanwhile_together() -> None:
    written = Written()
    batching = Batching(written.settle)
    first = await begun(batching, "first")
    assert written.batches == [["first"]]
    others = [*await begun(batching, "second"), *await begun(batching, "third", "fourth")]
    assert written.batches == [["first"]]
    written.allowed.set()
    answers = await asyncio.gather(*first, *others)
    assert written.batches == [["first"], ["second", "third", "fourth"]]
    assert [answer.whisper and answer.whisper.summary for answer in answers] == ["first", "second", "third", "fourth"]


async def test_a_full_batch_leaves_the_rest_to_the_next_in_their_order() -> None:
    written = Written()
    written.allowed.set()
    batching = Batching(written.settle)
    accounts = [f"U{number}" for number in range(2 * MOST + 1)]
    await asyncio.gather(*await begun(batching, *accounts))
    assert list(map(len, written.batches)) == [MOST, MOST, 1]
    assert [account for batch in written.batches for account in batch] == accounts


async def test_a_refusal_is_one_persons() -> None:
    written = Written()
    written.allowed.set()
    told = await asyncio.gather(*await begun(Batching(written.settle), "yes", "no"), return_exceptions=True)
    assert [type(each) for each in told] == [Answer, Refused]


async def test_after_a_fault_the_next_batch_is_written() -> None:
    written = Written()
    batching = Batching(written.settle)
    broken = await begun(batching, "breaks")
    others = await begun(batching, "yes", "no")
    written.allowed.set()
    told = await asyncio.gather(*broken, *others, return_exceptions=True)
    assert [type(each) for each in told] == [KeyError, Answer, Refused]


async def test_whoever_gives_up_waiting_takes_nobody_with_them() -> None:
    written = Written()
    batching = Batching(written.settle)
    impatient, patient = await begun(batching, "impatient", "patient")
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    written.allowed.set()
    assert (await patient).whisper
    assert written.batches == [["impatient", "patient"]]


@dataclass
class Crowd:
    """A feature with one button; it has a bug that `U-bug` meets."""

    batches: list[list[str]] = field(default_factory=list)

    def press(self, turns: Sequence[Turn]) -> Sequence[Answer | Refused]:
        self.batches.append([turn.me.account for turn in turns])
        if "U-bug" in self.batches[-1]:
            raise KeyError("U-bug")
        return [
            Refused(turn.t("This is for admins. Ask one of them to do it."))
            if turn.me.account == "U-dora"
            else Answer(whisper=note(f"{turn.me.id}"))
            for turn in turns
        ]


@pytest.fixture
async def crowd() -> Crowd:
    return Crowd()


@pytest.fixture
async def crowded(crowd: Crowd, house_url: str) -> Stage:
    stage = Stage(open_database(house_url), (Feature(name="crowd", batched={"press": crowd.press}),))
    await stage.set_up()
    return stage


async def test_one_bug_takes_nobody_else_with_it(crowded: Stage, crowd: Crowd) -> None:
    acts = [press("U-anna"), press("U-bug"), press("U-ben"), press("U-dora")]
    told = await asyncio.gather(*map(crowded.engine.handle, acts), return_exceptions=True)
    assert crowd.batches == [["U-anna", "U-bug", "U-ben", "U-dora"], ["U-anna"], ["U-bug"], ["U-ben"], ["U-dora"]]
    assert [type(each) for each in told] == [Answer, KeyError, Answer, Answer]
    await crowded.database.close()


async def test_each_is_refused_in_their_own_language(crowded: Stage) -> None:
    told = await asyncio.gather(*(crowded.engine.handle(press(account)) for account in ("U-anna", "U-dora")))
    assert [answer.whisper and answer.whisper.locale for answer in told] == ["en", "de"]
    await crowded.database.close()


async def test_what_is_delivered_twice_is_done_once_also_within_a_batch(crowded: Stage, crowd: Crowd) -> None:
    acts = [press("U-anna", "1"), press("U-anna", "1"), press("U-ben", "2"), press("U-ben"), press("U-ben")]
    told = await asyncio.gather(*map(crowded.engine.handle, acts))
    again = await asyncio.gather(*map(crowded.engine.handle, acts[:3]))
    assert crowd.batches == [["U-anna", "U-ben", "U-ben", "U-ben"]]
    assert [answer is NOTHING for answer in told] == [False, True, False, False, False]
    assert all(answer is NOTHING for answer in again)
    await crowded.database.close()


async def test_accounts_nobody_has_seen_are_admitted_each_in_their_workspace(crowded: Stage, crowd: Crowd) -> None:
    acts = [press("U-new"), press("U-new"), press("U-new", workspace="W2"), press("U-anna")]
    told = await asyncio.gather(*map(crowded.engine.handle, acts))
    here, again, elsewhere, anna = (answer.whisper and answer.whisper.summary for answer in told)
    assert here == again
    assert len({here, elsewhere, anna}) == 3
    people = await crowded.run(
        lambda c: [
            directory.account(c, directory.workspace(c, "stage", workspace), "U-new").id for workspace in ("W1", "W2")
        ]
    )
    assert [here, elsewhere] == list(map(str, people))
    assert list(map(sorted, crowd.batches)) == [["U-anna", "U-new", "U-new", "U-new"]]
    await crowded.database.close()
