"""Scheduled polls and rhythms: seen, skipped, paused, changed, ended."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.cadence.recurrence import read_recurrence
from bot.core.cadence.slots import just_before
from bot.core.cards import Card
from bot.core.errors import Refused
from bot.core.feature import Scene, Turn
from bot.core.interactions import Answer, Click
from bot.polls.cards import repeating as shown
from bot.polls.model.poll import Poll, Stage
from bot.polls.model.series import Series
from bot.polls.service import finding, reading
from bot.polls.service.audience import audience
from bot.polls.service.rights import managed
from bot.polls.service.series import following
from bot.polls.service.standing import questions, worded
from bot.polls.service.voting import found
from bot.polls.store import asking, series


def card(scene: Scene, poll: Poll) -> Card:
    """A scheduled poll with its next dates and what can be done."""
    rhythm = series.find(scene.connection, poll.series) if poll.series else None
    dates = rhythm.dates(scene.now, poll.opens_at) if rhythm and rhythm.running else []
    asked = questions(scene, poll)
    return shown.scheduled(scene.t, worded(scene, poll), asked, audience(scene, poll), rhythm, dates)


def skip(turn: Turn) -> Answer:
    """The next poll of a rhythm is left out."""
    poll, rhythm = _waiting(turn)
    if poll.opens_at is None:
        raise _asked(turn)
    day = poll.opens_at.astimezone(ZoneInfo(rhythm.zone)).date()
    changed = replace(rhythm, skipped=rhythm.skipped | {day})
    return _again(turn, poll, changed, changed.next_after(max(turn.now, poll.opens_at)))


def pause(turn: Turn) -> Answer:
    """A rhythm rests: its next poll moves on with it, unasked."""
    poll, rhythm = _waiting(turn)
    return _again(turn, poll, replace(rhythm, paused=True), poll.opens_at)


def resume(turn: Turn) -> Answer:
    """A rhythm goes on."""
    poll, rhythm = _waiting(turn)
    missed = poll.opens_at is None or poll.opens_at <= turn.now
    return _again(turn, poll, replace(rhythm, paused=False), None if missed else poll.opens_at)


def end(turn: Turn) -> Answer:
    """A rhythm ends; its next poll is dropped."""
    poll, rhythm = _waiting(turn)
    series.change(turn.connection, replace(rhythm, ended_at=turn.now))
    asking.drop(turn.connection, poll.id)
    return Answer(replace=shown.ended(turn.t))


def rhythm(turn: Turn) -> Answer:
    """The button that changes a rhythm, or its form."""
    if isinstance(turn.act, Click):
        poll, kept = _waiting(turn)
        return Answer(form=shown.form(turn.t, poll, kept.recurrence.describe(turn.t)))
    number, _, values = finding.sent(turn)
    poll, kept = _waiting(turn, number)
    typed = reading.one(values.get("every")).strip()
    if reading.same(typed, kept.recurrence.describe(turn.t)):
        return Answer(whisper=card(turn, poll))
    every = read_recurrence(typed, turn.me.zone, turn.now, turn.me.locale)
    if every is None:
        problem = turn.t("I need a rhythm such as Mon 9:00, weekdays 9:00 or first Monday 10:00.")
        return Answer(problems={"every": problem})
    changed = replace(kept, recurrence=every, zone=turn.me.zone)
    told = poll.opens_at if kept.begins_later(turn.now) else None
    since = just_before(told) if told else turn.now
    return Answer(whisper=_again(turn, poll, changed, changed.next_after(since)).replace)


def _again(turn: Turn, poll: Poll, changed: Series, opens_at: datetime | None = None) -> Answer:
    """The next poll then, or at the next date that holds now."""
    series.change(turn.connection, changed)
    moved = replace(following(poll, changed, turn.now, opens_at or changed.next_after(turn.now)), id=poll.id)
    return Answer(replace=card(turn, asking.change(turn.connection, moved)))


def _waiting(turn: Turn, number: int = 0) -> tuple[Poll, Series]:
    """The poll of a rhythm that is next, and the rhythm."""
    poll = managed(turn, number or found(turn).id)
    rhythm = series.find(turn.connection, poll.series) if poll.series else None
    if rhythm is None or rhythm.ended_at or poll.stage in (Stage.OPEN, Stage.CLOSED):
        raise _asked(turn)
    return poll, rhythm


def _asked(turn: Turn) -> Refused:
    return Refused(turn.t.rich("This poll has been asked already. `/poll list` shows what comes next."))
