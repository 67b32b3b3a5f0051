"""Views that staff have pinned, in the operational database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from .engine import database_failure, database_path, open_database
from .tables import PIN


@dataclass(frozen=True, slots=True)
class Pin:
    """A pinned view: its address below the server's own, the note, and by whom and when (UTC, ISO 8601)."""

    pin_id: int
    at: str
    by: str
    address: str
    note: str


def read(data: Path) -> tuple[Pin, ...]:
    """All pins, the latest first. Raises ClusterdashError if the database cannot be read."""
    engine = open_database(data, create=False)
    if engine is None:
        return ()
    try:
        with engine.connect().execution_options(reading=True) as connection:
            rows = connection.execute(select(PIN).order_by(PIN.c.pin_id.desc())).all()
    except SQLAlchemyError as error:
        raise database_failure(error, database_path(data)) from error
    return tuple(Pin(*row) for row in rows)


def add(data: Path, address: str, note: str, *, by: str, now: datetime) -> None:
    """Pin a view. Raises ClusterdashError if the database cannot be written."""
    engine = open_database(data, create=True)
    assert engine is not None  # it was to be created
    row = {"at": now.isoformat(timespec="seconds"), "by": by, "address": address, "note": note}
    try:
        with engine.begin() as connection:
            connection.execute(insert(PIN), [row])
    except SQLAlchemyError as error:
        raise database_failure(error, database_path(data)) from error


def remove(data: Path, pin_id: int) -> bool:
    """Remove a pin; returns whether there was one. Raises ClusterdashError if the database cannot be written."""
    engine = open_database(data, create=False)
    if engine is None:
        return False
    try:
        with engine.begin() as connection:
            return connection.execute(delete(PIN).where(PIN.c.pin_id == pin_id)).rowcount > 0
    except SQLAlchemyError as error:
        raise database_failure(error, database_path(data)) from error
