"""Who is in channels and user groups, as Slack tells it."""

import json
import time
from collections.abc import AsyncIterator

import pytest
from starlette.responses import JSONResponse, Response

from adapters.slack import audiences
from adapters.slack.audiences import BETWEEN_GROUPS, BETWEEN_PAGES, Pace
from adapters.slack.clients import Web
from adapters.slack.platform import SlackPlatform
from adapters.slack.tokens import Access, OneToken
from bot.core.database import Connection
from bot.core.directory import members
from bot.core.directory import store as directory
from bot.core.directory.rosters import Rosters
from bot.core.errors import Gone, PlatformError, RateLimited
from bot.core.places import Place, PlaceKind, Workspace
from tests.adapters.slack.conftest import Bot
from tests.parts import emulate
from tests.parts.emulate import GENERAL, RANDOM, REFERENCE, TEAM, Slack

HOME = Workspace(id=1, organisation=1, platform="slack", key=TEAM)
CHANNEL = Place(1, HOME.id, GENERAL, PlaceKind.CHANNEL)
DESIGN = Place(2, HOME.id, "S-design", PlaceKind.PEOPLE)


@pytest.fixture
async def web(slack: Slack) -> AsyncIterator[Web]:
    """Give the way to Slack."""
    web = Web(slack.api_url)
    web.start()
    yield web
    await web.stop()


@pytest.fixture
def platform(web: Web) -> SlackPlatform:
    """Give the platform with one token."""
    return SlackPlatform(web, OneToken(web, emulate.TOKEN))


class Organisation:
    """The token of an Enterprise organisation, good for each of its workspaces."""

    async def of(self, team: str, enterprise: str = "") -> Access | None:  # noqa: ARG002 -- one token for all
        return Access(emulate.TOKEN, emulate.BOT)

    def forget(self, team: str) -> None:
        """There is nothing to look up anew."""


async def asked(platform: SlackPlatform, place: Place) -> list[str]:
    return [account async for account in platform.members(HOME, place)]


def page(accounts: list[str], cursor: str = "") -> Response:
    return JSONResponse({"ok": True, "members": accounts, "response_metadata": {"next_cursor": cursor}})


async def test_a_channel_s_members_come_page_by_page(
    platform: SlackPlatform, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform._audiences, "_pages", Pace(0.2))
    slack.faults["conversations.members"] = [page(["U1", "U2"], "second"), page(["U3"], "third"), page(["U4"])]
    begun = time.monotonic()
    assert await asked(platform, CHANNEL) == ["U1", "U2", "U3", "U4"]
    assert time.monotonic() - begun >= 2 * 0.2


async def test_each_page_but_the_first_is_asked_for_by_its_cursor(platform: SlackPlatform, slack: Slack) -> None:
    slack.faults["conversations.members"] = [page(["U1"], "second")]
    await asked(platform, CHANNEL)
    [call] = slack.made("conversations.members")
    assert (call.arguments["channel"], call.arguments["cursor"]) == (GENERAL, "second")
    assert int(call.arguments["limit"]) == audiences.MEMBERS_A_PAGE
    assert slack.unknown() == []


def test_pages_and_groups_stay_within_their_tiers() -> None:
    methods = json.loads(REFERENCE.read_text())["methods"]
    assert methods["conversations.members"]["rate_limit"]["label"].startswith("Tier 4: 100+")
    assert 1 + 60 // BETWEEN_PAGES <= 100
    for method in ("usergroups.list", "usergroups.users.list"):
        assert methods[method]["rate_limit"]["label"].startswith("Tier 2: 20+")
    assert 1 + 60 // BETWEEN_GROUPS <= 20


async def test_each_workspace_has_its_own_pace() -> None:
    pace, begun = Pace(5), time.monotonic()
    for workspace in ("T1", "T2", "T3"):
        await pace.turn(workspace)
    assert time.monotonic() - begun < 5


async def test_an_organisation_s_token_names_the_workspace(web: Web, slack: Slack) -> None:
    slack.groups["design"] = [slack.users["ben"]]
    platform = SlackPlatform(web, Organisation())
    assert [group.key async for group in platform.groups(HOME)] == [DESIGN.key]
    assert await asked(platform, DESIGN) == [slack.users["ben"]]
    for method in ("usergroups.list", "usergroups.users.list"):
        [call] = slack.made(method)
        assert call.arguments["team_id"] == TEAM
    assert slack.unknown() == []


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (JSONResponse({"ok": False, "error": "channel_not_found"}), Gone, "channel_not_found"),
        (JSONResponse({"ok": False, "error": "missing_scope"}), PlatformError, "missing_scope"),
        (JSONResponse({"ok": False}, 429, {"Retry-After": "7"}), RateLimited, "rate_limited"),
    ],
)
async def test_slack_s_refusals_are_ours(
    platform: SlackPlatform, slack: Slack, answer: Response, error: type[PlatformError], reason: str
) -> None:
    slack.faults["conversations.members"] = [answer]
    with pytest.raises(PlatformError) as raised:
        await asked(platform, CHANNEL)
    assert (type(raised.value), raised.value.reason) == (error, reason)


def listed(channels: list[str], cursor: str = "") -> Response:
    found = [{"id": channel} for channel in channels]
    return JSONResponse({"ok": True, "channels": found, "response_metadata": {"next_cursor": cursor}})


def channel(*, private: bool) -> Response:
    return JSONResponse({"ok": True, "channel": {"id": GENERAL, "is_private": private}})


async def test_a_public_channel_is_open_to_everybody(platform: SlackPlatform, slack: Slack) -> None:
    assert await platform.admits(HOME, CHANNEL, slack.users["ben"])
    assert slack.made("users.conversations") == []
    assert slack.unknown() == []


async def test_a_guest_may_write_only_where_they_were_invited(platform: SlackPlatform, slack: Slack) -> None:
    guest = {"ok": True, "user": {"id": "U9", "is_restricted": True}}
    slack.faults["users.info"] = [JSONResponse(guest), JSONResponse(guest)]
    slack.faults["users.conversations"] = [listed([RANDOM]), listed([GENERAL])]
    assert not await platform.admits(HOME, CHANNEL, "U9")
    assert await platform.admits(HOME, CHANNEL, "U9")


async def test_a_private_channel_is_open_to_its_members(platform: SlackPlatform, slack: Slack) -> None:
    slack.faults["conversations.info"] = [channel(private=True), channel(private=True)]
    slack.faults["users.conversations"] = [listed(["C7"], "more"), listed([GENERAL]), listed(["C7"])]
    assert await platform.admits(HOME, CHANNEL, slack.users["ben"])
    assert not await platform.admits(HOME, CHANNEL, slack.users["ben"])
    assert slack.unknown() == []


async def test_a_direct_chat_is_open_to_the_one_it_is_with(platform: SlackPlatform, slack: Slack) -> None:
    opened = await slack.call("conversations.open", users=slack.users["ben"])
    direct = Place(3, HOME.id, opened["channel"]["id"], PlaceKind.DIRECT)
    assert await platform.admits(HOME, direct, slack.users["ben"])
    assert not await platform.admits(HOME, direct, slack.users["dora"])


async def test_of_a_channel_that_the_bot_cannot_see_slack_tells_nothing(platform: SlackPlatform, slack: Slack) -> None:
    with pytest.raises(PlatformError, match="channel_not_found"):
        await platform.admits(HOME, Place(4, HOME.id, "C-hidden", PlaceKind.CHANNEL), slack.users["ben"])


async def test_who_joins_a_channel_is_on_its_roster_at_once(bot: Bot, slack: Slack) -> None:
    def want(connection: Connection) -> int:
        workspace = directory.workspace(connection, "slack", TEAM)
        place = directory.place_at(connection, workspace, RANDOM).id
        members.want(connection, [place], bot.engine.clock.now().replace(year=2100))
        return place

    place = await bot.database.run(want)
    await Rosters(bot.database, bot.engine.clock, {"slack": bot.adapter.platform})()
    dora = slack.users["dora"]
    for method, event, there in (
        ("conversations.join", "member_joined_channel", [dora]),
        ("conversations.leave", "member_left_channel", []),
    ):
        await slack.call(method, token="xoxp-dora", channel=RANDOM)
        await slack.seen(lambda event=event: (event, 200) in slack.heard)  # type: ignore[misc]
        assert [each for each in await bot.database.read(lambda c: _accounts(c, place)) if each == dora] == there


def _accounts(connection: Connection, place: int) -> list[str]:
    workspace = directory.workspace(connection, "slack", TEAM)
    return [directory.person(connection, workspace, person).account for person in members.of(connection, [place])]
