"""Level boxes: the levels that are reached, those to gain, and the threshold, one box a level."""

from __future__ import annotations

from ..html import Markup, render

MOST_BOXES = 10
"""The highest maximum that is drawn as boxes; a wider range is written as a number only."""


def level_boxes(
    value: float | None, maximum: float, alt: str, *, target: float | None = None, threshold: float | None = None
) -> Markup:
    """Draw a box for each level from 1 to `maximum`: filled up to `value`, hatched up to `target`.

    A tick stands at `threshold`. Empty where the maximum is no whole number from 1 to `MOST_BOXES`.
    """
    if not (1 <= maximum <= MOST_BOXES and maximum == int(maximum)):
        return Markup("")
    reached, wanted = value or 0, max(target or 0, value or 0)
    levels = range(1, int(maximum) + 1)
    boxes = ["reached" if level <= reached else "wanted" if level <= wanted else "" for level in levels]
    return render(
        "presentation/html_charts/templates/level_boxes.html.jinja",
        alt=alt,
        boxes=boxes,
        threshold=None if threshold is None else round(100 * threshold / maximum),
    )
