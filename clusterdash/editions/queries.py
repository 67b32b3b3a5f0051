"""Queries for one scheme or one cluster, whose rows become results.

Only `reader` calls this, after checking access.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, get_args

from ..domain import (
    AccountReach,
    AnswerSet,
    Cluster,
    ClusterBenchmark,
    CompositionPart,
    DeclaredVersusVerified,
    Dimension,
    DimensionScore,
    Document,
    Edition,
    Effort,
    Evaluation,
    Evidence,
    ExpertDeviation,
    Grid,
    HolderMedian,
    Indicator,
    IndicatorChange,
    IndicatorDefinition,
    IndicatorPosition,
    LevelShare,
    LocalizedText,
    PastBenchmark,
    PeerGroup,
    PeerGroupKind,
    PreviousAssessment,
    Recommendation,
    Reference,
    Remark,
    Scheme,
    ScoreRobustness,
    Story,
    SuppressedCell,
    SuppressedGroup,
)
from ..statistics.parameters import LIMITS
from .cluster_query import ClusterQuery, GroupFigures, Groups, Rows
from .reference_queries import Packs, pack_comparisons

_KINDS = list(get_args(PeerGroupKind))


def read_scheme(rows: Rows, scheme: str) -> Grid:
    """Return a scheme with its dimensions, indicators, definitions, recommendations, documents and efforts."""
    ((code, family, version, name_fr, name_en, *rest),) = rows(
        """select scheme, family, version, name_fr, name_en, purpose, illustrative, pass_share
           from scheme where scheme = ?""",
        [scheme],
    )
    dimensions = rows("select code, name_fr, name_en from dimension where scheme = ? order by position", [scheme])
    indicators = rows(
        """select code, dimension, name_fr, name_en, kind, unit_fr, unit_en, minimum, maximum, direction, threshold,
               basis, silver_audit
           from indicator where scheme = ? order by position""",
        [scheme],
    )
    definitions = rows(
        """select indicator, measures_fr, measures_en, matters_fr, matters_en
           from dictionary join indicator i on i.scheme = dictionary.scheme and i.code = indicator
           where i.scheme = ? order by i.position""",
        [scheme],
    )
    recommendations = rows(
        """select indicator, "limit", effort, action_fr, action_en, good_fr, good_en, evidence_fr, evidence_en
           from recommendation where scheme = ? order by position""",
        [scheme],
    )
    documents = rows(
        "select code, indicator, name_fr, name_en from document where scheme = ? order by position", [scheme]
    )
    efforts = rows(
        "select indicator, level, effort, basis from effort where scheme = ? order by indicator, level", [scheme]
    )
    return Grid(
        Scheme(code, family, version, LocalizedText(name_fr, name_en), *rest),
        tuple(Dimension(scheme, code, LocalizedText(fr, en)) for code, fr, en in dimensions),
        tuple(
            Indicator(scheme, code, dimension, LocalizedText(fr, en), kind, unit, *(*rest, unit_one))
            for code, dimension, fr, en, kind, unit_fr, unit_en, *rest in indicators
            for unit_one, unit in [_units(unit_fr, unit_en)]
        ),
        tuple(
            IndicatorDefinition(code, LocalizedText(*words[:2]), LocalizedText(*words[2:]))
            for code, *words in definitions
        ),
        tuple(
            Recommendation(code, limit, effort, *(LocalizedText(*words[i : i + 2]) for i in (0, 2, 4)))
            for code, limit, effort, *words in recommendations
        ),
        tuple(Document(code, indicator, LocalizedText(fr, en)) for code, indicator, fr, en in documents),
        tuple(Effort(*told) for told in efforts),
    )


def _units(fr: str, en: str) -> tuple[LocalizedText, LocalizedText]:
    """Return the singular and plural unit, from texts like "day|days"; a text without a bar serves for both."""
    (one_fr, _, many_fr), (one_en, _, many_en) = fr.partition("|"), en.partition("|")
    return LocalizedText(one_fr, one_en), LocalizedText(many_fr or one_fr, many_en or one_en)


def read_groups(rows: Rows, scheme: str) -> Groups:
    """Return all groups of a scheme, with their composition and their practices."""
    parts: dict[int, list[CompositionPart]] = {}
    for group_id, kind, key, fr, en, n in rows(
        """select c.group_id, c.kind, c.key, coalesce(s.name_fr, z.name_fr, ''), coalesce(s.name_en, z.name_en, ''), c.n
           from composition c
           join peer_group g using (group_id)
           left join sector s on c.kind = 'sector' and s.code = c.key
           left join peer_group z on c.kind = 'size' and z.kind = 'size' and z.key = c.key and z.scheme = g.scheme
           where g.scheme = ? order by c.kind, c.key = '', c.n desc, c.key""",
        [scheme],
    ):
        parts.setdefault(group_id, []).append(CompositionPart(kind, key, LocalizedText(fr, en), n))
    practices: dict[int, list[LevelShare]] = {}
    for group_id, *rest in rows(
        """select group_id, p.indicator, low, high, share
           from practice p join peer_group g using (group_id)
           join indicator i on i.scheme = g.scheme and i.code = p.indicator
           where g.scheme = ? order by i.position, low""",
        [scheme],
    ):
        practices.setdefault(group_id, []).append(LevelShare(*rest))
    found = rows(
        "select group_id, kind, key, name_fr, name_en, n, withdrawn, coalition from peer_group where scheme = ?",
        [scheme],
    )
    return {
        group_id: GroupFigures(
            PeerGroup(kind, key, LocalizedText(fr, en)),
            n,
            withdrawn,
            coalition,
            tuple(parts.get(group_id, ())),
            tuple(practices.get(group_id, ())),
        )
        for group_id, kind, key, fr, en, n, withdrawn, coalition in found
    }


def benchmark(
    rows: Rows,
    cluster: Cluster,
    edition: Edition,
    scheme_of: Callable[[str], Grid],
    groups_of: Callable[[str], Groups],
    packs_of: Callable[[str], Packs],
) -> ClusterBenchmark | None:
    """The latest benchmark of a cluster, with its positions in all groups; None if it was never benchmarked.

    What is the same for all clusters comes from `scheme_of`, `groups_of` and `packs_of`; the rest are rows of this
    cluster alone.
    """
    found = rows(
        "select assessment_id, scheme, assessed_on, evidence from latest_benchmark where cluster_id = ?",
        [cluster.cluster_id],
    )
    if not found:
        return None
    by_scheme = sorted(found, key=itemgetter(1))  # of several of one day, that of the first scheme
    assessment_id, scheme, assessed_on, evidence = max(by_scheme, key=itemgetter(2))
    grid = scheme_of(scheme)
    answers = dict(rows("select indicator, value from answer where assessment_id = ?", [assessment_id]))
    own = ClusterQuery(rows, cluster, grid, groups_of(scheme), answers)
    member_of = {group_id for (group_id,) in own.of_cluster("group_id", "peer_group_member")}
    shown = references(own, member_of)
    suppressed = [own.groups[group_id] for group_id in sorted(member_of & own.groups.keys())]
    return ClusterBenchmark(
        cluster=cluster,
        edition=edition,
        grid=grid,
        assessed_on=assessed_on,
        evidence=evidence,
        context=tuple((i.code, answers.get(i.code)) for i in grid.indicators if i.direction == "none"),
        references=shown,
        suppressed=tuple(SuppressedGroup(one.group, one.withdrawn) for one in suppressed if one.withdrawn),
        robustness=robustness(own),
        past=past_benchmarks(own, shown),
        packs=pack_comparisons(own, packs_of(scheme), cluster.sectors),
    )


def references(own: ClusterQuery, member_of: Collection[int]) -> tuple[Reference, ...]:
    """Return the cluster against the top 500 and every group that it belongs to, its sectors in their order."""
    indicators = {indicator.code: place for place, indicator in enumerate(own.grid.indicators)}
    dimensions = {dimension.code: place for place, dimension in enumerate(own.grid.dimensions)}
    positions: dict[int, list[IndicatorPosition]] = {}
    columns = "group_id, indicator, percentile, percentile_low, percentile_high, peer_median, peer_lower, peer_upper, n"
    for group_id, code, *rest in own.of_cluster(columns, "position"):
        if group_id in own.groups and code in indicators:
            positions.setdefault(group_id, []).append(IndicatorPosition(code, own.answers.get(code), *rest))
    scores: dict[int, list[DimensionScore]] = {}
    for group_id, *rest in own.of_cluster("group_id, dimension, score, peer_median, n", "profile"):
        if group_id in own.groups:
            scores.setdefault(group_id, []).append(DimensionScore(*rest))
    sectors = {code: place for place, code in enumerate(own.cluster.sectors)}

    def order(group_id: int) -> tuple[int, int]:
        group = own.groups[group_id].group
        return _KINDS.index(group.kind), sectors.get(group.key, len(sectors))

    return tuple(
        Reference(
            figures.group,
            figures.n - (group_id in member_of),
            tuple(sorted(scores[group_id], key=lambda one: dimensions[one.dimension])),
            tuple(sorted(positions.get(group_id, ()), key=lambda one: indicators[one.indicator])),
            figures.composition,
            figures.practices,
            LIMITS.for_coalition(figures.coalition).rounding_base,
        )
        for group_id in sorted(scores, key=order)
        for figures in [own.groups[group_id]]
    )


def robustness(own: ClusterQuery) -> tuple[ScoreRobustness, ...]:
    """Return the robustness of the position in each dimension, in the order of the scheme."""
    columns = "scheme, dimension, position, low, high, same_side"
    found = {
        dimension: ScoreRobustness(dimension, *rest)
        for scheme, dimension, *rest in own.of_cluster(columns, "robustness")
        if scheme == own.grid.scheme.code
    }
    return tuple(found[dimension.code] for dimension in own.grid.dimensions if dimension.code in found)


def past_benchmarks(own: ClusterQuery, found: Sequence[Reference]) -> tuple[PastBenchmark, ...]:
    """Return the benchmarks of earlier years, the latest first: what was then beside the present, `found`."""
    now = {p.indicator: p.percentile for one in found if one.group.kind == "top500" for p in one.positions}
    then: dict[date, dict[str, IndicatorChange]] = {}
    columns = "scheme, previous_on, indicator, value_before, percentile_before, percentile_held, n, own_low, own_high"
    for scheme, day, code, value, before, held, *rest in own.of_cluster(columns, "progress"):
        if scheme == own.grid.scheme.code and code in now:
            change = IndicatorChange(code, value, own.answers.get(code), before, held, now[code], *rest)
            then.setdefault(day, {})[code] = change
    codes = [indicator.code for indicator in own.grid.indicators]
    return tuple(
        PastBenchmark(day, tuple(then[day][code] for code in codes if code in then[day]))
        for day in sorted(then, reverse=True)
    )


def previous_assessment(rows: Rows, cluster: Cluster, scheme: str) -> PreviousAssessment:
    """Return the latest answers of a cluster in a scheme, and its latest remarks and stories, which may be older."""

    def latest(columns: str, table: str) -> list[tuple[Any, ...]]:
        return rows(
            f"""select {columns} from assessment join {table} using (assessment_id)
               where cluster_id = ? and scheme = ?
               qualify rank() over (order by assessed_on desc, evidence = 'verified' desc) = 1 order by all""",
            [cluster.cluster_id, scheme],
        )

    answers = latest("indicator, value, assessed_on", "answer")
    return PreviousAssessment(
        cluster,
        answers[0][-1] if answers else None,
        {indicator: value for indicator, value, _ in answers},
        {indicator: Remark(*noted) for indicator, *noted in latest("indicator, notes, proof", "remark")},
        tuple(Story(*told) for told in latest("story, what, result", "story")),
    )


def evaluation(rows: Rows, cluster: Cluster, edition: Edition, grid: Grid) -> Evaluation:
    """Return a cluster's latest declared and verified answers in a scheme, and the group figures it may see."""
    of = [cluster.cluster_id, grid.scheme.code]

    def latest(evidence: Evidence) -> AnswerSet | None:
        found = rows(
            """select assessed_on, indicator, value
               from assessment a left join answer n using (assessment_id)
               where a.cluster_id = ? and a.scheme = ? and a.evidence = ?
               qualify assessed_on = max(assessed_on) over ()""",
            [*of, evidence],
        )
        if not found:
            return None
        return AnswerSet(found[0][0], {code: value for _, code, value in found if code is not None})

    medians = rows(
        """select h.indicator, median, n
           from holder_median h join indicator i on i.scheme = h.scheme and i.code = h.indicator
           where h.scheme = $scheme
               and h.cluster_id = if($cluster in (select cluster_id from holder where scheme = $scheme), $cluster, '')
           order by i.position""",
        {"cluster": cluster.cluster_id, "scheme": grid.scheme.code},
    )
    experts = rows("select pairs, lower, higher from expert_view where scheme = ?", [grid.scheme.code])
    return Evaluation(
        cluster=cluster,
        edition=edition,
        grid=grid,
        declared=latest("declared"),
        verified=latest("verified"),
        holder_medians=tuple(HolderMedian(*row) for row in medians),
        expert_deviation=ExpertDeviation(*experts[0]) if experts else None,
    )


def account_reach(rows: Rows, clusters: Collection[str]) -> tuple[AccountReach, ...]:
    """Return how many of these clusters are in each published group; of groups of one name, the worst case."""
    found = rows(
        """select kind, key, name_fr, name_en, g.n, coalition, count(*) as seen
           from peer_group g join peer_group_member using (group_id)
           where withdrawn = '' and cluster_id in (select unnest($clusters))
           group by group_id, kind, key, name_fr, name_en, g.n, coalition
           qualify row_number() over (partition by kind, key order by seen > coalition desc, seen desc, group_id) = 1
           order by list_position($kinds, kind), key""",
        {"clusters": sorted(clusters), "kinds": _KINDS},
    )
    return tuple(AccountReach(PeerGroup(kind, key, LocalizedText(fr, en)), *rest) for kind, key, fr, en, *rest in found)


def pairings(rows: Rows, scheme: str) -> tuple[DeclaredVersusVerified, ...]:
    """Return what clusters declared against what experts verified, indicator by indicator."""
    found = rows(
        """select p.indicator, n, declared, verified, lower, same, higher
           from pairing p join indicator i on i.scheme = p.scheme and i.code = p.indicator
           where p.scheme = ? order by i.position""",
        [scheme],
    )
    return tuple(DeclaredVersusVerified(*row) for row in found)


def verified_evaluations(rows: Rows, scheme: str) -> tuple[int, int]:
    """Return how many verified evaluations there are in a scheme, and of how many clusters."""
    ((evaluations, clusters),) = rows(
        "select count(*), count(distinct cluster_id) from assessment where scheme = ? and evidence = 'verified'",
        [scheme],
    )
    return evaluations, clusters


def suppressed_cells(rows: Rows, scheme: str) -> tuple[SuppressedCell, ...]:
    """Return the suppressed groups and cells of a scheme, with the reasons."""
    found = rows(
        """select kind, key, name_fr, name_en, n, code, reason
           from (
               select group_id, '' as code, withdrawn as reason from peer_group where withdrawn <> ''
               union all select group_id, code, reason from withheld
           ) join peer_group using (group_id)
           where scheme = ? order by group_id, code""",
        [scheme],
    )
    return tuple(
        SuppressedCell(PeerGroup(kind, key, LocalizedText(fr, en)), *rest) for kind, key, fr, en, *rest in found
    )
