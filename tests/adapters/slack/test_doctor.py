import pytest
from starlette.responses import JSONResponse

from adapters.slack import manifest
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.places import WorkspaceSettings
from tests.adapters.slack.conftest import Bot, running
from tests.adapters.slack.test_installs import OAUTH
from tests.parts import emulate
from tests.parts.emulate import RANDOM, TEAM, Slack

SECURE = {"SLACK_BOT_TOKEN": emulate.TOKEN, "DRUMBEAT_PUBLIC_URL": "https://drumbeat.example.com"}


def who(scopes: list[str]) -> JSONResponse:
    told = {"ok": True, "team_id": TEAM, "user_id": "U0DRUM", "bot_id": "B0DRUM"}
    return JSONResponse(told, headers={"x-oauth-scopes": ",".join(scopes)})


async def test_where_all_is_well_there_is_nothing_to_say(slack: Slack, sqlite_url: str) -> None:
    async with running(slack, sqlite_url, **SECURE) as bot:
        assert await bot.adapter.findings() == []


async def test_an_address_that_slack_cannot_reach_is_named(bot: Bot) -> None:
    [sentence] = await bot.adapter.findings()
    assert "DRUMBEAT_PUBLIC_URL" in sentence


async def test_a_token_that_is_refused_is_named(slack: Slack, sqlite_url: str) -> None:
    async with running(slack, sqlite_url, **SECURE) as bot:
        await slack.seen(lambda: slack.made("auth.test"))
        slack.faults["auth.test"] = [JSONResponse({"ok": False, "error": "invalid_auth"})]
        [sentence] = await bot.adapter.findings()
    assert "refuses the token (invalid_auth)" in sentence


async def test_missing_scopes_are_named(slack: Slack, sqlite_url: str) -> None:
    async with running(slack, sqlite_url, **SECURE) as bot:
        await slack.seen(lambda: slack.made("auth.test"))
        slack.faults["auth.test"] = [who([scope for scope in manifest.scopes() if scope != "im:write"])]
        [sentence] = await bot.adapter.findings()
    assert "lacks im:write;" in sentence


async def test_slack_out_of_reach_is_named(slack: Slack, sqlite_url: str) -> None:
    async with running(slack, sqlite_url, **SECURE) as bot:
        await slack.seen(lambda: slack.made("auth.test"))
        slack.faults["auth.test"] = [JSONResponse({"ok": False}, 503)]
        [sentence] = await bot.adapter.findings()
    assert "cannot be reached" in sentence


async def test_a_chosen_channel_without_the_bot_is_named(slack: Slack, sqlite_url: str) -> None:
    async with running(slack, sqlite_url, **SECURE) as bot:

        def choose(connection: Connection) -> None:
            workspace = directory.workspace(connection, "slack", TEAM)
            place = directory.place_at(connection, workspace, RANDOM, name="random")
            directory.choose(connection, workspace, WorkspaceSettings(praise=place.id))

        await bot.database.run(choose)
        [sentence] = await bot.adapter.findings()
    assert "/invite @Drumbeat" in sentence
    assert "#random" in sentence


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_nobody_having_installed_it_is_named(slack: Slack, sqlite_url: str) -> None:
    async with running(slack, sqlite_url, **{**OAUTH, "DRUMBEAT_PUBLIC_URL": "https://drumbeat.example.com"}) as bot:
        [sentence] = await bot.adapter.findings()
    assert "https://drumbeat.example.com/slack/install" in sentence
