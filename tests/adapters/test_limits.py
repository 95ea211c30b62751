"""However many want to be called, and however they come: no window of a platform's limits is ever overdrawn."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.slack.clients import Web
from adapters.slack.platform import SlackPlatform
from adapters.slack.tokens import OneToken
from adapters.teams.connector import Connector
from adapters.teams.platform import TeamsPlatform
from adapters.teams.routes import Routes
from bot.config import Settings
from bot.core.database import Connection, Database, metadata, open_database
from bot.core.outbox import limits as buckets
from bot.core.places import Workspace
from bot.core.ports import Destination, Limit
from scheduler.limits import Buckets

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SETTINGS = Settings.model_construct()
SLACK = Workspace(id=1, organisation=1, platform="slack", key="T-acme")
TEAMS = Workspace(id=1, organisation=1, platform="teams", key="acme")
SLOWLY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)

bursts = st.lists(st.tuples(st.floats(0, 40), st.integers(1, 40), st.booleans()), min_size=1, max_size=6)
"""A rest of so many seconds, then so many calls at once, of a campaign or not."""


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    file: Path = tmp_path_factory.mktemp("limits") / "limits.sqlite"
    database = open_database(f"sqlite:///{file}")
    await database.run(metadata.create_all)
    return database


def slack(verb: str, place: str = "C1") -> Sequence[Limit]:
    web = Web("http://127.0.0.1:9/api/")
    platform = SlackPlatform(web, OneToken(web, "xoxb-1"), SETTINGS.slack_rate)
    return platform.limits(Destination(SLACK, place=place), verb)


def teams(database: Database, place: str = "19:general") -> Sequence[Limit]:
    connector = Connector(httpx2.AsyncClient(), None)
    platform = TeamsPlatform(connector, Routes(database), SETTINGS.teams_rate)
    return platform.limits(Destination(TEAMS, place=place), "send")


def called(database: Database, limits: Sequence[Limit], wanted: Sequence[tuple[float, int, bool]]) -> list[float]:
    """When the calls are made, in seconds since the start, by somebody who waits no longer than told."""
    made = []
    now = START
    with database.engine.begin() as connection:
        connection.execute(buckets.delete())
        for rest, calls, calm in wanted:
            now += timedelta(seconds=rest)
            for _ in range(calls):
                now = _call(connection, limits, now, calm=calm)
                made.append((now - START).total_seconds())
    return made


def _call(connection: Connection, limits: Sequence[Limit], now: datetime, *, calm: bool) -> datetime:
    while True:
        mine = Buckets(connection, [1], [limit.key for limit in limits], now)
        refused = mine.refuse(1, limits, calm=calm)
        if refused is None:
            mine.draw(1, limits)
            mine.save()
            return now
        now = refused.until


def overdrawn(made: Sequence[float], most: int, seconds: float) -> list[float]:
    """When a call is one more than `most` in so many seconds."""
    return [last for first, last in zip(made, made[most:], strict=False) if last - first <= seconds - 1e-3]


@SLOWLY
@given(wanted=bursts)
def test_a_thread_in_teams_stays_within_every_window(database: Database, wanted: list[tuple[float, int, bool]]) -> None:
    made = called(database, teams(database), wanted)
    for most, seconds in ((7, 1), (8, 2), (60, 30), (1800, 3600)):
        assert overdrawn(made, most, seconds) == []


def test_a_thread_in_teams_gets_nearly_all_of_each_hour(database: Database) -> None:
    made = called(database, teams(database), [(0, 3400, True)])
    assert overdrawn(made, 1800, 3600) == []
    assert sum(at < 3600 for at in made) >= 1795
    assert sum(1800 <= at < 5400 for at in made) >= 1760


@SLOWLY
@given(wanted=bursts)
def test_a_tenant_in_teams_stays_within_its_second(database: Database, wanted: list[tuple[float, int, bool]]) -> None:
    made = called(database, [limit for limit in teams(database) if limit.shared], wanted)
    assert overdrawn(made, 50, 1) == []


@SLOWLY
@given(wanted=bursts)
def test_a_channel_in_slack_gets_one_a_second_and_a_short_burst(
    database: Database, wanted: list[tuple[float, int, bool]]
) -> None:
    made = called(database, slack("send"), wanted)
    assert overdrawn(made, 4, 1) == []
    assert overdrawn(made, 63, 60) == []


@SLOWLY
@given(wanted=bursts, verb=st.sampled_from(["update", "find"]))
def test_redraws_and_questions_in_slack_stay_within_their_tier(
    database: Database, wanted: list[tuple[float, int, bool]], verb: str
) -> None:
    assert overdrawn(called(database, slack(verb), wanted), 50, 60) == []


def test_slack_s_tier_is_used_nearly_whole(database: Database) -> None:
    assert sum(at < 600 for at in called(database, slack("update"), [(0, 460, True)])) >= 450


def test_what_is_set_is_what_a_workspace_gets() -> None:
    web = Web("http://127.0.0.1:9/api/")
    platform = SlackPlatform(web, OneToken(web, "xoxb-1"), 500)
    [whole] = [limit for limit in platform.limits(Destination(SLACK, place="C1"), "send") if limit.shared]
    assert whole.rate * 60 == pytest.approx(500)


@pytest.mark.parametrize("platform", ["slack", "teams"])
def test_only_a_destinations_own_buckets_are_not_shared(database: Database, platform: str) -> None:
    here, there = (
        (slack("send", "A"), slack("send", "B"))
        if platform == "slack"
        else (teams(database, "A"), teams(database, "B"))
    )
    common = {limit.key for limit in here} & {limit.key for limit in there}
    assert {limit.key for limit in here if limit.shared} == common


def test_what_answers_a_post_in_teams_draws_from_its_channel(database: Database) -> None:
    assert teams(database, "19:general;messageid=1") == teams(database, "19:general")
