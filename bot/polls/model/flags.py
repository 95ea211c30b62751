"""What may stand behind dashes in `/poll`, and what it means."""

import re
from typing import Final

from bot.polls.model.definition import Adding, Kind, Promise, Question, Showing

PROMISES: Final = {
    "open": Promise.OPEN,
    "confidential": Promise.CONFIDENTIAL,
    "secret": Promise.SECRET,
    # What people take the word to promise.
    "anonymous": Promise.SECRET,
}
KINDS: Final = {
    "multi": Kind.CHOICE,
    "ranked": Kind.RANKED,
    "rating": Kind.RATING,
    "nps": Kind.NPS,
    "yesno": Kind.DECISION,
    "text": Kind.TEXT,
    "quiz": Kind.QUIZ,
}
SHOWINGS: Final = {
    **{showing.value: showing for showing in Showing},
    "after-voting": Showing.AFTER_VOTE,
    "after-closing": Showing.AFTER_CLOSE,
    "voted": Showing.AFTER_VOTE,
    "closed": Showing.AFTER_CLOSE,
}
ADDINGS: Final = {"": Adding.YES, "yes": Adding.YES, "ask": Adding.ASK, "no": Adding.NO}

_LIMITS: Final = re.compile(r"(\d{1,2})(?:\s*[-\u2013]\s*(\d{1,2}))?")

WORDY: Final = frozenset({"close", "start", "every", "remind", "answer-by", "quiz", "explain"})
"""Flags whose value may be several words: dates, options, sentences."""

VALUED: Final = frozenset({"results", "in", "audience", "owner"})
LISTED: Final = frozenset({"in", "audience"})
"""Flags with one or several names."""

EXAMPLES: Final = {
    "close": "Fri 17:00",
    "start": "tomorrow 9:00",
    "every": "Mon 9:00",
    "remind": "24h",
    "answer-by": "2 weeks",
    "explain": '"…"',
    "results": "after-close",
    "in": "#general",
    "audience": "everybody",
    "owner": "@ben",
}
"""What may stand behind the flags that mean nothing without it."""

OPTIONAL: Final = {
    "multi": _LIMITS,
    "rating": re.compile(r"\d{1,3}"),
    "add-options": re.compile("ask|yes|no", re.IGNORECASE),
}
"""Flags that mean something without a value, too."""

KNOWN: Final = (*PROMISES, *KINDS, *sorted((WORDY | VALUED | OPTIONAL.keys()) - KINDS.keys()))


def limits(value: str, options: int) -> tuple[int, int] | None:
    """At least and at most how many: `2` is at most two, `2-3` two or three, nothing is as many as there are."""
    if not value:
        return 1, options
    found = _LIMITS.fullmatch(value)
    if not found:
        return None
    return (int(found[1]), int(found[2])) if found[2] else (1, int(found[1]))


def right(value: str, options: tuple[str, ...]) -> tuple[int, ...]:
    """The options that a quiz's flag names: by their words, or by their numbers from 1, several with commas."""
    by_name = {option.casefold(): number for number, option in enumerate(options)}
    if value.casefold() in by_name:
        return (by_name[value.casefold()],)
    pieces = [piece.strip().casefold() for piece in value.split(",")]
    numbers = [by_name.get(piece, int(piece) - 1 if piece.isdecimal() else -1) for piece in pieces]
    return tuple(sorted(set(numbers))) if all(0 <= number < len(options) for number in numbers) else ()


def question(text: str, options: tuple[str, ...], given: dict[str, str]) -> tuple[Question, tuple[str, ...]]:
    """The question that a line asks, and the flags whose value it could not read."""
    kind = next((kind for flag, kind in KINDS.items() if flag in given), Kind.CHOICE)
    unread: list[str] = []
    least, most, scale = 1, 1, 5
    if kind is Kind.RANKED:
        most = len(options)
    if "multi" in given:
        read = limits(given["multi"], len(options))
        least, most = read or (1, len(options))
        unread += [] if read else ["multi"]
    if given.get("rating"):
        scale = int(given["rating"]) if given["rating"].isdecimal() else 0
    known = right(given["quiz"], options) if "quiz" in given else ()
    return (
        Question(
            text=text,
            kind=kind,
            options=options,
            least=least,
            most=max(most, len(known)) if kind is Kind.QUIZ else most,
            scale=scale,
            right=known,
            explanation=given.get("explain", ""),
        ),
        tuple(unread),
    )
