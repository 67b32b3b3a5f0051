"""The pass rule of a label: the verdict on answers under a scheme, and the parts of a plan. Pure.

The rule is the scheme's own (`domain.Grid`): each indicator reaches its threshold, each gate is met, and the points
reach the scheme's pass share. A missing answer never counts as one: it passes nothing, and a plan starts it from the
lowest value. Sums are exact: values are taken as the decimals they are written with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ..domain import Grid, Indicator

EFFORT_LEVELS = (1, 2, 3)
"""The efforts that a user may assign to a step; the first is the default."""
Answers = Mapping[str, float]
"""Values by indicator, each in its unit; a missing answer is absent."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on answers. `needed` of `maximum` points are required; None where the scheme requires no share.

    `blockers` are answers below their own threshold, `gates` conditions that are not met, `missing` indicators without
    an answer; all as codes in the order of the scheme. `passes`: whatever the missing answers will be. `answered`:
    whether there is any answer at all; without one there is nothing to judge.
    """

    points: float
    maximum: float
    needed: float | None
    blockers: tuple[str, ...]
    gates: tuple[str, ...]
    missing: tuple[str, ...]
    passes: bool
    answered: bool

    @property
    def blocking(self) -> tuple[str, ...]:
        """All indicators that block the way whatever the points: blockers, unmet gates, missing answers."""
        return (*self.blockers, *self.gates, *self.missing)

    @property
    def share(self) -> float | None:
        """The points in per cent of the maximum; None where a scheme has none."""
        return 100 * self.points / self.maximum if self.maximum else None


@dataclass(frozen=True, slots=True)
class Step:
    """One indicator of a plan: from `start` (None: no answer yet) in `steps` to `target`, at the total `effort`."""

    indicator: str
    start: float | None
    target: float
    steps: int
    effort: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Improvements that pass together, none of which can be omitted; `points` is the resulting sum."""

    steps: tuple[Step, ...]
    effort: int
    points: float


@dataclass(frozen=True, slots=True)
class PlanSearch:
    """The cheapest plan and the next best. Without any, either nothing is left to do or no plan is feasible.

    `highest` is the chance to pass with every indicator that may change at its best, 0 to 1. Where that is less than
    requested: `infeasible` are the indicators that stay below their requirement, since they may not change or can never
    reach it; `points_missing` the points missing with the best answers.
    """

    plans: tuple[Plan, ...]
    infeasible: tuple[str, ...]
    points_missing: float
    highest: float


def as_decimal(value: float) -> Fraction:
    """A number as the exact decimal it is written with."""
    return Fraction(str(value))


def required_value(indicator: Indicator) -> float | None:
    """The value an indicator must reach: its threshold; for a gate without one its maximum; None for no requirement."""
    if indicator.direction == "none":
        return None
    return indicator.maximum if indicator.threshold is None and indicator.kind == "gate" else indicator.threshold


def meets_threshold(indicator: Indicator, value: float | None) -> bool:
    """Whether a value meets the requirement; a missing value meets none."""
    limit = required_value(indicator)
    if limit is None:
        return True
    if value is None:
        return False
    return value <= limit if indicator.direction == "lower" else value >= limit


def worst_case(indicator: Indicator, value: float | None) -> float | None:
    """A value, or the lowest that a missing one can be; None where the scheme states no limit."""
    if value is not None or indicator.direction == "lower":
        return value
    return 0.0 if indicator.minimum is None and indicator.kind == "points" else indicator.minimum


def levels_above(indicator: Indicator, value: float | None) -> tuple[float, ...]:
    """The values above a value, each one step higher: whole ones up to the maximum.

    Shares and numbers have no steps of their own: a single step leads to the requirement.
    """
    if indicator.kind in ("share", "number") or indicator.direction == "lower":
        limit = required_value(indicator)
        return () if limit is None or meets_threshold(indicator, value) else (limit,)
    start, top = worst_case(indicator, value), indicator.maximum
    if start is None or top is None:
        return ()
    whole = [float(step) for step in range(math.floor(start) + 1, math.floor(top) + 1)]
    return (*whole, *([top] if not float(top).is_integer() and top > start else []))


def points_needed(grid: Grid) -> tuple[Fraction, Fraction | None]:
    """The maximum of points, and how many of them pass; None where the scheme requires no share."""
    maximum = sum((as_decimal(i.maximum or 0) for i in grid.indicators if i.kind == "points"), Fraction(0))
    share = grid.scheme.pass_share
    return maximum, None if share is None else maximum * as_decimal(share) / 100


def score(grid: Grid, answers: Answers) -> Verdict:
    """The verdict on answers under their scheme."""
    maximum, need = points_needed(grid)
    worth = {i.code: answers.get(i.code) for i in grid.indicators}
    points = sum((as_decimal(worth[i.code] or 0) for i in grid.indicators if i.kind == "points"), Fraction(0))
    worst = {i.code: worst_case(i, worth[i.code]) for i in grid.indicators}
    sure = sum((as_decimal(worst[i.code] or 0) for i in grid.indicators if i.kind == "points"), Fraction(0))
    below = [i for i in grid.indicators if worth[i.code] is not None and not meets_threshold(i, worth[i.code])]
    return Verdict(
        points=float(points),
        maximum=float(maximum),
        needed=None if need is None else float(need),
        blockers=tuple(i.code for i in below if i.kind != "gate"),
        gates=tuple(i.code for i in below if i.kind == "gate"),
        missing=tuple(i.code for i in grid.indicators if worth[i.code] is None),
        answered=any(value is not None for value in worth.values()),
        passes=all(meets_threshold(i, worst[i.code]) for i in grid.indicators) and (need is None or sure >= need),
    )


def apply_plan(answers: Answers, plan: Plan) -> dict[str, float]:
    """The answers after a plan is carried out."""
    return {**answers, **{step.indicator: step.target for step in plan.steps}}
