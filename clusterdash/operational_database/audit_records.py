"""The access log in the operational database: records are added, and removed once they are old."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from sqlalchemy import delete, func, insert, or_, select

from .engine import reading, writing
from .tables import AUDIT_RECORD

AuditAction = Literal[
    "look",
    "sign_in",
    "sign_out",
    "refused",
    "check",
    "publish",
    "rollback",
    "discard",
    "grants",
    "labels",
    "export",
    "forget",
]
ACTIONS: tuple[AuditAction, ...] = get_args(AuditAction)


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """A record: time (UTC, ISO 8601), who (an address, or the user of a command), action, and its object."""

    at: str
    who: str
    action: AuditAction
    what: str


def add(data: Path, record: AuditRecord, oldest: datetime) -> None:
    """Add a record, and remove those before `oldest`. Raises ClusterdashError if the database cannot be written."""
    row = {"at": record.at, "who": record.who, "action": record.action, "object": record.what}
    with writing(data) as connection:
        connection.execute(insert(AUDIT_RECORD), [row])
        connection.execute(delete(AUDIT_RECORD).where(AUDIT_RECORD.c.at < oldest.isoformat(timespec="seconds")))


def read(data: Path, most: int, words: Sequence[str] = (), action: AuditAction | None = None) -> list[AuditRecord]:
    """The latest records, at most `most`, the last one first.

    `words`: each must occur in the time, the person or the object, in either case. `action`: one kind only. Raises
    ClusterdashError if the database cannot be read.
    """
    table = AUDIT_RECORD.c
    found = (
        select(table.at, table.who, table.action, table.object)
        .where(table.action.in_((action,) if action else ACTIONS))
        .order_by(table.record_id.desc())
        .limit(most)
    )
    for word in words:
        parts = (table.at, table.who, table.object)
        found = found.where(or_(*(func.lower(part).contains(word.lower(), autoescape=True) for part in parts)))
    with reading(data) as connection:
        return [AuditRecord(*row) for row in connection.execute(found)] if connection else []
