"""The comparison of groups as a file: a line for each group and indicator or dimension. Pure.

Unlike the page, a file leaves the house: figures of fewer clusters than the rules of disclosure ask for are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..domain import Grid, Language
from ..domain.group_comparison import CellComparison
from ..i18n import format_number, translate
from ..spreadsheets import as_csv
from ..statistics.parameters import LIMITS

_COLUMNS = ("group", "code", "indicator", "number", "superiority", "p_value", "q_value", "finding")


def comparison_csv(cells: Sequence[CellComparison], names: Mapping[str, str], grid: Grid, language: Language) -> bytes:
    """Group, item, number of clusters, superiority in per cent, p- and q-value, and what follows."""
    items = {one.code: one.name.get(language) for one in grid.dimensions}
    items |= {one.code: one.name.get(language) for one in grid.indicators}
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
        if cell.ranks.group in names and _may_leave(cell)
    ]
    return as_csv([translate(language, f"column.{name}") for name in _COLUMNS], rows, language)


def _may_leave(cell: CellComparison) -> bool:
    """Whether the group and the others are large enough for a figure that leaves the house."""
    return min(cell.ranks.n, cell.ranks.total - cell.ranks.n) >= LIMITS.quartile_minimum


def _figures(cell: CellComparison) -> Sequence[tuple[float | None, int]]:
    return [(cell.superiority, 1), (cell.p_value, 5), (cell.q_value, 5)]


def _figure(language: Language, value: float | None, digits: int) -> str:
    return "" if value is None else format_number(language, value, digits)
