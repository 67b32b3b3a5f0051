"""A workbook of submitted sheets in which each cell in question is coloured and has a comment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from ..domain import Language, Problem
from ..i18n import explain, translate
from ..ingest.invisible_characters import escape_control
from ..ingest.readers import Grid
from ..presentation.admin.understanding import question_sentence
from ..recipes.questions import Question
from ..recipes.understand import UnderstoodSheet
from ..spreadsheets import neutralize_formula, reproducible

_FILLS = {
    "asked": PatternFill("solid", fgColor="FFF3D1"),
    "unreadable": PatternFill("solid", fgColor="F8D7C4"),
    "problem": PatternFill("solid", fgColor="F8D7C4"),
}
_MAXIMUM_ROWS = 20_000
"""Of one sheet of the workbook."""
Comments = Mapping[tuple[int, int], tuple[str, str]]
"""Kind and text of the comment on a cell, by row number and index of the column."""


def marked_workbook(
    sheets: Sequence[UnderstoodSheet], questions: Iterable[Question], problems: Iterable[Problem], language: Language
) -> bytes:
    """The sheets as they were read, with a comment on each cell that is asked about, or that a check refuses."""
    asked = [*questions]
    found = [*problems]
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, sheet in enumerate(sheets, start=1):
        _add(book, f"{number} {sheet.layout.grid.name}", sheet.layout.grid, _comments(sheet, asked, found, language))
    return reproducible(book)


def _comments(
    sheet: UnderstoodSheet, questions: Sequence[Question], problems: Sequence[Problem], language: Language
) -> Comments:
    layout = sheet.layout
    columns = layout.headings.columns if layout.headings else ()
    texts = {(place.row, place.heading): question_sentence(one, language) for one in questions for place in one.places}
    comments: dict[tuple[int, int], tuple[str, str]] = {}
    for (row, heading), mark in sheet.marks.items():
        if mark.kind in _FILLS and heading in columns:
            text = texts.get((row, heading)) or translate(language, f"marked_cell.{mark.kind}")
            comments[row, columns.index(heading)] = mark.kind, text
    for problem in problems:
        here = (problem.file, problem.table) == (layout.grid.file, layout.grid.name)
        if here and problem.row is not None and problem.severity == "error":
            index = columns.index(problem.column) if problem.column in columns else 0
            comments[problem.row, index] = "problem", explain(language, problem)
    return comments


def _add(book: Workbook, title: str, grid: Grid, comments: Comments) -> None:
    sheet = book.create_sheet("".join("_" if sign in "[]:*?/\\" else sign for sign in title)[:31])
    widths: dict[int, int] = {}
    for number, row in enumerate(grid.rows, start=1):
        if number > _MAXIMUM_ROWS:
            break
        for index, cell in enumerate(row):
            if cell:
                sheet.cell(number, index + 1, neutralize_formula(escape_control(cell)))
                widths[index] = min(40, max(widths.get(index, 10), len(cell) + 2))
    for (number, index), (kind, text) in comments.items():
        marked = sheet.cell(number, index + 1)
        marked.fill = _FILLS[kind]
        marked.comment = Comment(escape_control(text), "clusterdash", width=320, height=110)
    for index, width in widths.items():
        sheet.column_dimensions[get_column_letter(index + 1)].width = width
