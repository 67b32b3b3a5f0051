"""SQL queries of a reader that compare groups of clusters with all others; for staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..domain import Label, LabelHolder, LocalizedText, SectorScores
from ..domain.group_comparison import DueRecommendation, GroupingKind, GroupRanks
from .queries import Rows

NO_LABEL = "none"
"""The key of the clusters that were never awarded a label."""
_MEMBERS = {
    GroupingKind.COUNTRY: 'select country as "group", cluster_id from cluster',
    GroupingKind.LABEL: 'select unnest($labels) as "group", unnest($clusters) as cluster_id',
}
_PEERS = """select g.key as "group", m.cluster_id
            from peer_group_member m join peer_group g using (group_id) where g.scheme = $scheme and g.kind = $kind"""


def read_sector_profiles(rows: Rows, scheme: str) -> tuple[SectorScores, ...]:
    """Return the score quartiles of the sectors in each dimension of a scheme, on the scale of the top 500."""
    found = rows(
        """select g.key, p.dimension, p.n, p.lower_quartile, p.median, p.upper_quartile
           from group_profile p
           join peer_group g using (group_id)
           join dimension d on d.scheme = g.scheme and d.code = p.dimension
           join sector s on s.code = g.key
           where g.kind = 'sector' and g.scheme = ?
           order by s.position, d.position""",
        [scheme],
    )
    return tuple(SectorScores(*row) for row in found)


def read_group_ranks(rows: Rows, scheme: str, kind: GroupingKind, labels: Mapping[str, str]) -> tuple[GroupRanks, ...]:
    """Return what is counted of each group in each indicator with a direction and in each dimension of a scheme.

    From the latest benchmark of each cluster; a cluster may be in several sectors. `labels`: by cluster its label, for
    that kind of grouping. Ordered by group, then as the scheme orders its items, dimensions last.
    """
    found = rows(
        f"""with told as (
               select b.cluster_id, i.code as item, false as is_dimension, i.position,
                   if(i.direction = 'lower', -a.value, a.value) as value
               from latest_benchmark b
               join answer a using (assessment_id)
               join indicator i on i.scheme = b.scheme and i.code = a.indicator
               where b.scheme = $scheme and i.direction <> 'none'
               union all
               select p.cluster_id, p.dimension, true, d.position, p.score
               from profile p
               join peer_group g using (group_id)
               join dimension d on d.scheme = g.scheme and d.code = p.dimension
               where g.scheme = $scheme and g.kind = 'top500' and p.score is not null
           ), ranked as (
               select told.*, rank() over (partition by is_dimension, item order by value)
                   + (count(*) over (partition by is_dimension, item, value) - 1) / 2 as mid_rank
               from told
           ), counted as (
               select is_dimension, item, sum(n) as total, sum(n * n * n - n) as ties
               from (select is_dimension, item, value, count(*)::double as n from told group by all)
               group by all
           ), member as ({_MEMBERS.get(kind, _PEERS)})
           select m."group", r.item, r.is_dimension, count(*), sum(r.mid_rank), any_value(c.total)::integer,
               any_value(c.ties), avg(r.value), var_samp(r.value), quantile_cont(r.value, 0.25),
               quantile_cont(r.value, 0.5), quantile_cont(r.value, 0.75)
           from ranked r
           join member m using (cluster_id)
           join counted c on c.is_dimension = r.is_dimension and c.item = r.item
           group by m."group", r.item, r.is_dimension, r.position
           order by m."group", r.is_dimension, r.position, r.item""",
        _parameters(scheme, kind, labels),
    )
    return tuple(GroupRanks(*row) for row in found)


def read_due_recommendations(
    rows: Rows, scheme: str, kind: GroupingKind, labels: Mapping[str, str]
) -> tuple[DueRecommendation, ...]:
    """Return how many clusters of each group each recommendation is due to; groups and `labels` as in the ranks."""
    found = rows(
        f"""with told as (
               select b.cluster_id, i.code as item, i.direction, a.value,
                   if(i.direction = 'lower', -a.value, a.value) as turned
               from latest_benchmark b
               join answer a using (assessment_id)
               join indicator i on i.scheme = b.scheme and i.code = a.indicator
               where b.scheme = $scheme and i.direction <> 'none' and a.value is not null
           ), middle as (
               select item, median(turned) as middle from told group by item
           ), advice as (
               select indicator as item, "limit", row_number() over (order by position) - 1 as place
               from recommendation where scheme = $scheme
           ), due as (
               select t.cluster_id, t.item, min(r.place) as place
               from told t
               join middle using (item)
               join advice r using (item)
               where t.turned < middle.middle
                   and (r."limit" is null or if(t.direction = 'lower', t.value >= r."limit", t.value <= r."limit"))
               group by t.cluster_id, t.item
           ), member as ({_MEMBERS.get(kind, _PEERS)})
           select m."group", d.item, d.place, count(*)
           from due d
           join member m using (cluster_id)
           group by m."group", d.item, d.place
           order by m."group", d.place""",
        _parameters(scheme, kind, labels),
    )
    return tuple(DueRecommendation(*row) for row in found)


def _parameters(scheme: str, kind: GroupingKind, labels: Mapping[str, str]) -> dict[str, object]:
    """The values that the members of groups of a kind, and all else, are asked with."""
    parameters: dict[str, object] = {"scheme": scheme}
    if kind is GroupingKind.LABEL:
        parameters |= {"labels": list(labels.values()), "clusters": list(labels)}
    elif kind not in _MEMBERS:
        parameters["kind"] = kind.value
    return parameters


def highest_labels(register: Iterable[LabelHolder], clusters: Iterable[str]) -> dict[str, str]:
    """Return the highest label that each of some clusters was ever awarded, `NO_LABEL` where there is none."""
    order = list(Label)
    highest = {
        holder.cluster.cluster_id: max((award.label for award in holder.awards), key=order.index).value
        for holder in register
    }
    return {cluster: highest.get(cluster, NO_LABEL) for cluster in clusters}


def read_group_names(rows: Rows, scheme: str, kind: GroupingKind) -> dict[str, LocalizedText]:
    """Return the names of the groups of peers of a kind, in the order of the scheme; by key."""
    found = rows(
        "select key, name_fr, name_en from peer_group where scheme = ? and kind = ? order by group_id",
        [scheme, kind.value],
    )
    return {key: LocalizedText(fr, en) for key, fr, en in found}
