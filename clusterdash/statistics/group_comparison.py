"""Comparison of groups with all other clusters: what is real and what is chance. Pure.

Superiority: Vargha and Delaney (2000), Journal of Educational and Behavioral Statistics 25, the probability behind the
test of Mann and Whitney (1947), Annals of Mathematical Statistics 18; variance with ties after Lehmann (1975),
Nonparametrics. False discovery rate: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57.
Limits of a funnel: Spiegelhalter (2005), Statistics in Medicine 24. Partial pooling: the normal model of Morris (1983),
Journal of the American Statistical Association 78, variance between groups after DerSimonian and Laird (1986).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import binomtest, false_discovery_control

from ..domain.group_comparison import CellComparison, Finding, GroupChange, GroupRanks, PooledMean

FALSE_DISCOVERY_RATE = 0.05
"""Of the differences that are called real, at most this share is expected to be chance."""
TESTED_MINIMUM = 10
"""Clusters: so many members, and so many others, are needed for the normal approximation of the test."""
_WARNING, _ALARM = 0.95, 0.998
"""The probabilities of the limits of a funnel."""


def compare(cells: Sequence[GroupRanks]) -> tuple[CellComparison, ...]:
    """Compare each group with all other clusters, cell by cell; the q-values are those of all cells together."""
    superiorities = [_superiority(cell) for cell in cells]
    p_values = [_p_value(cell) for cell in cells]
    q_values = _adjusted(p_values)
    return tuple(
        CellComparison(cell, superiority, p, q, _finding(superiority, q))
        for cell, superiority, p, q in zip(cells, superiorities, p_values, q_values, strict=True)
    )


def _superiority(cell: GroupRanks) -> float | None:
    others = cell.total - cell.n
    if not others:
        return None
    wins = cell.rank_sum - cell.n * (cell.n + 1) / 2
    return 100 * wins / (cell.n * others)


def _p_value(cell: GroupRanks) -> float | None:
    """The two-sided p-value of the Mann-Whitney test, asymptotic with ties; None for too few, 1 where all are equal."""
    n, others, total = cell.n, cell.total - cell.n, cell.total
    if min(n, others) < TESTED_MINIMUM:
        return None
    variance = n * others / 12 * (total + 1 - cell.ties / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    wins = cell.rank_sum - n * (n + 1) / 2
    return float(2 * ndtr(-abs(wins - n * others / 2) / np.sqrt(variance)))


def _finding(superiority: float | None, q: float | None) -> Finding:
    if superiority is None or q is None:
        return Finding.FEW
    if q > FALSE_DISCOVERY_RATE:
        return Finding.UNCLEAR
    return Finding.ABOVE if superiority > 50 else Finding.BELOW


@lru_cache(maxsize=32)
def assess_changes(changes: tuple[GroupChange, ...]) -> tuple[GroupChange, ...]:
    """Changes of groups with what is real of them: the exact sign test of those that improved and declined.

    Clusters whose answer is the same count for neither (Dixon and Mood 1946, Journal of the American Statistical
    Association 41); the q-values are those of all changes together.
    """
    p_values = [
        float(binomtest(one.better, one.better + one.worse).pvalue)
        if one.better + one.worse >= TESTED_MINIMUM
        else None
        for one in changes
    ]
    q_values = _adjusted(p_values)
    return tuple(
        replace(one, p_value=p, q_value=q, finding=_finding(50 + one.balance / 2, q))
        for one, p, q in zip(changes, p_values, q_values, strict=True)
    )


def _adjusted(p_values: Sequence[float | None]) -> list[float | None]:
    """The q-values of those that were tested."""
    tested = [p for p in p_values if p is not None]
    adjusted = iter(false_discovery_control(tested).tolist() if tested else ())
    return [None if p is None else next(adjusted) for p in p_values]


def pool(cells: Sequence[GroupRanks]) -> tuple[PooledMean, ...]:
    """The groups' means in one dimension, drawn towards the overall mean as far as chance explains their differences.

    Groups of one member count in the overall mean alone. Empty unless two groups have two members or more.
    """
    known = [cell for cell in cells if cell.n > 1 and cell.variance is not None]
    if len(known) < 2:
        return ()
    n = np.array([cell.n for cell in known], float)
    means = np.array([cell.mean for cell in known])
    within = float(np.sum((n - 1) * np.array([cell.variance for cell in known])) / np.sum(n - 1))
    error = within / n
    if within <= 0:
        error = np.full_like(n, 1e-12)
    weights = 1 / error
    fixed = np.sum(weights * means) / np.sum(weights)
    excess = np.sum(weights * (means - fixed) ** 2) - (len(known) - 1)
    between = max(0.0, excess / (np.sum(weights) - np.sum(weights**2) / np.sum(weights)))
    random = 1 / (error + between)
    overall = float(np.sum(random * means) / np.sum(random))
    shrinkage = error / (error + between)
    pooled = shrinkage * overall + (1 - shrinkage) * means
    spread = ndtri(0.5 + _WARNING / 2) * np.sqrt((1 - shrinkage) * error + shrinkage**2 / np.sum(random))
    warning, alarm = (ndtri(0.5 + share / 2) * np.sqrt(error) for share in (_WARNING, _ALARM))
    return tuple(
        PooledMean(
            cell.group,
            cell.n,
            cell.mean,
            *map(float, (pooled[i], pooled[i] - spread[i], pooled[i] + spread[i], overall, warning[i], alarm[i])),
        )
        for i, cell in enumerate(known)
    )
