"""Workbooks to start from, in the documented forms: empty, or filled with invented clusters. Pure."""

from __future__ import annotations

from datetime import date
from typing import Literal

from openpyxl import Workbook
from openpyxl.comments import Comment

from ..domain import Grid, Indicator, Language
from ..i18n import format_number, translate
from ..spreadsheets import Cell, add_sheet, reproducible

Form = Literal["wide", "long"]
"""A row for each cluster and a column for each indicator, or a row for each answer."""
FORMS: tuple[Form, ...] = ("wide", "long")
_CLUSTERS = ("A", "B", "C")
_DESCRIBED = ("cluster_id", "name", "country", "sector")
_HEADING_ROW = 1


def example_workbook(grid: Grid, form: Form, language: Language, today: date, *, filled: bool) -> bytes:
    """A workbook in a documented form; what each column means stands in a comment on its heading.

    `filled`: three invented clusters of the present year, so that the import accepts it as it is, else headings alone.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    day = date(today.year, 1, 1).isoformat()
    scheme = grid.scheme.code
    people = [(f"ex-{letter.lower()}", f"{_example(language)} {letter}", "FR", "other") for letter in _CLUSTERS]
    if form == "wide":
        headings = ("cluster_id", "name", "country", "assessed_on", "scheme", *(one.code for one in grid.indicators))
        rows: list[list[Cell]] = [
            [*person[:3], day, scheme, *(_answer(one, place) for one in grid.indicators)]
            for place, person in enumerate(people)
        ]
        add_sheet(book, "wide", headings, rows if filled else [])
        _explain(book, "wide", grid, language)
    else:
        add_sheet(book, "clusters", _DESCRIBED, people if filled else [])
        answers: list[list[Cell]] = [
            [person[0], day, scheme, one.code, _answer(one, place)]
            for place, person in enumerate(people)
            for one in grid.indicators
        ]
        columns = ("cluster_id", "assessed_on", "scheme", "indicator", "value")
        add_sheet(book, "answers", columns, answers if filled else [])
    return reproducible(book)


def _example(language: Language) -> str:
    return translate(language, "example_workbook.cluster")


def _answer(indicator: Indicator, place: int) -> float:
    """An allowed answer, another one for each example."""
    low, high = indicator.minimum or 0.0, 100.0 if indicator.maximum is None else indicator.maximum
    return float(round(low + (high - low) * (place + 1) / (len(_CLUSTERS) + 1)))


def _explain(book: Workbook, title: str, grid: Grid, language: Language) -> None:
    """Comment on the heading of each indicator: what it is, its unit, its bounds."""
    indicators = {one.code: one for one in grid.indicators}
    for cell in book[title][_HEADING_ROW]:
        if one := indicators.get(str(cell.value)):
            bounds = " – ".join(
                "" if bound is None else format_number(language, bound) for bound in (one.minimum, one.maximum)
            )
            text = f"{one.name.get(language)} ({one.unit.get(language)}; {bounds})"
            cell.comment = Comment(text, "clusterdash", width=280, height=80)
