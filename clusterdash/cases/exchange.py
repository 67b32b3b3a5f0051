"""The accepted result of a case as tables that the import reads: the one way into an edition. Pure.

The same answers give the same bytes, however they were typed, with whichever library: so a file's hash among the
sources of an edition says for good that it was made of this result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from ..domain.case import Case, CaseKind, HandIn, Sheet
from ..ingest.cell_parsers import CellError, is_control, number
from ..ingest.invisible_characters import remove_invisible
from ..ingest.table_reader import as_cell
from ..spreadsheets import csv_file
from .answering import STORIES
from .silver_improvements import CODES
from .steps import RESULT

_ASSESSMENT = ("cluster_id", "assessed_on", "evidence", "scheme")
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "answers": (*_ASSESSMENT, "indicator", "value"),
    "remarks": (*_ASSESSMENT, "indicator", "notes", "proof"),
    "stories": (*_ASSESSMENT, "story", "what", "result"),
    "clusters": ("cluster_id", "name", "country"),
}
INVENTED: tuple[str, bytes] = ("edition.csv", csv_file(("synthetic",), [("1",)], ","))
"""The table that says that results are invented, without which new clusters are taken for real ones."""
_Row = tuple[str, ...]


def result(case: Case, hand_ins: Sequence[HandIn]) -> HandIn | None:
    """The latest hand-in of the sheet that holds the result of a case; None if there is none."""
    return next((one for one in reversed(hand_ins) if one.sheet is RESULT[case.kind]), None)


def tables(case: Case, hand_ins: Sequence[HandIn], *, newcomer: bool) -> tuple[tuple[str, bytes], ...]:
    """A case as tables of the import: CSV files by name.

    What experts judged is verified; what the cluster said itself, in an interview or a preparation, is declared.
    `newcomer`: neither edition nor register has the cluster, so that its name and country come along. Raises ValueError
    if the case has no result.
    """
    final = result(case, hand_ins)
    if final is None:
        raise ValueError(f"case {case.case_id} has no result")
    found: dict[str, list[_Row]] = {name: [] for name in _COLUMNS}
    for name, row in _rows(case, hand_ins, final):
        found[name].append(row)
    if newcomer:
        found["clusters"].append((case.cluster_id, _line(case.cluster_name), case.country))
    stem = f"case-{case.case_id}-r{final.revision}"
    return tuple((f"{stem}-{name}.csv", csv_file(_COLUMNS[name], rows, ",")) for name, rows in found.items() if rows)


def fingerprint(case: Case, hand_ins: Sequence[HandIn]) -> tuple[str, str]:
    """Name and SHA-256 of the table with a case's answers: what the sources of an edition are asked for.

    Raises ValueError if the case has no result.
    """
    name, content = tables(case, hand_ins, newcomer=False)[0]
    return name, hashlib.sha256(content).hexdigest()


def assessed_on(case: Case, given: HandIn) -> str:
    """The day of what was handed in: that of the visit, or of the hand-in if that was earlier. ISO 8601."""
    handed_in = given.at[:10]
    return min(case.visit_at[:10], handed_in) if case.visit_at else handed_in


def _rows(case: Case, hand_ins: Sequence[HandIn], final: HandIn) -> Iterator[tuple[str, _Row]]:
    """The rows of a case, each with the name of its table."""
    if case.kind is CaseKind.BENCHMARKING:
        yield from _declared(case, final)
        return
    prepared = next((one for one in reversed(hand_ins) if one.sheet is Sheet.PREPARATION), None)
    if prepared is not None:
        yield from _declared(case, prepared)
    for question, fields in _of_scheme(final):  # reasons are part of the statement, not of the edition
        if value := _value(fields.get("points", "")):
            yield "answers", (*_assessment(case, final, "verified"), question, value)


def _declared(case: Case, given: HandIn) -> Iterator[tuple[str, _Row]]:
    assessment = _assessment(case, given, "declared")
    for question, fields in _of_scheme(given):
        if question in STORIES:
            told = (_prose(fields.get("what", "")), _prose(fields.get("result", "")))
            if any(told):
                yield "stories", (*assessment, question.removeprefix("story-"), *told)
            continue
        if value := _value(fields.get("value", "")):
            yield "answers", (*assessment, question, value)
        noted = (_prose(fields.get("note", "")), _prose(fields.get("proof", "")))
        if any(noted):
            yield "remarks", (*assessment, question, *noted)


def _of_scheme(given: HandIn) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The fields by question, without the improvements of a Silver audit."""
    return ((question, fields) for question, fields in sorted(given.payload.items()) if question not in CODES)


def _assessment(case: Case, given: HandIn, evidence: str) -> _Row:
    return case.cluster_id, assessed_on(case, given), evidence, case.scheme


def _value(text: str) -> str:
    """A value as the import writes it, whether it was typed with a decimal comma or a point."""
    try:
        return as_cell(number(text.strip()))
    except CellError:
        return text.strip()  # the check names the cell


def _prose(text: str) -> str:
    """A text of several lines without what the import refuses or removes."""
    lines = "\n".join(remove_invisible(text).splitlines())
    return "".join(character for character in lines if character in "\n\t" or not is_control(character)).strip()


def _line(text: str) -> str:
    return " ".join(_prose(text).split())
