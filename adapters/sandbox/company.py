"""The sample company, read from `company.toml`, and how it moves in."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from adapters.sandbox.chat import Chat, Member, Message, Room
from adapters.sandbox.platform import NAME, TEAM, profile
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.people import Role
from bot.core.places import WorkspaceSettings
from bot.core.ports import Clock
from bot.core.rich import plain

FILE: Final = Path(__file__).with_name("company.toml")
GIVEN_ROLES: Final = (Role.LEADER, Role.COMMUNICATOR)
WATCHED: Final = ("general", "leaders", "workshop")
"""The channels where a leader's post counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words by somebody (anybody, if `account` is empty) in a room, `hours` before the demo begins."""

    room: str
    words: str
    account: str = ""
    hours: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who works there, where they talk, and what they say. `cast` is whom the person switcher offers first."""

    name: str
    zone: str
    cast: Sequence[str]
    rooms: Sequence[Room]
    people: Sequence[Member]
    newcomers: Sequence[Member]
    earlier: Sequence[Line]
    acts: Sequence[Line]
    news: Sequence[Line]
    greetings: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Names:
    """Accounts and rooms by the ids that the directory gave them."""

    people: dict[int, str]
    rooms: dict[int, str]


def load() -> Company:
    """Read the sample company."""
    told: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Company(
        name=told["name"],
        zone=told["zone"],
        cast=told["cast"],
        rooms=[Room(**each) for each in told["rooms"]],
        people=[_member(each) for each in told["people"]],
        newcomers=[_member(each) for each in told["newcomers"]],
        earlier=[Line(**each) for each in told["earlier"]],
        acts=[Line(**each) for each in told["acts"]],
        news=[Line(**each) for each in told["news"]],
        greetings=told["greetings"],
    )


def move_in(company: Company, chat: Chat, clock: Clock) -> None:
    """Fill an empty chat with the people, their rooms and what they said lately, all of it read."""
    for room in company.rooms:
        chat.add_room(room)
    for member in company.people:
        chat.add_member(member)
    now = clock.now()
    for line in sorted(company.earlier, key=lambda line: -line.hours):
        at = now - timedelta(hours=line.hours)
        chat.post(Message(id="", room=line.room, author=line.account, at=at, text=plain(line.words)))
    for account in chat.members:
        for room in chat.rooms_of(account):
            chat.read(account, room.key)


def register(connection: Connection, company: Company) -> Names:
    """Tell the directory of the company, and set it up so that everything works at once."""
    found = directory.workspace(connection, NAME, TEAM)
    directory.describe_workspace(connection, found.id, name=company.name, zone=company.zone)
    workspace = directory.workspace_by_id(connection, found.id)
    names = Names({}, {})
    for member in company.people:
        person = directory.learn(connection, workspace, profile(member))
        names.people[person.id] = member.account
        if member.role in GIVEN_ROLES:
            directory.grant(connection, person, member.role)
    for room in company.rooms:
        names.rooms[directory.place_at(connection, workspace, room.key, room.kind, room.name).id] = room.key
    ids = {key: number for number, key in names.rooms.items()}
    chosen = WorkspaceSettings(
        introductions=ids["introductions"], praise=ids["praise"], watched=tuple(ids[key] for key in WATCHED)
    )
    directory.choose(connection, workspace, chosen)
    return names


def number_of(member: Member) -> Callable[[Connection], int]:
    """The work that finds the directory's own id of a member."""

    def work(connection: Connection) -> int:
        workspace = directory.workspace(connection, NAME, TEAM)
        return directory.account(connection, workspace, member.account).id

    return work


def _member(told: Mapping[str, Any]) -> Member:
    role = told.get("role")
    return Member(**{**told, "role": Role(role) if role else None})
