"""Who there is in a bout: workspaces on both platforms, some with quiet hours that begin or end while it lasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.cadence.slots import is_quiet
from bot.core.database import Connection
from bot.core.directory import store as directory
from bot.core.people import Profile
from bot.core.places import QuietHours, Workspace, WorkspaceSettings
from bot.core.routes.store import keep_route

ZONES: Final = ("UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Auckland")
NEVER: Final = QuietHours(time(0), time(0), weekends=False)
ENOUGH: Final = 1_000_000
"""Nudges a day, so that the daily budget puts nothing off."""

PEOPLE: Final = 20
CHANNELS: Final = 4


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace with `PEOPLE` people, the first of whom is an admin, and `CHANNELS` channels."""

    platform: str
    key: str
    quiet: QuietHours = NEVER

    @property
    def accounts(self) -> Sequence[str]:
        """Everybody, by the platform's own ids."""
        sign = "U" if self.platform == "slack" else "29:"
        return [f"{sign}{self.key}{number}" for number in range(PEOPLE)]

    @property
    def admin(self) -> str:
        """Who may give and take roles."""
        return self.accounts[0]

    @property
    def channels(self) -> Sequence[str]:
        """Shared places, by the platform's own ids."""
        sign = "C" if self.platform == "slack" else "19:"
        return [f"{sign}{self.key}{number}" for number in range(CHANNELS)]

    def zone(self, account: str) -> str:
        """Where somebody lives: their neighbours in the list live elsewhere."""
        return ZONES[self.accounts.index(account) % len(ZONES)]

    def is_quiet(self, account: str, at: datetime) -> bool:
        """Whether somebody must be left in peace at an instant."""
        return is_quiet(self.quiet, self.zone(account), at)


def never_quiet() -> list[Team]:
    """A Slack and a Teams where a message may go at any hour."""
    return [Team("slack", "TS"), Team("teams", "TT")]


def with_quiet_hours(now: datetime) -> list[Team]:
    """Also some where quiet hours begin, or end, in a few seconds for those who live in one of the zones."""
    found = never_quiet()
    for number, zone in enumerate(ZONES):
        here = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        soon, later = (here + timedelta(seconds=each) for each in (4, 12))
        begins = QuietHours(soon.time(), later.time(), weekends=False)
        ends = QuietHours((here - timedelta(hours=2)).time(), later.time(), weekends=False)
        platform = "slack" if number % 2 else "teams"
        found += [Team(platform, f"Q{number}B", begins), Team(platform, f"Q{number}E", ends)]
    return found


def found(connection: Connection, teams: Sequence[Team], chat: str) -> None:
    """Write everybody down; `chat` is where the platforms listen."""
    for team in teams:
        workspace = directory.workspace(connection, team.platform, team.key)
        directory.describe_workspace(connection, workspace.id, name=team.key)
        directory.choose(connection, workspace, WorkspaceSettings(quiet=team.quiet, daily_nudges=ENOUGH))
        for account in team.accounts:
            profile = Profile(account=account, name=account, zone=team.zone(account), admin=account == team.admin)
            directory.learn(connection, workspace, profile)
        for channel in team.channels:
            directory.place_at(connection, workspace, channel, name=channel)
        if team.platform == "teams":
            _reach(connection, workspace, team, f"{chat}/teams")


def _reach(connection: Connection, workspace: Workspace, team: Team, service: str) -> None:
    """What Teams has told of itself; half of the people have no chat with the bot yet."""
    keep_route(connection, workspace, "bot", {"service": service, "id": "28:bot", "name": "Drumbeat"})
    for account in team.accounts[::2]:
        keep_route(connection, workspace, f"account:{account}", {"service": service, "conversation": f"a-{account}"})
    for number, channel in enumerate(team.channels):
        kind = "channel" if number % 2 else "groupChat"
        keep_route(connection, workspace, f"place:{channel}", {"service": service, "kind": kind})
