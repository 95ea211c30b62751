"""Replicas are killed while people vote, polls open, remind and close; what was acknowledged is counted, once."""

import random
from pathlib import Path

import pytest

from bot.core.database import Connection
from bot.polls.store.tables import ballots
from tests.replicas.electorate import OPEN, Electorate, bout, broken, fleet_at

KILLS = 2
"""And the last one, at closing. `python -m tests.replicas.electorate`, a part of `make faults`, does more."""


@pytest.mark.parametrize(("database", "replicas"), [("sqlite_url", 1), ("postgres_url", 2)])
async def test_whoever_was_told_that_a_vote_is_taken_is_counted_once_whatever_is_killed(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, replicas: int
) -> None:
    seed = random.randrange(1_000_000)
    with fleet_at(tmp_path, request.getfixturevalue(database)) as fleet:
        election = await bout(fleet, replicas, KILLS, seed)
    assert not election.found, [f"seed {seed}", election.told(), *election.found]
    assert await election.do(lambda connection: _lose_one(election, connection))


def _lose_one(election: Electorate, connection: Connection) -> list[str]:
    """What is said where a vote that was acknowledged is not there: the proof that it would have been seen."""
    connection.execute(ballots.delete().where(ballots.c.poll_id == OPEN))
    return broken(election, connection)
