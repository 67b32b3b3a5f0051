"""Move of the operational database into another, empty one: from the data folder to PostgreSQL, or back.

All rows are written to the target in one transaction and compared; then the source is marked as moved, so that servers
which still use it are refused, and its file is set aside. Interrupted before that mark, the source stays in use;
afterwards, or if only the target was written, running the move again ends it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from .. import files
from ..domain import ClusterdashError
from . import former_files, rows
from .engine import (
    FILE,
    MOVED,
    UnknownRevisionError,
    connect,
    database_path,
    database_url,
    migrate,
    parse_url,
    reason,
    revision,
)
from .lock import database_locked, folder_locked

TO_FILE = "sqlite"
"""The name of the target that is the file in the data folder."""


@dataclass(frozen=True, slots=True)
class MoveResult:
    """What was moved: where to, without a password; how many rows; where the file of before is now, if there is one."""

    database: str
    rows: int
    set_aside: Path | None


def move(data: Path, to: str) -> MoveResult:
    """Move all rows of the operational database to an address, or to the file in the data folder (`TO_FILE`).

    Nobody else can write meanwhile. Raises ClusterdashError, and changes nothing, if there is nothing to move, if the
    target holds other rows, or if one of the two cannot be read or written.
    """
    source, target = _ends(data, to)
    name = _name(target)
    into_file, building = target == parse_url(None, data), files.unfinished(data, FILE)
    if into_file:
        _refuse_if_present(database_path(data))
        files.sweep_unfinished(data)
        building.touch(files.PRIVATE_FILE)
        target = URL.create("sqlite", database=str(building))
    try:
        with (
            folder_locked(data),
            _engine(source) as old_engine,
            database_locked(old_engine),  # also where it is marked as moved already
            _engine(target) as new_engine,
        ):
            moved = _copy(old_engine, new_engine, name)
        if into_file:
            _set_aside(data / former_files.FOLDER / FILE)
            files.publish_file(building, database_path(data))
            return MoveResult(name, moved, None)
    except SQLAlchemyError as error:
        raise ClusterdashError("move.failed", database=name, detail=reason(error)) from error
    except UnknownRevisionError as error:
        raise ClusterdashError("operational.later", file=_name(source)) from error
    finally:
        for left in data.glob(f"{building.name}*"):
            left.unlink(missing_ok=True)
    return MoveResult(name, moved, _set_aside(database_path(data)))


def _ends(data: Path, to: str) -> tuple[URL, URL]:
    """The addresses of source and target. Raises ClusterdashError if there is nothing to move, or nowhere to."""
    file, configured = parse_url(None, data), database_url(data)
    if to == TO_FILE:
        source, target = configured, file
    else:
        try:
            target = parse_url(to, data)
        except ClusterdashError as error:
            raise ClusterdashError("move.unknown_target", **error.values) from error
        source = file if database_path(data).exists() else configured
    if source == target:
        raise ClusterdashError("move.same", database=_name(target))
    if source == file and not database_path(data).exists():
        raise ClusterdashError("move.nothing", file=database_path(data), database=_name(target))
    return source, target


def _copy(old_engine: Engine, new_engine: Engine, name: str) -> int:
    """Write all rows into the target unless they are there, then mark the source; returns how many there are."""
    with old_engine.begin() as old:
        if not revision(old).startswith(MOVED):  # else a move was interrupted
            migrate(old)
        here = rows.digests(old)
        with new_engine.begin() as new:
            copy_rows(old, new, here, name)
        _mark(old)
    if old_engine.dialect.name == "sqlite":  # a server that has it open may keep its log; the file is whole without
        with old_engine.connect().execution_options(isolation_level="AUTOCOMMIT", reading=True) as connection:
            connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    return sum(digest.rows for digest in here.values())


def copy_rows(old: Connection, new: Connection, here: dict[str, rows.TableDigest], name: str) -> None:
    """Write the rows of one database, whose digests are `here`, into another, unless they are there already.

    Raises ClusterdashError if it, called `name`, holds other rows, or does not hold the same rows afterwards.
    """
    if revision(new).startswith(MOVED):
        raise ClusterdashError("move.taken", database=name)
    migrate(new)
    there = rows.digests(new)
    if there == here:
        return
    if any(digest.rows for digest in there.values()):
        raise ClusterdashError("move.taken", database=name)
    for table in rows.TABLES:
        rows.insert_rows(new, table, rows.read_rows(old, table))
    rows.set_last_ids(new, rows.last_ids(old))
    there = rows.digests(new)
    if different := [name for name in here if here[name] != there[name]]:
        raise ClusterdashError("move.differs", tables=", ".join(different))


def _mark(old: Connection) -> None:
    if not revision(old).startswith(MOVED):
        old.execute(text("update alembic_version set version_num = :mark"), {"mark": f"{MOVED}{revision(old)}"})


def _refuse_if_present(path: Path) -> None:
    if path.exists():
        raise ClusterdashError("move.taken", database=path)


def _set_aside(path: Path) -> Path | None:
    """Move a database's file, with what SQLite keeps beside it, into the folder of former files; None if absent.

    One that is there already is named after the time of its last change.
    """
    if not path.exists():
        return None
    folder = path.parent if path.parent.name == former_files.FOLDER else path.parent / former_files.FOLDER
    kept = files.make_folder(folder) / path.name
    if kept == path or kept.exists():
        changed = datetime.fromtimestamp(kept.stat().st_mtime, UTC)
        _rename(kept, kept.with_name(f"{kept.stem}-{changed:%Y%m%d-%H%M%S-%f}{kept.suffix}"))
    if kept != path:
        _rename(path, kept)
    files.sync_folder(path.parent)
    return kept


def _rename(path: Path, to: Path) -> None:
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    log = path.with_name(f"{path.name}-wal")  # empty, unless a server was reading all the time
    if log.exists() and not log.stat().st_size:
        log.unlink()
    elif log.exists():
        log.rename(to.with_name(f"{to.name}-wal"))
    path.rename(to)


def _name(url: URL) -> str:
    return url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


@contextmanager
def _engine(url: URL) -> Iterator[Engine]:
    engine = connect(url)
    try:
        yield engine
    finally:
        engine.dispose()
