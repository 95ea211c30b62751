"""What people do while everything goes wrong: campaigns are planned, votes cast, silence asked for, roles changed.

Whoever hears no acknowledgement does the same again, with the same delivery id, as platforms do.
"""

import asyncio
import json
import random
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.core.interactions import Origin
from tests.faults.board import LEADER_NOTES, LEADING
from tests.faults.book import Ban, Book, Kind, Wish
from tests.faults.company import Team
from tests.faults.crew import Crew, Worker

MANNERS: Final[Mapping[str, float]] = {"_plan": 8, "_vote": 6, "_repeat": 3, "_hush": 1, "_lead": 1, "_halt": 0.3}
"""The acts of `Office`, and how often each comes."""

LANES: Final = {"answer": 3, "public": 3, "notice": 4, "nudge": 4}
HEARS: Final = 3.0
"""Seconds that an act waits for its acknowledgement before it is done again."""

AT_ONCE: Final = 40
PATIENCES: Final = (3600, 7200, 21600)


class Office:
    """Does `pace` acts a second, drawn from a seed, until it is finished."""

    def __init__(self, crew: Crew, book: Book, seed: int, pace: float, manners: Mapping[str, float] = MANNERS) -> None:
        self._crew = crew
        self._book = book
        self._chance = random.Random(f"{seed}:office")
        self._pace = pace
        self._manners = manners
        self._numbers = 0
        self._acts: set[asyncio.Task[None]] = set()
        self._busy: set[str] = set()
        self._open = asyncio.Event()
        self._working: asyncio.Task[None] | None = None
        self._late = asyncio.Event()

    def begin(self) -> None:
        """Begin to act."""
        self._working = asyncio.create_task(self._work())

    async def finish(self, seconds: float = 30) -> None:
        """Begin nothing more, and see that everything begun is acknowledged; it is noted what never was."""
        self._open.set()
        if self._working:
            await self._working
        if self._acts:
            await asyncio.wait(self._acts, timeout=seconds)
            self._late.set()
            await asyncio.gather(*self._acts)

    async def _work(self) -> None:
        while not self._open.is_set():
            if len(self._acts) < AT_ONCE:
                (kind,) = self._chance.choices(list(self._manners), list(self._manners.values()))
                self._start(getattr(self, kind)(self._chance.choice(self._book.teams)))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._open.wait(), self._chance.expovariate(self._pace))

    def _start(self, act: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(act)
        self._acts.add(task)
        task.add_done_callback(self._acts.discard)

    async def _plan(self, team: Team) -> None:
        """Some single messages, a few of which can be voted on."""
        now = datetime.now(UTC)
        wanted: list[dict[str, str]] = []
        for _ in range(self._chance.randint(1, 8)):
            (lane,) = self._chance.choices(list(LANES), list(LANES.values()))
            mark = self._number("m")
            due = now + timedelta(seconds=self._chance.uniform(0, 2))
            wish = {"mark": mark, "lane": lane, "due": due.isoformat(), **self._to(team, lane)}
            if lane == "public" and self._chance.random() < 0.5:
                wish["subject"] = f"s-{mark}"
            wanted.append(wish)
        await self._planned(team, "once", wanted)

    async def _repeat(self, team: Team) -> None:
        """Some weekly messages whose minute has just come."""
        slot = datetime.now(UTC).replace(second=0, microsecond=0).isoformat()
        wanted: list[dict[str, Any]] = []
        for _ in range(self._chance.randint(1, 4)):
            account = self._chance.choice(team.accounts)
            facts = {"slot": slot, "zone": team.zone(account), "patience": self._chance.choice(PATIENCES)}
            wanted.append({"mark": self._number("w"), "lane": "nudge", "account": account, **facts})
        await self._planned(team, "weekly", wanted)

    async def _planned(self, team: Team, kind: str, wanted: list[dict[str, Any]]) -> None:
        told = ("mark", "lane", "account", "place", "subject", "campaign")
        wishes = [
            Wish(team=team, expires=kind == "weekly", **{name: each[name] for name in told if name in each})
            for each in wanted
        ]
        self._book.wishes |= {wish.mark: wish for wish in wishes}
        heard = await self._do(team, team.admin, "event", "campaign", facts={kind: json.dumps(wanted)})
        for wish in wishes:
            wish.acknowledged = heard is not None

    async def _vote(self, team: Team) -> None:
        subjects = [wish.subject for wish in self._book.wishes.values() if wish.subject and wish.team == team]
        if subjects:
            subject = self._chance.choice(subjects)
            if await self._do(team, self._chance.choice(team.accounts), "click", "board.vote", subject):
                self._book.votes[subject] += 1

    async def _hush(self, team: Team) -> None:
        """Somebody stops everything, while things are planned for them and after, and comes back."""
        account = self._chance.choice(team.accounts[1:])
        pause = self._chance.uniform(0.5, 4)
        if account not in self._busy:
            self._busy.add(account)
            self._start(self._address(team, account))
            heard = await self._do(team, account, "command", "drumbeat", "stop")
            ban = self._banned(Kind.STOP, account, heard)
            await self._address(team, account)
            await asyncio.sleep(pause)
            if ban:
                ban.until = datetime.now(UTC)
            await self._do(team, account, "command", "drumbeat", "start")
            self._busy.discard(account)

    async def _address(self, team: Team, account: str) -> None:
        """Some private messages to one person, from now on."""
        due = [datetime.now(UTC) + timedelta(seconds=each) for each in (0, 0.2, 0.6)]
        facts = {"lane": "notice", "account": account}
        await self._planned(
            team, "once", [{"mark": self._number("m"), **facts, "due": each.isoformat()} for each in due]
        )

    async def _lead(self, team: Team) -> None:
        """Somebody becomes a leader, is planned some notes, and is none any more."""
        account = self._chance.choice(team.accounts[1:])
        pause = self._chance.uniform(0, 3)
        if account not in self._busy:
            self._busy.add(account)
            number = self._number("l")
            marks = [f"{LEADING}{number}.{each}" for each in range(LEADER_NOTES)]
            wishes = [Wish(mark, team, "notice", account) for mark in marks]
            self._book.wishes |= {wish.mark: wish for wish in wishes}
            heard = await self._do(team, team.admin, "command", "drumbeat", f"leaders add <@{account}>", number=number)
            for wish in wishes:
                wish.acknowledged = heard is not None
            await asyncio.sleep(pause)
            heard = await self._do(team, team.admin, "command", "drumbeat", f"leaders remove <@{account}>")
            if ban := self._banned(Kind.ROLE, account, heard):
                await asyncio.sleep(1)
                ban.until = datetime.now(UTC)
            self._busy.discard(account)

    async def _halt(self, team: Team) -> None:
        """A campaign to everybody begins, and is stopped while it is on its way."""
        now, campaign, pause = datetime.now(UTC), self._number("c"), self._chance.uniform(0.5, 2.5)
        wanted: list[dict[str, Any]] = []
        for account in [*team.accounts, *team.accounts]:
            due = now + timedelta(seconds=self._chance.uniform(0, 4))
            facts = {"lane": "notice", "account": account, "due": due.isoformat(), "campaign": campaign}
            wanted.append({"mark": self._number("m"), **facts})
        await self._planned(team, "once", wanted)
        await asyncio.sleep(pause)
        heard = await self._do(team, team.admin, "event", "halt", facts={"campaign": campaign})
        self._banned(Kind.HALT, campaign, heard)

    def _banned(self, kind: Kind, whom: str, heard: datetime | None) -> Ban | None:
        if heard is None:
            return None
        ban = Ban(kind, whom, heard, datetime.now(UTC))
        self._book.bans.append(ban)
        return ban

    async def _do(
        self,
        team: Team,
        account: str,
        kind: str,
        name: str,
        text: str = "",
        facts: Mapping[str, str] | None = None,
        number: str = "",
    ) -> datetime | None:
        """Do one act until somebody acknowledges it: when, by the clock of whoever did. None where nobody ever does."""
        origin = Origin(platform=team.platform, workspace=team.key, account=account, id=number or self._number("a"))
        told = {"origin": asdict(origin), "kind": kind, "name": name, "text": text, "facts": facts or {}}
        line = json.dumps(told).encode() + b"\n"
        while not self._late.is_set():
            ready = [each for each in self._crew.living if not each.froze.is_set()]
            heard = await _ask(random.choice(ready), line) if ready else None
            if heard:
                return datetime.fromisoformat(heard)
            await asyncio.sleep(0.05)
        self._book.unheard.append(f"{kind} {name} {text} {origin.id}")
        return None

    def _to(self, team: Team, lane: str) -> dict[str, str]:
        if lane == "public":
            return {"place": self._chance.choice(team.channels)}
        return {"account": self._chance.choice(team.accounts)}

    def _number(self, sign: str) -> str:
        self._numbers += 1
        return f"{sign}{self._numbers}"


async def _ask(worker: Worker, line: bytes) -> str | None:
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
        async with asyncio.timeout(HEARS):
            reader, writer = await asyncio.open_unix_connection(worker.orders.door)
            try:
                writer.write(line)
                answer = await reader.readline()
            finally:
                writer.close()
            return str(json.loads(answer)["at"]) if answer.strip() else None
    return None
