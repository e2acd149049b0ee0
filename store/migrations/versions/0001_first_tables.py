"""The first tables, and what keeps engagements apart."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

KEEP_APART_ON_POSTGRESQL = """
    ALTER TABLE engagements ADD CONSTRAINT engagements_keep_apart
    EXCLUDE USING gist (person_id WITH =, tstzrange(start_at, end_at) WITH &&)
"""

# SQLite has one writer at a time, so what the trigger sees is all there is.
KEEP_APART_ON_SQLITE = """
    CREATE TRIGGER engagements_keep_apart_on_{when} BEFORE {event} ON engagements
    WHEN EXISTS (
        SELECT 1 FROM engagements AS other
        WHERE other.person_id = NEW.person_id AND other.id IS NOT NEW.id
        AND other.start_at < NEW.end_at AND NEW.start_at < other.end_at
    )
    BEGIN
        SELECT RAISE(ABORT, 'double booking');
    END
"""


def upgrade() -> None:
    _tables()
    if op.get_bind().dialect.name == "postgresql":
        # Compares a number for equality inside a GiST index. A trusted extension: the database's owner may add it.
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(KEEP_APART_ON_POSTGRESQL)
    else:
        op.execute(KEEP_APART_ON_SQLITE.format(when="insert", event="INSERT"))
        op.execute(KEEP_APART_ON_SQLITE.format(when="update", event="UPDATE OF person_id, start_at, end_at"))


def _tables() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_audit_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "embeddings",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_embeddings_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "model", "text_hash", name="pk_embeddings"),
    )
    op.create_table(
        "people",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("seniority", sa.String(length=16), nullable=False),
        sa.Column("manager_id", ID, nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["manager_id"], ["people.id"], name="fk_people_manager_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_people_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("organisation_id", "email", name="uq_people_organisation_id_email"),
        sa.UniqueConstraint("organisation_id", "id", name="uq_people_organisation_id_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_people_manager_id", "people", ["manager_id"], unique=False)
    op.create_table(
        "policies",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_policies_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_policies"),
        sa.UniqueConstraint("organisation_id", "version", name="uq_policies_organisation_id_version"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rounds",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("taken_until", MOMENT, nullable=True),
        sa.Column("local_date", sa.Date(), nullable=True),
        sa.Column("claim", sa.String(length=64), nullable=True),
        sa.Column("replayable", sa.Boolean(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_rounds_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rounds"),
        sa.UniqueConstraint("organisation_id", "claim", name="uq_rounds_organisation_id_claim"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "themes",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_themes_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_themes"),
        sa.UniqueConstraint("organisation_id", "id", name="uq_themes_organisation_id_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "challenges",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name="fk_challenges_organisation_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_challenges_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_challenges"),
        sa.UniqueConstraint("organisation_id", "id", name="uq_challenges_organisation_id_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_challenges_organisation_id_person_id", "challenges", ["organisation_id", "person_id"], unique=False
    )
    op.create_table(
        "connections",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.String(length=64), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name="fk_connections_organisation_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_connections_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_connections"),
        sa.UniqueConstraint("organisation_id", "id", name="uq_connections_organisation_id_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_connections_organisation_id_person_id", "connections", ["organisation_id", "person_id"], unique=False
    )
    op.create_table(
        "expertise",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name="fk_expertise_organisation_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_expertise_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_expertise"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_expertise_organisation_id_person_id", "expertise", ["organisation_id", "person_id"], unique=False
    )
    op.create_table(
        "needs",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("theme_id", ID, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name="fk_needs_organisation_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "theme_id"],
            ["themes.organisation_id", "themes.id"],
            name="fk_needs_organisation_id_theme_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_needs_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_needs"),
        sa.UniqueConstraint("organisation_id", "id", name="uq_needs_organisation_id_id"),
        sa.UniqueConstraint("person_id", "theme_id", name="uq_needs_person_id_theme_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_needs_organisation_id_person_id", "needs", ["organisation_id", "person_id"], unique=False)
    op.create_index("ix_needs_organisation_id_theme_id", "needs", ["organisation_id", "theme_id"], unique=False)
    op.create_table(
        "never_with",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "other_id"],
            ["people.organisation_id", "people.id"],
            name="fk_never_with_organisation_id_other_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name="fk_never_with_organisation_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_never_with_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_never_with"),
        sa.UniqueConstraint("person_id", "other_id", name="uq_never_with_person_id_other_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_never_with_organisation_id_other_id", "never_with", ["organisation_id", "other_id"], unique=False
    )
    op.create_index(
        "ix_never_with_organisation_id_person_id", "never_with", ["organisation_id", "person_id"], unique=False
    )
    op.create_table(
        "proposals",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("uid", sa.String(length=255), nullable=False),
        sa.Column("mentee_id", ID, nullable=False),
        sa.Column("mentor_id", ID, nullable=False),
        sa.Column("theme_id", ID, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("start_at", MOMENT, nullable=False),
        sa.Column("end_at", MOMENT, nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("mentee_partstat", sa.String(length=16), nullable=False),
        sa.Column("mentee_answered_at", MOMENT, nullable=True),
        sa.Column("mentee_door", sa.String(length=16), nullable=True),
        sa.Column("mentee_answer_sequence", sa.Integer(), nullable=False),
        sa.Column("mentor_partstat", sa.String(length=16), nullable=False),
        sa.Column("mentor_answered_at", MOMENT, nullable=True),
        sa.Column("mentor_door", sa.String(length=16), nullable=True),
        sa.Column("mentor_answer_sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=True),
        sa.Column("mentee_asked_at", MOMENT, nullable=True),
        sa.Column("mentor_asked_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=False),
        sa.Column("round_id", ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentee_id"],
            ["people.organisation_id", "people.id"],
            name="fk_proposals_organisation_id_mentee_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mentor_id"],
            ["people.organisation_id", "people.id"],
            name="fk_proposals_organisation_id_mentor_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "theme_id"],
            ["themes.organisation_id", "themes.id"],
            name="fk_proposals_organisation_id_theme_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_proposals_organisation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name="fk_proposals_round_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        sa.UniqueConstraint("organisation_id", "id", name="uq_proposals_organisation_id_id"),
        sa.UniqueConstraint("uid", name="uq_proposals_uid"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_proposals_organisation_id_mentee_id", "proposals", ["organisation_id", "mentee_id"], unique=False
    )
    op.create_index(
        "ix_proposals_organisation_id_mentor_id", "proposals", ["organisation_id", "mentor_id"], unique=False
    )
    op.create_index("ix_proposals_organisation_id_state", "proposals", ["organisation_id", "state"], unique=False)
    op.create_index("ix_proposals_organisation_id_theme_id", "proposals", ["organisation_id", "theme_id"], unique=False)
    op.create_index("ix_proposals_round_id", "proposals", ["round_id"], unique=False)
    op.create_table(
        "sign_in_links",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name="fk_sign_in_links_organisation_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_sign_in_links_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_links"),
        sa.UniqueConstraint("token_hash", name="uq_sign_in_links_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_sign_in_links_organisation_id_person_id", "sign_in_links", ["organisation_id", "person_id"], unique=False
    )
    op.create_table(
        "answers",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("party", sa.String(length=16), nullable=False),
        sa.Column("partstat", sa.String(length=16), nullable=False),
        sa.Column("at", MOMENT, nullable=True),
        sa.Column("door", sa.String(length=16), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "proposal_id"],
            ["proposals.organisation_id", "proposals.id"],
            name="fk_answers_organisation_id_proposal_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_answers_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_answers_organisation_id_proposal_id", "answers", ["organisation_id", "proposal_id"], unique=False
    )
    op.create_table(
        "calendars",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("href", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("writable", sa.Boolean(), nullable=False),
        sa.Column("counts_as_busy", sa.Boolean(), nullable=False),
        sa.Column("holds_copies", sa.Boolean(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("covers_start", MOMENT, nullable=True),
        sa.Column("covers_end", MOMENT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("problem_since", MOMENT, nullable=True),
        sa.Column("next_read_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "connection_id"],
            ["connections.organisation_id", "connections.id"],
            name="fk_calendars_organisation_id_connection_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name="fk_calendars_organisation_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_calendars_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_calendars"),
        sa.UniqueConstraint("organisation_id", "id", name="uq_calendars_organisation_id_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_calendars_next_read_at", "calendars", ["next_read_at"], unique=False)
    op.create_index(
        "ix_calendars_organisation_id_connection_id", "calendars", ["organisation_id", "connection_id"], unique=False
    )
    op.create_index(
        "ix_calendars_organisation_id_person_id", "calendars", ["organisation_id", "person_id"], unique=False
    )
    op.create_table(
        "engagements",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("start_at", MOMENT, nullable=False),
        sa.Column("end_at", MOMENT, nullable=False),
        sa.CheckConstraint("start_at < end_at", name="ck_engagements_ends_after_it_starts"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name="fk_engagements_organisation_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "proposal_id"],
            ["proposals.organisation_id", "proposals.id"],
            name="fk_engagements_organisation_id_proposal_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_engagements_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_engagements"),
        sa.UniqueConstraint("proposal_id", "person_id", name="uq_engagements_proposal_id_person_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_engagements_organisation_id_person_id", "engagements", ["organisation_id", "person_id"], unique=False
    )
    op.create_index(
        "ix_engagements_organisation_id_proposal_id", "engagements", ["organisation_id", "proposal_id"], unique=False
    )
    op.create_index("ix_engagements_person_id_start_at", "engagements", ["person_id", "start_at"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("about", sa.String(length=32), nullable=False),
        sa.Column("reason_name", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name="fk_feedback_organisation_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "proposal_id"],
            ["proposals.organisation_id", "proposals.id"],
            name="fk_feedback_organisation_id_proposal_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_feedback_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feedback_organisation_id_person_id", "feedback", ["organisation_id", "person_id"], unique=False)
    op.create_index(
        "ix_feedback_organisation_id_proposal_id", "feedback", ["organisation_id", "proposal_id"], unique=False
    )
    op.create_table(
        "need_evidence",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("need_id", ID, nullable=False),
        sa.Column("challenge_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "challenge_id"],
            ["challenges.organisation_id", "challenges.id"],
            name="fk_need_evidence_organisation_id_challenge_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "need_id"],
            ["needs.organisation_id", "needs.id"],
            name="fk_need_evidence_organisation_id_need_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_need_evidence_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_need_evidence"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_need_evidence_organisation_id_challenge_id",
        "need_evidence",
        ["organisation_id", "challenge_id"],
        unique=False,
    )
    op.create_index(
        "ix_need_evidence_organisation_id_need_id", "need_evidence", ["organisation_id", "need_id"], unique=False
    )
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=64), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name="fk_outbox_organisation_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "proposal_id"],
            ["proposals.organisation_id", "proposals.id"],
            name="fk_outbox_organisation_id_proposal_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_outbox_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_organisation_id_person_id", "outbox", ["organisation_id", "person_id"], unique=False)
    op.create_index("ix_outbox_organisation_id_proposal_id", "outbox", ["organisation_id", "proposal_id"], unique=False)
    op.create_index("ix_outbox_state_not_before", "outbox", ["state", "not_before"], unique=False)
    op.create_table(
        "theme_challenges",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("theme_id", ID, nullable=False),
        sa.Column("challenge_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "challenge_id"],
            ["challenges.organisation_id", "challenges.id"],
            name="fk_theme_challenges_organisation_id_challenge_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "theme_id"],
            ["themes.organisation_id", "themes.id"],
            name="fk_theme_challenges_organisation_id_theme_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_theme_challenges_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_theme_challenges"),
        sa.UniqueConstraint("theme_id", "challenge_id", name="uq_theme_challenges_theme_id_challenge_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_theme_challenges_organisation_id_challenge_id",
        "theme_challenges",
        ["organisation_id", "challenge_id"],
        unique=False,
    )
    op.create_index(
        "ix_theme_challenges_organisation_id_theme_id",
        "theme_challenges",
        ["organisation_id", "theme_id"],
        unique=False,
    )
    op.create_table(
        "busy_events",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("calendar_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("start_at", MOMENT, nullable=False),
        sa.Column("end_at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "calendar_id"],
            ["calendars.organisation_id", "calendars.id"],
            name="fk_busy_events_organisation_id_calendar_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name="fk_busy_events_organisation_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_busy_events_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_busy_events"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_busy_events_organisation_id_calendar_id", "busy_events", ["organisation_id", "calendar_id"], unique=False
    )
    op.create_index(
        "ix_busy_events_organisation_id_person_id", "busy_events", ["organisation_id", "person_id"], unique=False
    )
    op.create_table(
        "copies",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("calendar_id", ID, nullable=False),
        sa.Column("href", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("partstat", sa.String(length=16), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "calendar_id"],
            ["calendars.organisation_id", "calendars.id"],
            name="fk_copies_organisation_id_calendar_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["people.organisation_id", "people.id"],
            name="fk_copies_organisation_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "proposal_id"],
            ["proposals.organisation_id", "proposals.id"],
            name="fk_copies_organisation_id_proposal_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_copies_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_copies"),
        sa.UniqueConstraint("proposal_id", "person_id", name="uq_copies_proposal_id_person_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_copies_organisation_id_calendar_id", "copies", ["organisation_id", "calendar_id"], unique=False)
    op.create_index("ix_copies_organisation_id_person_id", "copies", ["organisation_id", "person_id"], unique=False)
    op.create_index("ix_copies_organisation_id_proposal_id", "copies", ["organisation_id", "proposal_id"], unique=False)
