"""How files are written: whole or not at all, on the disk before anybody is told, and readable by their owner alone."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_LOCK = ".lock"


def make_folder(folder: Path) -> Path:
    """A folder that its owner alone may enter, made where it is not there yet; returns it."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    return folder


def write(path: Path, content: bytes) -> None:
    """Replace the content of a file in one step: a reader, or a power cut, meets the old content or the new one.

    The file is readable by its owner alone; its folder is made where it is not there yet. Raises OSError where that is
    not possible, and leaves the old content then.
    """
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def append(path: Path, line: str) -> None:
    """Add a line to a file in one write, so that lines of two processes never mix; `line` comes without its end.

    The file is made, readable by its owner alone, where it is not there yet.
    """
    make_folder(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
    try:
        os.write(handle, f"{line}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def publish_file(temporary: Path, path: Path) -> None:
    """Give a file that was written beside its final name in one step; it is on the disk then, and its owner's alone."""
    temporary.chmod(PRIVATE_FILE)
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until a folder's new names are on the disk, so that a power cut cannot undo them in another order."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the lock of a data folder: of all threads and processes on this machine one at a time is inside.

    The holder may take it again. Whoever changes what is served, or who may see what, reads, decides and writes
    inside, so that nobody else's change comes between.
    """
    make_folder(data)
    with FileLock(data / _LOCK, mode=PRIVATE_FILE, is_singleton=True):
        yield
