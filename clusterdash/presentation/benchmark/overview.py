"""The first screen of a benchmark: verdict, tally, radar, and the rows of dimensions, strengths and margins. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from ...benchmark.counterparts import Counterpart
from ...benchmark.rules import BenchmarkFindings, Classification, Comparison, classification_counts, dimension_coverage
from ...domain import ClusterBenchmark, Language, Reference
from ...i18n import format_number, translate
from ..formatting import whole_number, with_unit
from ..html import Markup, render, verdict_paragraph
from ..html_charts import RadarAxis, RadarSeries, SeriesStyle, Strip, radar, strip, tally
from .group_names import group_name
from .narrative import radar_alt, second_reference, verdict_sentence
from .tables import indicator_link

_PERCENTILES = (0, 50, 100)
_SHOWN_FIRST = 3
"""How many recommendations stand on the first page."""


def verdict(found: BenchmarkFindings, result: ClusterBenchmark, reference: Reference, language: Language) -> Markup:
    """The verdict as a paragraph; what is counted above is blue, what is counted below orange."""
    return verdict_paragraph(verdict_sentence(found, result, reference, language), "up", "down")


def tally_chart(found: BenchmarkFindings, language: Language) -> Markup:
    """One cell per compared indicator; empty where none can be compared."""
    counts = classification_counts(found)
    if not counts:
        return Markup("")
    words = {word: translate(language, f"word.{word}") for word in get_args(Classification)}
    return tally(counts, words, ", ".join(f"{counts[word]} {text}" for word, text in words.items()))


def radar_chart(result: ClusterBenchmark, reference: Reference, language: Language) -> Markup:
    """The scores of a cluster with the medians of the 500 best and of one group more; "" for fewer than three axes."""
    names = {dimension.code: dimension.name.get(language) for dimension in result.grid.dimensions}
    scores = result.first.scores
    if len(scores) < 3:
        return Markup("")
    beside = second_reference(result, reference)
    missing = translate(language, "radar.missing")
    axes = [
        RadarAxis(names[s.dimension], whole_number(language, s.score), "" if s.score is not None else missing)
        for s in scores
    ]
    shown: list[tuple[SeriesStyle, Reference | None]] = [("top", result.first), ("peers", beside)]
    series = [
        RadarSeries(style, group_name(result, group, language, short=True), [s.peer_median for s in group.scores])
        for style, group in shown
        if group
    ]
    own = RadarSeries("own", translate(language, "radar.own"), [s.score for s in scores])
    return radar(axes, [*series, own], radar_alt(result, language))


def dimension_rows(result: ClusterBenchmark, reference: Reference, language: Language) -> Markup:
    """A row for each dimension: the own score, and the median of the group beside the 500 best."""
    names = {dimension.code: dimension.name.get(language) for dimension in result.grid.dimensions}
    beside = second_reference(result, reference)
    medians = {score.dimension: score.peer_median for score in beside.scores} if beside else {}
    coverage = {found.dimension: found for found in dimension_coverage(result.first, result.grid)}
    rows = []
    for score in result.first.scores:
        name, figure = names[score.dimension], whole_number(language, score.score)
        peers = medians.get(score.dimension)
        note, drawn = "", Markup("")
        if score.score is None:
            found = coverage[score.dimension]
            note = translate(language, "radar.missing_why", compared=found.compared, n=found.questions)
        else:
            alt = translate(language, "strip.dimension", name=name, score=figure)
            drawn = strip(Strip(score.score, peers=peers, band=False), alt)
        rows.append((name, figure, "", drawn, note))
    return strip_rows(rows)


def comparison_strip(one: Comparison, language: Language) -> Markup:
    """The position of an indicator among the peers."""
    position = one.position
    alt = translate(
        language,
        "strip.indicator",
        name=one.indicator.name.get(language),
        percentile=whole_number(language, position.percentile),
        word=translate(language, f"word.{one.classification}") if one.classification else "–",
    )
    placed = Strip(position.percentile, position.percentile_low, position.percentile_high, one.classification)
    return strip(placed, alt)


def comparison_rows(listed: Sequence[Comparison], language: Language) -> Markup:
    """A row for each indicator: the own value and the median, and the position among the peers."""
    rows = []
    for one in listed:
        position, indicator = one.position, one.indicator
        median = format_number(language, position.peer_median) if position.peer_median is not None else ""
        rows.append(
            (
                indicator_link(indicator, language),
                with_unit(language, position.value, indicator),
                translate(language, "strip.median", median=median) if median else "",
                comparison_strip(one, language),
                "",
            )
        )
    return strip_rows(rows)


def first_actions(found: BenchmarkFindings, result: ClusterBenchmark, language: Language) -> Markup:
    """A card for each of the most urgent recommendations: effort, indicator, what to do."""
    names = {indicator.code: indicator.name.get(language) for indicator in result.grid.indicators}
    cards = [
        (translate(language, f"effort.{advice.effort}"), names[advice.indicator], advice.action.get(language))
        for advice in found.recommendations[:_SHOWN_FIRST]
    ]
    return render("presentation/benchmark/templates/cards.html.jinja", cards=cards)


def counterparts_verdict(near: Sequence[Counterpart], language: Language) -> Markup:
    """How many labelled clusters there are to ask."""
    return verdict_paragraph(translate(language, "counterparts.verdict", n=len(near)), "up")


def plan_verdict(proposed: int, chosen: int, language: Language) -> Markup:
    """How many actions are proposed, and how many of them are chosen."""
    return verdict_paragraph(translate(language, "plan.verdict", n=proposed, chosen=chosen), "", "up")


def strip_rows(rows: Sequence[tuple[str, str, str, Markup, str]]) -> Markup:
    """Rows of name, figure, small text beside it, strip, and a note in the place of the strip; "" for none."""
    if not rows:
        return Markup("")
    template = "presentation/benchmark/templates/rows.html.jinja"
    return render(template, scale=_PERCENTILES, rows=rows)
