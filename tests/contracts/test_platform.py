"""What every platform promises the dispatcher. One suite; each adapter is one more parameter."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from adapters.sandbox import company
from adapters.sandbox.chat import Chat
from adapters.sandbox.platform import NAME, TEAM, SandboxPlatform
from adapters.slack.clients import Web
from adapters.slack.platform import SlackPlatform
from adapters.slack.tokens import OneToken
from bot.core.cards import note
from bot.core.database import metadata, open_database
from bot.core.errors import PlatformError
from bot.core.places import Place, PlaceKind, Workspace
from bot.core.ports import MAY_BEGIN, Destination, Platform, Posted
from scheduler import MovableClock
from tests.adapters.teams import microsoft
from tests.adapters.teams.conftest import connected
from tests.parts import emulate
from tests.parts.emulate import Slack

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Peer:
    """A platform with somebody behind it: a channel, an account, a place that is not there, and what a message says.

    `channel` is a place with threads, and `under` says which message another one stands under there. `group` is the
    name of a group that the account is in. `knows` is whether the platform can tell afterwards if it took a message.
    """

    platform: Platform
    workspace: Workspace
    place: str
    account: str
    nowhere: str
    says: Callable[[Posted], Awaitable[str]]
    channel: str
    under: Callable[[Posted], Awaitable[str]]
    group: str
    knows: bool = True


@pytest.fixture
def sandbox() -> Peer:
    """Give the browser's chat."""
    chat = Chat()
    company.move_in(company.load(), chat)

    async def says(posted: Posted) -> str:
        message = chat.message(posted.place, posted.message)
        assert message is not None
        assert message.card is not None
        return message.card.summary

    async def under(posted: Posted) -> str:
        message = chat.message(posted.place, posted.message)
        return message.under if message else ""

    platform = SandboxPlatform(chat, MovableClock(NOW))
    home = Workspace(id=1, organisation=1, platform=NAME, key=TEAM)
    return Peer(platform, home, "general", "ana", "nowhere", says, "general", under, "leads")


@pytest.fixture
async def emulated(slack: Slack) -> AsyncIterator[Peer]:
    """Give Slack, as somebody else wrote it."""
    web = Web(slack.api_url)
    web.start()

    async def says(posted: Posted) -> str:
        history = await slack.call("conversations.history", channel=posted.place)
        texts: list[str] = [message["text"] for message in history["messages"] if message["ts"] == posted.message]
        return texts[0]

    async def under(posted: Posted) -> str:
        [call] = [call for call in slack.made("chat.postMessage") if call.answer.get("ts") == posted.message]
        return str(call.answer["message"].get("thread_ts", ""))

    platform = SlackPlatform(web, OneToken(web, emulate.TOKEN))
    home = Workspace(id=1, organisation=1, platform="slack", key=emulate.TEAM)
    anna = slack.users["anna"]
    slack.groups["design"] = [anna]
    await slack.call("conversations.join", token="xoxp-anna", channel=emulate.GENERAL)
    yield Peer(platform, home, emulate.GENERAL, anna, "C-nowhere", says, emulate.GENERAL, under, "design")
    await web.stop()


@pytest.fixture
async def teams(sqlite_url: str) -> AsyncIterator[Peer]:
    """Give Teams, with a Bot Connector on this machine; somebody wrote to the bot once, so that it knows the ways."""
    database = open_database(sqlite_url)
    await database.run(metadata.create_all)
    async with microsoft.running() as service, connected(service, database) as running:
        for place in (microsoft.ANNAS_CHAT, microsoft.GROUP, microsoft.CHANNEL):
            await running.knock(running.activity("message", place, text="", entities=[]))
        service.calls.clear()
        home = await running.workspace()

        async def says(posted: Posted) -> str:
            said: str = service.message(posted.place, posted.message)["speak"]
            return said

        async def under(posted: Posted) -> str:
            paths = [path for verb, path, _ in service.calls if verb == "POST"]
            [path] = [path for path in paths if path == f"/conversations/{posted.place}/activities"]
            return path.rpartition(";messageid=")[2].partition("/")[0]

        yield Peer(
            running.adapter.platform,
            home,
            place=microsoft.GROUP,
            account=microsoft.ANNA,
            nowhere="19:nowhere",
            says=says,
            channel=microsoft.CHANNEL,
            under=under,
            group=microsoft.TEAM_NAME,
            knows=False,
        )
    await database.close()


@pytest.fixture(params=["sandbox", "emulated", "teams"])
def peer(request: pytest.FixtureRequest) -> Peer:
    """Give each platform in turn."""
    found: Peer = request.getfixturevalue(request.param)
    return found


async def test_a_message_goes_into_a_channel_and_the_receipt_names_it(peer: Peer) -> None:
    posted = await peer.platform.send(Destination(peer.workspace, place=peer.place), note("Hello"), "key-1")
    assert posted.place == peer.place
    assert "Hello" in await peer.says(posted)


async def test_a_message_reaches_an_account_in_their_direct_chat(peer: Peer) -> None:
    posted = await peer.platform.send(Destination(peer.workspace, account=peer.account), note("Psst"), "key-1")
    assert posted.place != peer.place
    assert "Psst" in await peer.says(posted)


async def test_two_messages_have_two_receipts(peer: Peer) -> None:
    to = Destination(peer.workspace, place=peer.place)
    assert await peer.platform.send(to, note("One"), "key-1") != await peer.platform.send(to, note("Two"), "key-2")


async def test_a_message_is_redrawn_in_place(peer: Peer) -> None:
    posted = await peer.platform.send(Destination(peer.workspace, place=peer.place), note("Before"), "key-1")
    await peer.platform.update(peer.workspace, posted, note("After"))
    assert "After" in await peer.says(posted)


async def test_a_message_goes_into_the_thread_of_another(peer: Peer) -> None:
    asked = await peer.platform.send(Destination(peer.workspace, place=peer.channel), note("Question"), "key-asked")
    to = Destination(peer.workspace, place=asked.place, under=asked.message)
    answer = await peer.platform.send(to, note("Answer"), "key-answer")
    assert answer != asked
    assert await peer.under(answer) == asked.message
    if peer.knows:
        assert await peer.platform.find(to, "key-answer", NOW) == answer
        assert await peer.platform.find(to, "key-that-is-not", NOW) is None


@pytest.mark.parametrize("peer", ["emulated", "teams"], indirect=True)
async def test_a_call_that_may_not_begin_any_more_goes_nowhere(peer: Peer) -> None:
    """Over a network, that is: what happens within the process cannot be overtaken by others."""
    to = Destination(peer.workspace, place=peer.place)
    posted = await peer.platform.send(to, note("Before"), "key-in-time")
    allowed = MAY_BEGIN.set(lambda: False)
    with pytest.raises(PlatformError):
        await peer.platform.update(peer.workspace, posted, note("After"))
    with pytest.raises(PlatformError):
        await peer.platform.send(to, note("After"), "key-too-late")
    MAY_BEGIN.reset(allowed)
    assert "Before" in await peer.says(posted)
    if peer.knows:
        assert await peer.platform.find(to, "key-too-late", NOW) is None


async def test_a_place_that_is_not_there_is_an_error_with_a_reason(peer: Peer) -> None:
    with pytest.raises(PlatformError) as refused:
        await peer.platform.send(Destination(peer.workspace, place=peer.nowhere), note("Hello"), "key-1")
    assert refused.value.reason


async def test_a_message_is_found_by_its_key_and_no_other(peer: Peer) -> None:
    if not peer.knows:
        pytest.skip("this platform cannot be asked what it took")
    to = Destination(peer.workspace, place=peer.place)
    posted = await peer.platform.send(to, note("Hello"), "key-that-is-there")
    assert await peer.platform.find(to, "key-that-is-there", NOW) == posted
    assert await peer.platform.find(to, "key-that-is-not", NOW) is None


async def test_everybody_has_an_account_and_a_name(peer: Peer) -> None:
    people = [profile async for profile in peer.platform.people(peer.workspace)]
    assert peer.account in {profile.account for profile in people}
    assert all(profile.name for profile in people)


async def test_a_named_group_has_a_key_of_its_own_and_members(peer: Peer) -> None:
    groups = [group async for group in peer.platform.groups(peer.workspace)]
    keys = {group.name: group.key for group in groups}
    assert peer.group in keys
    assert not {peer.place, peer.channel, microsoft.TEAM} & set(keys.values())
    assert peer.account in await members(peer, keys[peer.group], PlaceKind.PEOPLE)


async def test_everybody_in_a_channel_is_told_once(peer: Peer) -> None:
    for place in {peer.place, peer.channel}:
        told = await members(peer, place)
        assert peer.account in told
        assert len(set(told)) == len(told)
        assert set(told) <= {profile.account async for profile in peer.platform.people(peer.workspace)}


@pytest.mark.parametrize("kind", [PlaceKind.CHANNEL, PlaceKind.PEOPLE])
async def test_whoever_is_in_a_place_that_is_not_there_is_an_error_with_a_reason(peer: Peer, kind: PlaceKind) -> None:
    with pytest.raises(PlatformError) as refused:
        await members(peer, peer.nowhere, kind)
    assert refused.value.reason


async def members(peer: Peer, key: str, kind: PlaceKind = PlaceKind.CHANNEL) -> list[str]:
    place = Place(id=1, workspace=peer.workspace.id, key=key, kind=kind)
    return [account async for account in peer.platform.members(peer.workspace, place)]


@pytest.mark.parametrize("verb", ["send", "update"])
def test_limits_are_buckets_that_can_be_drawn_from(peer: Peer, verb: str) -> None:
    for to in (Destination(peer.workspace, place=peer.place), Destination(peer.workspace, account=peer.account)):
        limits = peer.platform.limits(to, verb)
        assert all(limit.rate > 0 and limit.burst >= 1 and limit.key for limit in limits)
        assert len({limit.key for limit in limits}) == len(limits)
