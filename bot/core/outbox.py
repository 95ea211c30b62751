"""What is to be said: one row a message, written in the transaction that decided it, sent by the dispatcher.

States: ready -> leased -> sending (the intent) -> sent; or cancelled, expired, failed (with a reason), or unknown
(nobody can tell whether the platform took it). A row names a drawing and its arguments; the card is drawn when it is
sent, in the reader's language and from the state of that moment.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from bot.core.database import Connection, Id, Instant, Prepared, insert, metadata


class Lane(StrEnum):
    """How a message stands to the person's peace.

    public: into a shared place, at once. answer: follows from what the person just did, at once. notice: private news;
    waits for the end of quiet hours, not after an opt-out. nudge: as notice, and within the daily budget.
    """

    PUBLIC = "public"
    ANSWER = "answer"
    NOTICE = "notice"
    NUDGE = "nudge"


class State(StrEnum):
    """Where a row is in its life."""

    READY = "ready"
    LEASED = "leased"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"


outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("verb", sa.Text, nullable=False, server_default="send"),
    sa.Column("state", sa.Text, nullable=False, server_default=State.READY.value),
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), nullable=False),
    sa.Column("person_id", Id, sa.ForeignKey("people.id")),
    sa.Column("place_id", Id, sa.ForeignKey("places.id")),
    sa.Column("author_id", Id, sa.ForeignKey("people.id")),
    sa.Column("message_id", Id, sa.ForeignKey("messages.id")),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("drawing", sa.Text, nullable=False),
    sa.Column("arguments", sa.Text, nullable=False, server_default="{}"),
    sa.Column("subject", sa.Text, nullable=False, server_default=""),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("retry_at", Instant),
    sa.Column("planned_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("fence", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("lease_until", Instant),
    sa.Column("intent_at", Instant),
    sa.Column("settled_at", Instant),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
)
"""`verb` is send or update; an update redraws `message_id`. `fence` grows with every claim: a worker that lost its
lease cannot write any more. Rows with one `destination` (`person:7`, `place:3`, `message:9`) go one after another, by
`due_at`. `retry_at` is not to be tried before; of an unknown row, when the platform is asked (again)."""

UNIQUE_KEY = sa.or_(outbox.c.verb == "send", outbox.c.state == State.READY.value)
sa.Index("uq_outbox_key", outbox.c.key, unique=True, sqlite_where=UNIQUE_KEY, postgresql_where=UNIQUE_KEY)
URGENT: Final = (Lane.PUBLIC.value, Lane.ANSWER.value)
"""Lanes that go before the others, at any hour."""


def among(column: sa.ColumnElement[str], *values: str) -> sa.ColumnElement[bool]:
    """Whether a column has one of `values`, written out: SQLite uses a partial index only for its very words."""
    return column.in_(sa.bindparam(None, values, expanding=True, literal_execute=True))


def _partial(name: str, where: sa.ColumnElement[bool], *columns: sa.ColumnElement[Any]) -> None:
    sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


OPEN: Final = (State.READY.value, State.LEASED.value, State.SENDING.value)
HELD: Final = (State.LEASED.value, State.SENDING.value, State.UNKNOWN.value)
_ready = among(outbox.c.state, State.READY.value)
_urgent = among(outbox.c.lane, *URGENT)
_calm = among(outbox.c.lane, Lane.NOTICE.value, Lane.NUDGE.value)
_partial("ix_outbox_urgent", sa.and_(_ready, _urgent), outbox.c.due_at, outbox.c.id)
_partial("ix_outbox_calm", sa.and_(_ready, _calm), outbox.c.due_at, outbox.c.id)
_partial("ix_outbox_destination", among(outbox.c.state, *OPEN), outbox.c.destination, outbox.c.due_at)
_partial("ix_outbox_held", among(outbox.c.state, *HELD), outbox.c.lease_until)
sa.Index("ix_outbox_planned", outbox.c.planned_at)
sa.Index("ix_outbox_person", outbox.c.person_id, outbox.c.settled_at)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("drawing", sa.Text, nullable=False),
    sa.Column("arguments", sa.Text, nullable=False, server_default="{}"),
    sa.Column("person_id", Id, sa.ForeignKey("people.id")),
    sa.Column("place_id", Id, sa.ForeignKey("places.id")),
    sa.Column("place_key", sa.Text, nullable=False),
    sa.Column("message_key", sa.Text, nullable=False),
    sa.Column("redraw_after", Instant, nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_messages_subject", "subject"),
)
"""Messages that can be redrawn: what a `send` with a subject left behind.

`redraw_after` is a second after the last drawing."""


limits = sa.Table(
    "limits",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("emission", sa.Double, nullable=False),
    sa.Column("tolerance", sa.Double, nullable=False),
    sa.Column("arrival", sa.Double, nullable=False),
    sa.Column("paused_until", sa.Double, nullable=False, server_default="0"),
)
"""What platforms allow, a row a bucket, shared by all replicas (GCRA). Seconds, so that both databases reckon alike:
`emission` between two calls, `tolerance` for a burst, `arrival` when the bucket is full again (since 1970)."""


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
) -> bool:
    """Plan one message to a person or a place; False if the same `key` was planned before.

    `drawing` is an address (`polls.ballot`). With a `subject` (`polls:12`) the message can be redrawn later. `author`
    asked for it, and is told if the place cannot be reached.
    """
    planned = (
        insert(connection, outbox)
        .values(
            key=key,
            lane=lane.value,
            drawing=drawing,
            workspace_id=workspace,
            person_id=person,
            place_id=place,
            author_id=author,
            destination=f"place:{place}" if person is None else f"person:{person}",
            arguments=json.dumps(dict(arguments or {})),
            subject=subject,
            due_at=due or now,
            planned_at=now,
            expires_at=expires,
        )
        .on_conflict_do_nothing()
        .returning(outbox.c.id)
    )
    return connection.execute(planned).first() is not None


UNDELIVERED: Final = "home.undelivered"
"""The drawing that tells an author why nothing appeared. Arguments: `place` (our id) and `reason` (the platform's)."""


def tell_author(connection: Connection, row: sa.Row[Any], reason: str, now: datetime) -> None:
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


def redraw(connection: Connection, subject: str, now: datetime) -> None:
    """Ask for every message of a subject to be drawn anew, each at most once a second; the last state wins.

    On PostgreSQL the shared lock makes a redraw wait for the transactions that relied on its row being still ready.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(redraw_lock(subject))))
    _REDRAW.run(connection, about=subject, now=now)


def redraw_lock(subject: str) -> sa.ColumnElement[int]:
    """The PostgreSQL advisory lock of a subject's redraws."""
    return sa.func.hashtextextended(subject, 0)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not settled: rows by state, `due` of the ready ones, and since when the longest waiting one is due."""

    rows: Mapping[State, int]
    due: int
    oldest: datetime | None


def backlog(connection: Connection, now: datetime) -> Backlog:
    """How much there is to do. Reads the partial indexes only, so it costs nothing on a long history."""
    late = outbox.c.due_at <= now
    ready = sa.select(sa.func.count(), sa.func.count().filter(late), sa.func.min(outbox.c.due_at)).where(_ready)
    counted = [connection.execute(ready.where(lane)).one() for lane in (_urgent, _calm)]
    held = connection.execute(
        sa.select(outbox.c.state, sa.func.count()).where(among(outbox.c.state, *HELD)).group_by(outbox.c.state)
    )
    rows = {State.READY: sum(count for count, _, _ in counted)} | {State(state): count for state, count in held}
    firsts = [first for _, _, first in counted if first is not None and first <= now]
    return Backlog(rows, sum(due for _, due, _ in counted), min(firsts, default=None))


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


def doubtful(connection: Connection) -> int:
    """How many messages nobody can tell the fate of, though the platform was asked as long as it is any use."""
    given_up = sa.and_(among(outbox.c.state, State.UNKNOWN.value), outbox.c.retry_at.is_(None))
    return connection.execute(sa.select(sa.func.count()).where(given_up)).scalar_one()


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


def _redraw(connection: Connection) -> Any:  # noqa: ANN401 -- as `insert`
    now = sa.bindparam("now", type_=Instant)
    due = sa.case((messages.c.redraw_after > now, messages.c.redraw_after), else_=now)
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
        messages.c.drawing,
        messages.c.arguments,
        messages.c.subject,
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
        "drawing",
        "arguments",
        "subject",
        "due_at",
        "planned_at",
    ]
    return insert(connection, outbox).from_select(names, source).on_conflict_do_nothing()


_REDRAW: Final = Prepared(_redraw)
