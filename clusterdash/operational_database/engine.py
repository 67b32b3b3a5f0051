"""Opening of the operational database of a data folder, brought to the latest schema.

It is a file of SQLite in the data folder, or the PostgreSQL database that `CLUSTERDASH_DATABASE` names.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, SQLAlchemyError

from .. import files
from ..domain import ClusterdashError, DatabaseFailureError
from ..metrics import ERRORS
from ..settings import environment
from . import former_files

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

FILE = "clusterdash.sqlite"
"""Below the data folder."""
MIGRATIONS = Path(__file__).parent / "migrations"
POSTGRESQL = "postgresql"
DRIVER = "postgresql+psycopg"
BUSY_SECONDS = 10
"""How long a change waits for those of others, and a connection for the server."""
MAX_OPEN = 8
"""How many databases stay open: a server has one; tests and commands that go from one to another have more."""
_WRITER_LOCK = 7041776
"""The advisory lock of PostgreSQL that whoever writes holds, so that one writes at a time, as in SQLite."""
_AS_WRITER = text("select set_config('synchronous_commit', 'on', true), pg_advisory_xact_lock(:lock)")
"""One message to the server: what is committed is on its disk, and this transaction waits for its turn to write."""
MOVED = "moved:"
"""Stands before the revision of a database whose rows are in another one now (`move`)."""
UNFINISHED_RESTORE = ".restore-unfinished"
"""A file of the data folder while a backup is being restored into it: what is there is not whole."""
_REVISION = text("select version_num from alembic_version")
_READING: dict[str, dict[str, Any]] = {
    "sqlite": {"reading": True},
    POSTGRESQL: {"reading": True, "isolation_level": "AUTOCOMMIT"},  # one message to the server for each query
}
_AT_ONE_MOMENT: dict[str, dict[str, Any]] = {
    "sqlite": {"reading": True},  # a transaction of SQLite always reads so
    POSTGRESQL: {"reading": True, "isolation_level": "REPEATABLE READ"},
}
_WRITER, _READER = threading.local(), threading.local()
"""The connection of this thread that writes, and the one that reads, by data folder.

A thread that asks within a transaction takes no second connection: threads that hold one each would wait for ever.
"""
_OPENING = threading.Lock()
_OPEN: dict[str, tuple[int | None, Engine]] = {}
"""Engines by address, with the inode of SQLite's file: one that is put into its place is opened anew."""


def database_path(data: Path) -> Path:
    """The file of the operational database of a data folder, where no other database is configured."""
    return data / FILE


def database_url(data: Path) -> URL:
    """The address of the operational database. Raises ClusterdashError for an engine that is not supported."""
    return parse_url(environment().database, data)


@lru_cache(maxsize=MAX_OPEN)
def parse_url(configured: str | None, data: Path) -> URL:
    """A configured address, or that of the file in the data folder; raises as `database_url`."""
    if not configured:
        return URL.create("sqlite", database=str(database_path(data)))
    try:
        url = make_url(configured)
    except ArgumentError as error:
        raise ClusterdashError("operational.unknown_engine", engine="?", accepted=f"{DRIVER}://") from error
    if url.drivername != DRIVER:
        raise ClusterdashError("operational.unknown_engine", engine=url.drivername, accepted=f"{DRIVER}://")
    return url


def database_name(data: Path) -> str:
    """The operational database as messages name it: the file, or the address without its password."""
    url = database_url(data)
    return str(database_path(data)) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


@contextmanager
def reading(data: Path, *, at_one_moment: bool = False) -> Iterator[Connection | None]:
    """A connection that reads, without holding up who writes; None where there is no database yet.

    `at_one_moment`: all queries read the database as the first one found it, whatever is written meanwhile. Within
    `writing` it reads what was written there, and within another `reading` of the same thread through its connection.
    Raises ClusterdashError as `open_database`, and if reading fails.
    """
    if present := _present(_WRITER, data) or (None if at_one_moment else _present(_READER, data)):
        yield present
        return
    engine = open_database(data, create=False)
    if engine is None:
        yield None
        return
    try:
        with engine.connect() as connection:
            options = _AT_ONE_MOMENT if at_one_moment else _READING
            connection.execution_options(**options[engine.url.get_backend_name()])
            with _kept(_READER, data, connection):
                yield connection
    except SQLAlchemyError as error:
        raise database_failure(error, data) from error


@contextmanager
def writing(data: Path) -> Iterator[Connection]:
    """A connection whose changes are made together at the end, or not at all; the database is created if need be.

    One connection writes at a time; the others wait. Within another `writing` of the same thread, changes are part of
    that transaction. Raises ClusterdashError as `open_database`, and if writing fails.
    """
    if present := _present(_WRITER, data):
        yield present
        return
    engine = open_database(data, create=True)
    assert engine is not None  # it was to be created
    try:
        with engine.begin() as connection:
            if (connection.scalar(_REVISION) or "").startswith(MOVED):  # while this change was waiting for others
                raise ClusterdashError("operational.moved", file=database_name(data))
            with _kept(_WRITER, data, connection):
                yield connection
    except SQLAlchemyError as error:
        raise database_failure(error, data) from error


@contextmanager
def _kept(place: threading.local, data: Path, connection: Connection) -> Iterator[None]:
    """Let this thread find a connection again for as long as its transaction lasts."""
    before = _present(place, data)
    place.__dict__[str(data)] = connection
    try:
        yield
    finally:
        place.__dict__.pop(str(data))
        if before:
            place.__dict__[str(data)] = before


def _present(place: threading.local, data: Path) -> Connection | None:
    """The connection of this thread's transaction, if there is one."""
    found: Connection | None = place.__dict__.get(str(data))
    return found


def open_database(data: Path, *, create: bool) -> Engine | None:
    """The engine of a data folder, opened once for all threads; None where there is no database yet, unless `create`.

    What earlier versions kept in files of the data folder is taken over (`former_files`). Raises ClusterdashError if
    the database cannot be read, was made by a later version of the program, is not the one last used here, or if a
    backup was not restored to its end.
    """
    if (data / UNFINISHED_RESTORE).exists():
        raise ClusterdashError("operational.restore_unfinished", folder=data)
    url = database_url(data)
    path = None if url.get_backend_name() == POSTGRESQL else database_path(data)
    if path is None and database_path(data).exists():
        raise ClusterdashError("operational.not_moved", file=database_path(data), database=database_name(data))
    key = url.render_as_string(hide_password=False)
    with _OPENING:
        found = path.stat().st_ino if path and path.exists() else None
        known, engine = _OPEN.get(key, (None, None))
        if engine is not None and known == found:
            return engine
        if engine is not None:
            engine.dispose()
            del _OPEN[key]
        if path and found is None and (data / former_files.FOLDER / FILE).exists():
            raise ClusterdashError("operational.moved", file=path)
        if path and found is None and not create and not former_files.present(data):
            return None
        engine = _opened(data, url, path)
        while len(_OPEN) >= MAX_OPEN:
            _OPEN.pop(next(iter(_OPEN)))[1].dispose()
        _OPEN[key] = path.stat().st_ino if path else None, engine
        return engine


def forget_open_databases() -> None:
    """Close all databases that this process has open: the next use opens them anew."""
    with _OPENING:
        while _OPEN:
            _OPEN.popitem()[1][1].dispose()


def _opened(data: Path, url: URL, path: Path | None) -> Engine:
    if path:
        files.make_folder(data)
        if kind := files.network_file_system(data):
            raise ClusterdashError("operational.network", folder=data, kind=kind)
        path.touch(files.PRIVATE_FILE)
    engine = connect(url)
    try:
        with engine.begin() as connection:
            if revision(connection).startswith(MOVED):
                raise ClusterdashError("operational.moved", file=database_name(data))
            migrate(connection)
            taken_over = former_files.take_over(connection, data)
    except UnknownRevisionError as error:
        engine.dispose()
        raise ClusterdashError("operational.later", file=database_name(data)) from error
    except SQLAlchemyError as error:
        engine.dispose()
        raise database_failure(error, data) from error
    except ClusterdashError:
        engine.dispose()
        raise
    former_files.set_aside(data, taken_over)
    return engine


def connect(url: URL) -> Engine:
    """An engine for an address, whose transactions begin as `reading` and `writing` need them."""
    if url.get_backend_name() == POSTGRESQL:
        # A connection that the server has closed meanwhile is replaced before it is used.
        arguments = {"connect_timeout": BUSY_SECONDS, "application_name": "clusterdash"}
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=arguments)
        event.listen(engine, "begin", _begin_postgresql)
    else:
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


class UnknownRevisionError(LookupError):
    """A revision of the schema that this program does not have: it was made by a later version."""


@lru_cache(maxsize=1)
def migration_scripts() -> ScriptDirectory:
    """The migrations, read once."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - takes long, and a database is mostly up to date

    return ScriptDirectory(str(MIGRATIONS))


def latest_revision() -> str:
    """The revision of the present schema: migrations are numbered, one after the other."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def revision(connection: Connection) -> str:
    """The revision of a database's schema; "" if it has none of the program's tables."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(_REVISION) or ""


def knows_revision(name: str) -> bool:
    """Whether this program has a revision of the schema."""
    from alembic.util.exc import CommandError  # noqa: PLC0415 - as above

    try:
        return migration_scripts().get_revision(name) is not None
    except CommandError:
        return False


def migrate(connection: Connection, to: str = "") -> None:
    """Bring a database to a revision of the schema, by default the latest, within the connection's transaction.

    Raises UnknownRevisionError if the database, or `to`, has a revision that this program does not know.
    """
    if revision(connection) == (to or latest_revision()):
        return
    from alembic import command  # noqa: PLC0415 - as above
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to or "head")
    except CommandError as error:
        raise UnknownRevisionError(str(error)) from error


def database_failure(error: SQLAlchemyError, data: Path) -> DatabaseFailureError:
    """The sentence for an error of the database, with the reason that it gives, whose first line is logged as well."""
    ERRORS.labels("data").inc()
    first = reason(error).partition("\n")[0]  # further lines of PostgreSQL can quote what was to be written
    logging.getLogger("clusterdash").error("the operational database could not be read or written: %s", first)
    return DatabaseFailureError("operational.failed", file=database_name(data), detail=reason(error))


def reason(error: SQLAlchemyError) -> str:
    """What the database says of an error, without the statement and its values."""
    return str(error.orig if isinstance(error, DatabaseError) else error).strip()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Set up a connection of SQLite: writers do not block readers, and what is committed is on the disk."""
    connection.isolation_level = None  # transactions begin as `_begin_sqlite` says, not when the driver thinks so
    for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Begin as a writer: a transaction that reads first and then writes would be refused if another wrote meanwhile."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("begin" if reading else "begin immediate")


def _begin_postgresql(connection: Connection) -> None:
    """Let one writer in at a time: it may read first and decide, as in SQLite."""
    if not connection.get_execution_options().get("reading", False):
        connection.execute(_AS_WRITER, {"lock": _WRITER_LOCK})
