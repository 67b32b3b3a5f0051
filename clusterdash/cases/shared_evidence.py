"""The documents of cases in the store that several servers share: the data folder of each server has copies.

Without a store (`CLUSTERDASH_EDITIONS`) there is one server, whose data folder has them all; nothing is done here then.
Each function raises ClusterdashError if the store cannot be reached, or if a document in it is not what was written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from .. import files
from ..editions.edition_store import EditionStore, configured_store
from ..operational_database import case_erasure
from ..operational_database.engine import reading
from . import evidence_store

FOLDER = "evidence"
"""Below the address of the store."""


def put(data: Path, sha256: str) -> None:
    """Write a document of the data folder to the store, before its row is."""
    if store := _store():
        store.put(evidence_store.path(data, sha256), sha256)


def put_all(data: Path) -> None:
    """Write all documents of the data folder to the store: they come from a backup."""
    for sha256 in evidence_store.stored(data):
        put(data, sha256)


def take_over(data: Path) -> None:
    """Write the documents of the data folder that cases have to the store: an installation that begins to use one.

    What was erased meanwhile, and is here as a copy only, stays away. Raises ClusterdashError also if the operational
    database cannot be read.
    """
    if _store() is None:
        return
    with reading(data) as connection:
        used = case_erasure.evidence_in_use(connection) if connection else {}
    for sha256 in evidence_store.stored(data):
        if sha256 in used:
            put(data, sha256)


def fetch(data: Path, sha256: str, size: int) -> None:
    """Bring a document of so many bytes to the data folder, unless it is there and whole."""
    store, target = _store(), evidence_store.path(data, sha256)
    if store and not evidence_store.is_whole(target, sha256):
        files.make_folder(target.parent)
        store.fetch(sha256, size, target)


def fetch_all(data: Path, sizes: Mapping[str, int]) -> None:
    """Bring all documents to the data folder, for a backup; `sizes`: their bytes by hash."""
    for sha256, size in sizes.items():
        fetch(data, sha256, size)


def remove_unreferenced(
    referenced: Collection[str], now: datetime, kept: timedelta = evidence_store.KEPT_UNREFERENCED
) -> None:
    """Remove documents from the store that no row names, unless they were written within so long."""
    if store := _store():
        for found in list(store.stored()):
            if found.sha256 not in referenced and found.written_at < now - kept:
                store.delete(found.sha256)


def _store() -> EditionStore | None:
    return configured_store(FOLDER, "")
