"""Changes of the register of labels."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the table of changes."""
    op.create_table(
        "label_change",
        sa.Column("change_id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("by", sa.Text(), nullable=False, comment="the address that signed in, or the user of a command"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False, comment="a ChangeAction"),
        sa.Column("cluster_id", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False, comment="cells of the register's files, by column"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_label_change_cluster_id", "label_change", ["cluster_id"])
