"""What a communicator chooses for everybody: channels, quiet hours, the language of channels.

Every change is told to the other features as `settings_changed` with `name` (introductions, praise, watched, quiet,
nudges, fewest, locale) and `value` (place ids with commas between, `18:00-08:00`, a number, a language).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time

from bot.core.cards import note
from bot.core.directory import store as directory
from bot.core.errors import Refused
from bot.core.feature import Turn
from bot.core.interactions import PLACE, Answer, Submission, Value
from bot.core.people import Role
from bot.core.places import PlaceKind, QuietHours, WorkspaceSettings
from bot.core.rich import PlaceLink, Text
from bot.core.texts import LOCALES
from bot.home import cards

HERE = frozenset({"here", "hier"})


class Settings:
    """The handlers of settings."""

    def open(self, turn: Turn) -> Answer:
        """A button that opens the form."""
        turn.require(Role.COMMUNICATOR)
        return Answer(form=cards.settings(turn.t, turn.workspace))

    def typed(self, turn: Turn, _rest: str) -> Answer:
        """`/drumbeat settings`."""
        return self.open(turn)

    def save(self, turn: Turn) -> Answer:
        """The form was sent."""
        if not isinstance(turn.act, Submission):
            raise TypeError(turn.act)
        values = turn.act.values
        turn = _alone(turn)
        begin, end = _time(values.get("quiet_begin")), _time(values.get("quiet_end"))
        if begin is None or end is None:
            sentence = turn.t("I need a time such as 18:00.")
            return Answer(problems={"quiet_begin" if begin is None else "quiet_end": sentence})
        settings = replace(
            turn.workspace.settings,
            introductions=_place(values.get("introductions")),
            praise=_place(values.get("praise")),
            watched=_watched(turn.workspace.settings, values),
            quiet=QuietHours(begin, end, weekends="quiet" in values.get("weekends", ())),
            daily_nudges=_number(values.get("nudges"), cards.NUDGES, turn.workspace.settings.daily_nudges),
            fewest=_number(values.get("fewest"), cards.FEWEST, turn.workspace.settings.fewest),
        )
        locale = values.get("locale")
        changed = _choose(turn, settings, locale if isinstance(locale, str) else "")
        return Answer(whisper=cards.saved(turn.t, changed))

    def watch(self, turn: Turn, rest: str) -> Answer:
        """`/drumbeat watch #channel`, or `here`: posts in it count for leaders."""
        turn, named = _alone(turn), _named(turn, rest)
        watched = turn.workspace.settings.watched
        if rest and not named:
            raise Refused(turn.t.rich("Name a channel, such as `/drumbeat watch #general`, or `here`."))
        _choose(turn, replace(turn.workspace.settings, watched=tuple(dict.fromkeys((*watched, *named)))))
        return _watching(turn, (*watched, *named))

    def unwatch(self, turn: Turn, rest: str) -> Answer:
        """`/drumbeat unwatch #channel`: posts in it do not count any more."""
        named = _named(turn, rest)
        if not named:
            raise Refused(turn.t.rich("Name a channel, such as `/drumbeat unwatch #general`, or `here`."))
        turn = _alone(turn)
        left = tuple(place for place in turn.workspace.settings.watched if place not in named)
        _choose(turn, replace(turn.workspace.settings, watched=left))
        return _watching(turn, left)


def _alone(turn: Turn) -> Turn:
    """The turn, with settings that nobody else changes until they are written."""
    return replace(turn, workspace=directory.hold_workspace(turn.connection, turn.workspace.id))


def _choose(turn: Turn, settings: WorkspaceSettings, locale: str = "") -> list[str]:
    """Store what is new and tell every feature; the names of what was."""
    before = _spoken(turn.workspace.settings, turn.workspace.locale)
    locale = locale if locale in LOCALES else turn.workspace.locale
    after = _spoken(settings, locale)
    if settings != turn.workspace.settings:
        directory.choose(turn.connection, turn.workspace, settings)
    if locale != turn.workspace.locale:
        directory.describe_workspace(turn.connection, turn.workspace.id, locale=locale)
    now = replace(turn, workspace=replace(turn.workspace, settings=settings, locale=locale))
    changed = [name for name, value in after.items() if value != before[name]]
    for name in changed:
        now.emit("settings_changed", name=name, value=after[name])
    return changed


def _spoken(settings: WorkspaceSettings, locale: str) -> dict[str, str]:
    quiet = settings.quiet
    return {
        "introductions": str(settings.introductions or ""),
        "praise": str(settings.praise or ""),
        "watched": ",".join(map(str, settings.watched)),
        "quiet": f"{quiet.begin:%H:%M}-{quiet.end:%H:%M}" + ("" if quiet.weekends else " weekends"),
        "nudges": str(settings.daily_nudges),
        "fewest": str(settings.fewest),
        "locale": locale,
    }


def _watching(turn: Turn, watched: tuple[int, ...]) -> Answer:
    known = [turn.place(place) for place in dict.fromkeys(watched)]
    names: list[Text] = [(PlaceLink(place.name, place.key),) for place in known if place]
    if not names:
        return Answer(whisper=note(turn.t("No channel is watched, so posts in every channel I am in count.")))
    return Answer(whisper=note(turn.t.rich("Posts count in {places}.", places=turn.t.every_rich(names))))


def _named(turn: Turn, rest: str) -> tuple[int, ...]:
    if rest.casefold() in HERE and turn.here and turn.here.kind is not PlaceKind.DIRECT:
        return (turn.here.id,)
    return tuple(int(key) for key in PLACE.findall(rest) if key.isdecimal())


def _watched(settings: WorkspaceSettings, values: Mapping[str, Value]) -> tuple[int, ...]:
    shown = [_place(values.get(f"watched{number}")) for number in range(cards.MOST_WATCHED)]
    chosen = [place for place in shown if place is not None]
    return tuple(dict.fromkeys((*chosen, *settings.watched[cards.MOST_WATCHED :])))


def _place(value: Value | None) -> int | None:
    found = PLACE.fullmatch(value) if isinstance(value, str) else None
    return int(found[1]) if found and found[1].isdecimal() else None


def _time(value: Value | None) -> time | None:
    try:
        return (
            time.fromisoformat(value).replace(second=0, microsecond=0, tzinfo=None) if isinstance(value, str) else None
        )
    except ValueError:
        return None


def _number(value: Value | None, offered: range, otherwise: int) -> int:
    return int(value) if isinstance(value, str) and value in map(str, offered) else otherwise
