"""The rug: many groups by many items, each cell above, below or not to be told from all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..html import Markup, render


@dataclass(frozen=True, slots=True)
class RugCell:
    """A cell: "above", "below", "unclear" or "few"; its figure as text, where it leads, and what is spoken of it."""

    finding: str
    text: str
    address: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class RugRow:
    """A row: an item, with a cell for each group."""

    name: str
    cells: Sequence[RugCell]


def rug(caption: str, corner: str, headings: Sequence[str], parts: Sequence[tuple[str, Sequence[RugRow]]]) -> Markup:
    """Draw a rug: `corner` names the rows, `headings` the groups; the rows stand in parts, each with its name."""
    template = "presentation/html_charts/templates/rug.html.jinja"
    return render(template, caption=caption, corner=corner, headings=headings, parts=parts)
