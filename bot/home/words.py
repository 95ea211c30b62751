"""How a line behind `/drumbeat` is read: the word it begins with, or the one that somebody most likely meant."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

ALSO: Final[Mapping[str, str]] = {
    "?": "help",
    "hilfe": "help",
    "einstellungen": "settings",
    "sprache": "language",
    "meine daten": "my data",
    "data": "my data",
    "stopp": "stop",
    "leader": "leaders",
    "communicator": "communicators",
}
"""Other words for the same, German ones among them."""

GREETINGS: Final = frozenset({"hello", "hi", "hey", "hallo", "moin", "servus", "good morning", "guten morgen"})
LONGEST: Final = 60
"""How much of an unknown line is said back."""


def find(typed: str, known: Iterable[str]) -> tuple[str, str]:
    """The word a line begins with, and the rest of it; an empty word where none does. `my data` is one word."""
    line = " ".join(typed.split())
    for word in sorted({*known, *ALSO}, key=len, reverse=True):
        begins = line[: len(word)].casefold() == word and line[len(word) : len(word) + 1].strip() == ""
        if begins:
            return ALSO.get(word, word), line[len(word) :].strip()
    return "", line


def nearest(typed: str, known: Iterable[str]) -> str:
    """The known word that somebody most likely meant; empty where nothing is near."""
    words = list(known)
    pieces = typed.casefold().split()
    for tried in (" ".join(pieces[:2]), *pieces[:1]):
        if near := get_close_matches(tried, words, 1, 0.6):
            return near[0]
    return ""
