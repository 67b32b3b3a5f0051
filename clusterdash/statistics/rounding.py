"""Rounding for disclosure control: counts in multiples of a base, rounded outward. Pure.

The SQL macros `round_outward`, `published_low` and `published_high` do the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .parameters import ROUNDING_BASE


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
