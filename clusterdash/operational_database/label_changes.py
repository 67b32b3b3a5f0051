"""Changes of the register of labels in the operational database: added, and read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, insert, select

from ..domain import ClusterdashError
from ..domain.label_change import ChangeAction, LabelChange, NewChange
from ..domain.register_corrections import RegisterCorrections
from .engine import reading, writing
from .tables import LABEL_CHANGE

_LATEST = select(func.max(LABEL_CHANGE.c.change_id))


def read(data: Path) -> tuple[LabelChange, ...]:
    """All changes, the earliest first.

    Raises ClusterdashError if the database cannot be read.
    """
    with reading(data) as connection:
        if connection is None:
            return ()
        rows = connection.execute(select(LABEL_CHANGE).order_by(LABEL_CHANGE.c.change_id)).all()
    return tuple(
        LabelChange(
            row.change_id, row.at, row.by, row.reason, ChangeAction(row.action), row.cluster_id, dict(row.details)
        )
        for row in rows
    )


def corrections(data: Path) -> RegisterCorrections:
    """The changes in force, ready to be applied. Raises ClusterdashError as `read`."""
    return RegisterCorrections(read(data))


def latest(data: Path) -> int:
    """The id of the latest change, 0 without any: what was read stays true until it changes.

    Raises ClusterdashError as `read`.
    """
    with reading(data) as connection:
        return (connection.scalar(_LATEST) or 0) if connection else 0


def add(
    data: Path, changes: Sequence[NewChange], *, by: str, reason: str, now: datetime, expected: int | None = None
) -> None:
    """Add changes in one transaction: all of them, or none.

    `expected`: the id of the latest change when they were decided on. Raises ClusterdashError if others came since, or
    if the database cannot be written.
    """
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
    with writing(data) as connection:
        present = connection.scalar(_LATEST) or 0
        if expected is not None and present != expected:
            raise ClusterdashError("register.changed_meanwhile")
        connection.execute(insert(LABEL_CHANGE), rows)
