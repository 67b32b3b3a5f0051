"""Grants, the access log, sign-outs and publications, which earlier versions kept in files."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables; what the files hold is taken over by `former_files`."""
    op.create_table(
        "access_grant",
        sa.Column("grant_id", sa.Integer(), primary_key=True),
        sa.Column("email", sa.Text(), nullable=False, comment="in lower case"),
        sa.Column("role", sa.Text(), nullable=False, comment="a GrantRole"),
        sa.Column("cluster_id", sa.Text(), nullable=False, comment="ids separated by |; empty for staff"),
        sa.Column("valid_from", sa.Text(), nullable=False, comment="a day, ISO 8601; empty if open"),
        sa.Column("valid_until", sa.Text(), nullable=False, comment="a day, ISO 8601; empty if open"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_access_grant_email", "access_grant", ["email"])
    op.create_table(
        "audit_record",
        sa.Column("record_id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("who", sa.Text(), nullable=False, comment="the address that signed in, or the user of a command"),
        sa.Column("action", sa.Text(), nullable=False, comment="an AuditAction"),
        sa.Column("object", sa.Text(), nullable=False, comment="a cluster, an edition, files, a number of grants"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_record_at", "audit_record", ["at"])
    op.create_table(
        "sign_out",
        sa.Column("person", sa.Text(), primary_key=True, comment="SHA-256 of issuer and subject"),
        sa.Column("at", sa.Text(), comment="UTC, ISO 8601: sign-ins up to then are revoked"),
        sa.Column("latest_sign_in", sa.Text(), comment="UTC, ISO 8601: by a provider whose clock is ahead"),
    )
    op.create_table(
        "publication",
        sa.Column("publication_id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False, comment="the address that signed in, or the user of a command"),
        sa.Column("action", sa.Text(), nullable=False, comment="a PublicationAction"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "former_file",
        sa.Column("name", sa.Text(), primary_key=True, comment="of the file or folder, below the data folder"),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601: when it was taken over"),
    )
