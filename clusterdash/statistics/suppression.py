"""Suppression of groups, indicators and dimensions that must not be published. Pure; used when an edition is built.

The figures of two groups, one of which contains the other, also give those of the difference; and so on with
differences of differences, and with any other sum. What can be derived that way must be as safe as a group itself:
large enough, and with answers that are not all alike. Where it is not, the smaller of the groups is suppressed.
(Complementary suppression: Hundepool et al., Statistical Disclosure Control, 2012, chapter 4.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from .parameters import LIMITS, Limits, Reason

Answers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Atom:
    """The clusters that belong to exactly the same groups: every group is a union of atoms.

    `respondents` of them answered; `lowest` and `highest` hold their answers from the lowest up and from the highest
    down: all of them, or as many as `Limits.extremes_kept` for the largest coalition.
    """

    groups: frozenset[int]
    respondents: int
    lowest: Answers = ()
    highest: Answers = ()


def suppressed(
    kinds: Mapping[int, str],
    atoms: Iterable[Atom],
    coalitions: Mapping[int, int] | None = None,
    limits: Limits = LIMITS,
    always: str = "top500",
) -> dict[int, Reason]:
    """The groups whose figures must not be published, by id, with the reason.

    `kinds` holds the kind of each group; `coalitions` how many of its members one account sees, where these are more
    than `limits.coalition`. Where a difference is unsafe, groups of the kind `always` stay and the other group is
    suppressed, even where it is the larger one.
    """
    sets = _Sets([atom for atom in atoms if atom.respondents], coalitions or {}, limits)
    offered = {group: sets.of(group) for group in kinds}
    reasons: dict[int, Reason] = {}
    for group, clusters in sorted(offered.items()):
        if reason := sets.unsafe(clusters):
            reasons[group] = reason
    while "difference" in limits.rules:
        published = {group: clusters for group, clusters in offered.items() if group not in reasons and clusters}
        sources = _sources_of_unsafe_set(published, kinds, sets)
        if sources is None:
            break
        candidates = [group for group in sources if kinds[group] != always] or list(sources)
        reasons[min(candidates, key=lambda group: (sets.size(published[group]), group))] = "difference"
    return reasons


class _Sets:
    """Sets of clusters as bit masks, a bit per atom, with what their answers disclose."""

    def __init__(self, atoms: Sequence[Atom], coalitions: Mapping[int, int], limits: Limits) -> None:
        self._atoms = atoms
        self._limits = limits
        self._respondents = np.array([atom.respondents for atom in atoms], dtype=np.int64)
        self._safe: list[tuple[int, int]] = []
        self._lowest = _AnswersOfAtoms([atom.lowest for atom in atoms])
        self._highest = _AnswersOfAtoms([atom.highest for atom in atoms])
        self._groups: dict[int, int] = {}
        for bit, atom in enumerate(atoms):
            for group in atom.groups:
                self._groups[group] = self._groups.get(group, 0) | 1 << bit
        seen = {clusters: max(limits.coalition, coalitions.get(group, 0)) for group, clusters in self._groups.items()}
        self._seen = seen if max(seen.values(), default=0) > limits.coalition else {}

    def of(self, group: int) -> int:
        """The clusters of a group; none where no member answered."""
        return self._groups.get(group, 0)

    def size(self, clusters: int) -> int:
        """How many clusters of a set answered."""
        return int(self._respondents[self._flags(clusters)].sum())

    def coalition(self, clusters: int) -> int:
        """How many of a set a coalition may know: no more than in any group that contains the set."""
        found = (n for group, n in self._seen.items() if clusters & group == clusters)
        return min(found, default=self._limits.coalition)

    def unsafe(self, clusters: int) -> Reason | None:
        """Why figures of a set must not be disclosed; None where they may be, and for the empty set."""
        if not clusters:
            return None
        limits = self._limits.for_coalition(self.coalition(clusters))
        if any(safe & clusters == safe and limits.coalition <= withstood for safe, withstood in self._safe):
            return None  # a superset of a safe set is safe: it is larger, and no more alike
        inside = self._flags(clusters)
        if "few" in limits.rules and self._respondents[inside].sum() < limits.group_minimum:
            return "few"
        if "alike" in limits.rules and self._alike(inside, limits):
            return "alike"
        self._safe.append((clusters, limits.coalition))
        return None

    def _alike(self, inside: NDArray[np.bool_], limits: Limits) -> bool:
        """Whether all but a coalition in the flagged atoms answered so nearly the same that one guess fits."""
        lowest = np.sort(self._lowest.within(inside))[: limits.extremes_kept]
        highest = np.sort(self._highest.within(inside))[::-1][: limits.extremes_kept]
        if not len(lowest) == limits.extremes_kept == len(highest):
            return False
        ends = zip(lowest, highest[::-1], strict=True)
        return any(one_guess_fits(low, high, limits.guess_ratio) for low, high in ends)

    def matrix(self, rows: Iterable[int]) -> NDArray[np.float64]:
        """The sets as rows of zeros and ones, a column per atom."""
        return np.array([self._flags(row) for row in rows], dtype=float)

    def _flags(self, clusters: int) -> NDArray[np.bool_]:
        n = len(self._atoms)
        raw = np.frombuffer(clusters.to_bytes((n + 7) // 8, "little"), np.uint8)
        return np.unpackbits(raw, count=n, bitorder="little").astype(bool)


class _AnswersOfAtoms:
    """Answers of all atoms, concatenated."""

    def __init__(self, rows: Sequence[Answers]) -> None:
        self._values = np.array([value for row in rows for value in row], dtype=float)
        self._atom = np.repeat(np.arange(len(rows)), [len(row) for row in rows])

    def within(self, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The answers of the flagged atoms."""
        return self._values[inside[self._atom]]


def one_guess_fits(low: float, high: float, guess_ratio: float) -> bool:
    """Whether two answers are the same, or of the same sign with a quotient of at most `guess_ratio`."""
    small, large = sorted((abs(low), abs(high)))
    return bool(low == high or (low * high > 0 and large <= guess_ratio * small))


def _sources_of_unsafe_set(published: Mapping[int, int], kinds: Mapping[int, str], sets: _Sets) -> Iterable[int] | None:
    """The groups from which figures of an unsafe set can be derived; None where no such set exists."""
    known: dict[int, frozenset[int]] = {}
    for group, clusters in published.items():
        known.setdefault(clusters, frozenset({group}))
    for derive in (_remainders(published, kinds), _differences, _differences):
        for clusters, sources in list(derive(known)):
            if clusters and clusters not in known:
                if sets.unsafe(clusters):
                    return sources
                known[clusters] = sources
    return _sources_of_unsafe_atom(published, sets)


_Derived = Iterable[tuple[int, frozenset[int]]]


def _differences(known: Mapping[int, frozenset[int]]) -> _Derived:
    """The differences of a set and another one that it contains."""
    for (large, of_large), (small, of_small) in permutations(known.items(), 2):
        if large & small == small:
            yield large ^ small, of_large | of_small


def _remainders(
    published: Mapping[int, int], kinds: Mapping[int, str]
) -> Callable[[Mapping[int, frozenset[int]]], _Derived]:
    """The remainders of a group without all the groups of one kind that it contains and that are disjoint."""

    def derive(_: Mapping[int, frozenset[int]]) -> _Derived:
        for whole, clusters in published.items():
            for kind in sorted({kinds[group] for group in published}):
                left, sources = clusters, {whole}
                for group, part in published.items():
                    if group != whole and kinds[group] == kind and part & left == part:
                        left ^= part
                        sources.add(group)
                yield left, frozenset(sources)

    return derive


def _sources_of_unsafe_atom(published: Mapping[int, int], sets: _Sets) -> Iterable[int] | None:
    """The groups with an unsafe atom that can be derived from all groups by sums and differences of any kind.

    The groups are linear equations in the atoms. An atom is determined where it is in the space of their rows: where
    the squared length of its projection, the leverage, is one.
    """
    if not published:
        return None
    _, strengths, rows = np.linalg.svd(sets.matrix(published.values()), full_matrices=False)
    space = rows[strengths > 1e-9]
    for bit in np.flatnonzero((space**2).sum(axis=0) > 1 - 1e-9):
        atom = 1 << int(bit)
        if sets.unsafe(atom):
            return [group for group, clusters in published.items() if clusters & atom]
    return None
