"""Colleagues with a life of their own: they vote, greet, react, post and join, through the same door as everybody."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import cycle
from random import Random
from typing import Final, assert_never

from adapters.sandbox.acts import Actor, Acts
from adapters.sandbox.chat import BOT, Chat, Member, Message, News, Room
from adapters.sandbox.company import Company, Line
from adapters.sandbox.page import EMOJI
from bot.core.cards import Bars, Button
from bot.core.forms import ChoiceField, Field, PeopleField, PlaceField, TextField, TimeField, WhenField
from bot.core.interactions import Value
from bot.core.places import PlaceKind

TURNOUT: Final = 0.6
"""The share of colleagues who answer a poll when asked to."""
RECENT: Final = 6
"""So many of a room's newest messages can still draw a reaction."""
POSTS: Final = 3
"""So many colleagues post at once."""


class Colleagues:
    """Simulated people. `random` is seeded, so that a demo can be repeated; `pace` is the seconds between two acts."""

    def __init__(self, chat: Chat, acts: Acts, company: Company, random: Random, pace: float) -> None:
        self._chat = chat
        self._acts = acts
        self._company = company
        self._random = random
        self._pace = pace
        self._newcomers = iter(company.newcomers)
        self._news: Iterator[Line] = cycle(company.news)
        self._greetings = {room: cycle(words) for room, words in company.greetings.items()}
        self._cheered: set[str] = set()
        self._voted: set[tuple[str, str]] = set()

    async def answer(self, but: str) -> None:
        """Let colleagues (all `but` one) answer what is open in the channels: vote, greet, react, each once."""
        for room in self._channels():
            for message in self._chat.messages(room.key)[-RECENT:]:
                if message.only_for:
                    continue
                if ballots := _ballots(message):
                    await self._vote(room, message, ballots, but)
                elif message.author == BOT and message.id not in self._cheered:
                    self._cheered.add(message.id)
                    await self._cheer(room, message, but)

    async def post(self) -> None:
        """A few people post something."""
        for _ in range(POSTS):
            line = next(self._news)
            if self._chat.rooms[line.room].archived:
                continue
            among = [one for one in self._chat.members.values() if line.room != "leaders" or one.role == "leader"]
            await self._say(line.account or self._random.choice(among).account, line.room, line.words)

    async def join(self) -> Member | None:
        """The next newcomer joins; None when everybody is there already."""
        member = next(self._newcomers, None)
        if member is not None:
            self._chat.add_member(member)
            await self._acts.joined(Actor(account=member.account, room=self._chat.rooms[f"D-{member.account}"]))
            self._chat.tell(News("member"))
        return member

    async def play(self, line: Line) -> None:
        """Act out a line: say it, and fill in the form it opens."""
        actor = Actor(account=line.account, room=self._chat.rooms[line.room])
        answer = await self._acts.say(actor, line.words)
        if answer.form is not None and line.values is not None:
            filled = {field.id: _filling(field) for field in answer.form.fields} | dict(line.values)
            await self._acts.submit(actor, answer.form.address, filled, answer.form.state)

    async def _vote(self, room: Room, message: Message, ballots: Sequence[Button], but: str) -> None:
        liked = [self._random.random() ** 2 + 0.1 for _ in ballots]
        for member in self._some(TURNOUT, but):
            if (message.id, member.account) in self._voted:
                continue
            self._voted.add((message.id, member.account))
            (button,) = self._random.choices(ballots, liked)
            await self._acts.click(Actor(account=member.account, room=room), message.id, button.address, button.value)
            await asyncio.sleep(self._pace)

    async def _cheer(self, room: Room, message: Message, but: str) -> None:
        for member in self._some(0.15, but):
            there = self._chat.message(room.key, message.id)
            emoji = self._random.choice(EMOJI[:4])
            if there is not None and member.account not in there.reactions.get(emoji, ()):
                await self._acts.react(Actor(account=member.account, room=room), there, emoji)
            await asyncio.sleep(self._pace)
        if greetings := self._greetings.get(room.key):
            author = self._random.choice(self._some(1, but))
            await self._say(author.account, room.key, next(greetings))

    async def _say(self, account: str, room: str, words: str) -> None:
        await self._acts.say(Actor(account=account, room=self._chat.rooms[room]), words)
        await asyncio.sleep(self._pace)

    def _some(self, share: float, but: str) -> list[Member]:
        others = [one for one in self._chat.members.values() if one.account != but]
        return self._random.sample(others, max(1, round(len(others) * share)))

    def _channels(self) -> list[Room]:
        return [room for room in self._chat.rooms.values() if room.kind is PlaceKind.CHANNEL and not room.archived]


def _ballots(message: Message) -> list[Button]:
    parts = message.card.parts if message.card else ()
    return [bar.button for part in parts if isinstance(part, Bars) for bar in part.bars if bar.button]


def _filling(field: Field) -> Value:
    """What a field holds when nobody touches it."""
    match field:
        case TextField(value=value) | WhenField(value=value) | TimeField(value=value):
            return value
        case ChoiceField(chosen=chosen, many=many):
            return chosen if many else "".join(chosen[:1])
        case PeopleField(people=people):
            return people
        case PlaceField(place=place):
            return place
        case _:
            assert_never(field)
