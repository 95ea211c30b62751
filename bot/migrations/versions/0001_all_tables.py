"""All tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Lead from the shape before to this one."""
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_at"), "deliveries", ["at"], unique=False)
    op.create_table(
        "halts",
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("halted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("through", ID, nullable=False),
        sa.Column("swept", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", name=op.f("pk_halts")),
    )
    op.create_table(
        "limits",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("arrival", sa.Double(), server_default="0", nullable=False),
        sa.Column("paused_until", sa.Double(), server_default="0", nullable=False),
        sa.Column("paused_for", sa.Double(), server_default="0", nullable=False),
        sa.Column("pace", sa.Double(), server_default="1", nullable=False),
        sa.Column("slowed_at", sa.Double(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_limits")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    op.create_table(
        "people",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("chosen_locale", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("photo", sa.Text(), server_default="", nullable=False),
        sa.Column("has_photo", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("bot", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_people_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("organisation_id", "email", name=op.f("uq_people_organisation_id_email")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_people_absent",
        "people",
        ["id"],
        unique=False,
        sqlite_where=sa.text("(NOT active OR bot)"),
        postgresql_where=sa.text("(NOT active OR bot)"),
    )
    op.create_table(
        "workspaces",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("locale", sa.Text(), server_default="en", nullable=False),
        sa.Column("zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("settings", sa.Text(), server_default="{}", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("sync_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_workspaces_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
        sa.UniqueConstraint("platform", "key", name=op.f("uq_workspaces_platform_key")),
    )
    op.create_table(
        "accounts",
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("admin", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_accounts_person_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_accounts_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "key", name=op.f("pk_accounts")),
    )
    op.create_index(op.f("ix_accounts_person_id"), "accounts", ["person_id"], unique=False)
    op.create_table(
        "campaigns",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("rate", sa.Double(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("counts", sa.Text(), server_default="[]", nullable=False),
        sa.Column("runs", sa.Text(), server_default="[]", nullable=False),
        sa.Column("given", sa.Text(), server_default="[]", nullable=False),
        sa.Column("beyond", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_campaigns_author_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_campaigns_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_campaigns_author_id"), "campaigns", ["author_id"], unique=False)
    op.create_index(op.f("ix_campaigns_workspace_id"), "campaigns", ["workspace_id"], unique=False)
    op.create_table(
        "former_people",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_former_people_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_people")),
    )
    op.create_index(op.f("ix_former_people_person_id"), "former_people", ["person_id"], unique=False)
    op.create_index(
        "ix_former_people_untold",
        "former_people",
        ["id"],
        unique=False,
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_table(
        "headcounts",
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("newest", ID, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_headcounts_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_headcounts")),
    )
    op.create_table(
        "join_codes",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["workspaces.id"], name=op.f("fk_join_codes_other_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_join_codes_person_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_join_codes_workspace_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_join_codes")),
    )
    op.create_index(op.f("ix_join_codes_person_id"), "join_codes", ["person_id"], unique=False)
    op.create_table(
        "newcomers",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hushed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_newcomers_person_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_newcomers_workspace_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_newcomers")),
    )
    op.create_table(
        "places",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("gone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_places_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_places_workspace_id_key")),
    )
    op.create_table(
        "poll_series",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("recurrence", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("skipped", sa.Text(), server_default="[]", nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_poll_series_author_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_poll_series_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_series")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_poll_series_author_id"), "poll_series", ["author_id"], unique=False)
    op.create_table(
        "rhythm_moments",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("minute", sa.SmallInteger(), nullable=False),
        sa.Column("doing", sa.Text(), nullable=False),
        sa.Column("running", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_rhythm_moments_person_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_rhythm_moments_workspace_id")),
        sa.PrimaryKeyConstraint("person_id", "slot", name=op.f("pk_rhythm_moments")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_rhythm_moments_workspace_id"), "rhythm_moments", ["workspace_id"], unique=False)
    op.create_table(
        "rhythm_presses",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("pressed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_rhythm_presses_person_id")),
        sa.PrimaryKeyConstraint("person_id", "day", "slot", name=op.f("pk_rhythm_presses")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "routes",
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_routes_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "key", name=op.f("pk_routes")),
    )
    op.create_table(
        "cadences",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("place_id", ID, nullable=True),
        sa.Column("drawing", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), server_default="{}", nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("minute", sa.SmallInteger(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("patience", sa.Integer(), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_cadences_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_cadences_place_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_cadences_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cadences")),
        sa.UniqueConstraint("name", name=op.f("uq_cadences_name")),
    )
    op.create_index(op.f("ix_cadences_next_due_at"), "cadences", ["next_due_at"], unique=False)
    op.create_index(op.f("ix_cadences_person_id"), "cadences", ["person_id"], unique=False)
    op.create_table(
        "introductions",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("place_id", ID, nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("loves", sa.Text(), nullable=False),
        sa.Column("offers", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_introductions_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_introductions_place_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_introductions_workspace_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_introductions")),
    )
    op.create_index("ix_introductions_written", "introductions", ["workspace_id", "written_at"], unique=False)
    op.create_table(
        "members",
        sa.Column("place_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_members_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_members_place_id")),
        sa.PrimaryKeyConstraint("place_id", "person_id", name=op.f("pk_members")),
    )
    op.create_index(op.f("ix_members_person_id"), "members", ["person_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("drawing", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), server_default="{}", nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("place_id", ID, nullable=True),
        sa.Column("place_key", sa.Text(), nullable=False),
        sa.Column("message_key", sa.Text(), nullable=False),
        sa.Column("redraw_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_messages_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_messages_place_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_messages_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index(
        "ix_messages_person",
        "messages",
        ["person_id"],
        unique=False,
        sqlite_where=sa.text("person_id IS NOT NULL"),
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_index("ix_messages_subject", "messages", ["subject"], unique=False)
    op.create_table(
        "polls",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("questions", sa.Text(), nullable=False),
        sa.Column("promise", sa.Text(), nullable=False),
        sa.Column("showing", sa.Text(), nullable=False),
        sa.Column("adding", sa.Text(), nullable=False),
        sa.Column("everybody", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invite_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invited", ID, server_default="0", nullable=False),
        sa.Column("remind_before", sa.Integer(), nullable=True),
        sa.Column("reminded", ID, server_default="0", nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("series_id", ID, nullable=True),
        sa.Column("draft_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft_recurrence", sa.Text(), nullable=True),
        sa.Column("fewest", sa.SmallInteger(), server_default="5", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_polls_author_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_polls_owner_id")),
        sa.ForeignKeyConstraint(["series_id"], ["poll_series.id"], name=op.f("fk_polls_series_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_polls_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_polls_agenda",
        "polls",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_polls_author_id"), "polls", ["author_id"], unique=False)
    op.create_index(
        "ix_polls_owner",
        "polls",
        ["owner_id"],
        unique=False,
        sqlite_where=sa.text("owner_id IS NOT NULL"),
        postgresql_where=sa.text("owner_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_polls_series_id"), "polls", ["series_id"], unique=False)
    op.create_table(
        "praises",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("giver_id", ID, nullable=True),
        sa.Column("place_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["giver_id"], ["people.id"], name=op.f("fk_praises_giver_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_praises_place_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_praises_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_praises")),
    )
    op.create_index("ix_praises_giver", "praises", ["giver_id", "given_at"], unique=False)
    op.create_index("ix_praises_place", "praises", ["place_id", "given_at"], unique=False)
    op.create_table(
        "rhythm_posts",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place_id", ID, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_rhythm_posts_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_rhythm_posts_place_id")),
        sa.PrimaryKeyConstraint("person_id", "day", "place_id", name=op.f("pk_rhythm_posts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_rhythm_posts_day"), "rhythm_posts", ["day"], unique=False)
    op.create_table(
        "rosters",
        sa.Column("place_id", ID, nullable=False),
        sa.Column("wanted_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("learnt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refused", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_rosters_place_id")),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_rosters")),
    )
    op.create_index(op.f("ix_rosters_ask_at"), "rosters", ["ask_at"], unique=False)
    op.create_table(
        "ballots",
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("question", sa.SmallInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_ballots_person_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_ballots_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "person_id", "question", name=op.f("pk_ballots")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_ballots_person_id"), "ballots", ["person_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), server_default="send", nullable=False),
        sa.Column("state", sa.Text(), server_default="ready", nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("place_id", ID, nullable=True),
        sa.Column("author_id", ID, nullable=True),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("drawing", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), server_default="{}", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("under", sa.Text(), server_default="", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("intent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_outbox_author_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_outbox_message_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_outbox_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_outbox_place_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_outbox_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_author",
        "outbox",
        ["author_id"],
        unique=False,
        sqlite_where=sa.text("author_id IS NOT NULL"),
        postgresql_where=sa.text("author_id IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_calm",
        "outbox",
        ["workspace_id", "try_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('ready') AND lane IN ('notice', 'nudge')"),
        postgresql_where=sa.text("state IN ('ready') AND lane IN ('notice', 'nudge')"),
    )
    op.create_index(
        "ix_outbox_destination",
        "outbox",
        ["destination", "due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('ready', 'sending')"),
        postgresql_where=sa.text("state IN ('ready', 'sending')"),
    )
    op.create_index(
        "ix_outbox_held",
        "outbox",
        ["state", "try_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('sending', 'unknown')"),
        postgresql_where=sa.text("state IN ('sending', 'unknown')"),
    )
    op.create_index("ix_outbox_person", "outbox", ["person_id", "intent_at"], unique=False)
    op.create_index("ix_outbox_planned", "outbox", ["planned_at"], unique=False, postgresql_using="brin")
    op.create_index(
        "ix_outbox_urgent",
        "outbox",
        ["workspace_id", "try_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('ready') AND lane IN ('public', 'answer')"),
        postgresql_where=sa.text("state IN ('ready') AND lane IN ('public', 'answer')"),
    )
    op.create_index(
        "uq_outbox_key",
        "outbox",
        ["key"],
        unique=True,
        sqlite_where=sa.text("verb = 'send' OR state = 'ready'"),
        postgresql_where=sa.text("verb = 'send' OR state = 'ready'"),
    )
    op.create_table(
        "participations",
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("forgotten", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_participations_person_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_participations_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "person_id", name=op.f("pk_participations")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_participations_person_id"), "participations", ["person_id"], unique=False)
    op.create_table(
        "poll_breakdowns",
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("slices", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_poll_breakdowns_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", name=op.f("pk_poll_breakdowns")),
    )
    op.create_table(
        "poll_places",
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("place_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_poll_places_place_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_poll_places_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "place_id", name=op.f("pk_poll_places")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_poll_places_place_id"), "poll_places", ["place_id"], unique=False)
    op.create_table(
        "poll_snapshots",
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("shown", sa.Text(), server_default="", nullable=False),
        sa.Column("shown_voters", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pending", sa.Text(), server_default="", nullable=False),
        sa.Column("pending_voters", sa.Integer(), server_default="0", nullable=False),
        sa.Column("kept", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_poll_snapshots_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", name=op.f("pk_poll_snapshots")),
    )
    op.create_table(
        "poll_suggestions",
        sa.Column("id", ID, nullable=False),
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("option", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_poll_suggestions_person_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_poll_suggestions_poll_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_suggestions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_poll_suggestions_person_id"), "poll_suggestions", ["person_id"], unique=False)
    op.create_index(op.f("ix_poll_suggestions_poll_id"), "poll_suggestions", ["poll_id"], unique=False)
    op.create_table(
        "praised",
        sa.Column("praise_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_praised_person_id")),
        sa.ForeignKeyConstraint(["praise_id"], ["praises.id"], name=op.f("fk_praised_praise_id")),
        sa.PrimaryKeyConstraint("praise_id", "person_id", name=op.f("pk_praised")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_praised_person_id"), "praised", ["person_id"], unique=False)
    op.create_table(
        "tallies",
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_tallies_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", name=op.f("pk_tallies")),
    )
