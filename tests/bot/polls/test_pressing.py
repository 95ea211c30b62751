"""Votes that are written together count as if each had been alone."""

import asyncio

from bot.core.directory import store as directory
from bot.core.interactions import Answer, Click, Origin
from bot.core.outbox import outbox
from bot.polls.model.poll import Poll
from bot.polls.store import asking, voting
from bot.polls.store.tables import polls
from tests.bot.stage import Stage, read_aloud


async def ask(stage: Stage, flags: str = "") -> Poll:
    await stage.type("U-anna", f'/poll "Tea?" "Black" "Green" "Mint" {flags}')
    anna = await stage.person("U-anna")
    found = await stage.run(lambda c: asking.newest(c, anna.id))
    assert found
    return found


def press(account: str, poll: Poll | int, option: int, workspace: str = "W1", *, wants_card: bool = False) -> Click:
    number = poll if isinstance(poll, int) else poll.id
    origin = Origin(platform="stage", workspace=workspace, account=account)
    return Click(origin, "polls.vote", f"{number}:{option}", wants_card=wants_card)


async def at_once(stage: Stage, *acts: Click) -> list[str]:
    """Everybody presses before anybody is answered; what each hears."""
    return list(map(said, await asyncio.gather(*map(stage.engine.handle, acts))))


def said(answer: Answer) -> str:
    return read_aloud(answer.whisper) if answer.whisper else ""


async def votes(stage: Stage, poll: Poll) -> dict[str, str]:
    found = await stage.run(lambda c: voting.voters(c, poll, 100))
    return {name: answer for name, (answer,) in found}


async def test_of_two_presses_of_one_person_the_later_counts(stage: Stage) -> None:
    poll = await ask(stage)
    assert await at_once(stage, press("U-ben", poll, 0), press("U-chen", poll, 2), press("U-ben", poll, 1)) == [""] * 3
    assert await votes(stage, poll) == {"Ben": "1", "Chen": "2"}


async def test_several_choices_are_switched_on_and_off_in_order(stage: Stage) -> None:
    poll = await ask(stage, "--multi")
    await at_once(stage, press("U-ben", poll, 2))
    await at_once(stage, *(press("U-ben", poll, option) for option in (0, 1, 0, 2)), press("U-chen", poll, 2))
    assert await votes(stage, poll) == {"Ben": "1", "Chen": "2"}


async def test_one_choice_too_many_is_refused_and_what_was_chosen_before_it_counts(stage: Stage) -> None:
    poll = await ask(stage, "--multi 2")
    told = await at_once(stage, *(press("U-ben", poll, option) for option in (0, 1, 2)), press("U-chen", poll, 2))
    assert [bool(each) for each in told] == [False, False, True, False]
    assert "You can choose 2 here" in told[2]
    assert await votes(stage, poll) == {"Ben": "0,1", "Chen": "2"}


async def test_everybody_sees_how_the_poll_stands_with_the_votes_beside_theirs(stage: Stage) -> None:
    poll = await ask(stage, "--results after-vote")
    told = await at_once(stage, *(press(account, poll, 1) for account in ("U-ben", "U-chen", "U-dora")))
    assert all("Green" in each and "3" in each for each in told)


async def test_whoever_is_shown_their_card_at_once_sees_their_own_vote(stage: Stage) -> None:
    poll = await ask(stage)
    acts = [press(account, poll, 0, wants_card=True) for account in ("U-ben", "U-chen")]
    for answer in await asyncio.gather(*map(stage.engine.handle, acts)):
        assert answer.own
        assert "Black: 2 (Ben and Chen)" in read_aloud(answer.own)


async def test_votes_in_several_polls_and_organisations_reach_no_further_than_alone(stage: Stage) -> None:
    one, other = await ask(stage), await ask(stage, "--confidential")
    told = await at_once(
        stage,
        press("U-ben", other, 1),
        press("U-stranger", one, 0, workspace="W-elsewhere"),
        press("U-ben", one, 2),
        press("U-chen", 4711, 0),
        press("U-chen", one, 9),
        Click(stage.origin("U-chen"), "polls.vote", "nonsense"),
        press("U-dora", other, 0),
    )
    gone = "This poll is not there any more."
    assert [gone in each for each in told] == [False, True, False, True, True, True, False]
    assert await votes(stage, one) == {"Ben": "2"}
    assert await stage.run(lambda c: voting.turnout(c, other)) == 2


async def test_people_of_another_workspace_of_the_organisation_vote_with_the_others(stage: Stage) -> None:
    poll = await ask(stage)
    await at_once(stage, press("U-far", poll, 0, workspace="W2"))
    await stage.run(
        lambda c: directory.join(c, directory.workspace(c, "stage", "W1"), directory.workspace(c, "stage", "W2"))
    )
    assert await at_once(stage, press("U-far", poll, 0, workspace="W2"), press("U-ben", poll, 1)) == ["", ""]
    assert sorted((await votes(stage, poll)).values()) == ["0", "1"]


async def test_a_poll_that_cannot_be_read_takes_no_other_with_it(stage: Stage) -> None:
    broken, whole = await ask(stage), await ask(stage)
    await stage.run(lambda c: c.execute(polls.update().where(polls.c.id == broken.id).values(questions="[{")))
    acts = [press("U-ben", broken, 0), press("U-ben", whole, 1), press("U-chen", whole, 2)]
    told = await asyncio.gather(*map(stage.engine.handle, acts), return_exceptions=True)
    assert [isinstance(each, ValueError) for each in told] == [True, False, False]
    assert await votes(stage, whole) == {"Ben": "1", "Chen": "2"}


async def test_a_crowd_asks_for_one_redraw_only(stage: Stage) -> None:
    poll = await ask(stage)
    before = len(await stage.run(lambda c: c.execute(outbox.select()).all()))
    await at_once(stage, *(press(f"U{number}", poll, number % 3) for number in range(60)))
    assert await stage.run(lambda c: voting.turnout(c, poll)) == 60
    assert len(await stage.run(lambda c: c.execute(outbox.select()).all())) <= before + 1
