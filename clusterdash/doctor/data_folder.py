"""Checks of the data folder and what is in it: permissions, space, settings, operational database, edition."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .. import files
from ..domain import PUBLIC, ClusterdashError, NoEditionError
from ..editions import catalog
from ..editions.reader import EditionDatabase
from ..operational_database.engine import database_name, reading
from ..settings import settings, settings_file
from .finding import Finding, error, ok, warning

BUILD_SPACE = 3
"""How many times the size of the largest edition a new one takes while it is built, with its temporary files."""
MINIMUM_SPACE = 500_000_000
"""Bytes that are needed in any case."""


def check_folder(data: Path) -> Iterator[Finding]:
    """Whether the data folder exists, is this user's, writable and private, on a disk of this machine with space."""
    if not data.is_dir():
        yield error("folder", "no_folder", folder=data)
        return
    try:
        with tempfile.NamedTemporaryFile(dir=data, prefix=".doctor."):
            pass
    except OSError as reason:
        yield error("folder", "not_writable", folder=data, detail=str(reason))
    else:
        yield ok("folder", "writable", folder=data)
    if os.name == "posix" and data.stat().st_uid != os.geteuid():
        yield warning("owner", "other_owner", owner=data.stat().st_uid, user=os.geteuid())
    exposed = files.protect(data)
    if exposed:
        yield error("permissions", "exposed", n=len(exposed), path=exposed[0])
    else:
        yield ok("permissions", "private")
    kind = files.network_file_system(data)
    yield warning("file_system", "network", kind=kind) if kind else ok("file_system", "local")
    yield check_space(shutil.disk_usage(data).free, largest_edition(data))


def largest_edition(data: Path) -> int:
    """The size in bytes of the largest edition; 0 without any."""
    return max((path.stat().st_size for path in catalog.edition_paths(data)), default=0)


def check_space(free: int, largest: int) -> Finding:
    """Whether the next edition can be built, given the free bytes and the size of the largest edition."""
    needed = max(BUILD_SPACE * largest, MINIMUM_SPACE)
    values = {"free": free // 1_000_000, "needed": needed // 1_000_000}
    return ok("disk", "space", **values) if free >= needed else error("disk", "no_space", **values)


def check_settings(data: Path) -> Finding:
    """Whether the settings are valid."""
    try:
        settings(data)
        file = settings_file(data)
    except ClusterdashError as reason:
        return Finding("settings", "error", reason)
    return ok("settings", "settings_of", file=file.path) if file else ok("settings", "settings_without_file")


def check_database(data: Path) -> Finding:
    """Whether the operational database opens; its schema is then the one of this program."""
    try:
        with reading(data) as connection:
            name = database_name(data)
            return ok("database", "database" if connection else "database_later", database=name)
    except ClusterdashError as reason:
        return Finding("database", "error", reason)


def check_edition(data: Path) -> Finding:
    """Whether an edition is served, and can be read."""
    try:
        opened = EditionDatabase(catalog.current_path(data))
        edition = opened.reader(PUBLIC).edition()
        opened.close()
    except NoEditionError as reason:
        return Finding("edition", "warning", reason)
    except ClusterdashError as reason:
        return Finding("edition", "error", reason)
    return ok("edition", "invented" if edition.synthetic else "served", edition=edition.edition_id)
