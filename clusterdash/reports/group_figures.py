"""The figures of the page on groups as pictures of the size of a slide, SVG and PNG. Pure.

A picture leaves the house: groups that are too small for a note, and what few clusters answered, are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from ..domain import Edition, Language
from ..domain.group_comparison import Finding, PooledMean
from ..i18n import bold_runs, translate
from ..presentation.benchmark import group_closely, group_overview
from ..presentation.benchmark.group_closely import CloseGroup
from ..presentation.benchmark.group_overview import ComparedGroups
from ..presentation.formatting import whole_number
from ..presentation.limit_texts import translate_with_limits
from .brief import Content
from .group_note import found_list, large_groups, to_leave
from .pdf import png, svg

Format = Literal["svg", "png"]
MEDIA_TYPES: dict[Format, str] = {"svg": "image/svg+xml", "png": "image/png"}
"""The formats of the files."""
_DOTS_PER_INCH = 144.0
"""The page is 960 by 540 points: 1920 by 1080 dots."""


class FigureKind(StrEnum):
    """The figures of the page: what to expect of each group, one group closely, all indicators."""

    EXPECTED = "expected"
    CLOSELY = "closely"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ShownGroups:
    """What the page shows: the groups with the one that is looked at closely, and a dimension with its means."""

    close: CloseGroup
    dimension: str
    means: Sequence[PooledMean]
    edition: Edition


def may_be_drawn(kind: FigureKind, close: CloseGroup) -> bool:
    """Whether the groups are large enough for a figure that leaves the house."""
    large = large_groups(close.groups)
    return close.group in large if kind is FigureKind.CLOSELY else bool(large)


def figure(kind: FigureKind, shown: ShownGroups, language: Language, file_format: Format) -> bytes:
    """A figure as a file of the size of a slide. Raises ValueError where the groups are too small."""
    content = figure_content(kind, shown, language)
    if file_format == "svg":
        return svg("group_figure", content, content["description"])
    return png("group_figure", content, _DOTS_PER_INCH)


def figure_file_name(kind: FigureKind, shown: ShownGroups, language: Language, file_format: Format) -> str:
    """The name of the file: figure, kind of group, what of it is shown, scheme, edition, language."""
    groups = shown.close.groups
    about = {FigureKind.EXPECTED: [shown.dimension], FigureKind.CLOSELY: [shown.close.group], FigureKind.ALL: []}
    parts = [translate(language, f"group_figure.file_{kind}"), groups.kind.value, *about[kind]]
    parts += [groups.grid.scheme.code, shown.edition.edition_id, language]
    return f"{'-'.join(parts)}.{file_format}"


def figure_content(kind: FigureKind, shown: ShownGroups, language: Language) -> Content:
    """The content: the finding as title, the figure, its key, and what it rests on."""
    if not may_be_drawn(kind, shown.close):
        raise ValueError(f"groups too small for a figure: {kind}")
    close = to_leave(shown.close)
    drawn = {FigureKind.EXPECTED: _expected, FigureKind.CLOSELY: _closely, FigureKind.ALL: _all}[kind]
    finding, figure, spoken = drawn(replace(shown, close=close), language)
    runs = bold_runs(finding)
    edition, groups = shown.edition, close.groups
    about = [translate(language, f"grouped_by.{groups.kind}"), translate(language, f"group_figure.{kind}")]
    scheme = groups.grid.scheme
    about.append(scheme.name.get(language))
    source = translate(
        language, "group_figure.source", title=edition.title, edition=edition.edition_id, n=edition.clusters
    )
    basis = [source, translate(language, "comparison.rule"), translate_with_limits(language, "group_figure.left_out")]
    warnings = [translate(language, "group_note.invented")] if edition.synthetic else []
    warnings += [translate(language, "benchmark.illustrative")] if scheme.illustrative else []
    return {
        "language": language,
        "kind": kind.value,
        "title": "".join(text for text, _ in runs),
        "kicker": " · ".join(about),
        "finding": runs,
        "basis": [bold_runs(text) for text in (*warnings, *basis)],
        "description": " · ".join(spoken),
        **figure,
    }


def _expected(shown: ShownGroups, language: Language) -> tuple[str, Content, list[str]]:
    """The groups by the mean to be expected in the dimension."""
    groups = shown.close.groups
    large = {c.ranks.group for c in groups.cells if c.ranks.is_dimension and c.ranks.item == shown.dimension}
    means = [one for one in shown.means if one.group in large and one.group in groups.names]
    rows = []
    spoken = []
    for one in sorted(means, key=lambda mean: -mean.pooled):
        name = groups.names[one.group]
        word = group_overview.mean_class(one)
        mark = {"value": one.pooled, "low": one.low, "high": one.high, "raw": one.mean, "word": word}
        value = whole_number(language, one.pooled)
        rows.append({"cells": [name, group_overview.members_and_limit(one, language), value], "mark": mark})
        spoken.append(group_overview.mean_alt(name, one, language))
    key = bold_runs(translate(language, "comparison.expected_key"))
    return group_overview.comparison_sentence(groups, shown.dimension, language), {"rows": rows, "key": key}, spoken


def _closely(shown: ShownGroups, language: Language) -> tuple[str, Content, list[str]]:
    """The strengths and the weaknesses of the group side by side."""
    close = shown.close
    lists = [found_list(close, finding, language) for finding in (Finding.ABOVE, Finding.BELOW)]
    spoken = []
    for part in lists:
        spoken.append(part["title"])
        spoken += [" – ".join(row["cells"]) for row in part["rows"]] or [part["none"]]
        spoken += [part["more"]] if part["more"] else []
    key = bold_runs(translate(language, "comparison.closely_key"))
    return group_closely.group_verdict(close, language), {"lists": lists, "key": key}, spoken


def _all(shown: ShownGroups, language: Language) -> tuple[str, Content, list[str]]:
    """The groups by all indicators: on a slide, which is wider than high, a row for each group."""
    groups = _drawn_only(shown.close.groups)
    parts = group_overview.rug_parts(groups, language)
    items = [row for _, rows in parts for row in rows]
    content = {
        "parts": [(name, [row.name for row in rows]) for name, rows in parts if rows],
        "rows": [
            {"name": groups.names[group], "cells": [(row.cells[i].finding, row.cells[i].text) for row in items]}
            for i, group in enumerate(groups.groups)
        ],
        "key": bold_runs(translate(language, "comparison.rug")),
    }
    spoken = [cell.alt for row in items for cell in row.cells if cell.finding in (Finding.ABOVE, Finding.BELOW)]
    return group_overview.real_differences(groups, language), content, spoken


def _drawn_only(groups: ComparedGroups) -> ComparedGroups:
    """The comparisons of the groups that are drawn, so that the title counts no other."""
    drawn = set(groups.groups)
    return replace(groups, cells=[cell for cell in groups.cells if cell.ranks.group in drawn])
