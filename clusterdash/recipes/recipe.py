"""A recipe: how the sheets of a file are read, with every choice that somebody made. Stored as TOML. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import tomlkit

from ..domain import ClusterdashError
from .words import heading_words

VERSION = 1
OPEN = "?"
"""Stands in a recipe for a choice that nobody has made yet."""
NEW, NONE = "new", "none"
"""A cluster that is not known yet; a word or a column that stands for nothing."""
Table = Literal["wide", "answers", "clusters", "awards", "none", "skip"]
"""What a sheet holds: a row for each cluster with its answers, a row for each answer, clusters or labels alone, nothing
that was understood, or something that somebody does not want to be read."""
SAME_SHAPE = 0.7
"""From this share of common headings on, a sheet has the shape of another one."""


@dataclass(frozen=True, slots=True)
class SheetRecipe:
    """How a sheet is read: `columns` are targets by heading, `choices` by the kind of question (`questions.py`).

    What it holds follows from its columns; of `table`, only "skip" is a choice. Besides, `choices` may name the row of
    the headings, "heading_row".
    """

    name: str
    table: Table
    scheme: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the sheets of files are read.

    `sectors`: codes by word, "none" for no sector; `clusters`: ids by name or id as written, "new" for a new cluster.
    """

    sheets: tuple[SheetRecipe, ...] = ()
    sectors: Mapping[str, str] = field(default_factory=dict)
    clusters: Mapping[str, str] = field(default_factory=dict)

    def for_sheet(self, name: str, headings: Sequence[str]) -> SheetRecipe | None:
        """The recipe of the sheet of this name, or of the one whose headings are most alike; None if there is none."""
        shape = frozenset(map(heading_words, filter(None, headings)))
        named = [sheet for sheet in self.sheets if sheet.name == name and _alike(sheet, shape)]
        others = sorted(self.sheets, key=lambda sheet: -_alike(sheet, shape))
        same = (sheet for sheet in [*named, *others] if _alike(sheet, shape) >= SAME_SHAPE)
        without_columns = (sheet for sheet in self.sheets if sheet.name == name and not sheet.columns)
        return next(same, None) or next(without_columns, None)

    def heading_row(self, name: str) -> int | None:
        """The row of the headings of the sheet of this name, if somebody has chosen it."""
        rows = [sheet.choices.get("heading_row", "") for sheet in self.sheets if sheet.name == name]
        return int(rows[0]) if rows and rows[0].isascii() and rows[0].isdigit() else None

    def joined_with(self, other: Recipe) -> Recipe:
        """Both recipes; where they contradict each other, the other one counts."""
        sectors, clusters = {**self.sectors, **other.sectors}, {**self.clusters, **other.clusters}
        return Recipe((*other.sheets, *self.sheets), sectors, clusters)

    def for_next_time(self) -> Recipe:
        """The recipe without what only one year's file says: the day of its results."""
        sheets = (replace(sheet, choices=_without_day(sheet.choices)) for sheet in self.sheets)
        return replace(self, sheets=tuple(sheets))

    def with_choice(self, sheet: str, key: str, choice: str) -> Recipe:
        """The recipe with one choice made: of a sheet by name, or, for "", of a sector or a cluster ("sector:word")."""
        if not sheet:
            kind, _, word = key.partition(":")
            if kind == "sector":
                return replace(self, sectors={**self.sectors, word: choice})
            return replace(self, clusters={**self.clusters, word: choice})
        return replace(
            self, sheets=tuple(_chosen(one, key, choice) if one.name == sheet else one for one in self.sheets)
        )


def _without_day(choices: Mapping[str, str]) -> dict[str, str]:
    return {key: choice for key, choice in choices.items() if key != "assessed_on"}


def _chosen(sheet: SheetRecipe, key: str, choice: str) -> SheetRecipe:
    kind, _, heading = key.partition(":")
    if kind == "column":
        return replace(sheet, columns={**sheet.columns, heading: choice})
    if kind == "scheme":
        return replace(sheet, scheme=choice)
    if kind == "table":
        return replace(sheet, table="skip" if choice == "skip" else "none")
    return replace(sheet, choices={**sheet.choices, key: choice})


def _alike(sheet: SheetRecipe, shape: frozenset[str]) -> float:
    known = frozenset(map(heading_words, sheet.columns))
    return len(known & shape) / len(known | shape) if known or shape else 0.0


def to_toml(recipe: Recipe) -> str:
    """A recipe as a text to read and to edit."""
    document = tomlkit.document()
    document.add("version", tomlkit.item(VERSION))
    for name, words in (("sectors", recipe.sectors), ("clusters", recipe.clusters)):
        if words:
            document.add(name, tomlkit.item(dict(sorted(words.items()))))
    sheets = tomlkit.aot()
    for sheet in recipe.sheets:
        table = tomlkit.table()
        table.update({"name": sheet.name, "table": sheet.table})
        if sheet.scheme:
            table.add("scheme", sheet.scheme)
        for key, choices in (("choices", sheet.choices), ("columns", sheet.columns)):
            if choices:
                table.add(key, tomlkit.item(dict(choices)))
        sheets.append(table)
    document.add("sheets", sheets)
    return tomlkit.dumps(document)


def from_toml(text: str) -> Recipe:
    """The recipe in a text. Raises ClusterdashError that says what is wrong, and in which place."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ClusterdashError("recipe.not_toml", detail=str(error)) from error
    version = document.pop("version", None)
    if version != VERSION:
        raise ClusterdashError("recipe.version", found=version, expected=VERSION)
    sheets = document.pop("sheets", [])
    if not isinstance(sheets, list) or not all(isinstance(sheet, dict) for sheet in sheets):
        raise ClusterdashError("recipe.field", place="sheets")
    found = Recipe(
        tuple(_sheet(number, sheet) for number, sheet in enumerate(sheets, start=1)),
        _words(document.pop("sectors", {}), "sectors"),
        _words(document.pop("clusters", {}), "clusters"),
    )
    _refuse_unknown(document, "")
    return found


def _sheet(number: int, sheet: dict[str, Any]) -> SheetRecipe:
    place = f"sheets {number}"
    name, table, scheme = sheet.pop("name", None), sheet.pop("table", None), sheet.pop("scheme", "")
    if not isinstance(name, str) or not isinstance(scheme, str):
        raise ClusterdashError("recipe.field", place=f"{place}: name, scheme")
    if table not in get_args(Table):
        raise ClusterdashError("recipe.table", place=f"{place}: table", known=", ".join(get_args(Table)))
    columns = _words(sheet.pop("columns", {}), f"{place}: columns")
    choices = _words(sheet.pop("choices", {}), f"{place}: choices")
    _refuse_unknown(sheet, f"{place}: ")
    return SheetRecipe(name, table, scheme, columns, choices)


def _words(entries: object, place: str) -> dict[str, str]:
    if not isinstance(entries, dict) or not all(isinstance(entry, str) for entry in entries.values()):
        raise ClusterdashError("recipe.field", place=place)
    return dict(entries)


def _refuse_unknown(left: Mapping[str, object], place: str) -> None:
    if left:
        raise ClusterdashError("recipe.unknown", place=f"{place}{next(iter(left))}")
