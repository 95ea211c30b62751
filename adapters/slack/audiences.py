"""Who is in a channel or a user group, asked no faster than Slack allows."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Final

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.clients import next_page, taken
from bot.core.ports import Group

MEMBERS_A_PAGE: Final = 500
BETWEEN_PAGES: Final = 0.65
"""Seconds between two pages of a channel's members: `conversations.members` is Tier 4, 100 a minute. A channel of
100,000 takes two minutes."""

BETWEEN_GROUPS: Final = 3.2
"""Seconds between two user groups: `usergroups.list` and `usergroups.users.list` are Tier 2, 20 a minute each."""

CHANNELS: Final = "public_channel,private_channel"
GUEST: Final = ("is_restricted", "is_ultra_restricted", "is_stranger")
"""What Slack calls people who see only the channels they were invited to."""


class Pace:
    """Lets calls of a kind go one after another, some seconds apart; each workspace (`key`) for itself."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next: dict[str, float] = {}

    async def turn(self, key: str) -> None:
        """Wait until it is time for one more call."""
        now = time.monotonic()
        at = max(now, self._next.get(key, now))
        self._next[key] = at + self._seconds
        await asyncio.sleep(at - now)


class Audiences:
    """Asks for rosters. `team` names the workspace where the token is an organisation's."""

    def __init__(self) -> None:
        self._pages = Pace(BETWEEN_PAGES)
        self._groups = Pace(BETWEEN_GROUPS)

    async def groups(self, client: AsyncWebClient, team: str | None) -> AsyncIterator[Group]:
        """Every user group that is in use, by its handle."""
        told = await taken(client.usergroups_list(team_id=team))
        for group in told.get("usergroups") or ():
            yield Group(str(group["id"]), str(group.get("handle") or group.get("name") or ""))

    async def of_group(self, client: AsyncWebClient, key: str, workspace: str, team: str | None) -> list[str]:
        """The accounts in a user group."""
        await self._groups.turn(workspace)
        told = await taken(client.usergroups_users_list(usergroup=key, team_id=team))
        return [str(account) for account in told.get("users") or ()]

    async def admits(self, client: AsyncWebClient, key: str, account: str, team: str | None) -> bool:
        """Whether somebody may write in a channel."""
        about: Any = await asyncio.gather(
            taken(client.conversations_info(channel=key)), taken(client.users_info(user=account))
        )
        channel, member = about[0]["channel"], about[1]["user"]
        if not channel.get("is_private") and not any(member.get(mark) for mark in GUEST):
            return True
        cursor = ""
        while True:
            # Only channels that the bot is in, too; so mostly one page, where the channel's members may be hundreds.
            call = client.users_conversations(
                user=account, types=CHANNELS, limit=MEMBERS_A_PAGE, cursor=cursor or None, team_id=team
            )
            page: Any = await taken(call)
            if any(each["id"] == key for each in page.get("channels") or ()):
                return True
            cursor = next_page(page)
            if not cursor:
                return False

    async def of_channel(self, client: AsyncWebClient, key: str, workspace: str) -> AsyncIterator[str]:
        """The accounts in a channel, page by page."""
        cursor = ""
        while True:
            await self._pages.turn(workspace)
            call = client.conversations_members(channel=key, limit=MEMBERS_A_PAGE, cursor=cursor or None)
            page: Any = await taken(call)
            for account in page.get("members") or ():
                yield str(account)
            cursor = next_page(page)
            if not cursor:
                return
