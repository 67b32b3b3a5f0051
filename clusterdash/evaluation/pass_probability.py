"""The chance to pass an evaluation where experts may judge an answer one level lower or higher. Pure.

Each answer in points is judged independently: one point lower, one higher or as declared, within the limits of its
indicator. Gates, shares and numbers are facts, taken as declared; a missing answer is taken at its lowest. The
chance is exact: the distribution of the sum of points is the convolution of those of the indicators, without the
outcomes in which an indicator falls below its threshold.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..domain import Grid, Indicator
from .scoring import Answers, as_decimal, levels_above, meets_threshold, points_needed, worst_case

FINEST = 100
"""Parts of a point in which sums are counted; finer values are rounded down, so that nothing is overstated."""


@dataclass(frozen=True, slots=True)
class RaterError:
    """The probabilities, 0 to 1, that experts judge an answer one point lower and one point higher."""

    lower: float
    higher: float

    def __post_init__(self) -> None:
        """Raise ValueError unless both are probabilities that sum to at most 1."""
        if min(self.lower, self.higher) < 0 or self.lower + self.higher > 1:
            raise ValueError(f"no probabilities: {self}")


@dataclass(frozen=True, slots=True)
class Leverage:
    """An indicator in which one more step, to `target`, raises the chance to pass to `probability`, 0 to 1."""

    indicator: str
    target: float
    probability: float


def pass_probability(grid: Grid, answers: Answers, doubt: RaterError) -> float:
    """The chance that the answers pass, 0 to 1."""
    if not _facts_pass(grid, answers):
        return 0.0
    scored = [i for i in grid.indicators if i.kind == "points"]
    return _sum_passes(grid, {i.code: outcome_distribution(i, answers.get(i.code), doubt) for i in scored})


def leverages(grid: Grid, answers: Answers, doubt: RaterError, fixed: Collection[str] = ()) -> tuple[Leverage, ...]:
    """The indicators in which one more step raises the chance to pass, best first."""
    now = pass_probability(grid, answers, doubt)
    scored = [i for i in grid.indicators if i.kind == "points"]
    outcomes = {i.code: outcome_distribution(i, answers.get(i.code), doubt) for i in scored}
    found = []
    for indicator in grid.indicators:
        value = answers.get(indicator.code)
        above = () if indicator.code in fixed else levels_above(indicator, value)
        if not above:
            continue
        tried = {**answers, indicator.code: above[0]}
        if not _facts_pass(grid, tried):
            continue
        changed = (
            {indicator.code: outcome_distribution(indicator, above[0], doubt)} if indicator.kind == "points" else {}
        )
        chance = _sum_passes(grid, {**outcomes, **changed})
        if chance > now + 1e-12:
            found.append(Leverage(indicator.code, above[0], chance))
    return tuple(sorted(found, key=lambda lever: -round(lever.probability, 9)))


def _facts_pass(grid: Grid, answers: Answers) -> bool:
    """Whether all indicators that are not rated in points meet their requirement."""
    others = (i for i in grid.indicators if i.kind != "points")
    return all(meets_threshold(i, worst_case(i, answers.get(i.code))) for i in others)


def outcome_distribution(
    indicator: Indicator, value: float | None, doubt: RaterError
) -> tuple[tuple[float, float], ...]:
    """The possible ratings with their probabilities; only those that reach the threshold."""
    start = worst_case(indicator, value) or 0.0
    if value is None:
        found = {start: 1.0}
    else:
        low = -math.inf if indicator.minimum is None else indicator.minimum
        high = math.inf if indicator.maximum is None else indicator.maximum
        found = {start: 1 - doubt.lower - doubt.higher}
        for judged, share in ((max(low, start - 1), doubt.lower), (min(high, start + 1), doubt.higher)):
            found[judged] = found.get(judged, 0.0) + share
    return tuple((judged, share) for judged, share in found.items() if share > 0 and meets_threshold(indicator, judged))


def _sum_passes(grid: Grid, outcomes: Mapping[str, Sequence[tuple[float, float]]]) -> float:
    """The probability that all thresholds are reached and the points suffice."""
    _, need = points_needed(grid)
    if not all(outcomes.values()):
        return 0.0
    denominators = [as_decimal(value).denominator for some in outcomes.values() for value, _ in some]
    scale = min(math.lcm(*denominators, 1), FINEST)
    sums, least = np.ones(1), 0
    for some in outcomes.values():
        units = [(math.floor(as_decimal(value) * scale), share) for value, share in some]
        start = min(unit for unit, _ in units)
        after = np.zeros(len(sums) + max(unit for unit, _ in units) - start)
        for unit, share in units:
            after[unit - start : unit - start + len(sums)] += share * sums
        sums, least = after, least + start
    asked = 0 if need is None else max(0, math.ceil(need * scale) - least)
    return min(1.0, float(sums[asked:].sum()))
