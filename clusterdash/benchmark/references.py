"""Which reference a benchmark is seen against: the clusters of the edition, a reference pack, or both. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from ..domain import ClusterBenchmark, DimensionScore, PackComparison, Reference

Opening = Literal["pack", "own", "both"]
"""Which reference pages open with, where there are packs: the setting of an installation."""
OWN = "own"
_BOTH = "+own"


def reference_choices(result: ClusterBenchmark, opening: Opening) -> list[str]:
    """The ids of all references, the one that pages open with first: "own", and each pack alone or with the own ones.

    Without a pack there is one.
    """
    packs = [one.source.pack for one in result.packs]
    order = {"pack": (packs, [], [OWN]), "own": ([OWN], packs, []), "both": ([], [], [OWN, *packs])}[opening]
    both = [f"{pack}{_BOTH}" for pack in packs]
    found = [*(both if opening == "both" else []), *order[0], *order[1], *order[2]]
    return list(dict.fromkeys([*found, *both])) if packs else [OWN]


def pack_of(choice: str) -> tuple[str, bool]:
    """The pack of a choice, "" for none, and whether the own clusters are compared as well."""
    if choice == OWN:
        return "", True
    return choice.removesuffix(_BOTH), choice.endswith(_BOTH)


def seen_against(result: ClusterBenchmark, choice: str) -> ClusterBenchmark:
    """A benchmark against one of its `reference_choices`.

    All scores are on the scale of the first reference. Against own clusters, a sector that is too small to be told of
    is that of the first pack, without scores, which are on another scale. Robustness and earlier years are known among
    the own clusters only.
    """
    pack, with_own = pack_of(choice)
    found = next((one for one in result.packs if one.source.pack == pack), None)
    if found is None:
        return replace(result, references=(*result.references, *_lacking_sectors(result)))
    own = tuple(_on_scale(reference, found) for reference in result.references) if with_own else ()
    return replace(
        result, references=(*found.references, *own), beside_own=with_own, robustness=(), past=(), suppressed=()
    )


def _lacking_sectors(result: ClusterBenchmark) -> tuple[Reference, ...]:
    """The sectors of a pack that the edition does not tell of."""
    known = {reference.group.key for reference in result.references if reference.group.kind == "sector"}
    return tuple(
        replace(reference, scores=tuple(replace(score, peer_median=None) for score in own))
        for pack in result.packs[:1]
        for reference in pack.references
        if reference.group.kind == "sector" and reference.group.key not in known
        for own in [result.first.scores]
    )


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
