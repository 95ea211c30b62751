"""Polls as they are kept: asked, found, changed, due."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from bot.core.cadence.recurrence import Recurrence
from bot.core.database import Connection, Prepared, insert
from bot.core.directory.store import workspaces
from bot.core.places import Workspace
from bot.polls.model.definition import Adding, Kind, Promise, Question, Showing
from bot.polls.model.draft import Draft
from bot.polls.model.poll import Poll
from bot.polls.model.privacy import STEP
from bot.polls.store.tables import audiences, ballots, participations, polls, suggestions

COLUMNS: Final = (
    polls.c.id,
    polls.c.workspace_id,
    polls.c.author_id,
    polls.c.questions,
    polls.c.promise,
    polls.c.showing,
    polls.c.adding,
    polls.c.everybody,
    polls.c.asked_at,
    polls.c.opens_at,
    polls.c.opened_at,
    polls.c.closes_at,
    polls.c.closed_at,
    polls.c.reopened_at,
    polls.c.edited_at,
    polls.c.invite_at,
    polls.c.invited,
    polls.c.remind_before,
    polls.c.reminded,
    polls.c.reminded_at,
    polls.c.step_at,
    polls.c.owner_id,
    polls.c.answer_by,
    polls.c.owed_at,
    polls.c.answer,
    polls.c.answered_at,
    polls.c.series_id,
    polls.c.draft_opens_at,
    polls.c.draft_recurrence,
    polls.c.fewest,
)
_FIND: Final = Prepared(lambda _: sa.select(*COLUMNS).where(polls.c.id == sa.bindparam("poll")))
_OPEN: Final = sa.and_(polls.c.opened_at.is_not(None), polls.c.closed_at.is_(None))


def poll_from(draft: Draft, workspace: int, author: int, now: datetime) -> Poll:
    """A draft as a poll that is not kept yet: a draft still, which opens once it is asked."""
    return Poll(
        id=0,
        workspace=workspace,
        author=author,
        questions=draft.questions,
        promise=draft.promise,
        showing=draft.showing,
        adding=draft.adding,
        everybody=draft.everybody,
        drafted_at=now,
        closes_at=draft.closes_at,
        remind=draft.remind,
        owner=draft.owner,
        answer_by=draft.answer_by,
        draft_opens_at=draft.opens_at,
        draft_every=draft.every,
    )


def keep(connection: Connection, poll: Poll, places: Iterable[int]) -> Poll:
    """Write a new poll down, and whom it asks."""
    number = connection.execute(polls.insert().values(_values(poll)).returning(polls.c.id)).scalar_one()
    ask_in(connection, number, places)
    return replace(poll, id=number)


def copy(connection: Connection, poll: Poll) -> Poll:
    """Write a poll down as another one, asked of the same people. Its own number and its life are the caller's."""
    return keep(connection, poll, audience(connection, poll.id))


def change(connection: Connection, poll: Poll) -> Poll:
    """Write a poll as it is now."""
    connection.execute(polls.update().where(polls.c.id == poll.id).values(_values(poll)))
    return poll


def drop(connection: Connection, poll: int) -> None:
    """Throw away a draft, or a poll that was scheduled: nobody has seen it yet."""
    for table in (audiences, suggestions):
        connection.execute(table.delete().where(table.c.poll_id == poll))
    connection.execute(polls.delete().where(polls.c.id == poll, polls.c.opened_at.is_(None)))


def find(connection: Connection, poll: int) -> Poll | None:
    """A poll by its number."""
    row = _FIND.row(connection, poll=poll)
    return poll_of(row) if row else None


def find_alone(connection: Connection, poll: int, now: datetime) -> Poll | None:
    """A poll by its number, kept from other changes (but not from votes) until this transaction ends.

    Votes that come meanwhile cannot have newer figures looked for (`hiding.look_again`), so that is done here.
    """
    row = connection.execute(
        sa.select(*COLUMNS).where(polls.c.id == poll).with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        return None
    found = poll_of(row)
    looked_at = found.looked_at(now + STEP)
    return found if looked_at is found else change(connection, looked_at)


def ask_in(connection: Connection, poll: int, places: Iterable[int]) -> None:
    """Remember where a poll is posted and which groups it asks."""
    rows = [{"poll_id": poll, "place_id": place} for place in dict.fromkeys(places)]
    if rows:
        connection.execute(insert(connection, audiences).on_conflict_do_nothing(), rows)


def ask_only(connection: Connection, poll: int, places: Iterable[int]) -> None:
    """Remember other places and groups than before."""
    connection.execute(audiences.delete().where(audiences.c.poll_id == poll))
    ask_in(connection, poll, places)


def audience(connection: Connection, poll: int) -> list[int]:
    """The places and groups of a poll, by our own ids."""
    asked = sa.select(audiences.c.place_id).where(audiences.c.poll_id == poll).order_by(audiences.c.place_id)
    return list(connection.execute(asked).scalars())


def due(connection: Connection, now: datetime, most: int) -> list[int]:
    """Polls that wait for something whose time has come, kept from other replicas until this transaction ends.

    By their numbers alone: one that cannot be read must not keep the others from being found.
    """
    # Votes hold their poll's row by its key: a stronger lock than this would wait for a quiet moment.
    numbers = (
        sa.select(polls.c.id)
        .where(polls.c.next_at <= now)
        .order_by(polls.c.next_at, polls.c.id)
        .limit(most)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return list(connection.execute(numbers).scalars())


def put_off(connection: Connection, poll: int, until: datetime) -> None:
    """Have a poll wait until then, whatever it waits for."""
    connection.execute(polls.update().where(polls.c.id == poll).values(next_at=until))


def next_due(connection: Connection, after: datetime) -> datetime | None:
    """When the first poll waits for something after an instant."""
    return connection.execute(
        sa.select(sa.func.min(polls.c.next_at)).where(polls.c.next_at > after)
    ).scalar_one_or_none()


def open_with(connection: Connection, person: int, now: datetime) -> list[Poll]:
    """Open polls that a person asked or voted in, newest first, at most ten."""
    mine = sa.union_all(
        sa.select(ballots.c.poll_id).where(ballots.c.person_id == person),
        sa.select(participations.c.poll_id).where(participations.c.person_id == person),
    )
    rows = connection.execute(
        sa.select(*COLUMNS)
        .where(_open(now), sa.or_(polls.c.author_id == person, polls.c.id.in_(mine)))
        .order_by(polls.c.id.desc())
        .limit(10)
    )
    return [poll_of(row) for row in rows]


def unanswered(connection: Connection, places: Sequence[int], person: int, now: datetime) -> list[tuple[Poll, int]]:
    """Open polls in some places (each with one of them) that a person neither asked nor voted in: the newest three."""
    voted = sa.select(ballots.c.poll_id).where(ballots.c.person_id == person)
    took_part = sa.select(participations.c.poll_id).where(participations.c.person_id == person)
    place = sa.func.min(audiences.c.place_id)
    here = sa.select(audiences.c.poll_id, place.label("place")).where(audiences.c.place_id.in_(places))
    asked = here.group_by(audiences.c.poll_id).subquery()
    rows = connection.execute(
        sa.select(*COLUMNS, asked.c.place)
        .join(asked, asked.c.poll_id == polls.c.id)
        .where(_open(now), polls.c.author_id != person)
        .where(polls.c.id.not_in(voted), polls.c.id.not_in(took_part))
        .order_by(polls.c.id.desc())
        .limit(3)
    )
    return [(poll_of(row[:-1]), row[-1]) for row in rows]


def same_organisation(connection: Connection, poll: Poll, workspace: Workspace) -> bool:
    """Whether a poll was asked in a workspace of the same organisation."""
    theirs = sa.select(workspaces.c.organisation_id).where(workspaces.c.id == poll.workspace)
    return bool(connection.execute(theirs).scalar_one() == workspace.organisation)


def newest(connection: Connection, author: int) -> Poll | None:
    """The newest poll of an author that has begun."""
    begun = sa.select(*COLUMNS).where(polls.c.author_id == author, polls.c.opened_at.is_not(None))
    row = connection.execute(begun.order_by(polls.c.id.desc()).limit(1)).one_or_none()
    return poll_of(row) if row else None


def asked_by(connection: Connection, person: int) -> int:
    """How many polls a person asked."""
    return connection.execute(sa.select(sa.func.count()).where(polls.c.author_id == person)).scalar_one()


def poll_of(row: Sequence[Any]) -> Poll:
    """A poll from `COLUMNS`."""
    (number, workspace, author, questions, promise, showing, adding, everybody, asked_at, *rest) = row
    (opens_at, opened_at, closes_at, closed_at, reopened_at, edited_at, invite_at, invited, *last) = rest
    remind, reminded, reminded_at, step_at, owner, answer_by, owed_at, answer, answered_at, *kept = last
    series, draft_opens_at, draft_every, fewest = kept
    return Poll(
        id=number,
        workspace=workspace,
        author=author,
        questions=_questions(questions),
        promise=Promise(promise),
        showing=Showing(showing),
        adding=Adding(adding),
        everybody=everybody,
        drafted_at=asked_at,
        opens_at=opens_at,
        opened_at=opened_at,
        closes_at=closes_at,
        closed_at=closed_at,
        reopened_at=reopened_at,
        edited_at=edited_at,
        invite_at=invite_at,
        invited=invited,
        remind=None if remind is None else timedelta(minutes=remind),
        reminded=reminded,
        reminded_at=reminded_at,
        step_at=step_at,
        owner=owner,
        answer_by=answer_by,
        owed_at=owed_at,
        answer=answer,
        answered_at=answered_at,
        series=series,
        draft_opens_at=draft_opens_at,
        draft_every=Recurrence.of(draft_every) if draft_every else None,
        fewest=fewest,
    )


def _open(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(_OPEN, sa.or_(polls.c.closes_at.is_(None), polls.c.closes_at > now))


@lru_cache(maxsize=256)
def _questions(written: str) -> tuple[Question, ...]:
    """Questions as they are kept; the same few are read with every vote."""
    return tuple(map(_question, json.loads(written)))


def _question(written: dict[str, Any]) -> Question:
    lists = {name: tuple(written[name]) for name in ("options", "right")}
    return Question(**(written | lists | {"kind": Kind(written["kind"])}))


def _values(poll: Poll) -> dict[str, Any]:
    return {
        "workspace_id": poll.workspace,
        "author_id": poll.author,
        "questions": json.dumps([asdict(question) for question in poll.questions], ensure_ascii=False),
        "promise": poll.promise.value,
        "showing": poll.showing.value,
        "adding": poll.adding.value,
        "everybody": poll.everybody,
        "asked_at": poll.drafted_at,
        "opens_at": poll.opens_at,
        "opened_at": poll.opened_at,
        "closes_at": poll.closes_at,
        "closed_at": poll.closed_at,
        "reopened_at": poll.reopened_at,
        "edited_at": poll.edited_at,
        "invite_at": poll.invite_at,
        "invited": poll.invited,
        "reminded": poll.reminded,
        "remind_before": None if poll.remind is None else round(poll.remind.total_seconds() / 60),
        "reminded_at": poll.reminded_at,
        "step_at": poll.step_at,
        "owner_id": poll.owner,
        "answer_by": poll.answer_by,
        "owed_at": poll.owed_at,
        "answer": poll.answer,
        "answered_at": poll.answered_at,
        "series_id": poll.series,
        "draft_opens_at": poll.draft_opens_at,
        "draft_recurrence": poll.draft_every.written() if poll.draft_every else None,
        "fewest": poll.fewest,
        "next_at": poll.next_at(),
    }
