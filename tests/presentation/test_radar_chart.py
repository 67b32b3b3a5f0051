"""The radar to explore: what its lines are, against the result itself."""

from __future__ import annotations

import pytest

from clusterdash.benchmark.progress import time_series
from clusterdash.domain import ClusterBenchmark
from clusterdash.editions.reader import EditionReader
from clusterdash.presentation.benchmark import narrative, radar_chart
from clusterdash.presentation.benchmark.radar_chart import RadarView


@pytest.fixture
def result(staff: EditionReader) -> ClusterBenchmark:
    """A cluster with several groups and an earlier benchmark."""
    found = (staff.benchmark(cluster) for cluster in staff.assessed())
    return next(one for one in found if one.past and len(one.references) > 3)


def test_of_indicators_it_shows_the_own_percentile_in_each_group(result: ClusterBenchmark) -> None:
    blocks = radar_chart.explorable_blocks(result, "en")
    assert len(blocks) > 3
    for block in blocks:
        view = RadarView(block, result.references)
        inside = [i.code for i in result.grid.indicators if i.dimension == block]
        axes = [code for code in radar_chart.radar_axes(result, view, "en") if code in inside]
        assert axes == list(radar_chart.radar_axes(result, view, "en"))
        lines = radar_chart.radar_lines(result, view, "en")
        assert len(lines) == len(result.references), "no line beside those of the groups"
        for line, reference in zip(lines, result.references, strict=True):
            positions = {position.indicator: position.percentile for position in reference.positions}
            assert line.points == tuple(positions.get(code) for code in axes)


def test_of_dimensions_it_shows_medians_and_the_own_score(result: ClusterBenchmark) -> None:
    *groups, own = radar_chart.radar_lines(result, RadarView("", result.references), "en")
    assert own.points == tuple(score.score for score in result.first.scores)
    for line, reference in zip(groups, result.references, strict=True):
        assert line.points == tuple(score.peer_median for score in reference.scores)


@pytest.mark.parametrize("block", ["", "governance"])
def test_an_earlier_year_is_that_of_the_progress(result: ClusterBenchmark, block: str) -> None:
    day = result.past[0].assessed_on
    view = RadarView(block, (), (day,))
    line = radar_chart.radar_lines(result, view, "en")[0]
    series = {one.code: dict(one.points)[day] for one in time_series(result, block or None)}
    assert line.points == tuple(series.get(code) for code in radar_chart.radar_axes(result, view, "en"))
    assert any(point is not None for point in line.points)


def test_the_text_alternative_tells_the_axes_that_are_drawn(result: ClusterBenchmark) -> None:
    view = RadarView("governance", result.references)
    told = radar_chart.radar_text(result, view, "en")
    own = next(line for line in radar_chart.radar_lines(result, view, "en") if line.role == "own")
    for name, value in zip(radar_chart.radar_axes(result, view, "en").values(), own.points, strict=True):
        assert f"{name} {'not known' if value is None else round(value)}" in told
    assert radar_chart.radar_text(result, RadarView("", ()), "en") == narrative.radar_alt(result, "en")


def test_lines_are_told_apart_without_colour_and_said_in_the_table(result: ClusterBenchmark) -> None:
    view = RadarView("", result.references, tuple(earlier.assessed_on for earlier in result.past))
    lines = radar_chart.radar_lines(result, view, "en")
    drawn = [trace for trace in radar_chart.radar(result, view, "en").data if trace.mode == "lines+markers"]
    assert len(drawn) == len(lines)
    assert len({(trace.line.dash, trace.marker.symbol) for trace in drawn}) == len(drawn)
    table = radar_chart.radar_table(result, view, "en")
    assert table.count("<tr>") == len(result.first.scores) + 1
    assert table.count("<td") >= len(result.first.scores) * len(lines)
