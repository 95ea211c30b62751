"""Polls that come again: the next one always stands there scheduled."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.cadence.slots import instant
from bot.core.database import Connection
from bot.polls.model.poll import Poll
from bot.polls.model.series import Series
from bot.polls.store import asking, series


def plan_next(connection: Connection, poll: Poll, now: datetime) -> Poll | None:
    """Write down the poll that comes after one; None where the rhythm has ended or rests."""
    rhythm = series.find(connection, poll.series) if poll.series else None
    if rhythm is None or not rhythm.running:
        return None
    return asking.copy(connection, following(poll, rhythm, now, rhythm.next_after(now)))


def rests(connection: Connection, poll: Poll, now: datetime) -> Poll | None:
    """The poll at its next date, where its rhythm rests; None where it is to be asked."""
    rhythm = series.find(connection, poll.series) if poll.series else None
    if rhythm is None or not rhythm.paused:
        return None
    return replace(following(poll, rhythm, now, rhythm.next_after(now)), id=poll.id)


def following(poll: Poll, rhythm: Series, now: datetime, opens_at: datetime) -> Poll:
    """The next poll of a series, as it will be asked then."""
    began = poll.opens_at or poll.opened_at
    return replace(
        fresh(poll, now),
        opens_at=opens_at,
        closes_at=moved(poll.closes_at, began, opens_at, rhythm.zone),
        answer_by=moved(poll.answer_by, began, opens_at, rhythm.zone),
        series=rhythm.id,
    )


def fresh(poll: Poll, now: datetime) -> Poll:
    """A poll with nothing of its life so far."""
    return replace(
        poll,
        drafted_at=now,
        opens_at=None,
        opened_at=None,
        closes_at=None,
        closed_at=None,
        reopened_at=None,
        edited_at=None,
        invite_at=None,
        invited=0,
        reminded=0,
        reminded_at=None,
        step_at=None,
        answer_by=None,
        owed_at=None,
        answer="",
        answered_at=None,
        series=None,
        draft_opens_at=None,
        draft_every=None,
    )


def moved(moment: datetime | None, began: datetime | None, begins: datetime, zone: str) -> datetime | None:
    """A moment as far behind the beginning as it was before, by the clock on the wall of a zone."""
    if moment is None or began is None:
        return None
    here = ZoneInfo(zone)
    span = moment.astimezone(here).replace(tzinfo=None) - began.astimezone(here).replace(tzinfo=None)
    wall = begins.astimezone(here).replace(tzinfo=None) + span
    return instant(wall.date(), wall.time(), zone)
