"""The accepted result of a case as a file that the import reads: the one way into an edition. Pure.

The same answers give the same bytes, however they were typed, and so the same edition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from openpyxl import Workbook

from ..domain.case import Case, CaseKind, HandIn, Sheet
from ..spreadsheets import Cell, add_sheet, reproducible
from .answering import STORIES
from .steps import RESULT

_ASSESSMENT = ("cluster_id", "assessed_on", "evidence", "scheme")
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "answers": (*_ASSESSMENT, "indicator", "value"),
    "remarks": (*_ASSESSMENT, "indicator", "notes", "proof"),
    "stories": (*_ASSESSMENT, "story", "what", "result"),
    "clusters": ("cluster_id", "name", "country"),
}


def file_name(case: Case, hand_in: HandIn) -> str:
    """The name of a case's file: an edition that was made of it names it among its sources."""
    return f"case-{case.case_id}-r{hand_in.revision}.xlsx"


def result(case: Case, hand_ins: Sequence[HandIn]) -> HandIn | None:
    """The latest hand-in of the sheet that holds the result of a case; None if there is none."""
    return next((one for one in reversed(hand_ins) if one.sheet is RESULT[case.kind]), None)


def workbook(case: Case, hand_ins: Sequence[HandIn], *, newcomer: bool) -> bytes:
    """A case as a workbook with the tables of the import.

    What experts agreed on is verified, what the cluster answered itself is declared; on the day of the visit, or of the
    hand-in if that was earlier.
    `newcomer`: the cluster is in no edition yet, so that its name and country come along. Raises ValueError if the case
    has no result.
    """
    final = result(case, hand_ins)
    if final is None:
        raise ValueError(f"case {case.case_id} has no result")
    tables: dict[str, list[tuple[Cell, ...]]] = {name: [] for name in _COLUMNS}
    for name, row in _rows(case, final, "declared" if case.kind is CaseKind.BENCHMARKING else "verified"):
        tables[name].append(row)
    prepared = next((one for one in reversed(hand_ins) if one.sheet is Sheet.PREPARATION), None)
    if case.kind is not CaseKind.BENCHMARKING and prepared is not None:
        for name, row in _rows(case, prepared, "declared"):
            tables[name].append(row)
    if newcomer:
        tables["clusters"].append((case.cluster_id, case.cluster_name, case.country))
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in tables.items():
        if rows:
            add_sheet(book, name, _COLUMNS[name], rows)
    return reproducible(book)


def _rows(case: Case, given: HandIn, evidence: str) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    """The rows of what was handed in, each with the name of its table."""
    day = min(case.visit_at or given.at, given.at)[:10]  # the visit may have been earlier than planned
    assessment = (case.cluster_id, day, evidence, case.scheme)
    for question, fields in given.payload.items():
        if question in STORIES:
            number = float(question.removeprefix("story-"))
            yield "stories", (*assessment, number, fields.get("what", ""), fields.get("result", ""))
            continue
        value = (fields.get("value") or fields.get("points") or "").strip()
        if value:
            yield "answers", (*assessment, question, value)
        notes, proof = (
            fields.get(one) or fields.get(other) or "" for one, other in (("note", "reason"), ("proof", ""))
        )
        if notes or proof:
            yield "remarks", (*assessment, question, notes, proof)
