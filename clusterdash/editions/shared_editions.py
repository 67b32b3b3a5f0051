"""Editions that several servers share: listed in the operational database, held by a store, cached on each machine.

The cache is the folder `<data>/edition-cache/`. Nothing in it is the only copy: a file whose hash is not the listed one
is fetched anew, one that is no longer listed is removed. Files of `<data>/editions/`, from before there was a store,
are taken over into it once.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from filelock import FileLock

from .. import files
from ..domain import ClusterdashError
from ..files import FileState, file_state
from ..operational_database import edition_files, publications
from ..operational_database.edition_files import EditionFile
from ..operational_database.lock import locked
from .edition_store import EditionStore, configured_store

CACHE = "edition-cache"
"""Below the data folder."""
PATTERN = "[0-9A-Za-z]*.duckdb"
UNREFERENCED_LIFETIME = timedelta(days=1)
"""A younger object without a row may be about to get one: its upload has just ended."""
_FAILED: dict[Path, tuple[float, ClusterdashError]] = {}
"""When a download last failed, and why: those who have waited for it meanwhile do not try again one after the other."""
_FAILING = threading.Lock()


def cache_folder(data: Path) -> Path:
    """The folder of this machine's copies."""
    return data / CACHE


def edition_ids(data: Path) -> list[str]:
    """The ids of all editions, the latest first. Raises ClusterdashError if the database cannot be read."""
    return [file.edition_id for file in edition_files.read(data)]


def exists(data: Path, edition_id: str) -> bool:
    """Whether there is an edition with that id. Raises ClusterdashError as `edition_ids`."""
    return edition_files.find(data, edition_id) is not None


def fetched(data: Path, edition_id: str) -> Path | None:
    """This machine's copy of an edition, fetched from the store unless it is there whole; None if there is none.

    One thread of one process fetches it, the others wait. Raises ClusterdashError if the store cannot be read, or holds
    something else.
    """
    file = edition_files.find(data, edition_id)
    return _copy(data, file) if file else None


def fetch_all(data: Path) -> list[ClusterdashError]:
    """Fetch all editions that this machine does not have, the served one first, and remove what is no longer listed.

    Returns why some could not be fetched. Raises ClusterdashError if the database cannot be read.
    """
    cached = list(cache_folder(data).glob(PATTERN))  # before the list: what was cached then was listed already
    listed, served = edition_files.read(data), publications.served(data)
    known = {file.edition_id for file in listed}
    for path in cached:
        if path.stem not in known:
            path.unlink(missing_ok=True)
    failed: list[ClusterdashError] = []
    for file in sorted(listed, key=lambda file: file.edition_id != served):
        try:
            _copy(data, file)
        except ClusterdashError as error:
            failed.append(error)
    return failed


def upload(path: Path) -> tuple[str, int]:
    """Put the edition in a file into the store; returns its SHA-256 and its size in bytes.

    It does not exist for anybody until it is listed (`add`). Raises ClusterdashError if the store cannot be written.
    """
    sha256 = _hash(file_state(path))
    _store().put(path, sha256)
    return sha256, path.stat().st_size


def add(data: Path, path: Path, edition_id: str, uploaded: tuple[str, int], by: str) -> None:
    """List an edition that was uploaded, unless there is one with that id, and move its file into the cache.

    Raises ClusterdashError if the database cannot be written.
    """
    sha256, size = uploaded
    with locked(data):
        if not _store().has(sha256):  # swept meanwhile: it had been uploaded long ago, and never listed
            _store().put(path, sha256)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        added = edition_files.add(data, EditionFile(edition_id, sha256, size, now, by))
    if added.sha256 == sha256:
        _move(path, _path(data, edition_id), added)


def replace(data: Path, path: Path, edition_id: str) -> str:
    """Let the file at `path` be an edition's from now on; the object of before stays until it is swept.

    Returns the address of the object of before. Raises ClusterdashError if store or database cannot be written.
    """
    before = edition_files.find(data, edition_id)
    assert before is not None  # it was read to be replaced
    sha256, size = upload(path)
    edition_files.replace(data, edition_id, sha256, size)
    _move(path, _path(data, edition_id), dataclasses.replace(before, sha256=sha256, size=size))
    return _store().object_address(before.sha256)


def remove(data: Path, edition_id: str) -> None:
    """Remove an edition from the list, then from the store and the cache; other machines remove their copies.

    Raises ClusterdashError if the database cannot be written. Where the store cannot, the object stays until it is
    swept.
    """
    with locked(data):
        file = edition_files.find(data, edition_id)
        edition_files.remove(data, edition_id)
        if file:  # no other edition is in that object: an edition's id is in its file
            try:
                _store().delete(file.sha256)
            except ClusterdashError:
                logging.getLogger("clusterdash").warning("the object of edition %s remains in the store", edition_id)
    _path(data, edition_id).unlink(missing_ok=True)


def sweep(data: Path, now: datetime) -> list[str]:
    """Remove objects of the store that hold no edition, unless they were written within a day; returns their addresses.

    Raises ClusterdashError if no edition is listed at all: the database may be another installation's, or a new one.
    """
    with locked(data):
        known = {file.sha256 for file in edition_files.read(data)}
        if not known:
            raise ClusterdashError("edition_store.nothing_listed", store=_store().address)
        store = _store()
        left = [found for found in store.stored() if found.sha256 not in known]
        old = [found.sha256 for found in left if found.written_at < now - UNREFERENCED_LIFETIME]
        for sha256 in old:
            store.delete(sha256)
        return [store.object_address(sha256) for sha256 in old]


def take_over(data: Path, folder: Path, replaced: Path) -> Iterator[str]:
    """Bring the editions in a folder into the store and move them into the cache; yields the id of each.

    One that is listed already with another content, as after an upgrade elsewhere, is moved to `replaced` instead.
    Raises ClusterdashError if store or database cannot be written: what remains is taken over the next time.
    """
    for path in sorted(folder.glob(PATTERN)):
        listed = edition_files.find(data, path.stem)
        if listed is None:
            add(data, path, path.stem, upload(path), "")
        elif listed.sha256 == _hash(file_state(path)):
            _move(path, _path(data, path.stem), listed)
        if path.exists():
            path.replace(files.make_folder(replaced) / f"{path.stem}-{_hash(file_state(path))[:12]}.duckdb")
        yield path.stem


def _copy(data: Path, file: EditionFile) -> Path:
    path, asked_at = _path(data, file.edition_id), time.monotonic()
    if _is_whole(path, file):
        return path
    with _downloading(path):
        with _FAILING:
            failed_at, reason = _FAILED.get(path, (0.0, None))
        if reason and failed_at > asked_at:
            raise reason
        if not _is_whole(path, file):
            try:
                _store().fetch(file.sha256, file.size, path)
            except ClusterdashError as error:
                with _FAILING:
                    _FAILED[path] = time.monotonic(), error
                raise
    return path


@contextmanager
def _downloading(path: Path) -> Iterator[None]:
    """Let one thread of one process of this machine fetch an edition at a time."""
    files.make_folder(path.parent)
    files.sweep_unfinished(path.parent)
    with FileLock(path.parent / f".{path.name}.lock", mode=files.PRIVATE_FILE):
        yield


def _is_whole(path: Path, file: EditionFile) -> bool:
    try:
        state = file_state(path)
        return state.size == file.size and _hash(state) == file.sha256
    except OSError:
        return False


@lru_cache(maxsize=4096)
def _hash(state: FileState) -> str:
    """The SHA-256 of a file, read once for each state of it."""
    with state.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _move(path: Path, target: Path, file: EditionFile) -> None:
    """Move a file into the cache, unless it was fetched meanwhile: whoever reads it would have to open it anew."""
    with _downloading(target):
        if _is_whole(target, file):
            path.unlink()
        else:
            files.publish_file(path, target)


def _path(data: Path, edition_id: str) -> Path:
    return cache_folder(data) / f"{edition_id}.duckdb"


def _store() -> EditionStore:
    store = configured_store()
    assert store is not None  # who asks has made sure
    return store
