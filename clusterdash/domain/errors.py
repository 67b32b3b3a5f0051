"""Errors and problems that are shown to users."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class ClusterdashError(Exception):
    """An error shown to the user: a key of the texts (`i18n/locales`) and its values. Never a stack trace."""

    def __init__(self, key: str, **values: object) -> None:
        """Set the key of the text and its values."""
        super().__init__(key, values)
        self.key = key
        self.values = values


class NoEditionError(ClusterdashError):
    """No edition is published in a data folder."""

    def __init__(self, folder: object) -> None:
        """Set the data folder."""
        super().__init__("store.no_edition", folder=folder)


class DataFailureError(ClusterdashError):
    """Data cannot be read through no fault of the visitor: the log has the cause, and the page the id to look for."""


class DatabaseFailureError(DataFailureError):
    """The operational database cannot be read or written: its address and what it says are for the operator alone."""


class EditionVersionError(ClusterdashError):
    """An edition was made by another version of the program. `synthetic`: whether it is marked as invented."""

    def __init__(self, key: str, file: object, found: int, expected: int, *, synthetic: bool) -> None:
        """Set the key, the edition's file, its schema version and the version that this program reads."""
        super().__init__(key, file=file, found=found, expected=expected)
        self.synthetic = synthetic


class ErrorCode(StrEnum):
    """The problems that the program itself acts on; all others are only shown."""

    NO_STAFF = "grant.no_staff"
    NOTHING_TO_PUBLISH = "edition.nothing"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem in one place. `key` names a text (`i18n/locales`); `row` is numbered as in a spreadsheet."""

    file: str
    table: str
    row: int | None
    column: str
    value: str
    key: str
    values: tuple[tuple[str, object], ...] = ()
    severity: Literal["error", "warning"] = "error"

    def has(self, code: ErrorCode) -> bool:
        """Whether the problem has this code."""
        return self.key == code
