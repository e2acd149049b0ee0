"""Mail as a carrier, what comes in by it, joining by a link, and what an admin lets go out."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from store.columns import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _columns()
    _outbox()
    _sign_in_requests()
    _mailboxes()
    _settled()
    _replies()
    _joined()


def _columns() -> None:
    op.add_column("people", sa.Column("twelve_hour", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in ("invited_at", "joined_at", "signed_out_at", "leaving_at"):
        op.add_column("people", sa.Column(name, MOMENT))
    op.add_column("proposals", sa.Column("released_at", MOMENT))
    op.add_column("sign_in_links", sa.Column("browser_hash", sa.String(length=64), nullable=False, server_default=""))


def _outbox() -> None:
    # SQLite cannot take NOT NULL from a column: it writes the table anew. Nothing refers to it.
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as outbox:
        outbox.add_column(sa.Column("carrier", sa.String(length=8), nullable=False, server_default="copy"))
        outbox.add_column(sa.Column("letter", sa.String(length=16), nullable=False, server_default=""))
        outbox.add_column(sa.Column("link_id", ID))
        outbox.add_column(sa.Column("tried_at", MOMENT))
        outbox.alter_column("proposal_id", existing_type=ID, nullable=True)


def _sign_in_requests() -> None:
    op.create_table(
        "sign_in_requests",
        sa.Column("id", ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_requests"),
        sqlite_autoincrement=True,
    )


def _mailboxes() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("security", sa.String(length=16), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("failing_since", MOMENT),
        sa.Column("tried_at", MOMENT),
        _of_organisation("mailboxes"),
        sa.PrimaryKeyConstraint("id", name="pk_mailboxes"),
        sa.UniqueConstraint("organisation_id", name="uq_mailboxes_organisation_id"),
        sqlite_autoincrement=True,
    )


def _settled() -> None:
    op.create_table(
        "settled",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("theme_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _refers("settled", "person_id", "people"),
        _refers("settled", "theme_id", "themes"),
        _of_organisation("settled"),
        sa.PrimaryKeyConstraint("id", name="pk_settled"),
        sa.UniqueConstraint("person_id", "theme_id", name="uq_settled_person_id_theme_id"),
        sqlite_autoincrement=True,
    )
    for name in ("person_id", "theme_id"):
        op.create_index(f"ix_settled_organisation_id_{name}", "settled", ["organisation_id", name], unique=False)


def _replies() -> None:
    op.create_table(
        "replies",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("proposal_id", ID),
        sa.Column("person_id", ID),
        sa.Column("trace", sa.String(length=64), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("partstat", sa.String(length=16), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamp", MOMENT),
        sa.Column("start_at", MOMENT),
        sa.Column("end_at", MOMENT),
        sa.Column("try_at", MOMENT),
        _refers("replies", "proposal_id", "proposals"),
        _refers("replies", "person_id", "people"),
        _of_organisation("replies"),
        sa.PrimaryKeyConstraint("id", name="pk_replies"),
        sa.UniqueConstraint("organisation_id", "trace", name="uq_replies_organisation_id_trace"),
        sqlite_autoincrement=True,
    )
    for name in ("proposal_id", "person_id"):
        op.create_index(f"ix_replies_organisation_id_{name}", "replies", ["organisation_id", name], unique=False)
    op.create_index("ix_replies_state_try_at", "replies", ["state", "try_at"], unique=False)


def _joined() -> None:
    """Who has done anything has come in already: nobody invites them to join. When they did is not known any more."""
    here = (
        "CAST(roles AS TEXT) <> '[]'",
        "id IN (SELECT person_id FROM connections)",
        "id IN (SELECT person_id FROM challenges)",
        "id IN (SELECT mentee_id FROM proposals)",
        "id IN (SELECT mentor_id FROM proposals)",
    )
    people = sa.table("people", sa.column("joined_at", Moment))
    joined = sa.update(people).values(joined_at=datetime.now(UTC))  # noqa: TID251 - nobody hands a migration the time
    op.execute(joined.where(sa.or_(*(sa.text(each) for each in here))))


def _of_organisation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"], ["organisations.id"], name=f"fk_{table}_organisation_id", ondelete="CASCADE"
    )


def _refers(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{parent}.organisation_id", f"{parent}.id"],
        name=f"fk_{table}_organisation_id_{column}",
        ondelete="CASCADE",
    )
