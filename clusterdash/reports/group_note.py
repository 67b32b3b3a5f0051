"""The note on a group of clusters: at most two pages with the sentences and figures of the page on groups. Pure.

A note leaves the house: there is none on a small group, and what few clusters answered is left out (`to_leave`).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

from ..domain import Edition, Language
from ..domain.group_comparison import Finding
from ..i18n import bold_runs, format_date, format_number, translate
from ..presentation.benchmark import group_closely
from ..presentation.benchmark.group_closely import CloseGroup
from ..presentation.benchmark.group_overview import ComparedGroups
from ..presentation.limit_texts import translate_with_limits
from .brief import Content
from .bulk import OnProgress, write_zip
from .comparison_file import may_leave
from .pdf import pdf

_MOST_ROWS = 12
"""Strengths or weaknesses that are listed, the strongest first: more would not stand on two pages."""
_MEAN_COLUMNS = ("expected", "interval", "raw", "overall")


def large_groups(groups: ComparedGroups) -> list[str]:
    """The groups on which there may be a note: they, and all others, have clusters enough."""
    large = {cell.ranks.group for cell in groups.cells if may_leave(cell)}
    return [group for group in groups.names if group in large]


def to_leave(close: CloseGroup) -> CloseGroup:
    """The group without what few clusters answered."""
    cells = [cell for cell in close.groups.cells if may_leave(cell)]
    return replace(close, groups=replace(close.groups, cells=cells))


def note_file_name(close: CloseGroup, edition: Edition, language: Language) -> str:
    """The name of the file: kind of group, group, scheme, edition, language."""
    stem = translate(language, "group_note.file")
    scheme = close.groups.grid.scheme.code
    return f"{stem}-{close.groups.kind}-{close.group}-{scheme}-{edition.edition_id}-{language}.pdf"


def group_note(close: CloseGroup, edition: Edition, language: Language) -> bytes:
    """The note as PDF, A4; the same edition always gives the same file. Raises ValueError for a group too small."""
    return pdf("group_note", note_content(close, edition, language), edition.created_at)


def note_archive(
    groups: ComparedGroups, closely: Callable[[str], CloseGroup], edition: Edition, language: Language, tell: OnProgress
) -> bytes:
    """The notes on all groups that are large enough as ZIP, in memory; `closely` gives a group by its key."""
    large = large_groups(groups)
    notes: dict[str, bytes] = {}
    for done, close in enumerate(map(closely, large), 1):
        notes[note_file_name(close, edition, language)] = group_note(close, edition, language)
        tell(done, len(large))
    out = io.BytesIO()
    write_zip(out, notes, notes.__getitem__, edition)
    return out.getvalue()


def note_content(close: CloseGroup, edition: Edition, language: Language) -> Content:
    """The content: finding, means of dimensions, strengths, weaknesses, advice, how to read, what it rests on."""
    if close.group not in large_groups(close.groups):
        raise ValueError(f"a group too small for a note: {close.group}")
    close = to_leave(close)
    kind = translate(language, "group_note.kind")
    invented = translate(language, "group_note.invented") if edition.synthetic else ""
    members = close.groups.members[close.group]
    return {
        "language": language,
        "title": f"{kind} – {close.name}",
        "kind": f"{kind} · {translate(language, f'grouped_by.{close.groups.kind}')}",
        "cluster": close.name,
        "portrait": translate(language, "sectors.members", n=members),
        "notice": invented,
        "footer": [close.name, edition.title, invented or translate(language, "group_note.internal")],
        "verdict": bold_runs(group_closely.group_verdict(close, language)),
        "means": _means(close, language),
        "lists": [found_list(close, finding, language) for finding in (Finding.BELOW, Finding.ABOVE)],
        "lists_key": bold_runs(translate(language, "comparison.closely_key")),
        "advice": _advice(close, language),
        "reading": {
            "title": translate(language, "group_note.reading"),
            "parts": [
                bold_runs(translate(language, "comparison.rule")),
                bold_runs(translate_with_limits(language, "group_note.left_out")),
            ],
        },
        "basis": {"title": translate(language, "group_note.basis"), "facts": _facts(close, edition, language)},
    }


def _means(close: CloseGroup, language: Language) -> Content:
    return {
        "title": translate(language, "group_note.means"),
        "headings": [
            translate(language, "column.dimension"),
            *(translate(language, f"group_note.{name}") for name in _MEAN_COLUMNS),
        ],
        "rows": [
            {
                "cells": [name, *(figures[column] for column in _MEAN_COLUMNS)],
                "mark": {"value": mean.pooled, "low": mean.low, "high": mean.high, "raw": mean.mean, "word": word},
            }
            for name, figures, mean, word in group_closely.mean_cells(close, language)
        ],
        "key": bold_runs(translate(language, "group_note.means_key")),
    }


def found_list(close: CloseGroup, finding: Finding, language: Language) -> Content:
    """The indicators in which the group is really above, or below: superiority and number of clusters."""
    names = {one.code: f"{one.code} {one.name.get(language)}" for one in close.groups.grid.indicators}
    found = close.found(finding)
    left = len(found) - _MOST_ROWS
    page = translate(language, "comparison.menu")
    return {
        "title": translate(language, f"group_note.{finding}"),
        "none": translate(language, "group_note.none"),
        "headings": [translate(language, f"column.{name}") for name in ("indicator", "superiority", "number")],
        "rows": [
            {
                "cells": [
                    names[cell.ranks.item],
                    group_closely.marked_superiority(cell, language),
                    format_number(language, cell.ranks.n),
                ],
                "mark": {"value": cell.superiority, "low": None, "high": None, "raw": None, "word": finding.value},
            }
            for cell in found[:_MOST_ROWS]
        ],
        "more": translate(language, "group_note.more", n=left, page=page) if left > 0 else "",
    }


def _advice(close: CloseGroup, language: Language) -> Content:
    return {
        "title": translate(language, "group_note.advice"),
        "none": translate(language, "group_note.no_advice"),
        "cards": [group_closely.advice_texts(one, close, language) for one in group_closely.advice(close)],
        "key": bold_runs(translate_with_limits(language, "group_note.advice_key")),
    }


def _facts(close: CloseGroup, edition: Edition, language: Language) -> list[tuple[str, str]]:
    scheme = close.groups.grid.scheme
    illustrative = f" – {translate(language, 'benchmark.illustrative')}" if scheme.illustrative else ""
    return [
        (translate(language, "column.edition"), f"{edition.title} ({edition.edition_id})"),
        (translate(language, "paper.built"), format_date(language, edition.created_at.date())),
        (translate(language, "group_note.members"), format_number(language, close.groups.members[close.group])),
        (translate(language, "paper.assessed_clusters"), format_number(language, edition.clusters)),
        (translate(language, "paper.scheme"), f"{scheme.name.get(language)}, {scheme.version}{illustrative}"),
    ]
