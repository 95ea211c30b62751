"""What Slack sends (docs.slack.dev/reference/interaction-payloads and /events), as interactions of ours.

A missing key raises `KeyError`: whoever sent the payload hears 400.
"""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from adapters.slack import forms
from adapters.slack.platform import NAME, profile
from adapters.slack.render import address
from bot.core.interactions import Click, Command, Event, Interaction, Origin, Submission, defuse, group_token
from bot.core.places import PlaceKind

Body = Mapping[str, Any]

_PIECES: Final = re.compile(r"<([^<>]*)>")
_GROUP: Final = "!subteam^"
_SPOKEN: Final = frozenset({"", "file_share", "me_message", "thread_broadcast"})
"""Subtypes of a message that somebody posted; the others are edits, joins and the like."""


def command(body: Body) -> Command:
    """A slash command; with `should_escape` Slack has made tokens of mentions, and `<` that somebody typed `&lt;`."""
    place = str(body["channel_id"])
    called = str(body.get("channel_name", ""))
    origin = Origin(
        platform=NAME,
        workspace=str(body["team_id"]),
        account=str(body["user_id"]),
        id=str(body["trigger_id"]),
        name=str(body.get("user_name", "")),
        place=place,
        place_kind=_kind(place, called),
        place_name="" if called in ("directmessage", "privategroup") else called,
    )
    return Command(origin, str(body["command"]).removeprefix("/").lower(), spoken(str(body.get("text", ""))))


def click(body: Body) -> Click:
    """A pressed button or a chosen option, in a message or on the home page."""
    action = body["actions"][0]
    container = body.get("container") or {}
    user = body["user"]
    place = str(container.get("channel_id") or "")
    origin = Origin(
        platform=NAME,
        workspace=team(body),
        account=str(user["id"]),
        id=str(body["trigger_id"]),
        name=str(user.get("username") or user.get("name") or ""),
        place=place,
        place_kind=_kind(place),
        message=str(container.get("message_ts") or ""),
    )
    chosen = action.get("selected_option") or {}
    return Click(origin, address(str(action["action_id"])), str(chosen.get("value") or action.get("value") or ""))


def submission(body: Body) -> Submission:
    """A sent form."""
    view, user = body["view"], body["user"]
    origin = Origin(
        platform=NAME,
        workspace=team(body),
        account=str(user["id"]),
        id=str(body["trigger_id"]),
        name=str(user.get("username") or user.get("name") or ""),
    )
    state, _ = forms.remembered(str(view.get("private_metadata") or ""))
    return Submission(origin, str(view["callback_id"]), forms.values(view["state"]["values"], view["blocks"]), state)


def event(body: Body, bot_user: str) -> Interaction | None:
    """An event as an interaction; None for what concerns nobody, such as what we did ourselves."""
    read = EVENTS.get(str(body["event"]["type"]))
    heard = read(body, body["event"], bot_user) if read else None
    return None if heard is None or heard.origin.account in ("", bot_user) else heard


def team(body: Body) -> str:
    """The workspace an interaction comes from. Where the app is installed for an organisation, `team` may be null."""
    named = body.get("team")
    if isinstance(named, Mapping) and named.get("id"):
        return str(named["id"])
    return str(body.get("team_id") or (body.get("user") or {}).get("team_id") or (body.get("view") or {})["team_id"])


def removed(body: Body) -> str:
    """The team (or the organisation) the app was removed from; empty where only somebody's own token was revoked."""
    told = body["event"]
    ours = told["type"] == "app_uninstalled" or bool((told.get("tokens") or {}).get("bot"))
    return str(body.get("team_id") or body["enterprise_id"]) if ours else ""


def spoken(text: str) -> str:
    """Slack's escaped text as typed, but for tokens: `<@U1>`, `<#C1>`, `<&S1>` stand only for what Slack made."""
    pieces: list[str] = []
    at = 0
    for found in _PIECES.finditer(text):
        pieces += [_typed(text[at : found.start()]), _token(found[1])]
        at = found.end()
    return "".join([*pieces, _typed(text[at:])])


def _typed(text: str) -> str:
    return defuse(html.unescape(text) if "&" in text else text)


def _token(inside: str) -> str:
    """`<@U1|anna>`, `<#C1|general>`, `<!here>`, `<!subteam^S1|@team>`, `<https://a.example|a.example>`."""
    target, _, label = inside.partition("|")
    if target.startswith(("@", "#")) and len(target) > 1:
        return f"<{target}>"
    if target.startswith(_GROUP) and len(target) > len(_GROUP):
        return group_token(target.removeprefix(_GROUP))
    if target.startswith("!"):
        return _typed(label or f"@{target[1:].partition('^')[0]}")
    return _typed(label if target.startswith(("mailto:", "tel:")) and label else target)


def _mentioned(body: Body, told: Body, bot_user: str) -> Command | None:
    """`@Drumbeat poll ...` is a command, a mention in the middle of a sentence is not."""
    begins = re.match(rf"\s*<@{re.escape(bot_user)}(?:\|[^>]*)?>\s*", str(told.get("text", "")))
    if not bot_user or not begins or _foreign(body, told):
        return None
    name, *rest = str(told["text"])[begins.end() :].split(maxsplit=1) or [""]
    return Command(_origin(body, told), name.lower(), spoken("".join(rest)).strip())


def _message(body: Body, told: Body, _bot_user: str) -> Interaction | None:
    """Who posted where and when; what, is not read. In the direct chat with us it asks for help, whatever it says."""
    if str(told.get("subtype", "")) not in _SPOKEN or told.get("bot_id") or _foreign(body, told):
        return None
    origin = _origin(body, told)
    if origin.place_kind is PlaceKind.DIRECT:
        return Command(origin, "", "")
    return Event(origin, "posted", {"at": _iso(told["ts"]), "message": told["ts"], "thread": told.get("thread_ts", "")})


def _reaction(body: Body, told: Body, _bot_user: str) -> Event | None:
    item = told["item"]
    if item.get("type") != "message":
        return None
    facts = {"emoji": told["reaction"], "message": item["ts"], "author": told.get("item_user", "")}
    return Event(_origin(body, {**told, "channel": item["channel"]}), "reacted", facts)


def _appeared(body: Body, told: Body, _bot_user: str) -> Event | None:
    return None if _foreign(body, told) else Event(_origin(body, told), "appeared")


def _left(body: Body, told: Body, _bot_user: str) -> Event | None:
    return None if _foreign(body, told) else Event(_origin(body, told), "left")


def _grouped(body: Body, told: Body, _bot_user: str) -> Event:
    """A user group that is new, or has another name."""
    group = told["subteam"]
    who = _origin(body, {"user": group.get("updated_by") or group.get("created_by")})
    handle = str(group.get("handle") or group.get("name") or "")
    return Event(replace(who, place=str(group["id"]), place_kind=PlaceKind.PEOPLE, place_name=handle), "named")


def _home(body: Body, told: Body, _bot_user: str) -> Event | None:
    origin = _origin(body, {**told, "channel": ""})
    return Event(origin, "home_opened") if told.get("tab", "home") == "home" else None


def _joined(body: Body, told: Body, _bot_user: str) -> Event | None:
    return _account(body, told, "joined")


def _changed(body: Body, told: Body, _bot_user: str) -> Event | None:
    """A changed profile; of somebody whose account was closed, that they are gone."""
    return _account(body, told, "removed" if told["user"].get("deleted") else "profile_changed")


def _account(body: Body, told: Body, name: str) -> Event | None:
    member = told["user"]
    known = profile(member)
    if known.bot or member.get("is_stranger"):
        return None
    return Event(_origin(body, {"user": known.account}), name, profile=known)


EVENTS: Final[Mapping[str, Callable[[Body, Body, str], Interaction | None]]] = {
    "app_home_opened": _home,
    "app_mention": _mentioned,
    "member_joined_channel": _appeared,
    "member_left_channel": _left,
    "message": _message,
    "reaction_added": _reaction,
    "subteam_created": _grouped,
    "subteam_updated": _grouped,
    "team_join": _joined,
    "user_change": _changed,
}
"""What people do; `changes` reads what becomes of channels and messages, whoever did it."""


def _origin(body: Body, told: Body) -> Origin:
    place = str(told.get("channel") or "")
    return Origin(
        platform=NAME,
        workspace=str(body["team_id"]),
        account=str(told.get("user") or ""),
        id=str(body["event_id"]),
        place=place,
        place_kind=_kind(place, "mpdm" if told.get("channel_type") == "mpim" else ""),
        message=str(told.get("ts") or ""),
    )


def _foreign(body: Body, told: Body) -> bool:
    """Somebody of another company, in a channel shared with it."""
    home = told.get("user_team") or told.get("source_team") or told.get("team") or body["team_id"]
    return bool(body.get("is_ext_shared_channel")) and home not in (body["team_id"], body.get("enterprise_id"))


def _kind(place: str, called: str = "") -> PlaceKind:
    if place.startswith("D"):
        return PlaceKind.DIRECT
    return PlaceKind.GROUP if called.startswith("mpdm") else PlaceKind.CHANNEL


def _iso(ts: str) -> str:
    return datetime.fromtimestamp(float(ts), UTC).isoformat()
