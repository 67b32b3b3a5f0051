"""Sentences made from evaluations and improvement plans. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from ...benchmark.progress import DimensionChange
from ...domain import ClusterBenchmark, Evaluation, ExpertDeviation, Grid, Language
from ...evaluation.expert_review import ExpertReview
from ...evaluation.pass_probability import Leverage
from ...evaluation.scoring import Plan, PlanSearch, Verdict
from ...evaluation.silver import AREAS, MONTHS, Audited, improvements, is_in_time, months
from ...evaluation.what_if import indicators_of
from ...i18n import escape_markdown, format_number, format_value, translate
from ..limit_texts import translate_with_limits

_SEPARATORS: dict[Language, str] = {"fr": "\u202f; ", "en": "; "}


def indicator_names(grid: Grid, codes: Iterable[str], language: Language) -> str:
    """Indicators with code and name; Markdown."""
    return _SEPARATORS[language].join(
        escape_markdown(f"{i.code} {i.name.get(language)}") for i in indicators_of(grid, codes)
    )


def result_sentence(found: Verdict, language: Language, chance: float | None = None) -> str:
    """Whether answers pass, and by how many points; Markdown.

    `chance`: the chance to pass where experts may deviate, 0 to 1; None for answers already verified by experts.
    """
    if not found.answered:
        return translate(language, "gold.unanswered")
    if chance is None:
        result = translate(language, "gold.passes" if found.passes else "gold.fails")
    else:
        key = "gold.passes_perhaps" if found.passes else "gold.fails_perhaps"
        result = translate(language, key, share=percent(chance, language))
    return f"{result} {points_sentence(found, language)}"


def points_sentence(found: Verdict, language: Language) -> str:
    """How many points answers have, of how many, and how many are needed; plain text."""
    if found.share is None or found.needed is None:
        return translate(language, "gold.no_share")
    figures = {"points": found.points, "maximum": found.maximum, "needed": found.needed}
    return translate(language, "gold.points", share=format_number(language, found.share), **figures)


def obstacles(found: Verdict, grid: Grid, language: Language) -> list[str]:
    """The obstacles, blockers first; one line of Markdown each. Empty where nothing is answered."""
    if not found.answered:
        return []
    lines = [
        translate(language, f"obstacle.{kind}", n=len(codes), names=indicator_names(grid, codes, language))
        for kind, codes in (("blockers", found.blockers), ("gates", found.gates), ("missing", found.missing))
        if codes
    ]
    if found.needed is not None and found.points < found.needed:
        lines.append(translate(language, "obstacle.points", n=found.needed - found.points))
    return lines


def placeholder(grid: Grid, language: Language) -> str:
    """That points and thresholds are placeholders, while the scheme is marked so; else ""."""
    return translate(language, "gold.placeholder") if grid.scheme.illustrative else ""


def answers_basis(own: Evaluation, evidence: str, language: Language) -> str:
    """The answers that the page is based on; Markdown."""
    answers = own.verified if evidence == "verified" else own.declared
    scheme = escape_markdown(own.grid.scheme.name.get(language))
    if answers is None:
        return translate(language, "gold.only_tried", scheme=scheme)
    told = {"day": answers.assessed_on, "evidence": translate(language, f"evidence.{evidence}")}
    return translate(language, "benchmark.basis", scheme=scheme, edition=escape_markdown(own.edition.title), **told)


def answers_date(own: Evaluation, evidence: str, language: Language) -> str:
    """The cluster, and when its answers were given or verified; Markdown."""
    name, answers = escape_markdown(own.cluster.name), own.verified if evidence == "verified" else own.declared
    if answers is None:
        return f"{name} · {answers_basis(own, evidence, language)}"
    key = "gold.verified_on" if evidence == "verified" else "gold.declared_on"
    return f"{name} · {translate(language, key, day=answers.assessed_on)}"


def what_if_note(count: int, language: Language) -> str:
    """That the page shows a what-if; Markdown."""
    return translate(language, "gold.tried", n=count)


def no_plan(ways: PlanSearch, chance: float, wished: int, grid: Grid, language: Language) -> str:
    """Why there is no plan for the chance `wished`, in per cent; `chance` is the current one, 0 to 1; Markdown."""
    if 100 * ways.highest >= wished:
        return translate(language, "gold.enough", wished=wished, share=percent(chance, language))
    sentences = [translate(language, "gold.out_of_reach", wished=wished, share=percent(ways.highest, language))]
    if ways.infeasible:
        sentences.append(translate(language, "gold.stuck", names=indicator_names(grid, ways.infeasible, language)))
    elif ways.points_missing:
        sentences.append(translate(language, "gold.short", n=ways.points_missing))
    return " ".join(sentences)


def plan_summary(plan: Plan, chance: float, wished: int, language: Language) -> str:
    """The chance for which a plan is the cheapest (`wished`, per cent), and the plan's own (0 to 1); Markdown."""
    return translate(language, "gold.planned", wished=wished, share=percent(chance, language), effort=plan.effort)


def pass_probability_sentence(chance: float, lever: Sequence[Leverage], grid: Grid, language: Language) -> str:
    """The chance to pass, and what raises it most; Markdown."""
    sentence = translate(language, "chance.sentence", share=percent(chance, language))
    if not lever:
        key = "chance.full" if chance >= 1 else "chance.no_lever"
        return f"{sentence} {translate(language, key)}"
    best = lever[0]
    name, share = indicator_names(grid, [best.indicator], language), percent(best.probability, language)
    return f"{sentence} {translate(language, 'chance.lever', name=name, target=best.target, share=share)}"


def percent(share: float, language: Language) -> str:
    """A probability in whole per cent, never 0 or 100 where it is not quite; plain text."""
    if 0 < share < 0.005:
        return translate(language, "chance.hardly")
    if 0.995 <= share < 1:
        return translate(language, "chance.nearly")
    return translate(language, "table.percent", value=format_number(language, 100 * share, 0))


def expert_deviation(experts: ExpertDeviation | None, language: Language) -> str:
    """The source of the default rater error; Markdown."""
    if experts is None:
        return translate_with_limits(language, "chance.assumed")
    return translate(language, "chance.observed", n=experts.pairs, lower=experts.lower, higher=experts.higher)


def dumbbell_alt(grid: Grid, language: Language) -> str:
    """The text alternative of the dumbbell chart."""
    return translate(language, "gold.alt", n=len(grid.indicators))


def dumbbell_key(own: Evaluation, language: Language) -> str:
    """How to read the dumbbell chart, and whose median it shows; Markdown."""
    if not own.holder_medians:
        holders = translate_with_limits(language, "gold.no_holders")
    else:
        key = "gold.holders_invented" if own.edition.synthetic else "gold.holders"
        holders = translate_with_limits(language, key)
    return f"{translate(language, 'gold.key')} {holders}"


def silver_basis(result: ClusterBenchmark, first: date, language: Language) -> str:
    """The cluster, and the days of the two benchmarks; Markdown."""
    cluster = escape_markdown(result.cluster.name)
    return translate(language, "silver.basis", cluster=cluster, first=first, second=result.assessed_on)


def silver_areas(moved: Sequence[DimensionChange], first: date, result: ClusterBenchmark, language: Language) -> str:
    """How many areas have improved since a first benchmark, and whether they are enough and in time; Markdown."""
    second, n = result.assessed_on, len(improvements(moved))
    areas = translate(language, "silver.enough" if n >= AREAS else "silver.too_few", n=n, asked=AREAS)
    when = "silver.in_time" if is_in_time(first, second) else "silver.out_of_time"
    return f"{areas} {translate(language, when, n=months(first, second), low=MONTHS[0], high=MONTHS[1])}"


def audit_counts(found: Sequence[Audited]) -> dict[str, int]:
    """How many of the indicators that are audited for certain are "enough", "below" the threshold, "missing"."""
    sure = [a for a in found if a.sure]
    missing, enough = sum(a.value is None for a in sure), sum(a.enough for a in sure)
    return {"enough": enough, "below": len(sure) - enough - missing, "missing": missing}


def audit_count(found: Sequence[Audited], language: Language) -> str:
    """How many indicators are audited for Silver, and how many answers suffice; plain text."""
    counts = audit_counts(found)
    return translate(language, "silver.audit_count", n=sum(counts.values()), enough=counts["enough"])


def review_issues(found: ExpertReview, language: Language) -> list[str]:
    """The open issues: where experts differ, what is not agreed, obstacles; lines of Markdown."""
    differing = sum(finding.differs for finding in found.indicators)
    lines = [translate(language, "appraisal.differing", n=differing)]
    if found.open:
        listed = indicator_names(found.grid, found.open, language)
        lines.append(translate(language, "appraisal.open", n=len(found.open), names=listed))
    return [*lines, *obstacles(found.verdict, found.grid, language)]


def review_summary(found: ExpertReview, language: Language) -> str:
    """Cluster, experts and day of an evaluation, and its result; Markdown."""
    told = {"name": escape_markdown(found.name or "–"), "experts": escape_markdown(found.experts or "–")}
    who = translate(language, "appraisal.who", day=format_value(language, found.visited_on), **told)
    return f"{who} {_agreed(found, language)}"


def _agreed(found: ExpertReview, language: Language) -> str:
    """The verdict on the agreed values, once there are any; Markdown."""
    return (
        result_sentence(found.verdict, language)
        if found.verdict.answered
        else translate(language, "appraisal.nothing_agreed")
    )


def statement(found: ExpertReview, language: Language) -> str:
    """The statement of two experts, as plain lines of text for a file."""
    result = found.verdict
    told = {"name": found.name or "–", "experts": found.experts or "–", "day": format_value(language, found.visited_on)}
    lines = [
        translate(language, "appraisal.statement", scheme=found.grid.scheme.name.get(language)),
        translate(language, "appraisal.who", **told),
        "",
        _agreed(found, language).replace("*", ""),
        *(line.replace("*", "").replace("\\", "") for line in obstacles(result, found.grid, language)),
    ]
    note = placeholder(found.grid, language)
    return "\n".join([*lines, *(["", note] if note else []), ""])
