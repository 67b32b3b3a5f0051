"""The schemes of an edition, put together from the layers: which grid is in force, and how its answers are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from . import cell_parsers
from .cell_parsers import Parser
from .readers import Sheet
from .table_schemas import TABLES, IngestState, Layer, Row


@dataclass(slots=True)
class SchemeDraft:
    """One scheme as it will be published; `parsers` reads the answers to each indicator."""

    scheme: Row
    dimensions: dict[str, Row] = field(default_factory=dict)
    indicators: dict[str, Row] = field(default_factory=dict)
    parsers: dict[str, Parser] = field(default_factory=dict)


def schemes(findings: IngestState) -> dict[str, SchemeDraft]:
    """The schemes, each whole from one layer, the highest: a grid that is handed in takes the place of a known one."""
    described = {row["scheme"]: row for _, _, _, row in findings.of("schemes")}
    grids: dict[str, SchemeDraft] = {}
    for _, _, _, row in of_highest(findings, "dimensions"):
        grid = grids.setdefault(row["scheme"], SchemeDraft(described.get(row["scheme"], {})))
        grid.dimensions[row["code"]] = row
    for _, sheet, number, row in of_highest(findings, "indicators"):
        grid = grids.setdefault(row["scheme"], SchemeDraft(described.get(row["scheme"], {})))
        if row.get("dimension", "") not in {*grid.dimensions, ""}:
            findings.add_problem(
                sheet,
                number,
                "dimension",
                row["dimension"],
                "scheme.dimension",
                known=", ".join(grid.dimensions),
            )
        low, high = row.get("minimum"), row.get("maximum")
        if low is not None and high is not None and low > high:
            findings.add_problem(sheet, number, "minimum", f"{low:g}", "scheme.bounds", maximum=high)
        if row.get("kind") == "points" and high is None:
            findings.add_problem(sheet, number, "maximum", "", "scheme.no_maximum")
        grid.indicators[row["code"]] = row
        grid.parsers[row["code"]] = cell_parsers.NumberWithin(low, high, whole=row.get("kind") in ("level", "gate"))
    versions: dict[tuple[Any, Any], str] = {}
    for code, grid in grids.items():
        grid.scheme = grid.scheme or _undescribed(code, grid)
        other = versions.setdefault((grid.scheme.get("family"), grid.scheme.get("version")), code)
        if other != code:
            for _, sheet, number, row in findings.of("schemes"):
                if row["scheme"] == code:
                    findings.add_problem(
                        sheet, number, "version", str(row.get("version")), "scheme.version", other=other
                    )
    return grids


def is_known(grids: Mapping[str, SchemeDraft], row: Row) -> bool:
    """Whether a row is about an indicator that there is."""
    return row["scheme"] in grids and row["indicator"] in grids[row["scheme"]].indicators


def of_highest(findings: IngestState, table: str) -> list[tuple[Layer, Sheet, int, Row]]:
    """The rows of a table about schemes that hold: of each scheme those of the highest layer that speaks of it."""
    highest: dict[str, Layer] = {}
    for layer, _, _, row in findings.of(table):
        highest[row["scheme"]] = max(layer, highest.get(row["scheme"], layer))
    return [found for found in findings.of(table) if found[0] == highest[found[-1]["scheme"]]]


def _undescribed(code: str, grid: SchemeDraft) -> Row:
    """A scheme that came without a line in `schemes`: its kinds of answers tell what it is for."""
    kinds = {row.get("kind") for row in grid.indicators.values()}
    bases = {row.get("basis") for row in grid.indicators.values()}
    return {
        "scheme": code,
        "family": code,
        "version": "1",
        "name_en": code,
        "name_fr": code,
        "purpose": "evaluation" if kinds and kinds <= {"points", "gate"} else "benchmark",
        "illustrative": bool(bases & {"illustrative", "area", "reconstructed"}),
        "pass_share": None,
    }


def scheme_frames(findings: IngestState, grids: Mapping[str, SchemeDraft]) -> dict[str, pd.DataFrame]:
    """The tables of schemes as they are published, and of what is said about their indicators."""
    dimensions = [row for grid in grids.values() for row in _numbered(_in_order(grid.dimensions.values()))]
    indicators = [row for grid in grids.values() for row in _numbered(grid.indicators.values())]
    tables = ("bands", "dictionary", "recommendations", "documents", "efforts")
    told = {table: _of_known(findings, table, grids) for table in tables}
    return {
        "scheme": frame([grid.scheme for grid in grids.values()], "schemes"),
        "dimension": frame(dimensions, "dimensions"),
        "indicator": frame(indicators, "indicators"),
        "band": frame(told["bands"], "bands"),
        "dictionary": frame(told["dictionary"], "dictionary"),
        "recommendation": frame(_numbered(told["recommendations"]), "recommendations"),
        "document": frame(_numbered(told["documents"]), "documents"),
        "effort": frame(told["efforts"], "efforts"),
    }


def frame(rows: list[Row], table: str, *without: str) -> pd.DataFrame:
    """Rows of a known form as a table, with their position where it is kept."""
    columns = [name for name in TABLES[table] if name not in without]
    if table in ("sectors", "indicators", "recommendations", "documents"):
        columns.append("position")
    return pd.DataFrame(rows, columns=columns)


def _of_known(findings: IngestState, table: str, grids: Mapping[str, SchemeDraft]) -> list[Row]:
    """The rows about indicators that are published."""
    known = (row for _, _, _, row in of_highest(findings, table) if is_known(grids, row))
    return list({tuple(row.values()): row for row in known}.values())  # twice alike: one


def _numbered(rows: Iterable[Row]) -> list[Row]:
    return [{**row, "position": position} for position, row in enumerate(rows, start=1)]


def _in_order(rows: Iterable[Row]) -> list[Row]:
    """Dimensions by the position they state; those that state none keep their place in the file, at the end."""
    return sorted(rows, key=lambda row: row["position"] if row["position"] is not None else float("inf"))
