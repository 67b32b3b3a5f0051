"""The hash of the tables that an edition is built from: the same content gives the same hash, whatever file it was in.

Answers typed in the app, in a workbook or in a CSV file are the same answers.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from ..ingest.validate import CheckedTables

_BATCH = 50_000
"""Cells that are text in memory at once."""


def tables_hash(tables: CheckedTables) -> str:
    """SHA-256 of checked tables: title, nature, and the cells of each table in its order of rows."""
    digest = hashlib.sha256(repr((tables.title, tables.synthetic)).encode())
    for kind, frames in (("frames", tables.frames), ("handed_in", tables.handed_in)):
        for name, frame in sorted(frames.items()):
            if name == "recipes":  # how the answers were read is not what they are
                continue
            digest.update(repr((kind, name, [*frame.columns], len(frame))).encode())
            for column in frame.columns:
                _add_column(digest, frame[column])
    return digest.hexdigest()


def _add_column(digest: Any, column: pd.Series[Any]) -> None:
    """Add the cells of a column; numbers without a copy of them, since there can be many millions."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        digest.update(repr([*column.dtype.categories]).encode())
        column = column.cat.codes
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
        digest.update(column.dtype.str.encode())
        digest.update(np.ascontiguousarray(column.to_numpy()))
        return
    for start in range(0, len(column), _BATCH):
        digest.update(repr(column.iloc[start : start + _BATCH].tolist()).encode())
