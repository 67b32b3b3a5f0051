"""Making of a backup, while people work: nobody waits for it, and it is of one moment.

All tables are read as they are at one moment; then the editions are copied, which never change. An edition is stored
before it is published, so each one that the tables name is there.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Table, select

from .. import files, settings
from ..cases import evidence_store, shared_evidence
from ..domain import ClusterdashError
from ..editions import catalog
from ..editions.reader import SCHEMA_VERSION
from ..operational_database import case_erasure, rows
from ..operational_database.engine import reading, revision
from ..operational_database.tables import EDITION_FILE, PUBLICATION
from ..version import version
from .archive import (
    DATABASE,
    EDITIONS,
    FILES,
    FORMAT,
    OPERATOR_FILES,
    OPERATOR_FOLDERS,
    ArchiveWriter,
    Manifest,
    parts_of,
)

_PUBLISHED = select(PUBLICATION.c.edition).order_by(PUBLICATION.c.publication_id)


def backup(data: Path, path: Path, now: datetime) -> Manifest:
    """Write a backup of an installation, and return what is in it; a file of before is replaced once it is whole.

    Every change that was acknowledged before `backup` is called is in it. Raises ClusterdashError if there is nothing
    to back up, if database or editions cannot be read, or if editions were removed meanwhile.
    """
    served = catalog.current_path(data).stem if catalog.history(data) else ""  # raises if its file is missing
    before = set(catalog.edition_ids(data))
    files.make_folder(path.parent)
    building = files.unfinished(path.parent, path.name)
    try:
        with files.create(building) as file, zipfile.ZipFile(file, "w") as archive:
            writer = ArchiveWriter(archive, now)
            with reading(data, at_one_moment=True) as connection:
                if connection is None:
                    raise ClusterdashError("backup.nothing", folder=data)
                for table in rows.TABLES:
                    if table is EDITION_FILE:
                        continue  # a store and its objects belong to an installation: a restore fills its own
                    writer.add(f"{DATABASE}/{table.name}.jsonl", _lines(connection, table), compress=True)
                published = list(connection.scalars(_PUBLISHED))
                served = published[-1] if published else served
                documents = case_erasure.evidence_in_use(connection)
                last_ids, schema, engine = rows.last_ids(connection), revision(connection), connection.dialect.name
            stored = _add_editions(writer, data)
            if gone := sorted((before.intersection(published) | {served} - {""}) - stored):
                raise ClusterdashError("backup.changed_meanwhile", editions=", ".join(gone))
            _add_operator_files(writer, data)
            shared_evidence.fetch_all(data, documents)
            _add_evidence(writer, data)
            made_at = now.astimezone(UTC).isoformat(timespec="seconds")
            manifest = Manifest(
                FORMAT, version(), made_at, engine, schema, SCHEMA_VERSION, served, last_ids, tuple(writer.files)
            )
            writer.finish(manifest)
        files.publish_file(building, path)
    finally:
        building.unlink(missing_ok=True)
    return manifest


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    return (rows.as_json(row) + b"\n" for row in rows.read_rows(connection, table))


def _add_editions(writer: ArchiveWriter, data: Path) -> set[str]:
    """Add all editions; returns their ids. One that is removed meanwhile is left out."""
    added = set()
    for edition_id in catalog.edition_ids(data):
        if not catalog.exists(data, edition_id):
            continue
        with catalog.edition_path(data, edition_id).open("rb") as file:
            writer.add(f"{EDITIONS}/{edition_id}.duckdb", parts_of(file), compress=False)
        added.add(edition_id)
    return added


def _add_evidence(writer: ArchiveWriter, data: Path) -> None:
    """Add the documents of cases: each was stored before the row that names it. One removed meanwhile is left out."""
    for sha256 in evidence_store.stored(data):
        with suppress(FileNotFoundError), evidence_store.path(data, sha256).open("rb") as file:
            name = evidence_store.path(data, sha256).relative_to(data).as_posix()
            writer.add(f"{FILES}/{name}", parts_of(file), compress=False)


def _add_operator_files(writer: ArchiveWriter, data: Path) -> None:
    """Add what the operator maintains; in the project's own folder only settings, since the facts come with it."""
    of_project = data.resolve() == catalog.PROJECT_DATA.resolve()
    names = settings.FILES if of_project else OPERATOR_FILES
    found = [data / name for name in names]
    if not of_project:
        found += [path for name in OPERATOR_FOLDERS for path in sorted((data / name).rglob("*"))]
    for path in found:
        if path.is_file():
            with path.open("rb") as file:
                name = path.relative_to(data).as_posix()
                writer.add(f"{FILES}/{name}", parts_of(file), compress=True)
