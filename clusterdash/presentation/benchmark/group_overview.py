"""Groups of clusters against all others: what is real, in a sentence, a rug, and rows; for staff. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from ...benchmark.rules import Classification
from ...domain import Grid, Indicator, Language
from ...domain.group_comparison import CellComparison, Finding, GroupingKind, GroupRanks, PooledMean
from ...i18n import translate
from ..formatting import whole_number, with_unit
from ..html import Markup, verdict_paragraph
from ..html_charts import Strip, strip
from ..html_charts.rug import RugCell, RugRow, rug
from .overview import strip_rows
from .tables import table

MARKS = {Finding.ABOVE: "▲", Finding.BELOW: "▼", Finding.UNCLEAR: "", Finding.FEW: ""}
"""The sign before a figure whose difference is real."""
_CLASSES: Mapping[Finding, Classification] = {
    Finding.ABOVE: "above",
    Finding.BELOW: "below",
    Finding.UNCLEAR: "unsure",
    Finding.FEW: "unsure",
}
_MOST_COLUMNS = 24
"""The most groups that are drawn side by side, the largest ones; the file has all."""


@dataclass(frozen=True, slots=True)
class ComparedGroups:
    """All that a page on groups shows: the comparisons of a scheme, the names of groups by key, and the scheme."""

    kind: GroupingKind
    cells: Sequence[CellComparison]
    names: Mapping[str, str]
    grid: Grid

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups in the order of their names' list; the first and those of most members, where there are many."""
        members = self.members
        known = [group for group in self.names if group in members]
        largest = sorted(known, key=lambda group: -members[group])[: _MOST_COLUMNS - 1]
        return tuple(group for group in known if group in {*known[:1], *largest})

    @property
    def members(self) -> Mapping[str, int]:
        """How many clusters of each group have an answer at all: the most in any cell."""
        found: dict[str, int] = {}
        for cell in self.cells:
            found[cell.ranks.group] = max(found.get(cell.ranks.group, 0), cell.ranks.n)
        return found


def real_differences(groups: ComparedGroups, language: Language) -> str:
    """How many of the differences that were tested are real; Markdown."""
    counts = Counter(cell.finding for cell in groups.cells)
    tested = len(groups.cells) - counts[Finding.FEW]
    real = counts[Finding.ABOVE] + counts[Finding.BELOW]
    return translate(language, "comparison.title", n=real, tested=tested)


def comparison_verdict(groups: ComparedGroups, dimension: str, language: Language) -> Markup:
    """Which groups are surely above and below all others in a dimension, in the type of verdicts."""
    below, above = (_found(groups, dimension, finding) for finding in (Finding.BELOW, Finding.ABOVE))
    sentence = comparison_sentence(groups, dimension, language)
    return verdict_paragraph(sentence, "", *["below"] * bool(below), *["above"] * bool(above))


def comparison_sentence(groups: ComparedGroups, dimension: str, language: Language) -> str:
    """Which groups are surely above and below all others in a dimension, or that nothing can be told; Markdown."""
    below, above = (_found(groups, dimension, finding) for finding in (Finding.BELOW, Finding.ABOVE))
    name = next(one.name.get(language) for one in groups.grid.dimensions if one.code == dimension)
    parts = [translate(language, "comparison.below", names=", ".join(below))] if below else []
    parts += [translate(language, "comparison.above", names=", ".join(above))] if above else []
    told = "; ".join(parts) or translate(language, "comparison.nothing")
    return translate(language, "comparison.dimension", dimension=name, told=told)


def _found(groups: ComparedGroups, dimension: str, finding: Finding) -> list[str]:
    """The names of the groups with a finding in a dimension, those furthest from no difference first."""
    cells = [
        cell
        for cell in groups.cells
        if cell.ranks.is_dimension and cell.ranks.item == dimension and cell.finding is finding
    ]
    cells.sort(key=lambda cell: cell.superiority or 0, reverse=finding is Finding.ABOVE)
    return [groups.names[cell.ranks.group] for cell in cells]


def comparison_rug(groups: ComparedGroups, language: Language) -> Markup:
    """All indicators by all groups: superiority where a difference is real, grey where it is not."""
    headings = [groups.names[group] for group in groups.groups]
    corner = translate(language, "column.indicator")
    return rug(translate(language, "comparison.rug"), corner, headings, rug_parts(groups, language))


def rug_parts(groups: ComparedGroups, language: Language) -> list[tuple[str, list[RugRow]]]:
    """The rows of the rug by dimension: its score, then its indicators, with a cell for each group."""
    found = {(cell.ranks.group, cell.ranks.item, cell.ranks.is_dimension): cell for cell in groups.cells}
    shown = groups.groups
    items = {cell.ranks.item for cell in groups.cells if not cell.ranks.is_dimension}
    parts = []
    for dimension in groups.grid.dimensions:
        rows = [
            _row(translate(language, "comparison.score"), dimension.code, True, shown, found, groups, language),
            *(
                _row(f"{one.code} {one.name.get(language)}", one.code, False, shown, found, groups, language)
                for one in groups.grid.indicators
                if one.dimension == dimension.code and one.code in items
            ),
        ]
        parts.append((dimension.name.get(language), rows))
    return parts


def _row(
    name: str,
    item: str,
    is_dimension: bool,
    shown: Sequence[str],
    found: Mapping[tuple[str, str, bool], CellComparison],
    groups: ComparedGroups,
    language: Language,
) -> RugRow:
    return RugRow(name, [_cell(found.get((group, item, is_dimension)), name, groups, language) for group in shown])


def _cell(cell: CellComparison | None, item: str, groups: ComparedGroups, language: Language) -> RugCell:
    if cell is None or cell.superiority is None:
        return RugCell("few", "–")
    figure = whole_number(language, cell.superiority)
    told = translate(
        language,
        "comparison.cell",
        group=groups.names[cell.ranks.group],
        item=item,
        value=figure,
        finding=translate(language, f"finding.{cell.finding}"),
        n=cell.ranks.n,
    )
    address = f"comparison?{urlencode({'by': groups.kind, 'group': cell.ranks.group, 'lang': language})}"
    return RugCell(cell.finding.value, f"{MARKS[cell.finding]}{figure}", address, told)


def group_differences(groups: ComparedGroups, group: str, language: Language) -> Markup:
    """One group in the indicators in which it really differs, the strongest first: superiority, members, strip."""
    names = {one.code: f"{one.code} {one.name.get(language)}" for one in groups.grid.indicators}
    real = [
        cell
        for cell in groups.cells
        if cell.ranks.group == group
        and not cell.ranks.is_dimension
        and cell.finding in (Finding.ABOVE, Finding.BELOW)
        and cell.superiority is not None
    ]
    real.sort(key=lambda cell: -(cell.superiority or 0))
    rows = []
    for cell in real:
        figure = whole_number(language, cell.superiority)
        alt = translate(
            language,
            "comparison.cell",
            group=groups.names[group],
            item=names[cell.ranks.item],
            value=figure,
            finding=translate(language, f"finding.{cell.finding}"),
            n=cell.ranks.n,
        )
        drawn = strip(Strip(cell.superiority, classification=_CLASSES[cell.finding], band=False), alt)
        members = translate(language, "sectors.members", n=cell.ranks.n)
        rows.append((names[cell.ranks.item], f"{MARKS[cell.finding]} {figure}", members, drawn, ""))
    return strip_rows(rows)


def answer_table(groups: ComparedGroups, group: str, language: Language) -> str:
    """The answers of one group in all indicators: quartiles as they were given, superiority, and what follows."""
    found = {c.ranks.item: c for c in groups.cells if c.ranks.group == group and not c.ranks.is_dimension}
    parts = []
    for dimension in groups.grid.dimensions:
        rows = [
            [
                f"{one.code} {one.name.get(language)}",
                _quartiles(found[one.code].ranks, one, language),
                whole_number(language, found[one.code].superiority),
                translate(language, f"finding.{found[one.code].finding}"),
                whole_number(language, found[one.code].ranks.n),
            ]
            for one in groups.grid.indicators
            if one.dimension == dimension.code and one.code in found
        ]
        if rows:
            parts.append((dimension.name.get(language), rows))
    names = ("indicator", "quartiles", "superiority", "finding", "number")
    headings = [translate(language, f"column.{name}") for name in names]
    return table(translate(language, "comparison.answers", group=groups.names[group]), headings, parts)


def _quartiles(ranks: GroupRanks, indicator: Indicator, language: Language) -> str:
    """Median and quartiles as they were answered: where less is better, the ranks were turned."""
    sign = -1 if indicator.direction == "lower" else 1
    low, high = sorted(sign * value for value in (ranks.lower_quartile, ranks.upper_quartile))
    low_text, middle, high_text = (with_unit(language, value, indicator) for value in (low, sign * ranks.median, high))
    return translate(language, "comparison.quartiles", low=low_text, middle=middle, high=high_text)


def caterpillar(groups: ComparedGroups, pooled: Sequence[PooledMean], language: Language) -> Markup:
    """The groups by what is to be expected of their mean score: pooled mean with interval, raw mean, members."""
    rows = []
    for one in sorted(pooled, key=lambda mean: -mean.pooled):
        if one.group not in groups.names:
            continue
        name, figure = groups.names[one.group], whole_number(language, one.pooled)
        position = Strip(one.pooled, one.low, one.high, mean_class(one), one.mean, band=False)
        drawn = strip(position, mean_alt(name, one, language))
        rows.append((name, figure, members_and_limit(one, language), drawn, ""))
    return strip_rows(rows)


def mean_alt(name: str, one: PooledMean, language: Language) -> str:
    """The mean to be expected of a group of a name, its interval and the raw mean, in words."""
    value, low, high, raw = (whole_number(language, figure) for figure in (one.pooled, one.low, one.high, one.mean))
    return translate(language, "comparison.pooled", name=name, value=value, low=low, high=high, raw=raw)


def mean_class(one: PooledMean) -> Classification:
    """Above or below where the interval of the mean to be expected leaves out the overall mean."""
    if one.low <= one.overall <= one.high:
        return "level"
    return "above" if one.pooled > one.overall else "below"


def limit_word(one: PooledMean) -> str:
    """Which limit of the funnel the raw mean is beyond: "within", "beyond_95" or "beyond_998"."""
    apart = abs(one.mean - one.overall)
    return "beyond_998" if apart > one.limit_998 else "beyond_95" if apart > one.limit_95 else "within"


def members_and_limit(one: PooledMean, language: Language) -> str:
    """How many clusters a group has, and which limit its raw mean is beyond."""
    members = translate(language, "sectors.members", n=one.n)
    return f"{members} · {translate(language, f'funnel.{limit_word(one)}')}"
