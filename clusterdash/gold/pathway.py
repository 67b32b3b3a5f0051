"""The way to a label: what answers are worth under a scheme, and the cheapest improvements that pass. Pure.

The rule is the scheme's own (`model.Grid`): each indicator reaches its threshold, each gate is met, and the points
reach the scheme's pass share. A missing answer is never counted as one: it passes nothing, and a plan starts it from
the lowest value. Sums are exact: values are taken as the decimals that they are written with.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..model import Grid, Indicator

ALTERNATIVES = 3
EFFORTS = (1, 2, 3)
"""What a step may weigh; a step of which nothing is said weighs the first."""
_FINEST = 100
"""Parts of a point in which plans are counted; what is finer is rounded down, so that no plan promises too much."""
_NEVER = 1 << 40
Answers = Mapping[str, float]
"""Values by indicator, each in its unit; a missing answer is absent."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What answers are worth. `needed` points are asked of `maximum`; None where the scheme asks for no share.

    `blockers` are answers below their own threshold, `gates` conditions that are not met, `missing` indicators without
    an answer; all as codes in the order of the scheme. `passes`: whatever the missing ones turn out to be.
    """

    points: float
    maximum: float
    needed: float | None
    blockers: tuple[str, ...]
    gates: tuple[str, ...]
    missing: tuple[str, ...]
    passes: bool

    @property
    def share(self) -> float | None:
        """The points in per cent of all that can be had; None where a scheme has none."""
        return 100 * self.points / self.maximum if self.maximum else None


@dataclass(frozen=True, slots=True)
class Raise:
    """One indicator of a plan: from `start` (None: no answer yet) in `steps` to `target`, at `effort` in all."""

    indicator: str
    start: float | None
    target: float
    steps: int
    effort: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Improvements that pass together, none of which can be left out; `points` is the sum that they lead to."""

    raises: tuple[Raise, ...]
    effort: int
    points: float


@dataclass(frozen=True, slots=True)
class Ways:
    """The cheapest plan and the next best. Without any, either nothing is left to do or it cannot be done.

    `stuck`: indicators that stop every plan, since they may not change, or can never reach what is required; `short`:
    points that lack with all that may change at its best.
    """

    plans: tuple[Plan, ...]
    stuck: tuple[str, ...]
    short: float


def exact(value: float) -> Fraction:
    """A number as the decimal that it is written with."""
    return Fraction(str(value))


def required(indicator: Indicator) -> float | None:
    """What an indicator must reach: its threshold; of a gate without one its maximum; None for nothing."""
    if indicator.direction == "none":
        return None
    return indicator.maximum if indicator.threshold is None and indicator.kind == "gate" else indicator.threshold


def reaches(indicator: Indicator, value: float | None) -> bool:
    """Whether a value reaches what is required; no value reaches something."""
    limit = required(indicator)
    if limit is None:
        return True
    if value is None:
        return False
    return value <= limit if indicator.direction == "lower" else value >= limit


def lowest(indicator: Indicator, value: float | None) -> float | None:
    """A value, or the lowest that a missing one can turn out to be; None where the scheme names no limit."""
    if value is not None or indicator.direction == "lower":
        return value
    return 0.0 if indicator.minimum is None and indicator.kind == "points" else indicator.minimum


def rungs(indicator: Indicator, value: float | None) -> tuple[float, ...]:
    """The values above a value, each one step higher: whole ones up to the maximum.

    Shares and numbers have no steps of their own: one leads to what is required.
    """
    if indicator.kind in ("share", "number") or indicator.direction == "lower":
        limit = required(indicator)
        return () if limit is None or reaches(indicator, value) else (limit,)
    start, top = lowest(indicator, value), indicator.maximum
    if start is None or top is None:
        return ()
    whole = [float(step) for step in range(math.floor(start) + 1, math.floor(top) + 1)]
    return (*whole, *([top] if not float(top).is_integer() and top > start else []))


def needed(grid: Grid) -> tuple[Fraction, Fraction | None]:
    """All points that can be had, and how many of them pass; None where the scheme asks for no share."""
    maximum = sum((exact(i.maximum or 0) for i in grid.indicators if i.kind == "points"), Fraction(0))
    share = grid.scheme.pass_share
    return maximum, None if share is None else maximum * exact(share) / 100


def judge(grid: Grid, answers: Answers) -> Verdict:
    """What answers are worth under their scheme."""
    maximum, need = needed(grid)
    worth = {i.code: answers.get(i.code) for i in grid.indicators}
    points = sum((exact(worth[i.code] or 0) for i in grid.indicators if i.kind == "points"), Fraction(0))
    worst = {i.code: lowest(i, worth[i.code]) for i in grid.indicators}
    sure = sum((exact(worst[i.code] or 0) for i in grid.indicators if i.kind == "points"), Fraction(0))
    below = [i for i in grid.indicators if worth[i.code] is not None and not reaches(i, worth[i.code])]
    return Verdict(
        points=float(points),
        maximum=float(maximum),
        needed=None if need is None else float(need),
        blockers=tuple(i.code for i in below if i.kind != "gate"),
        gates=tuple(i.code for i in below if i.kind == "gate"),
        missing=tuple(i.code for i in grid.indicators if worth[i.code] is None),
        passes=all(reaches(i, worst[i.code]) for i in grid.indicators) and (need is None or sure >= need),
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    """A value that an indicator can have in a plan: points gained above what is forced, and what it costs.

    `last` is the size of its last step, in points; None where no step may be taken back.
    """

    value: float | None
    gain: int
    cost: int
    last: int | None


def ways(grid: Grid, answers: Answers, efforts: Mapping[str, int], fixed: Collection[str] = ()) -> Ways:
    """The cheapest plan, and the next cheapest; any two differ in at least two indicators.

    A plan costs the sum of its steps, each weighing what `efforts` says of its indicator; of equal ones the plan with
    fewer indicators comes first. `fixed` indicators stay as they are. Every plan is without a step to spare: hence two
    plans that differ differ in two indicators, for of two that differ in one the longer has a step to spare.

    Exact by dynamic programming: thresholds force their steps, and what is left is a knapsack, the least cost by points
    gained. An alternative tells beside the points from which of the plans before it differs so far.
    """
    _, need = needed(grid)
    forced = {
        i.code: lowest(i, answers.get(i.code)) if i.code in fixed else _forced(i, answers.get(i.code))
        for i in grid.indicators
    }
    stuck = tuple(i.code for i in grid.indicators if not reaches(i, forced[i.code]))
    scored = [i for i in grid.indicators if i.kind == "points"]
    scale = math.lcm(*(min(exact(v).denominator, _FINEST) for i in scored for v in _values(i, answers)), 1)
    scale = min(scale, _FINEST)

    def units(value: float | None) -> int:
        return math.floor(exact(value or 0) * scale)

    base = sum(units(forced[i.code]) for i in scored)
    gap = 0 if need is None else math.ceil(need * scale) - base
    best = sum(units(i.maximum) for i in scored if i.code not in fixed)
    best += sum(units(forced[i.code]) for i in scored if i.code in fixed)
    short = max(0, gap - (best - base)) / scale
    if stuck or short:
        return Ways((), stuck, short)
    costly = len(grid.indicators) + 1  # effort first, then the number of indicators
    choices: list[list[_Choice]] = []
    for indicator in scored:
        start, at = answers.get(indicator.code), forced[indicator.code]
        weight, held = efforts.get(indicator.code, EFFORTS[0]), units(at)
        found, before = [_Choice(at, 0, 0, None)], at
        touched = int(at == lowest(indicator, start))
        for count, value in enumerate(() if indicator.code in fixed else rungs(indicator, at), start=1):
            cost = count * weight * costly + touched
            found.append(_Choice(value, units(value) - held, cost, units(value) - units(before)))
            before = value
        choices.append(found)
    plans: list[Plan] = []
    chosen: list[tuple[int, ...]] = []
    while len(plans) <= ALTERNATIVES:
        picked = _cheapest(choices, gap, chosen)
        if picked is None:
            break
        chosen.append(picked)
        targets = {i.code: choices[k][place].value for k, (i, place) in enumerate(zip(scored, picked, strict=True))}
        plans.append(_plan(grid, answers, {**forced, **targets}, efforts))
        if not plans[0].raises:
            return Ways((), (), 0)
    return Ways(tuple(plans), (), 0)


def _values(indicator: Indicator, answers: Answers) -> list[float]:
    """All values that an indicator can have in a plan."""
    start = lowest(indicator, answers.get(indicator.code))
    return [value for value in (start, *rungs(indicator, start)) if value is not None]


def _forced(indicator: Indicator, value: float | None) -> float | None:
    """The first value on the way up that reaches what is required; the present one where it does already."""
    start = lowest(indicator, value)
    if reaches(indicator, start):
        return start
    return next((rung for rung in rungs(indicator, start) if reaches(indicator, rung)), start)


def _cheapest(
    choices: Sequence[Sequence[_Choice]], gap: int, before: Sequence[tuple[int, ...]]
) -> tuple[int, ...] | None:
    """The place of the choice for each indicator: the least cost that gains `gap` with no step to spare.

    Without one to spare: with the smallest of all last steps taken back the gain falls short. So for each size of a
    last step only choices whose own is at least as large count, and gains below `gap` plus that size.
    """
    if gap <= 0:
        return None if before else (0,) * len(choices)
    found: tuple[int, tuple[int, ...]] | None = None
    for size in sorted({c.last for some in choices for c in some if c.last}, reverse=True):
        allowed = [[k for k, c in enumerate(some) if c.last is None or c.last >= size] for some in choices]
        solved = _knapsack(choices, allowed, gap, size, before)
        if solved and (found is None or solved[0] < found[0]):
            found = solved
    return found[1] if found else None


def _knapsack(
    choices: Sequence[Sequence[_Choice]],
    allowed: Sequence[Sequence[int]],
    gap: int,
    size: int,
    before: Sequence[tuple[int, ...]],
) -> tuple[int, tuple[int, ...]] | None:
    """The least cost of a gain from `gap` to below `gap + size`, different from all plans before; and its choices.

    `cost[state, gain]` is the least so far, a state being the set of plans before (as bits) from which one differs;
    `trail` keeps by which choice and from which state each was reached.
    """
    width = gap + size
    states = 1 << len(before)
    cost: NDArray[np.int64] = np.full((states, width), _NEVER, dtype=np.int64)
    cost[0, 0] = 0
    trail: list[tuple[NDArray[np.int16], NDArray[np.int16]]] = []
    for place, (some, open_) in enumerate(zip(choices, allowed, strict=True)):
        further: NDArray[np.int64] = np.full_like(cost, _NEVER)
        by, origin = np.zeros(cost.shape, np.int16), np.zeros(cost.shape, np.int16)
        for k in open_:
            choice = some[k]
            if choice.gain >= width:
                continue
            differs = sum(1 << bit for bit, other in enumerate(before) if k != other[place])
            for row in range(states):
                to = row | differs
                reached = cost[row, : width - choice.gain] + choice.cost
                target = further[to, choice.gain :]
                better = reached < target
                target[better] = reached[better]
                by[to, choice.gain :][better], origin[to, choice.gain :][better] = k, row
        cost = further
        trail.append((by, origin))
    row = states - 1
    gain = gap + int(np.argmin(cost[row, gap:]))
    total = int(cost[row, gain])
    if total >= _NEVER:
        return None
    picked: list[int] = []
    for (by, origin), some in zip(reversed(trail), reversed(choices), strict=True):
        k, previous = int(by[row, gain]), int(origin[row, gain])
        picked.append(k)
        gain, row = gain - some[k].gain, previous
    return total, tuple(reversed(picked))


def _plan(grid: Grid, answers: Answers, targets: Mapping[str, float | None], efforts: Mapping[str, int]) -> Plan:
    """Targets written as improvements."""
    raises = []
    for indicator in grid.indicators:
        start, target = answers.get(indicator.code), targets[indicator.code]
        if target is None or target == lowest(indicator, start):
            continue
        steps = 1 + rungs(indicator, start).index(target)
        raises.append(Raise(indicator.code, start, target, steps, steps * efforts.get(indicator.code, EFFORTS[0])))
    points = sum((exact(targets[i.code] or 0) for i in grid.indicators if i.kind == "points"), Fraction(0))
    return Plan(tuple(raises), sum(made.effort for made in raises), float(points))


def after(answers: Answers, plan: Plan) -> dict[str, float]:
    """The answers once a plan is done."""
    return {**answers, **{step.indicator: step.target for step in plan.raises}}
