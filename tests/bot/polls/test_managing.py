"""Polls are listed, found and run by those who may, and by nobody else."""

from dataclasses import replace

import pytest

from bot.core.cards import Button, Card
from bot.core.directory import store as directory
from bot.core.interactions import Answer, Click, Command, Submission
from bot.core.people import Profile
from tests.bot.polls.test_kinds import ballot
from tests.bot.stage import Stage, buttons, read_aloud

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
