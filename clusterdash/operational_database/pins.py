"""Views that staff have pinned, in the operational database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert, select

from .engine import open_database, reading, writing
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
    with reading(data) as connection:
        rows = connection.execute(select(PIN).order_by(PIN.c.pin_id.desc())).all() if connection else ()
    return tuple(Pin(*row) for row in rows)


def add(data: Path, address: str, note: str, *, by: str, now: datetime) -> None:
    """Pin a view. Raises ClusterdashError if the database cannot be written."""
    row = {"at": now.isoformat(timespec="seconds"), "by": by, "address": address, "note": note}
    with writing(data) as connection:
        connection.execute(insert(PIN), [row])


def remove(data: Path, pin_id: int) -> bool:
    """Remove a pin; returns whether there was one. Raises ClusterdashError if the database cannot be written."""
    if open_database(data, create=False) is None:
        return False
    with writing(data) as connection:
        return connection.execute(delete(PIN).where(PIN.c.pin_id == pin_id)).rowcount > 0
