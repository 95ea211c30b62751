"""What several people do within a moment is settled as one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bot.core.batching import MOST, Outcome
from bot.core.cards import note
from bot.core.errors import Refused
from bot.core.gathering import LONELY, Gathering
from bot.core.interactions import Answer, Click, Interaction, Origin

MOMENT = 0.01


@dataclass
class Settled:
    """Answers everybody with how many they were; refuses whoever says no."""

    batches: list[int] = field(default_factory=list)

    async def settle(self, acts: Sequence[Interaction]) -> Sequence[Outcome]:
        self.batches.append(len(acts))
        if any(act.origin.account == "breaks" for act in acts):
            raise KeyError("breaks")
        return [
            Refused("no") if act.origin.account == "no" else Answer(whisper=note(act.origin.account)) for act in acts
        ]


def act(account: str) -> Click:
    return Click(Origin(platform="stage", workspace="W1", account=account), "polls.seal", "1:0")


async def test_everybody_gets_their_own_answer_from_one_batch() -> None:
    settled = Settled()
    gathering = Gathering(settled.settle, MOMENT)
    answers = await asyncio.gather(*(gathering.join(act(f"U{number}")) for number in range(9)))
    assert settled.batches == [9]
    assert [answer.whisper and answer.whisper.summary for answer in answers] == [f"U{number}" for number in range(9)]


async def test_a_refusal_is_one_persons_and_a_fault_is_everybodys() -> None:
    gathering = Gathering(Settled().settle, MOMENT)
    told = await asyncio.gather(*map(gathering.join, map(act, ("yes", "no"))), return_exceptions=True)
    assert [type(each) for each in told] == [Answer, Refused]
    told = await asyncio.gather(*map(gathering.join, map(act, ("yes", "breaks"))), return_exceptions=True)
    assert [type(each) for each in told] == [KeyError, KeyError]


async def test_a_full_batch_begins_another_one() -> None:
    settled = Settled()
    gathering = Gathering(settled.settle, MOMENT)
    await asyncio.gather(*(gathering.join(act(f"U{number}")) for number in range(MOST + 1)))
    assert sorted(settled.batches) == [1, MOST]


async def test_whoever_is_alone_waits_longer_for_company() -> None:
    settled = Settled()
    gathering = Gathering(settled.settle, MOMENT)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await gathering.join(act("lonely"))
    assert loop.time() - began >= MOMENT * (1 + LONELY)
    assert settled.batches == [1]


async def test_whoever_gives_up_waiting_takes_nobody_with_them() -> None:
    settled = Settled()
    gathering = Gathering(settled.settle, MOMENT)
    impatient = asyncio.create_task(gathering.join(act("impatient")))
    patient = asyncio.create_task(gathering.join(act("patient")))
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert (await patient).whisper
    assert settled.batches == [2]
