"""A filled questionnaire (`template.py` writes it) -> answers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from ..i18n import LANGUAGES, say
from .answers import Answers
from .forms import ASSESSMENT, CLUSTER_DETAILS, CODE, Column, Findings, Row, columns_of, rows_of
from .sheets import Sheet

Part = Literal["identification", "questions", "stories"]
EXPERTS = ("points_1", "reason_1", "document_1", "points_2", "reason_2", "document_2", "agreed")
"""What two experts fill in for each indicator of an evaluation."""
_DESCRIBED = {name: CLUSTER_DETAILS[name] for name in ("name", "country")}
_EVALUATED = {"evaluated_on": Column(ASSESSMENT["assessed_on"].parse)}
_IDENTIFICATION = {**ASSESSMENT, "scheme": CODE, **_DESCRIBED, **_EVALUATED}
"""What the first sheet tells, in one row; its other columns are for the reader."""


def part_of(sheet: Sheet) -> Part | None:
    """Which part of a questionnaire a sheet is; None for other tables."""
    columns = {column.lower() for column in sheet.header}
    if {"cluster_id", "assessed_on", "scheme", "expert"} <= columns:
        return "identification"
    if columns & _heads("indicator") and columns & (_heads("answer") | _heads("self")):
        return "questions"
    return "stories" if columns & _heads("story") and columns & _heads("result") else None


def unfold(findings: Findings, book: Sequence[Sheet], taken: Answers) -> None:
    """The answers, and a row of `clusters`: who and when from the sheet of identification.

    What two experts have agreed upon are answers too, verified ones, of the day of their visit.
    The success stories are for the reader of the report; no table holds them.
    """
    told: list[Row] = []
    visited = None
    for sheet in book:
        if part_of(sheet) == "identification":
            where = columns_of(findings, sheet, _IDENTIFICATION)
            for number, _, row in rows_of(findings, sheet, where, _IDENTIFICATION):
                told.append({name: value for name, value in row.items() if name not in {**_DESCRIBED, **_EVALUATED}})
                visited = row.get("evaluated_on")
                if _DESCRIBED.keys() <= row.keys() and row.get("cluster_id"):
                    empty = {name: column.empty for name, column in CLUSTER_DETAILS.items()}
                    cluster = {**empty, "cluster_id": row["cluster_id"], **{name: row[name] for name in _DESCRIBED}}
                    findings.of("clusters").append(("import", sheet, number, cluster))
    if len(told) != 1:
        findings.complain(book[0], None, "", "", "questionnaire.one_row")
        return
    agreed_on = {"assessed_on": visited} if visited else {}
    for sheet in book:
        if part_of(sheet) != "questions":
            continue
        for number, cells in lines(sheet):
            if not cells["indicator"]:
                continue
            row = {**told[0], "indicator": cells["indicator"]}
            if cells["answer"]:
                taken.take(sheet, number, {**row, "value": cells["answer"]})
            if cells["agreed"]:
                taken.take(sheet, number, {**row, **agreed_on, "evidence": "verified", "value": cells["agreed"]})
            elif cells["points_1"] or cells["points_2"]:
                findings.complain(sheet, number, cells["indicator"], "", "questionnaire.not_agreed", "warning")


def lines(sheet: Sheet) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a sheet of questions: number, and cells by what they hold, whatever the language of the headings."""
    headings = [heading.lower() for heading in sheet.header]
    heads = {"indicator": _heads("indicator"), "answer": _heads("answer") | _heads("self")}
    heads |= {column: _heads(column) for column in EXPERTS}
    where = {name: next((i for i, h in enumerate(headings) if h in known), None) for name, known in heads.items()}
    for number, cells in sheet.rows:
        yield number, {name: "" if index is None else cells[index] for name, index in where.items()}


def _heads(column: str) -> set[str]:
    """How a column of a questionnaire is headed, in all languages."""
    return {say(language, f"questionnaire.{column}").lower() for language in LANGUAGES}
