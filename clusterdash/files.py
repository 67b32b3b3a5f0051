"""How files are written: whole or not at all, on the disk before anybody is told, and readable by their owner alone."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LOCK = ".lock"
_MADE = (
    "access.toml",
    "audit",
    "current",
    "drafts",
    "editions",
    "grants.csv",
    "journal.jsonl",
    "sample",
    "signed-out",
    _LOCK,
)
"""What the program makes in a data folder, or reads there of what nobody else should: all else is public facts."""


def make_folder(folder: Path) -> Path:
    """A folder that its owner alone may enter, made with those above it where it is not there yet; returns it."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    return folder


def set_private_umask() -> int:
    """From now on this process makes files and folders that its owner alone may read, libraries included.

    Returns the mask of before (`os.umask`).
    """
    return os.umask(_OTHERS)


@contextmanager
def private_umask() -> Iterator[None]:
    """The same for a while."""
    before = set_private_umask()
    try:
        yield
    finally:
        os.umask(before)


def protect(data: Path) -> list[Path]:
    """Take away everybody else's rights to what the program has made in a data folder.

    Returns what others can still read or change: it belongs to somebody else, or lies on a file system without modes.
    """
    made = [data / name for name in _MADE if (data / name).exists()]
    for top in list(made):
        for folder, folders, names in os.walk(top):
            made += [Path(folder, name) for name in (*folders, *names)]
    return [path for path in made if not _made_private(path)]


def _made_private(path: Path) -> bool:
    if os.name != "posix":  # modes say nothing there
        return True
    try:
        if path.stat().st_mode & _OTHERS:
            path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)
        return not path.stat().st_mode & _OTHERS
    except FileNotFoundError:  # somebody has removed it meanwhile
        return True
    except OSError:
        return False


def create(path: Path) -> BinaryIO:
    """A file to be written bit by bit, empty at first, and readable by its owner alone; its folder is there already."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    if os.name == "posix" and path.is_file():
        os.fchmod(handle, PRIVATE_FILE)
    return os.fdopen(handle, "w+b")


def write_output(path: Path, content: bytes) -> None:
    """Write a file where a user wants it: as `write` does, and into a device or a pipe as it is."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)
    else:
        write_atomically(path, content)


def write_atomically(path: Path, content: bytes) -> None:
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


def unfinished(folder: Path, name: str) -> Path:
    """Where this process writes a file that belongs into a folder, until it is complete (`sweep_unfinished`)."""
    return folder / f".{name}.{os.getpid()}.building"


def sweep_unfinished(folder: Path) -> None:
    """Remove what was left half-made by processes that are no more."""
    for left in folder.glob(".*.building*"):
        process = re.search(r"\.(\d+)\.building", left.name)
        if process and not _alive(int(process[1])):
            remove(left)


def remove(left: Path) -> None:
    """Remove a file, or a folder with all that is in it."""
    if left.is_dir():
        shutil.rmtree(left, ignore_errors=True)
    else:
        left.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


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
