"""The text of a key in a language, with its blanks filled in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..domain import ClusterdashError, Language, Problem
from .formats import format_value, plural_category
from .messages import texts


def translate(language: Language, key: str, **values: object) -> str:
    """The text of a key. Numbers among the values are written by the language's rules; `n` chooses the plural.

    A blank may also choose a word by its number: "{days} {days:day|days}". Raises KeyError for a key that does not
    exist, TypeError where a number is needed and something else is given.
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
    """What is filled into a text; after a colon stand the words for one and for several, separated by a bar."""

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
    """The headings by which a column of a saved file is recognised, in lower case, old ones included."""
    found = [*texts()[f"column.{name}"].values(), *texts().get(f"former_column.{name}", {}).values()]
    return frozenset(str(heading).lower() for heading in found)


def explain(language: Language, problem: Problem | ClusterdashError) -> str:
    """The reason of a problem, or the sentence of an error, in words."""
    return translate(language, problem.key, **dict(problem.values))


def without_paths(error: ClusterdashError) -> ClusterdashError:
    """An error for a visitor, who need not know where on the server files lie: names of files in place of paths."""
    values = {name: value.name if isinstance(value, Path) else value for name, value in error.values.items()}
    return ClusterdashError(error.key, **values)
