"""A result before it is accepted, as sentences and tables; what is to be looked at leads to its question. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from ...cases.review import Finding, Result
from ...domain import Grid, Language
from ...i18n import format_value, translate
from ...ingest.plausibility import FAR_ABOVE
from ..benchmark.tables import table
from ..html import link
from .sheets import result_words


def lead(result: Result, found: Sequence[Finding], language: Language) -> str:
    """How much is to be looked at, and how far the result is discussed; Markdown."""
    replied, unanswered = result.observations
    sentences = [translate(language, "review.count", n=len(found))]
    if replied or unanswered:
        sentences.append(translate(language, "review.observed", n=replied + unanswered, unanswered=unanswered))
    if result.gaps:
        answered, asked = result.gaps
        sentences.append(translate(language, "review.gaps", n=answered, asked=asked))
    return " ".join(sentences)


def finding_table(found: Sequence[Finding], grid: Grid, caption: str, language: Language) -> Markup:
    """What is to be looked at: the indicator, a link to it in the result; the reasons; the value last time and now."""
    names = {indicator.code: indicator.name.get(language) for indicator in grid.indicators}
    headings = [translate(language, f"review.{name}") for name in ("indicator", "why", "before", "now")]
    reasons: dict[str, list[Finding]] = {}
    for one in found:
        reasons.setdefault(one.indicator, []).append(one)
    rows = []
    for code, of_it in reasons.items():
        values = ["–" if value is None else format_value(language, value) for value in (of_it[0].before, of_it[0].now)]
        jump = link(f"#{_anchor(code)}", f"{code} {names[code]}")
        rows.append([jump, " · ".join(_reason(one, language) for one in of_it), *values])
    return table(caption, headings, [("", rows)], prose=True)


def result_table(result: Result, grid: Grid, language: Language) -> Markup:
    """A result as it was handed in, by dimension: indicator, value, note, the cluster's observation, the reply."""
    columns = ("indicator", "value", "note", "observation", "reply")
    headings = [translate(language, f"review.{name}") for name in columns]
    dimensions = {dimension.code: dimension.name.get(language) for dimension in grid.dimensions}
    groups: dict[str, list[list[str]]] = {}
    for indicator in result.asked:
        code = indicator.code
        named = Markup('<span class="jump" id="{}">{} {}</span>').format(
            _anchor(code), code, indicator.name.get(language)
        )
        value = result_words(indicator, result.text(code), language)
        cells = [value, result.note(code), result.observation(code), result.reply(code)]
        groups.setdefault(dimensions.get(indicator.dimension, ""), []).append([named, *(one or "–" for one in cells)])
    return table(translate(language, "review.all"), headings, groups.items(), prose=True)


def _anchor(question: str) -> str:
    return f"question-{question}"


def _reason(found: Finding, language: Language) -> str:
    median = "" if found.median is None else format_value(language, found.median)
    return translate(language, f"review_finding.{found.kind}", times=FAR_ABOVE, median=median)
