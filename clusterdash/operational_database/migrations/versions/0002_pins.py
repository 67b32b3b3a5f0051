"""Views that staff have pinned."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table of pins."""
    op.create_table(
        "pin",
        sa.Column("pin_id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("by", sa.Text(), nullable=False, comment="the address that signed in"),
        sa.Column("address", sa.Text(), nullable=False, comment="page and query, below the server's own address"),
        sa.Column("note", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
