"""What people do on the page, brought to the engine, and what comes back, brought to the chat."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from adapters.sandbox import happenings, speech
from adapters.sandbox.chat import BOT, Chat, Message, Room
from adapters.sandbox.happenings import Deed
from adapters.sandbox.platform import NAME, TEAM, profile
from adapters.sandbox.strip import Strip
from bot.core.cards import Card
from bot.core.engine import Engine
from bot.core.interactions import (
    MENTION,
    Answer,
    Change,
    Click,
    Command,
    Event,
    Interaction,
    Origin,
    Submission,
    Value,
)
from bot.core.places import PlaceKind
from bot.core.ports import Clock

SHORT: Final = 60
"""The most characters of a card's summary in the strip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts and where; `delivery` names the act, so that a repeated request changes nothing."""

    account: str
    room: Room
    delivery: str = ""


class Acts:
    """One method for each thing a person can do."""

    def __init__(self, engine: Engine, chat: Chat, clock: Clock, strip: Strip) -> None:
        self._engine = engine
        self._chat = chat
        self._clock = clock
        self._strip = strip
        self._titles: dict[str, str] = {}

    async def say(self, who: Actor, words: str) -> Answer:
        """Write into a room: a command if it begins with a slash or speaks to the bot, else a message that counts."""
        text = speech.tokens(self._chat, words.strip())
        command = _command(who.room, text)
        if command is None or not text.startswith("/"):
            self._chat.post(self._message(who, text))
        if command is not None:
            return await self._command(who, *command, slash="/" if text.startswith("/") else "")
        if who.room.kind is PlaceKind.CHANNEL:
            self._tell(who, happenings.posted(who.room), f"posted:{who.room.key}")
            return await self._handle(who, Event(self._origin(who), "posted"))
        return Answer()

    async def click(self, who: Actor, message: str, address: str, value: str) -> Answer:
        """Press a button or choose from a select, on a message or (an empty `message`) on the home page."""
        clicked = self._chat.message(who.room.key, message)
        about = clicked.card.summary if clicked and clicked.card else ""
        self._tell(who, happenings.pressed(_short(about)), f"click:{message}")
        origin = replace(self._origin(who), message=message)
        return await self._handle(who, Click(origin, address, value))

    async def submit(self, who: Actor, address: str, values: Mapping[str, Value], state: str) -> Answer:
        """Send a form."""
        self._tell(who, happenings.sent(self._titles.get(who.account, address)))
        origin = replace(self._origin(who), place="", place_name="")
        answer = await self._handle(who, Submission(origin, address, values, state))
        if answer.problems:
            self._tell(who, happenings.kept_open())
        return answer

    async def home(self, who: Actor) -> Card:
        """Open the home page."""
        answer = await self._handle(who, Event(self._origin(who), "home_opened"))
        return answer.home or Card("")

    async def react(self, who: Actor, message: Message, emoji: str) -> None:
        """Put an emoji on a message, or take it back."""
        if self._chat.react(message, who.account, emoji):
            self._tell(who, happenings.reacted(who.room), f"reacted:{who.room.key}")
            await self._handle(who, Event(replace(self._origin(who), message=message.id), "reacted"))

    async def delete(self, who: Actor, message: Message) -> None:
        """Take a message away."""
        self._chat.remove(message)
        self._tell(who, happenings.deleted(who.room))
        if message.author == BOT:
            await self._changed(who, message=message.id, reason="message_not_found")

    async def rename(self, who: Actor, name: str) -> None:
        """Give a channel another name."""
        self._tell(who, happenings.renamed(who.room, name))
        self._chat.alter(replace(who.room, name=name))
        await self._changed(who, name=name)

    async def archive(self, who: Actor) -> None:
        """Close a channel for good."""
        self._chat.alter(replace(who.room, archived=True))
        self._tell(who, happenings.archived(who.room))
        await self._changed(who, reason="is_archived")

    async def joined(self, who: Actor) -> None:
        """Somebody is new in the company."""
        member = self._chat.members[who.account]
        self._tell(who, happenings.joined(member.zone))
        await self._handle(who, Event(self._origin(who), "joined", profile=profile(member)))

    async def _command(self, who: Actor, name: str, text: str, slash: str) -> Answer:
        key = f"typed:{who.account}:{who.room.key}:{name}"
        self._tell(who, happenings.typed(f"{slash}{name}", who.room), key)
        return await self._handle(who, Command(self._origin(who), name, text))

    async def _changed(self, who: Actor, *, name: str = "", message: str = "", reason: str = "") -> None:
        room = who.room
        change = Change(
            platform=NAME,
            workspace=TEAM,
            place=room.key,
            place_kind=room.kind,
            name=name,
            message=message,
            reason=reason,
        )
        await self._engine.hear(change)

    async def _handle(self, who: Actor, act: Interaction) -> Answer:
        answer = await self._engine.handle(act)
        if answer.form is not None:
            self._titles[who.account] = answer.form.title
        if answer.whisper is not None:
            self._chat.post(self._whisper(who, answer.whisper))
        if answer.replace is not None:
            self._replace(who, act.origin.message, answer.replace)
        return answer

    def _tell(self, who: Actor, deed: Deed, key: str = "") -> None:
        self._strip.acted(self._chat.members[who.account], self._clock.now(), deed, key)

    def _replace(self, who: Actor, message: str, card: Card) -> None:
        clicked = self._chat.message(who.room.key, message)
        if clicked is None:
            self._chat.post(self._whisper(who, card))
        else:
            self._chat.change(replace(clicked, card=card))

    def _origin(self, who: Actor) -> Origin:
        return Origin(
            platform=NAME,
            workspace=TEAM,
            account=who.account,
            id=who.delivery,
            name=self._chat.members[who.account].name,
            place=who.room.key,
            place_kind=who.room.kind,
            place_name=who.room.name,
        )

    def _message(self, who: Actor, text: str) -> Message:
        said = speech.spans(self._chat, text)
        return Message(id="", room=who.room.key, author=who.account, at=self._clock.now(), text=said)

    def _whisper(self, who: Actor, card: Card) -> Message:
        return Message(id="", room=who.room.key, author=BOT, at=self._clock.now(), card=card, only_for=who.account)


def _command(room: Room, text: str) -> tuple[str, str] | None:
    """The command in a text: after a slash, after `@Drumbeat`, or any words in the direct chat with the bot."""
    spoken_to = MENTION.match(text)
    if text.startswith("/"):
        words = text[1:]
    elif spoken_to and spoken_to.group(1) == BOT:
        words = text[spoken_to.end() :].strip()
    elif room.kind is PlaceKind.DIRECT:
        words = text
    else:
        return None
    name, *rest = words.split(maxsplit=1) or [""]
    return name.lower(), "".join(rest).strip()


def _short(words: str) -> str:
    return words if len(words) <= SHORT else f"{words[: SHORT - 1].rstrip()}…"
