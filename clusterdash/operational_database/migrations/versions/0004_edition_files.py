"""Editions in a store that several servers share."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table of editions in the store."""
    op.create_table(
        "edition_file",
        sa.Column("edition_id", sa.Text(), primary_key=True),
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the file; the name of the object in the store"),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="bytes"),
        sa.Column("added_at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("added_by", sa.Text(), nullable=False, comment="address that signed in, or the user of a command"),
    )
