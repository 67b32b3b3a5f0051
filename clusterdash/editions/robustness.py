"""How much a block's position owes to choices that could have been made otherwise. Pure.

The same percentiles are put together in many other ways: each indicator weighs up to a quarter more or less, one
indicator of the block is left out, and half of the times the mean is geometric. (Uncertainty analysis of composite
indicators: OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 7.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

VARIANTS = 1000
WEIGHT_SPAN = 0.25
"""Weights lie between 1 - this and 1 + this."""
FLOOR = 1.0
"""A geometric mean knows no zero: percentiles below this count as this."""
LEAST_LEFT_OUT = 3
"""A block needs so many indicators for one to be left out."""
ENVELOPE = (0.05, 0.95)
SEED = 20
AT_ONCE = 4096
"""So many clusters are placed at once: memory stays small, however many there are."""
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Variants:
    """Ways to put `k` indicators together: weights (k x variants, 0 where left out), and which means are geometric."""

    weights: Numbers
    geometric: Flags


@dataclass(frozen=True, slots=True)
class Robustness:
    """For each of the clusters: base position, its span over the variants, and the share of them on the same side.

    Positions are percentiles 0-100 among the members, the share is in per cent; NaN where a cluster has no score.
    """

    position: Numbers
    low: Numbers
    high: Numbers
    same_side: Numbers


def variants(k: int, n: int = VARIANTS, seed: int = SEED) -> Variants:
    """Draw `n` ways to put `k` indicators together, the same ones for the same seed."""
    draw = np.random.default_rng(seed)
    weights = draw.uniform(1 - WEIGHT_SPAN, 1 + WEIGHT_SPAN, (k, n))
    if k >= LEAST_LEFT_OUT:
        weights[draw.integers(0, k, n), np.arange(n)] = 0
    return Variants(weights, draw.random(n) < 0.5)


def assess(percentiles: Numbers, scored: Flags, member: Flags, ways: Variants) -> Robustness:
    """Where clusters stand in one block, in every variant.

    `percentiles` (clusters x indicators) holds NaN for missing ones; `scored` tells who has a score, `member` who
    belongs to the reference. Each cluster is left out of its own comparison.
    """
    single = Variants(np.ones((percentiles.shape[1], 1)), np.zeros(1, bool))
    inside = member & scored
    here, there = _ranked(percentiles[inside], single), _ranked(percentiles[inside], ways)
    told = np.full((4, len(percentiles)), np.nan)
    for start in range(0, len(percentiles), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        base = _positions(_scores(percentiles[part], single), here, inside[part])[:, 0]
        found = _positions(_scores(percentiles[part], ways), there, inside[part])
        same = (found >= 50) == (base >= 50)[:, None]
        low, high = np.quantile(found, ENVELOPE, axis=1)
        told[:, part] = np.where(scored[part], [base, low, high, 100 * same.mean(axis=1)], np.nan)
    return Robustness(*told)


def _scores(percentiles: Numbers, ways: Variants) -> Numbers:
    """The weighted means of each cluster's known percentiles (clusters x variants).

    Rounded: the same answers give the same score, in whatever order they were added up.
    """
    known = ~np.isnan(percentiles)
    filled = np.where(known, percentiles, 0.0)
    total = known.astype(float) @ ways.weights
    with np.errstate(invalid="ignore", divide="ignore"):
        plain = (filled @ ways.weights) / total
        logs = np.where(known, np.log(np.maximum(filled, FLOOR)), 0.0)
        means: Numbers = np.where(ways.geometric, np.exp((logs @ ways.weights) / total), plain)
    return np.round(means, 9)


def _ranked(percentiles: Numbers, ways: Variants) -> Numbers:
    """The members' scores in each variant, in order (variants x members)."""
    return np.sort(_scores(percentiles, ways).T, axis=1)


def _positions(scores: Numbers, ranked: Numbers, inside: Flags) -> Numbers:
    """Percentiles, ties counted half, of each cluster among the members, variant by variant."""
    others = ranked.shape[1] - inside
    found = np.empty_like(scores)
    for variant, members in enumerate(ranked):
        column = scores[:, variant]
        below = np.searchsorted(members, column, "left")
        level = np.zeros(len(column))
        met = np.flatnonzero(members[np.minimum(below, len(members) - 1)] == column)  # few but the members themselves
        level[met] = np.searchsorted(members, column[met], "right") - below[met]
        level -= inside
        with np.errstate(invalid="ignore", divide="ignore"):
            found[:, variant] = 100 * (below + level / 2) / others
    return found
