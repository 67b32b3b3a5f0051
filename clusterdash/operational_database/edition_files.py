"""Which editions exist in a store that several servers share, and which object holds each."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from pathlib import Path

from sqlalchemy import delete, insert, select, update

from .engine import reading, writing
from .tables import EDITION_FILE

_ALL = select(EDITION_FILE).order_by(EDITION_FILE.c.edition_id.desc())


@dataclass(frozen=True, slots=True)
class EditionFile:
    """An edition: its id, the SHA-256 and the size in bytes of its file, and since when (UTC, ISO 8601) by whom."""

    edition_id: str
    sha256: str
    size: int
    added_at: str
    added_by: str


def read(data: Path) -> tuple[EditionFile, ...]:
    """All editions, the latest first. Raises ClusterdashError if the database cannot be read."""
    with reading(data) as connection:
        return tuple(EditionFile(*row) for row in connection.execute(_ALL)) if connection else ()


def find(data: Path, edition_id: str) -> EditionFile | None:
    """One edition; None if there is none with that id. Raises ClusterdashError as `read`."""
    with reading(data) as connection:
        row = (
            connection.execute(_ALL.where(EDITION_FILE.c.edition_id == edition_id)).one_or_none()
            if connection
            else None
        )
        return EditionFile(*row) if row else None


def add(data: Path, file: EditionFile) -> EditionFile:
    """Add an edition, unless there is one with that id; returns the one that is there now.

    Raises ClusterdashError if the database cannot be written.
    """
    with writing(data) as connection:
        if present := find(data, file.edition_id):
            return present
        columns = EDITION_FILE.columns.keys()
        connection.execute(insert(EDITION_FILE), [dict(zip(columns, astuple(file), strict=True))])
        return file


def replace(data: Path, edition_id: str, sha256: str, size: int) -> None:
    """Let another object hold an edition, in one step. Raises ClusterdashError if the database cannot be written."""
    with writing(data) as connection:
        changed = update(EDITION_FILE).where(EDITION_FILE.c.edition_id == edition_id)
        connection.execute(changed.values(sha256=sha256, size=size))


def remove(data: Path, edition_id: str) -> None:
    """Remove an edition, if there is one. Raises ClusterdashError if the database cannot be written."""
    with writing(data) as connection:
        connection.execute(delete(EDITION_FILE).where(EDITION_FILE.c.edition_id == edition_id))
