"""Plotly figure of answers against the thresholds of a label. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from ...domain import Evaluation, Indicator, Language
from ...evaluation.scoring import Verdict, meets_threshold, required_value
from ...i18n import format_number, translate
from ..chart_theme import GRID, INK, OWN, PEERS, TOP, make_figure, range_lines, wrap_text
from ..theme import THEME

_WHOLE_TICKS = 10
"""The largest range in points in which each point has its own grid line."""


def dumbbell(
    own: Evaluation, answers: Mapping[str, float], tried: Mapping[str, float], verdict: Verdict, language: Language
) -> go.Figure:
    """Each indicator from the own answer to its threshold, with the median of other holders where it may be shown.

    Obstacles come first: blockers, gates that are not met, missing answers; then the others by their points. The axis
    is in points where all indicators have the same range, else in per cent of each one's own range.
    """
    stops = verdict.blocking
    medians = {median.indicator: median.median for median in own.holder_medians}
    now = {**answers, **tried}
    ranges = {(i.minimum or 0, i.maximum or 0) for i in own.grid.indicators if i.kind == "points"}
    low, high = next(iter(ranges)) if len(ranges) == 1 else (0.0, 100.0)

    def position(indicator: Indicator, value: float | None) -> float | None:
        least, most = indicator.minimum or 0, indicator.maximum or 1
        return None if value is None else round(low + (value - least) / ((most - least) or 1) * (high - low), 3)

    def order(indicator: Indicator) -> tuple[int, float]:
        code = indicator.code
        return (stops.index(code), 0) if code in stops else (len(stops), position(indicator, now.get(code)) or 0)

    drawn = sorted(own.grid.indicators, key=order)[::-1]
    labels = {i.code: wrap_text(f"{i.code} {i.name.get(language)}", 34) for i in drawn}

    def marks(key: str, chosen: list[tuple[Indicator, float | None]], **marker: Any) -> dict[str, Any]:
        known = [(i, value) for i, value in chosen if value is not None]
        name = translate(language, f"dumbbell.{key}")
        return {
            "type": "scatter",
            "y": [i.code for i, _ in known],
            "x": [position(i, value) for i, value in known],
            "text": [f"{labels[i.code]}: {format_number(language, value)}" for i, value in known],
            "mode": "markers",
            "cliponaxis": False,
            "name": name,
            "marker": {"line": {"color": INK, "width": 1.2}, **marker},
            "hovertemplate": "%{text}<extra>" + name + "</extra>",
            "showlegend": bool(known),
        }

    limits = [(i, required_value(i)) for i in drawn]
    short = [
        (i.code, position(i, now.get(i.code)), position(i, limit))
        for i, limit in limits
        if not meets_threshold(i, now.get(i.code))
    ]
    changed = [(i.code, position(i, answers.get(i.code)), position(i, tried[i.code])) for i in drawn if i.code in tried]
    first = [(i, answers.get(i.code)) for i in drawn]
    traces = [
        {**range_lines(short, "", 4, PEERS), "showlegend": False},
        {**range_lines(changed, "", 2, OWN), "showlegend": False},
        marks("threshold", limits, symbol="line-ns", size=16, line={"color": INK, "width": 3}),
        marks("holders", [(i, medians.get(i.code)) for i in drawn], symbol="square-open", size=12, color=TOP),
        marks("own", [(i, v) for i, v in first if meets_threshold(i, v)], symbol="circle", size=12, color=OWN),
        marks(
            "blocker", [(i, v) for i, v in first if not meets_threshold(i, v)], symbol="diamond", size=13, color=PEERS
        ),
        marks("tried", [(i, tried.get(i.code)) for i in drawn], symbol="circle", size=12, color=THEME.paper),
    ]
    absent = [i for i in drawn if i.code not in now]
    traces.append(
        {
            **marks("missing", [(i, i.minimum or 0) for i in absent], symbol="x-open", size=11, color=THEME.muted),
            "text": [labels[i.code] for i in absent],
        }
    )
    return make_figure(
        traces,
        height=120 + 36 * len(drawn),
        margin={"l": 10, "r": 14, "t": 10, "b": 46},
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": 1.01, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
        xaxis={
            "range": [low - (high - low) * 0.03, high + (high - low) * 0.03],
            "dtick": 1 if high - low <= _WHOLE_TICKS else None,
            "title": {
                "text": translate(language, "gold.axis" if len(ranges) == 1 else "gold.axis_share"),
                "font": {"size": 13},
            },
            "gridcolor": GRID,
            "zeroline": False,
        },
        yaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": [i.code for i in drawn],
            "range": [-0.7, len(drawn) - 0.3],
            "tickvals": [i.code for i in drawn],
            "ticktext": [labels[i.code] for i in drawn],
            "tickfont": {"size": 11},
            "automargin": True,
            "showgrid": True,
            "gridcolor": THEME.line,
        },
    )
