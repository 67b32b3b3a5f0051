"""The heat table: many groups by many dimensions, one figure a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..html import Markup, render

FIRST, LAST, STEPS = 20, 50, 7
"""The usual scale of colours: at most 20, then seven steps up to 50 and more."""


Extreme = Literal["", "highest", "lowest"]
"""Whether a cell is the highest or lowest of its column."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A score from 0 to 100 as it is written, "few" where it rests on few answers; `extreme` of its column."""

    value: float | None
    text: str
    few: bool = False
    extreme: Extreme = ""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A row: its name, the small text below it, and its cells."""

    name: str
    note: str
    cells: Sequence[HeatCell]


def heat_table(
    caption: str,
    headings: Sequence[str],
    rows: Sequence[HeatRow],
    *,
    sorted_by: int,
    scale: tuple[float, float] = (FIRST, LAST),
    on_phones: bool = False,
) -> Markup:
    """Draw a table whose cells are shaded by their value; the number is always written.

    `headings`: of all columns; `sorted_by`: the place of the one by which the rows stand, the highest first. `scale`:
    the values from which and up to which the shades differ. `on_phones`: whether it is drawn there, too.
    """
    return render(
        "presentation/html_charts/templates/heat_table.html.jinja",
        caption=caption,
        headings=headings,
        sorted_by=sorted_by,
        rows=[(row, [(cell, _step(cell.value, scale)) for cell in row.cells]) for row in rows],
        on_phones=on_phones,
    )


def _step(value: float | None, scale: tuple[float, float]) -> int | None:
    if value is None:
        return None
    first, last = scale
    return max(0, min(STEPS - 1, int((value - first) / (last - first) * STEPS)))
