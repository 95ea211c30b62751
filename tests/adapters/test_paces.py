"""What a campaign can count on, on each platform."""

import httpx2

from adapters.sandbox.chat import Chat
from adapters.sandbox.platform import SandboxPlatform
from adapters.slack.clients import Web
from adapters.slack.platform import SlackPlatform
from adapters.slack.tokens import OneToken
from adapters.teams.connector import Connector
from adapters.teams.platform import TeamsPlatform
from adapters.teams.routes import Routes
from bot.config import Settings
from bot.core.database import open_database
from bot.core.pace import Pace, a_minute
from bot.core.places import Workspace
from scheduler import SystemClock

SETTINGS = Settings.model_construct()


def pace(platform: SlackPlatform | TeamsPlatform | SandboxPlatform) -> Pace:
    return Pace.of(Workspace(id=1, organisation=1, platform=platform.name, key="acme"), platform)


def test_in_slack_a_campaign_counts_on_the_limit_of_its_workspace() -> None:
    web = Web("http://127.0.0.1:9/api/")
    found = pace(SlackPlatform(web, OneToken(web, "xoxb-1"), SETTINGS.slack_rate))
    assert found.platform == "Slack"
    assert a_minute(found.rate, 100_000) == SETTINGS.slack_rate


def test_in_teams_a_campaign_counts_on_the_limit_of_its_tenant(sqlite_url: str) -> None:
    connector = Connector(httpx2.AsyncClient(), None)
    found = pace(TeamsPlatform(connector, Routes(open_database(sqlite_url)), SETTINGS.teams_rate))
    assert found == Pace("Teams", SETTINGS.teams_rate)


def test_in_the_sandbox_a_campaign_may_go_to_everybody_at_once() -> None:
    assert pace(SandboxPlatform(Chat(), SystemClock())) == Pace("Sandbox", None)
