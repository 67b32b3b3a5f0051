"""The tables of the operational database, as the latest migration leaves them; a test compares the two."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, MetaData, Table, Text

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
