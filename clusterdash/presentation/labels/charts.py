"""Plotly figures of the register of labels. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from ...domain import Language
from ...i18n import translate
from ...labels.counts import YearCount
from ..chart_theme import GRID, INK, OWN, make_figure
from ..theme import THEME

_SHADE = {
    "valid": OWN,
    "by_rule": OWN,
    "unknown": THEME.end_unknown,
    "ended_by_rule": THEME.ended,
    "ended": THEME.ended,
}
_HATCHED = {"by_rule": THEME.paper, "ended_by_rule": INK}
"""What follows from the rule alone, and the colour of its hatches."""


def label_years(years: Sequence[YearCount], language: Language) -> go.Figure:
    """Clusters that had been awarded a label by the end of each year, by what is known about its end."""
    bars = []
    for key, shade in _SHADE.items():
        counts = [int(getattr(count.states, key)) for count in years]
        bars.append(
            {
                "type": "bar",
                "x": [str(count.year) for count in years],
                "y": counts,
                "name": translate(language, f"figures.{key}"),
                "marker": {
                    "color": shade,
                    "line": {"color": INK, "width": 0.5},
                    "pattern": {
                        "shape": "/" if key in _HATCHED else "",
                        "fgcolor": _HATCHED.get(key, INK),
                        "size": 6,
                        "solidity": 0.2,
                        "fillmode": "overlay",
                    },
                },
                "hovertemplate": "%{x}: %{y}<extra>" + translate(language, f"figures.{key}") + "</extra>",
            }
        )
    return make_figure(
        bars,
        barmode="stack",
        height=400,
        margin={"l": 10, "r": 10, "t": 10, "b": 30},
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": -0.12, "yanchor": "top", "x": 0},
        xaxis={"type": "category", "automargin": True},
        yaxis={"title": {"text": translate(language, "figures.clusters")}, "gridcolor": GRID, "automargin": True},
    )
