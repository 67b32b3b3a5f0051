"""Counts of clusters by level or category, published only where they are large enough. Pure.

A count of one or two clusters would disclose what they answered, or that they took part. So small counts are merged
until each is large enough, and where only one would be left nothing is published: it would hold for every member.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

OTHERS = ""
"""The key of the merged categories that are too small to be published alone."""


def merge_small_bins(counts: Sequence[int], minimum: int) -> list[tuple[int, int, int]]:
    """Merge neighbouring levels, from the lowest up, until each bin has `minimum` clusters.

    `counts` holds the clusters at each level. Returns bins as (first level, last level, clusters), levels counted from
    0; an empty list where fewer than two bins are large enough.
    """
    bins: list[tuple[int, int, int]] = []
    first, collected = 0, 0
    for level, count in enumerate(counts):
        collected += count
        if collected >= minimum:
            bins.append((first, level, collected))
            first, collected = level + 1, 0
    if bins and first < len(counts):
        start, _, count = bins.pop()
        bins.append((start, len(counts) - 1, count + collected))
    return bins if len(bins) > 1 else []


def rounded_shares(counts: Sequence[int], base: int) -> list[float]:
    """Shares in per cent of bins with `counts` clusters, in steps of `base` clusters; they sum to 100.

    The steps are allocated by the largest remainder (A. Hamilton's method), ties to the earlier bin.
    """
    total = sum(counts)
    if not total:
        return [0.0] * len(counts)
    n_steps = max(1, round(total / base))
    exact = [count * n_steps / total for count in counts]
    allotted = [int(share) for share in exact]
    by_remainder = sorted(range(len(counts)), key=lambda index: allotted[index] - exact[index])
    for index in by_remainder[: n_steps - sum(allotted)]:
        allotted[index] += 1
    return [100 * steps / n_steps for steps in allotted]


def merge_small_categories(counts: Mapping[str, int], minimum: int) -> dict[str, int]:
    """The categories with at least `minimum` clusters, largest first, and all others merged last, as `OTHERS`.

    Where the others are fewer than `minimum`, the smallest category is merged with them. Empty where only one entry
    would be left.
    """
    by_size = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    published = {key: n for key, n in by_size if n >= minimum}
    others = sum(counts.values()) - sum(published.values())
    while published and 0 < others < minimum:
        others += published.popitem()[1]
    if others:
        published[OTHERS] = others
    return published if len(published) > 1 else {}
