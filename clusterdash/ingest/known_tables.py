"""Which table, or part of a questionnaire, the headings of a sheet make; and in which row the headings stand. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal

from ..i18n import LANGUAGES, translate
from .table_schemas import TABLES

SheetPart = Literal["identification", "questions", "stories"]
HEADING_ROWS = 20
"""Headings are searched in so many first rows."""
_SEPARATORS = re.compile(r"[\s_‐‑-]+")
_CERTAIN = {
    "answers": {"cluster_id", "indicator", "value"},
    "remarks": {"cluster_id", "indicator", "notes"},
    "stories": {"cluster_id", "story"},
    "wide": {"cluster_id", "assessed_on"},
}
_LIKELY = {
    "grants": {"email", "role"},
    "awards": {"cluster_id", "label"},
    "clusters": {"cluster_id", "name", "country"},
}
"""Columns that identify the table of a sheet: `_CERTAIN` whatever its name, `_LIKELY` if its name is no table."""


def heading_key(heading: str) -> str:
    """A heading to compare by: case does not matter, nor whether its words have blanks, hyphens or underscores."""
    return _SEPARATORS.sub("_", heading.strip()).strip("_").casefold()


def table_of_headings(headings: Iterable[str], name: str) -> str | None:
    """The table of a sheet, by its headings or its name; "wide" for one indicator per column, None if unknown."""
    columns, name = set(map(heading_key, headings)), heading_key(name)
    named = name if name in TABLES and name != "answers" else None
    return _among(_CERTAIN, columns) or named or _among(_LIKELY, columns) or ("answers" if name == "answers" else None)


def part_of_headings(headings: Iterable[str]) -> SheetPart | None:
    """Which part of a questionnaire a sheet is, by its headings in any language; None for other tables."""
    columns = set(map(heading_key, headings))
    if {"cluster_id", "assessed_on", "scheme", "expert"} <= columns:
        return "identification"
    if columns & questionnaire_headings("indicator") and columns & (
        questionnaire_headings("answer") | questionnaire_headings("self")
    ):
        return "questions"
    return (
        "stories" if columns & questionnaire_headings("story") and columns & questionnaire_headings("result") else None
    )


@cache
def questionnaire_headings(column: str) -> frozenset[str]:
    """The headings of a column of a questionnaire in all languages, as `heading_key` writes them."""
    return frozenset(heading_key(translate(language, f"questionnaire.{column}")) for language in LANGUAGES)


def is_heading_row(cells: Sequence[str], name: str) -> bool:
    """Whether a row has the headings that make a known table; `name` is that of the sheet."""
    if part_of_headings(cells):
        return True
    columns = set(map(heading_key, cells)) - {""}
    named = TABLES.get(heading_key(name), {})
    if named and columns & named.keys() >= {column for column in named if named[column].needed}:
        return True
    return (_among(_CERTAIN, columns) or _among(_LIKELY, columns)) is not None


def is_known(headings: Sequence[str], name: str) -> bool:
    """Whether a sheet is a known table, or part of a questionnaire."""
    return part_of_headings(headings) is not None or table_of_headings(headings, name) is not None


def _among(tables: dict[str, set[str]], columns: set[str]) -> str | None:
    return next((table for table, needed in tables.items() if needed <= columns), None)
