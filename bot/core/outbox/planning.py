"""Messages are planned, redrawn and taken back, in the transaction that decides it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from bot.core.database import Connection, Instant, Prepared, insert, locks
from bot.core.outbox.tables import READY, UNIQUE_KEY, Entry, Lane, State, messages, outbox


def send(  # noqa: PLR0913 -- one row has that many facts
    connection: Connection,
    *,
    key: str,
    drawing: str,
    lane: Lane,
    now: datetime,
    workspace: int,
    person: int | None = None,
    place: int | None = None,
    author: int | None = None,
    arguments: Mapping[str, str] | None = None,
    due: datetime | None = None,
    expires: datetime | None = None,
    subject: str = "",
    under: str = "",
    campaign: str = "",
) -> bool:
    """Plan one message to a person or a place; False if the same `key` was planned before.

    `drawing` is an address (`polls.ballot`). With a `subject` (`polls:12`) the message can be redrawn later. `under` is
    the subject of another message there, in whose thread this one goes; an ordinary message where there is none.
    `author` asked for it, and is told if the place cannot be reached. `campaign` is what can be halted as one; it is
    the drawing where none is named.
    """
    planned = (
        insert(connection, outbox)
        .values(
            key=key,
            lane=lane.value,
            campaign=campaign or drawing,
            drawing=drawing,
            workspace_id=workspace,
            person_id=person,
            place_id=place,
            author_id=author,
            destination=f"place:{place}" if person is None else f"person:{person}",
            arguments=json.dumps(dict(arguments or {})),
            subject=subject,
            under=under,
            due_at=due or now,
            try_at=due or now,
            planned_at=now,
            expires_at=expires,
        )
        .on_conflict_do_nothing()
        .returning(outbox.c.id)
    )
    return connection.execute(planned).first() is not None


def send_each(  # noqa: PLR0913 -- as `send`
    connection: Connection,
    dues: Iterable[tuple[int, datetime]],
    *,
    campaign: str,
    drawing: str,
    lane: Lane,
    now: datetime,
    workspace: int,
    arguments: Mapping[str, str],
    expires: datetime | None,
    subject: str = "",
) -> None:
    """Plan a campaign's message to each of many people, by their ids, with when it is due; to each only once."""
    shared = {
        "campaign": campaign,
        "drawing": drawing,
        "lane": lane.value,
        "planned_at": now,
        "workspace_id": workspace,
        "arguments": json.dumps(dict(arguments)),
        "expires_at": expires,
        "subject": subject,
    }
    rows = [
        {"key": f"{campaign}:{person}", "person_id": person, "destination": f"person:{person}", "due_at": due, **shared}
        for person, due in dues
    ]
    _SEND_EACH.many(connection, rows)


def known(connection: Connection, key: str) -> bool:
    """Whether a message with a key was planned and is not forgotten yet."""
    mine = sa.select(outbox.c.id).where(outbox.c.key == key, UNIQUE_KEY).limit(1)
    return connection.execute(mine).first() is not None


def posted(connection: Connection, subject: str, most: int) -> int:
    """How many messages of a subject are out there; `most` if there are more."""
    some = sa.select(messages.c.id).where(messages.c.subject == subject, ~messages.c.gone).limit(most).subquery()
    return connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()


def addressees(connection: Connection, subject: str, after: int, most: int) -> list[int]:
    """People who got a message of a subject privately: the next ones after a person's id."""
    mine = sa.and_(messages.c.subject == subject, messages.c.person_id > after)
    next_ones = sa.select(messages.c.person_id).where(mine).distinct().order_by(messages.c.person_id).limit(most)
    return list(connection.execute(next_ones).scalars())


def addressed(connection: Connection, subject: str, person: int) -> bool:
    """Whether somebody got a message of a subject privately."""
    mine = sa.and_(messages.c.subject == subject, messages.c.person_id == person)
    return connection.execute(sa.select(messages.c.id).where(mine).limit(1)).first() is not None


def hand_over(connection: Connection, subject: str, to: str) -> None:
    """What waits or was sent about a subject is about another one from now on."""
    connection.execute(messages.update().where(messages.c.subject == subject).values(subject=to))
    connection.execute(outbox.update().where(READY, outbox.c.subject == subject).values(subject=to))


UNDELIVERED: Final = "home.undelivered"
"""The drawing that tells an author why nothing appeared. Arguments: `place` (our id) and `reason` (the platform's)."""


def tell_author(connection: Connection, row: Entry, reason: str, now: datetime) -> None:
    """A message to a place failed for good: whoever asked for it hears why."""
    if row.author_id is not None and row.place_id is not None and row.verb == "send":
        send(
            connection,
            key=f"undelivered:{row.key}",
            drawing=UNDELIVERED,
            lane=Lane.ANSWER,
            now=now,
            workspace=row.workspace_id,
            person=row.author_id,
            arguments={"place": str(row.place_id), "reason": reason},
        )


REDRAW_PAUSE: Final = timedelta(seconds=1)
"""A message is drawn anew at most once in so long."""


def drawn(connection: Connection, ids: Iterable[int], now: datetime) -> None:
    """Let messages that are drawn just now rest for a while."""
    connection.execute(messages.update().where(messages.c.id.in_(list(ids))).values(redraw_after=now + REDRAW_PAUSE))


def redraw(connection: Connection, subject: str, now: datetime, *, held: bool = False) -> None:
    """Ask for every message of a subject to be drawn anew, each at most once a second; the last state wins.

    A redraw waits for the transactions that relied on its row being still ready, which is why they hold the subject;
    `held` says that this one does already.
    """
    if not held:
        locks.hold(connection, subject)
    _REDRAW.run(connection, about=subject, now=now, soon=now + REDRAW_PAUSE)


@dataclass(frozen=True, slots=True)
class Planned:
    """A message that waits for its time, by our own ids."""

    id: int
    key: str
    drawing: str
    person: int | None
    place: int | None
    due: datetime


def planned(connection: Connection, after: int, now: datetime) -> list[Planned]:
    """What was written down for later than `now` and not touched since, of the rows after a row's id."""
    columns = (outbox.c.id, outbox.c.key, outbox.c.drawing, outbox.c.person_id, outbox.c.place_id, outbox.c.due_at)
    untouched = sa.and_(outbox.c.state == State.READY.value, outbox.c.fence == 0, outbox.c.verb == "send")
    ahead = sa.select(*columns).where(outbox.c.id > after, outbox.c.due_at > now, untouched)
    return [Planned(*row) for row in connection.execute(ahead.order_by(outbox.c.id))]


def cancel(connection: Connection, reason: str, *where: sa.ColumnElement[bool]) -> None:
    """Take back what is planned and not yet begun."""
    waiting = outbox.c.state == State.READY.value
    connection.execute(outbox.update().where(waiting, *where).values(state=State.CANCELLED.value, reason=reason))


def cancel_person(connection: Connection, person: int, reason: str, campaign: str = "") -> None:
    """Take back what is planned for a person: all of it, or one campaign (how its keys begin)."""
    cancel(connection, reason, outbox.c.person_id == person, outbox.c.key.startswith(campaign, autoescape=True))


def cancel_subject(connection: Connection, subject: str, reason: str) -> None:
    """Take back what is planned about a subject."""
    cancel(connection, reason, outbox.c.subject == subject, outbox.c.verb == "send")


def _send_each(connection: Connection) -> Any:  # noqa: ANN401 -- as `insert`
    named = ("key", "lane", "campaign", "drawing", "workspace_id", "person_id", "destination", "arguments", "subject")
    instants = ("due_at", "planned_at", "expires_at")
    values = {name: sa.bindparam(name, type_=outbox.c[name].type) for name in (*named, *instants)}
    return insert(connection, outbox).values(values | {"try_at": values["due_at"]}).on_conflict_do_nothing()


_SEND_EACH: Final = Prepared(_send_each)


def _redraw(connection: Connection) -> Any:  # noqa: ANN401 -- as `insert`
    now = sa.bindparam("now", type_=Instant)
    # Further ahead than a redraw's pause it was written by a clock that was wrong.
    soon = messages.c.redraw_after.between(now, sa.bindparam("soon", type_=Instant))
    due = sa.case((soon, messages.c.redraw_after), else_=now)
    key = sa.literal("redraw:").concat(sa.cast(messages.c.id, sa.Text))
    source = sa.select(
        key,
        sa.literal("update"),
        sa.literal(Lane.PUBLIC.value),
        messages.c.workspace_id,
        messages.c.person_id,
        messages.c.place_id,
        messages.c.id,
        sa.literal("message:").concat(sa.cast(messages.c.id, sa.Text)),
        messages.c.drawing.label("campaign"),
        messages.c.drawing,
        messages.c.arguments,
        messages.c.subject,
        due,
        due,
        now,
    ).where(messages.c.subject == sa.bindparam("about"), ~messages.c.gone)
    names = [
        "key",
        "verb",
        "lane",
        "workspace_id",
        "person_id",
        "place_id",
        "message_id",
        "destination",
        "campaign",
        "drawing",
        "arguments",
        "subject",
        "due_at",
        "try_at",
        "planned_at",
    ]
    return insert(connection, outbox).from_select(names, source).on_conflict_do_nothing()


_REDRAW: Final = Prepared(_redraw)
