"""The numbers of a benchmark for programs and terminals: a workbook, JSON, plain text. Pure."""

from __future__ import annotations

import io
import json
from typing import Any

from openpyxl import Workbook

from ..benchmark.progress import dimension_changes
from ..benchmark.rules import BenchmarkFindings, Comparison, dimension_coverage, findings
from ..domain import ClusterBenchmark, IndicatorPosition, Language, PastBenchmark, Reference
from ..i18n import LANGUAGES, bold_runs, format_number, round_for_display, translate
from ..presentation import formatting
from ..presentation.benchmark import group_names, narrative
from ..spreadsheets import Cell, add_sheet

_SCORED = ("score", "rank")
"""The measures of a dimension that are listed side by side."""


_MEASURES = ("score", "both_years", "rank")
"""The three measures of a dimension."""
_AMONG_OWN = ("both_years", "rank")
"""Measures that are told among the clusters of the edition, whatever the reference."""


def as_json(result: ClusterBenchmark) -> bytes:
    """The figures of the pages on benchmark and progress, rounded as there; null where not known or not to be shown.

    Each figure appears once, under the name of its measure; `measures` describes names and scales.
    """
    edition = result.edition
    content = {
        "cluster_id": result.cluster.cluster_id,
        "name": result.cluster.name,
        "edition": edition.edition_id,
        "edition_title": edition.title,
        "edition_hash": edition.content_hash,
        "synthetic": edition.synthetic,
        "scheme": result.grid.scheme.code,
        "assessed_on": result.assessed_on.isoformat(),
        "evidence": result.evidence,
        "reference": _pack(result),
        "measures": {key: _measure(result, key) for key in ("score", "both_years", "rank", "percentile")},
        "context": {code: _shown(value) for code, value in result.context},
        "scores": _scores(result),
        "ranks": [
            {"dimension": found.dimension, "rank": _whole(found.position)}
            | {name: _whole(getattr(found, name)) for name in ("low", "high", "same_side")}
            for found in result.robustness
        ],
        "progress": [_since(earlier, result) for earlier in result.past],
        "references": {
            "sector": None,
            **{
                key: _reference(reference, result)
                for key, (_, reference) in group_names.named_references(result, "en").items()
            },
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _pack(result: ClusterBenchmark) -> dict[str, Any] | None:
    """The reference pack that scores and ranks are told against; None for the clusters of the edition."""
    source = result.first.group.source
    if source is None:
        return None
    told = {"pack": source.pack, "publisher": source.publisher, "year": source.year}
    return told | {"n": result.first.n, "signed": source.signed, "combined": source.combined}


def _measure(result: ClusterBenchmark, key: str) -> dict[str, str]:
    """Name and scale of a measure, in both languages."""
    told: dict[str, str] = {}
    for language in LANGUAGES:
        told |= {
            f"name_{language}": translate(language, f"measure.{key}"),
            f"scale_{language}": _scale(result, key, language),
        }
    return told


def _scale(result: ClusterBenchmark, key: str, language: Language) -> str:
    """The scale of a measure, with the group that it is told among."""
    group = group_names.own_name(result, language) if key in _AMONG_OWN else group_names.top_name(result, language)
    return translate(language, f"measured.{key}", group=group)


def _scores(result: ClusterBenchmark) -> list[dict[str, Any]]:
    """The scores, and how many of a dimension's questions each is based on."""
    scores = {profile.dimension: profile.score for profile in result.first.scores}
    return [
        {
            "dimension": found.dimension,
            "score": _whole(scores[found.dimension]),
            "questions": found.questions,
            "compared": found.compared,
        }
        for found in dimension_coverage(result.first, result.grid)
    ]


def _since(earlier: PastBenchmark, result: ClusterBenchmark) -> dict[str, Any]:
    """Progress since an earlier benchmark: scores on the questions of both years, percentiles, the trend."""
    return {
        "since": earlier.assessed_on.isoformat(),
        "both_years": [
            {
                "dimension": shift.dimension,
                "before": _whole(shift.before),
                "own_answers": _whole(shift.before + shift.own_effect),
                "now": _whole(shift.now),
                "questions": shift.n,
                "trend": shift.trend,
            }
            for shift in dimension_changes(earlier.changes, result.grid)
        ],
        "percentiles": [
            {
                "indicator": move.indicator,
                "value_before": _shown(move.value_before),
                "value_now": _shown(move.value_now),
                "before": _whole(move.percentile_then),
                "own_answers": _whole(move.percentile_counterfactual),
                "now": _whole(move.percentile_now),
                "n": move.n,
            }
            for move in earlier.changes
        ],
    }


def _reference(reference: Reference, result: ClusterBenchmark) -> dict[str, Any]:
    found = findings(reference, result.grid)
    return {
        "n": reference.n,
        "median_scores": {profile.dimension: _whole(profile.peer_median) for profile in reference.scores},
        "median_score_n": {profile.dimension: profile.n for profile in reference.scores},
        "positions": [_position(judgement) for judgement in found.comparisons],
        "strengths": [judgement.position.indicator for judgement in found.strengths],
        "margins": [judgement.position.indicator for judgement in found.margins],
        "recommendations": [
            {"indicator": r.indicator, "effort": r.effort, "action_fr": r.action.fr, "action_en": r.action.en}
            for r in found.recommendations
        ],
        "composition": [{"kind": part.kind, "key": part.key, "n": part.n} for part in reference.composition],
    }


def _position(judged: Comparison) -> dict[str, Any]:
    position = judged.position
    values = ("value", "peer_median", "peer_lower", "peer_upper")
    percentiles = ("percentile", "percentile_low", "percentile_high")
    return (
        {"indicator": position.indicator, "n": position.n, "word": judged.classification}
        | {name: _shown(getattr(position, name)) for name in values}
        | {name: _whole(getattr(position, name)) for name in percentiles}
        | {name: _whole(getattr(judged, name)) for name in ("interval_low", "interval_high")}
    )


def as_text(result: ClusterBenchmark, language: Language) -> str:
    """A benchmark for a terminal: scores with their ranks, then for each group the medians and every indicator."""
    names = {d.code: d.name.get(language) for d in result.grid.dimensions}
    indicators = {i.code: i for i in result.grid.indicators}
    ranks = {found.dimension: found for found in result.robustness}
    lines = [f"{result.cluster.name} ({result.cluster.cluster_id})", "", translate(language, "command.scores")]
    for profile in result.first.scores:
        figures = [
            formatting.whole_number(language, profile.score),
            *formatting.rank_cells(ranks.get(profile.dimension), language),
        ]
        lines.append(f"  {names[profile.dimension]:<48}" + "".join(f"{figure:>10}" for figure in figures))
    lines += [
        f"  {''.join(text for text, _ in bold_runs(line))}"
        for line in narrative.missing_scores(result, result.first, language)
    ]
    lines += [f"  {translate(language, f'measure.{key}')} – {_scale(result, key, language)}" for key in _SCORED]
    for title, reference in group_names.named_references(result, language).values():
        lines.append(
            f"\n{title} (N = {format_number(language, reference.n)})\n{translate(language, 'command.medians')}"
        )
        for score in reference.scores:
            median, n = formatting.whole_number(language, score.peer_median), format_number(language, score.n)
            lines.append(f"  {names[score.dimension]:<48}{median:>10}{n:>10}")
        lines.append(translate(language, "command.headings"))
        for position in reference.positions:
            name = formatting.indicator_name(indicators[position.indicator], language)
            value = formatting.with_unit(language, position.value, indicators[position.indicator])
            percentile, median = formatting.position_cells(language, position, indicators[position.indicator])
            lines.append(f"  {name:<64}{value:>22}{percentile:>16}  {median}")
    return "\n".join(lines) + "\n"


def workbook(result: ClusterBenchmark, language: Language) -> bytes:
    """The numbers of benchmark and progress as XLSX, rounded as shown; empty where not known or not to be shown."""
    book = Workbook()
    book.remove(book.worksheets[0])
    found = findings(result.first, result.grid)
    told = (
        narrative.verdict_sentence(found, result, result.first, language),
        narrative.headline(result, result.first, language),
        narrative.verdict_rest(found, language),
    )
    about = [
        [("".join(text for text, _ in bold_runs(line)))]
        for line in (*told, narrative.assessment_basis(result, language), narrative.reference_basis(result, language))
        if line
    ]
    about += [[f"{translate(language, f'measure.{key}')} – {_scale(result, key, language)}"] for key in _MEASURES]
    about += [[result.edition.edition_id], [result.edition.content_hash]]
    if result.edition.synthetic:
        about.append([translate(language, "paper.invented")])
    add_sheet(book, translate(language, "export.about"), [result.cluster.name], about)
    add_sheet(book, translate(language, "paper.profile"), *_profile(result, language))
    add_sheet(book, translate(language, "paper.indicators"), *_indicators(result, found, language))
    headings = [translate(language, f"column.{column}") for column in ("indicator", "value", "unit")]
    names = {i.code: i for i in result.grid.indicators}
    context = [
        [f"{code} {names[code].name.get(language)}", _shown(value), names[code].unit.get(language)]
        for code, value in result.context
    ]
    add_sheet(book, translate(language, "paper.context"), headings, context)
    headings = [translate(language, f"column.{column}") for column in formatting.RECOMMENDATION_COLUMNS]
    advice = formatting.recommendation_rows(found.recommendations, result.grid, language)
    add_sheet(book, translate(language, "list.recommendations"), headings, advice)
    if result.past:
        add_sheet(book, translate(language, "paper.both_years"), *_progress(result, language))
        add_sheet(book, translate(language, "paper.moves"), *_moves(result, language))
    for reference in (result.first, result.second):
        if reference:
            own = reference.group.source is None and result.first.group.source is not None
            title = translate(language, f"referenced.{'all' if own else reference.group.kind}")
            add_sheet(book, title, *_members(result, reference, language))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _profile(result: ClusterBenchmark, language: Language) -> tuple[list[str], list[list[Cell]]]:
    """One row per dimension: score, both medians, each with N, and the percentile rank of the score with its span."""
    names = {dimension.code: dimension.name.get(language) for dimension in result.grid.dimensions}
    sector = result.second
    of_sector = {profile.dimension: profile for profile in sector.scores} if sector else {}
    ranks = {found.dimension: found for found in result.robustness}
    headings = formatting.headings(result, language, "dimension", "own_score", "group_median", "n")
    headings += formatting.headings(result, language, "group_median", "n", beside=sector) if sector else []
    headings += formatting.headings(result, language, "position", "low", "high", "same_side")
    rows: list[list[Cell]] = []
    for top in result.first.scores:
        beside, rank = of_sector.get(top.dimension), ranks.get(top.dimension)
        row: list[Cell] = [names[top.dimension], _whole(top.score), _whole(top.peer_median), top.n]
        row += [_whole(beside.peer_median), beside.n] if beside else []
        figures = (rank.position, rank.low, rank.high, rank.same_side) if rank else (None,) * 4
        rows.append(row + [_whole(figure) for figure in figures])
    return headings, rows


def _progress(result: ClusterBenchmark, language: Language) -> tuple[list[str], list[list[Cell]]]:
    """One row per dimension and earlier benchmark: the scores on the questions of both years, and the own trend."""
    names = {dimension.code: dimension.name.get(language) for dimension in result.grid.dimensions}
    columns = ("since", "dimension", "before", "held", "now", "questions", "trend")
    rows: list[list[Cell]] = [
        [
            earlier.assessed_on.isoformat(),
            names[shift.dimension],
            *map(_whole, (shift.before, shift.before + shift.own_effect, shift.now)),
            shift.n,
            translate(language, f"trend.{shift.trend}"),
        ]
        for earlier in result.past
        for shift in dimension_changes(earlier.changes, result.grid)
    ]
    return formatting.headings(result, language, *columns), rows


def _moves(result: ClusterBenchmark, language: Language) -> tuple[list[str], list[list[Cell]]]:
    """One row per indicator and earlier benchmark: both values, and percentiles then, counterfactual and now."""
    names = {indicator.code: formatting.indicator_name(indicator, language) for indicator in result.grid.indicators}
    columns = ("since", "indicator", "value_before", "value_now", "percentile_before", "percentile_held", "now", "n")
    rows: list[list[Cell]] = [
        [
            earlier.assessed_on.isoformat(),
            names[move.indicator],
            *map(_shown, (move.value_before, move.value_now)),
            *map(_whole, (move.percentile_then, move.percentile_counterfactual, move.percentile_now)),
            move.n,
        ]
        for earlier in result.past
        for move in earlier.changes
    ]
    return formatting.headings(result, language, *columns), rows


def _indicators(
    result: ClusterBenchmark, found: BenchmarkFindings, language: Language
) -> tuple[list[str], list[list[Cell]]]:
    """One row per indicator: value, in both references percentile, tie range, median, quartiles, N, and class."""
    of_sector = {p.indicator: p for p in result.second.positions} if result.second else {}
    blocks = {dimension.code: dimension.name.get(language) for dimension in result.grid.dimensions}
    headings = [
        translate(language, f"column.{column}") for column in ("dimension", "indicator", "value", "unit", "word")
    ]
    figures = ("percentile", "low", "high", "middle", "lower_quartile", "upper_quartile", "n")
    groups = [result.first, result.second] if result.second else [result.first]
    for reference in groups:
        name = group_names.group_name(result, reference, language)
        headings += [f"{translate(language, f'column.{figure}')} ({name})" for figure in figures]
    rows: list[list[Cell]] = []
    for judged in found.comparisons:
        indicator, position = judged.indicator, judged.position
        word = translate(language, f"word.{judged.classification}") if judged.classification else None
        name = formatting.indicator_name(indicator, language)
        row: list[Cell] = [
            blocks[indicator.dimension],
            name,
            _shown(position.value),
            indicator.unit.get(language),
            word,
        ]
        row += _figures(position)
        if indicator.code in of_sector:
            row += _figures(of_sector[indicator.code])
        rows.append(row)
    return headings, rows


def _figures(position: IndicatorPosition) -> list[Cell]:
    percentiles = (position.percentile, position.percentile_low, position.percentile_high)
    values = (position.peer_median, position.peer_lower, position.peer_upper)
    return [*map(_whole, percentiles), *map(_shown, values), position.n]


def _members(result: ClusterBenchmark, reference: Reference, language: Language) -> tuple[list[str], list[list[Cell]]]:
    name = f"{group_names.group_name(result, reference, language)} (N = {reference.n})"
    rows: list[list[Cell]] = [
        [translate(language, f"composed.{part.kind}"), formatting.part_name(part, language), part.n]
        for part in reference.composition
    ]
    return [name, translate(language, "column.members"), translate(language, "column.number")], rows


def _whole(value: float | None) -> int | None:
    """A percentile or a score, rounded as shown."""
    return None if value is None else round(value)


def _shown(value: float | None) -> float | None:
    """A value, rounded as shown; whole numbers without a fraction."""
    return None if value is None else int(shown) if (shown := round_for_display(value)).is_integer() else shown
