"""The evidence checklist: the documents an evaluation requires, their status, and the manager's own file. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..domain import Document, Grid, Language
from ..i18n import LANGUAGES, column_headings, translate
from ..ingest.readers import Sheet
from ..spreadsheets import as_csv, as_xlsx, neutralize_formula

Status = Literal["missing", "drafted", "ready"]
STATUSES: tuple[Status, ...] = ("missing", "drafted", "ready")
"""In the order in which they are listed: missing documents come first."""
COLUMNS = ("document_code", "indicator", "document", "status", "where")
MAX_LOCATION_LENGTH = 200


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """The status of a document, and where it is kept or what is still to be done."""

    status: Status = "missing"
    location: str = ""


ChecklistItems = Mapping[str, ChecklistItem]
"""By document code; a document without an entry is missing."""


def checklist(grid: Grid, entries: ChecklistItems) -> tuple[tuple[Document, ChecklistItem], ...]:
    """All documents of a scheme with their entries: missing ones first, then in the order of the scheme."""
    listed = [(document, entries.get(document.code, ChecklistItem())) for document in grid.documents]
    return tuple(sorted(listed, key=lambda line: STATUSES.index(line[1].status)))


def status_counts(grid: Grid, entries: ChecklistItems) -> dict[Status, int]:
    """How many documents have each status."""
    found = [entry.status for _, entry in checklist(grid, entries)]
    return {status: found.count(status) for status in STATUSES}


def ready_by_dimension(grid: Grid, entries: ChecklistItems) -> dict[str, tuple[int, int]]:
    """How many documents of each dimension are ready, and how many there are; dimensions without any are left out."""
    dimensions = {indicator.code: indicator.dimension for indicator in grid.indicators}
    found: dict[str, tuple[int, int]] = {}
    for document, entry in checklist(grid, entries):
        dimension = dimensions[document.indicator]
        ready, total = found.get(dimension, (0, 0))
        found[dimension] = (ready + (entry.status == "ready"), total + 1)
    return found


def checklist_rows(grid: Grid, entries: ChecklistItems, language: Language) -> list[list[str]]:
    """The checklist as rows of text, in the columns `COLUMNS`."""
    names = {indicator.code: indicator.name.get(language) for indicator in grid.indicators}
    return [
        [
            document.code,
            f"{document.indicator} {names[document.indicator]}",
            document.name.get(language),
            translate(language, f"status.{entry.status}"),
            entry.location,
        ]
        for document, entry in checklist(grid, entries)
    ]


def checklist_headings(language: Language) -> list[str]:
    """The headings of `checklist_rows`."""
    return [translate(language, f"column.{name}") for name in COLUMNS]


def to_csv(grid: Grid, entries: ChecklistItems, language: Language) -> bytes:
    """The checklist as CSV."""
    return as_csv(checklist_headings(language), checklist_rows(grid, entries, language), language)


def to_xlsx(grid: Grid, entries: ChecklistItems, language: Language) -> bytes:
    """The checklist as a workbook."""
    return as_xlsx(
        translate(language, "binder.sheet"), checklist_headings(language), checklist_rows(grid, entries, language)
    )


def read_checklist(grid: Grid, sheets: Sequence[Sheet]) -> tuple[dict[str, ChecklistItem], int]:
    """The entries of a file downloaded earlier, in any language; and how many rows could not be read."""
    known = {document.code for document in grid.documents}
    words = {translate(language, f"status.{status}").lower(): status for status in STATUSES for language in LANGUAGES}
    found: dict[str, ChecklistItem] = {}
    unread = 0
    for sheet in sheets:
        where = {name: _column(sheet, name) for name in ("document_code", "status", "where")}
        for _, cells in sheet.rows:
            values = {name: "" if index is None else cells[index] for name, index in where.items()}
            status = words.get(values["status"].lower())
            if values["document_code"] not in known or status is None:
                unread += 1
                continue
            location = values["where"]
            if (
                location.startswith("'") and neutralize_formula(location[1:]) == location
            ):  # added against formulas, not by the manager
                location = location[1:]
            found[values["document_code"]] = ChecklistItem(status, location[:MAX_LOCATION_LENGTH])
    return found, unread


def _column(sheet: Sheet, name: str) -> int | None:
    """The index of a column, by its heading in any language; None where it is absent."""
    heads = column_headings(name)
    return next((index for index, heading in enumerate(sheet.header) if heading.lower() in heads), None)
