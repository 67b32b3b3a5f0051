"""The form of a backup: a ZIP of the database's rows, the editions, the operator's files, and a manifest of all.

`database/<table>.jsonl` has a JSON object for each row, `editions/` the files of the editions, `files/` those of the
operator, below the data folder. `manifest.json` names each with its size and hash; it is written last. Everything is
written and read in parts, so that memory does not grow with the size of an edition.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final, Literal

from pydantic import TypeAdapter, ValidationError

from .. import settings
from ..cases import evidence_store
from ..domain import ClusterdashError

FORMAT: Final = 1
MANIFEST = "manifest.json"
DATABASE, EDITIONS, FILES = "database", "editions", "files"
"""The folders of an archive."""
OPERATOR_FILES = (*settings.FILES, "contact.toml", "official_totals.csv")
OPERATOR_FOLDERS = ("labels", "scheme")
"""What an operator maintains in the data folder."""
EVIDENCE = evidence_store.FOLDER
"""The folder of documents handed in in cases."""
PART_SIZE = 1 << 20
"""Bytes of a file that are in memory at once."""
_LARGEST_MANIFEST = 64 << 20
_NAME = r"[^/\\\0-\x1f]*[^/\\\0-\x1f.][^/\\\0-\x1f]*"
_KNOWN = re.compile(
    rf"{DATABASE}/[a-z_]+\.jsonl|{EDITIONS}/[0-9A-Za-z-]{{1,64}}\.duckdb"
    rf"|{FILES}/(?:{'|'.join(map(re.escape, OPERATOR_FILES))}|(?:{'|'.join(OPERATOR_FOLDERS)})(?:/{_NAME})+"
    rf"|{EVIDENCE}/[0-9a-f]{{2}}/[0-9a-f]{{64}})"
)
"""The paths that an archive may have: none leads out of the data folder."""


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """A file of an archive: its path there, its size in bytes, and its SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds, and of when it is (UTC, ISO 8601).

    `program`: the version that made it; `revision`: of the database's schema; `edition_schema`: the latest version of
    editions that it knew; `engine`: of the database; `served`: the id of the served edition, "" for none; `last_ids`:
    the highest id ever given in each table.
    """

    format: Literal[1]
    program: str
    made_at: str
    engine: str
    revision: str
    edition_schema: int
    served: str
    last_ids: Mapping[str, int]
    files: tuple[ArchivedFile, ...]

    def size(self, folder: str) -> tuple[int, int]:
        """The number of files in a folder of the archive, and their size in bytes."""
        found = [file.size for file in self.files if file.name.startswith(f"{folder}/")]
        return len(found), sum(found)


_MANIFEST = TypeAdapter(Manifest)


class ArchiveWriter:
    """Adds files to a new archive; `files` are those added so far."""

    def __init__(self, archive: zipfile.ZipFile, now: datetime) -> None:
        """`archive` is open for writing; `now` becomes the time of each file."""
        self.files: list[ArchivedFile] = []
        self._archive = archive
        self._time = now.timetuple()[:6]

    def add(self, name: str, parts: Iterable[bytes], *, compress: bool) -> None:
        """Add a file, given in parts."""
        entry = zipfile.ZipInfo(name, self._time)
        entry.external_attr = 0o600 << 16
        entry.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        size, digest = 0, hashlib.sha256()
        with self._archive.open(entry, "w", force_zip64=True) as file:
            for part in parts:
                file.write(part)
                digest.update(part)
                size += len(part)
        self.files.append(ArchivedFile(name, size, digest.hexdigest()))

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest."""
        self.add(MANIFEST, [_MANIFEST.dump_json(manifest, indent=1)], compress=True)


def parts_of(file: IO[bytes]) -> Iterator[bytes]:
    """The content of a file, in parts."""
    return iter(lambda: file.read(PART_SIZE), b"")


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """An archive that is open for reading, and its manifest.

    Raises ClusterdashError if the file is no backup, is of a later form, or turns out to be damaged while it is read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive, _manifest(archive, path)
    except FileNotFoundError as error:
        raise ClusterdashError("backup.absent", file=path) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ClusterdashError("backup.damaged", file=path, detail=str(error)) from error


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        entry = archive.getinfo(MANIFEST)
        if entry.file_size > _LARGEST_MANIFEST:
            raise ClusterdashError("backup.no_backup", file=path)
        manifest = _MANIFEST.validate_json(archive.read(entry))
    except (KeyError, ValidationError) as error:
        raise ClusterdashError("backup.no_backup", file=path) from error
    named = [file.name for file in manifest.files]
    if sorted([*named, MANIFEST]) != sorted(archive.namelist()) or not all(map(_KNOWN.fullmatch, named)):
        raise ClusterdashError("backup.damaged", file=path, detail=MANIFEST)
    return manifest


def verify(path: Path) -> Manifest:
    """Read a whole archive and compare it with its manifest, which is returned.

    Raises ClusterdashError as `opened`, and if a file is not the one that the manifest names.
    """
    with opened(path) as (archive, manifest):
        for file in manifest.files:
            for _ in checked(archive, file, path):
                pass
    return manifest


def checked(archive: zipfile.ZipFile, file: ArchivedFile, path: Path) -> Iterator[bytes]:
    """The content of a file in an archive (of that `path`), in parts.

    Raises ClusterdashError, at its end, if it is not the one that the manifest names.
    """
    size, digest = 0, hashlib.sha256()
    with archive.open(file.name) as content:
        for part in parts_of(content):
            size += len(part)
            digest.update(part)
            yield part
    if (size, digest.hexdigest()) != (file.size, file.sha256):
        raise ClusterdashError("backup.damaged", file=path, detail=file.name)
