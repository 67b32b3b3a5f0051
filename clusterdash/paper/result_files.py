"""A benchmark -> files that programs read: a workbook and JSON with all numbers of the brief. Pure."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from ..benchmark import Findings, findings
from ..benchmarking import cells, words
from ..i18n import rounded, runs, say
from ..model import ClusterBenchmark, Language, Position, Reference
from ..spreadsheets import BOLD, harmless

_WIDEST = 60
"""Characters in a column."""
Cell = str | float | None


def as_json(result: ClusterBenchmark) -> bytes:
    """What the benchmark page shows, unrounded; null where nothing may be shown or nothing is known."""
    edition = result.edition
    content = {
        "cluster_id": result.cluster.cluster_id,
        "name": result.cluster.name,
        "edition": edition.edition_id,
        "edition_title": edition.title,
        "edition_hash": edition.content_hash,
        "synthetic": edition.synthetic,
        "scheme": result.grid.scheme.code,
        "assessed_on": result.assessed_on.isoformat(),
        "evidence": result.evidence,
        "context": dict(result.context),
        "robustness": [
            {"dimension": r.dimension, "position": r.position, "low": r.low, "high": r.high, "same_side": r.same_side}
            for r in result.robustness
        ],
        "references": {
            "sector": None,
            **{key: _reference(reference, result) for key, (_, reference) in words.references(result, "en").items()},
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _reference(reference: Reference, result: ClusterBenchmark) -> dict[str, Any]:
    fields = [field.name for field in dataclasses.fields(Position)]
    found = findings(reference, result.grid)
    return {
        "n": reference.n,
        "dimensions": {profile.dimension: profile.score for profile in reference.profiles},
        "peer_medians": {profile.dimension: profile.peer_median for profile in reference.profiles},
        "dimension_n": {profile.dimension: profile.n for profile in reference.profiles},
        "positions": [
            {name: getattr(j.position, name) for name in fields}
            | {"interval_low": j.interval_low, "interval_high": j.interval_high, "word": j.word}
            for j in found.judgements
        ],
        "strengths": [judgement.position.indicator for judgement in found.strengths],
        "margins": [judgement.position.indicator for judgement in found.margins],
        "recommendations": [
            {"indicator": r.indicator, "effort": r.effort, "action_fr": r.action.fr, "action_en": r.action.en}
            for r in found.recommendations
        ],
        "composition": [{"kind": part.kind, "key": part.key, "n": part.n} for part in reference.composition],
    }


def workbook(result: ClusterBenchmark, language: Language) -> bytes:
    """All numbers of the brief as XLSX, rounded as they are shown; empty where nothing is known or may be shown."""
    book = Workbook()
    book.remove(book.worksheets[0])
    found = findings(result.top500, result.grid)
    group = words.top_name(result, language)
    told = (words.verdict(found, result.top500, group, language), words.headline(result, language))
    about = [[("".join(text for text, _ in runs(line)))] for line in (*told, words.basis(result, language))]
    about += [[result.edition.edition_id], [result.edition.content_hash]]
    if result.edition.synthetic:
        about.append([say(language, "paper.invented")])
    _sheet(book, say(language, "export.about"), [result.cluster.name], about)
    _sheet(book, say(language, "paper.profile"), *_profile(result, language))
    _sheet(book, say(language, "paper.indicators"), *_indicators(result, found, language))
    headings = [say(language, f"column.{column}") for column in ("indicator", "value", "unit")]
    names = {i.code: i for i in result.grid.indicators}
    context = [
        [f"{code} {names[code].name.in_(language)}", _shown(value), names[code].unit.in_(language)]
        for code, value in result.context
    ]
    _sheet(book, say(language, "paper.context"), headings, context)
    headings = [say(language, f"column.{column}") for column in cells.ADVICE]
    advice = cells.advice(found.recommendations, result.grid, language)
    _sheet(book, say(language, "list.recommendations"), headings, advice)
    for reference in (result.top500, result.sector):
        if reference:
            title = say(language, f"referenced.{reference.group.kind}")
            _sheet(book, title, *_members(result, reference, language))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _profile(result: ClusterBenchmark, language: Language) -> tuple[list[str], list[list[Cell]]]:
    """A row a block: own score, both medians, each with N, and how firm the place is."""
    names = {dimension.code: dimension.name.in_(language) for dimension in result.grid.dimensions}
    of_sector = {profile.dimension: profile for profile in result.sector.profiles} if result.sector else {}
    firm = {found.dimension: found for found in result.robustness}
    headings = cells.headings(result, language, "dimension", "own_score", "top500_median", "n", "sector_median", "n")
    headings += cells.headings(result, language, "position", "low", "high", "same_side")
    rows: list[list[Cell]] = []
    for top in result.top500.profiles:
        sector, place = of_sector.get(top.dimension), firm.get(top.dimension)
        row: list[Cell] = [names[top.dimension], _whole(top.score), _whole(top.peer_median), top.n]
        row += [_whole(sector.peer_median), sector.n] if sector else [None, None]
        figures = (place.position, place.low, place.high, place.same_side) if place else (None,) * 4
        rows.append(row + [_whole(figure) for figure in figures])
    return headings, rows


def _indicators(result: ClusterBenchmark, found: Findings, language: Language) -> tuple[list[str], list[list[Cell]]]:
    """A row an indicator: value, and in both references percentile, tie range, median, quartiles, N; the word."""
    of_sector = {p.indicator: p for p in result.sector.positions} if result.sector else {}
    blocks = {dimension.code: dimension.name.in_(language) for dimension in result.grid.dimensions}
    headings = [say(language, f"column.{column}") for column in ("dimension", "indicator", "value", "unit", "word")]
    figures = ("percentile", "low", "high", "middle", "lower_quartile", "upper_quartile", "n")
    groups = [result.top500, result.sector] if result.sector else [result.top500]
    for reference in groups:
        name = words.group_name(result, reference, language)
        headings += [f"{say(language, f'column.{figure}')} ({name})" for figure in figures]
    rows: list[list[Cell]] = []
    for judged in found.judgements:
        indicator, position = judged.indicator, judged.position
        word = say(language, f"word.{judged.word}") if judged.word else None
        name = cells.indicator_name(indicator, language)
        row: list[Cell] = [
            blocks[indicator.dimension],
            name,
            _shown(position.value),
            indicator.unit.in_(language),
            word,
        ]
        row += _figures(position)
        if indicator.code in of_sector:
            row += _figures(of_sector[indicator.code])
        rows.append(row)
    return headings, rows


def _figures(position: Position) -> list[Cell]:
    percentiles = (position.percentile, position.percentile_low, position.percentile_high)
    values = (position.peer_median, position.peer_lower, position.peer_upper)
    return [*map(_whole, percentiles), *map(_shown, values), position.n]


def _members(result: ClusterBenchmark, reference: Reference, language: Language) -> tuple[list[str], list[list[Cell]]]:
    name = f"{words.group_name(result, reference, language)} (N = {reference.n})"
    rows: list[list[Cell]] = [
        [say(language, f"composed.{part.kind}"), cells.member(part, language), part.n] for part in reference.composition
    ]
    return [name, say(language, "column.members"), say(language, "column.number")], rows


def _whole(value: float | None) -> float | None:
    return None if value is None else rounded(value, 0)


def _shown(value: float | None) -> float | None:
    return None if value is None else rounded(value)


def _sheet(book: Workbook, title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """A sheet with its headings frozen; texts that begin like formulas stay texts."""
    sheet = book.create_sheet(title[:31])
    listed = [[harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in [headings, *rows]]
    for row in listed:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font, cell.alignment = BOLD, Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    for index in range(len(headings)):
        longest = max((len(str(row[index])) for row in listed[1:] if len(row) > index), default=0)
        sheet.column_dimensions[get_column_letter(index + 1)].width = min(_WIDEST, max(10, longest) + 2)
