"""How groups of clusters changed since the benchmark before: a sentence, a rug, a table by year; for staff. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from ...domain import Grid, Indicator, Language
from ...domain.group_comparison import Finding, GroupChange, GroupingKind, YearMedian
from ...i18n import format_number, translate
from ..formatting import whole_number, with_unit
from ..html import Markup, verdict_paragraph
from ..html_charts.rug import RugCell, RugRow, rug
from .group_overview import MARKS
from .tables import table


@dataclass(frozen=True, slots=True)
class ChangedGroups:
    """All that a page on changes shows: the changes, the names of groups by key in their order, and the scheme."""

    kind: GroupingKind
    changes: Sequence[GroupChange]
    names: Mapping[str, str]
    grid: Grid


def real_changes(groups: ChangedGroups, language: Language) -> str:
    """How many of the changes that were tested are real; Markdown."""
    counts = Counter(change.finding for change in groups.changes)
    tested = len(groups.changes) - counts[Finding.FEW]
    return translate(language, "trends.title", n=counts[Finding.ABOVE] + counts[Finding.BELOW], tested=tested)


def strongest_changes(groups: ChangedGroups, language: Language) -> Markup:
    """The group and indicator that improved most, and the one that declined most, of those that really did."""
    real = [c for c in groups.changes if c.finding in (Finding.ABOVE, Finding.BELOW) and c.group in groups.names]
    if not real:
        return verdict_paragraph(translate(language, "trends.nothing"))
    names = {one.code: one.name.get(language) for one in groups.grid.indicators}
    parts = []
    for finding, key in ((Finding.ABOVE, "trends.improved"), (Finding.BELOW, "trends.declined")):
        found = [change for change in real if change.finding is finding]
        if found:
            most = max(found, key=lambda change: abs(change.balance))
            told = {"group": groups.names[most.group], "item": names[most.item]}
            figures = {"better": most.better, "worse": most.worse, "n": most.n}
            parts.append(translate(language, key, **told, **figures))
    return verdict_paragraph(" ".join(parts))


def change_rug(groups: ChangedGroups, language: Language) -> Markup:
    """All indicators by all groups: how many more clusters improved than declined, in per cent."""
    found = {(change.group, change.item): change for change in groups.changes}
    shown = [group for group in groups.names if any(change.group == group for change in groups.changes)]
    parts = []
    for dimension in groups.grid.dimensions:
        rows = [
            RugRow(
                f"{one.code} {one.name.get(language)}",
                [_cell(found.get((group, one.code)), one, groups, language) for group in shown],
            )
            for one in groups.grid.indicators
            if one.dimension == dimension.code and any((group, one.code) in found for group in shown)
        ]
        if rows:
            parts.append((dimension.name.get(language), rows))
    headings = [groups.names[group] for group in shown]
    return rug(translate(language, "trends.rug"), translate(language, "column.indicator"), headings, parts)


def _cell(change: GroupChange | None, indicator: Indicator, groups: ChangedGroups, language: Language) -> RugCell:
    if change is None:
        return RugCell("few", "–")
    figure = whole_number(language, change.balance)
    told = translate(
        language,
        "trends.cell",
        group=groups.names[change.group],
        item=indicator.name.get(language),
        better=change.better,
        worse=change.worse,
        n=change.n,
        finding=translate(language, f"trend_finding.{change.finding}"),
    )
    address = f"trends?{urlencode({'by': groups.kind, 'group': change.group, 'lang': language})}"
    return RugCell(change.finding.value, f"{MARKS[change.finding]}{figure}", address, told)


def year_table(groups: ChangedGroups, group: str, medians: Sequence[YearMedian], language: Language) -> str:
    """One group by year: the median of all clusters benchmarked in it; and of the same clusters, before and now."""
    years = sorted({one.year for one in medians})
    by_year = {(one.item, one.year): one for one in medians}
    same = {change.item: change for change in groups.changes if change.group == group}
    rows = []
    for indicator in groups.grid.indicators:
        if indicator.code not in same:
            continue
        change = same[indicator.code]
        pair = (with_unit(language, value, indicator) for value in (change.median_before, change.median_after))
        cells = [_year(by_year.get((indicator.code, year)), indicator, language) for year in years]
        named = f"{indicator.code} {indicator.name.get(language)}"
        told = translate(language, "trends.pair", n=change.n, values=" → ".join(pair))
        rows.append([named, *cells, told, translate(language, f"trend_finding.{change.finding}")])
    headings = [
        translate(language, "column.indicator"),
        *map(str, years),
        translate(language, "trends.same"),
        translate(language, "column.finding"),
    ]
    return table(translate(language, "trends.by_year", group=groups.names[group]), headings, [("", rows)])


def _year(found: YearMedian | None, indicator: Indicator, language: Language) -> str:
    if found is None:
        return "–"
    median = with_unit(language, found.median, indicator)
    return translate(language, "trends.median", value=median, n=format_number(language, found.n))
