"""The lock under which editions, publications and grants change: one thread of one server at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from .. import files
from .engine import POSTGRESQL, database_failure, open_database

_FILE = ".lock"
"""Below the data folder."""
_LOCK = 7041777
"""The advisory lock of PostgreSQL, which a server that dies gives back."""
_HELD = threading.local()


@contextmanager
def folder_locked(data: Path) -> Iterator[None]:
    """Hold the lock of a data folder, over all processes of this machine; it is reentrant."""
    files.make_folder(data)
    with FileLock(data / _FILE, mode=files.PRIVATE_FILE, is_singleton=True):
        yield


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the lock of an installation, over all processes of this machine and all servers of a PostgreSQL database.

    It is reentrant. What is read, decided and written while holding it has no other change in between; what others
    write without it (labels, the access log) goes on. Raises ClusterdashError if the database cannot be reached.
    """
    with folder_locked(data):
        held: set[Path] = _HELD.__dict__.setdefault("folders", set())
        engine = open_database(data, create=False)
        if data in held or engine is None or engine.url.get_backend_name() != POSTGRESQL:
            yield
            return
        held.add(data)
        try:
            with database_locked(engine):
                yield
        except SQLAlchemyError as error:
            raise database_failure(error, data) from error
        finally:
            held.discard(data)


@contextmanager
def database_locked(engine: Engine) -> Iterator[None]:
    """Hold the lock of a PostgreSQL database over all servers; a SQLite file has none but that of its folder."""
    if engine.dialect.name != POSTGRESQL:
        yield
        return
    with engine.connect().execution_options(reading=True, isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": _LOCK})
        try:
            yield
        finally:
            connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": _LOCK})
