"""The brief of a benchmark: four pages with the same sentences and numbers as the benchmark page. Pure."""

from __future__ import annotations

from typing import Any

from ..benchmark.rules import BenchmarkFindings, Classification, Comparison, findings, short_of_threshold
from ..domain import ClusterBenchmark, Edition, Evaluation, Language, Reference
from ..evaluation import improvement_plan, pass_probability, scoring, what_if
from ..i18n import bold_runs, format_date, format_number, translate
from ..presentation import formatting
from ..presentation.benchmark import group_names, narrative
from ..presentation.evaluation import narrative as evaluation_narrative
from ..presentation.labels.narrative import cluster_location
from ..presentation.limit_texts import translate_with_limits
from .pdf import pdf

_WORDS: tuple[Classification, ...] = ("above", "level", "below", "unsure")
Content = dict[str, Any]
"""The input of a template in `templates/`: texts, `i18n.bold_runs`, numbers, None where nothing is known."""


def file_name(stem: str, cluster_id: str, edition: Edition, language: Language, suffix: str) -> str:
    """The name of a file about a cluster: kind of file, cluster, edition, language."""
    return f"{stem}-{cluster_id}-{edition.edition_id}-{language}.{suffix}"


def brief(result: ClusterBenchmark, language: Language, evaluation: Evaluation | None = None) -> bytes:
    """The brief as PDF, A4; the same edition always gives the same file. `evaluation` adds the results for Gold."""
    return pdf("brief", brief_content(result, language, evaluation), result.edition.created_at)


def brief_content(result: ClusterBenchmark, language: Language, evaluation: Evaluation | None = None) -> Content:
    """The content: page 1 headline, radar, strengths, margins; 2 all indicators; 3 recommendations; 4 method."""
    found = findings(result.first, result.grid)
    group = group_names.top_name(result, language)
    return document_header(result, language, "paper.brief") | {
        "verdict": bold_runs(narrative.verdict_sentence(found, result, result.first, language)),
        "rest": bold_runs(narrative.verdict_rest(found, language)),
        "headline": bold_runs(narrative.headline(result, result.first, language)),
        "radar": _radar(result, language),
        "profile": _profile(result, language),
        "strengths": _comparisons("strengths", found, language),
        "margins": _comparisons("margins", found, language),
        "against": bold_runs(narrative.against(group, language)),
        "position_chart": _position_chart(result, found, language),
        "context": _context(result, language),
        "advice": _advice(result, found, language),
        "gold": _evaluated(evaluation, language) if evaluation else _gold(result, found, language),
        "references": _references(result, language),
        "robustness": {
            "title": translate(language, "benchmark.robustness"),
            "headings": [translate(language, f"column.{name}") for name in formatting.ROBUSTNESS_COLUMNS],
            "rows": formatting.robustness_rows(result, language),
            "key": bold_runs(narrative.robustness_key(result, language)),
        },
        "reading": {
            "title": translate(language, "paper.reading"),
            "parts": [
                bold_runs(f"**{title}.** {text}")
                for title, text in narrative.method(language, ("percentile", "words", "lists", "missing", "confidence"))
            ],
        },
        "about": {"title": translate(language, "paper.about"), "facts": _facts(result, language)},
    }


def document_header(result: ClusterBenchmark, language: Language, kind: str) -> Content:
    """The header of every document about a benchmark, and the footer of its pages."""
    cluster, edition = result.cluster, result.edition
    invented = translate(language, "paper.invented") if edition.synthetic else ""
    names = {reference.group.key: reference.group.name.get(language) for reference in result.references}
    sectors = ", ".join(names[code] for code in cluster.sectors if code in names)
    about = translate(language, kind)
    foot = [cluster.name, edition.title, invented or translate(language, "paper.confidential")]
    return {
        "language": language,
        "title": f"{about} – {cluster.name}",
        "kind": about,
        "cluster": cluster.name,
        "portrait": " · ".join(part for part in (cluster_location(cluster, language), sectors) if part),
        "basis": bold_runs(narrative.assessment_basis(result, language)),
        "notice": invented,
        "footer": foot,
    }


def _radar(result: ClusterBenchmark, language: Language) -> Content:
    """Axes and lines of the radar, in whole points: the own line first; lines without any value are omitted."""
    names = {dimension.code: dimension.name.get(language) for dimension in result.grid.dimensions}
    profiles = result.first.scores
    shown = [("sector", result.second), ("top", result.first)]
    lines = [("own", translate(language, "radar.own"), [profile.score for profile in profiles])]
    for kind, group in shown:
        if group:
            name = group_names.group_name(result, group, language, short=True)
            medians = [profile.peer_median for profile in group.scores]
            lines.append((kind, translate(language, "radar.median", group=name), medians))
    return {
        "alt": narrative.radar_alt(result, language),
        "key": bold_runs(narrative.radar_key(result, language)),
        "axes": [names[profile.dimension] for profile in profiles],
        "series": [
            {"kind": kind, "name": name, "values": [None if value is None else round(value) for value in values]}
            for kind, name, values in lines
            if kind == "own" or any(value is not None for value in values)
        ],
    }


def _profile(result: ClusterBenchmark, language: Language) -> Content:
    headings, rows = formatting.score_rows(result, result.first, language)
    keys = [bold_runs(line) for line in narrative.missing_scores(result, result.first, language)]
    return {"headings": headings, "rows": rows, "keys": keys}


def _comparisons(which: narrative.ListName, found: BenchmarkFindings, language: Language) -> Content:
    listed = found.strengths if which == "strengths" else found.margins
    return {
        "title": translate(language, f"list.{which}"),
        "none": bold_runs(narrative.empty_list(found, which, language)),
        "headings": [translate(language, f"column.{column}") for column in formatting.COMPARISON_COLUMNS],
        "rows": [[_name(judgement, language), *formatting.comparison_row(judgement, language)] for judgement in listed],
    }


def _name(judgement: Comparison, language: Language) -> str:
    return f"{judgement.indicator.code} {judgement.indicator.name.get(language)}"


def _position_chart(result: ClusterBenchmark, found: BenchmarkFindings, language: Language) -> Content:
    """Every scored indicator by dimension: its cells, and its position among the top 500 to be drawn."""
    judged = {judgement.indicator.code: judgement for judgement in found.comparisons}
    return {
        "title": translate(language, "position_chart.title"),
        "headings": formatting.position_headings(result, result.first, language),
        "groups": [
            (
                dimension.name.get(language),
                [
                    {
                        "cells": [formatting.indicator_name(indicator, language), *row],
                        "mark": _mark(judged[indicator.code]),
                    }
                    for indicator, row in rows
                ],
            )
            for dimension, rows in formatting.position_rows(result, result.first, language)
        ],
        "words": [(word, translate(language, f"word.{word}")) for word in _WORDS],
        "key": bold_runs(f"{narrative.position_chart_key(language)} {narrative.positions_key(language)}"),
    }


def _mark(judgement: Comparison) -> Content | None:
    position = judgement.position
    if judgement.classification is None:
        return None
    spread = {"low": position.percentile_low, "high": position.percentile_high}
    return {"percentile": position.percentile, "word": judgement.classification, **spread}


def _context(result: ClusterBenchmark, language: Language) -> Content:
    indicators = {indicator.code: indicator for indicator in result.grid.indicators}
    return {
        "title": translate(language, "table.context"),
        "rows": [
            (f"{code} {indicators[code].name.get(language)}", formatting.with_unit(language, value, indicators[code]))
            for code, value in result.context
        ],
    }


def _advice(result: ClusterBenchmark, found: BenchmarkFindings, language: Language) -> Content:
    good, evidence = (translate(language, f"column.{column}") for column in ("good", "evidence"))
    cards = [
        {"name": name, "action": action, "effort": effort, "more": [(good, aim), (evidence, proof)]}
        for name, action, aim, proof, effort in formatting.recommendation_rows(
            found.recommendations, result.grid, language
        )
    ]
    return {
        "title": translate(language, "list.recommendations"),
        "key": bold_runs(translate(language, "table.advice")),
        "none": bold_runs(translate(language, "paper.no_advice")),
        "cards": cards,
    }


def _gold(result: ClusterBenchmark, found: BenchmarkFindings, language: Language) -> Content:
    """Gold as far as the benchmark shows: indicators short of their threshold, and the public steps."""
    short = [judgement for judgement in found.comparisons if short_of_threshold(judgement)]
    stated = any(indicator.threshold is not None for indicator in result.grid.indicators)
    remark = "paper.gold_no_thresholds" if not stated else "paper.gold_short" if short else "paper.gold_reached"
    rows = [
        [
            _name(judgement, language),
            formatting.with_unit(language, judgement.position.value, judgement.indicator),
            formatting.with_unit(language, judgement.indicator.threshold, judgement.indicator),
        ]
        for judgement in short
    ]
    steps = [line.partition(". ")[2] for line in translate(language, "guide_steps.gold").splitlines()]
    return {
        "title": translate(language, "paper.gold"),
        "lead": bold_runs(translate(language, "guide_lead.gold")),
        "headings": [translate(language, f"column.{column}") for column in ("indicator", "value", "threshold")],
        "rows": rows,
        "remarks": [bold_runs(translate(language, remark))],
        "steps_title": translate(language, "guide.steps", n=len(steps)),
        "steps": steps,
    }


def _evaluated(own: Evaluation, language: Language) -> Content:
    """Gold by the cluster's own evaluation: whether it passes, the chance to pass, what is missing; a plan."""
    evidence, latest = ("verified", own.verified) if own.verified else ("declared", own.declared)
    answers = latest.answers if latest else {}
    grid, doubt, wished = own.grid, what_if.default_rater_error(own), what_if.DEFAULT_PROBABILITY
    verdict, now = scoring.score(grid, answers), pass_probability.pass_probability(grid, answers, doubt)
    ways = improvement_plan.cheapest_plans(
        grid, answers, {}, improvement_plan.fixed_by_scheme(grid), doubt, wished / 100
    )
    plans = ways.plans
    if plans:
        reached = pass_probability.pass_probability(grid, scoring.apply_plan(answers, plans[0]), doubt)
        told = evaluation_narrative.plan_summary(plans[0], reached, wished, language)
    else:
        told = evaluation_narrative.no_plan(ways, now, wished, grid, language)
    indicators = {indicator.code: indicator for indicator in grid.indicators}
    rows = [
        [
            f"{step.indicator} {indicators[step.indicator].name.get(language)}",
            formatting.with_unit(language, step.start, indicators[step.indicator]),
            formatting.with_unit(language, step.target, indicators[step.indicator]),
        ]
        for step in (plans[0].steps if plans else ())
    ]
    remarks = [
        told,
        *evaluation_narrative.obstacles(verdict, grid, language),
        evaluation_narrative.answers_basis(own, evidence, language),
    ]
    remarks.append(evaluation_narrative.placeholder(grid, language))
    return {
        "title": translate(language, "paper.gold"),
        "lead": bold_runs(evaluation_narrative.result_sentence(verdict, language, now)),
        "headings": [translate(language, key) for key in ("column.indicator", "gold.now", "gold.cheapest")],
        "rows": rows,
        "remarks": [bold_runs(remark) for remark in remarks if remark],
        "steps_title": "",
        "steps": [],
    }


def _references(result: ClusterBenchmark, language: Language) -> Content:
    """The members of the two references: rule, N, and composition."""

    def table_rows(reference: Reference) -> Content:
        return {
            "title": group_names.group_name(result, reference, language),
            "rule": bold_runs(narrative.membership(reference, language)),
            "parts": formatting.composition_rows(reference, language),
        }

    return {
        "title": translate(language, "paper.references"),
        "groups": [table_rows(reference) for reference in (result.first, result.second) if reference],
        "key": bold_runs(translate_with_limits(language, "benchmark.members_key")),
    }


def _facts(result: ClusterBenchmark, language: Language) -> list[tuple[str, str]]:
    """The basis of the document: edition, day, scheme, numbers."""
    edition, scheme = result.edition, result.grid.scheme
    reference = "".join(text for text, _ in bold_runs(narrative.reference_basis(result, language)))
    illustrative = f" – {translate(language, 'benchmark.illustrative')}" if scheme.illustrative else ""
    return [
        (translate(language, "column.edition"), f"{edition.title} ({edition.edition_id})"),
        (translate(language, "paper.built"), format_date(language, edition.created_at.date())),
        (translate(language, "paper.assessed_clusters"), format_number(language, edition.clusters)),
        (translate(language, "paper.assessments"), format_number(language, edition.assessments)),
        (translate(language, "column.assessed"), format_date(language, result.assessed_on)),
        (translate(language, "paper.scheme"), f"{scheme.name.get(language)}, {scheme.version}{illustrative}"),
        *([(translate(language, "reference.label"), reference)] if reference else []),
    ]
