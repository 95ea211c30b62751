"""The Platform port on Teams: send, update in place, and who is there.

Sources: Teams' rate limits for bots (per thread 7 sends in 1 s, 8 in 2 s, 60 in 30 s, 1,800 in 1 h; per app and tenant
50 requests a second); proactive messages.
"""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final, NoReturn

import structlog

from adapters.teams.activity import Account
from adapters.teams.connector import PAGE, Connector
from adapters.teams.render import attachment
from adapters.teams.routes import CHANNEL, PLATFORM, TEAM, Routes, Way, profile
from bot.core.batches import batches
from bot.core.cards import Card
from bot.core.errors import Gone, PlatformError, Unavailable, Unknown
from bot.core.people import Profile
from bot.core.places import Place, PlaceKind, Workspace
from bot.core.ports import Destination, Group, Limit, Posted

GENERAL: Final = "General"
"""The name of the channel that Teams gives none."""

NO_MEMBER: Final = "MemberNotFoundInConversation"
"""How Teams says that somebody is not in there (microsoft/botbuilder-js issue 4614; its reference names no codes)."""

SURVEYED: Final = 600.0
"""Seconds for which the list of channels is good enough."""

A_SECOND: Final = 25
"""Calls a second and tenant: half of what Teams allows, the other half is for answers and lookups."""

TENANT_BURST: Final = 10
THREAD_RATE: Final = 1.0
THREAD_BURST: Final = 6
"""Never more than 7 in 1 s, 8 in 2 s and 36 in 30 s."""

HOUR_BURST: Final = 36
HOUR_RATE: Final = (1800 - HOUR_BURST) / 3600
"""98 % of the hour's 1,800 without end; after a rest, a minute and more at a thread's full rate."""

log = structlog.get_logger()


class TeamsPlatform:
    """Messages through stored conversation references; `a_second` calls in each tenant."""

    name: Final = PLATFORM

    def __init__(self, connector: Connector, routes: Routes, a_second: int = A_SECOND) -> None:
        self._connector = connector
        self._routes = routes
        self._a_second = a_second
        self._surveyed: dict[int, float] = {}

    async def send(self, to: Destination, card: Card, key: str) -> Posted:
        """Post a card. Teams has no place for `key` that could be asked for later, and threads in channels only."""
        del key
        return await self.post(to, message_of(card))

    async def post(self, to: Destination, activity: dict[str, Any]) -> Posted:
        """Post any activity; where only the account is known, its personal chat is opened first."""
        if not to.place:
            return await self._post_personally(to, activity)
        thread = to.place.partition(";")[0]
        here, bot = await self._routes.find(to.workspace, f"place:{thread}", "bot")
        service = _service(here, bot)
        conversation = to.place
        if here.get("kind") == CHANNEL and thread == to.place:
            if not to.under:
                return await self._new_thread(service, to, activity, bot)
            conversation = f"{thread};messageid={to.under}"
        return Posted(conversation, await self._connector.post(service, conversation, activity))

    async def update(self, workspace: Workspace, message: Posted, card: Card) -> None:
        """Redraw a message in place."""
        await self.replace(workspace, message, message_of(card))

    async def replace(self, workspace: Workspace, message: Posted, activity: dict[str, Any]) -> None:
        """Put any activity in the place of a message."""
        thread = message.place.partition(";")[0]
        here, bot = await self._routes.find(workspace, f"place:{thread}", "bot")
        body = {**activity, "id": message.message}
        await self._connector.put(_service(here, bot), message.place, message.message, body)

    async def find(self, to: Destination, key: str, since: datetime) -> NoReturn:
        """Nobody can ask Teams for a message by a mark of ours."""
        del to, key, since
        raise Unknown("teams_cannot_be_asked")

    async def people(self, workspace: Workspace) -> AsyncIterator[Profile]:
        """Everybody in a team that has the app, once each."""
        bot = (await self._routes.find(workspace, "bot"))[0]
        known = {way["account"] for way in (await self._routes.all(workspace, "entra:")).values()}
        seen: set[str] = set()
        for team, way in (await self._routes.all(workspace, TEAM)).items():
            async for member in self._members(_service(way, bot), team):
                if member.aad_object_id and member.id not in known:
                    await self._routes.keep(workspace, f"entra:{member.aad_object_id}", {"account": member.id})
                if member.id not in seen:
                    seen.add(member.id)
                    yield profile(member, workspace.key)

    async def _members(self, service: str, team: str) -> AsyncIterator[Account]:
        """A team that the app was removed from tells nobody any more; the others still do."""
        try:
            async for member in self._connector.members(service, team):
                yield member
        except Gone as error:
            log.info("teams_team_gone", reason=error.reason)

    async def groups(self, workspace: Workspace) -> AsyncIterator[Group]:
        """The teams that have the app."""
        bot = (await self._routes.find(workspace, "bot"))[0]
        for team, way in (await self._routes.all(workspace, TEAM)).items():
            try:
                name = await self._connector.team(_service(way, bot), team)
            except Gone as error:
                log.info("teams_team_gone", reason=error.reason)
            else:
                yield Group(f"{TEAM}{team}", name)

    async def members(self, workspace: Workspace, place: Place) -> AsyncIterator[str]:
        """Everybody in a team, a channel or a group chat; strangers are learnt, for a chat may be of any people."""
        kept = place.key if place.kind is PlaceKind.PEOPLE else f"place:{place.key}"
        way, bot = await self._routes.find(workspace, kept, "bot")
        everybody = self._connector.members(_service(way, bot), place.key.removeprefix(TEAM))
        async for some in batches(everybody, PAGE):
            await self._routes.introduce(workspace, [profile(each, workspace.key) for each in some if each.id])
            for each in some:
                yield each.id

    async def admits(self, workspace: Workspace, place: Place, account: str) -> bool:
        """Whoever is in a channel's team or a chat."""
        way, bot = await self._routes.find(workspace, f"place:{place.key}", "bot")
        try:
            await self._connector.member(_service(way, bot), place.key, account)
        except Gone as error:
            if error.reason == NO_MEMBER:
                return False
            raise
        return True

    def limits(self, to: Destination, verb: str) -> Sequence[Limit]:
        """A thread's two buckets, so that no window of Teams' is overdrawn, and the tenant's.

        To Teams a thread is a whole chat or channel; what is answered to a post counts with it.
        """
        del verb
        tenant = f"{PLATFORM}:{to.workspace.key}"
        thread = f"{tenant}:{to.place.partition(';')[0] or to.account}"
        return (
            Limit(thread, THREAD_RATE, THREAD_BURST, shared=False),
            Limit(f"{thread}:hour", HOUR_RATE, HOUR_BURST, shared=False),
            Limit(tenant, self._a_second, TENANT_BURST),
        )

    async def account(self, workspace: Workspace, key: str) -> str:
        """The account behind what a people search gave: an Entra id, or an account already."""
        known = (await self._routes.find(workspace, f"entra:{key}"))[0]
        if known:
            return known["account"]
        bot = (await self._routes.find(workspace, "bot"))[0]
        for team, way in (await self._routes.all(workspace, TEAM)).items():
            try:
                member = await self._connector.member(_service(way, bot), team, key)
            except PlatformError:
                continue
            await self._routes.keep(workspace, f"entra:{key}", {"account": member.id})
            await self._routes.learn(workspace, profile(member, workspace.key))
            return member.id
        return key

    async def survey(self, workspace: Workspace) -> None:
        """Learn the channels of every team, with their names, which messages do not tell."""
        if time.monotonic() < self._surveyed.get(workspace.id, 0):
            return
        self._surveyed[workspace.id] = time.monotonic() + SURVEYED
        bot = (await self._routes.find(workspace, "bot"))[0]
        teams = await self._routes.all(workspace, TEAM)
        for team, way in teams.items():
            service = _service(way, bot)
            try:
                name = f"{await self._connector.team(service, team)} / " if len(teams) > 1 else ""
                channels = await self._connector.channels(service, team)
            except PlatformError as error:
                log.info("teams_channels_unknown", reason=error.reason)
            else:
                named = {str(each["id"]): f"{name}{each.get('name') or GENERAL}" for each in channels}
                await self._routes.chart(workspace, service, named)

    async def acquaint(self, workspace: Workspace, place: str, account: str) -> None:
        """Learn the name and e-mail of somebody who is new in a team or chat."""
        here, bot = await self._routes.find(workspace, f"place:{place}", "bot")
        member = await self._connector.member(_service(here, bot), place, account)
        if member.id:
            await self._routes.learn(workspace, profile(member, workspace.key))

    async def _post_personally(self, to: Destination, activity: dict[str, Any]) -> Posted:
        chat, bot = await self._routes.find(to.workspace, f"account:{to.account}", "bot")
        service = _service(chat, bot)
        conversation = chat.get("conversation") or await self._open_chat(service, to, bot)
        return Posted(conversation, await self._connector.post(service, conversation, activity))

    async def _open_chat(self, service: str, to: Destination, bot: Way) -> str:
        body = {
            "isGroup": False,
            "bot": _us(bot),
            "members": [{"id": to.account}],
            "tenantId": to.workspace.key,
            "channelData": {"tenant": {"id": to.workspace.key}},
        }
        try:
            conversation = str((await self._connector.create(service, body)).get("id", ""))
        except Unknown as error:
            raise Unavailable(error.reason) from error  # asked again, Teams gives the same chat
        await self._routes.keep(
            to.workspace, f"account:{to.account}", {"service": service, "conversation": conversation}
        )
        return conversation

    async def _new_thread(self, service: str, to: Destination, activity: dict[str, Any], bot: Way) -> Posted:
        body = {
            "isGroup": True,
            "bot": _us(bot),
            "tenantId": to.workspace.key,
            "channelData": {"channel": {"id": to.place}, "tenant": {"id": to.workspace.key}},
            "activity": activity,
        }
        made = await self._connector.create(service, body)
        return Posted(str(made.get("id") or to.place), str(made.get("activityId") or ""))


def message_of(card: Card) -> dict[str, Any]:
    """A card as a message; `summary` is what the notification says."""
    return {"type": "message", "summary": card.summary, "attachments": [attachment(card)]}


def _us(bot: Way) -> dict[str, str]:
    return {"id": bot.get("id", ""), "name": bot.get("name", "")}


def _service(*ways: Way) -> str:
    for way in ways:
        if way.get("service"):
            return way["service"]
    raise Gone("teams_never_wrote")
