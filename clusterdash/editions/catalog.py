"""The catalogue of editions: where they are stored, which one is served, and which ones were served before.

They are in `<data>/editions/`, or in the store that `CLUSTERDASH_EDITIONS` names (`shared_editions`), and never change;
the latest publication in the operational database names the served one. An edition that is only being checked is a
draft in `<data>/drafts/` until somebody keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from .. import files, locations
from ..domain import ClusterdashError, NoEditionError
from ..operational_database import publications
from ..operational_database.lock import locked
from ..operational_database.publications import Publication, PublicationAction
from ..settings import environment
from . import shared_editions

PROJECT_DATA = locations.FACTS
DRAFT_LIFETIME = timedelta(hours=12)
"""Older drafts are removed: their user has left, or the server stopped without removing them."""
_EDITION_ID = re.compile(r"[0-9A-Za-z-]{1,64}\Z")
MAX_EARLIER = 20
"""Most earlier served editions that a new one is compared with: their figures may have been kept."""


def in_store() -> bool:
    """Whether editions are in a store that several servers share."""
    return environment().editions is not None


def editions_folder(data: Path) -> Path:
    """The folder of the editions of a data folder; those of a store are in a cache instead."""
    return data / "editions"


def building_folder(data: Path) -> Path:
    """The folder in which an edition is built, on the file system where it will be."""
    return shared_editions.cache_folder(data) if in_store() else editions_folder(data)


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
    path = drafts_folder(data) / f"{edition_id}.duckdb"
    if not _EDITION_ID.match(edition_id) or not path.is_file():
        raise ClusterdashError("editions.unknown", edition=edition_id)
    return path


def add_draft(data: Path, path: Path, edition_id: str, extended: str = "") -> None:
    """Make the complete edition in a file a draft; the file is moved.

    Raises ClusterdashError if the edition that it extends was removed meanwhile.
    """
    with locked(data):
        if extended and not exists(data, extended):
            raise ClusterdashError("editions.unknown", edition=extended)
        files.publish_file(path, drafts_folder(data) / f"{edition_id}.duckdb")


def keep_draft(data: Path, edition_id: str, by: str) -> None:
    """Turn a draft into an unpublished edition. Raises ClusterdashError if there is no such draft."""
    path = draft_path(data, edition_id)
    add_edition(data, path, edition_id, by)
    path.unlink(missing_ok=True)


def add_edition(data: Path, path: Path, edition_id: str, by: str, extended: str = "") -> None:
    """Make the complete edition in a file one of the data folder; the file is moved.

    If there is one with that id, made of the same files within the same second, nothing changes: an edition never does.
    Raises ClusterdashError if the store cannot be written, or if the edition that this one extends was removed.
    """
    uploaded = shared_editions.upload(path) if in_store() else None  # before the lock, since it may take long
    with locked(data):
        if extended and not exists(data, extended):
            raise ClusterdashError("editions.unknown", edition=extended)
        if uploaded:
            shared_editions.add(data, path, edition_id, uploaded, by)
        elif not exists(data, edition_id):
            files.make_folder(editions_folder(data))
            files.publish_file(path, editions_folder(data) / f"{edition_id}.duckdb")


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


def edition_ids(data: Path) -> list[str]:
    """The ids of all editions, the latest first."""
    if in_store():
        return shared_editions.edition_ids(data)
    return sorted((path.stem for path in editions_folder(data).glob(shared_editions.PATTERN)), reverse=True)


def edition_paths(data: Path) -> list[Path]:
    """The files of all editions, the latest first."""
    return [edition_path(data, edition_id) for edition_id in edition_ids(data)]


def exists(data: Path, edition_id: str) -> bool:
    """Whether there is an edition with that id; it is not fetched from a store."""
    if not _EDITION_ID.match(edition_id):
        return False
    if in_store():
        return shared_editions.exists(data, edition_id)
    return (editions_folder(data) / f"{edition_id}.duckdb").is_file()


def edition_path(data: Path, edition_id: str) -> Path:
    """The file of an edition, fetched from a store if this machine does not have it.

    Raises ClusterdashError if there is none with that id, or if it cannot be fetched.
    """
    if path := _found(data, edition_id):
        return path
    raise ClusterdashError("editions.unknown", edition=edition_id)


def _found(data: Path, edition_id: str) -> Path | None:
    """The file of an edition; None if there is none with that id. Raises ClusterdashError if it cannot be fetched."""
    if not _EDITION_ID.match(edition_id):
        return None
    path = editions_folder(data) / f"{edition_id}.duckdb"
    if not in_store():
        return path if path.is_file() else None
    fetched = shared_editions.fetched(data, edition_id)
    if not fetched and path.is_file():
        raise ClusterdashError("editions.not_taken_over", edition=edition_id, store=environment().editions)
    return fetched


def current_path(data: Path) -> Path:
    """The file of the served edition.

    Raises ClusterdashError if none is named, if the named one does not exist, or cannot be fetched from a store.
    """
    name = publications.served(data)
    if not name:
        raise NoEditionError(data)
    if path := _found(data, name):
        return path
    place = environment().editions or editions_folder(data) / f"{name}.duckdb"
    raise ClusterdashError("store.missing", edition=name, file=place)


def current_id(data: Path) -> str:
    """The id of the served edition; "" if none is named or it does not exist."""
    try:
        served = publications.served(data)
        return served if exists(data, served) else ""
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
    if not exists(data, edition_id):
        raise ClusterdashError("editions.unknown", edition=edition_id)
    publication = Publication(now.isoformat(timespec="seconds"), edition_id, by, did)
    return publications.add(data, publication, expected)


def history(data: Path) -> Sequence[Publication]:
    """All publications, the first one first."""
    return publications.read(data)


def previous_paths(data: Path) -> list[Path]:
    """The files of the editions served before the present one, the latest first, at most `MAX_EARLIER`."""
    present = current_id(data)
    known = dict.fromkeys(change.edition for change in reversed(history(data)) if change.edition != present)
    existing = set(edition_ids(data))
    found = [edition for edition in known if edition in existing][:MAX_EARLIER]
    return [edition_path(data, edition) for edition in found]


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
        if (among is None or edition in among) and exists(data, edition):
            return edition
    raise ClusterdashError("editions.none_before", edition=present)


def unpublished_ids(data: Path) -> list[str]:
    """The ids of the editions that were never served, the latest first."""
    known = {current_id(data), *(change.edition for change in history(data))}
    return [edition_id for edition_id in edition_ids(data) if edition_id not in known]


def unpublished(data: Path) -> list[Path]:
    """The files of the editions that were never served, the latest first."""
    return [edition_path(data, edition_id) for edition_id in unpublished_ids(data)]


def delete_edition(data: Path, edition_id: str) -> None:
    """Remove an edition that was never served. Raises ClusterdashError for one that was, or does not exist."""
    if not exists(data, edition_id):
        raise ClusterdashError("editions.unknown", edition=edition_id)
    if edition_id not in unpublished_ids(data):
        raise ClusterdashError("editions.was_served", edition=edition_id)
    remove_edition(data, edition_id)


def remove_edition(data: Path, edition_id: str) -> None:
    """Remove an edition, whether it was served or not; nothing happens if there is none."""
    if in_store():
        shared_editions.remove(data, edition_id)
    else:
        (editions_folder(data) / f"{edition_id}.duckdb").unlink(missing_ok=True)
