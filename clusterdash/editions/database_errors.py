"""Errors of the database, translated for the user, with their cause in the log; and wrong schema versions."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import duckdb

from ..domain import ClusterdashError, DataFailureError, EditionVersionError
from ..metrics import ERRORS

_DAMAGE = (duckdb.IOException, duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException)
"""What DuckDB raises if the bytes of a file are not those it has written."""
OLDEST_SCHEMA_VERSION = 8
"""The first version whose editions hold the submitted tables, so that they can be rebuilt (`upgrade`)."""


def read_failure(error: duckdb.Error, file: Path | None = None) -> ClusterdashError:
    """Return the error for an edition that cannot be read, by its cause, and log the cause.

    A damaged file, or one that this process may not read, is reported as such; anything else is a fault of the program
    that no copy of the file would fix.
    """
    ERRORS.labels("data").inc()
    logging.getLogger("clusterdash").error("an edition could not be read: %s", file or "", exc_info=error)
    if file and file.exists() and not os.access(file, os.R_OK):
        return DataFailureError("store.forbidden", file=file)
    if isinstance(error, _DAMAGE) or type(error) is duckdb.Error:  # a wrong checksum has no class of its own
        return DataFailureError("store.foreign", file=file) if file else DataFailureError("store.damaged")
    return DataFailureError("store.failed")


def version_failure(file: Path, found: int, expected: int, *, synthetic: bool) -> EditionVersionError:
    """Return the error for an edition of another schema version than the `expected` one."""
    if found < OLDEST_SCHEMA_VERSION:
        key = "upgrade.too_old"
    else:
        key = "upgrade.needed" if found < expected else "store.version"
    return EditionVersionError(key, file, found, expected, synthetic=synthetic)
