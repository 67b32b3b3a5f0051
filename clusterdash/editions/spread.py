"""How a group is spread over levels or kinds, told only in parts that are large enough. Pure.

A part with one or two clusters would tell what those answered, or that they took part: small parts are joined to their
neighbours until each is large enough, and where only one part is left nothing is told: it would be true of everybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

OTHERS = ""
"""The key of all kinds that were too small to be told alone."""


def joined(counts: Sequence[int], minimum: int) -> list[tuple[int, int, int]]:
    """Neighbouring levels joined, from the lowest up, until each part has `minimum` clusters.

    `counts` holds the clusters at each level. Returns parts as (first level, last level, clusters), levels counted from
    0; none where fewer than two parts can be told.
    """
    parts: list[tuple[int, int, int]] = []
    first, held = 0, 0
    for level, count in enumerate(counts):
        held += count
        if held >= minimum:
            parts.append((first, level, held))
            first, held = level + 1, 0
    if parts and first < len(counts):
        start, _, count = parts.pop()
        parts.append((start, len(counts) - 1, count + held))
    return parts if len(parts) > 1 else []


def steps(counts: Sequence[int], step: int) -> list[float]:
    """Shares in per cent of parts with `counts` clusters, told in steps of `step` clusters; together they are 100.

    The steps are dealt out by the largest remainder (A. Hamilton's method), ties to the part named first.
    """
    total = sum(counts)
    if not total:
        return [0.0] * len(counts)
    n_steps = max(1, round(total / step))
    exact = [count * n_steps / total for count in counts]
    dealt = [int(share) for share in exact]
    left = sorted(range(len(counts)), key=lambda part: dealt[part] - exact[part])
    for part in left[: n_steps - sum(dealt)]:
        dealt[part] += 1
    return [100 * part / n_steps for part in dealt]


def kinds(counts: Mapping[str, int], minimum: int) -> dict[str, int]:
    """The kinds with at least `minimum` clusters, the largest first, and all others together at the end as `OTHERS`.

    Where the others are fewer than `minimum`, the smallest of the kinds is put among them; nothing is told where only
    one entry would be left.
    """
    told = {key: n for key, n in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])) if n >= minimum}
    others = sum(counts.values()) - sum(told.values())
    while told and 0 < others < minimum:
        others += told.popitem()[1]
    if others:
        told[OTHERS] = others
    return told if len(told) > 1 else {}
