"""The Platform port over the chat in memory."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.sandbox.chat import BOT, Chat, Member, Message, direct_room
from bot.core.cards import Card
from bot.core.errors import Gone, PlatformError
from bot.core.people import Profile
from bot.core.places import Place, PlaceKind, Workspace
from bot.core.ports import Clock, Destination, Group, Limit, Posted

NAME = "sandbox"
TEAM = "lindenworks"
"""The platform's own id of the one workspace there is."""


class SandboxPlatform:
    """Sends into the chat at once. It can always be asked, and it never asks for a pause."""

    name = NAME

    def __init__(self, chat: Chat, clock: Clock) -> None:
        self._chat = chat
        self._clock = clock

    async def send(self, to: Destination, card: Card, key: str) -> Posted:
        """Post a card once."""
        room = self._room(to)
        if to.under and self._chat.message(room, to.under) is None:
            raise Gone("message_not_found")
        said = Message(id="", room=room, author=BOT, at=self._clock.now(), card=card, key=key, under=to.under)
        posted = self._chat.post(said)
        return Posted(room, posted.id)

    async def update(self, workspace: Workspace, message: Posted, card: Card) -> None:  # noqa: ARG002 -- there is one workspace
        """Redraw a message in place."""
        if self._chat.rooms[message.place].archived:
            raise Gone("is_archived")
        there = self._chat.message(message.place, message.message)
        if there is None:
            raise Gone("message_not_found")
        self._chat.change(replace(there, card=card))

    async def find(self, to: Destination, key: str, since: datetime) -> Posted | None:  # noqa: ARG002 -- keys are unique
        """The message that carries `key`; the chat always knows."""
        there = self._chat.by_key(key)
        return Posted(there.room, there.id) if there else None

    async def people(self, workspace: Workspace) -> AsyncIterator[Profile]:  # noqa: ARG002 -- there is one workspace
        """Everybody in the sample company."""
        for member in list(self._chat.members.values()):
            yield profile(member)

    async def groups(self, workspace: Workspace) -> AsyncIterator[Group]:  # noqa: ARG002 -- there is one workspace
        """The named groups of the sample company."""
        for team in list(self._chat.teams.values()):
            yield Group(team.key, team.name)

    async def members(self, workspace: Workspace, place: Place) -> AsyncIterator[str]:  # noqa: ARG002 -- as above
        """Everybody in a room or a named group."""
        there = (self._chat.teams if place.kind is PlaceKind.PEOPLE else self._chat.rooms).get(place.key)
        if there is None:
            raise Gone("channel_not_found")
        for account in [one for one in self._chat.members if there.has(one)]:
            yield account

    async def admits(self, workspace: Workspace, place: Place, account: str) -> bool:  # noqa: ARG002 -- as above
        """Channels are open to everybody, direct chats to the one they are with."""
        if place.key not in self._chat.rooms:
            raise Gone("channel_not_found")
        return self._chat.rooms[place.key].open_to(account)

    def limits(self, to: Destination, verb: str) -> Sequence[Limit]:  # noqa: ARG002 -- memory has no rate
        """No limits."""
        return ()

    def _room(self, to: Destination) -> str:
        if to.account and to.account not in self._chat.members:
            raise PlatformError("user_not_found")
        room = direct_room(to.account).key if to.account else to.place
        if room not in self._chat.rooms:
            raise PlatformError("channel_not_found")
        if self._chat.rooms[room].archived:
            raise PlatformError("is_archived")
        return room


def profile(member: Member) -> Profile:
    """What the platform tells of a member."""
    return Profile(
        account=member.account,
        name=member.name,
        email=member.email,
        title=member.title,
        has_photo=member.photo,
        locale=member.locale,
        zone=member.zone,
        admin=member.role == "admin",
    )
