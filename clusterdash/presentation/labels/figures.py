"""The labels in figures: awards by year, those without a date apart, clusters by country. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...domain import Label, Language
from ...i18n import country_name, format_number, translate
from ...labels.counts import AwardCounts
from ..html import Markup, render, verdict_paragraph
from ..html_charts import StackedBar, bar_columns, bar_rows

FIRST_COUNTRIES = 12
"""How many countries are drawn at once; the others are folded."""

Countries = Sequence[tuple[str, Counter[Label]]]
"""How many clusters of each country hold each label, most clusters first."""


def busiest_year(awards: AwardCounts, language: Language) -> Markup:
    """The year with the most dated awards, as a verdict; "" without any."""
    if not awards.dated:
        return Markup("")
    values = {"n": awards.years[awards.busiest].total(), "year": str(awards.busiest)}
    return verdict_paragraph(translate(language, "figures.busiest", **values))


def award_years(awards: AwardCounts, language: Language) -> Markup:
    """The dated awards of each year as standing bars."""
    bars = [StackedBar(str(year), _parts(counts)) for year, counts in awards.years.items()]
    alt = ", ".join(
        translate(language, "table.labelled", name=bar.name, value=format_number(language, bar.total)) for bar in bars
    )
    return bar_columns(bars, _totals(bars, language), alt)


def undated_awards(awards: AwardCounts, language: Language) -> Markup:
    """The awards without a date: their number, by label, and for how many an end is stated; "" for none."""
    n = awards.undated.total()
    if not n:
        return Markup("")
    rows = [
        (translate(language, f"label.{label}"), format_number(language, awards.undated[label]))
        for label in Label
        if awards.undated[label]
    ]
    return render(
        "presentation/labels/templates/undated.html.jinja",
        title=translate(language, "figures.apart"),
        total=format_number(language, n),
        rows=rows,
        note=translate(language, "figures.apart_note", n=awards.ending, others=n - awards.ending),
    )


def label_key(language: Language) -> Markup:
    """The three labels with their marks, as the key of a chart or map."""
    names = [(label.value, translate(language, f"label.{label}")) for label in Label]
    return render("presentation/labels/templates/key.html.jinja", names=names)


def country_bars(shown: Countries, language: Language, *, of: Countries, by_label: bool = True) -> Markup:
    """Clusters of some countries as lying bars with their totals; the largest country `of` all fills a row."""
    bars = [
        StackedBar(country_name(language, code), _parts(counts) if by_label else [("own", counts.total())])
        for code, counts in shown
    ]
    longest = max((counts.total() for _, counts in of), default=0)
    return bar_rows(bars, _totals(bars, language), longest=longest)


def _parts(counts: Counter[Label]) -> list[tuple[str, int]]:
    return [(label.value, counts[label]) for label in Label]


def _totals(bars: Sequence[StackedBar], language: Language) -> list[str]:
    return [format_number(language, bar.total) if bar.total else "" for bar in bars]
