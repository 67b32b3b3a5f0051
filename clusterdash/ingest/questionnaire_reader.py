"""Reader of a completed questionnaire (`questionnaire_writer.py` writes it). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from .answers import AnswerCollector
from .known_tables import SheetPart, heading_key, part_of_headings, questionnaire_headings
from .readers import Sheet
from .table_reader import IngestState, Layer, Row, columns_of, rows_of
from .table_schemas import ASSESSMENT, CLUSTER_DETAILS, CODE, TABLES, Column

QUESTION = ("indicator", "question", "explanation", "unit", "allowed", "before", "answer", "notes", "proof")
"""The columns of a sheet of questions; in an evaluation "self" replaces "answer"."""
EXPERTS = ("points_1", "reason_1", "document_1", "points_2", "reason_2", "document_2", "agreed")
"""What two experts fill in for each indicator of an evaluation."""
_DESCRIBED = {name: CLUSTER_DETAILS[name] for name in ("name", "country")}
_EVALUATED = {"evaluated_on": Column(ASSESSMENT["assessed_on"].parse)}
_IDENTIFICATION = {**ASSESSMENT, "scheme": CODE, **_DESCRIBED, **_EVALUATED}
"""The columns of the first sheet, which has one row; its other columns are not imported."""


def part_of(sheet: Sheet) -> SheetPart | None:
    """Which part of a questionnaire a sheet is; None for other tables."""
    return part_of_headings(sheet.header)


def unfold(findings: IngestState, book: Sequence[Sheet], taken: AnswerCollector) -> None:
    """Collect the answers, and a row of `clusters`; cluster and date come from the sheet of identification.

    Points that two experts agreed on are verified answers of the day of their visit. Notes beside answers, and success
    stories, become remarks and stories of the assessment.
    """
    identified = _identified(findings, book, taken)
    if not identified:
        return
    declared, verified = identified
    before = len(taken)
    questions = _questions(findings, book)
    for sheet, number, cells in questions:
        if cells["answer"]:
            taken.add(sheet, number, {**declared, "indicator": cells["indicator"], "value": cells["answer"]})
    if not any(cells["answer"] or cells["agreed"] for *_, cells in questions):
        findings.add_problem(book[0], None, "", "", "questionnaire.no_answer")
        return
    noted_of = declared if len(taken) > before else verified
    for sheet, number, cells in questions:
        if cells["agreed"]:
            taken.add(sheet, number, {**verified, "indicator": cells["indicator"], "value": cells["agreed"]})
        elif cells["points_1"] or cells["points_2"]:
            findings.add_problem(sheet, number, cells["indicator"], "", "questionnaire.not_agreed", "warning")
    for sheet in book:
        if table := {"questions": "remarks", "stories": "stories"}.get(part_of(sheet) or ""):
            _note(findings, table, sheet, noted_of)


def _identified(findings: IngestState, book: Sequence[Sheet], taken: AnswerCollector) -> tuple[Row, Row] | None:
    """The assessments of declared and of verified answers; None, and an error, unless there is exactly one row.

    A future day and an unknown scheme are reported here, with their row, and absent from the result.
    """
    told: list[Row] = []
    visited = None
    for sheet in book:
        if part_of(sheet) == "identification":
            where = columns_of(findings, sheet, _IDENTIFICATION)
            for number, _, row in rows_of(findings, sheet, where, _IDENTIFICATION):
                for name in ("assessed_on", "evaluated_on"):
                    if (day := row.get(name)) and day > taken.today:
                        findings.add_problem(sheet, number, name, row.pop(name).isoformat(), "cell.future")
                if row.get("scheme", "") not in {*taken.grids, ""}:
                    known = ", ".join(taken.grids)
                    findings.add_problem(sheet, number, "scheme", row.pop("scheme"), "answer.scheme", known=known)
                told.append({name: value for name, value in row.items() if name not in {**_DESCRIBED, **_EVALUATED}})
                visited = row.get("evaluated_on")
                if _DESCRIBED.keys() <= row.keys() and row.get("cluster_id") and not _is_fact(findings, row):
                    empty = {name: column.empty for name, column in CLUSTER_DETAILS.items()}
                    cluster = {**empty, "cluster_id": row["cluster_id"], **{name: row[name] for name in _DESCRIBED}}
                    findings.of("clusters").append((Layer.IMPORT, sheet, number, cluster))
    if len(told) != 1:
        findings.add_problem(book[0], None, "", "", "questionnaire.one_row")
        return None
    return told[0], {**told[0], "evidence": "verified", **({"assessed_on": visited} if visited else {})}


def _is_fact(findings: IngestState, row: Row) -> bool:
    """Whether the register has the same cells: a copy prefilled from it must not override its later changes."""
    told = {name: row[name] for name in ("cluster_id", *_DESCRIBED)}.items()
    return any(told <= known.items() for known in findings.rows_in("clusters", Layer.FACTS))


def _questions(findings: IngestState, book: Sequence[Sheet]) -> list[tuple[Sheet, int, dict[str, str]]]:
    """The rows of all sheets of questions; reports answers without an indicator, and unknown columns."""
    found = []
    heads = {head for name in (*QUESTION, "self", *EXPERTS) for head in questionnaire_headings(name)}
    for sheet in book:
        if part_of(sheet) != "questions":
            continue
        for heading in sheet.header:
            if heading and heading_key(heading) not in heads:
                known = ", ".join(sorted(heads)).replace("_", " ")
                findings.add_problem(sheet, sheet.heading_row, heading, "", "column.unknown", "warning", known=known)
        for number, cells in question_rows(sheet):
            if cells["indicator"]:
                found.append((sheet, number, cells))
            elif told := next((cells[name] for name in ("answer", *EXPERTS) if cells[name]), ""):
                findings.add_problem(sheet, number, "indicator", told, "questionnaire.of_nothing")
    return found


def _note(findings: IngestState, table: str, sheet: Sheet, of: Row) -> None:
    """Collect the rows of `remarks` or `stories` that hold more than the code or the number."""
    columns = {name: column for name, column in TABLES[table].items() if name not in {*ASSESSMENT, "scheme"}}
    headings = [heading_key(heading) for heading in sheet.header]
    where = {
        name: i for name in columns for i, heading in enumerate(headings) if heading in questionnaire_headings(name)
    }
    empty = {name: column.empty for name, column in columns.items() if not column.needed}
    telling = [where[name] for name in empty if name in where]
    rows = tuple((number, cells) for number, cells in sheet.rows if any(cells[i] for i in telling))
    for number, _, row in rows_of(findings, replace(sheet, rows=rows), where, columns):
        findings.of(table).append((Layer.IMPORT, sheet, number, {**of, **empty, **row}))


def question_rows(sheet: Sheet) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a sheet of questions: number, and cells by column; the headings may be in any language."""
    headings = [heading_key(heading) for heading in sheet.header]
    heads = {
        "indicator": questionnaire_headings("indicator"),
        "answer": questionnaire_headings("answer") | questionnaire_headings("self"),
    }
    heads |= {column: questionnaire_headings(column) for column in ("notes", "proof", *EXPERTS)}
    where = {name: next((i for i, h in enumerate(headings) if h in known), None) for name, known in heads.items()}
    for number, cells in sheet.rows:
        yield number, {name: "" if index is None else cells[index] for name, index in where.items()}


def story_rows(sheet: Sheet) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of a sheet of success stories: number as text, and what was done and its result."""
    headings = [heading_key(heading) for heading in sheet.header]
    names = ("story", "what", "result")
    where = {
        name: next((i for i, h in enumerate(headings) if h in questionnaire_headings(name)), None) for name in names
    }
    for _, cells in sheet.rows:
        found = {name: "" if index is None else cells[index] for name, index in where.items()}
        yield found.pop("story"), found


def identification(book: Sequence[Sheet]) -> dict[str, str]:
    """The cells of the sheet of identification by its headings, as `heading_key` writes them; may be empty."""
    sheet = next((one for one in book if part_of(one) == "identification"), None)
    row = next(iter(sheet.rows), None) if sheet else None
    if sheet is None or row is None:
        return {}
    return {heading_key(heading): cell for heading, cell in zip(sheet.header, row[1], strict=True) if heading}
