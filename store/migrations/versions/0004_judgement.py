"""Judgement: rules as data, drafts and trials of them; groups; what people say of themes; reviews, attention, keys."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

# What people were asked before there was one allowance for everything counts for it.
ASKED_BEFORE = """
    INSERT INTO attention (organisation_id, person_id, proposal_id, kind, at, answered_at, ignored_at)
    SELECT organisation_id, {party}_id, id, 'suggestion', {party}_asked_at, {party}_answered_at,
        CASE WHEN state = 'expired' AND {party}_answered_at IS NULL AND ended_because <> 'the invite could not be sent'
            THEN expires_at END
    FROM proposals WHERE {party}_asked_at IS NOT NULL
"""


def upgrade() -> None:
    _columns()
    _groups()
    _drafts_and_trials()
    _what_people_say()
    _sorting()
    _attention()
    _keys()


def _columns() -> None:
    op.add_column("people", sa.Column("languages", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("people", sa.Column("ways", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("challenges", sa.Column("language", sa.String(length=8), nullable=False, server_default=""))
    op.add_column("challenges", sa.Column("placed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("themes", sa.Column("group_label", sa.Text(), nullable=False, server_default=""))
    op.add_column("needs", sa.Column("rate", sa.Float(), nullable=False, server_default="0"))
    op.add_column("needs", sa.Column("trend", sa.Float(), nullable=False, server_default="0"))
    op.add_column("needs", sa.Column("season_days", sa.Integer()))
    for name in ("next_at", "next_from", "next_until"):
        op.add_column("needs", sa.Column(name, MOMENT))


def _groups() -> None:
    _scoped_table(
        "groups",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.UniqueConstraint("organisation_id", "name", name="uq_groups_organisation_id_name"),
        sa.UniqueConstraint("organisation_id", "id", name="uq_groups_organisation_id_id"),
    )
    _scoped_table(
        "group_members",
        sa.Column("group_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        _belonging("group_members", "group_id", "groups"),
        _belonging("group_members", "person_id", "people"),
        sa.UniqueConstraint("group_id", "person_id", name="uq_group_members_group_id_person_id"),
    )
    _found_from("group_members", "group_id", "person_id")


def _drafts_and_trials() -> None:
    _scoped_table(
        "policy_drafts",
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.UniqueConstraint("organisation_id", name="uq_policy_drafts_organisation_id"),
    )
    _scoped_table(
        "trials",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("taken_until", MOMENT),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
    )


def _what_people_say() -> None:
    _scoped_table(
        "theme_wishes",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("challenge_id", ID, nullable=False),
        sa.Column("with_id", ID),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _belonging("theme_wishes", "person_id", "people"),
        _belonging("theme_wishes", "challenge_id", "challenges"),
        _belonging("theme_wishes", "with_id", "challenges"),
    )
    _found_from("theme_wishes", "person_id", "challenge_id", "with_id")
    _scoped_table(
        "reviews",
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("party", sa.String(length=16), nullable=False),
        sa.Column("helped", sa.String(length=16), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _belonging("reviews", "proposal_id", "proposals"),
        _belonging("reviews", "person_id", "people"),
        sa.UniqueConstraint("proposal_id", "person_id", name="uq_reviews_proposal_id_person_id"),
    )
    _found_from("reviews", "proposal_id", "person_id")


def _sorting() -> None:
    _scoped_table(
        "topics",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("theme_id", ID, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        _belonging("topics", "person_id", "people"),
        _belonging("topics", "theme_id", "themes"),
        sa.UniqueConstraint("person_id", "theme_id", name="uq_topics_person_id_theme_id"),
    )
    _found_from("topics", "person_id", "theme_id")
    _scoped_table(
        "note_changes",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("sorted", sa.Integer(), nullable=False),
        _belonging("note_changes", "person_id", "people"),
        sa.UniqueConstraint("person_id", name="uq_note_changes_person_id"),
    )
    _found_from("note_changes", "person_id")
    _scoped_table(
        "looks",
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("notes", sa.Integer(), nullable=False),
        sa.Column("nearness", sa.Float(), nullable=False),
        sa.Column("centre", sa.LargeBinary(), nullable=False),
        sa.Column("theme_ids", sa.JSON(), nullable=False),
        sa.Column("centroids", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("organisation_id", name="uq_looks_organisation_id"),
    )


def _attention() -> None:
    _scoped_table(
        "attention",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("proposal_id", ID),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("ignored_at", MOMENT),
        _belonging("attention", "person_id", "people"),
        _belonging("attention", "proposal_id", "proposals"),
    )
    _found_from("attention", "person_id", "proposal_id")
    op.create_index("ix_attention_person_id_at", "attention", ["person_id", "at"])
    for party in ("mentee", "mentor"):
        op.execute(ASKED_BEFORE.format(party=party))


def _keys() -> None:
    _scoped_table(
        "api_keys",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        _belonging("api_keys", "person_id", "people"),
        sa.UniqueConstraint("token_hash", name="uq_api_keys_token_hash"),
    )
    _found_from("api_keys", "person_id")
    _scoped_table(
        "api_requests",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _belonging("api_requests", "person_id", "people"),
        sa.UniqueConstraint("person_id", "request_hash", name="uq_api_requests_person_id_request_hash"),
    )
    _found_from("api_requests", "person_id")


def _scoped_table(name: str, *items: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        *items,
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=f"fk_{name}_organisation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sqlite_autoincrement=True,
    )


def _belonging(table: str, name: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", name],
        [f"{parent}.organisation_id", f"{parent}.id"],
        name=f"fk_{table}_organisation_id_{name}",
        ondelete="CASCADE",
    )


def _found_from(table: str, *names: str) -> None:
    for name in names:
        op.create_index(f"ix_{table}_organisation_id_{name}", table, ["organisation_id", name])
