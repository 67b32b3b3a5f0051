"""The schemes of an edition, merged from the layers, with the parsers of their answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from .cell_parsers import NumberWithin
from .readers import Sheet
from .table_reader import IngestState, Layer, Row
from .table_schemas import TABLES


@dataclass(slots=True)
class SchemeDraft:
    """One scheme as it will be published; `parsers` has the parser of answers to each indicator."""

    scheme: Row
    dimensions: dict[str, Row] = field(default_factory=dict)
    indicators: dict[str, Row] = field(default_factory=dict)
    parsers: dict[str, NumberWithin] = field(default_factory=dict)


def schemes(findings: IngestState) -> dict[str, SchemeDraft]:
    """The schemes by code, each as a whole from its highest layer: a submitted scheme replaces a known one."""
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
        grid.parsers[row["code"]] = _answer_parser(row)
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


def _answer_parser(row: Row) -> NumberWithin:
    """The parser of the answers to an indicator, by its kind and bounds."""
    low, high, kind = row.get("minimum"), row.get("maximum"), row.get("kind")
    whole = kind in ("level", "gate")
    yes_no = whole and (low, high) == (0, 1)
    written: Literal["number", "level", "yes_no"] = "yes_no" if yes_no else "level" if whole else "number"
    return NumberWithin(low, high, whole, written)


def is_known(grids: Mapping[str, SchemeDraft], row: Row) -> bool:
    """Whether a row is about an existing indicator."""
    return row["scheme"] in grids and row["indicator"] in grids[row["scheme"]].indicators


def of_highest(findings: IngestState, table: str, by: str = "scheme") -> list[tuple[Layer, Sheet, int, Row]]:
    """The rows of a table: for each scheme, or other value of a column, those of the highest layer that has any."""
    highest: dict[str, Layer] = {}
    for layer, _, _, row in findings.of(table):
        highest[row.get(by, "")] = max(layer, highest.get(row.get(by, ""), layer))
    return [found for found in findings.of(table) if found[0] == highest[found[-1].get(by, "")]]


def _undescribed(code: str, grid: SchemeDraft) -> Row:
    """The row of a scheme that has none in `schemes`: its purpose is derived from the kinds of its indicators."""
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
    """The tables of schemes as they are published, and those about their indicators."""
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
    """Rows of a table as a DataFrame, without some columns, with their position if it is stored."""
    columns = [name for name in TABLES[table] if name not in without]
    if table in ("sectors", "indicators", "recommendations", "documents"):
        columns.append("position")
    return pd.DataFrame(rows, columns=columns)


def _of_known(findings: IngestState, table: str, grids: Mapping[str, SchemeDraft]) -> list[Row]:
    """The rows about existing indicators, without duplicates."""
    known = (row for _, _, _, row in of_highest(findings, table) if is_known(grids, row))
    return list({tuple(row.values()): row for row in known}.values())  # without duplicates


def _numbered(rows: Iterable[Row]) -> list[Row]:
    return [{**row, "position": position} for position, row in enumerate(rows, start=1)]


def _in_order(rows: Iterable[Row]) -> list[Row]:
    """Dimensions sorted by position; those without one keep the order of the file, at the end."""
    return sorted(rows, key=lambda row: row["position"] if row["position"] is not None else float("inf"))
