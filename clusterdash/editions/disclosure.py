"""What may be told of groups without telling it of a few clusters. Pure; asked when an edition is published.

Whoever knows the figures of two groups, one of which contains the other, knows those of the difference as well; and so
on with differences of differences, and with any other sum. What can be had that way must be as safe as a group itself:
large enough, and with answers that are not all alike. Where it is not, the smaller of the groups is withheld.
(Complementary suppression: Hundepool et al., Statistical Disclosure Control, 2012, chapter 4.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..benchmark import MEDIAN_MINIMUM, PAIR_MINIMUM, PERCENTILE_MINIMUM, QUARTILE_MINIMUM, SPREAD_MINIMUM, STEP

COALITION = 3
"""So many clusters may put together what they know, and still cannot tell what another one answered."""
NEAR = 1.05 / 0.95
"""Two answers whose quotient is not above this can both be guessed within 5 %."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of disclosure of a group of which somebody, or a few who talk, know `coalition` clusters' answers.

    `step`: others are counted in steps of so many. The minimums are numbers of others with an answer, `pairs` one of
    pairs of evaluations. `near`: the quotient of two answers that one guess meets.
    """

    coalition: int = COALITION
    step: int = STEP
    median: int = MEDIAN_MINIMUM
    percentile: int = PERCENTILE_MINIMUM
    quartile: int = QUARTILE_MINIMUM
    spread: int = SPREAD_MINIMUM
    pairs: int = PAIR_MINIMUM
    near: float = NEAR

    @property
    def smallest(self) -> int:
        """Clusters that anything told must rest on: the others that a median needs, and the one who looks."""
        return self.median + 1

    @property
    def kept(self) -> int:
        """So many lowest and highest answers of a part have to be known to find answers that are alike."""
        return self.coalition + 1

    def of(self, coalition: int) -> Limits:
        """The same limits where a larger coalition is to learn no more than a small one.

        A step must be wider than a coalition can fill, and each minimum is a number of steps: all of them grow with it.
        """
        more = coalition - self.coalition
        if more <= 0:
            return self
        steps = {name: getattr(self, name) * (self.step + more) // self.step for name in _IN_STEPS}
        return replace(self, coalition=coalition, pairs=self.pairs + more, **steps)


_IN_STEPS = ("step", "median", "percentile", "quartile", "spread")
LIMITS = Limits()
SMALLEST = LIMITS.smallest

Reason = Literal["few", "difference", "alike"]
Answers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The clusters that belong to exactly the same groups.

    `answered` of them answered; `lowest` and `highest` hold their answers from the lowest up and from the highest down:
    all of them, or as many as `Limits.kept` of the largest coalition.
    """

    groups: frozenset[int]
    answered: int
    lowest: Answers = ()
    highest: Answers = ()


def withheld(
    kinds: Mapping[int, str],
    parts: Iterable[Part],
    coalitions: Mapping[int, int] | None = None,
    limits: Limits = LIMITS,
    always: str = "top500",
) -> dict[int, Reason]:
    """The groups whose figures may not be told, by id, with the reason.

    `kinds` holds the kind of each group; `coalitions` how many of its members one account sees, where these are more
    than `limits.coalition`. Groups of the kind `always` stay where a difference is too small: the other group goes,
    even where it is the larger one.
    """
    sets = _Sets([part for part in parts if part.answered], coalitions or {}, limits)
    offered = {group: sets.of(group) for group in kinds}
    found: dict[int, Reason] = {}
    for group, clusters in sorted(offered.items()):
        if reason := sets.unsafe(clusters):
            found[group] = reason
    while True:
        told = {group: clusters for group, clusters in offered.items() if group not in found and clusters}
        sources = _first_unsafe(told, kinds, sets)
        if sources is None:
            return found
        smaller = [group for group in sources if kinds[group] != always] or list(sources)
        found[min(smaller, key=lambda group: (sets.size(told[group]), group))] = "difference"


def fives(clusters: ArrayLike, of: ArrayLike, step: int = STEP) -> NDArray[np.float64]:
    """How many of `of` others a number of clusters is told as: whole steps, rounded away from the truth.

    With a step of five, between none and five is told as none, six to ten as five, and so on; the last step holds what
    is left, and never fewer than five. So nobody learns from it that nobody stands above, or below.
    """
    steps = np.minimum(np.ceil(np.divide(clusters, step)) - 1, np.floor_divide(of, step) - 1)
    return np.asarray(step * np.maximum(0, steps), dtype=np.float64)


def told(positions: NDArray[np.float64], others: NDArray[np.int64], step: int = STEP) -> NDArray[np.float64]:
    """Positions among `others`, in per cent, counted in steps from both ends; NaN stays NaN."""
    known = np.where(np.isnan(positions), 0.0, positions)
    below, above = (fives(np.round(share * others / 100, 6), others, step) for share in (known, 100 - known))
    middle: NDArray[np.float64] = 50 + 50 * (below - above) / others
    return np.where(np.isnan(positions), np.nan, middle)


class _Sets:
    """Sets of clusters as bits, a bit for each part, with what their answers tell."""

    def __init__(self, parts: Sequence[Part], coalitions: Mapping[int, int], limits: Limits) -> None:
        self._parts = parts
        self._limits = limits
        self._answered = np.array([part.answered for part in parts], dtype=np.int64)
        self._safe: list[tuple[int, int]] = []
        self._lowest = _Answers([part.lowest for part in parts])
        self._highest = _Answers([part.highest for part in parts])
        groups = {group for part in parts for group in part.groups}
        seen = {self.of(group): max(limits.coalition, coalitions.get(group, 0)) for group in groups}
        self._seen = seen if max(seen.values(), default=0) > limits.coalition else {}

    def of(self, group: int) -> int:
        return sum(1 << place for place, part in enumerate(self._parts) if group in part.groups)

    def size(self, clusters: int) -> int:
        return int(self._answered[self._flags(clusters)].sum())

    def coalition(self, clusters: int) -> int:
        """How many of a set a coalition may know: no more than of any group that holds the set."""
        found = (n for group, n in self._seen.items() if clusters & group == clusters)
        return min(found, default=self._limits.coalition)

    def unsafe(self, clusters: int) -> Reason | None:
        if not clusters:
            return None
        limits = self._limits.of(self.coalition(clusters))
        if any(safe & clusters == safe and limits.coalition <= withstood for safe, withstood in self._safe):
            return None  # what holds something safe is safe: it is larger, and no more alike
        inside = self._flags(clusters)
        if self._answered[inside].sum() < limits.smallest:
            return "few"
        lowest = np.sort(self._lowest.within(inside))[: limits.kept]
        highest = np.sort(self._highest.within(inside))[::-1][: limits.kept]
        known = len(lowest) == limits.kept == len(highest)
        if known and any(_near(low, high, limits.near) for low, high in zip(lowest, highest[::-1], strict=True)):
            return "alike"
        self._safe.append((clusters, limits.coalition))
        return None

    def matrix(self, rows: Iterable[int]) -> NDArray[np.float64]:
        return np.array([self._flags(row) for row in rows], dtype=float)

    def _flags(self, clusters: int) -> NDArray[np.bool_]:
        n = len(self._parts)
        raw = np.frombuffer(clusters.to_bytes((n + 7) // 8, "little"), np.uint8)
        return np.unpackbits(raw, count=n, bitorder="little").astype(bool)


class _Answers:
    """Answers of parts, one after another."""

    def __init__(self, rows: Sequence[Answers]) -> None:
        self._values = np.array([value for row in rows for value in row], dtype=float)
        self._part = np.repeat(np.arange(len(rows)), [len(row) for row in rows])

    def within(self, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The answers of the parts that are flagged."""
        return self._values[inside[self._part]]


def _near(low: float, high: float, near: float) -> bool:
    small, large = sorted((abs(low), abs(high)))
    return bool(low == high or (low * high > 0 and large <= near * small))


def _first_unsafe(told: Mapping[int, int], kinds: Mapping[int, str], sets: _Sets) -> Iterable[int] | None:
    """The groups from which something unsafe can be had; None where nothing unsafe can."""
    known: dict[int, frozenset[int]] = {}
    for group, clusters in told.items():
        known.setdefault(clusters, frozenset({group}))
    for derive in (_remainders(told, kinds), _differences, _differences):
        for clusters, sources in list(derive(known)):
            if clusters and clusters not in known:
                if sets.unsafe(clusters):
                    return sources
                known[clusters] = sources
    return _solved(told, sets)


_Derived = Iterable[tuple[int, frozenset[int]]]


def _differences(known: Mapping[int, frozenset[int]]) -> _Derived:
    """What is left of a set without another one that lies in it."""
    for (large, of_large), (small, of_small) in permutations(known.items(), 2):
        if large & small == small:
            yield large ^ small, of_large | of_small


def _remainders(
    told: Mapping[int, int], kinds: Mapping[int, str]
) -> Callable[[Mapping[int, frozenset[int]]], _Derived]:
    """What is left of a group without all the groups of a kind that lie in it and have nobody in common."""

    def derive(_: Mapping[int, frozenset[int]]) -> _Derived:
        for whole, clusters in told.items():
            for kind in sorted({kinds[group] for group in told}):
                left, sources = clusters, {whole}
                for group, part in told.items():
                    if group != whole and kinds[group] == kind and part & left == part:
                        left ^= part
                        sources.add(group)
                yield left, frozenset(sources)

    return derive


def _solved(told: Mapping[int, int], sets: _Sets) -> Iterable[int] | None:
    """The groups with an unsafe part that follows from all groups together by sums and differences of any kind.

    The groups are equations in the parts. A part is determined where it lies in the space of their rows: where the
    squared length of its projection, the leverage, is one.
    """
    if not told:
        return None
    _, strengths, rows = np.linalg.svd(sets.matrix(told.values()), full_matrices=False)
    space = rows[strengths > 1e-9]
    for place in np.flatnonzero((space**2).sum(axis=0) > 1 - 1e-9):
        part = 1 << int(place)
        if sets.unsafe(part):
            return [group for group, clusters in told.items() if clusters & part]
    return None
