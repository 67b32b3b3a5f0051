"""Changes of the register of labels in the operational database: added, and read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from ..domain import ClusterdashError
from ..domain.label_change import ChangeAction, LabelChange, NewChange
from ..domain.register_corrections import RegisterCorrections
from .engine import database_failure, database_path, open_database
from .tables import LABEL_CHANGE

T = TypeVar("T")


def read(data: Path) -> tuple[LabelChange, ...]:
    """All changes, the earliest first.

    Raises ClusterdashError if the database cannot be read.
    """
    return _reading(data, (), _read)


def corrections(data: Path) -> RegisterCorrections:
    """The changes in force, ready to be applied. Raises ClusterdashError as `read`."""
    return RegisterCorrections(read(data))


def latest(data: Path) -> int:
    """The id of the latest change, 0 without any: what was read stays true until it changes.

    Raises ClusterdashError as `read`.
    """
    return _reading(data, 0, lambda connection: connection.scalar(select(func.max(LABEL_CHANGE.c.change_id))) or 0)


def add(
    data: Path, changes: Sequence[NewChange], *, by: str, reason: str, now: datetime, expected: int | None = None
) -> None:
    """Add changes in one transaction: all of them, or none.

    `expected`: the id of the latest change when they were decided on. Raises ClusterdashError if others came since, or
    if the database cannot be written.
    """
    engine = open_database(data, create=True)
    assert engine is not None  # it was to be created
    rows = [
        {
            "at": now.isoformat(timespec="seconds"),
            "by": by,
            "reason": reason,
            "action": change.action.value,
            "cluster_id": change.cluster_id,
            "details": dict(change.details),
        }
        for change in changes
    ]
    try:
        with engine.begin() as connection:
            present = connection.scalar(select(func.max(LABEL_CHANGE.c.change_id))) or 0
            if expected is not None and present != expected:
                raise ClusterdashError("register.changed_meanwhile")
            connection.execute(insert(LABEL_CHANGE), rows)
    except SQLAlchemyError as error:
        raise database_failure(error, database_path(data)) from error


def _read(connection: Connection) -> tuple[LabelChange, ...]:
    rows = connection.execute(select(LABEL_CHANGE).order_by(LABEL_CHANGE.c.change_id))
    return tuple(
        LabelChange(
            row.change_id, row.at, row.by, row.reason, ChangeAction(row.action), row.cluster_id, dict(row.details)
        )
        for row in rows
    )


def _reading(data: Path, nothing: T, read_from: Callable[[Connection], T]) -> T:
    engine = open_database(data, create=False)
    if engine is None:
        return nothing
    try:
        with engine.connect().execution_options(reading=True) as connection:
            return read_from(connection)
    except SQLAlchemyError as error:
        raise database_failure(error, database_path(data)) from error
