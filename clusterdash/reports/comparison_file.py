"""The comparison of groups as files: a line for each group and indicator or dimension, and the means. Pure.

Unlike the page, a file leaves the house: figures of fewer clusters than the rules of disclosure ask for are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openpyxl import Workbook

from ..domain import Grid, Language
from ..domain.group_comparison import CellComparison, PooledMean
from ..i18n import format_number, translate
from ..presentation.benchmark.group_overview import ComparedGroups
from ..spreadsheets import Cell, add_sheet, as_csv, reproducible
from ..statistics.parameters import LIMITS

_COLUMNS = ("group", "code", "indicator", "number", "superiority", "p_value", "q_value", "finding")


def comparison_csv(cells: Sequence[CellComparison], names: Mapping[str, str], grid: Grid, language: Language) -> bytes:
    """Group, item, number of clusters, superiority in per cent, p- and q-value, and what follows."""
    items = _item_names(grid, language)
    rows = [
        [
            names[cell.ranks.group],
            cell.ranks.item,
            items[cell.ranks.item],
            format_number(language, cell.ranks.n),
            *(_figure(language, value, digits) for value, digits in _figures(cell)),
            translate(language, f"finding.{cell.finding}"),
        ]
        for cell in cells
        if cell.ranks.group in names and may_leave(cell)
    ]
    return as_csv(_headings(_COLUMNS, language), rows, language)


def comparison_xlsx(groups: ComparedGroups, means: Mapping[str, Sequence[PooledMean]], language: Language) -> bytes:
    """The same as a workbook, with numbers as numbers; the second sheet has the `means` of groups by dimension."""
    items = _item_names(groups.grid, language)
    leaving = {(c.ranks.group, c.ranks.item, c.ranks.is_dimension): c for c in groups.cells if may_leave(c)}
    book = Workbook()
    book.remove(book.worksheets[0])
    cells: list[list[Cell]] = [
        [
            groups.names[group],
            item,
            items[item],
            cell.ranks.n,
            *(None if value is None else round(value, digits) for value, digits in _figures(cell)),
            translate(language, f"finding.{cell.finding}"),
        ]
        for (group, item, _), cell in leaving.items()
        if group in groups.names
    ]
    add_sheet(book, translate(language, "group_note.sheet_cells"), _headings(_COLUMNS, language), cells)
    expected: list[list[Cell]] = [
        [
            groups.names[mean.group],
            items[dimension],
            mean.n,
            *(round(value, 1) for value in (mean.pooled, mean.low, mean.high, mean.mean, mean.overall)),
        ]
        for dimension, listed in means.items()
        for mean in listed
        if mean.group in groups.names and (mean.group, dimension, True) in leaving
    ]
    headings = _headings(("group", "dimension", "number"), language)
    headings += [translate(language, f"group_note.{name}") for name in ("expected", "low", "high", "raw", "overall")]
    add_sheet(book, translate(language, "group_note.sheet_means"), headings, expected)
    return reproducible(book)


def _headings(columns: Sequence[str], language: Language) -> list[str]:
    return [translate(language, f"column.{name}") for name in columns]


def _item_names(grid: Grid, language: Language) -> dict[str, str]:
    """The names of dimensions and indicators by code."""
    names = {one.code: one.name.get(language) for one in grid.dimensions}
    return names | {one.code: one.name.get(language) for one in grid.indicators}


def may_leave(cell: CellComparison) -> bool:
    """Whether the group and the others are large enough for a figure that leaves the house."""
    return min(cell.ranks.n, cell.ranks.total - cell.ranks.n) >= LIMITS.quartile_minimum


def _figures(cell: CellComparison) -> Sequence[tuple[float | None, int]]:
    return [(cell.superiority, 1), (cell.p_value, 5), (cell.q_value, 5)]


def _figure(language: Language, value: float | None, digits: int) -> str:
    return "" if value is None else format_number(language, value, digits)
