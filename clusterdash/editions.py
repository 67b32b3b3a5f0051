"""Where editions lie, and which one is served.

They lie in `<data>/editions/` and never change; the file `<data>/current` names the one that is served.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from .model import ClusterdashError

PROJECT_DATA = Path(__file__).resolve().parent.parent / "data"
"""The facts that come with the project; a data folder may have its own `scheme` and `labels` in their place."""
_EDITION_ID = re.compile(r"[0-9A-Za-z-]{1,64}\Z")


def editions_folder(data: Path) -> Path:
    """Where the editions of a data folder lie."""
    return data / "editions"


def current(data: Path) -> Path:
    """The file of the edition that is served.

    Raises ClusterdashError where none is named, or the one named is not there.
    """
    pointer = data / "current"
    if not pointer.exists():
        raise ClusterdashError("store.no_edition", folder=data)
    try:
        name = pointer.read_bytes().decode("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        name = ""
    if not _EDITION_ID.match(name) or not (path := editions_folder(data) / f"{name}.duckdb").is_file():
        raise ClusterdashError("store.missing", file=name or "?", pointer=pointer)
    return path


def point_to(data: Path, edition_id: str) -> None:
    """Make an edition the one that is served, at once for every reader that asks next."""
    beside = data / f".current.{os.getpid()}"
    with beside.open("w", encoding="utf-8") as file:
        file.write(edition_id + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(data / "current")
    settle(data)


def settle(folder: Path) -> None:
    """Wait until a folder's new names are on the disk, so that a power cut cannot undo them in another order."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
