"""Rounding for disclosure control: counts in multiples of a base, rounded outward; figures to few digits. Pure.

The SQL macros `round_outward`, `published_low`, `published_high` and `rounded` do the same.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .parameters import DECIMALS, ROUNDING_BASE, SIGNIFICANT_DIGITS


def round_outward(clusters: ArrayLike, others: ArrayLike, base: int = ROUNDING_BASE) -> NDArray[np.float64]:
    """The multiple of `base` that is published for a number of clusters among `others`.

    It is rounded down, and always by at least one unless it is 0. With a base of five, 0 to 5 are published as 0, 6 to
    10 as 5, and so on; the last step holds the remainder, never fewer than five. So it is never disclosed that no
    cluster is above, or below.
    """
    steps = np.minimum(np.ceil(np.divide(clusters, base)) - 1, np.floor_divide(others, base) - 1)
    return np.asarray(base * np.maximum(0, steps), dtype=np.float64)


def coarsened_percentile(
    percentiles: NDArray[np.float64], others: NDArray[np.int64], base: int = ROUNDING_BASE
) -> NDArray[np.float64]:
    """Percentiles (0 to 100) among `others`, with those below and those above rounded outward; NaN stays NaN."""
    known = np.where(np.isnan(percentiles), 0.0, percentiles)
    below, above = (round_outward(np.round(share * others / 100, 6), others, base) for share in (known, 100 - known))
    middle: NDArray[np.float64] = 50 + 50 * (below - above) / others
    return np.where(np.isnan(percentiles), np.nan, middle)


def rounding_unit(value: float, kind: str) -> float:
    """The unit that a median or quartile near `value` is rounded to, as the SQL macro `rounded` does.

    1 for levels, points and per cents; for numbers so that `SIGNIFICANT_DIGITS` remain, but whole numbers from 1 on.
    """
    if kind != "number":
        return 1.0
    if not value:
        return 1.0
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - (SIGNIFICANT_DIGITS - 1))
    return unit if abs(value) < 1 else max(1.0, unit)


def rounded_figure(value: float, kind: str) -> float:
    """A median or quartile as it is published; halves away from zero, as the SQL macro `rounded` does."""
    unit = rounding_unit(value, kind)
    return math.copysign(round(math.floor(abs(value) / unit + 0.5) * unit, DECIMALS), value) if value else 0.0
