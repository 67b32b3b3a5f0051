"""Sentences made from benchmark results. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from ...benchmark.counterparts import Counterpart
from ...benchmark.progress import DimensionChange, TimeSeries
from ...benchmark.rules import (
    ABOVE,
    BELOW,
    BenchmarkFindings,
    DimensionCoverage,
    classification_counts,
    classify,
    confidence_interval,
    dimension_coverage,
    percentile_rank,
    score_summary,
)
from ...domain import (
    Cluster,
    ClusterBenchmark,
    Language,
    LevelShare,
    PastBenchmark,
    Recommendation,
    Reference,
    Sector,
    SuppressedGroup,
)
from ...i18n import escape_markdown, format_number, translate
from ...statistics.parameters import ENVELOPE, GEOMETRIC_FLOOR, LIMITS, TOP_SIZE, VARIANTS, WEIGHT_SPAN
from ..limit_texts import limits_of, translate_with_limits
from .group_names import full_group_name, group_name, named_group, own_name, source_name, top_name

ListName = Literal["strengths", "margins"]
"""A list on the page of a benchmark."""


def empty_list(found: BenchmarkFindings, name: ListName, language: Language) -> str:
    """Why a list of strengths or margins is empty: nothing could be compared, or nothing stands out."""
    compared = any(classification_counts(found).values())
    return translate(language, f"list.no_{name}" if compared else "list.not_compared")


def headline(result: ClusterBenchmark, reference: Reference, language: Language) -> str:
    """The profile against one reference in sentences of Markdown."""
    short = score_summary(reference)
    if short is None:
        source = reference.group.source
        return translate(language, "reference.no_medians" if source and source.combined else "benchmark.no_summary")
    names = {dimension.code: escape_markdown(dimension.name.get(language)) for dimension in result.grid.dimensions}
    summary = translate(language, "benchmark.summary", n=short.above, scored=short.scored)
    if short.highest.dimension == short.lowest.dimension:
        return summary
    extremes = {"highest": names[short.highest.dimension], "lowest": names[short.lowest.dimension]}
    return f"{summary} {translate(language, 'benchmark.extremes', **extremes)}"


def verdict_sentence(
    found: BenchmarkFindings, result: ClusterBenchmark, reference: Reference, language: Language
) -> str:
    """In how many indicators the cluster is clearly above and below a group; Markdown."""
    counts = classification_counts(found)
    if not counts:
        group = escape_markdown(group_name(result, reference, language))
        return translate_with_limits(language, "verdict.nothing", limits_of(reference), group=group, n=reference.n)
    group = facing(result, reference, language)
    return translate(language, "verdict.sentence", group=group, above=counts["above"], below=counts["below"])


def verdict_rest(found: BenchmarkFindings, language: Language) -> str:
    """In how many indicators it is level or cannot be told, for documents without the tally; "" where none compares."""
    counts = classification_counts(found)
    if not counts:
        return ""
    return translate(language, "verdict.rest", n=counts.total(), level=counts["level"], unsure=counts["unsure"])


def facing(result: ClusterBenchmark, reference: Reference, language: Language) -> str:
    """The group that a verdict compares with, as the beginning of a sentence; Markdown."""
    group, source = reference.group, reference.group.source
    if group.kind == "top500" and (source or not result.packs):
        facing_best = translate(language, "facing.best" if reference.n >= TOP_SIZE - 1 else "facing.europe")
        if source is None:
            return facing_best
        name = escape_markdown(source_name(source, language))
        return translate(language, "reference.named", group=facing_best, source=name, n=reference.n)
    return translate(language, "facing.group", group=escape_markdown(full_group_name(result, reference, language)))


def reference_basis(result: ClusterBenchmark, language: Language) -> str:
    """Which reference pack the result is seen against, and what that means; Markdown, "" for none."""
    source = result.first.group.source
    if source is None:
        return ""
    told = {
        "group": escape_markdown(full_group_name(result, result.first, language)),
        "signature": translate(language, "reference.signed" if source.signed else "reference.unsigned"),
    }
    combined = translate(language, "reference.combined") if source.combined else ""
    return f"{translate(language, 'reference.basis', **told)} {combined}".strip()


def second_reference(result: ClusterBenchmark, reference: Reference) -> Reference | None:
    """The group shown beside the first one: the chosen one or, where the first one is chosen, `result.second`."""
    return result.second if reference.group == result.first.group else reference


def against(group: str, language: Language) -> str:
    """The group that a list is compared with; plain text."""
    return translate_with_limits(language, "list.key", group=group)


def portrait(result: ClusterBenchmark, language: Language) -> str:
    """The sector of a cluster, and how and when its answers came in; Markdown."""
    sector = result.sector
    name = escape_markdown(named_group(sector.group, language)) if sector else "–"
    return translate(language, f"portrait.{result.evidence}", sector=name, day=result.assessed_on)


def assessment_basis(result: ClusterBenchmark, language: Language) -> str:
    """The assessment that the result is based on; Markdown."""
    return translate(
        language,
        "benchmark.basis",
        scheme=escape_markdown(result.grid.scheme.name.get(language)),
        day=result.assessed_on,
        evidence=translate(language, f"evidence.{result.evidence}"),
        edition=escape_markdown(result.edition.title),
    )


def groups(result: ClusterBenchmark, reference: Reference, language: Language) -> str:
    """The members of the groups in the radar; Markdown."""
    beside = second_reference(result, reference)
    told = [_named_membership(result, shown, language) for shown in (result.first, beside) if shown]
    if beside and _on_other_scale(result, beside):
        name = escape_markdown(group_name(result, beside, language))
        told.append(translate(language, "reference.other_scale", group=name))
    return "\n\n".join(told)


def _named_membership(result: ClusterBenchmark, reference: Reference, language: Language) -> str:
    """The membership of a group, after its name where groups of two sources stand side by side; Markdown."""
    told, name = membership(reference, language), escape_markdown(group_name(result, reference, language))
    return translate(language, "reference.rule_of", group=name, rule=told) if result.packs else told


def _on_other_scale(result: ClusterBenchmark, reference: Reference) -> bool:
    """Whether a group is one of a pack, beside scores on the scale of the edition."""
    return reference.group.source is not None and result.first.group.source is None


def compared_with(result: ClusterBenchmark, language: Language) -> str:
    """Which group the documents of a result compare with, where there is a choice; Markdown, "" where there is none."""
    if not result.packs:
        return ""
    name = full_group_name(result, result.first, language)
    return translate(language, "reference.files", group=escape_markdown(name))


def shares_missing(reference: Reference, language: Language) -> str:
    """Why a group has no shares of levels; Markdown."""
    if reference.group.source:
        return translate(language, "reference.no_shares")
    return translate_with_limits(language, "practices.none", limits_of(reference), n=reference.n)


def membership(reference: Reference, language: Language) -> str:
    """The membership rule of a group, how many others are in it, and whether they are enough; Markdown."""
    name = escape_markdown(named_group(reference.group, language))
    if reference.group.source:
        source = escape_markdown(source_name(reference.group.source, language))
        rule = escape_markdown(reference.rule.get(language))
        return translate(language, "reference.membership", rule=rule, n=reference.n, source=source)
    sentences = [translate(language, f"grouping.{reference.group.kind}", n=reference.n, name=name)]
    limits = limits_of(reference)
    if reference.step > LIMITS.rounding_base:
        sentences.append(translate_with_limits(language, "grouping_small.coarse", limits))
    if reference.n < limits.percentile_minimum:
        sentences.append(translate_with_limits(language, "grouping_small.few", limits))
    return " ".join(sentences)


def missing_scores(result: ClusterBenchmark, reference: Reference, language: Language) -> list[str]:
    """Why some axes of the radar have no score, or no median of a group shown; lines of Markdown."""
    names = {dimension.code: escape_markdown(dimension.name.get(language)) for dimension in result.grid.dimensions}
    unscored = {profile.dimension for profile in result.first.scores if profile.score is None}
    lines = [
        translate_with_limits(language, "benchmark.no_score", dimension=names[found.dimension], **_counts(found))
        for found in dimension_coverage(result.first, result.grid)
        if found.dimension in unscored
    ]
    second = second_reference(result, reference)
    if second and _on_other_scale(result, second):  # as `groups` says
        second = None
    for shown in (result.first, second):
        if shown and shown.group.source and shown.group.source.combined:  # it has no medians, as `headline` says
            continue
        without = [profile for profile in (shown.scores if shown else ()) if profile.peer_median is None]
        limits = limits_of(shown) if shown else LIMITS
        few = [names[profile.dimension] for profile in without if profile.n < limits.median_minimum]
        alike = [names[profile.dimension] for profile in without if profile.n >= limits.median_minimum]
        for key, listed in (("benchmark.few_scores", few), ("benchmark.alike_scores", alike)):
            if shown and listed:
                group = escape_markdown(group_name(result, shown, language))
                lines.append(translate_with_limits(language, key, limits, group=group, names=", ".join(listed)))
    return lines


def _counts(found: DimensionCoverage) -> dict[str, int]:
    return {name: getattr(found, name) for name in ("questions", "compared", "unanswered", "few", "alike")}


def suppressed_group(missing: SuppressedGroup, language: Language) -> str:
    """Why a group that the cluster belongs to is suppressed; Markdown."""
    return translate(
        language, f"withdrawn.{missing.reason}", group=escape_markdown(named_group(missing.group, language))
    )


def suppressed_groups(result: ClusterBenchmark, language: Language) -> str:
    """Why nothing is shown of groups that the cluster belongs to; Markdown, "" where all are shown."""
    return "\n\n".join(suppressed_group(missing, language) for missing in result.suppressed)


def progress_basis(result: ClusterBenchmark, earlier: PastBenchmark, language: Language) -> str:
    """The cluster, the two days that are compared, and the group; Markdown."""
    told = {"cluster": escape_markdown(result.cluster.name), "group": own_name(result, language)}
    basis = translate(language, "progress.basis", then=earlier.assessed_on, now=result.assessed_on, **told)
    return f"{basis} {translate(language, 'reference.progress')}" if result.packs else basis


def progress_effects(moved: Sequence[DimensionChange], language: Language) -> str:
    """What the two effects are, and in how many dimensions ties leave the own one open; Markdown."""
    unsure = sum(change.trend == "unsure" for change in moved)
    sentences = [translate(language, "progress.effects")]
    if unsure:
        sentences.append(translate(language, "progress.unsure", n=unsure))
    return " ".join(sentences)


def progress_key(result: ClusterBenchmark, language: Language) -> str:
    """How to read the chart of progress; Markdown."""
    return translate_with_limits(language, "progress.key", group=own_name(result, language))


def time_series_key(result: ClusterBenchmark, language: Language) -> str:
    """How to read the chart of time series; Markdown."""
    return translate(language, "slopes.key", group=own_name(result, language))


def radar_key(result: ClusterBenchmark, language: Language) -> str:
    """How to read the radar; Markdown."""
    return translate(language, "radar.key", group=escape_markdown(top_name(result, language)))


def position_chart_key(language: Language) -> str:
    """How to read the chart of positions; Markdown."""
    return translate(language, "position_chart.key", above=ABOVE, below=BELOW)


def positions_key(language: Language) -> str:
    """How to read the table of indicators; Markdown."""
    return translate_with_limits(language, "table.positions_key")


def robustness_key(result: ClusterBenchmark, language: Language) -> str:
    """How to read the panel on robustness; Markdown."""
    values = {"variants": VARIANTS, "group": own_name(result, language), **_robustness_limits()}
    return translate(language, "benchmark.robustness_key", **values)


def _robustness_limits() -> dict[str, object]:
    share = round(100 * (ENVELOPE[1] - ENVELOPE[0]))
    return {"span": round(100 * WEIGHT_SPAN), "floor": GEOMETRIC_FLOOR, "envelope": share}


def aim(recommendation: Recommendation, language: Language) -> str:
    """The aim of a recommendation; Markdown."""
    return translate(language, "plan.aim", good=escape_markdown(recommendation.good_practice.get(language)))


def time_series_alt(drawn: Sequence[TimeSeries], language: Language) -> str:
    """The text alternative of the chart of time series."""
    return translate(language, "slopes.alt", n=len(drawn))


def level_shares_alt(reference: Reference, language: Language) -> str:
    """The text alternative of the chart of level shares."""
    return translate(language, "practices.alt", n=len({practice.indicator for practice in reference.level_shares}))


def level_range(practice: LevelShare) -> str:
    """The levels of a part: "3", or "0–1" where they were merged."""
    return str(practice.low) if practice.low == practice.high else f"{practice.low}–{practice.high}"


def counterpart_reasons(near: Counterpart, sectors: Mapping[str, Sector], language: Language) -> str:
    """Why a cluster is near; shared sectors are named where they are in `sectors`."""
    shared = [sectors[code].name.get(language) for code in near.sectors if code in sectors]
    reasons = [translate(language, "counterparts.sector", sector=name) for name in shared]
    if near.same_country:
        reasons.append(translate(language, "counterparts.country"))
    elif near.same_country_group:
        reasons.append(translate(language, "counterparts.region"))
    if near.distance is not None:
        reasons.append(translate(language, "counterparts.distance", km=round(near.distance)))
    elif not near.cluster.has_coordinates:
        reasons.append(translate(language, "counterparts.no_place"))
    return ", ".join(reasons)


def counterparts_order(own: Cluster, language: Language) -> str:
    """Where near clusters were searched, and in which order they are listed; Markdown."""
    order = "counterparts.by_distance" if own.has_coordinates else "counterparts.by_name"
    return f"{translate(language, 'counterparts.key')} {translate(language, order)}"


def no_counterparts(cluster: Cluster, sectors: Mapping[str, Sector], language: Language) -> str:
    """That no cluster in the register shares a sector; Markdown."""
    names = ", ".join(escape_markdown(sectors[code].name.get(language)) for code in cluster.sectors) or "–"
    return translate(language, "counterparts.none", sectors=names)


def position_chart_alt(found: BenchmarkFindings, language: Language) -> str:
    """The text alternative of the chart of positions."""
    return translate(language, "position_chart.alt", n=len(found.comparisons))


def radar_alt(result: ClusterBenchmark, language: Language) -> str:
    """The text alternative of the radar."""
    names = {dimension.code: dimension.name.get(language) for dimension in result.grid.dimensions}
    return radar_values_alt(result, [(names[p.dimension], p.score) for p in result.first.scores], language)


def radar_values_alt(result: ClusterBenchmark, values: Iterable[tuple[str, float | None]], language: Language) -> str:
    """The text alternative of a radar with these names of axes and values."""
    unknown = translate(language, "radar.no_score")
    scores = "; ".join(
        f"{name} {unknown if value is None else format_number(language, value, 0)}" for name, value in values
    )
    return translate(language, "radar.alt", cluster=result.cluster.name, scores=scores)


EXAMPLE_VALUE, EXAMPLE_PEERS = 3.0, (0, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 4)
"""The answers of the method page's worked example: a level, and those of twelve invented peers."""


RULES: tuple[str, ...] = (
    "groups",
    "packs",
    "scores",
    "measures",
    "percentile",
    "example",
    "words",
    "lists",
    "progress",
    "compared",
    "practices",
    "robust",
    "missing",
    "confidence",
    "labels",
    "agreement",
)
"""The sections of the method page, in order."""


def method(language: Language, rules: Sequence[str] = RULES) -> list[tuple[str, str]]:
    """The rules in plain words, as (heading, Markdown); limits and the example come from the code that applies them."""
    percentile, low, high = percentile_rank(EXAMPLE_VALUE, EXAMPLE_PEERS)
    interval_low, interval_high = confidence_interval(percentile, len(EXAMPLE_PEERS))
    judged = classify(min(low, interval_low), max(high, interval_high))
    figures = {
        "top": TOP_SIZE,
        "above": ABOVE,
        "below": BELOW,
        "variants": VARIANTS,
        **_robustness_limits(),
        "value": EXAMPLE_VALUE,
        "peers": ", ".join(str(peer) for peer in EXAMPLE_PEERS),
        "n": len(EXAMPLE_PEERS),
        "worse": sum(peer < EXAMPLE_VALUE for peer in EXAMPLE_PEERS),
        "level": sum(peer == EXAMPLE_VALUE for peer in EXAMPLE_PEERS),
        "percentile": round(percentile, 1),
        "low": round(low, 1),
        "high": round(high, 1),
        "interval_low": round(interval_low, 1),
        "interval_high": round(interval_high, 1),
        "word": translate(language, f"word.{judged}"),
    }
    return [
        (translate(language, f"rule.{part}_title"), translate_with_limits(language, f"rule.{part}", **figures))
        for part in rules
    ]
