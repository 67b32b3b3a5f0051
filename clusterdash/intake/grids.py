"""The schemes of an edition, put together from the layers: which grid is in force, and how its answers are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import fields
from .fields import Parser
from .forms import Findings, Layer, Row
from .sheets import Sheet


@dataclass(slots=True)
class Draft:
    """One scheme as it will be published; `parsers` reads the answers to each indicator."""

    scheme: Row
    dimensions: dict[str, Row] = field(default_factory=dict)
    indicators: dict[str, Row] = field(default_factory=dict)
    parsers: dict[str, Parser] = field(default_factory=dict)


def schemes(findings: Findings) -> dict[str, Draft]:
    """The schemes, each whole from one layer, the highest: a grid that is handed in takes the place of a known one."""
    described = {row["scheme"]: row for _, _, _, row in findings.of("schemes")}
    grids: dict[str, Draft] = {}
    for _, _, _, row in of_highest(findings, "dimensions"):
        grid = grids.setdefault(row["scheme"], Draft(described.get(row["scheme"], {})))
        grid.dimensions[row["code"]] = row
    for _, sheet, number, row in of_highest(findings, "indicators"):
        grid = grids.setdefault(row["scheme"], Draft(described.get(row["scheme"], {})))
        if row.get("dimension", "") not in {*grid.dimensions, ""}:
            findings.complain(
                sheet,
                number,
                "dimension",
                row["dimension"],
                "scheme.dimension",
                known=", ".join(grid.dimensions),
            )
        low, high = row.get("minimum"), row.get("maximum")
        if low is not None and high is not None and low > high:
            findings.complain(sheet, number, "minimum", f"{low:g}", "scheme.bounds", maximum=high)
        if row.get("kind") == "points" and high is None:
            findings.complain(sheet, number, "maximum", "", "scheme.no_maximum")
        grid.indicators[row["code"]] = row
        grid.parsers[row["code"]] = fields.number_within(low, high, whole=row.get("kind") in ("level", "gate"))
    versions: dict[tuple[Any, Any], str] = {}
    for code, grid in grids.items():
        grid.scheme = grid.scheme or _undescribed(code, grid)
        other = versions.setdefault((grid.scheme.get("family"), grid.scheme.get("version")), code)
        if other != code:
            for _, sheet, number, row in findings.of("schemes"):
                if row["scheme"] == code:
                    findings.complain(sheet, number, "version", str(row.get("version")), "scheme.version", other=other)
    return grids


def is_known(grids: Mapping[str, Draft], row: Row) -> bool:
    """Whether a row is about an indicator that there is."""
    return row["scheme"] in grids and row["indicator"] in grids[row["scheme"]].indicators


def of_highest(findings: Findings, table: str) -> list[tuple[Layer, Sheet, int, Row]]:
    """The rows of a table about schemes that hold: of each scheme those of the highest layer that speaks of it."""
    highest: dict[str, Layer] = {}
    for layer, _, _, row in findings.of(table):
        highest[row["scheme"]] = max(layer, highest.get(row["scheme"], layer))
    return [found for found in findings.of(table) if found[0] == highest[found[-1]["scheme"]]]


def _undescribed(code: str, grid: Draft) -> Row:
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
