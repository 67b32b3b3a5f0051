"""The cheapest improvements that pass an evaluation with a requested chance. Pure, and exact.

The chance (`pass_probability`) depends on each answer through its points and through how experts may judge it (its
shape, `Judged`): an answer in the middle of its range one point lower or higher, one at its threshold not lower, one at
its maximum not higher. So the chance of a plan follows from its sum of points and from how many answers have each
shape, and the least cost by these numbers is a dynamic program. Solved from its end, it gives for every partial plan
the least cost of the rest: hence a best-first search (A*) goes straight to the cheapest plan, and to each next one.

Where answers are so fractional (4.37 points) that the table of these numbers would be too large, they are rounded down
as far as needed: a plan then still has the requested chance and no spare step, but there may be a cheaper one.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ..domain import Grid, Indicator
from .pass_probability import FINEST, RaterError, outcome_distribution, pass_probability
from .scoring import (
    EFFORT_LEVELS,
    Answers,
    Plan,
    PlanSearch,
    Step,
    apply_plan,
    as_decimal,
    levels_above,
    meets_threshold,
    points_needed,
    worst_case,
)

MAX_ALTERNATIVES = 3
CERTAIN = RaterError(0, 0)
"""Experts who agree with every answer."""
TOLERANCE = 1e-9
"""How far a probability may be below the requested one: sums of probabilities are rounded."""
_NEVER = 1 << 29
_CELLS = 200_000
"""The most cells a table of the dynamic program may have before answers are rounded."""
_COARSER = (FINEST, 20, 10, 4, 2, 1)
"""The units per point in which rounded answers are counted."""
Judged = tuple[tuple[int, float], ...]
"""How experts may judge a value: pairs of difference in units and probability, without failing outcomes."""
_Table = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Choice:
    """A value that an indicator can have in a plan: gain over the least choice, in units of a point; and its cost."""

    value: float | None
    gain: int
    cost: int
    shape: Judged


def fixed_by_scheme(grid: Grid) -> tuple[str, ...]:
    """The indicators that cannot be changed at will, according to the scheme."""
    return tuple(dict.fromkeys(line.indicator for line in grid.efforts if line.effort is None))


def effort(grid: Grid, indicator: str, value: float, efforts: Mapping[str, int]) -> int:
    """The effort of the step to a value: from `efforts`, else from the scheme, else the least."""
    if indicator in efforts:
        return efforts[indicator]
    stated = [e for e in grid.efforts if e.indicator == indicator and e.level <= value]
    if not stated:
        return EFFORT_LEVELS[0]
    return max(stated, key=lambda e: e.level).effort or EFFORT_LEVELS[-1]


def cheapest_plans(
    grid: Grid,
    answers: Answers,
    efforts: Mapping[str, int],
    fixed: Collection[str] = (),
    doubt: RaterError = CERTAIN,
    wished: float = 1.0,
) -> PlanSearch:
    """The cheapest plan that passes with a chance of `wished` (0 to 1) or more, and the next cheapest.

    Without plans where the answers reach it already, or nothing can. A plan costs the sum of its steps (`effort`); of
    equal ones the plan with fewer indicators comes first. `fixed` indicators do not change. No step of a plan can be
    omitted, and any two plans differ in at least two indicators: an alternative is the cheapest plan that stays below
    each earlier plan in some indicator. (With a spare step, it would be cheaper without it and still below them, since
    no step lowers the chance. And of two plans that differ in one indicator, the higher has a spare step.) With
    certain experts, the default, a plan passes by the rule.
    """
    best = _highest(grid, answers, fixed)
    highest = pass_probability(grid, best, doubt)
    if highest < wished - TOLERANCE:
        stuck = tuple(i.code for i in grid.indicators if not meets_threshold(i, worst_case(i, best.get(i.code))))
        return PlanSearch((), stuck, _points_missing(grid, best), highest)
    if pass_probability(grid, answers, doubt) >= wished - TOLERANCE:
        return PlanSearch((), (), 0, highest)
    scored = [i for i in grid.indicators if i.kind == "points"]
    facts = {i.code: _first_meeting(i, answers.get(i.code)) for i in grid.indicators if i.kind != "points"}
    program = _Program.of(grid, answers, efforts, fixed, doubt, wished)
    plans: list[Plan] = []
    chosen: list[tuple[int, ...]] = []
    while len(plans) <= (MAX_ALTERNATIVES if program.exact else 0):
        picked = program.cheapest(chosen)
        if picked is None:
            break
        values = [some[k].value for some, k in zip(program.choices, picked, strict=True)]
        targets = facts | {i.code: value for i, value in zip(scored, values, strict=True)}
        chosen.append(picked)
        plans.append(_plan(grid, answers, targets, efforts))
    if not program.exact:
        enough = apply_plan(answers, plans[0]) if plans else best
        plans = [_plan(grid, answers, _without_spare_steps(grid, answers, enough, efforts, doubt, wished), efforts)]
    return PlanSearch(tuple(plans), (), 0, highest)


@dataclass(frozen=True, slots=True)
class _Program:
    """The dynamic program, solved from its end.

    `rest[i]` is the least cost of a passing plan from indicator i on, by how many answers before it have each shape
    except the most common one (which all others have), and by the units gained before it. `axes` holds the axis of each
    shape in these tables. `exact` is false where answers were rounded down.
    """

    choices: Sequence[Sequence[_Choice]]
    axes: Mapping[Judged, int | None]
    rest: Sequence[_Table]
    exact: bool

    @classmethod
    def of(
        cls,
        grid: Grid,
        answers: Answers,
        efforts: Mapping[str, int],
        fixed: Collection[str],
        doubt: RaterError,
        wished: float,
    ) -> _Program:
        """Solve it for answers that can reach the requested chance, as finely as the table size allows."""
        finest = _scale(grid, answers)
        coarser = [(scale, True, doubt) for scale in _COARSER if scale <= finest]
        usual: Judged = ()
        for scale, rounded, taken in [(finest, False, doubt), *coarser, (1, True, RaterError(doubt.lower, 0))]:
            choices = _choices(grid, answers, efforts, fixed, taken, scale, wished, rounded=rounded)
            width = 1 + sum(max((choice.gain for choice in some), default=0) for some in choices)
            able = Counter(shape for some in choices for shape in {choice.shape for choice in some})
            (usual, _), *others = able.most_common() or [((), 0)]
            most = {shape: min(n, _at_most(shape, wished)) for shape, n in others}
            if width * math.prod(n + 1 for n in most.values()) <= _CELLS:
                break
        _, need = points_needed(grid)
        base = sum(math.floor(as_decimal(some[0].value or 0) * scale) for some in choices if some)
        gap = -_NEVER if need is None else math.ceil(need * scale) - base
        axes = {usual: None, **{shape: axis for axis, shape in enumerate(most)}}
        rest = [_end(usual, most, len(choices), width, gap, wished)]
        for some in reversed(choices):
            rest.append(_before(rest[-1], some, axes))
        return cls(choices, axes, rest[::-1], not rounded)

    def cheapest(self, before: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
        """The cheapest plan below each one in `before` in some indicator: per indicator the index of its choice."""
        start = (0,) * self.rest[0].ndim
        last = [max((i for i, k in enumerate(other) if k), default=-1) for other in before]
        queue: list[tuple[int, int, int, int, tuple[int, ...], int, tuple[int, ...]]] = []
        heapq.heappush(queue, (int(self.rest[0][start]), len(self.choices), 0, 0, start, 0, ()))
        seen: set[tuple[int, tuple[int, ...], int]] = set()
        pushed = 0
        while queue:
            total, left, _, spent, at, below, path = heapq.heappop(queue)
            place = len(path)
            if total >= _NEVER:
                return None
            if not left and below + 1 == 1 << len(before):
                return path
            if not left or (place, at, below) in seen:  # another path to this state cost no more
                continue
            seen.add((place, at, below))
            table = self.rest[place + 1]
            for k, choice in enumerate(self.choices[place]):
                lower = below | sum(1 << j for j, other in enumerate(before) if k < other[place])
                if any(place >= last[j] and not lower >> j & 1 for j in range(len(before))):
                    continue
                to = _moved(at, self.axes[choice.shape], choice.gain)
                if any(n >= size for n, size in zip(to, table.shape, strict=True)):
                    continue
                cost = spent + choice.cost
                pushed += 1
                item = (cost + int(table[to]), left - 1, -pushed, cost, to, lower, (*path, k))
                heapq.heappush(queue, item)
        return None


def _choices(
    grid: Grid,
    answers: Answers,
    efforts: Mapping[str, int],
    fixed: Collection[str],
    doubt: RaterError,
    scale: int,
    wished: float,
    *,
    rounded: bool,
) -> list[list[_Choice]]:
    """The values each indicator in points can take, lowest first; without those too unlikely to pass its threshold.

    `rounded`: experts deviate by whole points only, rounded down where a limit is in between.
    """
    costly = len(grid.indicators) + 1  # effort first, then the number of indicators
    found = []
    for indicator in grid.indicators:
        if indicator.kind != "points":
            continue
        start = answers.get(indicator.code)
        some: list[_Choice] = []
        spent = least = 0
        above = () if indicator.code in fixed else levels_above(indicator, start)
        for raised, value in ((False, start), *((True, rung) for rung in above)):
            spent += effort(grid, indicator.code, value, efforts) if raised and value is not None else 0
            target = worst_case(indicator, value)
            units = math.floor(as_decimal(target or 0) * scale)
            judged = outcome_distribution(indicator, value, doubt)
            if sum(share for _, share in judged) < wished - TOLERANCE:
                continue
            moves = [(math.floor(as_decimal(to) * scale) - units, share) for to, share in judged]
            shape: dict[int, float] = {}
            for move, share in moves:
                by = move // scale * scale if rounded else move
                shape[by] = round(shape.get(by, 0.0) + share, 12)
            least = least if some else units
            some.append(_Choice(target, units - least, spent * costly + raised, tuple(sorted(shape.items()))))
        found.append(some)
    return found


def _scale(grid: Grid, answers: Answers) -> int:
    """The units per point in which all values are whole, or the finest allowed."""
    scored = [i for i in grid.indicators if i.kind == "points"]
    values = [v for i in scored for v in (answers.get(i.code), i.minimum, i.maximum, i.threshold) if v is not None]
    return min(math.lcm(*(as_decimal(value).denominator for value in values), 1), FINEST)


def _at_most(shape: Judged, wished: float) -> int:
    """How many answers may have a shape before too many fall below their threshold."""
    reach = sum(share for _, share in shape)
    if reach >= 1 - TOLERANCE:
        return _NEVER
    return math.floor(math.log(max(wished - TOLERANCE, TOLERANCE)) / math.log(reach) + TOLERANCE)


def _end(usual: Judged, most: Mapping[Judged, int], n: int, width: int, gap: int, wished: float) -> _Table:
    """0 where a plan has the requested chance, by its numbers of shapes and its gain; else `_NEVER`."""
    table: _Table = np.full((*(count + 1 for count in most.values()), width), _NEVER, np.int32)
    powers = {shape: _powers(shape, min(count, n)) for shape, count in {usual: n, **most}.items()}
    for counts in product(*(range(count + 1) for count in most.values())):
        rest = n - sum(counts)
        if rest < 0:
            continue
        least, sums = powers[usual][rest]
        for shape, count in zip(most, counts, strict=True):
            low, share = powers[shape][count]
            least, sums = least + low, np.convolve(sums, share)
        beyond = np.concatenate([np.cumsum(sums[::-1])[::-1], [0.0]])  # the probability of each sum or more
        asked = np.clip(gap - least - np.arange(width), 0, len(sums))
        table[counts][beyond[asked] >= wished - TOLERANCE] = 0
    return table


def _powers(shape: Judged, n: int) -> list[tuple[int, NDArray[np.float64]]]:
    """The sums of 0 to n answers of a shape: the least sum, and the probabilities from there on."""
    low = min((unit for unit, _ in shape), default=0)
    one = np.zeros(max((unit for unit, _ in shape), default=0) - low + 1)
    for unit, share in shape:
        one[unit - low] += share
    found = [(0, np.ones(1))]
    for _ in range(n):
        found.append((found[-1][0] + low, np.convolve(found[-1][1], one)))
    return found


def _before(after: _Table, some: Sequence[_Choice], axes: Mapping[Judged, int | None]) -> _Table:
    """The least cost from an indicator on, given that from the next one on."""
    table: _Table = np.full_like(after, _NEVER)
    for choice in some:
        shift = _moved((0,) * after.ndim, axes[choice.shape], choice.gain)
        if any(by >= size for by, size in zip(shift, after.shape, strict=True)):
            continue
        reached = after[tuple(slice(by, None) for by in shift)] + np.int32(choice.cost)
        into = table[tuple(slice(0, size - by) for by, size in zip(shift, after.shape, strict=True))]
        np.minimum(into, reached, out=into)
    return np.minimum(table, _NEVER)


def _moved(at: tuple[int, ...], axis: int | None, gain: int) -> tuple[int, ...]:
    """The numbers of shapes, and the gain as the last entry, with one more answer."""
    to = [*at]
    if axis is not None:
        to[axis] += 1
    to[-1] += gain
    return tuple(to)


def _highest(grid: Grid, answers: Answers, fixed: Collection[str]) -> dict[str, float]:
    """The answers with every indicator that may change at its best."""
    best = dict(answers)
    for indicator in grid.indicators:
        above = () if indicator.code in fixed else levels_above(indicator, answers.get(indicator.code))
        if above:
            best[indicator.code] = above[-1]
    return best


def _points_missing(grid: Grid, best: Answers) -> float:
    """The points missing for the pass share with the best answers."""
    _, need = points_needed(grid)
    scored = [i for i in grid.indicators if i.kind == "points"]
    points = sum((as_decimal(worst_case(i, best.get(i.code)) or 0) for i in scored), Fraction(0))
    return 0 if need is None else float(max(Fraction(0), need - points))


def _first_meeting(indicator: Indicator, value: float | None) -> float | None:
    """The first value upward that meets the requirement; the current one where it does already."""
    start = worst_case(indicator, value)
    if meets_threshold(indicator, start):
        return start
    return next((rung for rung in levels_above(indicator, start) if meets_threshold(indicator, rung)), start)


def _without_spare_steps(
    grid: Grid, answers: Answers, enough: Answers, efforts: Mapping[str, int], doubt: RaterError, wished: float
) -> dict[str, float | None]:
    """The targets of a plan without the steps not needed for the requested chance, most expensive removed first."""
    found = dict(enough)
    raised = [i for i in grid.indicators if found.get(i.code) != answers.get(i.code)]
    for indicator in sorted(raised, key=lambda i: -effort(grid, i.code, found[i.code], efforts)):
        code, start = indicator.code, answers.get(indicator.code)
        steps = [start, *(value for value in levels_above(indicator, start) if value <= found[code])]
        for value in steps[-2::-1]:  # no step lowers the chance: a step needed now is needed later
            lower = {**found, code: value} if value is not None else {k: v for k, v in found.items() if k != code}
            if pass_probability(grid, lower, doubt) < wished - TOLERANCE:
                break
            found = lower
    return {i.code: found.get(i.code) for i in grid.indicators}


def _plan(grid: Grid, answers: Answers, targets: Mapping[str, float | None], efforts: Mapping[str, int]) -> Plan:
    """The targets as a plan."""
    raises = []
    for indicator in grid.indicators:
        start, target = answers.get(indicator.code), targets[indicator.code]
        if target is None or target == worst_case(indicator, start):
            continue
        steps = [value for value in levels_above(indicator, start) if value <= target]
        whole = sum(effort(grid, indicator.code, value, efforts) for value in steps or [target])
        raises.append(Step(indicator.code, start, target, len(steps) or 1, whole))
    points = sum((as_decimal(targets[i.code] or 0) for i in grid.indicators if i.kind == "points"), Fraction(0))
    return Plan(tuple(raises), sum(made.effort for made in raises), float(points))
