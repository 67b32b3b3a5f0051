"""Requirements of the Silver label: three improvements between two benchmarks, and the audit. Pure.

The rule is public (second benchmark a year and a half to two years after the first, improvement in three areas, an
auditor for half a day); the scheme of the evaluation states which indicators are audited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from ..benchmark.progress import DimensionChange
from ..domain import Grid, Indicator, PastBenchmark
from .scoring import meets_threshold

AREAS = 3
"""Areas in which the label requires improvement."""
MONTHS = (18, 24)
"""Months between the two benchmarks, both included."""


@dataclass(frozen=True, slots=True)
class Audited:
    """An indicator that the auditor checks (`sure`) or may check; the own value, and whether that suffices."""

    indicator: Indicator
    value: float | None
    enough: bool
    sure: bool


def improvements(moved: Sequence[DimensionChange]) -> tuple[DimensionChange, ...]:
    """The areas in which the cluster improves by its own answers, largest improvement first: the rule of progress."""
    return tuple(sorted((s for s in moved if s.trend == "better"), key=lambda shift: -shift.own_effect))


def months(first: date, second: date) -> int:
    """The number of full months from one day to another."""
    between = relativedelta(second, first)
    return 12 * between.years + between.months


def is_in_time(first: date, second: date) -> bool:
    """Whether the time between two benchmarks is as the label requires."""
    return MONTHS[0] <= months(first, second) <= MONTHS[1]


def by_suitability(earlier: Sequence[PastBenchmark], second: date) -> list[PastBenchmark]:
    """Earlier benchmarks, those first whose time before the second is as the label requires."""
    return sorted(earlier, key=lambda before: not is_in_time(before.assessed_on, second))


def is_audited(indicator: Indicator) -> bool:
    """Whether an auditor checks an indicator for Silver, or may check it."""
    return indicator.silver_audit in ("yes", "unknown")


def audited(grid: Grid, answers: Mapping[str, float]) -> tuple[Audited, ...]:
    """The indicators audited for Silver, missing or too low ones first, then those that may be audited.

    Empty where the scheme does not say.
    """
    found = [
        Audited(
            i, answers.get(i.code), i.code in answers and meets_threshold(i, answers[i.code]), i.silver_audit == "yes"
        )
        for i in grid.indicators
        if is_audited(i)
    ]
    if not any(a.sure for a in found):
        return ()
    return tuple(sorted(found, key=lambda a: (not a.sure, a.enough)))
