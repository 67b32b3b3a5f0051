"""How well two experts agree before they talk: over all evaluations, never by person. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ...cases.agreement_statistics import MINIMUM_CASES, MINIMUM_PAIRS, Agreement, Estimate, Pairs, agreement
from ...cases.expert_agreement import JudgedAlone, pairs_of
from ...domain import Grid, Language
from ...i18n import format_number, translate
from ..benchmark.tables import table

_COLUMNS = ("part", "pairs", "evaluations", "same", "difference", "kappa")


def finding(judged: Sequence[JudgedAlone], grid: Grid, language: Language) -> str:
    """How often both gave the same points, and kappa; how much is needed where there is too little. Markdown."""
    pairs = _all_pairs(judged, grid)
    found = agreement(pairs)
    if found is None:
        counts = {"n": sum(map(len, pairs)), "evaluations": len(pairs)}
        return translate(language, "experts.too_few", **counts, pairs=MINIMUM_PAIRS, least=MINIMUM_CASES)
    same = translate(language, "table.percent", value=format_number(language, found.same.value, 0))
    kappa = translate(language, "experts.no_kappa") if found.kappa is None else _with_interval(found.kappa, language)
    values = {"same": same, "n": found.pairs, "evaluations": found.cases, "kappa": kappa}
    return translate(language, "experts.finding", **values)


def agreement_table(judged: Sequence[JudgedAlone], grid: Grid, language: Language) -> str:
    """All indicators and each dimension: pairs, evaluations, same points, mean difference, kappa; "" without figures.

    A part with too few pairs has their number alone.
    """
    pairs = _all_pairs(judged, grid)
    overall = agreement(pairs)
    if overall is None:
        return ""
    parts = [
        (
            dimension.name.get(language),
            pairs_of(judged, {i.code for i in grid.indicators if i.dimension == dimension.code}),
        )
        for dimension in grid.dimensions
    ]
    headings = [translate(language, f"experts.{name}") for name in _COLUMNS]
    groups = [
        ("", [_row(translate(language, "experts.all"), pairs, overall, language)]),
        (
            translate(language, "experts.by_dimension"),
            [_row(name, of_it, agreement(of_it), language) for name, of_it in parts],
        ),
    ]
    caption = translate(language, "experts.caption", pairs=MINIMUM_PAIRS, least=MINIMUM_CASES)
    return table(caption, headings, groups)


def _all_pairs(judged: Sequence[JudgedAlone], grid: Grid) -> list[Pairs]:
    return pairs_of(judged, {indicator.code for indicator in grid.indicators})


def _row(name: str, pairs: Sequence[Pairs], found: Agreement | None, language: Language) -> list[str]:
    counts = [format_number(language, sum(map(len, pairs)), 0), format_number(language, len(pairs), 0)]
    return [name, *counts, *_figures(found, language)]


def _figures(found: Agreement | None, language: Language) -> list[str]:
    if found is None:
        return ["–", "–", "–"]
    kappa = "–" if found.kappa is None else _with_interval(found.kappa, language)
    return [_with_interval(found.same, language, 0), _with_interval(found.mean_difference, language), kappa]


def _with_interval(estimate: Estimate, language: Language, decimals: int = 2) -> str:
    """A figure with its interval in brackets, if there is one, to so many decimals, however small it is."""
    figures = [estimate.value, *(end for end in (estimate.low, estimate.high) if end is not None)]
    value, *ends = (format_number(language, round(figure, decimals), decimals) for figure in figures)
    return translate(language, "experts.interval", value=value, low=ends[0], high=ends[1]) if ends else value
