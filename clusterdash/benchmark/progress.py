"""Progress since earlier benchmarks, by dimension and by indicator. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ..domain import ClusterBenchmark, Grid, IndicatorChange

Trend = Literal["better", "same", "worse", "unsure"]
"""How a dimension has changed by the cluster's own answers; "unsure": it depends on how ties are counted."""


@dataclass(frozen=True, slots=True)
class DimensionChange:
    """Progress in one dimension, in percentile points over its `n` indicators with all three percentiles known.

    `own_effect`: the effect of the cluster's new answers among the peers of that time; `peer_effect`: that of the
    peers' changes since. `before` + `own_effect` + `peer_effect` = `now`. `own_low` and `own_high` bound `own_effect`,
    however ties are counted.
    """

    dimension: str
    before: float
    own_effect: float
    peer_effect: float
    now: float
    n: int
    own_low: float
    own_high: float

    @property
    def trend(self) -> Trend:
        """The direction of the own effect: better or worse where that holds however ties are counted."""
        shown = round(self.before + self.own_effect) - round(self.before)
        if self.own_low > 0 and shown > 0:
            return "better"
        if self.own_high < 0 and shown < 0:
            return "worse"
        return "same" if self.own_low == self.own_high == 0 else "unsure"


def dimension_changes(moves: Sequence[IndicatorChange], grid: Grid) -> tuple[DimensionChange, ...]:
    """Progress by dimension, in the order of the scheme; dimensions without a comparable indicator are left out."""
    inside = {indicator.code: indicator.dimension for indicator in grid.indicators}
    found = []
    for dimension in grid.dimensions:
        moved = (
            (move.percentile_then, move.percentile_counterfactual, move.percentile_now, move.own_low, move.own_high)
            for move in moves
            if inside[move.indicator] == dimension.code
        )
        known = [[figure for figure in figures if figure is not None] for figures in moved if None not in figures]
        if known:
            before, held, now, low, high = (sum(values) / len(known) for values in zip(*known, strict=True))
            found.append(DimensionChange(dimension.code, before, held - before, now - held, now, len(known), low, high))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """Percentiles among the top 500 of each time, oldest first; None where not known or not to be shown.

    `code` identifies a dimension or an indicator.
    """

    code: str
    points: tuple[tuple[date, float | None], ...]


def time_series(result: ClusterBenchmark, dimension: str | None = None) -> tuple[TimeSeries, ...]:
    """The dimensions over all benchmarks; with `dimension`, its indicators.

    A dimension's point is the mean over those of its indicators that are known at all times; dimensions without any,
    and indicators that never had a percentile, are left out.
    """
    times = [
        (earlier.assessed_on, {m.indicator: m.percentile_then for m in earlier.changes})
        for earlier in result.past[::-1]
    ]
    if not times:
        return ()
    times.append((result.assessed_on, {p.indicator: p.percentile for p in result.own.positions}))
    found = []
    if dimension is not None:
        for indicator in result.grid.indicators:
            points = tuple((day, placed.get(indicator.code)) for day, placed in times)
            if indicator.dimension == dimension and any(point is not None for _, point in points):
                found.append(TimeSeries(indicator.code, points))
        return tuple(found)
    for block in result.grid.dimensions:
        inside = [indicator.code for indicator in result.grid.indicators if indicator.dimension == block.code]
        known = [code for code in inside if all(placed.get(code) is not None for _, placed in times)]
        if known:
            means = ((day, sum(placed[code] or 0 for code in known) / len(known)) for day, placed in times)
            found.append(TimeSeries(block.code, tuple(means)))
    return tuple(found)
