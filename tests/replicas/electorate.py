"""People who vote, once each, while replicas are killed; then everything that was acknowledged is counted, once.

`python -m tests.replicas.electorate [--kills N] [--seed N]` does it for longer, on both databases.
"""

import argparse
import asyncio
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

import httpx2
import sqlalchemy as sa

from bot.core.database import Connection
from bot.core.directory.store import accounts
from bot.core.outbox import messages, outbox
from bot.polls.model.poll import OWED_BEFORE
from bot.polls.model.tally import Tally
from bot.polls.store import asking, secrecy
from bot.polls.store.tables import ballots, participations, polls
from tests.adapters.slack.sender import Sender
from tests.parts import postgres, process
from tests.replicas.fleet import Fleet, Replica, until
from tests.replicas.slack import Ledger

T = TypeVar("T")

OPEN, CONFIDENTIAL, SECRET, LATER, RHYTHM, OWED, NEXT = range(1, 8)
ASKED: Final = (
    ('"Open?" "A" "B" --close 5h', "C1"),
    ('"Confidential?" "A" "B" --confidential --close 5h', "C2"),
    ('"Secret?" "A" "B" --secret --close 5h', "C3"),
    ('"Later?" "A" "B" --start 1h --close 5h --remind 4h --audience everybody', "DU001"),
    ('"Every week?" "A" "B" --every Mon 9:00 --close 4h', "C5"),
    ('"Answered?" "A" "B" --close 5h --owner <@U002|two> --answer-by 3d', "C6"),
)
"""What is asked, by number, and where. Opening the fifth one writes down the seventh."""

BUTTONS: Final = {OPEN: "polls.vote", CONFIDENTIAL: "polls.vote", SECRET: "polls.seal"}
AT_ONCE: Final = 6
"""Voters who act side by side."""

LIVES: Final = (0.2, 1.5)
"""Seconds that a replica is ready before it is killed."""

HEARS: Final = 3.0
"""Seconds that Slack waits for an answer."""


@dataclass
class Electorate:
    """Who voted what, by poll: everybody whose vote was sent, and those of them who were told that it was taken."""

    fleet: Fleet
    replicas: int
    chance: random.Random
    sent: dict[int, dict[str, int]] = field(default_factory=lambda: {poll: {} for poll in BUTTONS})
    taken: dict[int, set[str]] = field(default_factory=lambda: {poll: set() for poll in BUTTONS})
    kills: int = 0
    over: bool = False
    found: list[str] = field(default_factory=list)

    def told(self) -> str:
        """How much was done."""
        votes = sum(map(len, self.sent.values()))
        return f"{self.kills} kills, {votes} votes sent, {sum(map(len, self.taken.values()))} acknowledged"

    def __post_init__(self) -> None:
        self._engine = sa.create_engine(self.fleet.database_url, poolclass=sa.NullPool)
        self._living: list[Replica] = []

    async def run(self, kills: int) -> None:
        """Ask, vote while replicas are killed, and close while none of them lives."""
        self._living = [await self.fleet.start()]
        for line, place in ASKED:
            assert (await self._type(f"/poll {line}", place)).is_success
        await self._put(LATER, opens_at=4, closes_at=3600)
        await self._put(RHYTHM, opens_at=2, closes_at=4 * 3600)
        await self._put(OWED, answer_by=OWED_BEFORE.total_seconds() + 3)
        self._living += [await self.fleet.start() for _ in range(self.replicas - 1)]
        voters = [asyncio.create_task(self._vote(number)) for number in range(AT_ONCE)]
        while self.kills < kills:
            await asyncio.sleep(self.chance.uniform(*LIVES))
            await self._kill(self.chance.randrange(len(self._living)))
        await until(self._heard, "somebody has voted in each poll and was told so")
        self.over = True
        await asyncio.gather(*voters)
        await until(lambda: self.do(_invited), "the poll for later has opened, and somebody is invited")
        await self._close()

    async def _heard(self) -> bool:
        return all(self.taken.values())

    async def _close(self) -> None:
        """Everybody is dead at the time of closing."""
        for replica in self._living:
            replica.program.end(by=signal.SIGKILL)
        for poll in (*BUTTONS, LATER):
            await self._put(poll, closes_at=-1)
        self._living = [await self.fleet.start()]
        await until(lambda: self.do(self._settled), "everything has closed, opened, been owed")

    def _settled(self, connection: Connection) -> bool:
        rows = {row.id: row for row in connection.execute(sa.select(polls))}
        ended = all(rows[poll].closed_at for poll in (*BUTTONS, LATER))
        return bool(ended and rows[RHYTHM].opened_at and rows[OWED].owed_at)

    async def do(self, work: Callable[[Connection], T]) -> T:
        def transact() -> T:
            with self._engine.begin() as connection:
                return work(connection)

        return await asyncio.to_thread(transact)

    async def _put(self, poll: int, **seconds: float) -> None:
        """Put a poll's times near: nobody waits for an hour."""
        now = datetime.now(UTC)
        times: dict[str, Any] = {name: now + timedelta(seconds=each) for name, each in seconds.items()}
        when = min((at - OWED_BEFORE if name == "answer_by" else at for name, at in times.items()), default=now)
        change = polls.update().where(polls.c.id == poll).values(**times, next_at=when)
        assert await self.do(lambda connection: connection.execute(change).rowcount) == 1

    async def _kill(self, place: int) -> None:
        self.kills += 1
        self._living[place].program.end(by=signal.SIGKILL)
        self._living[place] = await self.fleet.start()

    async def _type(self, line: str, place: str) -> httpx2.Response:
        sender = Sender(f"{self._living[0].url}/slack/events")
        async with sender.client:
            return await sender.type("U001", line, place)

    async def _vote(self, column: int) -> None:
        """One after another votes in each poll, once, and hears that it was taken, or nothing."""
        number = 0
        async with httpx2.AsyncClient(timeout=HEARS) as client:
            while not self.over:
                number += 1
                account = f"V{column}{number:06}"
                heard = await asyncio.gather(*(self._press(client, poll, account) for poll in BUTTONS))
                await asyncio.sleep(0.02 if any(heard) else 0.2)

    async def _press(self, client: httpx2.AsyncClient, poll: int, account: str) -> bool:
        """Vote; whether anybody answered."""
        choice = self.chance.randrange(2)
        button = {"type": "button", "action_id": f"{BUTTONS[poll]}#0", "value": f"{poll}:{choice}"}
        sender = Sender(f"{self.chance.choice(self._living).url}/slack/events", client=client)
        self.sent[poll][account] = choice
        try:
            answer = await sender.press(account, button, f"C{poll}")
        except httpx2.HTTPError:
            return False
        if answer.is_success:
            self.taken[poll].add(account)
        return True


def _invited(connection: Connection) -> bool:
    asked = sa.select(outbox.c.id).where(outbox.c.key.startswith(f"polls:{LATER}:ask:")).limit(1)
    return connection.execute(asked).first() is not None


def broken(electorate: Electorate, connection: Connection) -> list[str]:
    """Which promises were broken."""
    found = [each for poll in (OPEN, CONFIDENTIAL) for each in _miscounted(electorate, connection, poll)]
    return [*found, *_unsealed(electorate, connection), *_untimely(connection)]


def _miscounted(electorate: Electorate, connection: Connection, poll: int) -> Iterator[str]:
    mine = sa.select(_account(ballots.c.person_id), ballots.c.answer).where(ballots.c.poll_id == poll)
    counted = {account: int(answer) for account, answer in connection.execute(mine)}
    if lost := electorate.taken[poll] - counted.keys():
        yield f"poll {poll}: votes of {lost} were acknowledged and are not counted"
    if changed := {each for each, choice in counted.items() if electorate.sent[poll].get(each) != choice}:
        yield f"poll {poll}: votes of {changed} are not what they sent"


def _unsealed(electorate: Electorate, connection: Connection) -> Iterator[str]:
    mine = sa.select(_account(participations.c.person_id)).where(participations.c.poll_id == SECRET)
    took_part = list(connection.execute(mine).scalars())
    sent, taken = electorate.sent[SECRET], electorate.taken[SECRET]
    poll = asking.find(connection, SECRET)
    (totals,) = secrecy.counted(connection, poll) if poll else (Tally(0, {}),)
    voters, answers = totals.voters, Counter({int(choice): count for choice, count in totals.answers.items()})
    if len(took_part) != len(set(took_part)) or not taken <= set(took_part) <= sent.keys():
        yield f"secret: {taken - set(took_part)} were acknowledged and did not take part"
    if not voters == sum(answers.values()) == len(took_part):
        yield f"secret: {len(took_part)} took part, {voters} voters are in the totals, {answers} in all"
    certain, most = Counter(sent[each] for each in taken), Counter(sent.values())
    if any(not certain[choice] <= answers[choice] <= most[choice] for choice in (0, 1)):
        yield f"secret: {answers} are counted; acknowledged {certain}, sent {most}"


def _untimely(connection: Connection) -> Iterator[str]:
    rows = {row.id: row for row in connection.execute(sa.select(polls))}
    if len(rows) != NEXT or rows[NEXT].opened_at or rows[NEXT].series_id != rows[RHYTHM].series_id:
        yield f"the rhythm has {sorted(rows)} after its first poll opened"
    keys = Counter(connection.execute(sa.select(outbox.c.key).where(outbox.c.verb == "send")).scalars())
    for poll in BUTTONS:
        if (outcomes := sum(key.startswith(f"polls:{poll}:outcome:") for key in keys)) != 1:
            yield f"poll {poll} has {outcomes} outcomes"
    if (owed := sum(key.startswith(f"polls:{OWED}:owe:") for key in keys)) != 1:
        yield f"its owner is reminded {owed} times"
    if doubled := [key for key, count in keys.items() if count > 1]:
        yield f"planned twice: {doubled}"
    twice = sa.select(messages.c.subject, messages.c.place_key).group_by(messages.c.subject, messages.c.place_key)
    for subject, place in connection.execute(twice.having(sa.func.count() > 1)):
        yield f"posted twice: {subject} in {place}"


def _account(person: sa.Column[int]) -> sa.ScalarSelect[str]:
    return sa.select(accounts.c.key).where(accounts.c.person_id == person).scalar_subquery()


async def bout(fleet: Fleet, replicas: int, kills: int, seed: int) -> Electorate:
    """One election; what is broken is in its `found`."""
    electorate = Electorate(fleet, replicas, random.Random(seed))
    await electorate.run(kills)
    electorate.found = await electorate.do(lambda connection: broken(electorate, connection))
    posted = Counter(await fleet.slack.keys())
    electorate.found += [f"sent {count} times: {key}" for key, count in posted.items() if count > 1]
    return electorate


def main() -> int:
    """The command line; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.replicas.electorate", description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    asked = parser.parse_args()
    found = []
    with TemporaryDirectory(prefix="drumbeat-electorate-") as folder, postgres.running(durable=True) as server:
        houses = {"sqlite": (f"sqlite:///{folder}/house.sqlite", 1), "postgresql": (server.url(server.create()), 2)}
        for name, (url, replicas) in houses.items():
            with fleet_at(Path(folder), url) as fleet:
                held = asyncio.run(bout(fleet, replicas, asked.kills, asked.seed))
            print(f"{name:10}  seed {asked.seed}  {held.told()}", *held.found, sep="\n  ", flush=True)
            found += held.found
    return 1 if found else 0


@contextmanager
def fleet_at(folder: Path, database_url: str) -> Iterator[Fleet]:
    """A place to start replicas, beside a Slack with an empty ledger."""
    port = process.free_port()
    log = folder / f"slack{port}"
    with process.running([sys.executable, "-m", "tests.replicas.slack", str(port)], log=log, port=port):
        fleet = Fleet(folder, database_url, Ledger(port))
        try:
            yield fleet
        finally:
            fleet.end()


if __name__ == "__main__":
    raise SystemExit(main())
