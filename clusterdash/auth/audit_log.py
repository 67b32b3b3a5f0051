"""The access log: who viewed whose results, who imported what, who changed grants; kept for the operator's days."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from ..operational_database import audit_records
from ..operational_database.audit_records import AuditAction, AuditRecord
from ..settings import settings


def record(data: Path, now: datetime, who: str, did: AuditAction, what: str) -> None:
    """Add a record; older ones than the operator keeps are removed.

    Raises ClusterdashError if the database cannot be written: what cannot be logged is not done.
    """
    entry = AuditRecord(now.isoformat(timespec="seconds"), who, did, what)
    audit_records.add(data, entry, now - timedelta(days=settings(data).log_days))


__all__ = ["AuditRecord", "record"]
