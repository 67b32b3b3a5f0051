"""Cumulative frequencies of a group for publication: how many clusters are below round values, in steps. Pure.

Deciles would say which value has which rank; here it is the other way round: the values are round, and the counts are
those that every manager may know (`rounding.round_outward`). So an answer can be placed between two counts, and the
counts of several publishers can be added.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .parameters import LIMITS, Limits
from .rounding import round_outward, rounding_unit


@dataclass(frozen=True, slots=True)
class Frequency:
    """At least `at_least` and at most `at_most` clusters of a group are below `value`."""

    value: float
    at_least: int
    at_most: int


def cumulative_frequencies(
    values: NDArray[np.float64],
    kind: str,
    minimum: float | None = None,
    maximum: float | None = None,
    limits: Limits = LIMITS,
) -> tuple[Frequency, ...]:
    """The frequencies of a group with these answers, in the order of the values; empty for too few answers.

    Of levels and points all are told, whether anybody is there or not. Of other answers the values are rounded as
    medians are (`rounding.rounding_unit`), and between two of them are as many clusters as a percentile needs.
    """
    ordered = np.sort(values)
    n = len(ordered)
    of_levels = kind in ("level", "points", "gate")
    if n < (limits.quartile_minimum if of_levels else limits.frequency_minimum):
        return ()
    if of_levels:
        chosen = [
            (float(level), int(np.searchsorted(ordered, level)))
            for level in range(math.ceil(minimum or 0) + 1, math.floor(maximum or 0) + 1)
        ]
    else:
        chosen = list(_spaced(ordered, kind, limits.percentile_minimum))
    return tuple(Frequency(value, *counted_in_steps(below, n, limits.rounding_base)) for value, below in chosen)


def counted_in_steps(clusters: int, n: int, base: int) -> tuple[int, int]:
    """Between which numbers a count of `clusters` among `n` is published: a step of `round_outward`, both included."""
    low, last = (int(round_outward(count, n, base)) for count in (clusters, n))
    return (low + 1 if low else 0), (n if low == last else low + base)


def _spaced(ordered: NDArray[np.float64], kind: str, between: int) -> Iterator[tuple[float, int]]:
    """Round values, and how many answers are below each; `between` answers at least from one to the next."""
    before = 0
    for value in _round_values(ordered, kind):
        below = int(np.searchsorted(ordered, value))
        if below - before >= between and len(ordered) - below >= between:
            yield value, below
            before = below


def _round_values(ordered: NDArray[np.float64], kind: str) -> list[float]:
    """The round values next to each answer, below or equal and above."""
    found: set[float] = set()
    for value in np.unique(ordered):
        unit = rounding_unit(float(value), kind)
        steps = math.floor(round(float(value) / unit, LIMITS.decimals))
        found |= {round(steps * unit, LIMITS.decimals), round((steps + 1) * unit, LIMITS.decimals)}
    return sorted(found)
