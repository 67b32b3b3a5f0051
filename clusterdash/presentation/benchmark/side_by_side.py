"""Named clusters side by side: their scores by dimension, and their positions by indicator; for staff. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from ...domain import ClusterBenchmark, Language
from ...i18n import format_date, translate
from ..formatting import whole_number
from ..html import Markup, verdict_paragraph
from ..html_charts import Extreme, HeatCell, HeatRow, heat_table
from .group_names import full_group_name, top_name
from .radar_chart import RadarLine, draw_lines
from .tables import table

_SCALE = 20.0, 80.0
"""The scores of single clusters differ more than the medians of groups."""
MOST = 5
"""Clusters that stand side by side."""


def of_one_scheme(results: Sequence[ClusterBenchmark]) -> list[ClusterBenchmark]:
    """Those whose latest benchmark is of the same scheme as the first one's: scores of others mean something else."""
    return [one for one in results if one.grid.scheme.code == results[0].grid.scheme.code]


def widest_dimension(results: Sequence[ClusterBenchmark], language: Language) -> Markup:
    """In which dimension the clusters are furthest apart, and who is ahead there; "" for fewer than two scores."""
    scores = _scores(results)
    ranges = {
        code: (min(known), max(known))
        for code, row in scores.items()
        if len(known := [score for score in row if score is not None]) > 1
    }
    if not ranges:
        return Markup("")
    code = max(ranges, key=lambda code: ranges[code][1] - ranges[code][0])
    low, high = ranges[code]
    ahead = next(one for one, score in zip(results, scores[code], strict=True) if score == high)
    name = next(d.name.get(language) for d in results[0].grid.dimensions if d.code == code)
    told = {"dimension": name, "low": whole_number(language, low), "high": whole_number(language, high)}
    return verdict_paragraph(translate(language, "side_by_side.widest", name=ahead.cluster.name, **told))


def score_heat_table(results: Sequence[ClusterBenchmark], language: Language) -> Markup:
    """The scores of the clusters in each dimension, beside the median of the 500 best; highest and lowest marked."""
    medians = {score.dimension: score.peer_median for score in results[0].first.scores}
    by_dimension = _scores(results)
    rows = []
    for dimension in results[0].grid.dimensions:
        scores = by_dimension[dimension.code]
        known = [score for score in scores if score is not None]
        cells = [HeatCell(score, whole_number(language, score), extreme=_extreme(score, known)) for score in scores]
        median = medians.get(dimension.code)
        cells.append(HeatCell(median, whole_number(language, median)))
        rows.append(HeatRow(dimension.name.get(language), "", cells))
    headings = [translate(language, "column.dimension"), *(one.cluster.name for one in results)]
    headings.append(_median(results, language))
    return heat_table(
        translate(language, "side_by_side.scores", group=full_group_name(results[0], results[0].first, language)),
        headings,
        rows,
        sorted_by=-1,
        scale=_SCALE,
        on_phones=True,
    )


def score_radar(results: Sequence[ClusterBenchmark], language: Language) -> go.Figure:
    """The same scores as a radar to explore: a line for each cluster, and the median of the 500 best."""
    scores = _scores(results)
    names = {dimension.code: dimension.name.get(language) for dimension in results[0].grid.dimensions}
    medians = {score.dimension: score.peer_median for score in results[0].first.scores}
    lines = [RadarLine(_median(results, language), "top", tuple(map(medians.get, scores)))]
    for place, one in enumerate(results):
        lines.append(RadarLine(one.cluster.name, "other", tuple(row[place] for row in scores.values())))
    return draw_lines([names[code] for code in scores], lines)


def _median(results: Sequence[ClusterBenchmark], language: Language) -> str:
    return translate(language, "side_by_side.median", group=top_name(results[0], language, short=True))


def _scores(results: Sequence[ClusterBenchmark]) -> dict[str, list[float | None]]:
    """The scores of all clusters by dimension, in their order."""
    by_cluster = [{score.dimension: score.score for score in one.first.scores} for one in results]
    return {d.code: [scores.get(d.code) for scores in by_cluster] for d in results[0].grid.dimensions}


def _extreme(score: float | None, known: Sequence[float]) -> Extreme:
    if score is None or len(set(known)) < 2:
        return ""
    return "highest" if score == max(known) else "lowest" if score == min(known) else ""


def position_table(results: Sequence[ClusterBenchmark], language: Language) -> str:
    """The percentile of each cluster among the 500 best in each indicator, by dimension."""
    positions = [{found.indicator: found.percentile for found in one.first.positions} for one in results]
    groups = []
    for dimension in results[0].grid.dimensions:
        rows = [
            [
                f"{one.code} {one.name.get(language)}",
                *(whole_number(language, mine[one.code]) if one.code in mine else "–" for mine in positions),
            ]
            for one in results[0].grid.indicators
            if one.dimension == dimension.code and any(one.code in mine for mine in positions)
        ]
        if rows:
            groups.append((dimension.name.get(language), rows))
    days = [f"{one.cluster.name} ({format_date(language, one.assessed_on)})" for one in results]
    return table(
        translate(language, "side_by_side.positions", group=full_group_name(results[0], results[0].first, language)),
        [translate(language, "column.indicator"), *days],
        groups,
    )
