"""Plotly figures of results over time. Pure."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from ...benchmark.progress import TimeSeries
from ...domain import Language
from ...i18n import format_partial_date, translate
from ..chart_theme import LINE_STYLES, make_figure, percentile_axis, wrap_text


def time_series_chart(drawn: Sequence[TimeSeries], names: Mapping[str, str], language: Language) -> go.Figure:
    """Percentiles over time, one line per dimension or indicator, distinguished by mark and dash besides colour."""
    traces = []
    for index, slope in enumerate(drawn):
        colour, symbol, dash = LINE_STYLES[index % len(LINE_STYLES)]
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
