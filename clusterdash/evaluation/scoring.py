"""The rule of a label: what answers are worth under a scheme, and of what a plan consists. Pure.

The rule is the scheme's own (`model.Grid`): each indicator reaches its threshold, each gate is met, and the points
reach the scheme's pass share. A missing answer is never counted as one: it passes nothing, and a plan starts it from
the lowest value. Sums are exact: values are taken as the decimals that they are written with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ..domain import Grid, Indicator

EFFORT_LEVELS = (1, 2, 3)
"""What a reader may let a step weigh; a step of which nothing is said weighs the first."""
Answers = Mapping[str, float]
"""Values by indicator, each in its unit; a missing answer is absent."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What answers are worth. `needed` points are asked of `maximum`; None where the scheme asks for no share.

    `blockers` are answers below their own threshold, `gates` conditions that are not met, `missing` indicators without
    an answer; all as codes in the order of the scheme. `passes`: whatever the missing ones turn out to be. `answered`:
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
    def share(self) -> float | None:
        """The points in per cent of all that can be had; None where a scheme has none."""
        return 100 * self.points / self.maximum if self.maximum else None


@dataclass(frozen=True, slots=True)
class Step:
    """One indicator of a plan: from `start` (None: no answer yet) in `steps` to `target`, at `effort` in all."""

    indicator: str
    start: float | None
    target: float
    steps: int
    effort: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Improvements that pass together, none of which can be left out; `points` is the sum that they lead to."""

    steps: tuple[Step, ...]
    effort: int
    points: float


@dataclass(frozen=True, slots=True)
class PlanSearch:
    """The cheapest plan and the next best. Without any, either nothing is left to do or it cannot be done.

    `highest` is the chance to pass with all that may change at its best, 0 to 1. Where less than is wished: `stuck` are
    indicators that stay below what is required, since they may not change, or can never reach it; `short`: points that
    lack at one's best.
    """

    plans: tuple[Plan, ...]
    infeasible: tuple[str, ...]
    points_missing: float
    highest: float


def as_decimal(value: float) -> Fraction:
    """A number as the decimal that it is written with."""
    return Fraction(str(value))


def required_value(indicator: Indicator) -> float | None:
    """What an indicator must reach: its threshold; of a gate without one its maximum; None for nothing."""
    if indicator.direction == "none":
        return None
    return indicator.maximum if indicator.threshold is None and indicator.kind == "gate" else indicator.threshold


def meets_threshold(indicator: Indicator, value: float | None) -> bool:
    """Whether a value reaches what is required; no value reaches something."""
    limit = required_value(indicator)
    if limit is None:
        return True
    if value is None:
        return False
    return value <= limit if indicator.direction == "lower" else value >= limit


def worst_case(indicator: Indicator, value: float | None) -> float | None:
    """A value, or the lowest that a missing one can turn out to be; None where the scheme names no limit."""
    if value is not None or indicator.direction == "lower":
        return value
    return 0.0 if indicator.minimum is None and indicator.kind == "points" else indicator.minimum


def levels_above(indicator: Indicator, value: float | None) -> tuple[float, ...]:
    """The values above a value, each one step higher: whole ones up to the maximum.

    Shares and numbers have no steps of their own: one leads to what is required.
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
    """All points that can be had, and how many of them pass; None where the scheme asks for no share."""
    maximum = sum((as_decimal(i.maximum or 0) for i in grid.indicators if i.kind == "points"), Fraction(0))
    share = grid.scheme.pass_share
    return maximum, None if share is None else maximum * as_decimal(share) / 100


def score(grid: Grid, answers: Answers) -> Verdict:
    """What answers are worth under their scheme."""
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
    """The answers once a plan is done."""
    return {**answers, **{step.indicator: step.target for step in plan.steps}}
