"""The tables of what is to be said, and of what was.

States: ready -> sending (the intent) -> sent; or cancelled, expired, failed (with a reason), or unknown (nobody can
tell whether the platform took it). A row names a drawing and its arguments; the card is drawn when it is sent, in the
reader's language and from the state of that moment.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from bot.core.database import Id, Instant, metadata


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
    sa.Column("campaign", sa.Text, nullable=False),
    sa.Column("drawing", sa.Text, nullable=False),
    sa.Column("arguments", sa.Text, nullable=False, server_default="{}"),
    sa.Column("subject", sa.Text, nullable=False, server_default=""),
    sa.Column("under", sa.Text, nullable=False, server_default=""),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("try_at", Instant),
    sa.Column("planned_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("fence", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("intent_at", Instant),
    sa.Column("settled_at", Instant),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sqlite_autoincrement=True,  # a halt, and a button under a row, hold for that row and for none that comes later
)
"""`verb` is send or update; an update redraws `message_id`. `campaign` is what can be halted as one (`rhythm.nudge`).

`fence` grows with every intent and every question: a worker that lost its row cannot write any more. Rows with one
`destination` (`person:7`, `place:3`, `message:9`) go one after another, by `due_at`. `try_at` is the earliest instant
to try a ready row, which begins as `due_at`; of an unknown row, when the platform is asked (again), NULL for never.
`under` is a subject: the message goes into the thread of that subject's message in the same place."""


class Entry(NamedTuple):
    """A row of the outbox, as it was read."""

    id: int
    key: str
    verb: str
    state: str
    lane: str
    workspace_id: int
    person_id: int | None
    place_id: int | None
    author_id: int | None
    message_id: int | None
    destination: str
    campaign: str
    drawing: str
    arguments: str
    subject: str
    under: str
    due_at: datetime
    try_at: datetime | None
    planned_at: datetime
    expires_at: datetime | None
    attempts: int
    fence: int
    intent_at: datetime | None
    settled_at: datetime | None
    reason: str


UNIQUE_KEY = sa.or_(
    outbox.c.verb == sa.literal_column("'send'"), outbox.c.state == sa.literal_column(f"'{State.READY.value}'")
)
sa.Index("uq_outbox_key", outbox.c.key, unique=True, sqlite_where=UNIQUE_KEY, postgresql_where=UNIQUE_KEY)
URGENT: Final = (Lane.PUBLIC.value, Lane.ANSWER.value)
"""Lanes that go before the others, at any hour."""

CALM: Final = (Lane.NOTICE.value, Lane.NUDGE.value)


def among(column: sa.ColumnElement[str], *values: str) -> sa.ColumnElement[bool]:
    """Whether a column has one of `values`, written out: SQLite uses a partial index only for its very words."""
    return column.in_(sa.bindparam(None, values, expanding=True, literal_execute=True))


def _partial(name: str, where: sa.ColumnElement[bool], *columns: sa.ColumnElement[Any]) -> None:
    sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


OPEN: Final = (State.READY.value, State.SENDING.value)
HELD: Final = (State.SENDING.value, State.UNKNOWN.value)
READY: Final = among(outbox.c.state, State.READY.value)
for _name, _lanes in (("urgent", URGENT), ("calm", CALM)):
    # By workspace first: what one of them has waiting costs the others nothing.
    _queue = (outbox.c.workspace_id, outbox.c.try_at, outbox.c.id)
    _partial(f"ix_outbox_{_name}", sa.and_(READY, among(outbox.c.lane, *_lanes)), *_queue)
_partial("ix_outbox_destination", among(outbox.c.state, *OPEN), outbox.c.destination, outbox.c.due_at)
_partial("ix_outbox_held", among(outbox.c.state, *HELD), outbox.c.state, outbox.c.try_at)
sa.Index("ix_outbox_planned", outbox.c.planned_at, postgresql_using="brin")
sa.Index("ix_outbox_person", outbox.c.person_id, outbox.c.intent_at)
_partial("ix_outbox_author", outbox.c.author_id.is_not(None), outbox.c.author_id)

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

`redraw_after` is a second after the platform had the last drawing."""
_partial("ix_messages_person", messages.c.person_id.is_not(None), messages.c.person_id)

limits = sa.Table(
    "limits",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("arrival", sa.Double, nullable=False, server_default="0"),
    sa.Column("paused_until", sa.Double, nullable=False, server_default="0"),
    sa.Column("paused_for", sa.Double, nullable=False, server_default="0"),
    sa.Column("pace", sa.Double, nullable=False, server_default="1"),
    sa.Column("slowed_at", sa.Double, nullable=False, server_default="0"),
)
"""What platforms allow, a row a bucket, shared by all replicas (GCRA). Seconds since 1970, so that both databases
reckon alike: `arrival` is when the bucket is full again. `pace` is the share of the rate that was left after a 429 at
`slowed_at`."""

halts = sa.Table(
    "halts",
    metadata,
    sa.Column("campaign", sa.Text, primary_key=True),
    sa.Column("halted_at", Instant, nullable=False),
    sa.Column("through", Id, nullable=False),
    sa.Column("swept", sa.Boolean, nullable=False, server_default=sa.false()),
)
"""Campaigns that were stopped: none of their rows up to the id `through` begins any more, whatever clocks say. `swept`
once every such row says so."""
