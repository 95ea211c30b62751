import re
import time
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from starlette.responses import JSONResponse

from adapters.slack.installations import Installations, Seal
from bot.core.cards import note
from bot.core.directory import store as directory
from bot.core.errors import PlatformError
from bot.core.ports import Destination
from tests.adapters.slack.conftest import Bot, running
from tests.parts import emulate
from tests.parts.emulate import GENERAL, TEAM, Slack

# slack-sdk still calls aiohttp's BasicAuth to exchange a code, and aiohttp warns of its end.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

OAUTH = {
    "SLACK_CLIENT_ID": emulate.CLIENT_ID,
    "SLACK_CLIENT_SECRET": emulate.CLIENT_SECRET,
    "DRUMBEAT_PUBLIC_URL": "http://127.0.0.1:1",
}


@pytest.fixture
async def installable(slack: Slack, sqlite_url: str) -> AsyncIterator[Bot]:
    """Give a bot that nobody has installed yet."""
    async with running(slack, sqlite_url, **OAUTH) as started:
        yield started


async def install(bot: Bot, slack: Slack, name: str = "anna") -> httpx2.Response:
    """Walk through an install as somebody's browser does."""
    async with httpx2.AsyncClient() as browser:
        away = await browser.get(bot.sender.url.replace("events", "install"))
        asked = parse_qs(urlsplit(away.headers["location"]).query)
        agreed = {
            "user_id": slack.users[name],
            **{key: asked[key][0] for key in ("redirect_uri", "scope", "state", "client_id")},
        }
        back = await browser.post(f"{slack.url}/oauth/v2/authorize/callback", data=agreed)
        page = bot.sender.url.replace("events", "oauth_redirect")
        cookie = away.headers["set-cookie"].split(";")[0]
        return await browser.get(f"{page}?{urlsplit(back.headers['location']).query}", headers={"Cookie": cookie})


async def test_an_install_sends_people_to_slack_with_every_scope(installable: Bot, slack: Slack) -> None:
    async with httpx2.AsyncClient() as browser:
        away = await browser.get(installable.sender.url.replace("events", "install"))
    assert away.status_code == 302
    asked = urlsplit(away.headers["location"])
    assert f"{asked.scheme}://{asked.netloc}{asked.path}" == slack.api_url.replace("/api/", "/oauth/v2/authorize")
    assert "chat:write" in parse_qs(asked.query)["scope"][0]


async def test_after_an_install_the_bot_works_there(installable: Bot, slack: Slack) -> None:
    page = await install(installable, slack)
    assert page.status_code == 200
    assert "Drumbeat is in Acme." in page.text
    [workspace] = await installable.database.read(lambda c: directory.all_workspaces(c, "slack"))
    assert (workspace.key, workspace.name) == (TEAM, "Acme")
    await installable.adapter.platform.send(Destination(workspace, place=GENERAL), note("Hello"), "k")
    await installable.sender.type(slack.users["anna"], "/poll")
    await slack.seen(lambda: slack.made("views.open"))
    assert all(call.token.startswith("xoxb-") for call in slack.made("chat.postMessage"))


async def test_a_token_lies_encrypted(installable: Bot, slack: Slack) -> None:
    await install(installable, slack)
    token = slack.calls[-1].token or next(call.token for call in slack.calls if call.token)

    def written(connection: object) -> str:
        raw = connection.connection.driver_connection  # type: ignore[attr-defined]
        return "\n".join(raw.iterdump())

    dump = await installable.database.read(written)
    assert token.startswith("xoxb-")
    assert token not in dump


async def test_a_state_works_once_and_in_the_same_browser(installable: Bot) -> None:
    async with httpx2.AsyncClient() as browser:
        away = await browser.get(installable.sender.url.replace("events", "install"))
        state = parse_qs(urlsplit(away.headers["location"]).query)["state"][0]
        page = installable.sender.url.replace("events", "oauth_redirect")
        stranger = await browser.get(f"{page}?code=1&state={state}")
        assert stranger.status_code == 400
        cookie = {"Cookie": away.headers["set-cookie"].split(";")[0]}
        first = await browser.get(f"{page}?code=1&state={state}", headers=cookie)
        assert "invalid_code" in first.text
        again = await browser.get(f"{page}?code=1&state={state}", headers=cookie)
        assert "invalid_state" in again.text
        forged = {"Cookie": re.sub("=.*", "=forged", cookie["Cookie"])}
        assert "invalid_state" in (await browser.get(f"{page}?code=1&state=forged", headers=forged)).text


async def test_somebody_who_changes_their_mind_reads_it_in_their_language(installable: Bot) -> None:
    async with httpx2.AsyncClient() as browser:
        page = installable.sender.url.replace("events", "oauth_redirect")
        answer = await browser.get(f"{page}?error=access_denied", headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert "access_denied" in answer.text
    assert '<html lang="de">' in answer.text


async def test_slack_away_is_a_page_and_no_traceback(installable: Bot, slack: Slack) -> None:
    slack.faults["oauth.v2.access"] = [JSONResponse({"ok": False, "error": "internal_error"}, 500)]
    page = await install(installable, slack)
    assert page.status_code == 401
    assert "That did not work." in page.text


async def test_before_an_install_nothing_can_be_sent(installable: Bot) -> None:
    workspace = await installable.database.run(lambda c: directory.workspace(c, "slack", "T-nobody"))
    with pytest.raises(PlatformError, match="not_installed"):
        await installable.adapter.platform.send(Destination(workspace, place=GENERAL), note("Hello"), "k")


async def test_after_a_removal_nothing_is_sent_any_more(installable: Bot, slack: Slack) -> None:
    await install(installable, slack)
    [workspace] = await installable.database.read(lambda c: directory.all_workspaces(c, "slack"))
    await installable.sender.happen({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}})
    assert await installable.database.read(lambda c: directory.all_workspaces(c, "slack"))
    await installable.sender.happen({"type": "tokens_revoked", "tokens": {"bot": ["U0DRUM"]}})
    assert not await installable.database.read(lambda c: directory.all_workspaces(c, "slack"))
    with pytest.raises(PlatformError, match="not_installed"):
        await installable.adapter.platform.send(Destination(workspace, place=GENERAL), note("Hello"), "k")


async def test_a_whole_organisation_lends_its_token_to_each_team(installable: Bot, slack: Slack) -> None:
    slack.faults["oauth.v2.access"] = [
        JSONResponse(
            {
                "ok": True,
                "access_token": emulate.TOKEN,
                "token_type": "bot",
                "scope": "chat:write",
                "bot_user_id": "U0DRUM",
                "app_id": "A0DRUM",
                "team": None,
                "enterprise": {"id": "E1", "name": "Acme Group"},
                "is_enterprise_install": True,
                "authed_user": {"id": slack.users["anna"]},
            }
        )
    ]
    assert "Drumbeat is in Acme Group." in (await install(installable, slack)).text
    assert await installable.database.read(lambda c: directory.all_workspaces(c, "slack")) == []
    anna = slack.users["anna"]
    await installable.sender.type(anna, "/poll", enterprise_id="E1", is_enterprise_install="true")
    await slack.seen(lambda: slack.made("views.open"))
    [workspace] = await installable.database.read(lambda c: directory.all_workspaces(c, "slack"))
    installable.adapter._tokens.forget(TEAM)
    await installable.adapter.platform.send(Destination(workspace, place=GENERAL), note("Hello"), "k")
    async for _ in installable.adapter.platform.people(workspace):
        pass
    assert slack.made("users.list")[0].arguments["team_id"] == TEAM


async def test_a_token_that_is_to_expire_is_changed_before(installable: Bot, slack: Slack) -> None:
    told = {"ok": True, "token_type": "bot", "scope": "chat:write", "bot_user_id": "U0DRUM", "app_id": "A0DRUM"}
    team = {"team": {"id": TEAM, "name": "Acme"}, "authed_user": {"id": slack.users["anna"]}}
    first = {"access_token": "xoxe.old", "refresh_token": "xoxe-1", "expires_in": 60}
    second = {"access_token": emulate.TOKEN, "refresh_token": "xoxe-2", "expires_in": 43200}
    slack.faults["oauth.v2.access"] = [JSONResponse({**told, **team, **first}), JSONResponse({**told, **second})]
    assert (await install(installable, slack)).status_code == 200
    access = await installable.adapter._tokens.of(TEAM)
    assert access
    assert access.token == emulate.TOKEN
    installable.adapter._tokens.forget(TEAM)
    again = await installable.adapter._tokens.of(TEAM)
    assert again == access


def test_a_new_secret_key_still_opens_what_an_old_one_closed() -> None:
    closed = Seal("old").close({"a": 1})
    assert Seal("new, old").open(closed) == {"a": 1}
    assert Seal("new").open(closed) is None
    assert Seal("old").open(Seal("new,old").close({})) is None


async def test_tokens_are_looked_up_once(installable: Bot, slack: Slack) -> None:
    await install(installable, slack)
    tokens = installable.adapter._tokens
    assert isinstance(tokens, Installations)
    began = time.perf_counter()
    for _ in range(1000):
        await tokens.of(TEAM)
    assert time.perf_counter() - began < 0.1
