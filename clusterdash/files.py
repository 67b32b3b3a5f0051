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

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MADE = (
    "access.toml",
    "settings.toml",
    "clusterdash.sqlite",
    "clusterdash.sqlite-shm",
    "clusterdash.sqlite-wal",
    "drafts",
    "edition-cache",
    "editions",
    "evidence",
    "former-files",
    "sample",
    ".lock",
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


MOUNTS = Path("/proc/self/mounts")
"""The table of mounted file systems (Linux, `proc(5)`); elsewhere there is none, and all count as local."""
NETWORK_FILE_SYSTEMS = (
    *("9p", "afs", "beegfs", "ceph", "cifs", "gfs2", "gluster", "lustre", "ncp", "nfs", "ocfs2", "smb", "vboxsf"),
    *("fuse.ceph", "fuse.gluster", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"),
)
"""Beginnings of the names of file systems that several machines may write, or that do not lock as a local one does."""


def network_file_system(folder: Path) -> str:
    """The name of the network file system that holds a folder; "" if it is a local one, or not known."""
    try:
        table = [line.split(" ") for line in MOUNTS.read_text("utf-8", errors="replace").splitlines()]
    except OSError:
        return ""
    path = folder.resolve()
    points = [(Path(entry[1].replace("\\040", " ")), entry[2]) for entry in table if len(entry) > 2]
    # The longest mount point counts, and of two on the same folder the one that was mounted last.
    held_by = [
        (len(point.parts), place, kind) for place, (point, kind) in enumerate(points) if path.is_relative_to(point)
    ]
    kind = max(held_by, default=(0, 0, ""))[2]
    return kind if kind.startswith(NETWORK_FILE_SYSTEMS) else ""
