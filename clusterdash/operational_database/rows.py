"""All rows of the operational database: read, inserted, counted and hashed, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text

from .engine import POSTGRESQL
from .tables import METADATA

BATCH_SIZE = 1000
"""Most rows that are in memory at once."""
TABLES: tuple[Table, ...] = tuple(METADATA.sorted_tables)


@dataclass(frozen=True, slots=True)
class TableDigest:
    """How many rows a table has, and a hash of all of them, whatever their order."""

    rows: int
    sha256: str


def read_rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a table by column, in no order."""
    result = connection.execute(select(table), execution_options={"yield_per": BATCH_SIZE})
    return (dict(row) for row in result.mappings())


def insert_rows(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows with the ids that they have."""
    left = iter(rows)
    while batch := list(islice(left, BATCH_SIZE)):
        connection.execute(insert(table), batch)


def as_json(row: Mapping[str, Any]) -> bytes:
    """A row as JSON without line breaks; the same row gives the same bytes."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def digests(connection: Connection, tables: Iterable[Table] = TABLES) -> dict[str, TableDigest]:
    """The digest of each table, by name.

    The hash is the sum of the SHA-256 of the rows: engines sort text differently.
    """
    found = {}
    for table in tables:
        count = total = 0
        for row in read_rows(connection, table):
            count += 1
            total += int.from_bytes(hashlib.sha256(as_json(row)).digest())
        found[table.name] = TableDigest(count, f"{total % 2**256:064x}")
    return found


def last_ids(connection: Connection) -> dict[str, int]:
    """The highest id ever given in each table that counts its rows, by name: removed rows' ids are not given again."""
    found = {}
    for table, column in _counted(TABLES):
        highest = connection.scalar(select(func.max(table.c[column]))) or 0
        if connection.dialect.name == POSTGRESQL:
            sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column)))
            given = connection.scalar(text(f"select case when is_called then last_value else 0 end from {sequence}"))
        else:
            given = connection.scalar(text("select seq from sqlite_sequence where name = :name"), {"name": table.name})
        found[table.name] = max(highest, given or 0)
    return found


def set_last_ids(connection: Connection, last: Mapping[str, int], tables: Iterable[Table] = TABLES) -> None:
    """Let new rows of each table have higher ids than `last`."""
    for table, column in _counted(tables):
        values = {"name": table.name, "last": last.get(table.name, 0)}
        if not values["last"]:
            continue
        if connection.dialect.name == POSTGRESQL:
            connection.execute(
                text("select setval(pg_get_serial_sequence(:name, :column), :last)"), {**values, "column": column}
            )
        else:
            connection.execute(text("delete from sqlite_sequence where name = :name"), values)
            connection.execute(text("insert into sqlite_sequence (name, seq) values (:name, :last)"), values)


def _counted(tables: Iterable[Table]) -> Iterator[tuple[Table, str]]:
    """The tables whose ids the database gives, with the column of the id."""
    return ((table, table.autoincrement_column.name) for table in tables if table.autoincrement_column is not None)
