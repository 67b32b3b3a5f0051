"""Ranks of groups from plain arrays, as the SQL of an edition counts them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import stats

from clusterdash.domain.group_comparison import GroupRanks

Values = np.ndarray[tuple[int], np.dtype[np.float64]]
Members = np.ndarray[tuple[int], np.dtype[np.bool_]]


def group_ranks(
    values: Values, groups: Mapping[str, Members], item: str = "x", *, is_dimension: bool = False
) -> list[GroupRanks]:
    """What is counted of each group in one item; `groups` are masks of the clusters."""
    ranks = stats.rankdata(values)
    _, ties = np.unique(values, return_counts=True)
    tied = float(np.sum(ties.astype(float) ** 3 - ties))
    found = []
    for group, members in groups.items():
        of_group = values[members]
        quartiles = np.quantile(of_group, [0.25, 0.5, 0.75]).tolist()
        variance = float(np.var(of_group, ddof=1)) if len(of_group) > 1 else None
        counted = len(of_group), float(ranks[members].sum()), len(values), tied
        found.append(GroupRanks(group, item, is_dimension, *counted, float(of_group.mean()), variance, *quartiles))
    return found
