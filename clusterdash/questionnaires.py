"""A filled questionnaire (`template.py` writes it) -> answers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from .answers import Answers
from .forms import ASSESSMENT, CLUSTER_DETAILS, CODE, Findings, Row, columns_of, rows_of
from .i18n import LANGUAGES, say
from .sheets import Sheet

Part = Literal["identification", "questions", "stories"]
_DESCRIBED = {name: CLUSTER_DETAILS[name] for name in ("name", "country")}
_IDENTIFICATION = {**ASSESSMENT, "scheme": CODE, **_DESCRIBED}
"""What the first sheet tells, in one row; its other columns are for the reader."""


def part_of(sheet: Sheet) -> Part | None:
    """Which part of a questionnaire a sheet is; None for other tables."""
    columns = {column.lower() for column in sheet.header}
    if {"cluster_id", "assessed_on", "scheme", "expert"} <= columns:
        return "identification"
    if columns & _heads("indicator") and columns & _heads("answer"):
        return "questions"
    return "stories" if columns & _heads("story") and columns & _heads("result") else None


def unfold(findings: Findings, book: Sequence[Sheet], taken: Answers) -> None:
    """The answers, and a row of `clusters`: who and when from the sheet of identification.

    The success stories are for the reader of the report; no table holds them.
    """
    told: list[Row] = []
    for sheet in book:
        if part_of(sheet) == "identification":
            where = columns_of(findings, sheet, _IDENTIFICATION)
            for number, _, row in rows_of(findings, sheet, where, _IDENTIFICATION):
                told.append({name: value for name, value in row.items() if name not in _DESCRIBED})
                if _DESCRIBED.keys() <= row.keys() and row.get("cluster_id"):
                    empty = {name: column.empty for name, column in CLUSTER_DETAILS.items()}
                    cluster = {**empty, "cluster_id": row["cluster_id"], **{name: row[name] for name in _DESCRIBED}}
                    findings.of("clusters").append(("import", sheet, number, cluster))
    if len(told) != 1:
        findings.complain(book[0], None, "", "", "questionnaire.one_row")
        return
    for sheet in book:
        if part_of(sheet) != "questions":
            continue
        headings = [heading.lower() for heading in sheet.header]
        code, answer = (
            next(i for i, heading in enumerate(headings) if heading in _heads(column))
            for column in ("indicator", "answer")
        )
        for number, cells in sheet.rows:
            if cells[answer] and cells[code]:
                taken.take(sheet, number, {**told[0], "indicator": cells[code], "value": cells[answer]})


def _heads(column: str) -> set[str]:
    """How a column of a questionnaire is headed, in all languages."""
    return {say(language, f"questionnaire.{column}").lower() for language in LANGUAGES}
