"""Where: an organisation, its workspaces, and the channels and direct chats in them."""

from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum


class PlaceKind(StrEnum):
    """How many people a place is for.

    PEOPLE is a named group of people, such as a Slack user group or a Teams team: nothing is posted there, its members
    are written to one by one.
    """

    CHANNEL = "channel"
    GROUP = "group"
    DIRECT = "direct"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, group chat, direct chat or named group of people; `key` is the platform's own id of it."""

    id: int
    workspace: int
    key: str
    kind: PlaceKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When the bot starts no conversation, in the person's own time. `begin` == `end` means never quiet."""

    begin: time = time(18)
    end: time = time(8)
    weekends: bool = True


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """What the communicator has chosen. Places are ids of `Place`; None means not chosen yet.

    `daily_nudges` is the most private messages a day that the bot starts by itself with one person. `fewest` is how few
    voters may be shown together where names are hidden.
    """

    introductions: int | None = None
    praise: int | None = None
    watched: tuple[int, ...] = ()
    quiet: QuietHours = field(default_factory=QuietHours)
    daily_nudges: int = 3
    fewest: int = 5


@dataclass(frozen=True, slots=True)
class Workspace:
    """One Slack team, Teams tenant or sandbox; `key` is the platform's own id of it."""

    id: int
    organisation: int
    platform: str
    key: str
    name: str = ""
    locale: str = "en"
    zone: str = "UTC"
    settings: WorkspaceSettings = field(default_factory=WorkspaceSettings)
    active: bool = True
