"""Stacked bars with their totals written: lying, a row each, or standing, one beside the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..html import Markup, render


@dataclass(frozen=True, slots=True)
class StackedBar:
    """A bar: its name, and its parts as (style, count); a style is a label's id, or "own" for all in one colour."""

    name: str
    parts: Sequence[tuple[str, int]]

    @property
    def total(self) -> int:
        """The length of the whole bar."""
        return sum(count for _, count in self.parts)


def bar_rows(bars: Sequence[StackedBar], texts: Sequence[str], *, longest: int) -> Markup:
    """Draw lying bars in two columns, the first ones on the left, with `texts` at their ends; `longest` fills a row."""
    rows = [(bar.name, _sizes(bar, longest), text) for bar, text in zip(bars, texts, strict=True)]
    return render("presentation/html_charts/templates/bar_rows.html.jinja", rows=rows, half=(len(rows) + 1) // 2)


def bar_columns(bars: Sequence[StackedBar], texts: Sequence[str], alt: str) -> Markup:
    """Draw standing bars with `texts` above them; the last two characters of a name are always shown below it."""
    highest = max((bar.total for bar in bars), default=0)
    columns = [
        (bar.name[:-2], bar.name[-2:], _sizes(bar, highest), text) for bar, text in zip(bars, texts, strict=True)
    ]
    return render("presentation/html_charts/templates/bar_columns.html.jinja", columns=columns, alt=alt)


def _sizes(bar: StackedBar, longest: int) -> list[tuple[str, float]]:
    """The parts with their size in per cent of the longest bar, those that are empty left out."""
    return [(style, round(100 * count / longest, 2)) for style, count in bar.parts if count]
