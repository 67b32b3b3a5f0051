"""Files: written atomically, synced to disk, and readable by their owner only; and whether one has changed."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from filelock import FileLock

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LOCK = ".lock"
_MADE = (
    "access.toml",
    "audit",
    "clusterdash.sqlite",
    "clusterdash.sqlite-shm",
    "clusterdash.sqlite-wal",
    "current",
    "drafts",
    "editions",
    "grants.csv",
    "journal.jsonl",
    "sample",
    "signed-out",
    _LOCK,
)
"""What the program creates or reads in a data folder that must be private; everything else is public facts."""


class FileState(NamedTuple):
    """What distinguishes a file from another one put into its place: a key for what was read from it."""

    path: Path
    inode: int
    size: int
    changed_ns: int


def file_state(path: Path) -> FileState:
    """The present state of a file. Raises OSError if there is none."""
    found = path.stat()
    return FileState(path, found.st_ino, found.st_size, found.st_mtime_ns)


def make_folder(folder: Path) -> Path:
    """Create a folder, and its parents, that only the owner may enter, unless it exists; returns it."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    return folder


def set_private_umask() -> int:
    """Let this process, including libraries, create files and folders that only the owner may read.

    Returns the previous mask (`os.umask`).
    """
    return os.umask(_OTHERS)


@contextmanager
def private_umask() -> Iterator[None]:
    """As `set_private_umask`, until the context ends."""
    before = set_private_umask()
    try:
        yield
    finally:
        os.umask(before)


def protect(data: Path) -> list[Path]:
    """Remove the permissions of other users from what the program has created in a data folder.

    Returns the paths that others can still access: not owned by this user, or on a file system without modes.
    """
    made = [data / name for name in _MADE if (data / name).exists()]
    for top in list(made):
        for folder, folders, names in os.walk(top):
            made += [Path(folder, name) for name in (*folders, *names)]
    return [path for path in made if not _made_private(path)]


def _made_private(path: Path) -> bool:
    if os.name != "posix":  # modes have no meaning there
        return True
    try:
        if path.stat().st_mode & _OTHERS:
            path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)
        return not path.stat().st_mode & _OTHERS
    except FileNotFoundError:  # removed in the meantime
        return True
    except OSError:
        return False


def create(path: Path) -> BinaryIO:
    """Open a new or emptied file for writing, readable by its owner only; its folder must exist."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    if os.name == "posix" and path.is_file():
        os.fchmod(handle, PRIVATE_FILE)
    return os.fdopen(handle, "w+b")


def write_output(path: Path, content: bytes) -> None:
    """Write an output file as `write_atomically` does; a device or a pipe is written to directly."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)
    else:
        write_atomically(path, content)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace the content of a file in one step: readers, or a power failure, see the old content or the new one.

    The file is readable by its owner only; its folder is created if needed. Raises OSError if that is not possible, and
    keeps the old content then.
    """
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp creates it with mode 0600
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
    """Append a line to a file in one write, so that lines of two processes never mix; `line` has no line break.

    The file is created, readable by its owner only, if it does not exist.
    """
    make_folder(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
    try:
        os.write(handle, f"{line}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def publish_file(temporary: Path, path: Path) -> None:
    """Rename a finished temporary file to its final name in one step, synced to disk and readable by its owner only."""
    temporary.chmod(PRIVATE_FILE)
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def unfinished(folder: Path, name: str) -> Path:
    """The temporary path of a file that this process is building in a folder (`sweep_unfinished`)."""
    return folder / f".{name}.{os.getpid()}.building"


def sweep_unfinished(folder: Path) -> None:
    """Remove unfinished files of processes that no longer run."""
    for left in folder.glob(".*.building*"):
        process = re.search(r"\.(\d+)\.building", left.name)
        if process and not _alive(int(process[1])):
            remove(left)


def remove(left: Path) -> None:
    """Remove a file, or a folder with its content."""
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
    """Sync a folder's entries to disk, so that a power failure cannot undo renames in another order."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the lock of a data folder: one thread of one process on this machine at a time.

    The lock is reentrant. Changes of the served edition or of grants are read, decided and written while holding it, so
    that no other change comes between.
    """
    make_folder(data)
    with FileLock(data / _LOCK, mode=PRIVATE_FILE, is_singleton=True):
        yield
