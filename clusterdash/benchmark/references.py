"""Which reference a benchmark is seen against: the clusters of the edition, a reference pack, or both. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from ..domain import ClusterBenchmark, DimensionScore, PackComparison, Reference

Opening = Literal["pack", "own", "both"]
"""Which reference pages open with, where there are packs: the setting of an installation."""
OWN = "own"


def reference_choices(result: ClusterBenchmark, opening: Opening) -> list[str]:
    """The ids of all references, the one that pages open with first.

    "own": the clusters of the edition; "pack": the first reference pack; "both": that one, with the clusters of the
    edition beside it; "pack-2" and "both-2": the second pack, and so on. A pack needs a scale for scores, the 500 best
    or all its clusters; where none has one there is one choice.
    """
    numbers = [n for n, pack in enumerate(result.packs, start=1) if pack.references[0].scores]
    packs, both = ([f"{kind}-{n}" if n > 1 else kind for n in numbers] for kind in ("pack", "both"))
    orders = {"pack": [*packs, OWN, *both], "own": [OWN, *packs, *both], "both": [*both, *packs, OWN]}
    return orders[opening] if numbers else [OWN]


def pack_of(result: ClusterBenchmark, choice: str) -> PackComparison | None:
    """The pack of one of the `reference_choices`; None for the clusters of the edition."""
    _, _, number = choice.partition("-")
    return None if choice == OWN else result.packs[int(number or 1) - 1]


def seen_against(result: ClusterBenchmark, choice: str) -> ClusterBenchmark:
    """A benchmark against one of its `reference_choices`.

    All scores are on the scale of the first reference. Against the clusters of the edition, a sector that is too small
    to be told of is that of the first pack that has it, without scores, which are on another scale.
    """
    pack = pack_of(result, choice)
    if pack is None:
        return replace(result, references=(*result.references, *_lacking_sectors(result)))
    own = (_on_scale(reference, pack) for reference in result.references)
    return replace(result, references=(*pack.references, *own), beside_own=choice.startswith("both"))


def opened_against(result: ClusterBenchmark, opening: Opening) -> ClusterBenchmark:
    """A benchmark against the reference that pages open with."""
    return seen_against(result, reference_choices(result, opening)[0])


def _lacking_sectors(result: ClusterBenchmark) -> tuple[Reference, ...]:
    """The sectors that the edition does not tell of, each from the first pack that has it."""
    known = {(reference.group.kind, reference.group.key) for reference in result.references}
    scores = tuple(replace(score, peer_median=None) for score in result.first.scores)
    found: dict[tuple[str, str], Reference] = {}
    for pack in result.packs:
        for reference in pack.references:
            group = (reference.group.kind, reference.group.key)
            if reference.group.kind == "sector" and group not in known:
                found.setdefault(group, replace(reference, scores=scores))
    return tuple(found.values())


def _on_scale(reference: Reference, pack: PackComparison) -> Reference:
    """A group of the edition with scores on the scale of a pack."""
    group = (reference.group.kind, reference.group.key)
    told = (scores for kind, key, scores in pack.own_groups if (kind, key) == group)
    medians = {score.dimension: score for score in next(told, ())}
    own = pack.references[0].scores
    return replace(
        reference,
        scores=tuple(
            medians.get(score.dimension) or DimensionScore(score.dimension, score.score, None, 0) for score in own
        ),
    )
