"""The catalogue of editions: where they are stored, which one is served, and which ones were served before.

They are in `<data>/editions/` and never change; the latest publication in the operational database names the served
one. An edition that is only being checked is a draft in `<data>/drafts/` until somebody keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from .. import files, locations
from ..domain import ClusterdashError, NoEditionError
from ..operational_database import publications
from ..operational_database.publications import Publication, PublicationAction

PROJECT_DATA = locations.FACTS
DRAFT_LIFETIME = timedelta(hours=12)
"""Older drafts are removed: their user has left, or the server stopped without removing them."""
_EDITION_ID = re.compile(r"[0-9A-Za-z-]{1,64}\Z")
MAX_EARLIER = 20
"""Most earlier served editions that a new one is compared with: their figures may have been kept."""


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


def remove_draft(data: Path, edition_id: str) -> None:
    """Remove a draft; nothing happens if there is none with that id."""
    if edition_id in {path.stem for path in draft_paths(data)}:
        draft_path(data, edition_id).unlink(missing_ok=True)


def sweep_drafts(data: Path, now: datetime, most: int | None = None) -> None:
    """Remove drafts older than `DRAFT_LIFETIME`, and the oldest beyond the number `most`."""
    oldest = (now - DRAFT_LIFETIME).timestamp()
    for number, path in enumerate(draft_paths(data), start=1):
        try:
            if path.stat().st_mtime < oldest or (most is not None and number > most):
                path.unlink()
        except FileNotFoundError:  # discarded meanwhile
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
    name = publications.served(data)
    if not name:
        raise NoEditionError(data)
    if not _EDITION_ID.match(name) or not (path := editions_folder(data) / f"{name}.duckdb").is_file():
        raise ClusterdashError("store.missing", edition=name, file=editions_folder(data) / f"{name}.duckdb")
    return path


def current_id(data: Path) -> str:
    """The id of the served edition; "" if none is named or its file does not exist."""
    try:
        return current_path(data).stem
    except ClusterdashError:
        return ""


def set_current(
    data: Path,
    edition_id: str,
    now: datetime,
    by: str,
    did: PublicationAction = "publish",
    *,
    expected: str | None = None,
) -> bool:
    """Make an edition the served one, at once for every later reader on all servers.

    Returns False, and changes nothing, if the served one is no longer the `expected` one (any, if None). Raises
    ClusterdashError if there is no such edition.
    """
    edition_path(data, edition_id)
    publication = Publication(now.isoformat(timespec="seconds"), edition_id, by, did)
    return publications.add(data, publication, expected)


def history(data: Path) -> Sequence[Publication]:
    """All publications, the first one first."""
    return publications.read(data)


def previous_paths(data: Path) -> list[Path]:
    """The files of the editions served before the present one, the latest first, at most `MAX_EARLIER`."""
    present = current_id(data)
    known = dict.fromkeys(change.edition for change in reversed(history(data)) if change.edition != present)
    files_of = (editions_folder(data) / f"{edition}.duckdb" for edition in known if _EDITION_ID.match(edition))
    return [path for path in files_of if path.is_file()][:MAX_EARLIER]


def previous(data: Path, among: Collection[str] | None = None) -> str:
    """The id of the edition served before the present one; a rollback undoes a publication and does not count.

    `among`: the editions that the caller may see; None for all. Raises ClusterdashError if there is none whose file
    still exists.
    """
    served: list[str] = []
    for change in history(data):
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
    known = {current_id(data), *(change.edition for change in history(data))}
    return [path for path in edition_paths(data) if path.stem not in known]


def delete_edition(data: Path, edition_id: str) -> None:
    """Remove an edition that was never served. Raises ClusterdashError for one that was, or does not exist."""
    path = edition_path(data, edition_id)
    if path not in unpublished(data):
        raise ClusterdashError("editions.was_served", edition=edition_id)
    path.unlink(missing_ok=True)
