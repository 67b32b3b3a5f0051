"""The annex of a benchmark: each indicator on half a page, with its distribution as far as it may be shown. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ..benchmark.rules import Comparison, findings
from ..domain import ClusterBenchmark, Indicator, IndicatorPosition, Language, Reference
from ..i18n import bold_runs, format_number, translate
from ..presentation import formatting
from ..presentation.benchmark import group_names, narrative
from ..presentation.limit_texts import translate_with_limits
from .brief import Content, document_header
from .pdf import pdf


def annex(result: ClusterBenchmark, language: Language) -> bytes:
    """The annex as PDF, A4; the same edition always gives the same file."""
    return pdf("annex", annex_content(result, language), result.edition.created_at)


def annex_content(result: ClusterBenchmark, language: Language) -> Content:
    """The content of the annex: for each indicator meaning, own answer, position in both references, distribution."""
    groups = [
        (group_names.group_name(result, reference, language), reference, findings(reference, result.grid).comparisons)
        for reference in (result.first, result.second)
        if reference
    ]
    blocks = [
        {
            "title": dimension.name.get(language),
            "indicators": [
                _indicator(result, indicator, groups, language)
                for indicator in result.grid.indicators
                if indicator.dimension == dimension.code
            ],
        }
        for dimension in result.grid.dimensions
    ]
    key = translate_with_limits(language, "paper.annex_key")
    return document_header(result, language, "paper.annex") | {
        "key": bold_runs(f"{key} {narrative.positions_key(language)}"),
        "blocks": [block for block in blocks if block["indicators"]],
    }


def _indicator(
    result: ClusterBenchmark,
    indicator: Indicator,
    groups: Sequence[tuple[str, Reference, Sequence[Comparison]]],
    language: Language,
) -> Content:
    definition = next((d for d in result.grid.definitions if d.indicator == indicator.code), None)
    value = next((p.value for p in result.first.positions if p.indicator == indicator.code), None)
    value = dict(result.context).get(indicator.code, value)
    meant = [("measures", definition.measures), ("matters", definition.matters)] if definition else []
    advice = [found for found in result.grid.recommendations if found.indicator == indicator.code]
    good = next((found.good_practice for found in reversed(advice) if found.limit is None), None)
    if good:
        meant.append(("good", good))
    return {
        "name": formatting.indicator_name(indicator, language),
        "meaning": [(translate(language, f"column.{key}"), text.get(language)) for key, text in meant],
        "value": formatting.with_unit(language, value, indicator),
        "value_name": translate(language, "column.value"),
        "groups": [
            _against(name, reference, judgement, language)
            for name, reference, judgements in groups
            for judgement in judgements
            if judgement.indicator.code == indicator.code
        ],
        "context": translate(language, "direction.none") if indicator.direction == "none" else "",
    }


def _against(name: str, reference: Reference, judged: Comparison, language: Language) -> Content:
    """One indicator against one reference: position in words and figures, and the publishable distribution."""
    position, indicator = judged.position, judged.indicator
    percentile, median = formatting.position_cells(language, position, indicator)
    return {
        "name": name,
        "word": judged.classification,
        "told": translate(language, f"word.{judged.classification}") if judged.classification else "",
        "figures": [
            (translate(language, "column.percentile"), percentile),
            (translate(language, "column.median"), median),
        ],
        "shares": _shares(reference, position, indicator, language),
        "middle": _middle(position, indicator, language),
    }


def _shares(
    reference: Reference, position: IndicatorPosition, indicator: Indicator, language: Language
) -> list[Content]:
    """The shares of the group by level, neighbouring levels merged as in the edition; empty where suppressed."""
    lowest, span = indicator.minimum or 0, max(1, (indicator.maximum or 1) - (indicator.minimum or 0))
    return [
        {
            "share": practice.share,
            "tone": ((practice.low + practice.high) / 2 - lowest) / span,
            "label": narrative.level_range(practice),
            "told": translate(
                language,
                "practices.share",
                levels=narrative.level_range(practice),
                share=format_number(language, practice.share, 0),
            ),
            "own": position.value is not None and practice.low <= position.value <= practice.high,
        }
        for practice in reference.level_shares
        if practice.indicator == indicator.code
    ]


def _middle(position: IndicatorPosition, indicator: Indicator, language: Language) -> Content | None:
    """Quartiles, median and own answer on a scale from 0 to 1, where there are no levels; None where nothing is known.

    The scale ends at the maximum of an answer, or a quarter beyond the largest figure shown: never at a peer's value.
    """
    shown = (position.peer_lower, position.peer_median, position.peer_upper, position.value)
    known = [value for value in shown if value is not None]
    if indicator.kind == "level" or position.peer_median is None:
        return None
    end = indicator.maximum if indicator.kind == "share" and indicator.maximum else 1.25 * max(*known, 1)
    low, median, high, value = (None if figure is None else min(1.0, max(0.0, figure / end)) for figure in shown)
    ends = [formatting.with_unit(language, figure, indicator) for figure in (0, end)]
    return {"lower": low, "median": median, "upper": high, "value": value, "ends": ends}
