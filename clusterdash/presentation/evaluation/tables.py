"""HTML tables of evaluations and improvement plans. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...domain import DeclaredVersusVerified, Effort, Evaluation, Grid, Indicator, Language
from ...evaluation.evidence_checklist import ChecklistItems, checklist_headings, checklist_rows
from ...evaluation.expert_review import ExpertOpinion, ExpertReview
from ...evaluation.pass_probability import Leverage
from ...evaluation.scoring import EFFORT_LEVELS, Plan, Verdict, required_value
from ...evaluation.silver import Audited
from ...i18n import format_number, translate
from ..benchmark.tables import indicator_link, table
from ..formatting import with_unit
from ..html import Markup
from .narrative import percent

_EFFORT_BASES = ("estimate", "yours")


def plan_table(plans: Sequence[Plan], chances: Sequence[float], now: Verdict, grid: Grid, language: Language) -> str:
    """Plans side by side: each indicator that one of them raises, then effort, points, and the chance to pass.

    `chances` are the current one and that of each plan.
    """
    raised = [{step.indicator: step for step in plan.steps} for plan in plans]
    body = []
    for indicator in grid.indicators:
        steps = [found.get(indicator.code) for found in raised]
        known = next((step for step in steps if step), None)
        if known:
            start = answer_value(language, known.start, indicator)
            to = [
                translate(language, "gold.to", value=answer_value(language, s.target, indicator)) if s else ""
                for s in steps
            ]
            body.append([indicator_link(indicator, language), start, *to])
    whole = [
        [
            translate(language, "gold.steps"),
            "",
            *(format_number(language, sum(s.steps for s in plan.steps)) for plan in plans),
        ],
        [translate(language, "gold.effort"), "", *(format_number(language, plan.effort) for plan in plans)],
    ]
    if now.share is not None:
        whole.append(
            [
                translate(language, "gold.sum"),
                format_number(language, now.points),
                *(format_number(language, plan.points) for plan in plans),
            ]
        )
    whole.append([translate(language, "gold.chance"), *(percent(chance, language) for chance in chances)])
    names = [
        translate(language, "gold.cheapest"),
        *(translate(language, "gold.other", n=n) for n in range(2, len(plans) + 1)),
    ]
    columns = [translate(language, "column.indicator"), translate(language, "gold.now"), *names]
    return table(
        translate(language, "gold.plans_table"), columns, [("", body), (translate(language, "gold.in_all"), whole)]
    )


def answer_table(
    own: Evaluation, answers: Mapping[str, float], tried: Mapping[str, float], verdict: Verdict, language: Language
) -> str:
    """Every indicator by dimension: own answer, what-if, threshold, the holders' median and what the answer means."""
    medians = {median.indicator: median for median in own.holder_medians}
    groups = []
    for dimension in own.grid.dimensions:
        body: list[list[str]] = []
        for indicator in own.grid.indicators:
            if indicator.dimension != dimension.code:
                continue
            code = indicator.code
            median = medians.get(code)
            known = {"n": median.n, "figure": format_number(language, median.median)} if median else None
            body.append(
                [
                    indicator_link(indicator, language),
                    answer_value(language, answers.get(code), indicator),
                    answer_value(language, tried[code], indicator) if code in tried else "",
                    answer_value(language, required_value(indicator), indicator),
                    translate(language, "table.with_n", **known) if known else "–",
                    translate(language, f"reached.{_state(code, verdict)}"),
                ]
            )
        if body:
            groups.append((dimension.name.get(language), body))
    names = ("indicator", "own_answer", "tried", "threshold", "holders", "reached")
    return table(translate(language, "gold.table"), [translate(language, f"column.{name}") for name in names], groups)


def effort_table(grid: Grid, efforts: Mapping[str, int], language: Language) -> str:
    """The effort of one more level in each indicator: from the user, else from the scheme; and its basis."""
    body = []
    for indicator in grid.indicators:
        told = sorted((e for e in grid.efforts if e.indicator == indicator.code), key=lambda e: e.level)
        bases = {e.basis: None for e in told if e.basis}
        steps = _effort_of_steps(told, language)
        if indicator.code in efforts:
            steps, bases = format_number(language, efforts[indicator.code]), {"yours": None}
        basis = ", ".join(translate(language, f"effort_basis.{b}") if b in _EFFORT_BASES else b for b in bases)
        body.append([indicator_link(indicator, language), steps, basis or "–"])
    columns = [translate(language, f"column.{name}") for name in ("indicator", "step_effort", "basis")]
    return table(translate(language, "gold.efforts_table"), columns, [("", body)], prose=True)


def _effort_of_steps(told: Sequence[Effort], language: Language) -> str:
    """The effort of one more level; where it changes on the way up, from which level on."""
    if any(line.effort is None for line in told):
        return translate(language, "gold.not_at_will")
    first = format_number(language, told[0].effort if told and not told[0].level else EFFORT_LEVELS[0])
    later = [translate(language, "gold.effort_from", effort=e.effort, level=e.level) for e in told if e.level]
    return ", ".join([first, *later])


def leverage_table(levers: Sequence[Leverage], grid: Grid, language: Language) -> str:
    """The single indicators in which one more step raises the chance to pass, and the resulting chance."""
    indicators = {indicator.code: indicator for indicator in grid.indicators}
    body = [
        [
            indicator_link(indicators[lever.indicator], language),
            translate(language, "gold.to", value=answer_value(language, lever.target, indicators[lever.indicator])),
            percent(lever.probability, language),
        ]
        for lever in levers
    ]
    columns = [
        translate(language, "column.indicator"),
        translate(language, "column.step"),
        translate(language, "gold.chance"),
    ]
    return table(translate(language, "chance.table"), columns, [("", body)])


def checklist_table(grid: Grid, entries: ChecklistItems, language: Language) -> str:
    """The documents of an evaluation, missing ones first; for reading and printing."""
    lines = checklist_rows(grid, entries, language)
    body = [[f"{code} {document}", status, indicator, place] for code, indicator, document, status, place in lines]
    _, indicator, document, status, place = checklist_headings(language)
    return table(translate(language, "binder.table"), [document, status, indicator, place], [("", body)], prose=True)


def audit_table(found: Sequence[Audited], language: Language) -> str:
    """The indicators that are audited for Silver, and those that may be."""
    groups = []
    for sure in (True, False):
        body = [
            [
                indicator_link(a.indicator, language),
                answer_value(language, a.value, a.indicator),
                answer_value(language, required_value(a.indicator), a.indicator),
                translate(
                    language, "reached.missing" if a.value is None else f"reached.{'yes' if a.enough else 'blocker'}"
                ),
            ]
            for a in found
            if a.sure is sure
        ]
        if body:
            groups.append((translate(language, "silver.audited" if sure else "silver.perhaps"), body))
    names = ("indicator", "own_answer", "threshold", "reached")
    return table(translate(language, "silver.table"), [translate(language, f"column.{name}") for name in names], groups)


def declared_versus_verified_table(pairings: Sequence[DeclaredVersusVerified], grid: Grid, language: Language) -> str:
    """Declared against verified, by dimension: means, their difference, how often experts deviated."""
    indicators = {indicator.code: indicator for indicator in grid.indicators}
    groups = []
    for dimension in grid.dimensions:
        body = [
            [
                indicator_link(indicators[p.indicator], language),
                format_number(language, p.declared, 2),
                format_number(language, p.verified, 2),
                format_number(language, p.verified - p.declared, 2),
                format_number(language, p.lower),
                format_number(language, p.same),
                format_number(language, p.higher),
                format_number(language, p.n),
            ]
            for p in pairings
            if indicators[p.indicator].dimension == dimension.code
        ]
        if body:
            groups.append((dimension.name.get(language), body))
    names = (
        "indicator",
        "declared",
        "verified",
        "difference",
        "judged_lower",
        "judged_same",
        "judged_higher",
        "number",
    )
    return table(
        translate(language, "evaluations.table"), [translate(language, f"column.{name}") for name in names], groups
    )


def review_table(found: ExpertReview, language: Language) -> str:
    """Two experts side by side: points with reason and document; differences are marked, in words too."""
    groups = []
    for dimension in found.grid.dimensions:
        body: list[list[str]] = []
        for finding in found.indicators:
            if finding.indicator.dimension != dimension.code:
                continue
            indicator = finding.indicator
            first, second = (_opinion(language, opinion, indicator) for opinion in finding.opinions)
            agreed = answer_value(language, finding.agreed, indicator)
            body.append(
                [
                    indicator_link(indicator, language),
                    answer_value(language, finding.declared, indicator),
                    first,
                    second,
                    Markup("<mark>{}</mark>").format(translate(language, "appraisal.differ"))
                    if finding.differs
                    else "",
                    agreed,
                ]
            )
        if body:
            groups.append((dimension.name.get(language), body))
    names = ("indicator", "declared", "expert_1", "expert_2", "difference", "agreed")
    columns = [translate(language, f"column.{name}") for name in names]
    return table(translate(language, "appraisal.table"), columns, groups, prose=True)


def _opinion(language: Language, opinion: ExpertOpinion, indicator: Indicator) -> str:
    parts = (answer_value(language, opinion.points, indicator), opinion.reason, opinion.document)
    return " · ".join(part for part in parts if part)


def _state(code: str, verdict: Verdict) -> str:
    """The state of an answer: blocker, unmet gate, missing, or enough."""
    of = (("missing", verdict.missing), ("blocker", verdict.blockers), ("gate", verdict.gates))
    return next((name for name, codes in of if code in codes), "yes")


def answer_value(language: Language, value: float | None, indicator: Indicator) -> str:
    """A value; points without their unit, a gate as a word."""
    if indicator.kind == "gate" and value is not None:
        return translate(language, "gold.met" if value >= (indicator.maximum or 1) else "gold.unmet")
    if indicator.kind == "points" and value is not None:
        return format_number(language, value)
    return with_unit(language, value, indicator)
