"""Tests of the generator of invented editions."""

from __future__ import annotations

from clusterdash.benchmark import rules
from clusterdash.editions.reader import EditionReader


def test_the_first_cluster_has_a_whole_radar_with_highs_and_lows(staff: EditionReader) -> None:
    result = staff.benchmark("demo-0001")
    scores = [score.score for score in result.first.scores]
    assert None not in scores
    assert all(position.value is not None for position in result.first.positions)
    found = rules.findings(result.first, result.grid)
    assert found.strengths
    assert found.margins
    assert max(s for s in scores if s is not None) - min(s for s in scores if s is not None) > 30
