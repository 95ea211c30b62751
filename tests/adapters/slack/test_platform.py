import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from adapters.slack.clients import Web
from adapters.slack.platform import BETWEEN_PAGES, SlackPlatform, profile
from adapters.slack.tokens import OneToken
from bot.core.cards import note
from bot.core.errors import Gone, PlatformError, RateLimited, Unavailable, Unknown
from bot.core.places import Workspace
from bot.core.ports import Destination
from tests.parts import emulate, process
from tests.parts.emulate import GENERAL, TEAM, Slack

HOME = Workspace(id=1, organisation=1, platform="slack", key=TEAM)
HERE = Destination(HOME, place=GENERAL)


@pytest.fixture
async def platform(slack: Slack) -> AsyncIterator[SlackPlatform]:
    """Give the platform with one token."""
    web = Web(slack.api_url)
    web.start()
    yield SlackPlatform(web, OneToken(web, emulate.TOKEN))
    await web.stop()


def refused(code: str, status: int = 200) -> Response:
    return JSONResponse({"ok": False, "error": code}, status)


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (refused("channel_not_found"), Gone, "channel_not_found"),
        (refused("is_archived"), Gone, "is_archived"),
        (refused("not_in_channel"), PlatformError, "not_in_channel"),
        (refused("invalid_auth"), PlatformError, "invalid_auth"),
        (refused("service_unavailable", 503), Unavailable, "service_unavailable"),
        (refused("fatal_error"), Unknown, "fatal_error"),
        (refused("internal_error", 500), Unknown, "internal_error"),
        (PlainTextResponse("<html>Bad gateway", 502), Unknown, "http_502"),
        (JSONResponse({"ok": False}, 429, {"Retry-After": "7"}), RateLimited, "rate_limited"),
        (refused("ratelimited"), RateLimited, "rate_limited"),
    ],
)
async def test_slack_s_refusals_are_ours(
    platform: SlackPlatform, slack: Slack, answer: Response, error: type[PlatformError], reason: str
) -> None:
    slack.faults["chat.postMessage"] = [answer]
    with pytest.raises(PlatformError) as raised:
        await platform.send(HERE, note("Hello"), "k")
    assert (type(raised.value), raised.value.reason) == (error, reason)


async def test_a_pause_is_as_long_as_slack_asks_and_for_that_bucket(platform: SlackPlatform, slack: Slack) -> None:
    slack.faults["chat.update"] = [JSONResponse({"ok": False}, 429, {"Retry-After": "7"})]
    posted = await platform.send(HERE, note("Hello"), "k")
    with pytest.raises(RateLimited) as raised:
        await platform.update(HOME, posted, note("Hi"))
    assert raised.value.retry_after == 7
    assert raised.value.bucket in {limit.key for limit in platform.limits(HERE, "update")}


async def test_a_call_that_was_limited_is_not_repeated_by_the_client(platform: SlackPlatform, slack: Slack) -> None:
    slack.faults["chat.postMessage"] = [refused("ratelimited")]
    with pytest.raises(RateLimited):
        await platform.send(HERE, note("Hello"), "k")
    assert not slack.made("chat.postMessage")


async def test_nobody_listening_means_the_message_was_not_taken() -> None:
    web = Web(f"http://127.0.0.1:{process.free_port()}/api/")
    web.start()
    platform = SlackPlatform(web, OneToken(web, "xoxb-1"))
    with pytest.raises(Unavailable):
        await platform.send(HERE, note("Hello"), "k")
    await web.stop()


async def test_a_connection_that_ends_half_way_means_nobody_knows() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    web = Web(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/")
    web.start()
    platform = SlackPlatform(web, OneToken(web, "xoxb-1"))
    with pytest.raises(Unknown):
        await platform.send(HERE, note("Hello"), "k")
    await web.stop()
    server.close()


async def test_a_message_carries_its_key_and_unfolds_no_link(platform: SlackPlatform, slack: Slack) -> None:
    await platform.send(HERE, note("See https://example.com"), "polls:1:5")
    [call] = slack.made("chat.postMessage")
    assert call.arguments["metadata"]["event_payload"] == {"key": "polls:1:5"}
    assert call.arguments["unfurl_links"] in ("0", False, "false")
    assert call.arguments["text"] == "See https://example.com"


async def test_what_goes_into_a_thread_is_shown_in_the_channel_too(platform: SlackPlatform, slack: Slack) -> None:
    asked = await platform.send(HERE, note("Question"), "asked")
    await platform.send(Destination(HOME, place=GENERAL, under=asked.message), note("Answer"), "answer")
    [_, call] = slack.made("chat.postMessage")
    assert (call.arguments["thread_ts"], call.arguments["reply_broadcast"]) == (asked.message, True)
    assert call.arguments["metadata"]["event_payload"] == {"key": "answer"}


async def test_a_message_is_found_though_its_thread_is_gone(platform: SlackPlatform, slack: Slack) -> None:
    posted = await platform.send(HERE, note("Answer"), "answer")
    slack.faults["conversations.replies"] = [refused("thread_not_found")]
    to = Destination(HOME, place=GENERAL, under="1700000000.000001")
    assert await platform.find(to, "answer", datetime.now(UTC)) == posted


async def test_a_message_is_found_on_the_last_page_of_its_thread(platform: SlackPlatform, slack: Slack) -> None:
    asked = await platform.send(HERE, note("Question"), "asked")
    to = Destination(HOME, place=GENERAL, under=asked.message)
    posted = await platform.send(to, note("Answer"), "answer")
    slack.faults["conversations.replies"] = [history(timedelta(hours=1), more="next")]
    assert await platform.find(to, "answer", datetime.now(UTC)) == posted
    slack.faults["conversations.replies"] = [history(timedelta(hours=1), more="next")] * 10
    with pytest.raises(Unknown, match="too_much_history"):
        await platform.find(to, "answer", datetime.now(UTC))


async def test_a_direct_message_is_found_by_its_key(platform: SlackPlatform, slack: Slack) -> None:
    to = Destination(HOME, account=slack.users["ben"])
    posted = await platform.send(to, note("Psst"), "rhythm:1:2")
    assert await platform.find(to, "rhythm:1:2", datetime.now(UTC) - timedelta(minutes=5)) == posted


@pytest.mark.parametrize("ahead", [timedelta(hours=-25), timedelta(hours=1), timedelta(days=1), timedelta(days=30)])
async def test_a_message_is_found_though_our_clock_was_wrong_when_it_was_sent(
    platform: SlackPlatform, slack: Slack, ahead: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.platform.MESSAGES_A_PAGE", 2)
    to = Destination(HOME, account=slack.users["chen"])
    posted = await platform.send(to, note("Psst"), f"key {ahead}")
    for number in range(4):
        await platform.send(to, note("Later"), f"{ahead} {number}")
    assert await platform.find(to, f"key {ahead}", datetime.now(UTC) + ahead) == posted


def history(*ages: timedelta, more: str = "") -> Response:
    now = datetime.now(UTC)
    messages = [{"type": "message", "ts": f"{(now - age).timestamp():.6f}", "text": "x"} for age in ages]
    return JSONResponse({"ok": True, "messages": messages, "response_metadata": {"next_cursor": more}})


async def test_nobody_looks_further_back_than_clocks_can_be_apart(platform: SlackPlatform, slack: Slack) -> None:
    slack.faults["conversations.history"] = [
        history(timedelta(hours=1), timedelta(hours=5), more="second"),
        history(timedelta(hours=20), timedelta(hours=40), more="third"),
    ]
    assert await platform.find(HERE, "not there", datetime.now(UTC)) is None
    assert slack.faults["conversations.history"] == []


async def test_where_there_is_too_much_to_look_through_nobody_knows(platform: SlackPlatform, slack: Slack) -> None:
    slack.faults["conversations.history"] = [history(timedelta(hours=1), more="next")] * 11
    with pytest.raises(Unknown, match="too_much_history"):
        await platform.find(HERE, "not there", datetime.now(UTC))
    assert len(slack.faults.pop("conversations.history")) == 1


async def test_people_come_page_by_page(platform: SlackPlatform, slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.platform.PEOPLE_A_PAGE", 2)
    monkeypatch.setattr("adapters.slack.platform.BETWEEN_PAGES", 0.2)
    begun = time.monotonic()
    people = {person.name: person async for person in platform.people(HOME)}
    assert {"anna", "ben", "chen", "dora", "drumbeat"} <= people.keys()
    assert people["drumbeat"].bot
    assert people["anna"].admin
    assert people["anna"].email == "anna@example.com"
    assert len(slack.made("users.list")) == 3
    assert time.monotonic() - begun >= 2 * 0.2


def test_pages_of_people_stay_within_their_tier() -> None:
    assert 1 + 60 // BETWEEN_PAGES <= 20


async def test_another_team_s_workspace_is_not_ours(platform: SlackPlatform) -> None:
    elsewhere = Workspace(id=2, organisation=2, platform="slack", key="T-other")
    with pytest.raises(PlatformError, match="not_installed"):
        await platform.send(Destination(elsewhere, place=GENERAL), note("Hello"), "k")


def test_a_profile_as_slack_tells_it() -> None:
    told = profile(
        {
            "id": "U1",
            "name": "anna.andersen",
            "tz": "Europe/Berlin",
            "locale": "de-DE",
            "is_owner": True,
            "profile": {"real_name": "Anna Andersen", "avatar_hash": "g1", "image_192": "https://a", "title": "CEO"},
        }
    )
    assert (told.name, told.zone, told.locale, told.title) == ("Anna Andersen", "Europe/Berlin", "de-DE", "CEO")
    assert (told.admin, told.active, told.bot, told.has_photo) == (True, True, False, False)


@pytest.mark.parametrize(
    ("picture", "has"),
    [
        ({"is_custom_image": True}, True),
        ({"image_original": "https://a"}, True),
        ({"avatar_hash": "g"}, False),
        ({}, None),
    ],
)
def test_a_photo_is_known_only_where_slack_tells(picture: dict[str, object], has: bool | None) -> None:  # noqa: FBT001 -- one of three answers
    assert profile({"id": "U1", "profile": picture}).has_photo is has


def test_a_zone_that_nobody_knows_is_none() -> None:
    assert profile({"id": "U1", "tz": "Mars/Olympus", "profile": {}}).zone == ""
