"""What a user must be told when something is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class ClusterdashError(Exception):
    """What a user must be told: a key of the texts (`i18n/locales`) and what to fill in. Never a stack trace."""

    def __init__(self, key: str, **values: object) -> None:
        """Name the sentence and its values."""
        super().__init__(key, values)
        self.key = key
        self.values = values


class NoEditionError(ClusterdashError):
    """No edition is published in a data folder."""

    def __init__(self, folder: object) -> None:
        """Name the data folder."""
        super().__init__("store.no_edition", folder=folder)


class EditionVersionError(ClusterdashError):
    """An edition was made by another version of the program. `synthetic`: whether it says that it is invented."""

    def __init__(self, key: str, file: object, found: int, expected: int, *, synthetic: bool) -> None:
        """Name the text, the edition's file, its version of the schema and the one that this program reads."""
        super().__init__(key, file=file, found=found, expected=expected)
        self.synthetic = synthetic


class ErrorCode(StrEnum):
    """The problems upon which the program itself decides; all others are only shown."""

    NO_STAFF = "grant.no_staff"
    NOTHING_TO_PUBLISH = "edition.nothing"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, at one place. `key` names a text (`i18n/locales`); `row` counts as a spreadsheet does."""

    file: str
    table: str
    row: int | None
    column: str
    value: str
    key: str
    values: tuple[tuple[str, object], ...] = ()
    severity: Literal["error", "warning"] = "error"

    def has(self, code: ErrorCode) -> bool:
        """Whether it is the problem of this code."""
        return self.key == code
