"""The access log: who viewed whose results, who imported what, who changed grants; append-only.

It is in `<data>/audit/`, one file per month, one line per action. Months older than the retention period are removed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from .. import files
from .settings import settings

AuditAction = Literal[
    "look", "sign_in", "sign_out", "refused", "check", "publish", "rollback", "discard", "grants", "labels", "export"
]
ACTIONS: tuple[AuditAction, ...] = get_args(AuditAction)
_FOLDER = "audit"


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """A line of the log: time (UTC, ISO 8601), who (an address, or the user of a command), action, and its object."""

    at: str
    who: str
    action: AuditAction
    what: str


def record(data: Path, now: datetime, who: str, did: AuditAction, what: str) -> None:
    """Append a line in one write, so that lines of two servers never mix; the first of a month removes old files."""
    folder = data / _FOLDER
    file = folder / f"{now:%Y-%m}.jsonl"
    if not file.exists():
        first = f"{now - timedelta(days=settings(data).log_days):%Y-%m}"
        for old in folder.glob("????-??.jsonl"):
            if old.stem < first:
                old.unlink(missing_ok=True)
    line = json.dumps(
        {"at": now.isoformat(timespec="seconds"), "who": who, "did": did, "what": what}, ensure_ascii=True
    )
    files.append(file, line)


def records(data: Path, most: int) -> list[AuditRecord]:
    """The latest `most` records, the last one first; lines that cannot be parsed are skipped."""
    found: list[AuditRecord] = []
    for file in sorted((data / _FOLDER).glob("????-??.jsonl"), reverse=True):
        for line in reversed(file.read_text("utf-8", errors="replace").splitlines()):
            if len(found) == most:
                return found
            entry = _read(line)
            if entry:
                found.append(entry)
    return found


def _read(line: str) -> AuditRecord | None:
    try:
        told: object = json.loads(line)
    except ValueError:
        return None
    if not isinstance(told, Mapping) or told.get("did") not in ACTIONS:
        return None
    return AuditRecord(str(told.get("at", "")), str(told.get("who", "")), told["did"], str(told.get("what", "")))
