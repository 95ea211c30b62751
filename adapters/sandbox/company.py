"""The sample company, read from `company.toml`, and how it moves in."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from adapters.sandbox.chat import Chat, Member, Room, Team
from adapters.sandbox.platform import NAME, TEAM, profile
from adapters.sandbox.strip import Names
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.people import Role
from bot.core.places import PlaceKind

FILE: Final = Path(__file__).with_name("company.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words by somebody (anybody, if `account` is empty) in a room, `hours` before the demo begins.

    With `values`, the form that answers a command is sent at once, as it is filled but for these fields.
    """

    room: str
    words: str
    account: str = ""
    hours: float = 0.0
    values: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who works there, where they talk, and what they say. `cast` is whom the person switcher offers first."""

    name: str
    zone: str
    cast: Sequence[str]
    rooms: Sequence[Room]
    teams: Sequence[Team]
    people: Sequence[Member]
    newcomers: Sequence[Member]
    earlier: Sequence[Line]
    news: Sequence[Line]
    greetings: Mapping[str, Sequence[str]]


def load() -> Company:
    """Read the sample company."""
    told: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Company(
        name=told["name"],
        zone=told["zone"],
        cast=told["cast"],
        rooms=[Room(**_peopled(each)) for each in told["rooms"]],
        teams=[Team(**_peopled(each)) for each in told["teams"]],
        people=[_member(each) for each in told["people"]],
        newcomers=[_member(each) for each in told["newcomers"]],
        earlier=sorted((Line(**each) for each in told["earlier"]), key=lambda line: -line.hours),
        news=[Line(**each) for each in told["news"]],
        greetings=told["greetings"],
    )


def move_in(company: Company, chat: Chat) -> None:
    """Fill an empty chat with rooms and people."""
    for room in company.rooms:
        chat.add_room(room)
    for team in company.teams:
        chat.add_team(team)
    for member in company.people:
        chat.add_member(member)


def register(connection: Connection, company: Company) -> Names:
    """Tell the directory who and what there is. Roles and channels are chosen in chat, as anywhere."""
    found = directory.workspace(connection, NAME, TEAM)
    directory.describe_workspace(connection, found.id, name=company.name, zone=company.zone)
    workspace = directory.workspace_by_id(connection, found.id)
    people = {directory.learn(connection, workspace, profile(one)).id: one.account for one in company.people}
    for team in company.teams:
        directory.place_at(connection, workspace, team.key, PlaceKind.PEOPLE, team.name)
    places = (directory.place_at(connection, workspace, room.key, room.kind, room.name) for room in company.rooms)
    return Names(people, {place.id: place.key for place in places})


def _peopled(told: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**told, "members": frozenset(told.get("members", ()))}


def _member(told: Mapping[str, Any]) -> Member:
    role = told.get("role")
    return Member(**{**told, "role": Role(role) if role else None})
