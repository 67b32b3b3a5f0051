"""Where editions lie, which one is served, and which ones were before.

They lie in `<data>/editions/` and never change; the file `<data>/current` names the one that is served. Each change of
it is noted in `<data>/journal.jsonl`, a line a change; the pointer decides, the journal only remembers. An edition that
was built to be looked at is a draft in `<data>/drafts/`, until somebody keeps it.
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
"""A draft that is older is swept: whoever built it has left, or their server has stopped without removing it."""
_EDITION_ID = re.compile(r"[0-9A-Za-z-]{1,64}\Z")
MAX_EARLIER = 20
"""So many editions that were served are compared with a new one: their figures may have been kept."""
JournalAction = Literal["publish", "rollback"]


@dataclass(frozen=True, slots=True)
class Publication:
    """A line of the journal: which edition became the one that is served, when (UTC, ISO 8601), by whom and how."""

    at: str
    edition: str
    by: str
    action: JournalAction


def editions_folder(data: Path) -> Path:
    """Where the editions of a data folder lie."""
    return data / "editions"


def facts_folder(data: Path, name: str) -> Path:
    """The folder of facts of that name: the data folder's own, else the one that comes with the project."""
    own = data / name
    return own if own.is_dir() else PROJECT_DATA / name


def drafts_folder(data: Path) -> Path:
    """Where the drafts of a data folder lie."""
    return data / "drafts"


def draft_paths(data: Path) -> list[Path]:
    """The files of all drafts, the latest first."""
    return sorted(drafts_folder(data).glob("[0-9A-Za-z]*.duckdb"), reverse=True)


def draft_path(data: Path, edition_id: str) -> Path:
    """The file of a draft. Raises ClusterdashError where there is none of that id."""
    return _existing(drafts_folder(data), edition_id)


def keep_draft(data: Path, edition_id: str) -> None:
    """Make a draft an edition, which waits to be published. Raises ClusterdashError where there is no such draft."""
    path, kept = draft_path(data, edition_id), editions_folder(data) / f"{edition_id}.duckdb"
    if kept.exists():  # made of the same files within the same second; an edition never changes
        path.unlink(missing_ok=True)
    else:
        files.make_folder(kept.parent)
        files.publish_file(path, kept)


def sweep_drafts(data: Path, now: datetime, most: int | None = None) -> None:
    """Remove drafts older than `DRAFTS_KEPT`, and the oldest of more than `most`."""
    oldest = (now - DRAFT_LIFETIME).timestamp()
    for number, path in enumerate(draft_paths(data), start=1):
        try:
            if path.stat().st_mtime < oldest or (most is not None and number > most):
                path.unlink()
        except FileNotFoundError:  # its visit has ended meanwhile
            continue


def edition_paths(data: Path) -> list[Path]:
    """The files of all editions, the latest first."""
    return sorted(editions_folder(data).glob("[0-9A-Za-z]*.duckdb"), reverse=True)


def edition_path(data: Path, edition_id: str) -> Path:
    """The file of an edition. Raises ClusterdashError where there is none of that id."""
    return _existing(editions_folder(data), edition_id)


def _existing(folder: Path, edition_id: str) -> Path:
    path = folder / f"{edition_id}.duckdb"
    if not _EDITION_ID.match(edition_id) or not path.is_file():
        raise ClusterdashError("editions.unknown", edition=edition_id)
    return path


def current_path(data: Path) -> Path:
    """The file of the edition that is served.

    Raises ClusterdashError where none is named, or the one named is not there.
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
    """The id of the edition that is served, "" where none is named or the one named is not there."""
    try:
        return current_path(data).stem
    except ClusterdashError:
        return ""


def set_current(data: Path, edition_id: str, now: datetime, by: str, did: JournalAction = "publish") -> None:
    """Make an edition the one that is served, at once for every reader that asks next."""
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
    """All changes of what is served, the first one first; a line that cannot be read is passed over."""
    path = data / "journal.jsonl"
    changes = []
    for line in path.read_text("utf-8", errors="replace").splitlines() if path.is_file() else ():
        try:
            told = json.loads(line)
            did: JournalAction = "rollback" if told["did"] == "rollback" else "publish"
            at = datetime.fromisoformat(told["at"]).isoformat(timespec="seconds")
            changes.append(Publication(at, str(told["edition"]), str(told["by"]), did))
        except (ValueError, KeyError, TypeError):
            continue
    return changes


def previous_paths(data: Path) -> list[Path]:
    """The files of the editions that were served before the present one, the latest first, at most `MOST_EARLIER`."""
    present = current_id(data)
    known = dict.fromkeys(change.edition for change in reversed(journal(data)) if change.edition != present)
    files_of = (editions_folder(data) / f"{edition}.duckdb" for edition in known if _EDITION_ID.match(edition))
    return [path for path in files_of if path.is_file()][:MAX_EARLIER]


def previous(data: Path, among: Collection[str] | None = None) -> str:
    """The edition that was served before the present one: a rollback undoes a publication, and does not count as one.

    `among`: the editions that exist for who asks; None for all. Raises ClusterdashError where there is none whose file
    is still there.
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
    """Remove an edition that was never served. Raises ClusterdashError for one that was, or that is not there."""
    path = edition_path(data, edition_id)
    if path not in unpublished(data):
        raise ClusterdashError("editions.was_served", edition=edition_id)
    path.unlink(missing_ok=True)
