"""Problems, and the values of texts, as JSON from which they are read back in any language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ..domain import LocalizedText, Problem

_DATE, _TEXT = "date", "text"


def encode_values(values: Mapping[str, object]) -> dict[str, Any]:
    """The values of a text as JSON: numbers, days and texts by language are kept, anything else as its text."""
    return {name: _encode(value) for name, value in values.items()}


def decode_values(stored: Mapping[str, Any]) -> dict[str, object]:
    """The values that `encode_values` has stored."""
    return {name: _decode(value) for name, value in stored.items()}


def encode_problems(problems: Sequence[Problem]) -> list[list[Any]]:
    """Problems as JSON, a list of its fields for each."""
    return [
        [p.file, p.table, p.row, p.column, p.value, p.key, encode_values(dict(p.values)), p.severity] for p in problems
    ]


def decode_problems(stored: Sequence[Sequence[Any]]) -> tuple[Problem, ...]:
    """The problems that `encode_problems` has stored."""
    return tuple(
        Problem(file, table, row, column, value, key, tuple(decode_values(values).items()), severity)
        for file, table, row, column, value, key, values, severity in stored
    )


def _encode(value: object) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date):
        return {_DATE: f"{value:%Y-%m-%d}"}
    if isinstance(value, LocalizedText):
        return {_TEXT: [value.fr, value.en]}
    return str(value)


def _decode(stored: Any) -> object:
    if not isinstance(stored, dict):
        return stored
    return date.fromisoformat(stored[_DATE]) if _DATE in stored else LocalizedText(*stored[_TEXT])
