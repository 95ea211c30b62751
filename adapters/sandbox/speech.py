"""Typed text: mentions and channels as tokens for the engine, as spans for the page."""

import re

from adapters.sandbox.chat import BOT, Chat, Room
from bot.core.interactions import MENTION, PLACE, mention, place_token
from bot.core.rich import Link, Mention, PlaceLink, Plain, Span, Text

_MARKS = re.compile(r"(<[@#][^<>\s]+>)|(https?://[^\s<>\"]+[^\s<>\".,;:!?)])|\*([^*\n]+)\*|`([^`\n]+)`")


def tokens(chat: Chat, typed: str) -> str:
    """The text with every `@Full Name`, `@handle` and `#channel` that somebody or something is called as its token."""
    people = {member.name.lower(): account for account, member in chat.members.items()}
    people |= {account.lower(): account for account in chat.members} | {BOT: BOT}
    rooms = {room.name.lower(): key for key, room in chat.rooms.items() if _is_channel(room)}
    with_people = _named("@", people).sub(lambda found: mention(people[found.group(1).lower()]), typed)
    return _named("#", rooms).sub(lambda found: place_token(rooms[found.group(1).lower()]), with_people)


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
    if (person := MENTION.fullmatch(token)) and person.group(1) in chat.members:
        return Mention(chat.members[person.group(1)].name, person.group(1))
    if person and person.group(1) == BOT:
        return Mention("Drumbeat", BOT)
    if (place := PLACE.fullmatch(token)) and place.group(1) in chat.rooms:
        return PlaceLink(chat.rooms[place.group(1)].name, place.group(1))
    return Plain(token)


def _is_channel(room: Room) -> bool:
    return not room.members


def _named(sign: str, names: dict[str, str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w){sign}({'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
