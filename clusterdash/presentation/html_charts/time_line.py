"""The line over time: one score from 0 to 100 at a few times, with its numbers written at the points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ..html import Markup, render, svg_address

_LABEL_ROOM = 20
"""A score, in points, below which its number stands above the point, as it would lie on the axis else."""


def time_line(title: str, points: Sequence[tuple[str, float | None]], alt: str) -> Markup:
    """Draw a score at each named time, evenly spaced; None leaves a gap. The line at 50 is the median."""
    shown = [(name, None if score is None else round(score)) for name, score in points]
    places = [round(100 * (i + 0.5) / len(shown), 1) for i in range(len(shown))]
    placed = [(x, *point) for x, point in zip(places, shown, strict=True)]
    lines = [(x, 100 - y, u, 100 - v) for (x, _, y), (u, _, v) in pairwise(placed) if y is not None and v is not None]
    return render(
        "presentation/html_charts/templates/time_line.html.jinja",
        title=title,
        alt=alt,
        points=[(x, name, score, score is not None and not _LABEL_ROOM < score <= 50) for x, name, score in placed],
        image=_image(lines),
    )


def _image(lines: Sequence[tuple[float, float, float, float]]) -> str:
    return svg_address(render("presentation/html_charts/templates/time_line.svg.jinja", lines=lines))
