"""Opening of the operational database of a data folder, brought to the latest schema."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from .. import files
from ..domain import ClusterdashError

FILE = "clusterdash.sqlite"
"""Below the data folder."""
MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 10
"""How long a change waits for those of others."""
_OPENING = threading.Lock()
_OPEN: dict[Path, tuple[int, Engine]] = {}
"""Engines by the file of their database, with its inode: a file put into its place is opened anew."""


def database_path(data: Path) -> Path:
    """The file of the operational database of a data folder."""
    return data / FILE


@contextmanager
def reading(data: Path) -> Iterator[Connection | None]:
    """A connection that reads, without holding up who writes; None where there is no database yet.

    Raises ClusterdashError as `open_database`, and if reading fails.
    """
    engine = open_database(data, create=False)
    if engine is None:
        yield None
        return
    try:
        with engine.connect().execution_options(reading=True) as connection:
            yield connection
    except SQLAlchemyError as error:
        raise database_failure(error, database_path(data)) from error


@contextmanager
def writing(data: Path) -> Iterator[Connection]:
    """A connection whose changes are made together at the end, or not at all; the database is created if need be.

    Raises ClusterdashError as `open_database`, and if writing fails.
    """
    engine = open_database(data, create=True)
    assert engine is not None  # it was to be created
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise database_failure(error, database_path(data)) from error


def open_database(data: Path, *, create: bool) -> Engine | None:
    """The engine of a data folder, opened once for all threads; None where there is no database yet, unless `create`.

    Raises ClusterdashError if the file cannot be read, or was made by a later version of the program.
    """
    path = database_path(data)
    with _OPENING:
        found = path.stat().st_ino if path.exists() else None
        known, engine = _OPEN.get(path, (None, None))
        if engine is not None and known == found:
            return engine
        if engine is not None:
            engine.dispose()
            del _OPEN[path]
        if found is None and not create:
            return None
        engine = _opened(data, path)
        _OPEN[path] = path.stat().st_ino, engine
        return engine


def _opened(data: Path, path: Path) -> Engine:
    files.make_folder(data)
    path.touch(files.PRIVATE_FILE)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            migrate(connection)
    except CommandError as error:  # a revision that this program does not have
        engine.dispose()
        raise ClusterdashError("operational.later", file=path) from error
    except SQLAlchemyError as error:
        engine.dispose()
        raise database_failure(error, path) from error
    return engine


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring a database to a revision of the schema, within the connection's transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def database_failure(error: SQLAlchemyError, path: Path) -> ClusterdashError:
    """The sentence for an error of the database: with the reason that it gives."""
    reason = error.orig if isinstance(error, DatabaseError) else error
    return ClusterdashError("operational.failed", file=path, detail=str(reason))


def _prepare(connection: Any, _record: object) -> None:
    """Set up a connection of SQLite: writers do not block readers, and what is committed is on the disk."""
    connection.isolation_level = None  # transactions begin as `_begin` says, not when the driver thinks so
    for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
        connection.execute(f"pragma {pragma}")


def _begin(connection: Connection) -> None:
    """Begin as a writer: a transaction that reads first and then writes would be refused if another wrote meanwhile."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("begin" if reading else "begin immediate")
