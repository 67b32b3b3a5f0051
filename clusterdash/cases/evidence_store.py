"""The contents of evidence: files named by their SHA-256, written once and read only if they are still whole.

A file is stored before its row in the database, so a crash leaves at most a file that no row names.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from .. import files
from ..domain import ClusterdashError

FOLDER = "evidence"
"""In the data folder; below it a folder for the first two characters of each hash, and one for infected files."""
QUARANTINE = "quarantine"
KEPT_UNREFERENCED = timedelta(days=1)
"""How long a file is kept that no row names: its upload may not be complete."""
_HASH = re.compile(r"[0-9a-f]{64}")


def put(data: Path, content: bytes) -> str:
    """Store a content, once however often it is put; returns its SHA-256.

    Readers see all of it or nothing. Raises ClusterdashError if it cannot be written.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    target = path(data, sha256)
    try:
        if is_whole(target, sha256):
            os.utime(target)  # it counts as just stored: `remove_unreferenced` leaves it
            return sha256
        files.make_folder(target.parent)
        files.sweep_unfinished(target.parent)
        building = files.unfinished(target.parent, f"{sha256}-{threading.get_ident()}")
        try:
            with files.create(building) as file:
                file.write(content)
            files.publish_file(building, target)
        finally:
            building.unlink(missing_ok=True)
    except OSError as error:
        raise ClusterdashError("evidence_file.not_stored", detail=error.strerror or "") from error
    return sha256


def read(data: Path, sha256: str) -> bytes:
    """A stored content. Raises ClusterdashError if there is none with this hash, or if it is damaged."""
    try:
        content = path(data, sha256).read_bytes()
    except FileNotFoundError as error:
        raise ClusterdashError("evidence_file.absent") from error
    except OSError as error:
        raise ClusterdashError("evidence_file.unreadable", detail=error.strerror or "") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ClusterdashError("evidence_file.damaged")
    return content


def remove(data: Path, sha256: str) -> None:
    """Remove a content, if it is there, also from quarantine. Raises ClusterdashError for what is no hash."""
    for found in (path(data, sha256), data / FOLDER / QUARANTINE / sha256):
        found.unlink(missing_ok=True)


def stored(data: Path) -> tuple[str, ...]:
    """The hashes of all stored contents, sorted; without those in quarantine."""
    found = (data / FOLDER).glob("[0-9a-f][0-9a-f]/*")
    return tuple(sorted(one.name for one in found if _HASH.fullmatch(one.name) and one.name[:2] == one.parent.name))


def quarantine(data: Path, sha256: str) -> None:
    """Set an infected content aside, where `read` does not find it. Raises ClusterdashError as `read`."""
    target = data / FOLDER / QUARANTINE / sha256
    try:
        source = path(data, sha256)
        files.make_folder(target.parent)
        source.replace(target)
    except FileNotFoundError as error:
        raise ClusterdashError("evidence_file.absent") from error
    except OSError as error:
        raise ClusterdashError("evidence_file.unreadable", detail=error.strerror or "") from error


def remove_unreferenced(
    data: Path, referenced: Collection[str], now: datetime, kept: timedelta = KEPT_UNREFERENCED
) -> tuple[str, ...]:
    """Remove contents that no row names, unless they were stored within so long; returns their hashes."""
    oldest = (now - kept).timestamp()
    removed = []
    for sha256 in set(stored(data)).difference(referenced):
        try:
            if path(data, sha256).stat().st_mtime < oldest:
                remove(data, sha256)
                removed.append(sha256)
        except FileNotFoundError:  # removed in the meantime
            continue
    return tuple(sorted(removed))


def path(data: Path, sha256: str) -> Path:
    """Where a content is. Raises ClusterdashError for what is no hash, such as a path that leads elsewhere."""
    if not _HASH.fullmatch(sha256):
        raise ClusterdashError("evidence_file.absent")
    return data / FOLDER / sha256[:2] / sha256


def is_whole(target: Path, sha256: str) -> bool:
    """Whether a file is there and has this hash. Raises OSError if it cannot be read."""
    try:
        with target.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False
