"""The log of access: who looked at whose results, who brought in what, who may do what; lines are only ever added.

It lies in `<data>/audit/`, a file a month, a line a deed. Months that are over for longer than it is kept are removed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from .. import files
from .settings import settings

Deed = Literal["look", "sign_in", "sign_out", "refused", "check", "publish", "rollback", "discard", "grants", "export"]
DEEDS: tuple[Deed, ...] = get_args(Deed)
_FOLDER = "audit"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log: when (UTC, ISO 8601), who (an address, or what a program runs as), what, and to what."""

    at: str
    who: str
    did: Deed
    what: str


def note(data: Path, now: datetime, who: str, did: Deed, what: str) -> None:
    """Add a line, in one write, so that two servers' lines never mix; the first of a month removes the oldest."""
    folder = data / _FOLDER
    file = folder / f"{now:%Y-%m}.jsonl"
    if not file.exists():
        first = f"{now - timedelta(days=settings(data).log_days):%Y-%m}"
        for old in folder.glob("????-??.jsonl"):
            if old.stem < first:
                old.unlink(missing_ok=True)
    line = json.dumps(asdict(Entry(now.isoformat(timespec="seconds"), who, did, what)), ensure_ascii=True)
    files.append(file, line)


def entries(data: Path, most: int) -> list[Entry]:
    """The latest entries, the last one first; a line that cannot be read is passed over."""
    found: list[Entry] = []
    for file in sorted((data / _FOLDER).glob("????-??.jsonl"), reverse=True):
        for line in reversed(file.read_text("utf-8", errors="replace").splitlines()):
            if len(found) == most:
                return found
            entry = _read(line)
            if entry:
                found.append(entry)
    return found


def _read(line: str) -> Entry | None:
    try:
        told: object = json.loads(line)
    except ValueError:
        return None
    if not isinstance(told, Mapping) or told.get("did") not in DEEDS:
        return None
    return Entry(str(told.get("at", "")), str(told.get("who", "")), told["did"], str(told.get("what", "")))
