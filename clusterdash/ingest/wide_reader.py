"""Reader of sheets with one row per assessment and one column per indicator. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from . import cell_parsers, merge
from .answers import AnswerCollector
from .cell_parsers import CellError
from .known_tables import heading_key
from .readers import Sheet
from .schemes import SchemeDraft
from .table_reader import IngestState, Layer, Row, columns_of, rows_of
from .table_schemas import ASSESSMENT, CLUSTER_DETAILS, CODE


def unfold(findings: IngestState, sheet: Sheet, grids: Mapping[str, SchemeDraft], taken: AnswerCollector) -> None:
    """Collect the answers of a wide sheet, and rows of `clusters` if it describes them too."""
    headings = {heading_key(heading) for heading in sheet.header}
    describes = {"name", "country"} <= headings
    details = {name: column for name, column in CLUSTER_DETAILS.items() if describes and name in headings}
    specification = {**ASSESSMENT, **({"scheme": CODE} if "scheme" in headings else {}), **details}
    where = columns_of(findings, sheet, specification)
    questions = {
        heading: index
        for index, heading in enumerate(sheet.header)
        if heading and heading_key(heading) not in specification
    }
    scheme = None if "scheme" in where else _scheme_of(findings, sheet, questions, grids)
    if "scheme" not in where and scheme is None:
        return
    if scheme:
        codes = _codes(grids[scheme], questions)
        questions = {codes[heading]: index for heading, index in questions.items() if heading in codes}
    described: dict[str, tuple[date, int, Row]] = {}
    for number, cells, row in rows_of(findings, sheet, where, specification):
        cluster, assessed_on = row.get("cluster_id"), row.get("assessed_on", date.min)
        if describes and cluster and (cluster not in described or described[cluster][0] <= assessed_on):
            known = described[cluster][2] if cluster in described else {}
            detail = {name: row.get(name, column.empty) for name, column in CLUSTER_DETAILS.items()}
            described[cluster] = (assessed_on, number, merge.fill_from_row(known, {"cluster_id": cluster, **detail}))
        common = {name: row[name] for name in (*ASSESSMENT, "scheme") if name in row}
        if scheme:
            common["scheme"] = scheme
        for question, index in questions.items():
            if cells[index]:
                taken.add(sheet, number, {**common, "indicator": question, "value": cells[index]})
    findings.of("clusters").extend((Layer.IMPORT, sheet, number, row) for _, number, row in described.values())


def _scheme_of(
    findings: IngestState, sheet: Sheet, questions: Mapping[str, int], grids: Mapping[str, SchemeDraft]
) -> str | None:
    """The one scheme that has all columns, or the nearest: unknown columns are reported, non-numeric as warnings."""
    fitting = [code for code, grid in grids.items() if questions and len(_codes(grid, questions)) == len(questions)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting or not grids:
        findings.add_problem(sheet, sheet.heading_row, "scheme", "", "scheme.ambiguous", schemes=", ".join(fitting))
        return None
    nearest = max(grids, key=lambda code: len(_codes(grids[code], questions)))
    codes = _codes(grids[nearest], questions)
    strangers = {heading: index for heading, index in questions.items() if heading not in codes}
    answered = _with_numbers(sheet, strangers)
    for question in sorted(strangers):
        if question in answered:
            findings.add_problem(sheet, sheet.heading_row, question, "", "answer.indicator", scheme=nearest)
        else:
            findings.add_problem(sheet, sheet.heading_row, question, "", "column.remark", "warning", scheme=nearest)
    return nearest if codes else None


def _codes(grid: SchemeDraft, headings: Iterable[str]) -> dict[str, str]:
    """The code of the indicator that each heading names; headings that name none are left out.

    The code as it is, or in other letters where only one indicator can be meant.
    """
    alike: dict[str, list[str]] = {}
    for code in grid.indicators:
        alike.setdefault(heading_key(code), []).append(code)
    found: dict[str, str] = {}
    for heading in headings:
        same = [heading] if heading in grid.indicators else alike.get(heading_key(heading), [])
        if len(same) == 1:
            found[heading] = same[0]
    return found


def _with_numbers(sheet: Sheet, columns: Mapping[str, int]) -> set[str]:
    """The columns that contain a number; iterates over the rows once."""
    left, found = dict(columns), set()
    for _, cells in sheet.rows if left else ():
        for heading in [heading for heading, index in left.items() if cells[index] and _is_number(cells[index])]:
            del left[heading]
            found.add(heading)
    return found


def _is_number(cell: str) -> bool:
    try:
        cell_parsers.number(cell)
    except CellError:
        return False
    return True
