"""The tally: one cell per indicator or document, by its state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...benchmark.rules import Classification
from ..html import Markup, render

ORDER: tuple[Classification, ...] = ("above", "level", "unsure", "below")
"""From the best to the worst; what cannot be told stands between."""


def tally(counts: Mapping[Classification, int], words: Mapping[Classification, str], alt: str) -> Markup:
    """Draw as many cells as there are indicators of each classification, and a line for each with its count."""
    return cells([(word, counts.get(word, 0), words[word]) for word in ORDER], alt)


def cells(parts: Sequence[tuple[str, int, str]], alt: str) -> Markup:
    """Draw a row of cells: for each part its CSS class, the number of its cells, and the words beside that number."""
    return render("presentation/html_charts/templates/tally.html.jinja", alt=alt, parts=parts)
