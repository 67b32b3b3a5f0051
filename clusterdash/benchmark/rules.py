"""The rules of the benchmark: comparison, classification, strengths, margins, recommendations. Pure.

The statistics themselves are computed by `statistics` when an edition is published; the tests check them against a
slow reference implementation of these rules.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..domain import DimensionScore, Grid, Indicator, IndicatorPosition, Recommendation, Reference
from ..statistics.parameters import PERCENTILE_MINIMUM

RADAR_SCALE = 100
"""Scores are percentiles."""
CONFIDENCE_Z = 1.6448536269514722
"""The 95th percentile of the normal distribution: two-sided 90 % intervals."""
ABOVE, BELOW = 60, 40
"""Clearly above: the whole envelope is above the first; clearly below: the whole envelope is below the second."""
MAX_LISTED = 5
"""How many strengths, margins and recommendations are listed."""

Classification = Literal["above", "level", "below", "unsure"]
"""Clearly above, level with or clearly below the peers, or undecided."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A position with its 90 % interval and its classification; None where nothing may be shown.

    The interval states how far the percentile could be off because the peers are a sample; it is None where they are
    the whole population.
    """

    position: IndicatorPosition
    indicator: Indicator
    interval_low: float | None
    interval_high: float | None
    classification: Classification | None


@dataclass(frozen=True, slots=True)
class BenchmarkFindings:
    """The findings for a reference: comparisons of all scored indicators, and lists, best or most urgent first."""

    comparisons: tuple[Comparison, ...]
    strengths: tuple[Comparison, ...]
    margins: tuple[Comparison, ...]
    recommendations: tuple[Recommendation, ...]


def classification_counts(found: BenchmarkFindings) -> Counter[Classification]:
    """How many indicators have each classification; those that may not be shown are not counted."""
    return Counter(one.classification for one in found.comparisons if one.classification)


@dataclass(frozen=True, slots=True)
class ScoreSummary:
    """A summary of a profile.

    `above` of the `scored` dimensions are above the peers' median; `highest` exceeds it most, `lowest` least.
    """

    above: int
    scored: int
    highest: DimensionScore
    lowest: DimensionScore


def gap_to_median(profile: DimensionScore) -> int:
    """The points by which the score is above the peers' median, both rounded as shown; both must be known."""
    if profile.score is None or profile.peer_median is None:
        raise ValueError(f"{profile.dimension} has no score or no median")
    return round(profile.score) - round(profile.peer_median)


def score_summary(reference: Reference) -> ScoreSummary | None:
    """A summary of the profile against a reference; None where no dimension can be compared."""
    compared = [p for p in reference.scores if p.score is not None and p.peer_median is not None]
    if not compared:
        return None
    return ScoreSummary(
        above=sum(gap_to_median(profile) > 0 for profile in compared),
        scored=len(compared),
        highest=max(compared, key=gap_to_median),
        lowest=min(compared, key=gap_to_median),
    )


@dataclass(frozen=True, slots=True)
class DimensionCoverage:
    """How many of the `questions` of a dimension are `compared`, and why the others are not.

    `unanswered` by the cluster; `few`: too few others answered; `alike`: suppressed for homogeneity.
    """

    dimension: str
    questions: int
    compared: int
    unanswered: int
    few: int
    alike: int


def dimension_coverage(reference: Reference, grid: Grid) -> tuple[DimensionCoverage, ...]:
    """The coverage of each dimension's score, in the order of the scheme."""
    inside = {indicator.code: indicator.dimension for indicator in grid.indicators}
    found = []
    for dimension in grid.dimensions:
        asked = [position for position in reference.positions if inside[position.indicator] == dimension.code]
        left = [position for position in asked if position.percentile is None]
        unanswered = sum(position.value is None for position in left)
        few = sum(position.value is not None and position.n < PERCENTILE_MINIMUM for position in left)
        counts = (len(asked), len(asked) - len(left), unanswered, few, len(left) - unanswered - few)
        if asked:
            found.append(DimensionCoverage(dimension.code, *counts))
    return tuple(found)


def percentile_rank(value: float, others: Sequence[float]) -> tuple[float, float, float]:
    """Percentile and tie range of a value among others (at least one), in per cent; more is better, ties count half.

    The rule of `statistics/sql` in plain Python, for the worked example of the method page.
    """
    worse = sum(other < value for other in others)
    level = sum(other == value for other in others)
    n = len(others)
    return 100 * (worse + level / 2) / n, 100 * worse / n, 100 * (worse + level) / n


def confidence_interval(percentile: float, n: int) -> tuple[float, float]:
    """The 90 % interval of a percentile among n sampled peers, in per cent.

    Wilson's score interval for a share (E. B. Wilson, JASA 22, 1927): it stays within 0-100, and is wide for few peers.
    """
    share, z = percentile / 100, CONFIDENCE_Z
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return 100 * max(0.0, centre - half), 100 * min(1.0, centre + half)


def classify(low: float, high: float) -> Classification:
    """The classification of an envelope of tie range and interval, in per cent."""
    if low > ABOVE:
        return "above"
    if high < BELOW:
        return "below"
    if low >= BELOW and high <= ABOVE:
        return "level"
    return "unsure"


def findings(reference: Reference, grid: Grid) -> BenchmarkFindings:
    """The findings about a cluster against one reference.

    Strengths are clearly above. Margins for improvement are clearly below, or short of the indicator's own threshold.
    Recommendations address the margins, the largest gap per effort first: (50 - percentile) / effort.
    """
    indicators = {indicator.code: indicator for indicator in grid.indicators}
    whole = reference.group.kind == "top500"  # of a pack as well: they are all of the best, not a sample
    judgements = tuple(_compare(position, indicators[position.indicator], whole) for position in reference.positions)
    strengths = [j for j in judgements if j.classification == "above"]
    margins = [j for j in judgements if j.classification == "below" or short_of_threshold(j)]
    margins = sorted(margins, key=_sort_percentile)[:MAX_LISTED]
    advice = [found for j in margins if (found := _recommendation(j, grid.recommendations))]
    lack = {j.position.indicator: 50 - _sort_percentile(j) for j in margins}
    advice.sort(key=lambda r: -lack[r.indicator] / r.effort)
    return BenchmarkFindings(
        judgements,
        tuple(sorted(strengths, key=_sort_percentile, reverse=True)[:MAX_LISTED]),
        tuple(margins),
        tuple(advice),
    )


def _compare(position: IndicatorPosition, indicator: Indicator, whole: bool) -> Comparison:
    middle, low, high = position.percentile, position.percentile_low, position.percentile_high
    if middle is None or low is None or high is None:
        return Comparison(position, indicator, None, None, None)
    if whole:
        return Comparison(position, indicator, None, None, classify(low, high))
    interval_low, interval_high = _interval(position, middle)
    return Comparison(
        position, indicator, interval_low, interval_high, classify(min(low, interval_low), max(high, interval_high))
    )


def _interval(position: IndicatorPosition, percentile: float) -> tuple[float, float]:
    """The interval of a percentile; of one that a pack only bounds, the intervals of all that it may be."""
    if position.middle_low is None or position.middle_high is None:
        return confidence_interval(percentile, position.n)
    others = max(1, position.n - 1)  # the cluster may be counted among them
    return confidence_interval(position.middle_low, others)[0], confidence_interval(position.middle_high, others)[1]


def _sort_percentile(judgement: Comparison) -> float:
    """The percentile to sort by; 50 where it is unknown."""
    return 50 if judgement.position.percentile is None else judgement.position.percentile


def short_of_threshold(judgement: Comparison) -> bool:
    """Whether the value is known and worse than the threshold that the indicator states."""
    value, threshold = judgement.position.value, judgement.indicator.threshold
    if value is None or threshold is None:
        return False
    return value > threshold if judgement.indicator.direction == "lower" else value < threshold


def _recommendation(judgement: Comparison, known: tuple[Recommendation, ...]) -> Recommendation | None:
    """The first recommendation that applies to the value; those with a limit apply to the worst values only."""
    value, indicator = judgement.position.value, judgement.indicator
    for advice in known:
        if advice.indicator != indicator.code or value is None:
            continue
        if advice.limit is None or (value >= advice.limit if indicator.direction == "lower" else value <= advice.limit):
            return advice
    return None
