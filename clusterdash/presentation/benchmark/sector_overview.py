"""Sectors side by side: what separates them most, the table of their medians, and rows for one dimension. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from ...domain import Language, Sector, SectorScores
from ...i18n import format_number, translate
from ..formatting import whole_number
from ..html import Markup, link, verdict_paragraph
from ..html_charts import Extreme, HeatCell, HeatRow, Strip, heat_table, strip
from .overview import strip_rows
from .tables import table

FEW_MEMBERS = 20
"""Members of a sector below which its cell is hatched: the median of so few moves with each of them."""


def sectors_verdict(profiles: Sequence[SectorScores], dimensions: Mapping[str, str], language: Language) -> Markup:
    """Which dimension separates the sectors most, and which least, by the range of their medians.

    Sectors of few members are left out; empty unless two dimensions have two medians each, and differ in their range.
    Of ranges of the same width, that of the first dimension is named.
    """
    medians = {name: _certain_medians(profiles, dimension) for dimension, name in dimensions.items()}
    ranges = {name: (min(found), max(found)) for name, found in medians.items() if len(found) > 1}
    if len(ranges) < 2:
        return Markup("")
    widths = {name: high - low for name, (low, high) in ranges.items()}
    most, least = max(ranges, key=widths.__getitem__), min(ranges, key=widths.__getitem__)
    if most == least:  # all ranges have the same width
        return Markup("")
    low_least, high_least = (whole_number(language, end) for end in ranges[least])
    low_most, high_most = (whole_number(language, end) for end in ranges[most])
    figures = {"low_least": low_least, "high_least": high_least, "low_most": low_most, "high_most": high_most}
    return verdict_paragraph(translate(language, "sectors.verdict", most=most, least=least, **figures))


def sector_heat_table(
    profiles: Sequence[SectorScores],
    sectors: Mapping[str, Sector],
    dimensions: Mapping[str, str],
    sorted_by: str,
    language: Language,
) -> Markup:
    """The median of each sector in each dimension, shaded; the highest and lowest of a dimension are marked.

    `sorted_by`: the dimension by whose medians the sectors stand, the highest first.
    """
    found = {(profile.sector, profile.dimension): profile for profile in profiles}
    medians = {dimension: _certain_medians(profiles, dimension) for dimension in dimensions}

    def cell(code: str, dimension: str) -> HeatCell:
        profile = found.get((code, dimension))
        median = profile.median if profile else None
        known = medians[dimension]
        few = profile is not None and profile.n < FEW_MEMBERS
        extreme: Extreme = ""
        if not few and len(set(known)) > 1:
            extreme = "highest" if median == max(known) else "lowest" if median == min(known) else ""
        return HeatCell(median, whole_number(language, median), few, extreme)

    rows = [
        HeatRow(
            _to_comparison(sectors[code].name.get(language), "group", code, language),
            "",
            [cell(code, d) for d in dimensions],
        )
        for code in _by_median(profiles, sectors, sorted_by)
    ]
    caption = translate(language, "heat.caption", few=FEW_MEMBERS)
    named = [_to_comparison(name, "dimension", code, language) for code, name in dimensions.items()]
    headings = [translate(language, "column.sector"), *named]
    return heat_table(caption, headings, rows, sorted_by=1 + list(dimensions).index(sorted_by))


def _to_comparison(name: str, parameter: str, value: str, language: Language) -> Markup:
    """A name that leads to what is real of a sector, or of all of them in a dimension."""
    return link(f"comparison?{urlencode({'by': 'sector', parameter: value, 'lang': language})}", name, target="_self")


def sector_rows(
    profiles: Sequence[SectorScores], sectors: Mapping[str, Sector], dimension: str, language: Language
) -> Markup:
    """A row for each sector in one dimension: the median, and the middle half of its members; the highest first."""
    found = {profile.sector: profile for profile in profiles if profile.dimension == dimension}
    rows = []
    for code in _by_median(list(found.values()), sectors, dimension):
        profile, name = found[code], sectors[code].name.get(language)
        median = whole_number(language, profile.median)
        drawn = Strip(profile.median, profile.lower_quartile, profile.upper_quartile, band=False)
        alt = translate(language, "sectors.strip_alt", name=name, quartiles=_quartiles(language, profile))
        members = translate(language, "sectors.members", n=profile.n)
        rows.append((name, median, members, strip(drawn, alt, translate(language, "sectors.withheld")), ""))
    return strip_rows(rows)


def sector_table(
    profiles: Sequence[SectorScores], sectors: Mapping[str, Sector], dimensions: Mapping[str, str], language: Language
) -> str:
    """Sectors by dimension: median, quartiles and N in each cell."""
    found = {(profile.sector, profile.dimension): profile for profile in profiles}
    rows = [
        [sector.name.get(language), *(_quartiles(language, found.get((code, dimension))) for dimension in dimensions)]
        for code, sector in sectors.items()
        if any((code, dimension) in found for dimension in dimensions)
    ]
    return table(
        translate(language, "table.sectors"), [translate(language, "column.sector"), *dimensions.values()], [("", rows)]
    )


def _certain_medians(profiles: Sequence[SectorScores], dimension: str) -> list[float]:
    """The medians of the sectors in a dimension that are shown and do not rest on few members."""
    return [p.median for p in profiles if p.dimension == dimension and p.median is not None and p.n >= FEW_MEMBERS]


def _by_median(profiles: Sequence[SectorScores], sectors: Mapping[str, Sector], dimension: str) -> list[str]:
    """The codes of all sectors with a profile: by their median in a dimension, those without one at the end."""
    medians = {p.sector: p.median for p in profiles if p.dimension == dimension and p.median is not None}
    shown = {profile.sector for profile in profiles}
    return sorted((code for code in sectors if code in shown), key=lambda code: -medians.get(code, -1))


def _quartiles(language: Language, profile: SectorScores | None) -> str:
    if profile is None:
        return "–"
    if profile.median is None:
        return translate(language, "table.withheld", n=profile.n)
    figures = {"median": format_number(language, profile.median, 0), "n": profile.n}
    if profile.lower_quartile is None or profile.upper_quartile is None:
        return translate(language, "table.median_only", **figures)
    low, high = format_number(language, profile.lower_quartile, 0), format_number(language, profile.upper_quartile, 0)
    return translate(language, "table.quartiles", low=low, high=high, **figures)
