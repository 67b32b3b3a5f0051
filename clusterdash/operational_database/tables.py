"""The tables of the operational database, as the latest migration leaves them; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

LABEL_CHANGE = Table(
    "label_change",
    METADATA,
    Column("change_id", Integer, primary_key=True),
    Column("at", Text, nullable=False, comment="UTC, ISO 8601"),
    Column("by", Text, nullable=False, comment="the address that signed in, or the user of a command"),
    Column("reason", Text, nullable=False),
    Column("action", Text, nullable=False, comment="a ChangeAction"),
    Column("cluster_id", Text, nullable=False, index=True),
    Column("details", JSON, nullable=False, comment="cells of the register's files, by column"),
    sqlite_autoincrement=True,
)
"""Changes of the register of labels; rows are added, never changed."""

PIN = Table(
    "pin",
    METADATA,
    Column("pin_id", Integer, primary_key=True),
    Column("at", Text, nullable=False, comment="UTC, ISO 8601"),
    Column("by", Text, nullable=False, comment="the address that signed in"),
    Column("address", Text, nullable=False, comment="page and query, below the server's own address"),
    Column("note", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""Views that staff have pinned, with a note of their own; removed by who no longer needs them."""

ACCESS_GRANT = Table(
    "access_grant",
    METADATA,
    Column("grant_id", Integer, primary_key=True),
    Column("email", Text, nullable=False, index=True, comment="in lower case"),
    Column("role", Text, nullable=False, comment="a GrantRole"),
    Column("cluster_id", Text, nullable=False, comment="ids separated by |; empty for staff"),
    Column("valid_from", Text, nullable=False, comment="a day, ISO 8601; empty if open"),
    Column("valid_until", Text, nullable=False, comment="a day, ISO 8601; empty if open"),
    sqlite_autoincrement=True,
)
"""Who may see what; the list is replaced as a whole."""

AUDIT_RECORD = Table(
    "audit_record",
    METADATA,
    Column("record_id", Integer, primary_key=True),
    Column("at", Text, nullable=False, index=True, comment="UTC, ISO 8601"),
    Column("who", Text, nullable=False, comment="the address that signed in, or the user of a command"),
    Column("action", Text, nullable=False, comment="an AuditAction"),
    Column("object", Text, nullable=False, comment="a cluster, an edition, files, a number of grants"),
    sqlite_autoincrement=True,
)
"""The access log; rows are added, and removed once they are older than the operator keeps them."""

SIGN_OUT = Table(
    "sign_out",
    METADATA,
    Column("person", Text, primary_key=True, comment="SHA-256 of issuer and subject"),
    Column("at", Text, comment="UTC, ISO 8601: sign-ins up to then are revoked"),
    Column("latest_sign_in", Text, comment="UTC, ISO 8601: by a provider whose clock is ahead"),
)
"""Revoked sign-ins."""

PUBLICATION = Table(
    "publication",
    METADATA,
    Column("publication_id", Integer, primary_key=True),
    Column("at", Text, nullable=False, comment="UTC, ISO 8601"),
    Column("edition", Text, nullable=False),
    Column("by", Text, nullable=False, comment="the address that signed in, or the user of a command"),
    Column("action", Text, nullable=False, comment="a PublicationAction"),
    sqlite_autoincrement=True,
)
"""Which edition is served since when; the latest row decides."""

FORMER_FILE = Table(
    "former_file",
    METADATA,
    Column("name", Text, primary_key=True, comment="of the file or folder, below the data folder"),
    Column("at", Text, nullable=False, comment="UTC, ISO 8601: when it was taken over"),
)
"""Files of earlier versions that were taken over into these tables, each once."""

EDITION_FILE = Table(
    "edition_file",
    METADATA,
    Column("edition_id", Text, primary_key=True),
    Column("sha256", Text, nullable=False, comment="of the file; the name of the object in the store"),
    Column("size", BigInteger, nullable=False, comment="bytes"),
    Column("added_at", Text, nullable=False, comment="UTC, ISO 8601"),
    Column("added_by", Text, nullable=False, comment="address that signed in, or the user of a command"),
)
"""The editions in a store that several servers share; empty where editions are files of the data folder."""

JOB = Table(
    "job",
    METADATA,
    Column("job_id", Integer, primary_key=True),
    Column("kind", Text, nullable=False, comment="a JobKind"),
    Column("by", Text, nullable=False, comment="the address that signed in, or the user of a command"),
    Column("visitor", Text, nullable=False, comment="in a demonstration, whose job it is; empty: that of all staff"),
    Column("server", Text, nullable=False, comment="host and process id"),
    Column("started_at", Text, nullable=False, index=True, comment="UTC, ISO 8601"),
    Column("heartbeat_at", Text, nullable=False, comment="UTC, ISO 8601 with milliseconds"),
    Column("ended_at", Text, comment="UTC, ISO 8601"),
    Column("state", Text, nullable=False, comment="a JobState"),
    Column("progress_key", Text, nullable=False, comment="the key of a text"),
    Column("share", Float, nullable=False, comment="0 to 1"),
    Column("cancelled_by", Text, comment="who asked to cancel it"),
    Column("edition", Text, nullable=False, comment="the edition that it has built, or empty"),
    Column("problems", JSON, nullable=False, comment="those that it has found"),
    Column("dismissed_at", Text, comment="UTC, ISO 8601: since when its result is no longer shown"),
    sqlite_autoincrement=True,
)
"""Long tasks of a server, whose progress and result outlive the browser; removed as old records of access are."""

JOB_LOG = Table(
    "job_log",
    METADATA,
    Column("line_id", Integer, primary_key=True),
    Column("job_id", Integer, ForeignKey("job.job_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Text, nullable=False, comment="UTC, ISO 8601"),
    Column("key", Text, nullable=False, comment="the key of a text"),
    Column("details", JSON, nullable=False, comment="its values, by name"),
    sqlite_autoincrement=True,
)
"""What a job has done, line by line, in no language."""

CASE_PERSON = Table(
    "case_person",
    METADATA,
    Column("person_id", Text, primary_key=True, comment="random"),
    Column("email", Text, unique=True, comment="in lower case; null once erased"),
)
"""Those who take part in cases: everything else names them by their id, so that their address can be erased."""

ASSESSMENT_CASE = Table(
    "assessment_case",
    METADATA,
    Column("case_id", Text, primary_key=True, comment="random"),
    Column("visitor", Text, nullable=False, index=True, comment="in a demonstration, whose it is; empty: a real one"),
    Column("kind", Text, nullable=False, comment="a CaseKind"),
    Column("cluster_id", Text, nullable=False, index=True),
    Column("cluster_name", Text, nullable=False),
    Column("country", Text, nullable=False, comment="ISO 3166-1 alpha-2"),
    Column("scheme", Text, nullable=False),
    Column("step", Text, nullable=False, comment="a Step"),
    Column("step_since", Text, nullable=False, comment="UTC, ISO 8601"),
    Column("opened_at", Text, nullable=False, comment="UTC, ISO 8601"),
    Column("revision", Integer, nullable=False, comment="how often answers were handed in"),
    Column("reports_allowed", Integer, nullable=False, comment="how many provisional reports it may have"),
    Column("on_site", Boolean, nullable=False, comment="else by video"),
    Column("visit_at", Text, comment="local time of the interview or visit, ISO 8601"),
    Column("dates_sequence", Integer, nullable=False, comment="how often the time of the visit was set"),
    Column("reason", Text, nullable=False, comment="why it was reopened, refused or withdrawn"),
    Column("erased_at", Text, comment="UTC, ISO 8601: since then only its trail is left"),
)
"""Cases, as they stand."""

CASE_SEAT = Table(
    "case_seat",
    METADATA,
    Column("case_id", Text, ForeignKey("assessment_case.case_id", ondelete="CASCADE"), primary_key=True),
    Column("seat", Text, primary_key=True, comment="a Seat of an expert"),
    Column("person_id", Text, ForeignKey("case_person.person_id"), nullable=False),
    Column("since", Text, nullable=False, comment="UTC, ISO 8601"),
    Column("independent_at", Text, comment="UTC, ISO 8601: declared to be independent of the cluster"),
    Column("closed_at", Text, comment="UTC, ISO 8601: closed the own judgment"),
)
"""Which expert has which seat of a case."""

CASE_ANSWER = Table(
    "case_answer",
    METADATA,
    Column("case_id", Text, ForeignKey("assessment_case.case_id", ondelete="CASCADE"), primary_key=True),
    Column("sheet", Text, primary_key=True, comment="a Sheet"),
    Column("question", Text, primary_key=True, comment="an indicator, or a story's number"),
    Column("field", Text, primary_key=True),
    Column("value", Text, nullable=False, comment="as typed"),
    Column("version", Integer, nullable=False, comment="how often it was changed"),
    Column("person_id", Text, ForeignKey("case_person.person_id"), nullable=False),
    Column("at", Text, nullable=False, comment="UTC, ISO 8601"),
)
"""The fields of all sheets, as they stand."""

CASE_CHANGE = Table(
    "case_change",
    METADATA,
    Column("sequence", Integer, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("number", Integer, nullable=False, comment="within the case, from 1"),
    Column("at", Text, nullable=False, comment="UTC, ISO 8601"),
    Column("person_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("sheet", Text, nullable=False, comment="a Sheet, or empty"),
    Column("question", Text, nullable=False, comment="or the object of the action"),
    Column("field", Text, nullable=False),
    Column("base", Integer, nullable=False, comment="the version that a field was typed upon"),
    Column("version", Integer, nullable=False, comment="the version that it has thereby"),
    Column("change_id", Text, nullable=False, comment="given by the browser: each is made once"),
    Column("origin", Text, nullable=False, comment="page or file"),
    Column("digest", Text, nullable=False, comment="SHA-256 of salt, text before and text after; empty without texts"),
    Column("previous", Text, nullable=False, comment="the hash of the case's line before"),
    Column("hash", Text, nullable=False, comment="SHA-256 of the other columns"),
    UniqueConstraint("case_id", "number"),
    UniqueConstraint("case_id", "change_id"),
    sqlite_autoincrement=True,
)
"""The trail of each case, a chain of hashes: rows are only added. Triggers refuse everything else for real cases."""

CASE_TEXT = Table(
    "case_text",
    METADATA,
    Column("sequence", Integer, ForeignKey("case_change.sequence", ondelete="CASCADE"), primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("salt", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
)
"""The texts of changes, of which the trail holds a digest: they can be erased, and the trail still be verified."""

CASE_CONFIRMATION = Table(
    "case_confirmation",
    METADATA,
    Column("case_id", Text, ForeignKey("assessment_case.case_id", ondelete="CASCADE"), primary_key=True),
    Column("question", Text, primary_key=True),
    Column("seat", Text, primary_key=True, comment="a Seat of an expert"),
    Column("version", Integer, nullable=False, comment="of the agreed points that were confirmed"),
)
"""Which expert has confirmed which version of agreed points; a change of the points removes both."""

CASE_HAND_IN = Table(
    "case_hand_in",
    METADATA,
    Column("case_id", Text, ForeignKey("assessment_case.case_id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("at", Text, nullable=False, comment="UTC, ISO 8601"),
    Column("person_id", Text, ForeignKey("case_person.person_id"), nullable=False),
    Column("sheet", Text, nullable=False, comment="a Sheet"),
    Column("payload", JSON, nullable=False, comment="fields by question"),
    Column("sha256", Text, nullable=False, comment="of the payload"),
)
"""Answers as they were when they were handed in."""

CASE_EVIDENCE = Table(
    "case_evidence",
    METADATA,
    Column("evidence_id", Text, primary_key=True, comment="random"),
    Column("case_id", Text, ForeignKey("assessment_case.case_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("question", Text, nullable=False, comment="an indicator"),
    Column("document", Text, nullable=False, comment="a document of the scheme, or empty"),
    Column("name", Text, nullable=False, comment="of the file, as it was called"),
    Column("kind", Text, nullable=False),
    Column("size", BigInteger, nullable=False, comment="bytes"),
    Column("sha256", Text, nullable=False, index=True, comment="of the content"),
    Column("scan", Text, nullable=False, comment="clean, infected or unchecked"),
    Column("person_id", Text, ForeignKey("case_person.person_id"), nullable=False),
    Column("at", Text, nullable=False, comment="UTC, ISO 8601"),
    Column("withdrawn_at", Text, comment="UTC, ISO 8601"),
    Column("confirmed_at", Text, comment="UTC, ISO 8601: said to be still the latest"),
)
"""Documents handed in as evidence; the contents are files named by their hash."""

CASES = (
    CASE_PERSON,
    ASSESSMENT_CASE,
    CASE_SEAT,
    CASE_ANSWER,
    CASE_CHANGE,
    CASE_TEXT,
    CASE_CONFIRMATION,
    CASE_HAND_IN,
    CASE_EVIDENCE,
)
"""The tables of cases."""
