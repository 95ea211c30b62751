"""Secret polls: whoever has the whole database, and all logs, at any moment, knows no more than the totals say.

Two proofs. Nothing tells two histories apart that differ only in whose vote was whose, so that no attacker can at all;
and attackers who try guess no better than the totals alone allow. Both find what careless programs leave behind.
"""

import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Final

import pytest
import sqlalchemy as sa
import structlog

from bot import polls
from bot.core.database import Connection, metadata, open_database
from bot.polls.model import tally
from bot.polls.model.ballots import Ballot
from bot.polls.model.poll import Poll
from bot.polls.store import secrecy
from tests.bot.polls.elections import QUESTIONS, Election, History, Moment, history, logged, overhear
from tests.bot.polls.guessers import GUESSERS, Tried
from tests.bot.stage import Stage
from tests.parts import postgres

VOTERS: Final = 12
Fresh = Callable[[], str]
"""Gives the address of a database that nobody has used."""


@pytest.fixture(scope="module")
def _template(postgres_server: postgres.Server) -> str:
    name = postgres_server.create()
    engine = sa.create_engine(postgres_server.url(name))
    polls.feature()
    metadata.create_all(engine)
    engine.dispose()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fresh]:
    """Give databases, each as new as the first: where rows lie must depend on nothing that was there before."""
    made: list[str] = []

    def file() -> str:
        path = tmp_path / f"{len(made)}.sqlite"
        shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        made.append(str(path))
        return f"sqlite:///{path}"

    def database() -> str:
        server: postgres.Server = request.getfixturevalue("postgres_server")
        made.append(server.create(template=request.getfixturevalue("_template")))
        return server.url(made[-1])

    yield file if request.param == "sqlite" else database
    if request.param == "postgresql":
        for name in made:
            request.getfixturevalue("postgres_server").drop(name)


@asynccontextmanager
async def staged(url: str) -> AsyncIterator[Stage]:
    database = open_database(url)
    yield Stage(database, (polls.feature(),), moment=0.0)
    await database.close()


async def played(url: str, played_as: History) -> Election:
    async with staged(url) as stage:
        election = Election(stage, played_as)
        await election.play()
    return election


def telling(one: Sequence[Moment], other: Sequence[Moment], pair: tuple[int, int]) -> str:
    """What tells two histories apart at a moment at which both voters of a pair have voted; nothing if nothing does."""
    assert len(one) == len(other)
    for number, (mine, theirs) in enumerate(zip(one, other, strict=True)):
        halfway = len(mine.voted & set(pair)) == 1
        if not halfway and (found := mine.stored.differing(theirs.stored)):
            return f"after commit {number}: {found}"
        if mine.figures != theirs.figures:
            return f"figures after commit {number}"
    return ""


def pairs(story: History) -> list[tuple[int, int]]:
    """Two voters who answered differently: in two batches, and in one."""
    chance = Random(story.seed)
    both = [(one, other) for one in range(VOTERS) for other in range(one) if story.ballots[one] != story.ballots[other]]
    apart = [pair for pair in both if story.batch_of(pair[0]) != story.batch_of(pair[1])]
    together = [pair for pair in both if story.batch_of(pair[0]) == story.batch_of(pair[1])]
    assert together
    return [chance.choice(apart), chance.choice(together)]


@pytest.mark.parametrize("kind", QUESTIONS)
async def test_nothing_stored_or_logged_tells_whose_vote_was_whose(
    kind: str, fresh: Fresh, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    overhear(caplog)
    story = history(kind, seed=len(kind), voters=VOTERS)
    logged(caplog, capfd)
    true = await played(fresh(), story)
    log = logged(caplog, capfd)
    for pair in pairs(story):
        swapped = await played(fresh(), story.swapped(*pair))
        assert telling(true.moments, swapped.moments, pair) == ""
        assert logged(caplog, capfd) == log
        assert true.answers == swapped.answers


def in_the_order_they_came(_: pytest.MonkeyPatch) -> None:
    """Texts as they were first written, the newest last."""
    _.setattr(tally, "written", lambda tallies: json.dumps([[each.voters, dict(each.answers)] for each in tallies]))


def a_diary(patch: pytest.MonkeyPatch) -> None:
    """Notes when each vote was cast, and nothing of who did."""
    add = secrecy.add

    def careless(connection: Connection, poll: Poll, ballots: Sequence[Ballot]) -> None:
        add(connection, poll, ballots)
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS diary (batch INTEGER, answer TEXT)")
        batch = connection.exec_driver_sql("SELECT coalesce(max(batch), 0) + 1 FROM diary").scalar_one()
        for ballot in ballots:
            connection.exec_driver_sql(f"INSERT INTO diary VALUES ({batch}, '{json.dumps(ballot)}')")

    patch.setattr(secrecy, "add", careless)


def a_row_an_option(patch: pytest.MonkeyPatch) -> None:
    """Counts each option in a row of its own, as one would, and writes only the one that was chosen."""
    add = secrecy.add

    def careless(connection: Connection, poll: Poll, ballots: Sequence[Ballot]) -> None:
        add(connection, poll, ballots)
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS options (answer TEXT PRIMARY KEY, votes INTEGER)")
        for ballot in ballots:
            connection.exec_driver_sql(
                f"INSERT INTO options VALUES ('{json.dumps(ballot)}', 1) "
                "ON CONFLICT (answer) DO UPDATE SET votes = options.votes + 1"
            )

    patch.setattr(secrecy, "add", careless)


def a_log_line(patch: pytest.MonkeyPatch) -> None:
    """Logs what was chosen, and nothing of who did."""
    add = secrecy.add

    def careless(connection: Connection, poll: Poll, ballots: Sequence[Ballot]) -> None:
        add(connection, poll, ballots)
        structlog.get_logger().info("sealed", chosen=ballots)

    patch.setattr(secrecy, "add", careless)


Sabotage = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.parametrize("sabotage", [in_the_order_they_came, a_diary, a_row_an_option, a_log_line])
async def test_the_proof_finds_what_careless_programs_leave(
    sabotage: Sabotage,
    fresh: Fresh,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    overhear(caplog)
    sabotage(monkeypatch)
    for seed in range(1, 6):  # not every exchange changes which text came first
        story = history("text", seed, VOTERS)
        apart, _ = pairs(story)
        logged(caplog, capfd)
        true = await played(fresh(), story)
        log = logged(caplog, capfd)
        swapped = await played(fresh(), story.swapped(*apart))
        if telling(true.moments, swapped.moments, apart) or logged(caplog, capfd) != log:
            return
    pytest.fail("nothing found")


HISTORIES: Final = 16
LUCK: Final = 3.0
"""Standard deviations above the average of chance, which is above it once in 700 times; and the seeds are fixed."""


async def tried(fresh: Fresh) -> dict[str, Tried]:
    """Every attacker on a dump of each history at a moment by chance."""
    chance = Random(11)
    results = {name: Tried() for name in GUESSERS}
    for seed in range(HISTORIES):
        story = history("single", seed=seed + 1, voters=VOTERS)
        election = await played(fresh(), story)
        moment = chance.choice([each for each in election.moments if each.voted])
        truth = {voter: str(story.ballots[voter][0]["answer"]) for voter in moment.voted}
        for name, guess in GUESSERS.items():
            results[name].add(truth, guess(moment.stored))
    return results


async def test_no_attacker_guesses_better_than_the_totals_allow(fresh: Fresh) -> None:
    results = await tried(fresh)
    assert {name: each.luck for name, each in results.items() if each.luck > LUCK} == {}


@pytest.mark.parametrize(
    ("sabotage", "visible"), [(a_diary, ("sqlite", "postgresql")), (a_row_an_option, ("postgresql",))]
)
async def test_attackers_make_use_of_what_careless_programs_leave(
    sabotage: Sabotage, visible: Sequence[str], fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not fresh().startswith(tuple(visible)):
        pytest.skip("only PostgreSQL notes which transaction wrote a row")
    sabotage(monkeypatch)
    results = await tried(fresh)
    assert max(each.luck for each in results.values()) > LUCK
