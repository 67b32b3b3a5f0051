"""The questionnaire of a scheme as a workbook for the interview, which the import reads back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Literal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ..domain import Grid, Indicator, Language, PreviousAssessment
from ..i18n import format_value, translate
from ..spreadsheets import BOLD, neutralize_formula, reproducible
from .questionnaire_reader import EXPERTS, QUESTION
from .table_reader import as_cell

IDENTITY = ("cluster_id", "name", "country", "assessed_on", "evidence", "scheme", "expert")
STORY = ("story", "what", "result")
_WIDTHS = (11, 26, 46, 13, 17, 11, 12, 32, 28)
_EXPERT_WIDTHS = (10, 30, 26, 10, 30, 26, 10)
_HEAD, _OPEN = PatternFill("solid", fgColor="DDE7F2"), PatternFill("solid", fgColor="FFF8DC")
_RULE = Border(bottom=Side("thin", color="C9D2DE"))
_LINE, _HIGHEST = 15, 405
"""The height of a line of text, and the maximum height of a row, in points."""
_LONGEST_LIST = 250
"""Maximum number of characters of the choices of a list."""
_STORIES = 3
_FIRST_HIDDEN = 10
"""The first column of the identification after the instructions."""


def questionnaire(
    grid: Grid, language: Language, before: PreviousAssessment | None = None, *, origin: Mapping[str, str] | None = None
) -> bytes:
    """The workbook: identification, a sheet for each dimension with a row for each indicator, three success stories.

    `origin`: cells of hidden columns of the identification, by which a case knows its own workbook again.

    In an evaluation the answers are the cluster's own, and two experts have columns beside them. Answers have
    drop-downs and limits; those of the previous assessment are shown beside, and prefilled to be confirmed.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    identified = book.create_sheet(translate(language, "questionnaire.identification"))
    _identification(identified, grid, language, before)
    for place, (name, text) in enumerate((origin or {}).items(), start=_FIRST_HIDDEN):
        identified.cell(1, place, name)
        identified.cell(2, place, text)
        identified.column_dimensions[get_column_letter(place)].hidden = True
    definitions = {definition.indicator: definition for definition in grid.definitions}
    evaluated = grid.scheme.purpose == "evaluation"
    asked = tuple("self" if evaluated and name == "answer" else name for name in QUESTION)
    columns, widths = (asked + EXPERTS, _WIDTHS + _EXPERT_WIDTHS) if evaluated else (asked, _WIDTHS)
    valued = [place for place, name in enumerate(columns, 1) if name in ("answer", "self", *EXPERTS[::3])]
    for dimension in grid.dimensions:
        name = dimension.name.get(language)
        sheet = book.create_sheet(f"{dimension.code} {name}"[:31].translate(str.maketrans("", "", "[]:*?/\\")))
        _headings(sheet, [translate(language, f"questionnaire.{column}") for column in columns], widths)
        for indicator in grid.indicators:
            if indicator.dimension != dimension.code:
                continue
            definition = definitions.get(indicator.code)
            value = before.answers.get(indicator.code) if before else None
            noted = before.remarks.get(indicator.code) if before else None
            sheet.append(
                [
                    indicator.code,
                    indicator.name.get(language),
                    definition.measures.get(language) if definition else "",
                    indicator.unit.get(language),
                    allowed_values(indicator, language),
                    value,
                    value,
                    neutralize_formula(noted.notes) if noted else None,
                    neutralize_formula(noted.proof) if noted else None,
                ]
            )
            row = sheet.max_row
            validation = _validation(indicator, language)
            sheet.add_data_validation(validation)
            for place in valued:
                validation.add(sheet.cell(row, place))
            for place in range(QUESTION.index("answer") + 1, len(columns) + 1):
                cell = sheet.cell(row, place)
                cell.fill, cell.protection = _OPEN, Protection(locked=False)
        sheet.freeze_panes = "C2"
    stories = book.create_sheet(translate(language, "questionnaire.stories"))
    _headings(stories, [translate(language, f"questionnaire.{column}") for column in STORY], (8, 80, 80))
    told = {story.number: story for story in (before.stories if before else ())}
    for number in range(1, max([_STORIES, *told]) + 1):
        story = told.get(number)
        stories.append([number, *((neutralize_formula(story.what), neutralize_formula(story.result)) if story else ())])
    for sheet in book.worksheets:
        _lay_out(sheet, pages=2 if evaluated and sheet.max_column > len(QUESTION) else 1)
    return reproducible(book)


def _lay_out(sheet: Worksheet, pages: int) -> None:
    """Show all text; print on A4 landscape, `pages` wide, headings on each: interviews are held on paper, too."""
    widths = [sheet.column_dimensions[get_column_letter(place)].width for place in range(1, sheet.max_column + 1)]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        lines = [1]
        for cell, width in zip(row, widths, strict=True):
            cell.alignment, cell.border = Alignment("left", "top", wrap_text=True), _RULE
            lines.append(sum(ceil((len(part) + 1) / width) for part in str(cell.value or "").split("\n")))
        sheet.row_dimensions[number].height = min(_LINE * max(lines), _HIGHEST)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0
    sheet.print_title_rows = "1:1"
    if pages > 1:
        sheet.print_title_cols = "A:B"
    sheet.page_margins = PageMargins(0.4, 0.4, 0.5, 0.5)


def _identification(sheet: Worksheet, grid: Grid, language: Language, before: PreviousAssessment | None) -> None:
    """Fill the sheet of identification: one row, under headings that the import knows; instructions beside it."""
    evaluated = grid.scheme.purpose == "evaluation"
    names, widths = [*IDENTITY], (28, 36, 10, 16, 14, 18, 30)
    _headings(sheet, [*names, "evaluated_on"] if evaluated else names, (*widths, 16) if evaluated else widths)
    cluster = before.cluster if before else None
    known = [cluster.cluster_id, neutralize_formula(cluster.name), cluster.country] if cluster else ["", "", ""]
    sheet.append([*known, "", "declared", grid.scheme.code, ""])
    for place in range(1, sheet.max_column + 1):
        sheet.cell(2, place).fill = _OPEN
    evidence = DataValidation("list", formula1='"declared,verified"', allow_blank=False)
    sheet.add_data_validation(evidence)
    evidence.add("E2")
    lines = [translate(language, "questionnaire.how", scheme=grid.scheme.name.get(language))]
    if evaluated:
        lines.append(translate(language, "questionnaire.how_experts"))
    if evaluated and grid.scheme.illustrative:
        lines.append(translate(language, "gold.placeholder"))
    if before and before.assessed_on:
        lines.append(translate(language, "questionnaire.prefilled", day=before.assessed_on))
    sheet["I1"] = "\n".join(lines)
    sheet.column_dimensions["I"].width = 70


def _headings(sheet: Worksheet, names: list[str], widths: tuple[int, ...]) -> None:
    sheet.append(names)
    for index, (cell, width) in enumerate(zip(sheet[1], widths, strict=True), start=1):
        cell.font, cell.fill = BOLD, _HEAD
        sheet.column_dimensions[get_column_letter(index)].width = width


def allowed_values(indicator: Indicator, language: Language) -> str:
    """Which values an indicator allows, in words."""
    if indicator.kind == "gate":
        return translate(language, "questionnaire.gate")
    low, high = (format_value(language, limit) for limit in (indicator.minimum, indicator.maximum))
    key = "questionnaire.whole" if indicator.kind == "level" else "questionnaire.between"
    return translate(language, key, low=low, high=high)


def _validation(indicator: Indicator, language: Language) -> DataValidation:
    """The validation rule of an indicator: a list for levels and gates, limits for numbers."""
    low, high = indicator.minimum, indicator.maximum
    choices = ""
    if indicator.kind in ("level", "gate") and low is not None and high is not None:
        choices = ",".join(str(value) for value in range(int(low), int(high) + 1))
    if 0 < len(choices) <= _LONGEST_LIST:
        rule = DataValidation("list", formula1=f'"{choices}"', allow_blank=True)
    else:
        least, most = as_cell(-1e12 if low is None else low), as_cell(1e12 if high is None else high)
        kind: Literal["whole", "decimal"] = "whole" if choices else "decimal"
        rule = DataValidation(kind, operator="between", formula1=least, formula2=most, allow_blank=True)
    rule.error, rule.errorTitle = allowed_values(indicator, language), indicator.code
    rule.showErrorMessage = True
    return rule
