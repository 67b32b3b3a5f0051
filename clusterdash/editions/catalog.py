"""Where editions lie, which one is served, and which ones were before.

They lie in `<data>/editions/` and never change; the file `<data>/current` names the one that is served. Each change of
it is noted in `<data>/journal.jsonl`, a line a change; the pointer decides, the journal only remembers. An edition that
was built to be looked at is a draft in `<data>/drafts/`, until somebody keeps it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from .. import files, locations
from ..domain import ClusterdashError, NoEditionError

PROJECT_DATA = locations.FACTS
DRAFTS_KEPT = timedelta(hours=12)
"""A draft that is older is swept: whoever built it has left, or their server has stopped without removing it."""
_EDITION_ID = re.compile(r"[0-9A-Za-z-]{1,64}\Z")
MOST_EARLIER = 20
"""So many editions that were served are compared with a new one: their figures may have been kept."""
Deed = Literal["publish", "rollback"]


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the journal: which edition became the one that is served, when (UTC, ISO 8601), by whom and how."""

    at: str
    edition: str
    by: str
    did: Deed


def editions_folder(data: Path) -> Path:
    """Where the editions of a data folder lie."""
    return data / "editions"


def facts(data: Path, name: str) -> Path:
    """The folder of facts of that name: the data folder's own, else the one that comes with the project."""
    own = data / name
    return own if own.is_dir() else PROJECT_DATA / name


def drafts_folder(data: Path) -> Path:
    """Where the drafts of a data folder lie."""
    return data / "drafts"


def drafts(data: Path) -> list[Path]:
    """The files of all drafts, the latest first."""
    return sorted(drafts_folder(data).glob("[0-9A-Za-z]*.duckdb"), reverse=True)


def draft_of(data: Path, edition_id: str) -> Path:
    """The file of a draft. Raises ClusterdashError where there is none of that id."""
    return _existing(drafts_folder(data), edition_id)


def keep(data: Path, edition_id: str) -> None:
    """Make a draft an edition, which waits to be published. Raises ClusterdashError where there is no such draft."""
    path, kept = draft_of(data, edition_id), editions_folder(data) / f"{edition_id}.duckdb"
    if kept.exists():  # made of the same files within the same second; an edition never changes
        path.unlink(missing_ok=True)
    else:
        files.make_folder(kept.parent)
        files.publish_file(path, kept)


def sweep_drafts(data: Path, now: datetime, most: int | None = None) -> None:
    """Remove drafts older than `DRAFTS_KEPT`, and the oldest of more than `most`."""
    oldest = (now - DRAFTS_KEPT).timestamp()
    for number, path in enumerate(drafts(data), start=1):
        try:
            if path.stat().st_mtime < oldest or (most is not None and number > most):
                path.unlink()
        except FileNotFoundError:  # its visit has ended meanwhile
            continue


def stored(data: Path) -> list[Path]:
    """The files of all editions, the latest first."""
    return sorted(editions_folder(data).glob("[0-9A-Za-z]*.duckdb"), reverse=True)


def file_of(data: Path, edition_id: str) -> Path:
    """The file of an edition. Raises ClusterdashError where there is none of that id."""
    return _existing(editions_folder(data), edition_id)


def _existing(folder: Path, edition_id: str) -> Path:
    path = folder / f"{edition_id}.duckdb"
    if not _EDITION_ID.match(edition_id) or not path.is_file():
        raise ClusterdashError("editions.unknown", edition=edition_id)
    return path


def current(data: Path) -> Path:
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


def served(data: Path) -> str:
    """The id of the edition that is served, "" where none is named or the one named is not there."""
    try:
        return current(data).stem
    except ClusterdashError:
        return ""


def point_to(data: Path, edition_id: str, now: datetime, by: str, did: Deed = "publish") -> None:
    """Make an edition the one that is served, at once for every reader that asks next."""
    file_of(data, edition_id)
    files.write(data / "current", f"{edition_id}\n".encode())
    change = Change(now.isoformat(timespec="seconds"), edition_id, by, did)
    files.append(data / "journal.jsonl", json.dumps(asdict(change), ensure_ascii=False))


def journal(data: Path) -> list[Change]:
    """All changes of what is served, the first one first; a line that cannot be read is passed over."""
    path = data / "journal.jsonl"
    changes = []
    for line in path.read_text("utf-8", errors="replace").splitlines() if path.is_file() else ():
        try:
            told = json.loads(line)
            did: Deed = "rollback" if told["did"] == "rollback" else "publish"
            at = datetime.fromisoformat(told["at"]).isoformat(timespec="seconds")
            changes.append(Change(at, str(told["edition"]), str(told["by"]), did))
        except (ValueError, KeyError, TypeError):
            continue
    return changes


def served_earlier(data: Path) -> list[Path]:
    """The files of the editions that were served before the present one, the latest first, at most `MOST_EARLIER`."""
    present = served(data)
    known = dict.fromkeys(change.edition for change in reversed(journal(data)) if change.edition != present)
    files_of = (editions_folder(data) / f"{edition}.duckdb" for edition in known if _EDITION_ID.match(edition))
    return [path for path in files_of if path.is_file()][:MOST_EARLIER]


def before(data: Path, among: Collection[str] | None = None) -> str:
    """The edition that was served before the present one: a rollback undoes a publication, and does not count as one.

    `among`: the editions that exist for who asks; None for all. Raises ClusterdashError where there is none whose file
    is still there.
    """
    served: list[str] = []
    for change in journal(data):
        if change.did == "rollback" and change.edition in served:
            served = served[: served.index(change.edition) + 1]
        else:
            served = [edition for edition in served if edition != change.edition] + [change.edition]
    present = current(data).stem
    if present in served:
        served = served[: served.index(present)]
    for edition in reversed(served):
        if (among is None or edition in among) and (editions_folder(data) / f"{edition}.duckdb").is_file():
            return edition
    raise ClusterdashError("editions.none_before", edition=present)


def waiting(data: Path) -> list[Path]:
    """The files of the editions that were never served, the latest first."""
    known = {served(data), *(change.edition for change in journal(data))}
    return [path for path in stored(data) if path.stem not in known]


def discard(data: Path, edition_id: str) -> None:
    """Remove an edition that was never served. Raises ClusterdashError for one that was, or that is not there."""
    path = file_of(data, edition_id)
    if path not in waiting(data):
        raise ClusterdashError("editions.was_served", edition=edition_id)
    path.unlink(missing_ok=True)
