"""What may be told of groups without telling it of a few clusters. Pure; asked when an edition is published.

Whoever knows the figures of two groups, one of which contains the other, knows those of the difference as well; and so
on with differences of differences, and with any other sum. What can be had that way must be as safe as a group itself:
large enough, and with answers that are not all alike. Where it is not, the smaller of the groups is withheld.
(Complementary suppression: Hundepool et al., Statistical Disclosure Control, 2012, chapter 4.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..benchmark import MEDIAN_MINIMUM, STEP

SMALLEST = MEDIAN_MINIMUM + 1
"""Clusters that anything told must rest on: five others, whoever of them looks."""
COALITION = 3
"""So many clusters may put together what they know, and still cannot tell what another one answered."""
NEAR = 1.05 / 0.95
"""Two answers whose quotient is not above this can both be guessed within 5 %."""
KEPT = COALITION + 1
"""The lowest and the highest answers of a part that have to be known to find answers that are alike."""

Reason = Literal["few", "difference", "alike"]
Answers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The clusters that belong to exactly the same groups.

    `answered` of them answered; `lowest` and `highest` hold at most `KEPT` of their answers, from the lowest up and
    from the highest down.
    """

    groups: frozenset[int]
    answered: int
    lowest: Answers = ()
    highest: Answers = ()


def withheld(kinds: Mapping[int, str], parts: Iterable[Part], always: str = "top500") -> dict[int, Reason]:
    """The groups whose figures may not be told, by id, with the reason.

    `kinds` holds the kind of each group. Groups of the kind `always` stay where a difference is too small: the other
    group goes, even where it is the larger one.
    """
    known = [part for part in parts if part.answered]
    sets = _Sets(known)
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


def fives(clusters: ArrayLike, of: ArrayLike) -> NDArray[np.float64]:
    """How many of `of` others a number of clusters is told as: whole steps, rounded away from the truth.

    Between none and five is told as none, six to ten as five, and so on; the last step holds what is left, and never
    fewer than five. So nobody learns from it that nobody stands above, or below.
    """
    steps = np.minimum(np.ceil(np.divide(clusters, STEP)) - 1, np.floor_divide(of, STEP) - 1)
    return np.asarray(STEP * np.maximum(0, steps), dtype=np.float64)


def told(positions: NDArray[np.float64], others: NDArray[np.int64]) -> NDArray[np.float64]:
    """Positions among `others`, in per cent, counted in fives from both ends; NaN stays NaN."""
    known = np.where(np.isnan(positions), 0.0, positions)
    below, above = (fives(np.round(share * others / 100, 6), others) for share in (known, 100 - known))
    middle: NDArray[np.float64] = 50 + 50 * (below - above) / others
    return np.where(np.isnan(positions), np.nan, middle)


class _Sets:
    """Sets of clusters as bits, a bit for each part, with what their answers tell."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._answered = np.array([part.answered for part in parts], dtype=np.int64)
        self._safe: list[int] = []
        self._lowest = _table([part.lowest for part in parts], math.inf)
        self._highest = -_table([tuple(-value for value in part.highest) for part in parts], math.inf)

    def of(self, group: int) -> int:
        return sum(1 << place for place, part in enumerate(self._parts) if group in part.groups)

    def size(self, clusters: int) -> int:
        return int(self._answered[self._flags(clusters)].sum())

    def unsafe(self, clusters: int) -> Reason | None:
        if not clusters or any(safe & clusters == safe for safe in self._safe):
            return None  # what holds something safe is safe: it is larger, and no more alike
        inside = self._flags(clusters)
        if self._answered[inside].sum() < SMALLEST:
            return "few"
        lowest = np.sort(self._lowest[inside], axis=None)[:KEPT]
        highest = np.sort(self._highest[inside], axis=None)[::-1][:KEPT]
        alike = any(_near(lowest[k], highest[KEPT - 1 - k]) for k in range(KEPT))
        if alike:
            return "alike"
        self._safe.append(clusters)
        return None

    def matrix(self, rows: Iterable[int]) -> NDArray[np.float64]:
        return np.array([self._flags(row) for row in rows], dtype=float)

    def _flags(self, clusters: int) -> NDArray[np.bool_]:
        n = len(self._parts)
        raw = np.frombuffer(clusters.to_bytes((n + 7) // 8, "little"), np.uint8)
        return np.unpackbits(raw, count=n, bitorder="little").astype(bool)


def _table(rows: Sequence[Answers], missing: float) -> NDArray[np.float64]:
    return np.array([[*row, *[missing] * (KEPT - len(row))] for row in rows], dtype=float).reshape(len(rows), KEPT)


def _near(low: float, high: float) -> bool:
    if not (math.isfinite(low) and math.isfinite(high)):
        return False
    small, large = sorted((abs(low), abs(high)))
    return bool(low == high or (low * high > 0 and large <= NEAR * small))


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
