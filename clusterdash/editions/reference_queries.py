"""Queries for the reference packs of an edition, and for one cluster's places in their groups.

Only `reader` and `queries` call this, after checking access.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from ..domain import (
    CompositionPart,
    DimensionScore,
    IndicatorPosition,
    LevelShare,
    LocalizedText,
    PackComparison,
    PeerGroup,
    PeerGroupKind,
    Reference,
    ReferenceSource,
    StoredPack,
)
from .cluster_query import ClusterQuery, Rows

_KINDS = list(get_args(PeerGroupKind))
_Key = tuple[str, str, str]
"""A pack, and kind and key of a group in it."""


@dataclass(frozen=True, slots=True)
class PackGroup:
    """A group of a pack, with what is the same for all who are compared with it.

    `medians`: by dimension the number of scores and their median.
    """

    group: PeerGroup
    rule: LocalizedText
    n: int
    medians: Mapping[str, tuple[int, float | None]]
    composition: tuple[CompositionPart, ...]
    shares: tuple[LevelShare, ...]


Packs = Mapping[_Key, PackGroup]


def read_packs(rows: Rows, scheme: str) -> Packs:
    """Return the groups of all packs of a scheme, in the order of the packs."""
    sources = {
        pack: ReferenceSource(pack, publisher, year, bool(key), bool(combined))
        for pack, publisher, year, key, combined in rows(
            """select pack, publisher, last_year, public_key, combined
               from reference_pack where scheme = ? order by position""",
            [scheme],
        )
    }
    medians: dict[_Key, dict[str, tuple[int, float | None]]] = defaultdict(dict)
    for pack, kind, key, code, n, median in rows(
        "select pack, kind, key, code, n, median from reference_figure where subject = 'dimension'"
    ):
        medians[pack, kind, key][code] = n, median
    parts: dict[_Key, list[CompositionPart]] = defaultdict(list)
    for pack, kind, key, part, category, fr, en, n in rows(
        """select pack, kind, key, part, category, name_fr, name_en, n
           from reference_composition order by part, category = '', n desc, category"""
    ):
        parts[pack, kind, key].append(CompositionPart(part, category, LocalizedText(fr, en), n))
    shares: dict[_Key, list[LevelShare]] = defaultdict(list)
    for pack, kind, key, *rest in rows(
        """select s.pack, s.kind, s.key, s.code, s.low, s.high, s.share
           from reference_share s
           join reference_pack p using (pack)
           join indicator i on i.scheme = p.scheme and i.code = s.code
           where p.scheme = ? order by i.position, s.low""",
        [scheme],
    ):
        shares[pack, kind, key].append(LevelShare(*rest))
    found = rows(  # a sector is called here what it is called everywhere in this edition
        """select g.pack, g.kind, g.key, coalesce(s.name_fr, g.name_fr), coalesce(s.name_en, g.name_en), g.rule_fr,
               g.rule_en, g.n
           from reference_group g left join sector s on g.kind = 'sector' and s.code = g.key"""
    )
    groups = {
        (pack, kind, key): PackGroup(
            PeerGroup(kind, key, LocalizedText(fr, en), sources[pack]),
            LocalizedText(*rule),
            n,
            medians[pack, kind, key],
            tuple(parts[pack, kind, key]),
            tuple(shares[pack, kind, key]),
        )
        for pack, kind, key, fr, en, *rule, n in found
        if pack in sources
    }
    order = list(sources)
    in_order = sorted(groups, key=lambda key: (order.index(key[0]), _KINDS.index(key[1]), key[2]))
    return {key: groups[key] for key in in_order}


def stored_packs(rows: Rows) -> tuple[StoredPack, ...]:
    """Return what staff may know of the packs of an edition."""
    found = rows(
        """select title, publisher, scheme, created, licence,
               (select count(*) from reference_group g where g.pack = p.pack), public_key
           from reference_pack p order by position"""
    )
    return tuple(StoredPack(*row) for row in found)


def pack_comparisons(own: ClusterQuery, packs: Packs, sectors: Sequence[str]) -> tuple[PackComparison, ...]:
    """Return a cluster against all packs of its scheme that have a group to compare it with."""
    if not packs:
        return ()
    dimensions = [dimension.code for dimension in own.grid.dimensions]
    scores: dict[str, dict[str, DimensionScore]] = defaultdict(dict)
    columns = "pack, dimension, score, score_low, score_high, rank_low, rank_high"
    for pack, code, score, *bounds in own.of_cluster(columns, "reference_score"):
        scores[pack][code] = DimensionScore(code, score, None, 0, *bounds)
    positions: dict[_Key, dict[str, IndicatorPosition]] = defaultdict(dict)
    columns = "percentile, percentile_low, percentile_high, peer_median, peer_lower, peer_upper, n"
    columns = f"pack, kind, key, indicator, {columns}, middle_low, middle_high"
    for pack, kind, key, code, *rest in own.of_cluster(columns, "reference_position"):
        positions[pack, kind, key][code] = IndicatorPosition(code, own.answers.get(code), *rest)
    medians = _own_medians(own, scores)

    def reference(key: _Key) -> Reference:
        told = packs[key]
        of_pack = scores[key[0]]
        return Reference(
            told.group,
            told.n,
            tuple(
                replace(of_pack[code], peer_median=median, n=n)
                for code in dimensions
                if code in of_pack
                for n, median in [told.medians.get(code, (0, None))]
            ),
            tuple(positions[key][i.code] for i in own.grid.indicators if i.code in positions[key]),
            told.composition,
            told.shares,
            rule=told.rule,
        )

    places = {code: place for place, code in enumerate(sectors)}
    found = []
    for source in dict.fromkeys(told.group.source for told in packs.values()):
        keys = [key for key in packs if source and key[0] == source.pack and positions[key]]
        if source is None or not keys:
            continue
        without_best = all(kind != "top500" for _, kind, _ in keys)

        def order(key: _Key, *, all_first: bool = without_best) -> tuple[int, int]:
            first = all_first and key[1] == "all"
            return -1 if first else _KINDS.index(key[1]), places.get(key[2], len(places))

        keys.sort(key=order)
        own_groups = tuple(
            (*group, tuple(by_dimension[code] for code in dimensions if code in by_dimension))
            for group, by_dimension in medians[source.pack].items()
        )
        found.append(PackComparison(source, tuple(map(reference, keys)), own_groups))
    return tuple(found)


def _own_medians(
    own: ClusterQuery, scores: Mapping[str, Mapping[str, DimensionScore]]
) -> Mapping[str, dict[tuple[Any, str], dict[str, DimensionScore]]]:
    """How the groups of the edition score on the scale of each pack: by pack, kind and key of the group, dimension.

    `scores`: those of the cluster itself, by pack and dimension.
    """
    found: dict[str, dict[tuple[Any, str], dict[str, DimensionScore]]] = defaultdict(dict)
    columns = "pack, group_id, dimension, peer_median, n"
    for pack, group_id, code, median, n in own.of_cluster(columns, "reference_profile"):
        if group_id in own.groups and code in scores[pack]:
            group = own.groups[group_id].group
            one = replace(scores[pack][code], peer_median=median, n=n)
            found[pack].setdefault((group.kind, group.key), {})[code] = one
    return found
