"""What somebody did, already free of the platform, and what the bot answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.cards import Card
from bot.core.forms import Form
from bot.core.people import Profile
from bot.core.places import PlaceKind

Value = str | tuple[str, ...]

MENTION = re.compile(r"<@([^<>\s]+)>")
"""A mention inside text. Adapters write `<@ACCOUNT>` with the platform's user id; the engine turns it into `<@ID>`
with the person's own id before any handler sees it."""

PLACE = re.compile(r"<#([^<>\s]+)>")
"""A channel inside text or a form value: `<#KEY>` outside, `<#ID>` inside."""

GROUP = re.compile(r"<&([^<>\s]+)>")
"""A named group of people inside text: `<&KEY>` outside, `<&ID>` (of its place) inside."""

_LOOKALIKE = re.compile("<(?=[@#&])")


def mention(key: object) -> str:
    """The token that stands for a person in text and in form values."""
    return f"<@{key}>"


def place_token(key: object) -> str:
    """The token that stands for a place in text and in form values."""
    return f"<#{key}>"


def group_token(key: object) -> str:
    """The token that stands for a named group of people in text."""
    return f"<&{key}>"


def defuse(typed: str) -> str:
    """What somebody typed, in which nothing looks like a token: those are made by platforms and adapters alone."""
    return _LOOKALIKE.sub("<\u2060", typed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who did it and where, in the platform's own ids.

    `id` names the delivery (an event id, a trigger id): a second one with the same id is dropped.
    `message` is the platform's id of the message that was clicked, `name` a display name if the platform sent one.
    """

    platform: str
    workspace: str
    account: str
    id: str = ""
    name: str = ""
    place: str = ""
    place_kind: PlaceKind = PlaceKind.CHANNEL
    place_name: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A typed command: `name` without slash, `text` the rest, mentions as tokens."""

    origin: Origin
    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Click:
    """A pressed button or a chosen option. `wants_card` asks for `Answer.own`, where the platform shows it at once."""

    origin: Origin
    address: str
    value: str = ""
    wants_card: bool = False


@dataclass(frozen=True, slots=True)
class Submission:
    """A sent form."""

    origin: Origin
    address: str
    values: Mapping[str, Value] = field(default_factory=dict)
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of a place or of one of our messages there, in the platform's own ids, whoever did it.

    `name` is how the place is called now. With a `reason` the `message` is gone; where none is named, the whole place.
    """

    platform: str
    workspace: str
    place: str
    place_kind: PlaceKind = PlaceKind.CHANNEL
    name: str = ""
    message: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened by itself.

    From adapters: `joined` (new in the workspace), `appeared` and `left` (a channel the bot is in, or a named group),
    `named` (a named group), `posted`, `reacted`, `profile_changed`, `home_opened`, `installed`, `removed`. From the
    directory sync, in an admin's name: `synced`. Between features: names the emitting feature documents. What a
    `profile` tells of the account, and what a coming or going tells of the place's members, is taken over before any
    feature hears of the event.
    """

    origin: Origin
    name: str
    facts: Mapping[str, str] = field(default_factory=dict)
    profile: Profile | None = None


Interaction = Command | Click | Submission | Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back to the person who acted, in the response itself. Everything else goes through the outbox.

    whisper: a private message only they see, in the place where they acted.
    form: opens at once. problems: the submitted form stays open, filled, with these sentences by field id.
    replace: the private message they clicked on becomes this card.
    own: the shared message as this person should see it now; only where `Click.wants_card`.
    home: their home page becomes this card.
    """

    whisper: Card | None = None
    form: Form | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    replace: Card | None = None
    own: Card | None = None
    home: Card | None = None


NOTHING = Answer()
