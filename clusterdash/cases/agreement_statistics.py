"""How well two experts agree on points that they gave alone: same points, mean difference, weighted kappa. Pure.

Kappa with quadratic weights (Cohen 1968, *Psychological Bulletin* 70) compares the squared differences of the pairs
with those that the same points would have in random pairs. It equals Lin's coefficient of concordance (1989), so it
needs sums alone and no list of levels. Its interval is a bootstrap over cases (Davison and Hinkley 1997, chapter 3.8):
the judgments of one case are no independent sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

MINIMUM_PAIRS, MINIMUM_CASES = 100, 3
"""From how many pairs of points, of how many cases, the figures are computed."""
LEVEL = 0.95
"""Of the intervals."""
SAMPLES = 4_000
"""Of the bootstrap."""
SEED = 20
_MOST_UNDEFINED = 0.05
"""The share of samples without a kappa from which it has no interval."""
_TINY = 1e-12

Pairs = Sequence[tuple[float, float]]
"""The points that two experts gave to the indicators of one case."""
_Sums = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval; `low` and `high` are None where there is no interval."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well two experts agree.

    `same`: the share of pairs with the same points, in per cent. `mean_difference`: of the second's points from the
    first's, in points. `kappa`: weighted, at most 1; None where both gave the same points to everything.
    """

    pairs: int
    cases: int
    same: Estimate
    mean_difference: Estimate
    kappa: Estimate | None


def agreement(cases: Sequence[Pairs]) -> Agreement | None:
    """The agreement over cases; None with fewer pairs than `MINIMUM_PAIRS`, or fewer cases than `MINIMUM_CASES`."""
    judged = [np.asarray(pairs, dtype=np.float64).reshape(-1, 2) for pairs in cases if len(pairs)]
    number = sum(len(pairs) for pairs in judged)
    if number < MINIMUM_PAIRS or len(judged) < MINIMUM_CASES:
        return None
    sums = np.array([_sums_of(pairs) for pairs in judged])
    drawn = np.random.default_rng(SEED).multinomial(len(judged), np.full(len(judged), 1 / len(judged)), SAMPLES)
    samples, tail = drawn @ sums, _tail(len(judged))
    same, difference, kappa = _figures(sums.sum(axis=0)[None, :])[:, 0]
    same_samples, difference_samples, kappa_samples = _figures(samples)
    return Agreement(
        number,
        len(judged),
        _estimate(same, same_samples, tail),
        _estimate(difference, difference_samples, tail),
        None if np.isnan(kappa) else _estimate(kappa, kappa_samples, tail),
    )


def _sums_of(pairs: NDArray[np.float64]) -> _Sums:
    """What all figures follow from: number of pairs, of equal ones, sums of points, of squares and of products."""
    first, second = pairs[:, 0], pairs[:, 1]
    parts = (np.ones(len(pairs)), first == second, first, second, first**2, second**2, (first - second) ** 2)
    return np.array([part.sum() for part in parts], dtype=np.float64)


def _figures(sums: _Sums) -> _Sums:
    """Share of the same points, mean difference and kappa (NaN where it is not defined), for each row of sums."""
    n, same, first, second, first_squares, second_squares, squared_differences = sums.T
    means = first / n, second / n
    spread = first_squares / n - means[0] ** 2 + second_squares / n - means[1] ** 2 + (means[0] - means[1]) ** 2
    defined = spread > _TINY
    kappa = np.where(defined, 1 - squared_differences / n / np.where(defined, spread, 1), np.nan)
    return np.array([100 * same / n, means[1] - means[0], kappa])


def _estimate(value: float, samples: _Sums, tail: float) -> Estimate:
    """A figure with its percentile interval; `tail`: the share of samples on either side of it."""
    undefined = np.isnan(samples)
    if undefined.mean() > _MOST_UNDEFINED:
        return Estimate(float(value), None, None)
    low, high = np.quantile(samples[~undefined], [tail, 1 - tail])
    return Estimate(float(value), float(low), float(high))


def _tail(cases: int) -> float:
    """The share of samples below an interval, and above it: smaller than half the rest where there are few cases.

    Percentiles of a bootstrap are too narrow for small samples, as a normal interval is beside one of Student's t; this
    corrects for both (Hesterberg 2015, *The American Statistician* 69, the expanded percentile interval).
    """
    expanded = np.sqrt(cases / (cases - 1)) * stats.t.ppf((1 - LEVEL) / 2, cases - 1)
    return float(stats.norm.cdf(expanded))
