"""Typed text: mentions and channels as tokens for the engine, as spans for the page."""

import re

from adapters.sandbox.chat import BOT, Chat, Room
from bot.core.interactions import defuse, group_token, mention, place_token
from bot.core.places import PlaceKind
from bot.core.rich import Link, Mention, PlaceLink, Plain, Span, Text

_MARKS = re.compile(r"(<[@#&][^<>\s]+>)|(https?://[^\s<>\"]+[^\s<>\".,;:!?)])|\*([^*\n]+)\*|`([^`\n]+)`")


def tokens(chat: Chat, typed: str) -> str:
    """The text with every `@Full Name`, `@handle`, `@team` and `#channel` there is as its token."""
    named = {team.name.lower(): group_token(key) for key, team in chat.teams.items()}
    named |= {member.name.lower(): mention(account) for account, member in chat.members.items()}
    named |= {account.lower(): mention(account) for account in (*chat.members, BOT)}
    rooms = {room.name.lower(): place_token(key) for key, room in chat.rooms.items() if _is_channel(room)}
    with_people = _named("@", named).sub(lambda found: named[found.group(1).lower()], defuse(typed))
    return _named("#", rooms).sub(lambda found: rooms[found.group(1).lower()], with_people)


def spans(chat: Chat, written: str) -> Text:
    """Text with tokens as rich text: mentions, channels, addresses, *bold* and `code`; all else is literal."""
    pieces: list[Span] = []
    at = 0
    for found in _MARKS.finditer(written):
        pieces += [Plain(written[at : found.start()]), _piece(chat, found)]
        at = found.end()
    return tuple(piece for piece in [*pieces, Plain(written[at:])] if piece != Plain(""))


def _piece(chat: Chat, found: re.Match[str]) -> Span:
    token, address, bold, code = found.groups()
    if address:
        return Link(address, address)
    if bold or code:
        return Plain(bold or code, bold=bool(bold), code=bool(code))
    return _of_token(chat, token)


def _of_token(chat: Chat, token: str) -> Span:
    sign, key = token[1], token[2:-1]
    if sign == "@" and key in chat.members:
        return Mention(chat.members[key].name, key)
    if sign == "@" and key == BOT:
        return Mention("Drumbeat", BOT)
    if sign == "#" and key in chat.rooms:
        return PlaceLink(chat.rooms[key].name, key)
    if sign == "&" and key in chat.teams:
        return Plain(f"@{chat.teams[key].name}")
    return Plain(token)


def _is_channel(room: Room) -> bool:
    return room.kind is PlaceKind.CHANNEL


def _named(sign: str, names: dict[str, str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w){sign}({'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
