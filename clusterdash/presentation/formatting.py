"""Texts of table cells made from results, for pages and printed documents. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..benchmark.progress import DimensionChange
from ..benchmark.rules import Comparison
from ..domain import (
    ClusterBenchmark,
    CompositionPart,
    Dimension,
    DimensionScore,
    Grid,
    Indicator,
    IndicatorPosition,
    Language,
    Recommendation,
    Reference,
    ScoreRobustness,
)
from ..i18n import country_name, format_number, plural_category, translate
from .benchmark.group_names import group_name
from .benchmark.narrative import second_reference

_SHORT_UNIT = 3
"""Units up to this length stay on the line of their number: %, EUR, ETP."""


def with_unit(language: Language, value: float | None, indicator: Indicator) -> str:
    """A value with its unit; a level as "3 of 4"; a dash where there is none."""
    if value is None:
        return "–"
    if indicator.kind == "level" and indicator.maximum is not None:
        return translate(language, "table.level", value=value, maximum=indicator.maximum)
    one = plural_category(language, value) == "one" and indicator.unit_one.get(language)
    unit = one or indicator.unit.get(language)
    space = "\u00a0" if len(unit) <= _SHORT_UNIT else " "
    return f"{format_number(language, value)}{space}{unit}".strip()


def position_cells(language: Language, position: IndicatorPosition, indicator: Indicator) -> list[str]:
    """Two cells: the percentile with its tie range, and the peers' median with quartiles and N."""
    low, high, middle = position.percentile_low, position.percentile_high, position.percentile
    if middle is None or low is None or high is None:
        percentile = "–"
    elif round(high) - round(low) < 1:
        percentile = format_number(language, middle, 0)
    else:
        span = {"low": format_number(language, low, 0), "high": format_number(language, high, 0)}
        percentile = translate(language, "table.tie_range", percentile=format_number(language, middle, 0), **span)
    middle_text = with_unit(language, position.peer_median, indicator)
    if position.peer_lower is None or position.peer_upper is None:
        return [percentile, with_n(language, middle_text, position.n)]
    quartiles = {
        "low": format_number(language, position.peer_lower),
        "high": format_number(language, position.peer_upper),
    }
    return [percentile, translate(language, "table.quartiles", median=middle_text, n=position.n, **quartiles)]


def with_n(language: Language, figure: str, n: int) -> str:
    """A figure and the number of others that it is based on."""
    return translate(language, "table.with_n", figure=figure, n=n) if n else figure


def whole_number(language: Language, value: float | None) -> str:
    """A whole number, or a dash where there is none."""
    return "–" if value is None else format_number(language, value, 0)


def indicator_name(indicator: Indicator, language: Language) -> str:
    """Code and name, and a remark where less is better."""
    better = translate(language, "table.lower_is_better") if indicator.direction == "lower" else ""
    return f"{indicator.code} {indicator.name.get(language)} {better}".strip()


def headings(result: ClusterBenchmark, language: Language, *columns: str, beside: Reference | None = None) -> list[str]:
    """The headings of columns; some name a group: the first reference, or the one `beside` it."""
    group = group_name(result, beside or result.first, language, short=True)
    return [translate(language, f"column.{column}", group=group) for column in columns]


def score_cell(score: DimensionScore, language: Language) -> str:
    """The score of a dimension; against a reference pack with its range, and that of its percentile rank."""
    figure = whole_number(language, score.score)
    if score.score_low is None or score.score_high is None:
        return figure
    span = _span(language, score.score_low, score.score_high)
    if score.rank_low is None or score.rank_high is None:
        return translate(language, "reference.score_range", score=figure, span=span)
    rank = _span(language, score.rank_low, score.rank_high)
    return translate(language, "reference.score_and_rank", score=figure, span=span, rank=rank)


def _span(language: Language, low: float, high: float) -> str:
    """A range of whole numbers, rounded outward so that it holds what it promises."""
    values = {"low": format_number(language, math.floor(low), 0), "high": format_number(language, math.ceil(high), 0)}
    return translate(language, "table.span", **values)


def score_rows(result: ClusterBenchmark, reference: Reference, language: Language) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of the radar's numbers: the score, and the medians of both groups with the number of others."""
    names = {dimension.code: dimension.name.get(language) for dimension in result.grid.dimensions}
    beside = second_reference(result, reference)
    medians = {profile.dimension: profile for profile in beside.scores} if beside else {}
    rows = []
    for top in result.first.scores:
        row = [names[top.dimension], score_cell(top, language)]
        shown = [top, medians[top.dimension]] if beside else [top]
        rows.append(row + [with_n(language, whole_number(language, p.peer_median), p.n) for p in shown])
    titles = headings(result, language, "dimension", "own_score", "group_median")
    return titles + (headings(result, language, "group_median", beside=beside) if beside else []), rows


def position_headings(result: ClusterBenchmark, reference: Reference, language: Language) -> list[str]:
    """The headings of `position_rows`, the indicator's name first."""
    beside = second_reference(result, reference)
    figures = ("group_percentile", "group_median")
    titles = headings(result, language, "indicator", "value", *figures)
    return titles + (headings(result, language, *figures, beside=beside) if beside else [])


def position_rows(
    result: ClusterBenchmark, reference: Reference, language: Language
) -> list[tuple[Dimension, list[tuple[Indicator, list[str]]]]]:
    """Every scored indicator by dimension: value, percentile with its tie range, median and N in both groups."""
    beside = second_reference(result, reference)
    of_beside = {p.indicator: p for p in beside.positions} if beside else {}
    indicators = {indicator.code: indicator for indicator in result.grid.indicators}
    groups = []
    for dimension in result.grid.dimensions:
        rows = []
        for position in result.first.positions:
            indicator = indicators[position.indicator]
            if indicator.dimension != dimension.code:
                continue
            row = [with_unit(language, position.value, indicator), *position_cells(language, position, indicator)]
            if beside:
                row += position_cells(language, of_beside[position.indicator], indicator)
            rows.append((indicator, row))
        if rows:
            groups.append((dimension, rows))
    return groups


COMPARISON_COLUMNS = ("indicator", "value", "percentile", "median")
"""The columns of a list of strengths or margins; `comparison_row` gives those after the name."""


def comparison_row(judgement: Comparison, language: Language) -> list[str]:
    """A row of strengths or margins: own value, percentile with tie range, median and N."""
    value = with_unit(language, judgement.position.value, judgement.indicator)
    return [value, *position_cells(language, judgement.position, judgement.indicator)]


RECOMMENDATION_COLUMNS = ("indicator", "action", "good", "evidence", "effort")
"""The columns of a list of recommendations."""


def recommendation_rows(recommendations: Sequence[Recommendation], grid: Grid, language: Language) -> list[list[str]]:
    """Recommendations as rows of `RECOMMENDATION_COLUMNS`: indicator, action, good practice, evidence, effort."""
    indicators = {indicator.code: indicator.name.get(language) for indicator in grid.indicators}
    return [
        [
            f"{advice.indicator} {indicators[advice.indicator]}",
            advice.action.get(language),
            advice.good_practice.get(language),
            advice.evidence.get(language),
            translate(language, f"effort.{advice.effort}"),
        ]
        for advice in recommendations
    ]


ROBUSTNESS_COLUMNS = ("dimension", "position", "variant_span", "same_side")
"""The columns of the robustness of the percentile rank of a score."""


def rank_cells(found: ScoreRobustness | None, language: Language) -> list[str]:
    """The percentile rank of a score: as computed, its span over the variants, share of variants on the same side."""
    if found is None:
        return ["–"] * 3
    span = {"low": format_number(language, found.low, 0), "high": format_number(language, found.high, 0)}
    return [
        whole_number(language, found.position),
        translate(language, "table.span", **span),
        translate(language, "table.percent", value=format_number(language, found.same_side, 0)),
    ]


def robustness_rows(result: ClusterBenchmark, language: Language) -> list[list[str]]:
    """The percentile rank of each score: as computed, its span over the variants, share of them on the same side."""
    names = {dimension.code: dimension.name.get(language) for dimension in result.grid.dimensions}
    return [[names[found.dimension], *rank_cells(found, language)] for found in result.robustness]


CHANGE_COLUMNS = ("dimension", "before", "own_move", "peer_move", "now_n", "trend")
"""The columns of progress by dimension."""


def change_rows(moves: Sequence[DimensionChange], grid: Grid, language: Language) -> list[list[str]]:
    """Scores on the questions of both years as rows of `CHANGE_COLUMNS`; effects are differences of shown values."""
    names = {dimension.code: dimension.name.get(language) for dimension in grid.dimensions}
    return [
        [
            names[shift.dimension],
            whole_number(language, shift.before),
            signed_difference(language, shift.before, shift.before + shift.own_effect),
            signed_difference(language, shift.before + shift.own_effect, shift.now),
            with_n(language, whole_number(language, shift.now), shift.n),
            translate(language, f"trend.{shift.trend}"),
        ]
        for shift in moves
    ]


def signed_difference(language: Language, start: float | None, end: float | None) -> str:
    """The difference of two figures, rounded as shown, with its sign; 0 without one."""
    if start is None or end is None:
        return "–"
    points = round(end) - round(start)
    return ("+" if points > 0 else "\u2212" if points < 0 else "") + format_number(language, abs(points), 0)


def composition_rows(reference: Reference, language: Language) -> list[tuple[str, list[list[str]]]]:
    """The composition of a group: numbers of members by country, by main sector and by size."""
    groups = []
    for kind in ("country", "sector", "size"):
        rows = [[part_name(p, language), format_number(language, p.n)] for p in reference.composition if p.kind == kind]
        if rows:
            groups.append((translate(language, f"composed.{kind}"), rows))
    return groups


def part_name(part: CompositionPart, language: Language) -> str:
    """The name of a part of a group: the country, sector or size its members share."""
    if not part.key:
        return translate(language, "table.other_members")
    return country_name(language, part.key) if part.kind == "country" else part.name.get(language)
