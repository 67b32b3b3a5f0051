"""Tables of levels: what is reached of each indicator, what is to gain, and its threshold. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...domain import Evaluation, Grid, Indicator, Language
from ...evaluation.scoring import Plan, required_value
from ...i18n import format_number, translate
from ..benchmark.tables import indicator_link
from ..html import Markup, render
from ..html_charts import level_boxes
from .tables import answer_value


@dataclass(frozen=True, slots=True)
class LevelRow:
    """An indicator with its value, None where there is none; a small `note`, and the `target` of a plan."""

    indicator: Indicator
    value: float | None
    note: str = ""
    target: float | None = None


def level_table(rows: Sequence[LevelRow], language: Language) -> Markup:
    """A row for each indicator with its levels as boxes and as a number; "" for none."""
    if not rows:
        return Markup("")
    wanted = any(row.target is not None for row in rows)
    keys = ["reached", *(["wanted"] if wanted else []), "limit"]
    return render(
        "presentation/evaluation/templates/levels.html.jinja",
        headings=[translate(language, f"levels.{name}") for name in ("indicator", "levels", "value")],
        keys=[(key, translate(language, f"levels.{key}")) for key in keys],
        rows=[_cells(row, language) for row in rows],
    )


def plan_levels(plan: Plan, own: Evaluation, language: Language) -> Markup:
    """The indicators that a plan raises, with the median of the holders of the label where it may be shown."""
    indicators = {indicator.code: indicator for indicator in own.grid.indicators}
    medians = {median.indicator: format_number(language, median.median) for median in own.holder_medians}
    rows = [
        LevelRow(
            indicators[step.indicator],
            step.start,
            translate(language, "levels.holders", median=medians[step.indicator]) if step.indicator in medians else "",
            step.target,
        )
        for step in plan.steps
    ]
    return level_table(rows, language)


def dimension_levels(grid: Grid, dimension: str, answers: Mapping[str, float], language: Language) -> Markup:
    """The indicators of a dimension, the lowest value first; what is not answered comes before all."""
    inside = [LevelRow(i, answers.get(i.code)) for i in grid.indicators if i.dimension == dimension]
    return level_table(sorted(inside, key=lambda row: -1.0 if row.value is None else row.value), language)


def _cells(row: LevelRow, language: Language) -> tuple[Markup, str, Markup, str]:
    """Name, note, boxes and number of a row."""
    indicator, threshold = row.indicator, required_value(row.indicator)
    figure = answer_value(language, row.value, indicator)
    if row.target is not None:
        figure = f"{figure} → {answer_value(language, row.target, indicator)}"
    alt = translate(language, "levels.alt", value=figure, limit=answer_value(language, threshold, indicator))
    boxes = Markup("")
    if indicator.kind == "points" and indicator.maximum is not None:
        boxes = level_boxes(row.value, indicator.maximum, alt, target=row.target, threshold=threshold)
    return indicator_link(indicator, language), row.note, boxes, figure
