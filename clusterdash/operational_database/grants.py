"""Grants of access in the operational database, as rows of text: what they mean is read by `ingest.grants`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import delete, insert, select

from .engine import reading, writing
from .tables import ACCESS_GRANT

COLUMNS = ("email", "role", "cluster_id", "valid_from", "valid_until")
"""Those of a table of grants; `cluster_id` has several ids separated by "|", days are ISO 8601."""
_ROWS = select(*(ACCESS_GRANT.c[column] for column in COLUMNS)).order_by(ACCESS_GRANT.c.grant_id)


def read(data: Path, email: str | None = None) -> list[tuple[str, ...]]:
    """The grants in force, or those of one address, by `COLUMNS`.

    Raises ClusterdashError if the database cannot be read.
    """
    found = _ROWS if email is None else _ROWS.where(ACCESS_GRANT.c.email == email)
    with reading(data) as connection:
        return [tuple(row) for row in connection.execute(found)] if connection else []


def replace(data: Path, rows: Iterable[Sequence[str]]) -> None:
    """Replace all grants in force, in one step. Raises ClusterdashError if the database cannot be written."""
    added = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    with writing(data) as connection:
        connection.execute(delete(ACCESS_GRANT))
        if added:
            connection.execute(insert(ACCESS_GRANT), added)
