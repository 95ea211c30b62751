"""The `Platform` port on Slack: messages, people, and how fast both may go."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import render
from adapters.slack.audiences import Audiences
from adapters.slack.clients import Web, next_page, taken
from adapters.slack.tokens import Tokens, client_for
from bot.core.cards import Card
from bot.core.errors import Gone, PlatformError, Unknown
from bot.core.people import Profile
from bot.core.places import Place, PlaceKind, Workspace
from bot.core.ports import Destination, Group, Limit, Posted

NAME: Final = "slack"
EVENT_TYPE: Final = "drumbeat_message"
PEOPLE_A_PAGE: Final = 500
BETWEEN_PAGES: Final = 3.2
"""Seconds between two pages of people: `users.list` is Tier 2, 20 a minute. A company of 100,000 takes eleven minutes,
and one replica at a time goes through it."""

MESSAGES_A_PAGE: Final = 200
MOST_PAGES: Final = 10
CLOCKS_APART: Final = 26 * 3600.0
"""Seconds by which our clock may have been ahead of Slack's when the call was made: a day, wrongly set, and more."""

A_MINUTE: Final = 300
"""Messages a minute and workspace, of the "several hundred" that Slack allows."""

TIER_3: Final = frozenset({"find", "update"})
SLACKBOT: Final = "USLACKBOT"
REFUSED_TOKEN: Final = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})


class SlackPlatform:
    """Speaks in every workspace that `tokens` opens, `a_minute` messages in each.

    Nothing is repeated here: the dispatcher decides.
    """

    name = NAME

    def __init__(self, web: Web, tokens: Tokens, a_minute: int = A_MINUTE) -> None:
        self._web = web
        self._tokens = tokens
        self._a_minute = a_minute
        self._audiences = Audiences()

    async def send(self, to: Destination, card: Card, key: str) -> Posted:
        """Post a card with its key in the message's metadata. An account's id is its direct chat with the bot.

        What goes into a thread is shown in the channel, too.
        """
        client = await self._client(to.workspace)
        thread: dict[str, Any] = {"thread_ts": to.under, "reply_broadcast": True} if to.under else {}
        call = client.chat_postMessage(
            channel=to.place or to.account,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
            **thread,
            **render.message(card),
        )
        try:
            told = await taken(call, _bucket(to.workspace, "send"))
        except PlatformError as error:
            raise self._noted(error, to.workspace) from None
        return Posted(str(told["channel"]), str(told["ts"]))

    async def update(self, workspace: Workspace, message: Posted, card: Card) -> None:
        """Redraw a message; what its metadata says stays."""
        client = await self._client(workspace)
        call = client.chat_update(channel=message.place, ts=message.message, **render.message(card))
        try:
            await taken(call, _bucket(workspace, "update"))
        except PlatformError as error:
            raise self._noted(error, workspace) from None

    async def find(self, to: Destination, key: str, since: datetime) -> Posted | None:
        """Look for the key, from the newest message back to a day and more before `since`.

        Where our clock was further ahead than that, Slack's own newest message stands in for `since`. `Unknown` where
        there is too much to look through. A thread is looked through whole, before its channel.
        """
        client = await self._client(to.workspace)
        place = to.place or await self._direct(client, to)
        if to.under and (posted := await self._find_under(client, to, key)):
            return posted
        end, cursor = since.timestamp() - CLOCKS_APART, ""
        for _ in range(MOST_PAGES):
            page = await taken(
                client.conversations_history(
                    channel=place, limit=MESSAGES_A_PAGE, include_all_metadata=True, cursor=cursor or None
                ),
                _bucket(to.workspace, "find"),
            )
            messages = _items(page, "messages")
            for message in messages:
                if _key(message) == key:
                    return Posted(place, str(message["ts"]))
            times = [float(message["ts"]) for message in messages]
            if not cursor:
                end = min(end, max(times, default=end) - CLOCKS_APART)
            cursor = next_page(page)
            if not cursor or min(times, default=end) < end:
                return None
        raise Unknown("too_much_history")

    async def _find_under(self, client: AsyncWebClient, to: Destination, key: str) -> Posted | None:
        cursor = ""
        for _ in range(MOST_PAGES):
            call = client.conversations_replies(
                channel=to.place, ts=to.under, limit=MESSAGES_A_PAGE, include_all_metadata=True, cursor=cursor or None
            )
            try:
                page = await taken(call, _bucket(to.workspace, "find"))
            except Gone:
                return None
            for message in _items(page, "messages"):
                if _key(message) == key:
                    return Posted(to.place, str(message["ts"]))
            cursor = next_page(page)
            if not cursor:
                return None
        raise Unknown("too_much_history")

    async def people(self, workspace: Workspace) -> AsyncIterator[Profile]:
        """Everybody, deactivated people and bots included (`Profile.active`, `Profile.bot`)."""
        client, team = await self._client_and_team(workspace)
        cursor = ""
        while True:
            page = await taken(
                client.users_list(limit=PEOPLE_A_PAGE, include_locale=True, cursor=cursor or None, team_id=team),
                _bucket(workspace, "people"),
            )
            for member in _items(page, "members"):
                yield profile(member)
            cursor = next_page(page)
            if not cursor:
                return
            await asyncio.sleep(BETWEEN_PAGES)

    async def groups(self, workspace: Workspace) -> AsyncIterator[Group]:
        """The user groups, which only Slack's paid plans have (`plan_upgrade_required`)."""
        client, team = await self._client_and_team(workspace)
        async for group in self._audiences.groups(client, team):
            yield group

    async def members(self, workspace: Workspace, place: Place) -> AsyncIterator[str]:
        """Everybody in a channel or a user group."""
        client, team = await self._client_and_team(workspace)
        if place.kind is PlaceKind.PEOPLE:
            for account in await self._audiences.of_group(client, place.key, workspace.key, team):
                yield account
        else:
            async for account in self._audiences.of_channel(client, place.key, workspace.key):
                yield account

    async def admits(self, workspace: Workspace, place: Place, account: str) -> bool:
        """Whoever is in a channel; and everybody but guests in a public one, which anybody may join."""
        client, team = await self._client_and_team(workspace)
        if place.kind is PlaceKind.DIRECT:
            return place.key == await self._direct(client, Destination(workspace, account=account))
        return await self._audiences.admits(client, place.key, account, team)

    def limits(self, to: Destination, verb: str) -> Sequence[Limit]:
        """Slack's rate limits (docs.slack.dev/apis/web-api/rate-limits), never more than it allows.

        A message: one a second and channel with short bursts, several hundred a minute and workspace. An update and a
        look into history are Tier 3, 50 a minute and workspace each: a burst of 5 and 45 a minute never exceed it.
        """
        if verb in TIER_3:
            return (Limit(_bucket(to.workspace, verb), 45 / 60, 5),)
        place = to.place or to.account
        return (
            Limit(f"{NAME}:{to.workspace.key}:place:{place}", 1.0, 3, shared=False),
            Limit(_bucket(to.workspace, "send"), self._a_minute / 60, 10),
        )

    async def _client(self, workspace: Workspace) -> AsyncWebClient:
        client, _ = await client_for(self._web, self._tokens, workspace.key)
        return client

    async def _client_and_team(self, workspace: Workspace) -> tuple[AsyncWebClient, str | None]:
        """The client, and the workspace's id where lists must name it: where the token is an organisation's."""
        client, access = await client_for(self._web, self._tokens, workspace.key)
        return client, None if access.team else workspace.key

    async def _direct(self, client: AsyncWebClient, to: Destination) -> str:
        opened = await taken(client.conversations_open(users=to.account))
        channel: dict[str, Any] = opened["channel"]
        return str(channel["id"])

    def _noted(self, error: PlatformError, workspace: Workspace) -> PlatformError:
        if error.reason in REFUSED_TOKEN:
            self._tokens.forget(workspace.key)
        return error


def profile(member: dict[str, Any]) -> Profile:
    """A Slack user as `users.list`, `team_join` and `user_change` describe it. Guests have accounts like everybody."""
    told: dict[str, Any] = member.get("profile") or {}
    return Profile(
        account=str(member["id"]),
        name=told.get("display_name") or told.get("real_name") or member.get("real_name") or member.get("name") or "",
        email=told.get("email") or "",
        email_verified=bool(member.get("is_email_confirmed", True)),
        title=told.get("title") or "",
        photo=told.get("image_192") or "",
        has_photo=_has_photo(told),
        locale=member.get("locale") or "",
        zone=_zone(member.get("tz") or ""),
        admin=_admin(member),
        active=not member.get("deleted", False),
        bot=bool(member.get("is_bot")) or member["id"] == SLACKBOT or bool(member.get("is_workflow_bot")),
    )


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError):
        return ""


def _has_photo(told: dict[str, Any]) -> bool | None:
    """Slack draws a picture for whoever has none: then it is not custom, and there is no original of it."""
    if told.get("is_custom_image") or told.get("image_original"):
        return True
    return False if "avatar_hash" in told or "is_custom_image" in told else None


def _admin(member: dict[str, Any]) -> bool | None:
    if "is_admin" not in member and "is_owner" not in member:
        return None
    return bool(member.get("is_admin") or member.get("is_owner"))


def _key(message: dict[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return str(payload.get("key", "")) if metadata.get("event_type") == EVENT_TYPE else ""


def _items(page: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401 -- the SDK's answer has no static keys
    return list(page.get(name) or ())


def _bucket(workspace: Workspace, verb: str) -> str:
    return f"{NAME}:{workspace.key}:{verb}"
