"""How a feature is declared, and what its handlers and drawings are handed."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.core.access import Access, Door, Known, Unasked
from bot.core.cards import Card, Part
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.errors import Refused
from bot.core.interactions import Answer, Interaction
from bot.core.links import File, Links, Wanted
from bot.core.pace import Pace, PaceOf
from bot.core.people import Person, Role
from bot.core.places import Place, PlaceKind, Workspace
from bot.core.rich import Link, Mention, PlaceLink, Plain, Text
from bot.core.texts import Texts

_TOKEN: Final = re.compile(r"<([@#&])([0-9]+)>")
"""A person, a place or a named group, by our own id."""

Emit = Callable[["Scene", str, Mapping[str, str]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One open transaction and where it plays. Handlers and drawings both stand in one."""

    connection: Connection
    workspace: Workspace
    now: datetime
    t: Texts

    def person(self, person: int) -> Person:
        """Somebody by id, as this workspace knows them (`account` is empty where they have none here)."""
        return directory.person(self.connection, self.workspace, person)

    def name(self, person: int) -> Mention:
        """Somebody by id, as a mention for this workspace."""
        known = self.person(person)
        return Mention(known.name, known.account)

    def place(self, place: int | None) -> Place | None:
        """A place by id."""
        return None if place is None else directory.place(self.connection, place)

    def prose(self, written: str) -> Text:
        """What people wrote, with its tokens of people and channels made into spans; everything else is literal.

        A named group is its name and never a mention: whoever quotes somebody must not ring a bell for all of them.
        """
        spans: list[Plain | Mention | PlaceLink] = []
        at = 0
        for token in _TOKEN.finditer(written):
            spans += [Plain(written[at : token.start()]), self._token(token)]
            at = token.end()
        return tuple(span for span in [*spans, Plain(written[at:])] if span != Plain(""))

    def _token(self, token: re.Match[str]) -> Plain | Mention | PlaceLink:
        sign, key = token.groups()
        if sign == "@":
            return self.name(int(key))
        place = self.place(int(key))
        if place is None:
            return Plain(token[0])
        return PlaceLink(place.name, place.key) if sign == "#" else Plain(f"@{place.name or place.key}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn(Scene):
    """Somebody acted: `me` is who, `here` the place (None in a form or on the home page)."""

    act: Interaction
    me: Person
    here: Place | None
    emit_to: Emit
    pace_of: PaceOf
    links: Links | None
    answered: Mapping[Known, Access] = field(default_factory=dict)
    """Which places are open to me, as far as the platform was asked (`access`)."""

    def access(self, places: Iterable[int]) -> Mapping[int, Access]:
        """Whether I may say something in places, by our own ids: those we have, but for named groups of people.

        The place I act from is open. On a platform where I have no account, all are open to communicators, none to
        others. Where the platform must be asked, this handler is undone and run again, so nothing outside the
        transaction may have happened yet. Not for what is settled in batches.
        """
        found = directory.places_by_id(self.connection, places).values()
        doors = {place.id: self._door(place) for place in found if self._has_door(place)}
        if unasked := [door for door in doors.values() if door.account and door.known_as not in self.answered]:
            raise Unasked(unasked)
        strange = Access.OPEN if self.me.may(Role.COMMUNICATOR) else Access.BARRED
        answers = {place: self.answered.get(door.known_as, strange) for place, door in doors.items()}
        return {place.id: answers.get(place.id, Access.OPEN) for place in found}

    def _has_door(self, place: Place) -> bool:
        here = (place.workspace, place.key) == (self.workspace.id, self.act.origin.place)
        return place.kind is not PlaceKind.PEOPLE and not here

    def _door(self, place: Place) -> Door:
        if place.workspace == self.workspace.id:
            return Door(self.workspace, place, self.me.account)
        workspace = directory.workspace_by_id(self.connection, place.workspace)
        return Door(workspace, place, directory.person(self.connection, workspace, self.me.id).account)

    def emit(self, event: str, **facts: str) -> None:
        """Tell every feature that listens to `event`, in this same transaction."""
        self.emit_to(self, event, facts)

    @property
    def pace(self) -> Pace:
        """How fast people of this workspace can be written to."""
        return self.pace_of(self.workspace)

    def link(self, address: str, /, *, text: str, **arguments: str) -> Link:
        """A link for me alone to the file at an address (`feature.name`), good for half an hour."""
        if self.links is None:
            raise Refused(self.t("Downloads need a web address. Ask whoever runs me to set DRUMBEAT_PUBLIC_URL."))
        wanted = Wanted(self.workspace.id, self.me.id, address, arguments)
        return Link(text, self.links.url(wanted, self.now))

    def require(self, role: Role | None) -> None:
        """Refuse whoever does not hold `role`."""
        require(self.me, role, self.t)


@dataclass(frozen=True, slots=True, kw_only=True)
class View(Scene):
    """A card is about to be sent, or a file made: `reader` will see it (None in a shared place).

    `arguments` is what was planned, or what the link to the file says.
    """

    reader: Person | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A drawing's answer when there is nothing to say any more; `reason` is for the admin and the log."""

    reason: str


Handler = Callable[[Turn], Answer | None]
Together = Callable[[Sequence[Turn]], Sequence[Answer | Refused]]
"""Handles what several people did, in one transaction; an outcome for each, in the order given."""

Drawing = Callable[[View], Card | Withdrawn]
Loss = Callable[[View], None]
"""Is told that a message is gone, in the transaction that found out. `view.arguments` are those of its drawing, with
`place` (our id; empty where it was private) and `reason` (the platform's word); `view.reader` is whose message it was,
None in a shared place."""

FileMaker = Callable[[View], File | None]
"""Makes a download for `view.reader`, in a thread of its own and without writing. It checks again what was checked when
the link was made: it raises `Refused` if the reader may not have it (any more), and gives None if it is not there."""
Tick = Callable[[Connection, datetime], int]
"""Plans or settles what is due at an instant and returns how many rows it took; a full batch is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandHelp:
    """A command as people meet it in completion and in help.

    `about` and `hint` are messages to translate (`texts.later`), `hint` shows the arguments, `example` is a line that
    works, `role` is who may use it. `button` is the label of a button that does what the bare command does: the feature
    then has a click of the command's name, which answers with a form.
    """

    handler: Handler
    about: str
    hint: str = ""
    example: str = ""
    button: str = ""
    role: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word behind `/drumbeat`.

    `handler` gets what stands behind it, `about` is to be translated, `example` a line that works.
    """

    handler: Callable[[Turn, str], Answer]
    about: str
    example: str
    role: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """Everything a feature answers to. Keys of `clicks`, `forms`, `drawings`, `files` are second halves of addresses.

    words: what can be typed behind `/drumbeat`. files: what can be downloaded by a link (`Turn.link`). things: what
    each drawing is to people (`a poll`), to be translated. ticks: run by the scheduler every few seconds. upkeep: the
    same for what has time, every ten minutes. upcoming: the first instant after a given one at which a tick will have
    something to do, so that a clock moved by hand stops there. home: parts for a person's home page. data: what is
    stored of a person, as label and value. forget: erases it. waiting: what would gain from the reader's answer just
    now, a sentence each, from shared places only. roles: who may press a button, send a form or fetch a file, where not
    everybody may. together: clicks and forms that are settled in batches, so that what is written does not tell who did
    what (`gathering`). batched: clicks and forms of which those that come while others are being written are written
    together (`batching`). lost: by drawing, what is done when a message that can be redrawn was deleted, or its place
    archived or left, so that it can be posted again. united: two people became the reader, whose rows all of theirs are
    by now; the number is the one that went. What holds such numbers elsewhere (names, subjects) is put right there, and
    what counted both is shown anew.
    """

    name: str
    commands: Mapping[str, CommandHelp] = field(default_factory=dict)
    words: Mapping[str, Word] = field(default_factory=dict)
    clicks: Mapping[str, Handler] = field(default_factory=dict)
    forms: Mapping[str, Handler] = field(default_factory=dict)
    together: Mapping[str, Together] = field(default_factory=dict)
    batched: Mapping[str, Together] = field(default_factory=dict)
    events: Mapping[str, Handler] = field(default_factory=dict)
    drawings: Mapping[str, Drawing] = field(default_factory=dict)
    files: Mapping[str, FileMaker] = field(default_factory=dict)
    lost: Mapping[str, Loss] = field(default_factory=dict)
    things: Mapping[str, str] = field(default_factory=dict)
    ticks: Mapping[str, Tick] = field(default_factory=dict)
    upkeep: Mapping[str, Tick] = field(default_factory=dict)
    upcoming: Callable[[Connection, datetime], datetime | None] | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    home: Callable[[View], Sequence[Part]] | None = None
    waiting: Callable[[View], Sequence[Text]] | None = None
    data: Callable[[View], Sequence[tuple[str, str]]] | None = None
    united: Callable[[View, int], None] | None = None
    forget: Callable[[View], None] | None = None


def require(person: Person, role: Role | None, t: Texts) -> None:
    """Refuse a person who does not hold `role`."""
    if not person.may(role) and role is Role.ADMIN:
        raise Refused(t("This is for admins. Ask one of them to do it."))
    if not person.may(role):
        raise Refused(t("This is for communicators. Ask one of them, or an admin, to add you."))


def things_of(features: Iterable[Feature]) -> dict[str, str]:
    """What each message is to people, by its drawing's address."""
    return {f"{feature.name}.{name}": thing for feature in features for name, thing in feature.things.items()}
