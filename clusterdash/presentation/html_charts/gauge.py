"""The gauge: points reached, points required, points possible."""

from __future__ import annotations

from ..html import Markup, render


def gauge(
    value: float,
    required: float,
    maximum: float,
    alt: str,
    texts: tuple[str, str, str],
    *,
    upper: float | None = None,
) -> Markup:
    """Draw a bar from 0 to `maximum`, filled as far as `value`, hatched as far as `required`, where a tick stands.

    `texts` are written below: at the value (in the bar, where all is met), at what is required, and at the maximum.
    `upper`: another tick, where what is required ends. Raises ValueError unless 0 <= value <= maximum and
    0 <= required <= upper <= maximum.
    """
    if not (0 <= value <= maximum and 0 <= required <= (upper or required) <= maximum and maximum > 0):
        raise ValueError("value and what is required lie between 0 and the maximum")
    return render(
        "presentation/html_charts/templates/gauge.html.jinja",
        alt=alt,
        met=value >= required,
        value=round(100 * value / maximum, 2),
        required=round(100 * required / maximum, 2),
        upper=None if upper is None else round(100 * upper / maximum, 2),
        texts=texts,
    )
