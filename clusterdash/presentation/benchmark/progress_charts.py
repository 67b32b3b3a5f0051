"""Plotly figures of results over time. Pure."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from ...benchmark.progress import DimensionChange, TimeSeries
from ...domain import Grid, Language
from ...i18n import format_partial_date, translate
from ..chart_theme import INK, OWN, TOP, make_figure, percentile_axis, range_lines, wrap_text
from ..theme import THEME

_SYMBOLS = (
    ("circle", "solid"),
    ("diamond", "dash"),
    ("square", "dot"),
    ("triangle-up", "dashdot"),
    ("cross", "longdash"),
    ("star", "solid"),
    ("hexagon", "dash"),
    ("triangle-down", "dot"),
    ("x", "dashdot"),
)
_MARKS = [(colour, *symbol) for colour, symbol in zip(THEME.series, _SYMBOLS, strict=True)]
"""Colour, mark and dash of lines in one figure."""


def progress_chart(shifts: Sequence[DimensionChange], grid: Grid, language: Language) -> go.Figure:
    """Each dimension then and now, and where the own effect alone would have led."""
    names = {dimension.code: wrap_text(dimension.name.get(language), 24) for dimension in grid.dimensions}
    ordered = list(reversed(shifts))
    codes = [shift.dimension for shift in ordered]

    def points(key: str, values: list[float], symbol: str, colour: str) -> dict[str, Any]:
        return {
            "type": "scatter",
            "y": codes,
            "x": [round(value) for value in values],
            "text": [names[code] for code in codes],
            "mode": "markers",
            "name": translate(language, f"progress.{key}"),
            "marker": {"color": colour, "symbol": symbol, "size": 12, "line": {"color": INK, "width": 1.5}},
            "hovertemplate": "%{text}: %{x:.0f}<extra>" + translate(language, f"progress.{key}") + "</extra>",
        }

    path = range_lines([(shift.dimension, shift.before, shift.now) for shift in ordered], "", 3, TOP)
    return make_figure(
        [
            {**path, "showlegend": False},
            points("before", [shift.before for shift in ordered], "circle", THEME.paper),
            points("held", [shift.before + shift.own_effect for shift in ordered], "line-ns", OWN),
            points("now", [shift.now for shift in ordered], "circle", OWN),
        ],
        height=130 + 46 * len(codes),
        margin={"l": 10, "r": 18, "t": 10, "b": 50},
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        xaxis=percentile_axis(translate(language, "position_chart.axis")),
        yaxis={
            "type": "category",
            "tickvals": codes,
            "ticktext": [names[code] for code in codes],
            "automargin": True,
            "showgrid": False,
        },
    )


def time_series_chart(drawn: Sequence[TimeSeries], names: Mapping[str, str], language: Language) -> go.Figure:
    """Percentiles over time, one line per dimension or indicator, distinguished by mark and dash besides colour."""
    traces = []
    for index, slope in enumerate(drawn):
        colour, symbol, dash = _MARKS[index % len(_MARKS)]
        traces.append(
            {
                "type": "scatter",
                "x": [day.isoformat() for day, _ in slope.points],
                "y": [None if point is None else round(point) for _, point in slope.points],
                "mode": "lines+markers",
                "connectgaps": False,
                "name": wrap_text(names[slope.code], 44),
                "line": {"color": colour, "dash": dash, "width": 2.5},
                "marker": {"color": colour, "symbol": symbol, "size": 10},
                "hovertemplate": "%{y:.0f}<extra>" + html.escape(names[slope.code]) + "</extra>",
            }
        )
    days = [day for day, _ in drawn[0].points] if drawn else []
    return make_figure(
        traces,
        height=360 + 24 * len(drawn),
        margin={"l": 10, "r": 18, "t": 10, "b": 10},
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"y": -0.14, "yanchor": "top", "x": 0},
        xaxis={
            "tickvals": [day.isoformat() for day in days],
            "ticktext": [format_partial_date(language, day.isoformat()[:7]) for day in days],
            "automargin": True,
            "showgrid": False,
        },
        yaxis={**percentile_axis(translate(language, "slopes.axis")), "automargin": True},
    )
