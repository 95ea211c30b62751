"""Tables of polls: what was asked, of whom, and what was answered."""

import sqlalchemy as sa

from bot.core.database import Id, Instant, metadata

series = sa.Table(
    "poll_series",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), nullable=False),
    sa.Column("author_id", Id, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("recurrence", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("skipped", sa.Text, nullable=False, server_default="[]"),
    sa.Column("paused", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("ended_at", Instant),
    sqlite_autoincrement=True,
)
"""Polls that come again. The next one always stands in `polls`, scheduled; opening it writes down the one after.
`skipped` are days that are left out, in JSON."""

polls = sa.Table(
    "polls",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), nullable=False),
    sa.Column("author_id", Id, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("questions", sa.Text, nullable=False),
    sa.Column("promise", sa.Text, nullable=False),
    sa.Column("showing", sa.Text, nullable=False),
    sa.Column("adding", sa.Text, nullable=False),
    sa.Column("everybody", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("opens_at", Instant),
    sa.Column("opened_at", Instant),
    sa.Column("closes_at", Instant),
    sa.Column("closed_at", Instant),
    sa.Column("reopened_at", Instant),
    sa.Column("edited_at", Instant),
    sa.Column("invite_at", Instant),
    sa.Column("invited", Id, nullable=False, server_default="0"),
    sa.Column("remind_before", sa.Integer),
    sa.Column("reminded", Id, nullable=False, server_default="0"),
    sa.Column("reminded_at", Instant),
    sa.Column("step_at", Instant),
    sa.Column("owner_id", Id, sa.ForeignKey("people.id")),
    sa.Column("answer_by", Instant),
    sa.Column("owed_at", Instant),
    sa.Column("answer", sa.Text, nullable=False, server_default=""),
    sa.Column("answered_at", Instant),
    sa.Column("series_id", Id, sa.ForeignKey("poll_series.id"), index=True),
    sa.Column("draft_opens_at", Instant),
    sa.Column("draft_recurrence", sa.Text),
    sa.Column("fewest", sa.SmallInteger, nullable=False, server_default="5"),
    sa.Column("next_at", Instant),
    # The buttons of a poll that a restored back-up does not know are still out there: no other may get its number.
    sqlite_autoincrement=True,
)
"""`questions` are `Question`s in JSON, `remind_before` minutes before closing, `next_at` when the poll waits for
something: opening, a reminder, closing, new figures, the answer that was promised. A draft waits for nothing: when it
is to open and how often it comes stand in `draft_opens_at` and `draft_recurrence`."""

sa.Index(
    "ix_polls_agenda",
    polls.c.next_at,
    sqlite_where=polls.c.next_at.is_not(None),
    postgresql_where=polls.c.next_at.is_not(None),
)

sa.Index(
    "ix_polls_owner",
    polls.c.owner_id,
    sqlite_where=polls.c.owner_id.is_not(None),
    postgresql_where=polls.c.owner_id.is_not(None),
)

audiences = sa.Table(
    "poll_places",
    metadata,
    sa.Column("poll_id", Id, sa.ForeignKey("polls.id"), primary_key=True),
    sa.Column("place_id", Id, sa.ForeignKey("places.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)
"""Whom a poll asks: the channels it is posted in, and the groups whose people are asked by name."""

ballots = sa.Table(
    "ballots",
    metadata,
    sa.Column("poll_id", Id, sa.ForeignKey("polls.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True, index=True),
    sa.Column("question", sa.SmallInteger, primary_key=True),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("voted_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
"""What people answered in open and confidential polls, a row a question (see `model.ballots`). One that was taken back
stays with an empty answer, so that the figures of a confidential poll never change by a single person's doing."""

participations = sa.Table(
    "participations",
    metadata,
    sa.Column("poll_id", Id, sa.ForeignKey("polls.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True, index=True),
    sa.Column("forgotten", sa.Boolean, nullable=False, server_default=sa.false()),
    sqlite_with_rowid=False,
)
"""Who has voted in a secret poll: no time, and nothing of the vote. `forgotten` is whoever asked to be while it was
open: it has to know them until it closes, so that nobody votes twice."""

tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("poll_id", Id, sa.ForeignKey("polls.id"), primary_key=True),
    sa.Column("counts", sa.Text, nullable=False),
)
"""The totals of a secret poll, all in one row, so that every vote writes all of them (see `model.tally`)."""

snapshots = sa.Table(
    "poll_snapshots",
    metadata,
    sa.Column("poll_id", Id, sa.ForeignKey("polls.id"), primary_key=True),
    sa.Column("shown", sa.Text, nullable=False, server_default=""),
    sa.Column("shown_voters", sa.Integer, nullable=False, server_default="0"),
    sa.Column("pending", sa.Text, nullable=False, server_default=""),
    sa.Column("pending_voters", sa.Integer, nullable=False, server_default="0"),
    sa.Column("kept", sa.Boolean, nullable=False, server_default=sa.false()),
)
"""What a poll that hides names shows: while it runs, totals that are some voters old; then those it closed with
(see `model.privacy`)."""

breakdowns = sa.Table(
    "poll_breakdowns",
    metadata,
    sa.Column("poll_id", Id, sa.ForeignKey("polls.id"), primary_key=True),
    sa.Column("dimension", sa.Text, nullable=False),
    sa.Column("slices", sa.Text, nullable=False),
)
"""The one breakdown that a poll which hides names ever shows, as it was first seen (see `model.breakdown`)."""

suggestions = sa.Table(
    "poll_suggestions",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("poll_id", Id, sa.ForeignKey("polls.id"), nullable=False, index=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("option", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
"""Options that wait for the author's approval."""
