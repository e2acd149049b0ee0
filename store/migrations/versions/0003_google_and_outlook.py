"""Accounts at Google and Microsoft: who is told of changes, who organises, who signs in, and where replies are read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _columns()
    _organisers()
    _identities()
    _watches()
    _organiser_events()


def _columns() -> None:
    _words("organisations", "sign_in_domains")
    _words("mailboxes", "inbox_host", "inbox_username", "inbox_secret", "inbox_cursor", "inbox_problem")
    op.add_column("mailboxes", sa.Column("inbox_port", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("mailboxes", sa.Column("inbox_security", sa.String(length=16), nullable=False, server_default="tls"))
    op.add_column("mailboxes", sa.Column("inbox_read_at", MOMENT))
    op.add_column("mailboxes", sa.Column("inbox_reader", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("mailboxes", sa.Column("inbox_held_until", MOMENT))
    op.add_column("connections", sa.Column("subject", sa.String(length=255), nullable=False, server_default=""))
    op.add_column("connections", sa.Column("told_at", MOMENT))
    op.add_column("calendars", sa.Column("claimed_until", MOMENT))
    op.add_column("calendars", sa.Column("heard_at", MOMENT))
    op.add_column("proposals", sa.Column("organiser_id", ID))
    _words("proposals", "organiser_name", "organiser_address")


def _words(table: str, *names: str) -> None:
    for name in names:
        op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=""))


def _organisers() -> None:
    _scoped_table(
        "organisers",
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("put_aside_at", MOMENT),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("failing_since", MOMENT),
        sa.Column("tried_at", MOMENT),
        sa.UniqueConstraint("organisation_id", "id", name="uq_organisers_organisation_id_id"),
    )
    in_force = sa.text("put_aside_at IS NULL")
    op.create_index(
        "ix_organisers_in_force",
        "organisers",
        ["organisation_id"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )


def _identities() -> None:
    _scoped_table(
        "identities",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _belonging("identities", "person_id", "people"),
        sa.UniqueConstraint(
            "organisation_id", "provider", "subject", name="uq_identities_organisation_id_provider_subject"
        ),
    )
    _found_from("identities", "person_id")


def _watches() -> None:
    _scoped_table(
        "watches",
        sa.Column("calendar_id", ID),
        sa.Column("organiser_id", ID),
        sa.Column("channel", sa.String(length=255), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("renew_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("heard_at", MOMENT),
        sa.Column("doubted_at", MOMENT),
        _belonging("watches", "calendar_id", "calendars"),
        _belonging("watches", "organiser_id", "organisers"),
        sa.UniqueConstraint("channel", name="uq_watches_channel"),
    )
    _found_from("watches", "calendar_id", "organiser_id")


def _organiser_events() -> None:
    _scoped_table(
        "organiser_events",
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("organiser_id", ID, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("said", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("told_at", MOMENT),
        sa.Column("mentee_partstat", sa.String(length=16), nullable=False),
        sa.Column("mentee_heard_at", MOMENT),
        sa.Column("mentor_partstat", sa.String(length=16), nullable=False),
        sa.Column("mentor_heard_at", MOMENT),
        sa.Column("mentee_address", sa.String(length=320), nullable=False),
        sa.Column("mentor_address", sa.String(length=320), nullable=False),
        sa.Column("strangers", sa.Text(), nullable=False),
        sa.Column("missed_at", MOMENT),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        _belonging("organiser_events", "proposal_id", "proposals"),
        _belonging("organiser_events", "organiser_id", "organisers"),
        sa.UniqueConstraint("proposal_id", name="uq_organiser_events_proposal_id"),
    )
    _found_from("organiser_events", "proposal_id", "organiser_id")


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
