"""Robustness of a dimension's position to the choices made when its score is computed. Pure.

The same percentiles are aggregated in many other ways: each indicator weighs up to a quarter more or less, one
indicator of the dimension is left out, and in half of the draws the mean is geometric. (Uncertainty analysis of
composite indicators: OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 7.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .parameters import DECIMALS, ENVELOPE, EXCLUSION_MINIMUM, GEOMETRIC_FLOOR, SEED, VARIANTS, WEIGHT_SPAN

BATCH_SIZE = 1024
"""Clusters whose positions are computed at once, to limit memory."""
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Aggregations:
    """Ways to aggregate `k` indicators: weights (k x variants, 0 where left out), and which means are geometric."""

    weights: Numbers
    geometric: Flags


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """For each cluster: its base position, the envelope over the variants, the share of variants on the same side.

    Positions are percentiles 0-100 among the members, the share is in per cent; NaN where a cluster has no score.
    """

    position: Numbers
    low: Numbers
    high: Numbers
    same_side: Numbers


def draw_aggregations(k: int, n: int = VARIANTS, seed: int = SEED) -> Aggregations:
    """Draw `n` ways to aggregate `k` indicators; the same seed gives the same ways."""
    draw = np.random.default_rng(seed)
    weights = draw.uniform(1 - WEIGHT_SPAN, 1 + WEIGHT_SPAN, (k, n))
    if k >= EXCLUSION_MINIMUM:
        weights[draw.integers(0, k, n), np.arange(n)] = 0
    return Aggregations(weights, draw.random(n) < 0.5)


def assess(percentiles: Numbers, scored: Flags, member: Flags, variants: Aggregations) -> Uncertainty:
    """The positions of clusters in one dimension, over all variants.

    `percentiles` (clusters x indicators) holds NaN for missing ones; `scored` flags the clusters with a score, `member`
    those in the reference group. Each cluster is excluded from its own comparison.
    """
    base = Aggregations(np.ones((percentiles.shape[1], 1)), np.zeros(1, bool))
    inside = member & scored
    base_scores, variant_scores = (_sorted_scores(percentiles[inside], ways) for ways in (base, variants))
    result = np.full((4, len(percentiles)), np.nan)
    rows = np.flatnonzero(scored)
    for start in range(0, len(rows), BATCH_SIZE):
        batch = rows[start : start + BATCH_SIZE]
        position = _positions(_scores(percentiles[batch], base), base_scores, inside[batch])[0]
        positions = _positions(_scores(percentiles[batch], variants), variant_scores, inside[batch])
        same_side = (positions >= 50) == (position >= 50)
        low, high = np.quantile(positions, ENVELOPE, axis=0)
        result[:, batch] = position, low, high, 100 * same_side.mean(axis=0)
    return Uncertainty(*result)


def _scores(percentiles: Numbers, ways: Aggregations) -> Numbers:
    """The weighted means of each cluster's known percentiles (variants x clusters).

    Rounded: the same answers give the same score, whatever the order of addition.
    """
    known = ~np.isnan(percentiles)
    filled = np.where(known, percentiles, 0.0)
    total = known.astype(float) @ ways.weights
    with np.errstate(invalid="ignore", divide="ignore"):
        arithmetic = (filled @ ways.weights) / total
        logs = np.where(known, np.log(np.maximum(filled, GEOMETRIC_FLOOR)), 0.0)
        means: Numbers = np.where(ways.geometric, np.exp((logs @ ways.weights) / total), arithmetic)
    return np.ascontiguousarray(np.round(means, DECIMALS).T)


def _sorted_scores(percentiles: Numbers, ways: Aggregations) -> Numbers:
    """The members' scores in each variant, in ascending order (variants x members)."""
    return np.sort(_scores(percentiles, ways), axis=1)


def _positions(scores: Numbers, members_scores: Numbers, inside: Flags) -> Numbers:
    """Percentiles, ties counted half, of each cluster among the members (variants x clusters)."""
    twice_below = np.empty(scores.shape)
    for row, own, members in zip(twice_below, scores, members_scores, strict=True):
        order = np.argsort(own)
        ascending = own[order]
        # From these places on, clusters are above a member, and above or equal to it.
        places = np.concatenate([np.searchsorted(ascending, members, side) for side in ("right", "left")])
        row[order] = np.bincount(places, minlength=len(own) + 1).cumsum()[:-1]
    others = members_scores.shape[1] - inside
    with np.errstate(invalid="ignore", divide="ignore"):
        positions: Numbers = 50 * (twice_below - inside) / others
    return positions
