"""What the page is told: everything somebody may see at the start, then each change."""

from dataclasses import dataclass
from typing import Any, Final

from adapters.sandbox import render, words
from adapters.sandbox.chat import BOT, Chat, Member, Message, News, Room, Team, direct_room
from adapters.sandbox.company import Company
from adapters.sandbox.platform import NAME, TEAM
from adapters.sandbox.strip import Line, Strip
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.engine import Engine
from bot.core.interactions import Answer
from bot.core.people import Person
from bot.core.places import PlaceKind
from bot.core.ports import Clock
from bot.core.texts import Texts

Data = dict[str, Any]
EMOJI: Final = ("👍", "🎉", "❤️", "👏", "😂", "🙏")


@dataclass(frozen=True, slots=True)
class Scenery:
    """Everything that the page shows."""

    engine: Engine
    chat: Chat
    clock: Clock
    company: Company
    strip: Strip

    async def reader(self, account: str) -> Person:
        """Somebody as the bot knows them: with the language they chose there, and their roles."""

        def known(connection: Connection) -> Person | None:
            return directory.known(connection, directory.workspace(connection, NAME, TEAM), account)

        def met(connection: Connection) -> Person:
            return directory.account(connection, directory.workspace(connection, NAME, TEAM), account)

        if someone := await self.engine.database.read(known):
            return someone
        return await self.engine.database.run(met)

    async def speak_to(self, account: str) -> Texts:
        """Words for somebody."""
        reader = await self.reader(account)
        return Texts(reader.locale, reader.zone)


async def state(scenery: Scenery, account: str) -> Data:
    """Everything somebody may see."""
    chat = scenery.chat
    rooms = chat.rooms_of(account)
    reader = await scenery.reader(account)
    t = Texts(reader.locale, reader.zone)
    return {
        "me": account,
        "lang": t.locale,
        "words": words.page(t),
        "bot": BOT,
        "company": scenery.company.name,
        "cast": scenery.company.cast,
        "home": direct_room(account).key,
        "now": scenery.clock.now().isoformat(),
        "emoji": EMOJI,
        "commands": _commands(scenery.engine, reader, t),
        "members": [_member(t, one) for one in chat.members.values()],
        "teams": [_team(chat, one) for one in chat.teams.values()],
        "rooms": [_room(chat, account, one) for one in rooms],
        "messages": {room.key: _messages(chat, account, room) for room in rooms},
        "strip": _strip(scenery.strip, t),
    }


async def told(scenery: Scenery, account: str, news: News) -> Data | None:
    """What one change means for somebody who looks; None if it is none of their business."""
    chat, message = scenery.chat, news.message
    change: Data = {"what": news.what, "now": scenery.clock.now().isoformat()}
    if news.what == "strip":
        return {**change, "strip": _strip(scenery.strip, await scenery.speak_to(account))}
    if message is None:
        return change
    if not (chat.rooms[message.room].open_to(account) and message.visible_to(account)):
        return None
    return {**change, "message": _message(message), "unread": chat.unread(account, message.room)}


def answer(given: Answer, t: Texts) -> Data:
    """What goes back to the page of somebody who acted; `lang` is how they are spoken to from now on."""
    return {
        "lang": t.locale,
        "form": render.form(given.form, t.zone.key) if given.form else None,
        "problems": dict(given.problems),
        "home": render.card(given.home) if given.home else None,
    }


def _commands(engine: Engine, me: Person, t: Texts) -> list[Data]:
    return [
        {
            "name": name,
            "hint": t(command.hint) if command.hint else "",
            "about": t(command.about),
            "example": t(command.example) if command.example else "",
        }
        for name, command in engine.commands.items()
        if me.may(command.role)
    ]


def _member(t: Texts, member: Member) -> Data:
    return {
        "account": member.account,
        "name": member.name,
        "title": member.title,
        "about": words.about(t, member.account),
        "zone": member.zone,
        "city": words.city(t, member.zone),
        "photo": member.photo,
        "hair": member.hair,
        "role": member.role.value if member.role else "",
        "role_name": t(words.ROLES[member.role]),
    }


def _team(chat: Chat, team: Team) -> Data:
    return {"name": team.name, "count": sum(map(team.has, chat.members))}


def _room(chat: Chat, account: str, room: Room) -> Data:
    return {
        "key": room.key,
        "name": room.name,
        "kind": room.kind.value,
        "topic": room.topic,
        "archived": room.archived,
        "members": [] if room.kind is PlaceKind.CHANNEL else sorted(room.members),
        "unread": chat.unread(account, room.key),
    }


def _messages(chat: Chat, account: str, room: Room) -> list[Data]:
    return [_message(one) for one in chat.messages(room.key) if one.visible_to(account)]


def _message(message: Message) -> Data:
    return {
        "id": message.id,
        "room": message.room,
        "author": message.author,
        "at": message.at.isoformat(),
        "text": render.spans(message.text),
        "card": render.card(message.card) if message.card else None,
        "private": bool(message.only_for),
        "under": message.under,
        "revision": message.revision,
        "reactions": {emoji: list(who) for emoji, who in message.reactions.items()},
    }


def _strip(strip: Strip, t: Texts) -> list[Data]:
    return [_line(line, t) for line in strip.lines]


def _line(line: Line, t: Texts) -> Data:
    return {
        "id": line.id,
        "sign": line.sign,
        "words": render.spans(line.words(t)),
        "at": line.at.isoformat(),
        "zone": line.zone,
        "city": words.city(t, line.zone),
        "times": line.times,
    }
