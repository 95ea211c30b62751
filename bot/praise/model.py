"""The rules of praise: how a typed line is read, what praise needs, which week it belongs to."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.core.cadence.slots import Weekly, last_slot
from bot.core.people import Person
from bot.core.quoting import QUOTES
from bot.core.words import mentioned, tags

MOST_PEOPLE: Final = 10
"""Beyond ten names nobody feels meant."""

FEWEST_WORDS: Final = 3
"""`Thank you` says nothing of what somebody did; three words begin to."""

LONGEST_REASON: Final = 500
MOST_VALUES: Final = 5
LONGEST_VALUE: Final = 40

TWICE: Final = timedelta(minutes=1)
"""The same words again within a minute are a second press of the key."""

DIGEST: Final = Weekly(4, time(15))
"""Friday at three: the week is nearly done, and people are still there to read it."""

_WORD: Final = re.compile(r"\S+")
_BIDI: Final = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Marks of writing direction, which keyboards put around mentions in right-to-left text."""

_EDGE: Final = f"{_BIDI},;:.!&+\u060c\u061b\u3001\uff0c\u2013\u2014-"
_AROUND: Final = rf"[{re.escape(_EDGE)}]*"
_PEOPLE: Final = re.compile(rf"{_AROUND}(?:<@\d+>{_AROUND})+")
_GLUED: Final = re.compile(r"(<@\d+>[,;:]?)(?=[^\s,;:.!?'\u2019<])")
_TAG: Final = re.compile(rf"#\w[\w-]*\??{_AROUND}")
_NAME: Final = re.compile(rf"{_AROUND}@(\w[\w.\u2019'-]*){_AROUND}")
_JOINERS: Final = frozenset({"and", "und", "to", "an", "y", "et", "e"})
_FOR: Final = frozenset({"for", "für"})
_SPOKEN: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|<@\d+>|[^\W_]+(?:['\u2019-]\w+)*"
)
"""A word; in scripts that put no spaces between words, each character counts as one."""


class Problem(StrEnum):
    """Why praise cannot be given yet."""

    NOBODY = "nobody"
    NAME = "name"
    SELF = "self"
    BOT = "bot"
    MANY = "many"
    NO_REASON = "no_reason"
    SHORT = "short"
    LONG = "long"
    MANY_VALUES = "many_values"
    NO_PLACE = "no_place"


@dataclass(frozen=True, slots=True)
class Draft:
    """Praise as somebody typed it, right or wrong.

    `people` are ids in the order of their mention, `names` what was typed as a name without being a mention, `values`
    the #tags without their sign, lower case; those inside the reason stay in it as well.
    """

    people: tuple[int, ...]
    reason: str
    values: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def problems(self, people: Sequence[Person], giver: int) -> dict[str, Problem]:
        """What is wrong, by the name of the form field it belongs to. `people` are those of the draft."""
        wrong = {"people": self._people(people, giver), "reason": self._reason(), "values": self._values()}
        return {name: problem for name, problem in wrong.items() if problem}

    def _people(self, people: Sequence[Person], giver: int) -> Problem | None:
        if self.names:
            return Problem.NAME
        if not self.people:
            return Problem.NOBODY
        if giver in self.people:
            return Problem.SELF
        if any(person.bot for person in people):
            return Problem.BOT
        return Problem.MANY if len(self.people) > MOST_PEOPLE else None

    def _reason(self) -> Problem | None:
        if not self.reason:
            return Problem.NO_REASON
        if len(self.reason) > LONGEST_REASON:
            return Problem.LONG
        return Problem.SHORT if len(_SPOKEN.findall(self.reason)) < FEWEST_WORDS else None

    def _values(self) -> Problem | None:
        many = len(self.values) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in self.values)
        return Problem.MANY_VALUES if many else None


@dataclass(frozen=True, slots=True)
class Praise:
    """Praise that was given. Whoever asked to be forgotten is None as its `giver`, and not among its `people`."""

    id: int
    workspace: int
    giver: int | None
    place: int
    people: tuple[int, ...]
    reason: str
    values: tuple[str, ...]
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Week:
    """What one week of praise adds up to. `people` holds each name with its count by the alphabet: no ranking."""

    given: int
    people: tuple[tuple[str, int], ...]
    values: tuple[tuple[str, int], ...]


def read(text: str) -> Draft:
    """Read `@somebody and @another for what they did #value`, in whichever order people put it.

    Mentions at the beginning are those praised, and any later one belongs to the reason; where none is at the
    beginning, all are praised. Names and tags around the reason are taken off it, those inside the sentence stay.
    """
    text = _GLUED.sub(r"\1 ", text.strip())
    words = [(found.group(), found.start(), found.end()) for found in _WORD.finditer(text)]
    begin = _lead([word for word, _, _ in words])
    lead = [word for word, _, _ in words[:begin]]
    first = bool(mentioned(" ".join(lead)) or _names(lead))
    end = _tail([word for word, _, _ in words], begin, people=not first)
    named = lead if first else [word for word, _, _ in words[end:]]
    middle = text[words[begin][1] : words[end - 1][2]] if begin < end else ""
    return Draft(
        people=mentioned(" ".join(lead) if first else text),
        reason=_reason(middle),
        values=values(text),
        names=_names(named),
    )


def values(text: str) -> tuple[str, ...]:
    """The #values in a text: tags with at least one letter, so that `#1` stays a number."""
    unmarked = text.translate(dict.fromkeys(map(ord, _BIDI)))
    return tuple(tag for tag in tags(unmarked) if any(map(str.isalpha, tag)))


def typed_values(text: str) -> tuple[str, ...]:
    """The values typed into their own field, with or without their sign."""
    return values(" ".join(f"#{word.strip('#')}" for word in re.split(r"[\s,;]+", text) if word.strip("#")))


def week(at: datetime, zone: str) -> tuple[datetime, datetime]:
    """The week that the digest of `at` tells of: from one digest's hour (not included) to the newest (included)."""
    end = last_slot(DIGEST, zone, at)
    return last_slot(DIGEST, zone, end - timedelta(seconds=1)), end


def add_up(praises: Iterable[Praise], names: dict[int, str]) -> Week:
    """Count a week. `names` are those of everybody praised in it, by id."""
    given = list(praises)
    people = Counter(person for praise in given for person in praise.people)
    mentions = Counter(value for praise in given for value in praise.values)
    named = sorted(((names[person], count) for person, count in people.items()), key=lambda each: each[0].casefold())
    ranked = sorted(mentions.items(), key=lambda each: (-each[1], each[0]))
    return Week(len(given), tuple(named), tuple(ranked))


def _lead(words: Sequence[str]) -> int:
    """How many words at the beginning only say whom it is for, or are tags."""
    at = 0
    while at < len(words):
        if _NAME.fullmatch(words[at]):
            at = _after_name(words, at + 1)
        elif _is_frame(words[at], people=True) or _joins(words, at):
            at += 1
        else:
            break
    return at


def _after_name(words: Sequence[str], at: int) -> int:
    """A name may have two more words (`@Ben van Dyk for ...`): they are skipped if the reason begins right after."""
    ahead = [word.casefold().strip(_EDGE) in _FOR for word in words[at : at + 3]]
    return at + ahead.index(True) if True in ahead else at


def _joins(words: Sequence[str], at: int) -> bool:
    joins = words[at].casefold() in _JOINERS and at + 1 < len(words)
    return joins and _is_somebody(words[at + 1])


def _tail(words: Sequence[str], begin: int, *, people: bool) -> int:
    """Where the reason ends: before trailing tags, and trailing mentions where they are those praised."""
    end = len(words)
    while end > begin and (
        _is_frame(words[end - 1], people=people)
        or (people and end < len(words) and words[end - 1].casefold() in _JOINERS)
    ):
        end -= 1
    return end


def _is_frame(word: str, *, people: bool) -> bool:
    """Whether a word is no part of a sentence: a tag, punctuation, or (`people`) somebody."""
    tag = _TAG.fullmatch(word.strip(_BIDI)) and values(word.strip(_EDGE))
    return bool(tag) or (people and _is_somebody(word)) or not word.strip(_EDGE)


def _is_somebody(word: str) -> bool:
    return bool(_PEOPLE.fullmatch(word) or _NAME.fullmatch(word))


def _names(words: Iterable[str]) -> tuple[str, ...]:
    """What was typed as a name without being a mention."""
    return tuple(dict.fromkeys(f"@{found[1]}" for word in words if (found := _NAME.fullmatch(word))))


def _reason(text: str) -> str:
    """The reason without a leading `for`, and without quotes around the whole of it."""
    first, _, rest = text.partition(" ")
    if first.strip(_EDGE).casefold() in _FOR:
        text = rest
    text = text.strip(f"{_BIDI},;: \t\r\n")
    if len(text) > 1 and text[0] in QUOTES and text[-1] in {*QUOTES[text[0]], '"'}:
        inside = text[1:-1]
        text = text if any(quote in inside for quote in (text[0], text[-1])) else inside.strip()
    return text
