"""The improvements that a Silver audit asks about besides the indicators: the cluster names them, the auditor decides.

They are indicators of the case, not of the scheme: they never reach an edition.
"""

from __future__ import annotations

from dataclasses import replace

from ..domain import Dimension, Grid, Indicator
from ..domain.case import CaseKind
from ..domain.text import LocalizedText
from ..evaluation.silver import AREAS
from ..i18n import translate

DIMENSION = "silver"
CODES = tuple(f"Silver-{number}" for number in range(1, AREAS + 1))


def grid_of_case(kind: CaseKind, grid: Grid) -> Grid:
    """What a case of a kind asks: its scheme, for a Silver audit with the improvements after the indicators."""
    if kind is not CaseKind.SILVER_AUDIT:
        return grid
    dimension = Dimension(grid.scheme.code, DIMENSION, _text("case_sheet.improvements"))
    return replace(
        grid,
        dimensions=(*grid.dimensions, dimension),
        indicators=(*grid.indicators, *(_improvement(grid.scheme.code, code) for code in CODES)),
    )


def _improvement(scheme: str, code: str) -> Indicator:
    """An improvement: met or not, and needed for the label."""
    nothing = LocalizedText("", "")
    name = _text("case_sheet.improvement")
    return Indicator(scheme, code, DIMENSION, name, "gate", nothing, 0, 1, "higher", None, "confirmed", "yes")


def _text(key: str) -> LocalizedText:
    return LocalizedText(translate("fr", key), translate("en", key))
