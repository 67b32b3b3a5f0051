"""Translation of a key into a text, with its placeholders filled in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..domain import ClusterdashError, DatabaseFailureError, Language, Problem
from .formats import format_value, plural_category
from .messages import texts


def translate(language: Language, key: str, **values: object) -> str:
    """Return the text of a key. Numbers among the values follow the language's rules; `n` selects the plural.

    A placeholder may also select a word by its number: "{days} {days:day|days}". Raises KeyError for an unknown key,
    TypeError if a number is needed and something else is given.
    """
    entry = texts()[key][language]
    if isinstance(entry, dict):
        n = values["n"]
        if not isinstance(n, int | float):
            raise TypeError(f"{key} needs a number n")
        entry = entry.get(plural_category(language, n), entry["other"])
    if not isinstance(entry, str):
        raise TypeError(f"{key} is no text")
    return entry.format(**{name: _Blank(language, value) for name, value in values.items()})


@dataclass(frozen=True, slots=True)
class _Blank:
    """The value of a placeholder; its format specification holds the singular and plural word, separated by a bar."""

    language: Language
    value: object

    def __format__(self, words: str) -> str:
        if not words:
            return format_value(self.language, self.value)
        if not isinstance(self.value, int | float):
            raise TypeError(f"no number to choose from {words!r}")
        one, other = words.split("|")
        return one if plural_category(self.language, self.value) == "one" else other


def column_headings(name: str) -> frozenset[str]:
    """Return the headings that identify a column of a saved file, in lower case, former ones included."""
    found = [*texts()[f"column.{name}"].values(), *texts().get(f"former_column.{name}", {}).values()]
    return frozenset(str(heading).lower() for heading in found)


def explain(language: Language, problem: Problem | ClusterdashError) -> str:
    """Return the reason of a problem, or the sentence of an error, as text."""
    return translate(language, problem.key, **dict(problem.values))


def without_paths(error: ClusterdashError) -> ClusterdashError:
    """Return an error for a visitor, without paths on the server (file names instead) and what its database says."""
    if isinstance(error, DatabaseFailureError):
        return ClusterdashError("operational.unavailable")
    values = {name: value.name if isinstance(value, Path) else value for name, value in error.values.items()}
    return ClusterdashError(error.key, **values)
