"""Agreement between two experts: the same as a plain computation, and an interval that holds what it promises."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from clusterdash.cases.agreement_statistics import (
    LEVEL,
    MINIMUM_CASES,
    MINIMUM_PAIRS,
    SAMPLES,
    SEED,
    Agreement,
    agreement,
)

LEVELS = range(6)
Case = list[tuple[float, float]]
CASES = st.lists(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=25, max_size=40), min_size=4, max_size=8
)


def plain_kappa(pairs: Case) -> float:
    """Cohen's weighted kappa as it was defined: observed against expected disagreement over a table of levels."""
    n, table = len(pairs), Counter(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    observed = sum((a - b) ** 2 * table[a, b] / n for a in LEVELS for b in LEVELS)
    expected = sum((a - b) ** 2 * first[a] / n * second[b] / n for a in LEVELS for b in LEVELS)
    return 1 - observed / expected if expected else math.nan


def plain_figures(pairs: Case) -> tuple[float, float, float]:
    n = len(pairs)
    return 100 * sum(a == b for a, b in pairs) / n, sum(b - a for a, b in pairs) / n, plain_kappa(pairs)


def of(cases: list[Case]) -> Agreement:
    found = agreement(cases)
    assert found
    return found


def noisy(rng: np.random.Generator, cases: int, size: int = 31) -> list[Case]:
    """Cases of different level, in each of which two experts differ by a point as often as it is hard."""
    made = []
    for _ in range(cases):
        share, level = rng.uniform(0.1, 0.3), 3 + rng.normal(0, 0.3)
        real = np.clip(np.round(level + rng.normal(0, 1, size)), 0, 5)
        both = [
            np.clip(real + rng.choice([-1, 0, 1], size, p=[share / 2, 1 - share, share / 2]), 0, 5) for _ in range(2)
        ]
        made.append(list(zip(both[0].tolist(), both[1].tolist(), strict=True)))
    return made


@given(CASES)
@settings(max_examples=40)
def test_the_figures_are_those_of_a_plain_computation(cases: list[Case]) -> None:
    found, (same, difference, kappa) = of(cases), plain_figures([pair for case in cases for pair in case])
    assert found.pairs == sum(map(len, cases))
    assert found.cases == len(cases)
    assert found.same.value == pytest.approx(same)
    assert found.mean_difference.value == pytest.approx(difference)
    assert (found.kappa.value if found.kappa else math.nan) == pytest.approx(kappa, nan_ok=True)


def test_kappa_of_a_published_example() -> None:
    """Two raters over 100 items in three categories, as scikit-learn tests its own: 0.9541 with quadratic weights."""
    pairs = list(zip([0] * 46 + [1] * 44 + [2] * 10, [0] * 50 + [1] * 40 + [2] * 10, strict=True))
    found = of([pairs[::3], pairs[1::3], pairs[2::3]])
    assert found.kappa
    assert found.kappa.value == pytest.approx(0.9541, abs=5e-5)
    assert found.same.value == pytest.approx(96)


@given(CASES.filter(lambda cases: len({pair for case in cases for pair in case}) > 5))
@settings(max_examples=10)
def test_the_interval_is_that_of_cases_drawn_one_by_one(cases: list[Case]) -> None:
    found = of(cases)
    drawn = np.random.default_rng(SEED).multinomial(len(cases), np.full(len(cases), 1 / len(cases)), SAMPLES)
    figures: dict[tuple[int, ...], tuple[float, float, float]] = {}
    for times in {tuple(row) for row in drawn.tolist()}:
        figures[times] = plain_figures([pair for case, n in zip(cases, times, strict=True) for pair in case * n])
    samples = np.array([figures[tuple(row)] for row in drawn.tolist()])
    assume(not np.isnan(samples).any())
    n = len(cases)
    tail = stats.norm.cdf(stats.t.ppf((1 - LEVEL) / 2, n - 1) * math.sqrt(n / (n - 1)))
    assert found.kappa
    for place, estimate in enumerate((found.same, found.mean_difference, found.kappa)):
        assert (estimate.low, estimate.high) == pytest.approx(np.quantile(samples[:, place], [tail, 1 - tail]))


@given(CASES)
@settings(max_examples=20)
def test_neither_who_is_first_nor_the_order_within_a_case_matters(cases: list[Case]) -> None:
    found = of(cases)
    turned = of([[(b, a) for a, b in reversed(case)] for case in cases])
    assert astuple(turned.same) == pytest.approx(astuple(found.same))
    assert turned.mean_difference.value == pytest.approx(-found.mean_difference.value)
    assert (turned.mean_difference.low, turned.mean_difference.high) == pytest.approx(
        (-(found.mean_difference.high or 0), -(found.mean_difference.low or 0))
    )
    assert (turned.kappa is None) == (found.kappa is None)
    if turned.kappa and found.kappa:
        assert turned.kappa.value == pytest.approx(found.kappa.value)
        assert turned.kappa.value <= 1
    for estimate in (found.same, found.mean_difference, found.kappa):
        if estimate and estimate.low is not None and estimate.high is not None:
            assert estimate.low <= estimate.high


def test_with_few_pairs_or_cases_there_is_nothing() -> None:
    pair = (3.0, 4.0)
    assert agreement([]) is None
    assert agreement([[pair] * 33] * 3) is None
    assert agreement([[pair] * 33] * 2 + [[pair] * 33 + [(1.0, 1.0)]]) is not None
    assert agreement([[pair] * MINIMUM_PAIRS] * (MINIMUM_CASES - 1)) is None
    assert agreement([[pair] * 60, [pair] * 60, []]) is None, "a case without pairs is none"


def test_where_all_points_are_the_same_there_is_no_kappa() -> None:
    found = of([[(5.0, 5.0)] * 31] * 5)
    assert found.kappa is None
    assert astuple(found.same) == (100, 100, 100)
    nearly = of([[(5.0, 5.0)] * 31] * 5 + [[(5.0, 5.0)] * 30 + [(4.0, 5.0)]])
    assert nearly.kappa
    assert (nearly.kappa.low, nearly.kappa.high) == (None, None), "a third of the samples has none"


def test_half_points_are_counted_as_they_are() -> None:
    cases = [[(a / 2, b / 2) for a, b in case] for case in noisy(np.random.default_rng(1), 6)]
    whole = of([[(2 * a, 2 * b) for a, b in case] for case in cases])
    half = of(cases)
    assert whole.kappa
    assert half.kappa
    assert astuple(half.kappa) == pytest.approx(astuple(whole.kappa)), "kappa does not depend on the unit"
    assert half.mean_difference.value == pytest.approx(whole.mean_difference.value / 2)


def test_the_interval_holds_the_true_value_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    truth, sets, held = plain_kappa([pair for case in noisy(rng, 2000) for pair in case]), 150, 0
    for _ in range(sets):
        found = of(noisy(rng, 20)).kappa
        assert found
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
    assert 0.9 <= held / sets <= 0.99


def test_cases_of_different_kind_widen_the_interval() -> None:
    """The same pairs: in cases of their own kind, and dealt out evenly."""
    agreeing, differing = [(float(n % 6), float(n % 6)) for n in range(30)], [(float(n % 6), 2.0) for n in range(30)]
    by_kind = of([agreeing, differing] * 5).kappa
    pairs = (agreeing + differing) * 5
    even = of([pairs[place::10] for place in range(10)]).kappa
    assert by_kind
    assert even
    assert by_kind.value == pytest.approx(even.value)
    assert (by_kind.high or 0) - (by_kind.low or 0) > 2 * ((even.high or 0) - (even.low or 0))
