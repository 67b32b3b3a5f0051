"""SQL queries of a reader that compare groups of clusters with all others; for staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from ..domain import LabelHolder, LocalizedText, SectorScores
from ..domain.group_comparison import DueRecommendation, GroupChange, GroupingKind, GroupMember, GroupRanks, YearMedian
from .cluster_query import Rows
from .recent_results import RecentResults

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


def _parameters(scheme: str, kind: GroupingKind, labels: Mapping[str, str]) -> dict[str, object]:
    """The parameters of a query with the members of groups of a kind."""
    if kind is GroupingKind.LABEL:
        return {"scheme": scheme, "labels": list(labels.values()), "clusters": list(labels)}
    return {"scheme": scheme} if kind in _MEMBERS else {"scheme": scheme, "kind": kind.value}


def read_group_changes(
    rows: Rows, scheme: str, kind: GroupingKind, labels: Mapping[str, str]
) -> tuple[GroupChange, ...]:
    """Return how each group changed in each indicator with a direction, over the same clusters; as `read_group_ranks`.

    From the benchmark before the latest one, of the same scheme, to the latest; on one day a verified one counts.
    """
    found = rows(
        f"""with earlier as (
               select b.cluster_id, b.assessment_id as latest, a.assessment_id as before
               from latest_benchmark b
               join assessment a using (cluster_id, scheme)
               where b.scheme = $scheme and a.assessed_on < b.assessed_on
               qualify row_number() over (
                   partition by b.cluster_id order by a.assessed_on desc, a.evidence desc
               ) = 1
           ), pair as (
               select e.cluster_id, i.code as item, i.position, old.value as was, now.value as is_now,
                   if(i.direction = 'lower', was - is_now, is_now - was) as gain
               from earlier e
               join answer old on old.assessment_id = e.before
               join answer now on now.assessment_id = e.latest and now.indicator = old.indicator
               join indicator i on i.scheme = $scheme and i.code = old.indicator
               where i.direction <> 'none'
           ), member as ({_MEMBERS.get(kind, _PEERS)})
           select m."group", p.item, count(*), count(*) filter (gain > 0), count(*) filter (gain < 0), median(was),
               median(is_now)
           from pair p join member m using (cluster_id)
           group by m."group", p.item, p.position
           order by m."group", p.position, p.item""",
        _parameters(scheme, kind, labels),
    )
    return tuple(GroupChange(*row) for row in found)


def read_year_medians(
    rows: Rows, scheme: str, kind: GroupingKind, labels: Mapping[str, str], group: str
) -> tuple[YearMedian, ...]:
    """Return the medians of a group by year and indicator, over all clusters that were benchmarked in a year."""
    found = rows(
        f"""with last as (
               select cluster_id, assessment_id, year(assessed_on) as year
               from assessment
               where scheme = $scheme
               qualify row_number() over (
                   partition by cluster_id, year(assessed_on) order by assessed_on desc, evidence desc
               ) = 1
           ), member as ({_MEMBERS.get(kind, _PEERS)})
           select l.year, i.code, count(*), median(a.value)
           from last l
           join member m using (cluster_id)
           join answer a using (assessment_id)
           join indicator i on i.scheme = $scheme and i.code = a.indicator
           where m."group" = $group
           group by l.year, i.code, i.position
           order by i.position, i.code, l.year""",
        {**_parameters(scheme, kind, labels), "group": group},
    )
    return tuple(YearMedian(*row) for row in found)


def read_group_members(
    rows: Rows, scheme: str, kind: GroupingKind, labels: Mapping[str, str], names: Mapping[str, str], group: str
) -> tuple[GroupMember, ...]:
    """Return the clusters of a group with their latest benchmark in a scheme, the oldest first."""
    found = rows(
        f"""with member as ({_MEMBERS.get(kind, _PEERS)}), band as (
               select cluster_id, max(key) filter (kind = 'size') as size, max(key) filter (kind = 'age') as age
               from peer_group_member join peer_group using (group_id)
               where scheme = $scheme and kind in ('size', 'age')
               group by cluster_id
           )
           select b.cluster_id, c.country, coalesce(band.size, ''), coalesce(band.age, ''), b.assessed_on,
               b.evidence = 'verified'
           from member m
           join latest_benchmark b using (cluster_id)
           join cluster c using (cluster_id)
           left join band using (cluster_id)
           where m."group" = $group and b.scheme = $scheme
           order by b.assessed_on, c.name, b.cluster_id""",
        {**_parameters(scheme, kind, labels), "group": group},
    )
    return tuple(
        GroupMember(cluster, names[cluster], country, labels[cluster], *rest) for cluster, country, *rest in found
    )


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


def highest_labels(register: Iterable[LabelHolder], clusters: Iterable[str]) -> dict[str, str]:
    """Return the highest label that each of some clusters was ever awarded, `NO_LABEL` where there is none."""
    highest = {holder.cluster.cluster_id: holder.highest_label.value for holder in register}
    return {cluster: highest.get(cluster, NO_LABEL) for cluster in clusters}


def read_group_names(rows: Rows, scheme: str, kind: GroupingKind) -> dict[str, LocalizedText]:
    """Return the names of the groups of peers of a kind, in the order of the scheme; by key."""
    found = rows(
        "select key, name_fr, name_en from peer_group where scheme = ? and kind = ? order by group_id",
        [scheme, kind.value],
    )
    return {key: LocalizedText(fr, en) for key, fr, en in found}


class GroupComparisons:
    """Reading of groups that are compared, for who may see all results; what was read is kept with the edition."""

    def __init__(
        self, rows: Rows, recent: RecentResults, register: Iterable[LabelHolder], clusters: Mapping[str, str]
    ) -> None:
        """`clusters`: the names of those with results; `register` tells which labels they were awarded."""
        self.__rows = rows
        self.__recent = recent
        self.__clusters = clusters
        self.__labels = recent.get(("highest labels",), lambda: highest_labels(register, clusters))

    def ranks(self, scheme: str, kind: GroupingKind) -> tuple[GroupRanks, ...]:
        """Return what is counted of each group of a kind, indicator by indicator and dimension by dimension."""
        read = partial(read_group_ranks, self.__rows, scheme, kind, self.__labels)
        return self.__recent.get(("ranks", scheme, kind), read)

    def changes(self, scheme: str, kind: GroupingKind) -> tuple[GroupChange, ...]:
        """Return how each group of a kind changed since the benchmark before, over the same clusters."""
        read = partial(read_group_changes, self.__rows, scheme, kind, self.__labels)
        return self.__recent.get(("changes", scheme, kind), read)

    def due_recommendations(self, scheme: str, kind: GroupingKind) -> tuple[DueRecommendation, ...]:
        """Return the recommendations that are due in each group of a kind, with the number of clusters."""
        read = partial(read_due_recommendations, self.__rows, scheme, kind, self.__labels)
        return self.__recent.get(("due", scheme, kind), read)

    def year_medians(self, scheme: str, kind: GroupingKind, group: str) -> tuple[YearMedian, ...]:
        """Return the medians of a group by year and indicator."""
        read = partial(read_year_medians, self.__rows, scheme, kind, self.__labels, group)
        return self.__recent.get(("years", scheme, kind, group), read)

    def members(self, scheme: str, kind: GroupingKind, group: str) -> tuple[GroupMember, ...]:
        """Return the clusters of a group with their latest benchmark, the oldest first."""
        read = partial(read_group_members, self.__rows, scheme, kind, self.__labels, self.__clusters, group)
        return self.__recent.get(("members", scheme, kind, group), read)

    def names(self, scheme: str, kind: GroupingKind) -> dict[str, LocalizedText]:
        """Return the names of the groups of peers of a kind, by key."""
        return read_group_names(self.__rows, scheme, kind)
