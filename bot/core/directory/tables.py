"""Tables of the directory."""

from typing import Final

import sqlalchemy as sa

from bot.core.database import Id, Instant, metadata

UNKNOWN_ZONE: Final = "UTC"
"""The zone of a workspace until its people are known."""

organisations = sa.Table(
    "organisations",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
)

workspaces = sa.Table(
    "workspaces",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("organisation_id", Id, sa.ForeignKey("organisations.id"), nullable=False),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("locale", sa.Text, nullable=False, server_default="en"),
    sa.Column("zone", sa.Text, nullable=False, server_default=UNKNOWN_ZONE),
    sa.Column("settings", sa.Text, nullable=False, server_default="{}"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("sync_at", Instant),
    sa.UniqueConstraint("platform", "key"),
)
"""`sync_at` is when its people are to be learnt again; NULL means they never were."""

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("organisation_id", Id, sa.ForeignKey("organisations.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("email", sa.Text),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("chosen_locale", sa.Text),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("roles", sa.Text, nullable=False, server_default=""),
    sa.Column("title", sa.Text, nullable=False, server_default=""),
    sa.Column("photo", sa.Text, nullable=False, server_default=""),
    sa.Column("has_photo", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("opted_out_at", Instant),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("bot", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("organisation_id", "email"),
    sqlite_autoincrement=True,  # the number of somebody who became one with somebody else is never given out again
)
"""`active` while one of their accounts is."""

ABSENT: Final = sa.text("(NOT active OR bot)")
"""Who is no human at work. The words of both databases: said in others, SQLite would not find the index."""

sa.Index("ix_people_absent", people.c.id, sqlite_where=ABSENT, postgresql_where=ABSENT)

former = sa.Table(
    "former_people",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=False),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("told_at", Instant),
)
"""Who were two people until it turned out that they are one: `id` is the number that went, `person_id` whose it is now.

Buttons, mentions and the arguments of drawings hold such numbers for as long as there are messages. `told_at` is when
the features were."""
sa.Index(
    "ix_former_people_untold",
    former.c.id,
    sqlite_where=former.c.told_at.is_(None),
    postgresql_where=former.c.told_at.is_(None),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("admin", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
)

places = sa.Table(
    "places",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("gone", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("workspace_id", "key"),
)
"""`gone` is a named group that the platform lists no more: it keeps its name, and is offered no more."""

join_codes = sa.Table(
    "join_codes",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("workspace_id", Id, sa.ForeignKey("workspaces.id"), nullable=False),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("other_id", Id, sa.ForeignKey("workspaces.id")),
    sa.Column("expires_at", Instant, nullable=False),
)
"""Codes with which an admin of another workspace joins it to this one. `person_id` asked for it; `other_id` is where it
was typed, and nowhere else can it be typed again."""
