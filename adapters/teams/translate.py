"""What an activity means: typed words, pressed buttons and comings and goings, free of Teams."""

import html
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from adapters.teams.activity import Account, Activity, Entity
from adapters.teams.render import OURS
from adapters.teams.routes import CONVERSATION, PLATFORM, TEAM
from bot.core.interactions import (
    Change,
    Click,
    Command,
    Event,
    Interaction,
    Origin,
    defuse,
    group_token,
    mention,
    place_token,
)
from bot.core.places import PlaceKind
from bot.core.words import grouped

ADDRESS: Final = re.compile(r"\w+\.\w+")
MARKUP: Final = re.compile(r"</?(?:p|div|span|br)(?:\s[^<>]*)?/?>", re.IGNORECASE)
LONGEST: Final = 8_000
"""Characters of a typed command that are read; Teams' own messages end at about 28 KB."""

_KINDS: Final = {
    "personal": PlaceKind.DIRECT,
    "groupChat": PlaceKind.GROUP,
    "channel": PlaceKind.CHANNEL,
}
_GONE: Final = {
    "channelDeleted": "channel_not_found",
    "teamArchived": "is_archived",
    "teamDeleted": "channel_not_found",
}
"""Teams' word for what became of a channel, or of a team with its first channel, and why there is no message any more.
A team's other channels are not named; whoever redraws a message there finds out."""

_COMES: Final = frozenset({"add", "add-upgrade"})
_GOES: Final = frozenset({"remove", "remove-upgrade"})


class Malformed(Exception):
    """A button's data is not ours, or not whole."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form came back: its packed definition, what was filled in, and the message it was opened from."""

    origin: Origin
    form: Any
    inputs: Mapping[str, Any]
    message: str


Pressed = Click | Command | Sent


def origin(activity: Activity, account: str = "") -> Origin:
    """Who and where. A channel's threads are one place; ids of activities are unique in one conversation only."""
    return Origin(
        platform=PLATFORM,
        workspace=activity.tenant,
        account=account or activity.sender.id,
        id=f"{activity.tenant}:{activity.conversation.id}:{activity.id}" if activity.id else "",
        name="" if account else activity.sender.name,
        place=activity.place,
        place_kind=_kind(activity),
        place_name=activity.channel_data.channel.name or activity.conversation.name,
        message=activity.reply_to_id,
    )


def origin_of_change(activity: Activity) -> Origin:
    """The origin of what an activity tells beside its own news; it is no delivery of its own."""
    return replace(origin(activity), id="")


def typed(activity: Activity, names: Collection[str], teams: Mapping[str, str]) -> Interaction | None:
    """What a message means: a command where the bot is spoken to, elsewhere only that something was posted.

    `names` are those of commands, `teams` keys by name.
    """
    if activity.sender.role == "bot" or not activity.sender.id:
        return None
    if activity.personal or any(_is_us(activity, entity) for entity in activity.entities):
        return command(origin(activity), words(activity, teams), names)
    return Event(origin(activity), "posted")


def command(who: Origin, text: str, names: Collection[str]) -> Command:
    """A command by its first word; whatever begins with no command is all for the one that helps."""
    first, _, rest = text.partition(" ") if " " in text.split("\n", maxsplit=1)[0] else text.partition("\n")
    name = first.removeprefix("/").lower()
    return Command(who, name, rest.strip()) if name in names else Command(who, "", text)


def words(activity: Activity, teams: Mapping[str, str]) -> str:
    """The text with the bot's own mention left out, other mentions and names of teams as tokens, and no markup."""
    text = activity.text.replace("\0", "")
    tokens: list[str] = []
    for entity in activity.entities:
        if entity.type == "mention" and entity.text and entity.text in text:
            text = text.replace(entity.text, "" if _is_us(activity, entity) else f"\0{len(tokens)}\0", 1)
            tokens += [] if _is_us(activity, entity) else [_token(entity, teams)]
    plain = defuse(html.unescape(MARKUP.sub("\n", text))).replace("\u00a0", " ")
    said = re.sub("\0(\\d+)\0", lambda found: tokens[int(found[1])], grouped(plain, teams))
    return re.sub(r" *\n\s*", "\n", said).strip()[:LONGEST]


def pressed(activity: Activity, *, own: bool) -> Pressed:
    """A button of ours. `own` says that the person can be shown their own version of the card."""
    data = _data(activity)
    ours = data.get(OURS)
    if not isinstance(ours, dict):
        raise Malformed
    who = origin(activity)
    inputs = {key: value for key, value in data.items() if key not in {OURS, "msteams"}}
    match ours.get("kind"):
        case "click":
            return Click(who, _address(ours), str(ours.get("value", "")), wants_card=own)
        case "select":
            return Click(who, _address(ours), str(inputs.get(str(ours.get("input")), "")), wants_card=own)
        case "command":
            return Command(who, str(ours.get("name", "")), str(ours.get("text", ""))[:LONGEST])
        case "form":
            message = str(ours.get("message", "")) or activity.reply_to_id
            return Sent(replace(who, message=message), ours.get("form"), inputs, message)
        case _:
            raise Malformed


def happened(activity: Activity) -> Iterator[Event]:
    """Comings and goings, of people and of the app, and reactions. `scope` is personal, groupChat or channel."""
    scope = {"scope": activity.conversation.conversation_type or "channel"}
    match activity.type:
        case "installationUpdate" if activity.action in _COMES:
            yield Event(origin(activity), "installed", scope)
        case "installationUpdate" if activity.action in _GOES:
            yield Event(origin(activity), "removed", scope)
        case "conversationUpdate" if not activity.personal:
            yield from _moved(activity, activity.members_added, "joined", "appeared")
            yield from _moved(activity, activity.members_removed, "left", "left")
        case "messageReaction" if activity.reactions_added:
            yield Event(origin(activity), "reacted")
        case _:
            pass


def changes(activity: Activity) -> Iterator[Change]:
    """What became of places and of messages in them."""
    here = partial(Change, platform=PLATFORM, workspace=activity.tenant)
    told = activity.channel_data
    match activity.type:
        case "messageDelete":
            yield here(
                place=activity.place, place_kind=_kind(activity), message=activity.id, reason="message_not_found"
            )
        case "conversationUpdate" if told.event_type == "channelRenamed":
            yield here(place=told.channel.id, name=told.channel.name)
        case "conversationUpdate" if told.event_type in _GONE:
            yield here(place=told.channel.id or told.team.id, reason=_GONE[told.event_type])
        case "installationUpdate" if activity.action in _GOES and not activity.personal:
            yield here(place=activity.place, place_kind=_kind(activity), reason="not_in_channel")
        case _:
            pass


def _moved(activity: Activity, members: Sequence[Account], name: str, in_team: str) -> Iterator[Event]:
    """People who came or went: what it is where it happened, and what it is to their team."""
    team = activity.channel_data.team
    for member in members:
        if not member.id or member.id == activity.recipient.id:
            continue
        who = origin(activity, member.id)
        yield Event(replace(who, id=_of(who, member), name=member.name), name)
        if team.id:
            group = replace(who, place=f"{TEAM}{team.id}", place_kind=PlaceKind.PEOPLE, place_name=team.name)
            yield Event(replace(group, id=_of(who, member, ":team"), name=member.name), in_team)


def _of(who: Origin, member: Account, more: str = "") -> str:
    """One activity may tell of many."""
    return f"{who.id}:{member.id}{more}" if who.id else ""


def _kind(activity: Activity) -> PlaceKind:
    return _KINDS.get(activity.conversation.conversation_type, PlaceKind.CHANNEL)


def _is_us(activity: Activity, entity: Entity) -> bool:
    return entity.type == "mention" and entity.mentioned.id == activity.recipient.id


def _token(entity: Entity, teams: Mapping[str, str]) -> str:
    """A team has the id of its first channel: where Teams does not say which is meant, its name tells."""
    told = entity.mentioned
    if told.conversation_identity_type == "team" or teams.get(told.name) == f"{TEAM}{told.id}":
        return group_token(f"{TEAM}{told.id}")
    return place_token(told.id) if told.id.startswith(CONVERSATION) else mention(told.id)


def _data(activity: Activity) -> Mapping[str, Any]:
    """What the button carries: `value.action.data` of Action.Execute, `value.data` of a task module, or `value`."""
    value = activity.value
    if isinstance(value, dict) and isinstance(action := value.get("action"), dict):
        value = action
    if isinstance(value, dict) and isinstance(data := value.get("data"), dict):
        value = data
    if not isinstance(value, dict):
        raise Malformed
    return value


def _address(ours: Mapping[str, Any]) -> str:
    address = str(ours.get("address", ""))
    if not ADDRESS.fullmatch(address):
        raise Malformed
    return address
