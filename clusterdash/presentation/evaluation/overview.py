"""The first screen of the way to Gold: the verdict, the points reached and those required, and a plan. Pure."""

from __future__ import annotations

from ...domain import Grid, Language
from ...evaluation.scoring import Plan, Verdict
from ...i18n import format_number, translate
from ..html import Markup, render, verdict_paragraph
from ..html_charts import gauge
from .narrative import obstacles, percent, result_sentence


def gold_verdict(found: Verdict, language: Language) -> Markup:
    """The points that are missing or there, and whether each threshold is met; other obstacles stand below it."""
    if found.needed is None or not found.answered:
        return verdict_paragraph(result_sentence(found, language))
    lacking = found.needed - found.points
    blocked = len(found.blocking)
    told = {"points": found.points, "maximum": found.maximum, "needed": found.needed}
    if lacking > 0:
        sentence = translate(language, "gold.lacking", n=lacking, **told)
    elif blocked:
        sentence = translate(language, "gold.blocked", n=blocked, **told)
    else:
        sentence = translate(language, "gold.reached", **told)
    if not blocked:
        sentence = f"{sentence} {translate(language, 'gold.all_reached')}"
    return verdict_paragraph(sentence, "down" if lacking > 0 or blocked else "up")


def other_obstacles(found: Verdict, grid: Grid, language: Language) -> list[str]:
    """The obstacles besides the sum of points, one line of Markdown each."""
    kinds = (found.blockers, found.gates, found.missing)
    return obstacles(found, grid, language)[: sum(bool(kind) for kind in kinds)]


def plan_result(plan: Plan, chance: float, maximum: float, language: Language) -> Markup:
    """What a plan leads to: points, levels to gain, effort, and the chance to pass (0 to 1)."""
    points = f"{format_number(language, plan.points)} {translate(language, 'gauge.maximum', maximum=maximum)}"
    rows = [
        (translate(language, "gold.sum"), points if maximum else ""),
        (translate(language, "gold.steps"), format_number(language, sum(step.steps for step in plan.steps))),
        (translate(language, "gold.effort"), format_number(language, plan.effort)),
        (translate(language, "gold.chance"), percent(chance, language)),
    ]
    template = "presentation/evaluation/templates/plan_result.html.jinja"
    return render(template, title=translate(language, "gold.plan_result"), rows=[row for row in rows if row[1]])


def points_gauge(found: Verdict, language: Language) -> Markup:
    """The points on a bar with what is required; "" where the scheme requires no share of the points."""
    if found.needed is None or not found.answered:
        return Markup("")
    needed, maximum = format_number(language, found.needed), format_number(language, found.maximum)
    texts = (
        translate(language, "gauge.points", n=found.points),
        translate(language, "gauge.needed", needed=needed),
        translate(language, "gauge.maximum", maximum=maximum),
    )
    alt = translate(language, "gauge.alt", n=found.points, needed=needed, maximum=maximum)
    return gauge(found.points, found.needed, found.maximum, alt, texts)
