"""What becomes of channels and of our messages in them (docs.slack.dev/reference/events), whoever did it."""

from collections.abc import Mapping
from typing import Any, Final

from adapters.slack.platform import NAME
from bot.core.interactions import Change
from bot.core.places import PlaceKind

Body = Mapping[str, Any]

DELETED: Final = "message_not_found"
CHANNELS: Final[Mapping[str, str]] = {
    "channel_archive": "is_archived",
    "channel_deleted": "channel_not_found",
    "channel_left": "not_in_channel",
    "channel_rename": "",
    "group_archive": "is_archived",
    "group_deleted": "channel_not_found",
    "group_left": "not_in_channel",
    "group_rename": "",
}
"""Events of channels, with what Slack answers from then on to whoever changes a message there."""


def change(body: Body, bot_user: str) -> Change | None:
    """What an event changed; None for all that happens otherwise."""
    told = body["event"]
    kind = str(told["type"])
    if kind == "message":
        return _deleted(body, told, bot_user) if "previous_message" in told else None
    return _channel(body, told, CHANNELS[kind]) if kind in CHANNELS else None


def _deleted(body: Body, told: Body, bot_user: str) -> Change | None:
    """A message of ours was deleted. One with a thread under it is not taken away but made a tombstone."""
    if told["previous_message"].get("user") != bot_user:
        return None
    after = told.get("message") or {}
    if told.get("subtype") == "message_deleted":
        key = str(told["deleted_ts"])
    elif told.get("subtype") == "message_changed" and after.get("subtype") == "tombstone":
        key = str(after["ts"])
    else:
        return None
    place = str(told["channel"])
    kind = PlaceKind.DIRECT if place.startswith("D") else PlaceKind.CHANNEL
    team = str(body["team_id"])
    return Change(platform=NAME, workspace=team, place=place, place_kind=kind, message=key, reason=DELETED)


def _channel(body: Body, told: Body, reason: str) -> Change:
    """A channel stands there by its id, or, where it was renamed, with its name."""
    channel = told["channel"]
    named = isinstance(channel, Mapping)
    place, name = (str(channel["id"]), str(channel["name"])) if named else (str(channel), "")
    return Change(platform=NAME, workspace=str(body["team_id"]), place=place, name=name, reason=reason)
