"""The rules: intervals, words, strengths, margins, recommendations."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, percentileofscore

from clusterdash.benchmark import rules
from clusterdash.benchmark.progress import dimension_changes
from clusterdash.benchmark.rules import MAX_LISTED, classify, confidence_interval, findings, percentile_rank
from clusterdash.domain import (
    ClusterBenchmark,
    Dimension,
    Grid,
    Indicator,
    IndicatorChange,
    IndicatorPosition,
    LocalizedText,
    PeerGroup,
    Recommendation,
    Reference,
    Scheme,
)
from clusterdash.editions.reader import EditionReader
from clusterdash.presentation.benchmark import narrative

NAME = LocalizedText("nom", "name")
SECTOR, TOP = PeerGroup("sector", "food", LocalizedText("food", "food")), PeerGroup("top500", "", NAME)


def grid(count: int, *, threshold: float | None = None, advice: tuple[Recommendation, ...] = ()) -> Grid:
    scheme = Scheme("s", "s", "1", NAME, "benchmark", illustrative=False)
    indicators = [
        Indicator("s", f"i{k}", "d", NAME, "level", NAME, 0, 4, "higher", threshold, "") for k in range(count)
    ]
    return Grid(scheme, (Dimension("s", "d", NAME),), tuple(indicators), (), advice)


def reference(*percentiles: float | None, n: int = 400, group: PeerGroup = TOP, value: float = 2) -> Reference:
    positions = [IndicatorPosition(f"i{k}", value, p, p, p, 2, None, None, n) for k, p in enumerate(percentiles)]
    return Reference(group, n, (), tuple(positions), (), ())


@given(st.integers(1, 400), st.data())
def test_the_interval_is_wilsons(n: int, data: st.DataObject) -> None:
    """Against SciPy's own Wilson interval, where the share is a count."""
    worse = data.draw(st.integers(0, n))
    low, high = confidence_interval(100 * worse / n, n)
    expected = binomtest(worse, n).proportion_ci(0.9, method="wilson")
    assert (low, high) == (pytest.approx(100 * expected.low, abs=1e-9), pytest.approx(100 * expected.high, abs=1e-9))


@given(st.floats(0, 100), st.integers(5, 5000))
def test_the_interval_holds_the_percentile_mirrors_and_narrows(percentile: float, n: int) -> None:
    low, high = confidence_interval(percentile, n)
    assert 0 <= low <= percentile + 1e-9
    assert percentile - 1e-9 <= high <= 100
    mirrored = confidence_interval(100 - percentile, n)
    assert mirrored == (pytest.approx(100 - high), pytest.approx(100 - low))
    wider = confidence_interval(percentile, max(1, n // 2))
    assert wider[1] - wider[0] >= high - low - 1e-9


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (60.1, 90, "above"),
        (60, 90, "unsure"),
        (10, 39.9, "below"),
        (10, 40, "unsure"),
        (40, 60, "level"),
        (39, 60, "unsure"),
        (0, 100, "unsure"),
    ],
)
def test_words_by_rule(low: float, high: float, expected: str) -> None:
    assert classify(low, high) == expected


def test_the_interval_is_for_samples_only() -> None:
    (whole,) = findings(reference(70), grid(1)).comparisons
    (sampled,) = findings(reference(70, n=12, group=SECTOR), grid(1)).comparisons
    assert (whole.interval_low, whole.interval_high, whole.classification) == (None, None, "above")
    assert sampled.interval_low is not None
    assert sampled.interval_low < 60
    assert sampled.classification == "unsure", "twelve peers cannot tell 70 from 55"


def test_ties_and_interval_both_count_for_the_word() -> None:
    wide_ties = IndicatorPosition("i0", 4, 80, 55, 100, 3, 2, 4, 400)
    found = findings(Reference(SECTOR, 400, (), (wide_ties,), (), ()), grid(1)).comparisons[0]
    assert found.interval_low is not None
    assert found.interval_low > 60
    assert found.classification == "unsure", "the interval alone would say above"


def test_lists_are_short_sorted_and_may_be_empty() -> None:
    found = findings(reference(95, 61, 70, 80, 90, 99, 62, 5, 30, 50), grid(10))
    assert [j.position.indicator for j in found.strengths] == ["i5", "i0", "i4", "i3", "i2"]
    assert [j.position.indicator for j in found.margins] == ["i7", "i8"]
    assert len(found.strengths) == MAX_LISTED


def test_all_answers_at_the_median_give_empty_lists_and_a_kind_sentence() -> None:
    tied = Reference(
        TOP, 400, (), tuple(IndicatorPosition(f"i{k}", 2, 50, 42, 58, 2, 1, 3, 400) for k in range(8)), (), ()
    )
    found = findings(tied, grid(8))
    assert (found.strengths, found.margins, found.recommendations) == ((), (), ())
    assert {j.classification for j in found.comparisons} == {"level"}
    assert "level in 8" in narrative.verdict_rest(found, "en")


def test_what_may_not_be_shown_has_no_word(staff: EditionReader) -> None:
    four = reference(None, None, n=4, group=SECTOR)
    found = findings(four, grid(2))
    assert [j.classification for j in found.comparisons] == [None, None]
    said = narrative.verdict_sentence(found, replace(staff.benchmark("demo-0003"), references=(four,)), four, "en")
    assert "No indicator can be compared with the group “food”: it has 4 other clusters" in said
    assert "at least 10 other answers" in said


def test_short_of_the_threshold_is_a_margin_whatever_the_peers_do() -> None:
    assert findings(reference(55, value=1), grid(1, threshold=2)).margins
    assert not findings(reference(55, value=2), grid(1, threshold=2)).margins
    assert not findings(reference(55, value=1), grid(1)).margins


def advice(indicator: str, effort: int, limit: float | None = None) -> Recommendation:
    return Recommendation(indicator, limit, effort, NAME, NAME, NAME)


def test_recommendations_answer_margins_most_useful_per_effort_first() -> None:
    known = (advice("i0", 3), advice("i1", 1), advice("i2", 1))
    found = findings(reference(5, 20, 55), grid(3, advice=known))
    assert [r.indicator for r in found.recommendations] == ["i1", "i0"], "30 for 1 before 45 for 3; none for no margin"


def test_a_recommendation_with_a_limit_is_for_the_worst_values() -> None:
    known = (advice("i0", 1, limit=1), advice("i0", 2))
    assert findings(reference(5, value=1), grid(1, advice=known)).recommendations[0].effort == 1
    assert findings(reference(5, value=2), grid(1, advice=known)).recommendations[0].effort == 2


def test_every_scored_indicator_has_a_recommendation_and_every_indicator_a_definition(staff: EditionReader) -> None:
    for known in staff.schemes():
        assert {d.indicator for d in known.definitions} == {i.code for i in known.indicators}
        if known.scheme.purpose == "benchmark":
            always = {r.indicator for r in known.recommendations if r.limit is None}
            assert always == {i.code for i in known.indicators if i.direction != "none"}


def test_context_is_told_and_never_scored(staff: EditionReader) -> None:
    result: ClusterBenchmark = staff.benchmark("demo-0003")
    context = {code for code, _ in result.context}
    assert context == {"S1", "S2", "S3", "G3", "F3"}
    assert not context & {position.indicator for position in result.first.positions}


def test_summary_without_scores_is_none(staff: EditionReader) -> None:
    result = staff.benchmark("demo-0003")
    assert rules.score_summary(replace(result.first, scores=())) is None


@given(st.floats(-5, 5), st.lists(st.floats(-5, 5), min_size=1, max_size=30))
def test_place_equals_scipy_mirrors_and_moves_little_with_one_more_peer(value: float, others: list[float]) -> None:
    middle, low, high = percentile_rank(value, others)
    assert middle == pytest.approx(percentileofscore(others, value, kind="mean"))
    assert low == pytest.approx(percentileofscore(others, value, kind="strict"))
    assert high == pytest.approx(percentileofscore(others, value, kind="weak"))
    assert percentile_rank(-value, [-other for other in others])[0] == pytest.approx(100 - middle)
    assert percentile_rank(value, others[::-1]) == (middle, low, high), "the order of rows is irrelevant"
    for newcomer in (-9.0, value, 9.0):
        assert abs(percentile_rank(value, [*others, newcomer])[0] - middle) <= 100 / (len(others) + 1) + 1e-9


@given(st.lists(st.tuples(*[st.one_of(st.none(), st.floats(0, 100))] * 3), min_size=1, max_size=12))
def test_shifts_add_up_and_rest_on_what_is_known_throughout(points: list[tuple[float | None, ...]]) -> None:
    moves = [IndicatorChange(f"i{k}", 1, 2, *point, 400, 0, 5) for k, point in enumerate(points)]
    found = dimension_changes(moves, grid(len(points)))
    known = [point for point in points if None not in point]
    assert sum(shift.n for shift in found) == len(known)
    for shift in found:
        assert shift.before + shift.own_effect + shift.peer_effect == pytest.approx(shift.now)
        assert shift.now == pytest.approx(sum(point[2] for point in known) / len(known))  # type: ignore[misc]
