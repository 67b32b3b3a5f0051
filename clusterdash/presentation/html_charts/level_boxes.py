"""Level boxes: a level from 0 to its maximum, and what is still to be gained."""

from __future__ import annotations

from ..html import Markup, render


def level_boxes(
    level: int | None, maximum: int, alt: str, *, target: int | None = None, threshold: int | None = None
) -> Markup:
    """Draw a box for each step: filled as far as `level`, hatched as far as `target`; a tick stands after `threshold`.

    An unknown level leaves all boxes empty.
    """
    reached = level or 0
    boxes = [
        "reached" if step <= reached else "gain" if target is not None and step <= target else "empty"
        for step in range(1, maximum + 1)
    ]
    return render(
        "presentation/html_charts/templates/level_boxes.html.jinja",
        alt=alt,
        boxes=[(kind, step == threshold) for step, kind in enumerate(boxes, 1)],
    )
