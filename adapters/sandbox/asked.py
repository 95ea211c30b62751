"""What the page asks for, read with limits: a request is either understood or refused with a sentence."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from adapters.sandbox.acts import Actor
from adapters.sandbox.chat import Chat, Room, pair_room
from bot.core.interactions import Value
from bot.core.texts import Fact, Texts, later

FIELDS = 60
"""The most fields a form may send."""
LONGEST = 20_000
"""The most characters in one value of a form: more than any form allows, so that its own limit can answer."""


class BadRequest(Exception):
    """The request makes no sense; the sentence, to be translated (`texts.later`), says why."""

    def __init__(self, sentence: str, **facts: Fact) -> None:
        super().__init__("bad request")
        self.sentence = sentence
        self.facts = facts

    def said(self, t: Texts) -> str:
        """The sentence to whoever asked."""
        return t(self.sentence, **self.facts)


@dataclass(frozen=True, slots=True)
class Asked:
    """The body of a request, by somebody who is a member."""

    body: Mapping[str, Any]
    chat: Chat
    account: str

    @classmethod
    async def of(cls, request: Request, chat: Chat) -> "Asked":
        """Read a request."""
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            raise BadRequest(later("The request is not JSON.")) from None
        if not isinstance(body, dict):
            raise BadRequest(later("The request is not an object."))
        return cls(body, chat, member(chat, body.get("as")))

    def text(self, name: str, longest: int) -> str:
        """A text; empty if it is not there."""
        value = self.body.get(name, "")
        if not isinstance(value, str):
            raise BadRequest(later("“{name}” is not a text."), name=name)
        if len(value) > longest:
            raise BadRequest(later("“{name}” is longer than {longest} characters."), name=name, longest=longest)
        return value

    def choice(self, name: str, among: Sequence[str]) -> str:
        """One of a few words."""
        value = self.text(name, 40)
        if value not in among:
            raise BadRequest(later("“{name}” must be one of: {choices}."), name=name, choices=", ".join(among))
        return value

    def room(self) -> Room:
        """The room the page has open."""
        room = self.chat.rooms.get(self.text("room", 200))
        if room is None or not room.open_to(self.account):
            raise BadRequest(later("There is no such room for you."))
        return room

    def actor(self) -> Actor:
        """Who acts and where."""
        return Actor(account=self.account, room=self.room(), delivery=self.text("delivery", 64))

    def pair(self) -> Room:
        """The direct chat with somebody; opened if it is new."""
        other = self.text("with", 200)
        if other not in self.chat.members or other == self.account:
            raise BadRequest(later("Choose somebody else to write to."))
        room = pair_room(self.account, other)
        self.chat.add_room(room)
        return room

    def values(self) -> dict[str, Value]:
        """What a form holds: texts, and tuples of texts."""
        values = self.body.get("values", {})
        if not isinstance(values, dict) or len(values) > FIELDS:
            raise BadRequest(later("The form's values are not an object of at most {most} fields."), most=FIELDS)
        return {name: _value(name, value) for name, value in values.items()}


def member(chat: Chat, account: object) -> str:
    """The account, if it is a member's."""
    if not isinstance(account, str) or account not in chat.members:
        raise BadRequest(later("Nobody here has that account."))
    return account


def _value(name: str, value: object) -> Value:
    several = value if isinstance(value, list) else [value]
    texts = tuple(each for each in several if isinstance(each, str) and len(each) <= LONGEST)
    if len(texts) != len(several) or len(texts) > LONGEST // 20:
        raise BadRequest(later("“{name}” holds something that is no text or far too long."), name=name[:40])
    return texts if isinstance(value, list) else texts[0]
