"""Cases: seats, sheets of answers, the trail, what was handed in, evidence."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_REFUSE_SQLITE = """
create trigger {table}_{event} before {event} on {table}
when {condition}
begin select raise(abort, 'the trail of a case is only added to'); end
"""
_FUNCTION = """
create function refuse_change_of_trail() returns trigger language plpgsql as
$$ begin raise exception 'the trail of a case is only added to'; end $$
"""
_IS_REAL = """
create function is_real_case(wanted text) returns boolean language sql stable as
$$ select exists (select 1 from assessment_case where case_id = wanted and visitor = '') $$
"""
_REFUSE_POSTGRESQL = """
create trigger {table}_{event} before {event} on {table}
for each row when ({condition}) execute function refuse_change_of_trail()
"""


def upgrade() -> None:
    """Create the tables of cases; triggers keep the trail of real ones from being changed or removed."""
    _create_tables()
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(_FUNCTION)
        op.execute(_IS_REAL)
        of_real = "is_real_case(old.case_id)"
    else:
        of_real = "exists (select 1 from assessment_case where case_id = old.case_id and visitor = '')"
    statement = _REFUSE_POSTGRESQL if postgresql else _REFUSE_SQLITE
    op.execute(statement.format(table="case_change", event="update", condition="true"))
    op.execute(statement.format(table="case_change", event="delete", condition=of_real))
    op.execute(statement.format(table="assessment_case", event="delete", condition="old.visitor = ''"))


def _create_tables() -> None:
    op.create_table(
        "assessment_case",
        sa.Column("case_id", sa.Text(), nullable=False, comment="random"),
        sa.Column("visitor", sa.Text(), nullable=False, comment="in a demonstration, whose it is; empty: a real one"),
        sa.Column("kind", sa.Text(), nullable=False, comment="a CaseKind"),
        sa.Column("cluster_id", sa.Text(), nullable=False),
        sa.Column("cluster_name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False, comment="ISO 3166-1 alpha-2"),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False, comment="a Step"),
        sa.Column("step_since", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("opened_at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("revision", sa.Integer(), nullable=False, comment="how often answers were handed in"),
        sa.Column("reports_allowed", sa.Integer(), nullable=False, comment="how many provisional reports it may have"),
        sa.Column("on_site", sa.Boolean(), nullable=False, comment="else by video"),
        sa.Column("visit_at", sa.Text(), nullable=True, comment="local time of the interview or visit, ISO 8601"),
        sa.Column("dates_sequence", sa.Integer(), nullable=False, comment="how often the time of the visit was set"),
        sa.Column("reason", sa.Text(), nullable=False, comment="why it was reopened, refused or withdrawn"),
        sa.Column("erased_at", sa.Text(), nullable=True, comment="UTC, ISO 8601: since then only its trail is left"),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("ix_assessment_case_cluster_id", "assessment_case", ["cluster_id"], unique=False)
    op.create_index("ix_assessment_case_visitor", "assessment_case", ["visitor"], unique=False)
    op.create_table(
        "case_change",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="within the case, from 1"),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False, comment="a Sheet, or empty"),
        sa.Column("question", sa.Text(), nullable=False, comment="or the object of the action"),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False, comment="the version that a field was typed upon"),
        sa.Column("version", sa.Integer(), nullable=False, comment="the version that it has thereby"),
        sa.Column("change_id", sa.Text(), nullable=False, comment="given by the browser: each is made once"),
        sa.Column("origin", sa.Text(), nullable=False, comment="page or file"),
        sa.Column(
            "digest",
            sa.Text(),
            nullable=False,
            comment="SHA-256 of salt, text before and text after; empty without texts",
        ),
        sa.Column("previous", sa.Text(), nullable=False, comment="the hash of the case's line before"),
        sa.Column("hash", sa.Text(), nullable=False, comment="SHA-256 of the other columns"),
        sa.PrimaryKeyConstraint("sequence"),
        sa.UniqueConstraint("case_id", "number"),
        sa.UniqueConstraint("case_id", "change_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "case_person",
        sa.Column("person_id", sa.Text(), nullable=False, comment="random"),
        sa.Column("email", sa.Text(), nullable=True, comment="in lower case; null once erased"),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "case_answer",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False, comment="a Sheet"),
        sa.Column("question", sa.Text(), nullable=False, comment="an indicator, or a story's number"),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False, comment="as typed"),
        sa.Column("version", sa.Integer(), nullable=False, comment="how often it was changed"),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.ForeignKeyConstraint(["case_id"], ["assessment_case.case_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["case_person.person_id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "sheet", "question", "field"),
    )
    op.create_table(
        "case_confirmation",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False, comment="a Seat of an expert"),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the agreed points that were confirmed"),
        sa.ForeignKeyConstraint(["case_id"], ["assessment_case.case_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "question", "seat"),
    )
    op.create_table(
        "case_evidence",
        sa.Column("evidence_id", sa.Text(), nullable=False, comment="random"),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False, comment="an indicator"),
        sa.Column("document", sa.Text(), nullable=False, comment="a document of the scheme, or empty"),
        sa.Column("name", sa.Text(), nullable=False, comment="of the file, as it was called"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="bytes"),
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the content"),
        sa.Column("scan", sa.Text(), nullable=False, comment="clean, infected or unchecked"),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("withdrawn_at", sa.Text(), nullable=True, comment="UTC, ISO 8601"),
        sa.Column("confirmed_at", sa.Text(), nullable=True, comment="UTC, ISO 8601: said to be still the latest"),
        sa.ForeignKeyConstraint(["case_id"], ["assessment_case.case_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["case_person.person_id"],
        ),
        sa.PrimaryKeyConstraint("evidence_id"),
    )
    op.create_index("ix_case_evidence_case_id", "case_evidence", ["case_id"], unique=False)
    op.create_index("ix_case_evidence_sha256", "case_evidence", ["sha256"], unique=False)
    op.create_table(
        "case_hand_in",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False, comment="a Sheet"),
        sa.Column("payload", sa.JSON(), nullable=False, comment="fields by question"),
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the payload"),
        sa.ForeignKeyConstraint(["case_id"], ["assessment_case.case_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["case_person.person_id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "revision"),
    )
    op.create_table(
        "case_seat",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False, comment="a Seat of an expert"),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False, comment="UTC, ISO 8601"),
        sa.Column(
            "independent_at",
            sa.Text(),
            nullable=True,
            comment="UTC, ISO 8601: declared to be independent of the cluster",
        ),
        sa.Column("closed_at", sa.Text(), nullable=True, comment="UTC, ISO 8601: closed the own judgment"),
        sa.ForeignKeyConstraint(["case_id"], ["assessment_case.case_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["case_person.person_id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "seat"),
    )
    op.create_table(
        "case_text",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sequence"], ["case_change.sequence"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index("ix_case_text_case_id", "case_text", ["case_id"], unique=False)
