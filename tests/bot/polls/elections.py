"""Secret polls played from the front door, with a copy of everything after each commit."""

import asyncio
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

import pytest
import sqlalchemy as sa
from prometheus_client import generate_latest

from adapters.web.metrics import Metrics
from bot.core.cards import Button
from bot.core.database import Connection
from bot.core.forms import Form
from bot.core.interactions import Answer, Click, Origin, Submission, Value
from bot.core.outbox import State, messages, outbox
from bot.core.people import Profile
from bot.polls.model.definition import Kind, Promise, Question, Showing
from bot.polls.model.poll import Poll
from bot.polls.service import life
from bot.polls.store import asking
from tests.bot.polls.spying import Dump, dump
from tests.bot.stage import Stage

PLACES: Final = ("Lisbon", "Oslo", "Rome")
WORDS: Final = ("tea", "quiet rooms", "a longer lunch, and somebody who says hello", "time", "Ruhe, bitte öfter")
QUESTIONS: Final[Mapping[str, tuple[Question, ...]]] = {
    "single": (Question("Where to?", options=PLACES),),
    "several": (Question("Where to?", options=PLACES, most=3),),
    "ranked": (Question("Where to?", Kind.RANKED, options=PLACES, most=3),),
    "rating": (Question("How was it?", Kind.RATING),),
    "nps": (Question("Would you recommend us?", Kind.NPS),),
    "decision": (Question("Shall we?", Kind.DECISION),),
    "text": (Question("What do you miss?", Kind.TEXT),),
    "quiz": (Question("Which is a capital?", Kind.QUIZ, options=PLACES, right=(0,)),),
    "survey": (
        Question("Where to?", options=PLACES),
        Question("What do you miss?", Kind.TEXT),
        Question("Would you recommend us?", Kind.NPS),
    ),
}

Ballot = tuple[Mapping[str, Value], ...]
"""What somebody fills in, a form a question; a press is the form's `answer`."""


def chosen(question: Question, chance: Random) -> Mapping[str, Value]:
    """Any answer, each as likely."""
    if question.kind is Kind.TEXT:
        return {"answer": chance.choice(WORDS)}
    if question.kind is Kind.RANKED:
        order = chance.sample(range(question.size), chance.randint(1, question.size))
        return {f"rank{place}": str(option) for place, option in enumerate(order, start=1)}
    if question.several:
        some = chance.sample(range(question.size), chance.randint(1, question.size))
        return {"answer": tuple(str(option) for option in sorted(some))}
    return {"answer": str(chance.randrange(question.size))}


@dataclass(frozen=True)
class History:
    """Who votes with whom and what: `batches` are voters by number, `ballots` what each of them answers."""

    kind: str
    batches: tuple[tuple[int, ...], ...]
    ballots: tuple[Ballot, ...]
    seed: int

    def swapped(self, one: int, other: int) -> "History":
        """The same with the answers of two voters exchanged: the totals of all stay what they are."""
        answers = list(self.ballots)
        answers[one], answers[other] = answers[other], answers[one]
        return replace(self, ballots=tuple(answers))

    def batch_of(self, voter: int) -> int:
        return next(number for number, batch in enumerate(self.batches) if voter in batch)


def history(kind: str, seed: int, voters: int) -> History:
    """A history by chance, with batches of one to five."""
    chance = Random(seed)
    order = chance.sample(range(voters), voters)
    batches = []
    while order:
        size = chance.randint(1, 5)
        batches.append(tuple(order[:size]))
        order = order[size:]
    ballots = tuple(tuple(chosen(question, chance) for question in QUESTIONS[kind]) for _ in range(voters))
    return History(kind, tuple(batches), ballots, seed)


@dataclass(frozen=True)
class Moment:
    """Everything that is there after a commit: the database, the figures, and who has voted (their numbers)."""

    stored: Dump
    figures: str
    voted: frozenset[int]


@dataclass
class Election:
    """One secret poll, played once."""

    stage: Stage
    history: History
    moments: list[Moment] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    voted: set[int] = field(default_factory=set)
    deliveries: int = 0

    def __post_init__(self) -> None:
        self.metrics = Metrics(self.stage.database, self.stage.clock)
        # How long it took is chance, and no matter of who chose what.
        self.stage.engine.listen(lambda act, _: self.metrics.handled(act, 0.0))
        self.chance = Random(self.history.seed)

    async def play(self) -> Sequence[Moment]:
        """From the first vote until long after closing."""
        await self.open()
        for batch in self.history.batches:
            await self.vote_together(batch)
            await self.meanwhile()
        await self.stage.press("U-anna", Button("", "polls.close", "1"))
        await self.look()
        await self.stage.forget(_account(self.history.batches[0][0]), "polls")
        await self.look()
        return self.moments

    async def open(self) -> None:
        await self.stage.set_up()
        for voter in range(len(self.history.ballots)):
            await self.stage.learn(Profile(account=_account(voter), name=f"Voter {voter}"))
        author, workspace = await self.stage.person("U-anna"), await self.stage.workspace()
        poll = Poll(
            id=0,
            workspace=workspace.id,
            author=author.id,
            questions=QUESTIONS[self.history.kind],
            promise=Promise.SECRET,
            showing=Showing.AFTER_CLOSE,
            drafted_at=self.stage.clock.now(),
        )
        await self.stage.run(lambda c: self._open(c, poll))

    def _open(self, connection: Connection, poll: Poll) -> None:
        kept = asking.keep(connection, poll, [1])
        asking.change(connection, life.open_now(connection, kept, self.stage.clock.now()))
        connection.execute(
            messages.insert().values(
                workspace_id=poll.workspace,
                subject=f"polls:{kept.id}",
                drawing="polls.ballot",
                arguments='{"poll": "1"}',
                place_id=1,
                place_key="C-general",
                message_key="M1",
                redraw_after=self.stage.clock.now(),
            )
        )

    async def vote_together(self, batch: Sequence[int]) -> None:
        """What leads to the last press or page, one after another, and that together."""
        acts = [await self.last_act(voter) for voter in batch]
        self.answers += await asyncio.gather(*map(self.stage.engine.handle, acts))
        self.voted |= set(batch)
        await self.look()

    async def last_act(self, voter: int) -> Click | Submission:
        account, pages = _account(voter), self.history.ballots[voter]
        origin = self.stage.origin(account)
        questions = QUESTIONS[self.history.kind]
        if len(questions) == 1 and questions[0].pressed and not questions[0].several:
            return Click(self.named(account), "polls.seal", f"1:{pages[0]['answer']}")
        answer = await self.stage.engine.handle(Click(origin, "polls.answer", "1"))
        for values in pages[:-1]:
            answer = await self.stage.engine.handle(_sent(self.named(account), answer.form, values))
            await self.look()
        return _sent(self.named(account), answer.form, pages[-1])

    def named(self, account: str) -> Origin:
        """Where an act came from, with a delivery that names who acted, as a private chat's does."""
        self.deliveries += 1
        return replace(self.stage.origin(account), id=f"{account}:{self.deliveries}")

    async def meanwhile(self) -> None:
        """Time passes, messages are drawn, and somebody tries to vote again."""
        self.stage.clock.move(seconds=self.chance.choice((0, 1, 7)))
        if self.chance.random() < 0.5:
            await self.stage.run(_send_all)
        if self.chance.random() < 0.3:
            again = _account(self.chance.choice(sorted(self.voted)))
            await self.stage.engine.handle(Click(self.named(again), "polls.seal", "1:0"))
            await self.stage.engine.handle(Click(self.named(again), "polls.seal", "nonsense"))
        await self.stage.run(lambda c: life.due(c, self.stage.clock.now()))
        await self.look()

    async def look(self) -> None:
        stored = await self.stage.database.read(dump)
        figures = generate_latest(self.metrics.registry).decode()
        ours = "\n".join(
            line for line in figures.splitlines() if line.startswith("drumbeat") and "_created{" not in line
        )
        self.moments.append(Moment(stored, ours, frozenset(self.voted)))


def logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> str:
    """All that was logged since it was last asked, without the times."""
    lines = [f"{name} {level} {message}" for name, level, message in caplog.record_tuples]
    caplog.clear()
    return re.sub(r"\d{4}-\d\d-\d\d[T ][\d:.,]+Z?", "", "\n".join([*lines, *capfd.readouterr()]))


def overhear(caplog: pytest.LogCaptureFixture) -> None:
    """Listen to everything but SQLAlchemy, which tells how long it took."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "sqlalchemy")


def _send_all(connection: Connection) -> None:
    ready = outbox.c.state == State.READY.value
    connection.execute(sa.update(outbox).where(ready).values(state=State.SENT.value))


def _sent(origin: Origin, form: Form | None, values: Mapping[str, Value]) -> Submission:
    assert form is not None
    return Submission(origin, form.address, {each.id: "" for each in form.fields} | dict(values), form.state)


def _account(voter: int) -> str:
    return f"U-voter{voter:02}"
