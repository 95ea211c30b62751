"""A poll as it was typed, in one line or in a form, made into a draft."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from bot.core.cadence.recurrence import read_recurrence
from bot.core.cadence.slots import instant, just_before
from bot.core.directory import store as directory
from bot.core.feature import Turn
from bot.core.interactions import GROUP, PLACE, Value
from bot.core.moments import read_beginning, read_moment, read_span
from bot.core.places import PlaceKind
from bot.core.rich import spoken
from bot.core.words import Line, mentioned, read
from bot.polls.cards.asking import RATING_10, RIGHT, SCALE, SEVERAL
from bot.polls.model import flags
from bot.polls.model.definition import Adding, Kind, Promise, Question, Showing
from bot.polls.model.draft import Draft, Typed
from bot.polls.service.admission import admitted

T = TypeVar("T", bound=StrEnum)

OPEN_FOR: Final = timedelta(days=3)
"""How long a poll runs if nobody says: over a weekend, and short enough to be remembered."""

NEVER: Final = frozenset({"never", "nie"})
EVERYBODY: Final = frozenset({"everybody", "everyone", "all", "alle"})
UNITS: Final = (("w", 7 * 24 * 60), ("d", 24 * 60), ("h", 60), ("m", 1))
"""What a length of time is written in, and their minutes."""


def line(turn: Turn, text: str) -> Draft:
    """The draft in a typed line."""
    typed = read(text, flags.VALUED, wordy=flags.WORDY, listed=flags.LISTED, optional=flags.OPTIONAL)
    phrases = _phrases(typed)
    options = phrases[1:]
    question, unread = flags.question(phrases[0] if phrases else "", options, typed.flags)
    promises = {flags.PROMISES[flag] for flag in typed.flags if flag in flags.PROMISES}
    results, adding = typed.flags.get("results", ""), typed.flags.get("add-options")
    showing = flags.SHOWINGS.get(results.lower()) if results else None
    added = Adding.NO if adding is None else flags.ADDINGS.get(adding.lower())
    unread += ("results",) if results and showing is None else ()
    unread += ("add-options",) if added is None else ()
    places, unfound = _places(turn, typed.every.get("in", ()))
    groups, everybody, unknown_groups = _groups(turn, typed.every.get("audience", ()))
    owners = mentioned(typed.flags.get("owner", ""))
    draft = Draft(
        questions=(question,),
        promise=next(iter(promises), Promise.OPEN),
        promises=len(promises) or 1,
        kinds=tuple(flag for flag in flags.KINDS if flag in typed.flags),
        showing=showing or Showing.LIVE,
        adding=added or Adding.NO,
        places=places or here(turn, by_name=bool(groups or everybody)),
        groups=groups,
        everybody=everybody,
        owner=owners[0] if owners else None,
        typed=Typed(
            opening=typed.flags.get("start", ""),
            closing=typed.flags.get("close", ""),
            reminding=typed.flags.get("remind", ""),
            repeating=typed.flags.get("every", ""),
            answering=typed.flags.get("answer-by", ""),
        ),
        unknown=tuple(flag for flag in typed.flags if flag not in flags.KNOWN),
        unread=(*unread, *(("owner",) if "owner" in typed.flags and not owners else ())),
        empty=tuple(flag for flag, value in typed.flags.items() if flag in flags.EXAMPLES and not value),
        stray=typed.behind if typed.phrases else (),
        unfound=(*unfound, *unknown_groups),
    )
    draft = dated(turn, draft)
    return draft if results else draft.settled()


def dated(turn: Turn, draft: Draft) -> Draft:
    """The draft with the moments that its typed words mean; where no closing was typed, the usual time.

    And with what keeps its author from asking it where they want to.
    """
    draft = admitted(turn, draft)
    zone, locale, now = turn.me.zone, turn.me.locale, turn.now
    typed = draft.typed
    opens_at = read_beginning(typed.opening, zone, now, locale) if typed.opening else None
    # Every second Monday is every second one from the first on which it opens.
    counted = just_before(opens_at) if opens_at else now
    day = _day(turn, typed.opening) if opens_at and typed.repeating else None
    if day:
        counted = max(just_before(instant(day, time.min, zone)), now)
    every = read_recurrence(typed.repeating, zone, counted, locale) if typed.repeating else None
    if every and (day or not typed.opening):
        opens_at = every.next_after(counted, zone)
    begins = opens_at or now
    closes_at: datetime | None = begins + OPEN_FOR
    if typed.closing:
        never = typed.closing.strip().lower() in NEVER
        closes_at = None if never else read_moment(typed.closing, zone, begins, locale)
        typed = replace(typed, closing="") if never else typed
    return replace(
        draft,
        typed=typed,
        every=every,
        opens_at=opens_at,
        closes_at=closes_at,
        remind=read_span(typed.reminding) if typed.reminding else None,
        answer_by=read_moment(typed.answering, zone, begins, locale) if typed.answering else None,
    )


def _day(turn: Turn, typed: str) -> date | None:
    """The day that somebody means, if they typed no time of it: that is the rhythm's."""
    zone = turn.me.zone
    late, early = (read_moment(typed, zone, turn.now, turn.me.locale, at) for at in (time.max, time.min))
    return late.astimezone(ZoneInfo(zone)).date() if late and late != early else None


def same(typed: str, words: str) -> bool:
    """Whether somebody left words in a form as they were; browsers change the spaces between them."""
    return typed.split() == words.split()


def one(value: Value | None) -> str:
    """A form's value where it is a single one."""
    return value if isinstance(value, str) else ""


def among(choices: type[T], value: Value | None, usual: T) -> T:
    """The choice in a form's value; the usual one where a client sent none that is offered."""
    return next((each for each in choices if each.value == value), usual)


def many(value: Value | None) -> tuple[str, ...]:
    """A form's values where there may be several."""
    return value if isinstance(value, tuple) else ((value,) if value else ())


def asked(values: Mapping[str, Value]) -> Question:
    """The question in a form's values."""
    chosen = one(values.get("kind")) or Kind.CHOICE.value
    kind = {SEVERAL: Kind.CHOICE, RATING_10: Kind.RATING}.get(chosen) or among(Kind, chosen, Kind.CHOICE)
    lines = tuple(filter(None, map(str.strip, one(values.get("options")).splitlines())))
    if kind not in (Kind.CHOICE, Kind.RANKED, Kind.QUIZ):
        lines = ()
    mark = RIGHT.strip()
    known = tuple(n for n, line in enumerate(lines) if line.startswith(mark)) if kind is Kind.QUIZ else ()
    options = tuple(line.removeprefix(mark).strip() if kind is Kind.QUIZ else line for line in lines)
    several = chosen == SEVERAL or kind is Kind.RANKED
    return Question(
        text=one(values.get("question")).strip(),
        kind=kind,
        options=options,
        most=len(options) if several else max(1, len(known)),
        scale=10 if chosen == RATING_10 else SCALE,
        right=known,
    )


def place_in(value: str) -> int | None:
    """The place in a form's value."""
    found = PLACE.fullmatch(value)
    return int(found[1]) if found else None


def here(turn: Turn, *, by_name: bool = False) -> tuple[int, ...]:
    """Where somebody acts, also by a press; not the chat with the bot, when people are asked by name."""
    place, origin = turn.here, turn.act.origin
    if place is None and origin.place:
        place = directory.place_at(turn.connection, turn.workspace, origin.place, origin.place_kind, origin.place_name)
    if place is None or (by_name and place.kind is PlaceKind.DIRECT):
        return ()
    return (place.id,)


def _phrases(typed: Line) -> tuple[str, ...]:
    """What stands in quotes, behind a question without them: many people quote the options alone.

    Words that stand anywhere else come last: who sees the form can tell what they are.
    """
    asked = typed.before if typed.phrases else typed.rest
    bare = any(map(str.isalnum, asked))
    return (*((asked,) if bare else ()), *typed.phrases, *(typed.behind if typed.phrases else ()))


def _places(turn: Turn, typed: Iterable[str]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Channels by their token, or by their name: here first, then on the organisation's other platforms."""
    return _named(turn, typed, PlaceKind.CHANNEL, PLACE.fullmatch)


def _groups(turn: Turn, typed: Iterable[str]) -> tuple[tuple[int, ...], bool, tuple[str, ...]]:
    """Groups likewise; and whether everybody is among them."""
    words = list(_each(typed))
    others = [word for word in words if word.removeprefix("@").casefold() not in EVERYBODY]
    found, unfound = _named(turn, others, PlaceKind.PEOPLE, GROUP.fullmatch)
    return found, len(others) < len(words), unfound


def _named(
    turn: Turn, typed: Iterable[str], kind: PlaceKind, token: Callable[[str], re.Match[str] | None]
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    found: list[int] = []
    unfound: list[str] = []
    for word in _each(typed):
        if given := token(word):
            found.append(int(given[1]))
        elif place := by_name(turn, word.lstrip("#@"), kind):
            found.append(place)
        else:
            unfound.append(spoken(turn.prose(word)))
    return tuple(dict.fromkeys(found)), tuple(unfound)


@dataclass(frozen=True, slots=True)
class Named:
    """Who and where is meant by names, and the names that mean nothing here."""

    places: tuple[int, ...]
    groups: tuple[int, ...]
    everybody: bool
    unfound: tuple[str, ...]


def named(turn: Turn, text: str) -> Named:
    """What names in a form mean: channels with their sign, groups with theirs or without one."""
    words = _each([text])
    channels = [word for word in words if word.startswith(("#", "<#"))]
    places, nowhere = _places(turn, channels)
    groups, everybody, nobody = _groups(turn, [word for word in words if word not in channels])
    return Named(places, groups, everybody, (*nowhere, *nobody))


def _each(typed: Iterable[str]) -> list[str]:
    """Each name of several, which may have commas between them."""
    return [name.strip() for names in typed for name in names.split(",") if name.strip()]


def by_name(turn: Turn, name: str, kind: PlaceKind) -> int | None:
    """A place by its name, in this workspace or in another one of the organisation."""
    near = directory.places_of(turn.connection, turn.workspace, kind)
    far = directory.places_beyond(turn.connection, turn.workspace, kind)
    return next((place.id for place in (*near, *far) if place.name.casefold() == name.casefold()), None)
