"""Restore of a backup into an empty installation.

The whole backup is checked first. While it is being put in place, a file in the data folder says so: until that is
gone, the database is not opened by anybody, and the restore can be run again. The database comes last, in one step.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, MetaData, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from .. import files
from ..cases import shared_evidence
from ..domain import ClusterdashError
from ..editions import catalog, shared_editions
from ..editions.reader import SCHEMA_VERSION
from ..editions.upgrade import REPLACED
from ..operational_database import former_files, rows
from ..operational_database.engine import (
    FILE,
    UNFINISHED_RESTORE,
    UnknownRevisionError,
    connect,
    database_failure,
    database_name,
    database_path,
    database_url,
    knows_revision,
    migrate,
)
from ..operational_database.lock import folder_locked
from ..operational_database.move import copy_rows
from .archive import DATABASE, EDITIONS, FILES, ArchivedFile, Manifest, checked, opened, verify


def restore(path: Path, data: Path) -> Manifest:
    """Restore a backup into an empty data folder, and into the empty database that is configured for it.

    A backup that an earlier version of the program made is brought up to the present schema. Raises ClusterdashError,
    and changes nothing, if the backup is damaged or of a later version, or if the installation is not empty.
    """
    manifest = verify(path)
    if not knows_revision(manifest.revision) or manifest.edition_schema > SCHEMA_VERSION:
        raise ClusterdashError("restore.later", program=manifest.program, file=path)
    with folder_locked(data), opened(path) as (archive, _):
        marker = data / UNFINISHED_RESTORE
        if marker.exists():  # an earlier restore was interrupted: these are its editions
            for left in catalog.editions_folder(data).glob("*"):
                files.remove(left)
        elif found := in_the_way(data, manifest):
            raise ClusterdashError("restore.not_empty", found=", ".join(found))
        files.sweep_unfinished(data)
        files.write_atomically(marker, f"{path.name}\n".encode())
        for file in manifest.files:
            folder, _, name = file.name.partition("/")
            if folder != DATABASE:
                place = catalog.editions_folder(data) if folder == EDITIONS else data
                _put(place / name, checked(archive, file, path))
        shared_evidence.put_all(data)  # before the database, so that an interrupted restore is run again
        _restore_database(data, archive, manifest, path)
        marker.unlink()
        files.sync_folder(data)
        if catalog.in_store():  # interrupted, the start of the server does the rest
            stored = catalog.editions_folder(data)
            for _ in shared_editions.take_over(data, stored, stored / REPLACED):
                pass
    return manifest


def in_the_way(data: Path, manifest: Manifest) -> list[str]:
    """What an installation has already of what a backup would bring, and of what the program writes by itself.

    Raises ClusterdashError if the database that is configured cannot be reached.
    """
    written = (FILE, "editions", "drafts", former_files.FOLDER, *former_files.NAMES)
    brought = (file.name.split("/")[1] for file in manifest.files if file.name.startswith(f"{FILES}/"))
    paths = [data / name for name in dict.fromkeys((*written, *brought))]
    found = [str(path) for path in paths if path.is_file() or (path.is_dir() and any(path.iterdir()))]
    if database_url(data).get_backend_name() != "sqlite":
        engine = connect(database_url(data))
        try:
            with engine.connect().execution_options(reading=True) as connection:
                present = set(inspect(connection).get_table_names())
                tables = [table for table in rows.TABLES if table.name in present]
                if any(connection.execute(select(table).limit(1)).first() for table in tables):
                    found.append(database_name(data))
        except SQLAlchemyError as error:
            raise database_failure(error, data) from error
        finally:
            engine.dispose()
    return found


def _put(path: Path, parts: Iterable[bytes]) -> None:
    files.sweep_unfinished(files.make_folder(path.parent))
    building = files.unfinished(path.parent, path.name)
    try:
        with files.create(building) as file:
            for part in parts:
                file.write(part)
        files.publish_file(building, path)
    finally:
        building.unlink(missing_ok=True)


def _restore_database(data: Path, archive: zipfile.ZipFile, manifest: Manifest, path: Path) -> None:
    """Load the rows into a file of SQLite, which becomes the database or is copied into the one configured."""
    building = files.unfinished(data, FILE)
    building.unlink(missing_ok=True)
    building.touch(files.PRIVATE_FILE)
    engine = connect(URL.create("sqlite", database=str(building)))
    try:
        _load(engine, archive, manifest, path)
        if database_url(data).get_backend_name() != "sqlite":
            target = connect(database_url(data))
            try:
                with engine.begin() as old, target.begin() as new:
                    copy_rows(old, new, rows.digests(old), database_name(data))
            finally:
                target.dispose()
            return
        engine.dispose()  # now its log is part of the file
        for left in ("", "-wal", "-shm"):
            database_path(data).with_name(f"{FILE}{left}").unlink(missing_ok=True)
        files.publish_file(building, database_path(data))
    except SQLAlchemyError as error:
        raise database_failure(error, data) from error
    except UnknownRevisionError as error:
        raise ClusterdashError("operational.later", file=database_name(data)) from error
    finally:
        engine.dispose()
        for rest in data.glob(f"{building.name}*"):
            rest.unlink(missing_ok=True)


def _load(engine: Engine, archive: zipfile.ZipFile, manifest: Manifest, path: Path) -> None:
    """Write the rows into tables of the schema that they had, then migrate to the present one."""
    with engine.begin() as connection:
        migrate(connection, manifest.revision)
        schema = MetaData()
        schema.reflect(connection)
        for file in manifest.files:
            name = file.name.removeprefix(f"{DATABASE}/").removesuffix(".jsonl")
            if file.name.startswith(f"{DATABASE}/"):
                if name not in schema.tables:
                    raise ClusterdashError("backup.damaged", file=path, detail=file.name)
                rows.insert_rows(connection, schema.tables[name], _rows(archive, file))
        rows.set_last_ids(connection, manifest.last_ids, schema.tables.values())
        migrate(connection)


def _rows(archive: zipfile.ZipFile, file: ArchivedFile) -> Iterator[dict[str, Any]]:
    with archive.open(file.name) as lines:
        yield from (json.loads(line) for line in lines)
