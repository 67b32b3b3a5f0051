"""Robustness: against plain loops and SciPy, with the same variants."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import gmean, percentileofscore

from clusterdash.editions.reader import EditionReader
from clusterdash.statistics import robustness


def score(percentiles: Sequence[float], weights: Sequence[float], *, geometric: bool) -> float:
    """One cluster in one variant, with SciPy's geometric mean."""
    known = [(p, w) for p, w in zip(percentiles, weights, strict=True) if not math.isnan(p) and w > 0]
    values, kept = zip(*known, strict=True)
    if geometric:
        return float(gmean(np.maximum(values, 1.0), weights=kept))
    return float(np.average(values, weights=kept))


@pytest.mark.slow
def test_every_variant_equals_plain_loops() -> None:
    draw = np.random.default_rng(3)
    people, items, n = 14, 5, 60
    percentiles = draw.integers(0, 101, (people, items)).astype(float)
    percentiles[:, :2] = draw.integers(0, 5, (people, 2))  # where the floor of the geometric mean decides
    percentiles[2, 1] = percentiles[5, 4] = math.nan
    percentiles[8] = percentiles[9]
    scored, member = np.ones(people, bool), np.arange(people) < 11
    scored[3] = False
    ways = robustness.draw_aggregations(items, n)
    found = robustness.assess(percentiles, scored, member, ways)
    for person in range(people):
        if not scored[person]:
            assert math.isnan(found.position[person])
            continue
        others = [i for i in range(people) if i != person and scored[i] and member[i]]

        def stands(
            weights: Sequence[float], *, geometric: bool, person: int = person, others: list[int] = others
        ) -> float:
            scores = [round(score(percentiles[i], weights, geometric=geometric), 9) for i in others]
            own = round(score(percentiles[person], weights, geometric=geometric), 9)
            return float(percentileofscore(scores, own, kind="mean"))

        base = stands([1.0] * items, geometric=False)
        span = [stands(ways.weights[:, v], geometric=bool(ways.geometric[v])) for v in range(n)]
        assert found.position[person] == pytest.approx(base)
        assert found.low[person] == pytest.approx(np.quantile(span, 0.05))
        assert found.high[person] == pytest.approx(np.quantile(span, 0.95))
        assert found.same_side[person] == pytest.approx(100 * np.mean([(s >= 50) == (base >= 50) for s in span]))


def test_variants_are_the_same_ones_and_as_they_are_told() -> None:
    ways, again = robustness.draw_aggregations(6), robustness.draw_aggregations(6)
    assert (ways.weights == again.weights).all()
    assert ways.weights.shape == (6, 1000)
    assert ((ways.weights == 0).sum(axis=0) == 1).all(), "one is left out"
    assert ways.weights[ways.weights > 0].min() >= 0.75
    assert ways.weights.max() <= 1.25
    assert 0.45 < ways.geometric.mean() < 0.55
    assert (robustness.draw_aggregations(2).weights > 0).all(), "of two none is left out"


def test_an_edition_tells_it_for_every_scored_dimension(staff: EditionReader) -> None:
    told = 0
    for cluster in list(staff.assessed())[::10]:
        result = staff.benchmark(cluster)
        scored = [profile.dimension for profile in result.first.scores if profile.score is not None]
        assert [found.dimension for found in result.robustness] == scored
        for found in result.robustness:
            assert 0 <= found.low <= found.high <= 100
            told += 1
    assert told > 40
