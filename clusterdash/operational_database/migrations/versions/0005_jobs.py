"""Jobs, and their logs."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables of jobs and of the lines of their logs."""
    op.create_table(
        "job",
        sa.Column("job_id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False, comment="a JobKind"),
        sa.Column("by", sa.Text(), nullable=False, comment="the address that signed in, or the user of a command"),
        sa.Column(
            "visitor",
            sa.Text(),
            nullable=False,
            comment="in a demonstration, whose job it is; empty: that of all staff",
        ),
        sa.Column("server", sa.Text(), nullable=False, comment="host and process id"),
        sa.Column("started_at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("heartbeat_at", sa.Text(), nullable=False, comment="UTC, ISO 8601 with milliseconds"),
        sa.Column("ended_at", sa.Text(), comment="UTC, ISO 8601"),
        sa.Column("state", sa.Text(), nullable=False, comment="a JobState"),
        sa.Column("progress_key", sa.Text(), nullable=False, comment="the key of a text"),
        sa.Column("share", sa.Float(), nullable=False, comment="0 to 1"),
        sa.Column("cancelled_by", sa.Text(), comment="who asked to cancel it"),
        sa.Column("edition", sa.Text(), nullable=False, comment="the edition that it has built, or empty"),
        sa.Column("problems", sa.JSON(), nullable=False, comment="those that it has found"),
        sa.Column("dismissed_at", sa.Text(), comment="UTC, ISO 8601: since when its result is no longer shown"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_started_at", "job", ["started_at"])
    op.create_table(
        "job_log",
        sa.Column("line_id", sa.Integer(), primary_key=True),
        sa.Column("job_id", sa.Integer(), sa.ForeignKey("job.job_id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("key", sa.Text(), nullable=False, comment="the key of a text"),
        sa.Column("details", sa.JSON(), nullable=False, comment="its values, by name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_log_job_id", "job_log", ["job_id"])
