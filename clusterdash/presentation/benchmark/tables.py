"""HTML tables of benchmark results, for screen readers and for printing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from ...benchmark.counterparts import Counterpart
from ...benchmark.progress import DimensionChange, TimeSeries
from ...benchmark.rules import Comparison
from ...domain import (
    Cluster,
    ClusterBenchmark,
    Grid,
    Indicator,
    IndicatorChange,
    Language,
    PreviousAssessment,
    Recommendation,
    Reference,
    Remark,
    Sector,
    Story,
)
from ...i18n import country_name, format_number, format_value, translate
from .. import formatting
from ..formatting import signed_difference, with_unit
from ..formatting import whole_number as _figure
from ..html import Markup, escape, link, render
from .narrative import counterpart_reasons, level_range

_BASES = ("confirmed", "area", "illustrative", "reconstructed")


def table(
    caption: str,
    headings: Sequence[str],
    groups: Iterable[tuple[str, Iterable[Sequence[str]]]],
    *,
    prose: bool = False,
) -> Markup:
    """An HTML table: a caption, column headings, and groups of rows, each with its own heading ("" for none).

    `prose` formats sentences rather than figures. The first cell of a row names it. On a narrow screen the style sheet
    stacks the cells, each with its column's name. Raises ValueError for a row without exactly one cell per heading.
    """
    names = [escape(heading) for heading in headings]
    filled = [
        (title, [(first, list(zip(names[1:], others, strict=True))) for first, *others in rows])
        for title, rows in groups
    ]
    template = "presentation/templates/table.html.jinja"
    return render(template, caption=caption, headings=names, groups=filled, prose=prose)


def score_table(result: ClusterBenchmark, reference: Reference, language: Language) -> str:
    """The numbers of the radar: the score, and the medians of both groups with the number of others."""
    headings, rows = formatting.score_rows(result, reference, language)
    return table(translate(language, "table.profile"), headings, [("", rows)])


def position_table(result: ClusterBenchmark, reference: Reference, language: Language) -> str:
    """Every scored indicator by dimension: value, percentile with its tie range, median and N in both groups."""
    lower = translate(language, "table.lower_is_better")
    groups = [
        (
            dimension.name.get(language),
            [[indicator_link(i, language, lower if i.direction == "lower" else ""), *row] for i, row in rows],
        )
        for dimension, rows in formatting.position_rows(result, reference, language)
    ]
    return table(
        translate(language, "table.positions"), formatting.position_headings(result, reference, language), groups
    )


def comparison_table(judgements: Sequence[Comparison], caption: str, language: Language) -> str:
    """A list of strengths or margins: indicator, own value, percentile with tie range, median and N."""
    rows = [[indicator_link(j.indicator, language), *formatting.comparison_row(j, language)] for j in judgements]
    return table(
        caption, [translate(language, f"column.{column}") for column in formatting.COMPARISON_COLUMNS], [("", rows)]
    )


def recommendation_table(recommendations: Sequence[Recommendation], grid: Grid, language: Language) -> str:
    """The recommendations: action, good practice, evidence to gather, effort."""
    headings = [translate(language, f"column.{name}") for name in formatting.RECOMMENDATION_COLUMNS]
    rows = formatting.recommendation_rows(recommendations, grid, language)
    return table(translate(language, "table.advice"), headings, [("", rows)], prose=True)


def dimension_change_table(shifts: Sequence[DimensionChange], grid: Grid, language: Language) -> str:
    """Scores on the questions of both years: then, own and peer effect, now, and the trend."""
    headings = [translate(language, f"column.{name}") for name in formatting.CHANGE_COLUMNS]
    return table(translate(language, "table.shifts"), headings, [("", formatting.change_rows(shifts, grid, language))])


def indicator_change_table(moves: Sequence[IndicatorChange], grid: Grid, language: Language) -> str:
    """Progress by dimension and indicator: both values, both percentiles, own and peer effect."""
    indicators = {indicator.code: indicator for indicator in grid.indicators}
    groups = []
    for dimension in grid.dimensions:
        rows = []
        for move in moves:
            indicator = indicators[move.indicator]
            if indicator.dimension != dimension.code:
                continue
            rows.append(
                [
                    indicator_link(indicator, language),
                    with_unit(language, move.value_before, indicator),
                    with_unit(language, move.value_now, indicator),
                    _figure(language, move.percentile_then),
                    signed_difference(language, move.percentile_then, move.percentile_counterfactual),
                    signed_difference(language, move.percentile_counterfactual, move.percentile_now),
                    _figure(language, move.percentile_now),
                ]
            )
        if rows:
            groups.append((dimension.name.get(language), rows))
    columns = ("indicator", "value_before", "value_now", "percentile_before", "own_move", "peer_move", "now")
    return table(
        translate(language, "table.moves"), [translate(language, f"column.{name}") for name in columns], groups
    )


def counterpart_table(near: Sequence[Counterpart], sectors: Mapping[str, Sector], language: Language) -> str:
    """Near clusters: name as a link to the public page, location, why, and the highest label ever awarded.

    Sectors are named only where the clusters share different ones.
    """
    rows, alike = [], len({found.sectors for found in near}) == 1
    for found in near:
        cluster = found.cluster
        name = cluster_link(cluster, language)
        place = ", ".join(part for part in (cluster.city, country_name(language, cluster.country)) if part)
        rows.append(
            [
                name,
                place,
                counterpart_reasons(found, {} if alike else sectors, language),
                translate(language, f"label.{found.label}"),
            ]
        )
    names = ("cluster", "place", "why", "highest")
    headings = [translate(language, f"column.{name}") for name in names]
    return table(translate(language, "table.counterparts"), headings, [("", rows)], prose=True)


def time_series_table(
    drawn: Sequence[TimeSeries], names: Mapping[str, str], language: Language, *, blocks: bool
) -> str:
    """The points of the time series: a row each, a column per time; `blocks`: dimensions instead of indicators."""
    days = [day for day, _ in drawn[0].points] if drawn else []
    rows = [[names[slope.code], *(_figure(language, point) for _, point in slope.points)] for slope in drawn]
    headings = [translate(language, "column.subject"), *(format_value(language, day) for day in days)]
    return table(translate(language, "table.block_slopes" if blocks else "table.slopes"), headings, [("", rows)])


def composition_table(reference: Reference, language: Language) -> str:
    """The composition of a group: members by country, main sector and size; "" where it is not told."""
    if not reference.composition:
        return ""
    headings = [translate(language, "column.members"), translate(language, "column.number")]
    return table(translate(language, "table.composition"), headings, formatting.composition_rows(reference, language))


def robustness_table(result: ClusterBenchmark, language: Language) -> str:
    """The percentile rank of each score: as computed, its span over the variants, share of them on the same side."""
    headings = [translate(language, f"column.{name}") for name in formatting.ROBUSTNESS_COLUMNS]
    return table(
        translate(language, "table.robustness"), headings, [("", formatting.robustness_rows(result, language))]
    )


def level_share_table(reference: Reference, grid: Grid, language: Language) -> str:
    """The share of a group that answers each level, and the own answer, by dimension."""
    indicators = {indicator.code: indicator for indicator in grid.indicators}
    own = {position.indicator: position.value for position in reference.positions}
    shares: dict[str, list[str]] = {}
    for practice in reference.level_shares:
        levels = level_range(practice)
        told = translate(language, "practices.share", levels=levels, share=format_number(language, practice.share, 0))
        shares.setdefault(practice.indicator, []).append(told)
    groups = []
    for dimension in grid.dimensions:
        rows = [
            [
                indicator_link(indicators[code], language),
                with_unit(language, own.get(code), indicators[code]),
                "; ".join(told),
            ]
            for code, told in shares.items()
            if indicators[code].dimension == dimension.code
        ]
        if rows:
            groups.append((dimension.name.get(language), rows))
    headings = [translate(language, f"column.{name}") for name in ("indicator", "value", "levels")]
    return table(translate(language, "table.practices"), headings, groups)


def cluster_link(cluster: Cluster, language: Language) -> Markup:
    """A cluster's name as a link to its public page."""
    address = "cluster?" + urlencode({"id": cluster.cluster_id, "lang": language})
    return link(address, cluster.name, target="_self")


def context_table(result: ClusterBenchmark, language: Language) -> str:
    """The answers without a better direction: reported, never scored."""
    indicators = {indicator.code: indicator for indicator in result.grid.indicators}
    rows = [
        [indicator_link(indicators[code], language), with_unit(language, value, indicators[code])]
        for code, value in result.context
    ]
    headings = [translate(language, f"column.{column}") for column in ("indicator", "value")]
    return table(translate(language, "table.context"), headings, [("", rows)])


def previous_answers_table(last: PreviousAssessment, grid: Grid, language: Language) -> str:
    """A cluster's previous answers with their notes, by dimension; a dash for a missing answer."""
    noted = ("notes", "proof") if last.remarks else ()
    groups = []
    for dimension in grid.dimensions:
        rows = []
        for indicator in grid.indicators:
            if indicator.dimension == dimension.code:
                remark = last.remarks.get(indicator.code, Remark("", ""))
                value = with_unit(language, last.answers.get(indicator.code), indicator)
                rows.append([indicator_link(indicator, language), value, *(getattr(remark, name) for name in noted)])
        groups.append((dimension.name.get(language), rows))
    headings = [translate(language, f"questionnaire.{name}") for name in ("indicator", "answer", *noted)]
    return table(translate(language, "questionnaire.last", day=last.assessed_on), headings, groups, prose=True)


def story_table(stories: Sequence[Story], language: Language) -> str:
    """The success stories of an assessment: what was done, and the outcome; "" for none."""
    if not stories:
        return Markup("")
    headings = [translate(language, f"questionnaire.{name}") for name in ("story", "what", "result")]
    rows = [[str(story.number), story.what, story.result] for story in stories]
    return table(translate(language, "questionnaire.stories"), headings, [("", rows)], prose=True)


def dictionary_rows(grid: Grid, dimension: str, language: Language) -> Markup:
    """A row for each indicator of a dimension: name, what it measures; in its fold why it matters and the rest."""
    definitions = {definition.indicator: definition for definition in grid.definitions}
    good = {advice.indicator: advice.good_practice for advice in reversed(grid.recommendations) if advice.limit is None}
    rows = []
    for indicator in (one for one in grid.indicators if one.dimension == dimension):
        definition = definitions.get(indicator.code)
        bounds = {"low": indicator.minimum, "high": indicator.maximum}
        scale = translate(language, f"kind.{indicator.kind}", unit=indicator.unit.get(language), **bounds)
        facts = {
            "matters": definition.matters.get(language) if definition else "–",
            "scale": scale + "; " + translate(language, f"direction.{indicator.direction}"),
            "good": good[indicator.code].get(language) if indicator.code in good else "–",
            "basis": translate(language, f"basis.{indicator.basis}") if indicator.basis in _BASES else "–",
        }
        rows.append(
            {
                "name": f"{indicator.code} {indicator.name.get(language)}",
                "measures": definition.measures.get(language) if definition else "–",
                "facts": [(translate(language, f"column.{name}"), fact) for name, fact in facts.items()],
            }
        )
    return render("presentation/benchmark/templates/dictionary.html.jinja", rows=rows)


def indicator_link(indicator: Indicator, language: Language, remark: str = "") -> Markup:
    """An indicator's code and name as a link to its entry in the dictionary, opening in a new tab."""
    address = {"scheme": indicator.scheme, "dimension": indicator.dimension, "lang": language}
    name = f"{indicator.code} {indicator.name.get(language)}"
    named = link(f"dictionary?{urlencode(address)}", name, target="_blank")
    return Markup("{} {}").format(named, remark) if remark else named
