"""The first screen of the way to Silver: the verdict, the time between two benchmarks, what is missing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ...benchmark.progress import DimensionChange
from ...domain import ClusterBenchmark, Language
from ...evaluation.silver import AREAS, MONTHS, Audited, improvements, is_in_time, months
from ...i18n import translate
from ..html import Markup, verdict_paragraph
from ..html_charts import gauge
from .levels import LevelRow, level_table
from .narrative import audit_counts, silver_areas

_SHOWN_MONTHS = 30
"""The end of the scale of months, where the time itself is not longer."""


def silver_verdict(
    moved: Sequence[DimensionChange], first: date, result: ClusterBenchmark, language: Language
) -> Markup:
    """Whether enough dimensions have improved, and whether the time between the benchmarks is as usual."""
    fulfilled = (len(improvements(moved)) >= AREAS, is_in_time(first, result.assessed_on))
    classes = ["up" if met else "down" for met in fulfilled]
    return verdict_paragraph(silver_areas(moved, first, result, language), *classes)


def interval_gauge(first: date, second: date, language: Language) -> Markup:
    """The months between the two benchmarks on a bar, with the usual range."""
    n = months(first, second)
    low, high = MONTHS
    texts = (
        translate(language, "silver.between", n=n),
        translate(language, "silver.usual", low=low, high=high),
        "",
    )
    return gauge(n, low, max(_SHOWN_MONTHS, n), f"{texts[0]}; {texts[1]}", texts, upper=high)


def missing_for_silver(
    moved: Sequence[DimensionChange],
    first: date,
    result: ClusterBenchmark,
    found: Sequence[Audited],
    language: Language,
) -> list[str]:
    """What is still missing for the label, one line of Markdown each; the visit of the auditor is last."""
    second = result.assessed_on
    lines = []
    if (lacking := AREAS - len(improvements(moved))) > 0:
        lines.append(translate(language, "silver.lacking_areas", n=lacking))
    if not is_in_time(first, second):
        lines.append(translate(language, "silver.lacking_time", n=months(first, second)))
        usual = [earlier.assessed_on for earlier in result.past if is_in_time(earlier.assessed_on, second)]
        if usual:
            lines.append(translate(language, "silver.better_first", day=usual[0]))
    counts = audit_counts(found)
    if counts["below"]:
        lines.append(translate(language, "silver.lacking_levels", n=counts["below"]))
    if counts["missing"]:
        lines.append(translate(language, "silver.lacking_answers", n=counts["missing"]))
    return [*lines, translate(language, "silver.auditor")]


def tight_levels(found: Sequence[Audited], language: Language) -> Markup:
    """The audited indicators below their threshold, and those that just reach it; "" for none."""
    rows = [
        LevelRow(
            one.indicator,
            one.value,
            translate(language, "silver.audited_note" if one.sure else "silver.perhaps_note"),
        )
        for one in found
        if one.value is not None
        and (not one.enough or (one.indicator.kind == "points" and one.value == one.indicator.threshold))
    ]
    return level_table(rows, language)
