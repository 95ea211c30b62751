"""Reading a typed command: quoted phrases, bare words, flags, mentions and #tags, in the quotes of any keyboard."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.core.interactions import GROUP, MENTION, group_token

QUOTES: Final = {
    '"': '"',
    "\u201c": "\u201d\u201c",
    "\u201d": "\u201d",
    "\u201e": "\u201c\u201d",
    "\u00ab": "\u00bb",
    "\u00bb": "\u00ab\u00bb",
    "\u300c": "\u300d",
    "\uff02": "\uff02",
}
"""Opening quotes and what may close them. Single quotes are apostrophes far too often to open anything."""

_ANY_QUOTE: Final = "".join(QUOTES)
_EVERY_QUOTE: Final = "".join(sorted({*QUOTES, *"".join(QUOTES.values())}))
_FLAG: Final = re.compile(r"(?:--|\u2014|\u2013)([a-z][a-z-]*)")
_TAG: Final = re.compile(r"(?<!\S)#(\w[\w-]*)")


@dataclass(frozen=True, slots=True)
class Line:
    """A typed line, read.

    `phrases` are the quoted texts, `flags` what stood behind dashes with the word after it (empty for none), `rest` the
    bare words that belong to neither.
    """

    phrases: tuple[str, ...]
    flags: dict[str, str]
    rest: str


def read(text: str, valued: frozenset[str] = frozenset()) -> Line:
    """Read a line. Flags named in `valued` take the next word or phrase as their value.

    A quote that never closes takes the rest of the line: people forget it more often than they mean it.
    """
    phrases: list[str] = []
    flags: dict[str, str] = {}
    rest: list[str] = []
    waiting = ""
    for word, quoted in _pieces(text):
        flag = None if quoted else _FLAG.fullmatch(word)
        if flag:
            waiting = flag[1] if flag[1] in valued else ""
            flags[flag[1]] = ""
        elif waiting:
            flags[waiting] = word
            waiting = ""
        elif quoted:
            phrases.append(word)
        else:
            rest.append(word)
    return Line(tuple(phrases), flags, " ".join(rest))


def mentioned(text: str) -> tuple[int, ...]:
    """The people mentioned, by our own ids, each once, in order."""
    return tuple(dict.fromkeys(int(key) for key in MENTION.findall(text) if key.isdecimal()))


def groups(text: str) -> tuple[int, ...]:
    """The named groups in a text, by the ids of their places, each once, in order."""
    return tuple(dict.fromkeys(int(key) for key in GROUP.findall(text) if key.isdecimal()))


def grouped(text: str, keys: Mapping[str, str]) -> str:
    """The text with each `@name` or `@"name"` of a named group, in any case, as the token of its key (`keys` by name).

    For platforms that have no way of their own to name a group.
    """
    known = {name.casefold(): key for name, key in keys.items() if name.strip()}
    if not known or "@" not in text:
        return text
    names = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    quote = f"[{''.join(map(re.escape, _EVERY_QUOTE))}]"
    pattern = re.compile(rf"(?<!\w)@(?:{quote}({names}){quote}|({names})(?!\w))", re.IGNORECASE)
    return pattern.sub(lambda found: _token(found, known), text)


def tags(text: str) -> tuple[str, ...]:
    """The #tags, lower case, each once, in order. A channel link is not a tag."""
    return tuple(dict.fromkeys(tag.lower() for tag in _TAG.findall(text)))


def _token(found: re.Match[str], known: Mapping[str, str]) -> str:
    key = known.get((found[1] or found[2]).casefold())
    return group_token(key) if key else found[0]


def _pieces(text: str) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text[at] in QUOTES:
            end = _closing(text, at)
            pieces.append((text[at + 1 : end].strip(), True))
            at = end + 1
        else:
            end = at
            while end < len(text) and not text[end].isspace() and text[end] not in _ANY_QUOTE:
                end += 1
            pieces.append((text[at:end], False))
            at = end
    return pieces


def _closing(text: str, opening: int) -> int:
    closers = QUOTES[text[opening]] + ('"' if text[opening] != '"' else "")
    ends = [text.find(closer, opening + 1) for closer in closers]
    return min((end for end in ends if end >= 0), default=len(text))
