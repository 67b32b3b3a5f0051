"""The chance of passing: exact against every outcome, against a simulation, and what raises it."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.evaluation import GOLD, indicator, random_case, scheme, with_sum

from clusterdash.domain import Grid
from clusterdash.evaluation.pass_probability import RaterError, leverages, pass_probability
from clusterdash.evaluation.scoring import Answers, score


def by_outcomes(grid: Grid, answers: Answers, doubt: RaterError) -> float:
    """The sum over all that experts may find, each judged by the rule."""
    scored = [i for i in grid.indicators if i.kind == "points" and i.code in answers]
    total = 0.0
    for moves in itertools.product((-1, 0, 1), repeat=len(scored)):
        share, judged = 1.0, dict(answers)
        for i, move in zip(scored, moves, strict=True):
            share *= {-1: doubt.lower, 0: 1 - doubt.lower - doubt.higher, 1: doubt.higher}[move]
            low, high = i.minimum or 0, i.maximum
            assert high is not None
            judged[i.code] = min(high, max(low, answers[i.code] + move))
        total += share * score(grid, judged).passes
    return total


@pytest.mark.slow
@settings(max_examples=150)
@given(st.integers(0, 10**6), st.floats(0, 0.5), st.floats(0, 0.5))
def test_all_outcomes_of_small_schemes(seed: int, lower: float, higher: float) -> None:
    grid, answers, _, fixed = random_case(seed)
    doubt = RaterError(lower, higher)
    assert pass_probability(grid, answers, doubt) == pytest.approx(by_outcomes(grid, answers, doubt), abs=1e-9)
    now = pass_probability(grid, answers, doubt)
    for lever in leverages(grid, answers, doubt, fixed):
        assert lever.probability == pytest.approx(
            pass_probability(grid, {**answers, lever.indicator: lever.target}, doubt)
        )
        assert lever.probability > now
        assert lever.indicator not in fixed


def test_a_simulation_of_31_indicators() -> None:
    draw = random.Random(5)
    answers = with_sum(129) | {code: float(draw.choice([2, 3])) for code in ("1.2", "3.1", "3.2")}
    doubt = RaterError(0.12, 0.07)
    runs, rng = 200_000, np.random.default_rng(3)
    scored = [i for i in GOLD.indicators if i.kind == "points"]
    moves = rng.choice([-1, 0, 1], (runs, len(scored)), p=[doubt.lower, 1 - doubt.lower - doubt.higher, doubt.higher])
    judged = np.clip(np.array([answers[i.code] for i in scored]) + moves, 0, 5)
    simulated = float(((judged >= 2).all(1) & (judged.sum(1) >= 120)).mean())
    exact = pass_probability(GOLD, answers, doubt)
    assert 0.2 < exact < 0.8
    assert abs(simulated - exact) < 4 * (exact * (1 - exact) / runs) ** 0.5


def test_without_doubt_the_chance_is_the_verdict() -> None:
    sure = RaterError(0, 0)
    assert pass_probability(GOLD, with_sum(120), sure) == 1
    assert pass_probability(GOLD, with_sum(119), sure) == 0
    assert pass_probability(GOLD, with_sum(150) | {"1.1.0": 0.0}, RaterError(0.1, 0.1)) == 0, "no expert opens a gate"
    assert pass_probability(GOLD, with_sum(150) | {"3.2": 1.0}, RaterError(0, 0.25)) == 0.25


def test_the_best_lever_is_the_one_nearest_to_its_threshold() -> None:
    answers = with_sum(135) | {"4.5": 2.0}
    found = leverages(GOLD, answers, RaterError(0.1, 0.0))
    assert found[0].indicator == "4.5"
    assert found[0].target == 3
    assert [lever.probability for lever in found] == sorted((lever.probability for lever in found), reverse=True)
    assert "4.5" not in {lever.indicator for lever in leverages(GOLD, answers, RaterError(0.1, 0.0), {"4.5"})}
    assert leverages(GOLD, with_sum(150), RaterError(0, 0)) == ()


def test_a_shut_gate_is_a_lever() -> None:
    grid = scheme([indicator("g", "gate", 0, 1, 1), indicator("a", "points", 0, 5, None)], 60)
    (lever,) = leverages(grid, {"g": 0.0, "a": 5.0}, RaterError(0.5, 0))
    assert (lever.indicator, lever.probability) == ("g", 1.0)


@pytest.mark.parametrize("shares", [(-0.1, 0), (0.6, 0.5)])
def test_what_is_no_probability_is_refused(shares: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="no probabilities"):
        RaterError(*shares)
