"""What an error of the database means for whoever reads an edition, and its cause in the log; and another version."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import duckdb

from ..domain import ClusterdashError, EditionVersionError

_DAMAGE = (duckdb.IOException, duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException)
"""What DuckDB raises where the bytes of a file are not what it has written."""
OLDEST_SCHEMA_VERSION = 8
"""The first version whose editions hold what was handed in, so that they can be built anew (`upgrade`)."""


def read_failure(error: duckdb.Error, file: Path | None = None) -> ClusterdashError:
    """What is said of an edition that cannot be read, for its cause, which goes into the log.

    A damaged file, or one that this program's user may not read, is reported as such; all else is a fault of the
    program, and no copy of the file would repair it.
    """
    logging.getLogger("clusterdash").error("an edition could not be read: %s", file or "", exc_info=error)
    if file and file.exists() and not os.access(file, os.R_OK):
        return ClusterdashError("store.forbidden", file=file)
    if isinstance(error, _DAMAGE) or type(error) is duckdb.Error:  # a wrong checksum has no class of its own
        return ClusterdashError("store.foreign", file=file) if file else ClusterdashError("store.damaged")
    return ClusterdashError("store.failed")


def version_failure(file: Path, found: int, expected: int, *, synthetic: bool) -> EditionVersionError:
    """What is said of an edition of another schema version than the `expected` one."""
    if found < OLDEST_SCHEMA_VERSION:
        key = "upgrade.too_old"
    else:
        key = "upgrade.needed" if found < expected else "store.version"
    return EditionVersionError(key, file, found, expected, synthetic=synthetic)
