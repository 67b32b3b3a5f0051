"""The tables of the operational database, as the latest migration leaves them; a test compares the two."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Float, ForeignKey, Integer, MetaData, Table, Text

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
