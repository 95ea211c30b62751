"""Who comes first: two replicas on one database, and people who press at the same moment."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

import pytest
import sqlalchemy as sa

from bot import polls
from bot.core.cards import Button
from bot.core.database import Connection, open_database
from bot.core.interactions import NOTHING, Answer
from bot.core.outbox import outbox
from bot.core.people import Profile
from bot.polls.model.definition import Promise
from bot.polls.model.tally import Tally
from bot.polls.service import life
from bot.polls.store import asking, hiding, secrecy, voting
from bot.polls.store.tables import ballots
from tests.bot.stage import HandClock, Stage, read_aloud
from tests.bot.stalls import meet, nobody_writes, rows_held, stalled

VOTERS: Final = tuple(f"U-voter{number}" for number in range(24))
ROUNDS: Final = 6


@dataclass
class House:
    """A company with two replicas: on PostgreSQL two engines with pools of their own, on SQLite one process."""

    one: Stage
    two: Stage

    @property
    def clock(self) -> HandClock:
        return self.one.clock

    def replica(self, number: int) -> Stage:
        return (self.one, self.two)[number % 2]

    async def ask(self, flags: str = "") -> int:
        anna = await self.one.person("U-anna")
        await self.one.type("U-anna", f'/poll "Tea?" "Yes" "No" {flags}')
        newest = await self.one.run(lambda c: asking.newest(c, anna.id))
        assert newest is not None
        return newest.id

    async def press(self, replica: int, account: str, address: str, value: str) -> Answer:
        return await self.replica(replica).press(account, Button("", address, value))

    async def tick(self, replica: int) -> Answer:
        stage = self.replica(replica)
        await stage.run(lambda c: life.due(c, stage.clock.now()))
        return NOTHING

    async def outcomes(self, poll: int) -> int:
        mine = sa.select(sa.func.count()).where(
            outbox.c.drawing == "polls.outcome", outbox.c.key.startswith(f"polls:{poll}:")
        )
        return await self.one.run(lambda c: c.execute(mine).scalar_one())

    async def go_on(self, replica: int) -> Answer:
        """Time passes, and a replica looks at figures and closes what is due, again and again."""
        for _ in range(6):
            self.clock.move(seconds=1)
            await self.tick(replica)
        return NOTHING

    async def counts(self, poll: int) -> list[int]:
        """How many votes each of the two options has."""
        (one,) = await self.one.run(lambda c: _counted(c, poll))
        return [one.answers.get(str(option), 0) for option in (0, 1)]

    async def answers(self, poll: int) -> Sequence[str]:
        """What each voter has answered, in the order of people."""
        mine = sa.select(ballots.c.answer).where(ballots.c.poll_id == poll).order_by(ballots.c.person_id)
        return await self.one.run(lambda c: c.execute(mine).scalars().all())

    async def closed(self, poll: int) -> bool:
        found = await self.one.run(lambda c: asking.find(c, poll))
        assert found is not None
        return found.closed_at is not None


def _counted(connection: Connection, poll: int) -> Sequence[Tally]:
    found = asking.find(connection, poll)
    assert found is not None
    if found.promise is Promise.SECRET:
        return secrecy.counted(connection, found)
    stands, _ = voting.counted(connection, found)
    return stands


@pytest.fixture
async def house(house_url: str) -> AsyncIterator[House]:
    clock = HandClock()
    first = open_database(house_url)
    second = open_database(house_url) if first.shared else first
    house = House(*(Stage(database, (polls.feature(),), clock) for database in (first, second)))
    await house.one.set_up()
    for account in VOTERS:
        await house.one.learn(Profile(account=account, name=account))
    yield house
    await first.close()
    if second is not first:
        await second.close()


@pytest.fixture
def postgres_only(house_url: str) -> str:
    """Give the address of the house as the driver takes it, where two replicas share it."""
    if house_url.startswith("sqlite"):
        pytest.skip("SQLite has one writer")
    return house_url.replace("+psycopg", "")


def said(answer: Answer) -> str:
    return read_aloud(answer.whisper) if answer.whisper else ""


def was_late(answer: Answer) -> bool:
    return "closed, so your vote was not counted" in said(answer)


async def shuffled(chance: Random, *acts: Coroutine[None, None, Answer]) -> list[Answer]:
    """Begin acts in an order by chance, each a few turns of the loop after the one before; their outcomes as given."""
    order = chance.sample(range(len(acts)), len(acts))
    tasks: dict[int, asyncio.Task[Answer]] = {}
    for place in order:
        tasks[place] = asyncio.create_task(acts[place])
        for _ in range(chance.randrange(12)):
            await asyncio.sleep(0)
    return [await tasks[place] for place in range(len(acts))]


@pytest.mark.parametrize("flags", ["", "--confidential"])
async def test_two_votes_at_once_by_one_person_are_one(house: House, flags: str) -> None:
    poll = await house.ask(flags)
    acts = [house.press(number, "U-ben", "polls.vote", f"{poll}:{number % 2}") for number in range(10)]
    answers = await shuffled(Random(1), *acts)
    assert not any(map(was_late, answers))
    rows = await house.one.run(lambda c: c.execute(sa.select(ballots.c.answer).where(ballots.c.poll_id == poll)).all())
    assert [tuple(row) for row in rows] in ([("0",)], [("1",)])


@pytest.mark.parametrize("flags", ["", "--multi"])
async def test_crowds_in_the_same_polls_on_two_replicas_lose_nothing(house: House, flags: str) -> None:
    """Batches of both are of the same people and polls, in whatever order people press."""
    asked = [await house.ask(flags) for _ in range(3)]

    async def crowd(replica: int, voters: Sequence[str]) -> list[Answer]:
        acts = [house.press(replica, voter, "polls.vote", f"{poll}:{replica}") for poll in asked for voter in voters]
        return await asyncio.gather(*acts)

    answers = await asyncio.gather(crowd(0, VOTERS), crowd(1, VOTERS[::-1]))
    assert {said(answer) for each in answers for answer in each} == {""}
    mine = sa.select(ballots.c.poll_id, ballots.c.answer)
    kept = Counter(tuple(row) for row in await house.one.run(lambda c: c.execute(mine).all()))
    for poll in asked:
        given = {answer: number for (asked_in, answer), number in kept.items() if asked_in == poll}
        assert given == {"0,1": len(VOTERS)} if flags else sum(given.values()) == len(VOTERS)


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_a_secret_vote_over_two_replicas_counts_once_and_one_press_is_told_so(house: House, seed: int) -> None:
    poll = await house.ask("--secret")
    acts = [
        house.press(number, account, "polls.seal", f"{poll}:{number % 2}")
        for account in VOTERS[:6]
        for number in range(4)
    ]
    answers = await shuffled(Random(seed), *acts)
    for voter in range(6):
        mine = [said(answer) for answer in answers[voter * 4 : voter * 4 + 4]]
        assert sum("Your vote is counted" in each for each in mine) == 1
        assert sum("You have voted already" in each for each in mine) == 3
    assert sum(await house.counts(poll)) == 6


async def test_of_two_presses_within_a_moment_the_first_counts(house: House) -> None:
    poll = await house.ask("--secret")
    answers = await asyncio.gather(*(house.press(0, "U-ben", "polls.seal", f"{poll}:{option}") for option in (1, 0)))
    assert "counted" in said(answers[0])
    assert "voted already" in said(answers[1])
    assert await house.counts(poll) == [0, 1]


@pytest.mark.parametrize("flags", ["", "--confidential", "--secret"])
@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_a_vote_while_it_closes_is_counted_or_refused_as_its_voter_is_told(
    house: House, flags: str, seed: int
) -> None:
    poll = await house.ask(flags)
    address = "polls.seal" if "secret" in flags else "polls.vote"
    votes = [house.press(place, voter, address, f"{poll}:{place % 2}") for place, voter in enumerate(VOTERS)]
    *answers, _ = await shuffled(Random(seed), *votes, house.press(1, "U-anna", "polls.close", str(poll)))
    counted = [place for place, answer in enumerate(answers) if not was_late(answer)]
    assert await house.counts(poll) == [sum(place % 2 == option for place in counted) for option in (0, 1)]
    assert await house.closed(poll)
    assert await house.outcomes(poll) == 1


@pytest.mark.parametrize(
    ("flags", "address", "table"),
    [
        ("", "polls.vote", "ballots"),
        ("--confidential", "polls.vote", "ballots"),
        ("--secret", "polls.seal", "participations"),
    ],
)
async def test_closing_waits_for_a_vote_that_has_begun_and_later_votes_for_closing(
    house: House, postgres_only: str, flags: str, address: str, table: str
) -> None:
    poll = await house.ask(flags)
    async with stalled(postgres_only, nobody_writes(table)) as waiting:
        # The vote has read that the poll is open, and cannot write yet.
        vote = asyncio.create_task(house.press(0, VOTERS[0], address, f"{poll}:0"))
        await waiting(1)
        close = asyncio.create_task(house.press(1, "U-anna", "polls.close", str(poll)))
        await waiting(2)
        late = asyncio.create_task(house.press(0, VOTERS[1], address, f"{poll}:1"))
    assert not was_late(await vote)
    await close
    assert was_late(await late)
    assert await house.counts(poll) == [1, 0]


async def test_two_options_pressed_at_once_on_two_replicas_are_both_chosen(house: House, postgres_only: str) -> None:
    poll = await house.ask("--multi")
    # When the second press comes, the first has read that nothing is chosen, and cannot write yet.
    first, second = (house.press(option, VOTERS[0], "polls.vote", f"{poll}:{option}") for option in (0, 1))
    await meet(postgres_only, nobody_writes("ballots"), first, second)
    assert await house.answers(poll) == ["0,1"]


async def test_a_press_while_a_vote_is_taken_back_does_not_bring_it_back(house: House, postgres_only: str) -> None:
    poll = await house.ask("--multi")
    await house.press(0, VOTERS[0], "polls.vote", f"{poll}:0")
    async with stalled(postgres_only, rows_held("ballots")) as waiting:
        taken_back = asyncio.create_task(house.press(0, VOTERS[0], "polls.withdraw", str(poll)))
        await waiting(1)
        # Others press at the same moment, so that theirs are written together.
        pressed = [asyncio.create_task(house.press(1, voter, "polls.vote", f"{poll}:1")) for voter in VOTERS[:3]]
        await waiting(2)
    await asyncio.gather(taken_back, *pressed)
    assert await house.answers(poll) == ["1", "1", "1"]


async def test_figures_are_looked_at_for_a_vote_that_came_while_somebody_else_held_the_poll(
    house: House, postgres_only: str
) -> None:
    poll = await house.ask("--confidential --add-options ask")
    for until in (range(5), range(5, 9)):
        for voter in until:
            await house.press(0, VOTERS[voter], "polls.vote", f"{poll}:0")
        await house.go_on(0)
    form = (await house.press(0, "U-ben", "polls.add", str(poll))).form
    async with stalled(postgres_only, nobody_writes("poll_suggestions")) as waiting:
        suggested = asyncio.create_task(house.one.send("U-ben", form, option="Coffee"))
        await waiting(1)
        await house.press(1, VOTERS[9], "polls.vote", f"{poll}:0")
    await suggested
    await house.go_on(0)
    seen = await house.one.run(lambda c: hiding.shown(c, poll))
    assert seen.shown is not None


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_closing_twice_at_once_says_one_outcome(house: House, seed: int) -> None:
    poll = await house.ask("--confidential --close 1h")
    await house.press(0, "U-ben", "polls.vote", f"{poll}:0")
    house.clock.move(hours=1)
    closings = [house.press(place, "U-anna", "polls.close", str(poll)) for place in range(3)]
    await shuffled(Random(seed), *closings, house.tick(0), house.tick(1))
    assert await house.closed(poll)
    assert await house.outcomes(poll) == 1


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_votes_go_on_while_figures_are_looked_at_and_other_polls_close(house: House, seed: int) -> None:
    chance = Random(seed)
    flags = ("--confidential --close 1h", "--secret --close 1h", "--confidential", "--secret")
    numbers = [await house.ask(each) for each in flags]
    house.clock.move(minutes=59, seconds=50)
    pressed = [(poll, place) for place in range(len(VOTERS)) for poll in chance.sample(numbers, len(numbers))]
    votes = [
        house.press(
            chance.randrange(2),
            VOTERS[place],
            "polls.seal" if poll in (numbers[1], numbers[3]) else "polls.vote",
            f"{poll}:{place % 2}",
        )
        for poll, place in pressed
    ]
    *answers, _, _ = await shuffled(chance, *votes, house.go_on(0), house.go_on(1))
    for poll in numbers:
        counted = [
            place
            for (voted_in, place), answer in zip(pressed, answers, strict=True)
            if voted_in == poll and not was_late(answer)
        ]
        totals = await house.counts(poll)
        assert totals == [sum(place % 2 == option for place in counted) for option in (0, 1)]
        assert await house.closed(poll) == (poll in numbers[:2])
        assert await house.outcomes(poll) == (1 if poll in numbers[:2] else 0)
        assert poll in numbers[:2] or sum(totals) == len(VOTERS)
