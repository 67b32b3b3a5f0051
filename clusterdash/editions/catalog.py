"""The catalogue of editions: where they are stored, which one is served, and which ones were served before.

They are in `<data>/editions/` and never change; the file `<data>/current` names the served one. Each change of it is
recorded in `<data>/journal.jsonl`, one line each; the pointer decides, the journal is only a record. An edition that
is only being checked is a draft in `<data>/drafts/` until somebody keeps it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from .. import files, locations
from ..domain import ClusterdashError, NoEditionError

PROJECT_DATA = locations.FACTS
DRAFT_LIFETIME = timedelta(hours=12)
"""Older drafts are removed: their user has left, or the server stopped without removing them."""
_EDITION_ID = re.compile(r"[0-9A-Za-z-]{1,64}\Z")
MAX_EARLIER = 20
"""Most earlier served editions that a new one is compared with: their figures may have been kept."""
JournalAction = Literal["publish", "rollback"]


@dataclass(frozen=True, slots=True)
class Publication:
    """A line of the journal: which edition became the served one, when (UTC, ISO 8601), by whom and how."""

    at: str
    edition: str
    by: str
    action: JournalAction


def editions_folder(data: Path) -> Path:
    """The folder of the editions of a data folder."""
    return data / "editions"


def facts_folder(data: Path, name: str) -> Path:
    """The folder of facts of that name: the data folder's own, else the one that comes with the project."""
    own = data / name
    return own if own.is_dir() else PROJECT_DATA / name


def drafts_folder(data: Path) -> Path:
    """The folder of the drafts of a data folder."""
    return data / "drafts"


def draft_paths(data: Path) -> list[Path]:
    """The files of all drafts, the latest first."""
    return sorted(drafts_folder(data).glob("[0-9A-Za-z]*.duckdb"), reverse=True)


def draft_path(data: Path, edition_id: str) -> Path:
    """The file of a draft. Raises ClusterdashError if there is none with that id."""
    return _existing(drafts_folder(data), edition_id)


def keep_draft(data: Path, edition_id: str) -> None:
    """Turn a draft into an unpublished edition. Raises ClusterdashError if there is no such draft."""
    path, kept = draft_path(data, edition_id), editions_folder(data) / f"{edition_id}.duckdb"
    if kept.exists():  # made of the same files within the same second; an edition never changes
        path.unlink(missing_ok=True)
    else:
        files.make_folder(kept.parent)
        files.publish_file(path, kept)


def sweep_drafts(data: Path, now: datetime, most: int | None = None) -> None:
    """Remove drafts older than `DRAFT_LIFETIME`, and the oldest beyond the number `most`."""
    oldest = (now - DRAFT_LIFETIME).timestamp()
    for number, path in enumerate(draft_paths(data), start=1):
        try:
            if path.stat().st_mtime < oldest or (most is not None and number > most):
                path.unlink()
        except FileNotFoundError:  # removed meanwhile by the end of its session
            continue


def edition_paths(data: Path) -> list[Path]:
    """The files of all editions, the latest first."""
    return sorted(editions_folder(data).glob("[0-9A-Za-z]*.duckdb"), reverse=True)


def edition_path(data: Path, edition_id: str) -> Path:
    """The file of an edition. Raises ClusterdashError if there is none with that id."""
    return _existing(editions_folder(data), edition_id)


def _existing(folder: Path, edition_id: str) -> Path:
    path = folder / f"{edition_id}.duckdb"
    if not _EDITION_ID.match(edition_id) or not path.is_file():
        raise ClusterdashError("editions.unknown", edition=edition_id)
    return path


def current_path(data: Path) -> Path:
    """The file of the served edition.

    Raises ClusterdashError if none is named, or the file of the named one does not exist.
    """
    pointer = data / "current"
    if not pointer.exists():
        raise NoEditionError(data)
    try:
        name = pointer.read_bytes().decode("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        name = ""
    if not _EDITION_ID.match(name) or not (path := editions_folder(data) / f"{name}.duckdb").is_file():
        raise ClusterdashError("store.missing", file=name or "?", pointer=pointer)
    return path


def current_id(data: Path) -> str:
    """The id of the served edition; "" if none is named or its file does not exist."""
    try:
        return current_path(data).stem
    except ClusterdashError:
        return ""


def set_current(data: Path, edition_id: str, now: datetime, by: str, did: JournalAction = "publish") -> None:
    """Make an edition the served one, at once for every later read of the pointer."""
    edition_path(data, edition_id)
    files.write_atomically(data / "current", f"{edition_id}\n".encode())
    change = Publication(now.isoformat(timespec="seconds"), edition_id, by, did)
    files.append(
        data / "journal.jsonl",
        json.dumps(
            {"at": change.at, "edition": change.edition, "by": change.by, "did": change.action}, ensure_ascii=False
        ),
    )


def journal(data: Path) -> list[Publication]:
    """All changes of the served edition, the first one first; unreadable lines are skipped."""
    path = data / "journal.jsonl"
    changes = []
    for line in path.read_text("utf-8", errors="replace").splitlines() if path.is_file() else ():
        try:
            entry = json.loads(line)
            did: JournalAction = "rollback" if entry["did"] == "rollback" else "publish"
            at = datetime.fromisoformat(entry["at"]).isoformat(timespec="seconds")
            changes.append(Publication(at, str(entry["edition"]), str(entry["by"]), did))
        except (ValueError, KeyError, TypeError):
            continue
    return changes


def previous_paths(data: Path) -> list[Path]:
    """The files of the editions served before the present one, the latest first, at most `MAX_EARLIER`."""
    present = current_id(data)
    known = dict.fromkeys(change.edition for change in reversed(journal(data)) if change.edition != present)
    files_of = (editions_folder(data) / f"{edition}.duckdb" for edition in known if _EDITION_ID.match(edition))
    return [path for path in files_of if path.is_file()][:MAX_EARLIER]


def previous(data: Path, among: Collection[str] | None = None) -> str:
    """The id of the edition served before the present one; a rollback undoes a publication and does not count.

    `among`: the editions that the caller may see; None for all. Raises ClusterdashError if there is none whose file
    still exists.
    """
    served: list[str] = []
    for change in journal(data):
        if change.action == "rollback" and change.edition in served:
            served = served[: served.index(change.edition) + 1]
        else:
            served = [edition for edition in served if edition != change.edition] + [change.edition]
    present = current_path(data).stem
    if present in served:
        served = served[: served.index(present)]
    for edition in reversed(served):
        if (among is None or edition in among) and (editions_folder(data) / f"{edition}.duckdb").is_file():
            return edition
    raise ClusterdashError("editions.none_before", edition=present)


def unpublished(data: Path) -> list[Path]:
    """The files of the editions that were never served, the latest first."""
    known = {current_id(data), *(change.edition for change in journal(data))}
    return [path for path in edition_paths(data) if path.stem not in known]


def delete_edition(data: Path, edition_id: str) -> None:
    """Remove an edition that was never served. Raises ClusterdashError for one that was, or does not exist."""
    path = edition_path(data, edition_id)
    if path not in unpublished(data):
        raise ClusterdashError("editions.was_served", edition=edition_id)
    path.unlink(missing_ok=True)
