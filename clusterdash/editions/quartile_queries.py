"""The quartiles of groups that one cluster may know: of the top 500 and of its sector.

Only `reader` calls this, after checking access.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

from ..domain import GroupQuartiles, IndicatorQuartiles, LocalizedText, PeerGroup
from .cluster_query import Rows
from .reference_queries import Packs

_GROUP = "g.kind, g.key, g.name_fr, g.name_en"
_OF_MEMBER = f"""
select {_GROUP}, g.n - (m.cluster_id is not null)::integer, p.indicator, peer_lower, peer_median, peer_upper
from position p
join peer_group g using (group_id)
join indicator i on i.scheme = g.scheme and i.code = p.indicator
left join peer_group_member m on m.group_id = p.group_id and m.cluster_id = p.cluster_id
where p.cluster_id = $cluster and g.scheme = $scheme and peer_lower is not null and peer_upper is not null
    and (g.kind = 'top500' or (g.kind = 'sector' and g.key = (
        select sector from cluster_sector where cluster_id = $cluster and position = 1
    )))
order by g.kind = 'sector', i.position"""
_OF_OTHERS = f"""
select {_GROUP}, g.n, q.indicator, lower_quartile, median, upper_quartile
from group_quartile q
join peer_group g using (group_id)
join indicator i on i.scheme = g.scheme and i.code = q.indicator
where g.scheme = $scheme and (g.kind = 'top500' or (g.kind = 'sector' and g.key = $sector))
order by g.kind = 'sector', i.position"""
_OF_PACK = """
select f.code, f.lower_quartile, f.median, f.upper_quartile
from reference_figure f
join indicator i on i.scheme = $scheme and i.code = f.code
where f.pack = $pack and f.kind = $kind and f.key = $key and f.subject = 'indicator' and f.median is not null
order by i.position"""


def read_quartiles(rows: Rows, packs: Packs, cluster_id: str, scheme: str, sector: str) -> tuple[GroupQuartiles, ...]:
    """Return the quartiles of the top 500 and of a sector, the cluster left out if it is in a benchmark of the scheme.

    Such a cluster gets those of its main sector, whatever `sector` is: else it could ask for what its page withholds.
    Those of the first of the scheme's reference packs follow, which are for everybody.
    """
    named = {"cluster": cluster_id, "scheme": scheme}
    known = rows("select 1 from latest_benchmark where cluster_id = $cluster and scheme = $scheme", named)
    found = rows(_OF_MEMBER, named) if known else rows(_OF_OTHERS, {"scheme": scheme, "sector": sector})
    own = tuple(_group(head, figures) for head, figures in groupby(found, key=itemgetter(slice(5))))
    if known:
        main = "select sector from cluster_sector where cluster_id = $cluster and position = 1"
        sector = next((code for (code,) in rows(main, {"cluster": cluster_id})), sector)
    return own + _of_pack(rows, packs, scheme, sector)


def _of_pack(rows: Rows, packs: Packs, scheme: str, sector: str) -> tuple[GroupQuartiles, ...]:
    """The quartiles of the 500 best and of a sector in the first pack of a scheme."""
    first = next(iter(packs), ("", "", ""))[0]
    found = []
    for (pack, kind, key), told in packs.items():
        if pack == first and (kind == "top500" or (kind, key) == ("sector", sector)):
            figures = rows(_OF_PACK, {"pack": pack, "kind": kind, "key": key, "scheme": scheme})
            found.append(GroupQuartiles(told.group, told.n, tuple(IndicatorQuartiles(*one) for one in figures)))
    return tuple(found)


def _group(head: tuple[Any, ...], figures: Iterable[tuple[Any, ...]]) -> GroupQuartiles:
    kind, key, name_fr, name_en, n = head
    return GroupQuartiles(
        PeerGroup(kind, key, LocalizedText(name_fr, name_en)),
        n,
        tuple(IndicatorQuartiles(*figure[5:]) for figure in figures),
    )
