"""Plotly figures of benchmark results. Pure; only what a figure holds is sent to the browser."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from ...benchmark.rules import Classification, Comparison
from ...domain import Grid, Language, Reference
from ...i18n import format_number, translate
from ..chart_theme import INK, TICKS, TOP, make_figure, percentile_axis, range_lines, wrap_text
from ..theme import THEME
from .narrative import level_range

MARKERS: dict[Classification, tuple[str, str]] = {
    "above": (THEME.own, "triangle-up"),
    "level": (THEME.paper, "circle"),
    "below": (THEME.below, "diamond"),
    "unsure": (THEME.muted, "circle-x-open"),
}
"""Colour and shape of the marks of a classification."""
_ROOM_FOR_LEVELS = 6
"""The least share, in per cent, of a part whose levels are written in it."""


def position_chart(judgements: Sequence[Comparison], grid: Grid, language: Language) -> go.Figure:
    """Every scored indicator on one scale of percentiles: the peers' middle in the centre, better to the right.

    A bar spans the tie range, a thin line the 90 % interval; bands behind show where the middle half and the middle
    four fifths of the peers are. Rows by dimension, in the order of the scheme; empty where nothing may be shown.
    """
    blocks = {d.code: d.name.get(language) for d in grid.dimensions}
    rows: list[tuple[str, str, Comparison | None]] = []
    for code, name in blocks.items():
        inside = [j for j in judgements if j.indicator.dimension == code]
        if inside:
            rows.append((code, f"<b>{wrap_text(name, 34)}</b>", None))
            rows += [(f"{code}/{j.indicator.code}", wrap_text(j.indicator.name.get(language), 30), j) for j in inside]
    drawn = [(key, j) for key, _, j in rows if j and j.position.percentile is not None]
    traces = [
        range_lines(
            [(key, j.interval_low, j.interval_high) for key, j in drawn],
            translate(language, "position_chart.interval"),
            2,
            TOP,
        ),
        range_lines(
            [(key, j.position.percentile_low, j.position.percentile_high) for key, j in drawn],
            translate(language, "position_chart.ties"),
            9,
            THEME.ties,
        ),
    ]
    for word, (colour, symbol) in MARKERS.items():
        chosen = [(key, j) for key, j in drawn if j.classification == word]
        traces.append(
            {
                "type": "scatter",
                "y": [key for key, _ in chosen],
                "x": [round(j.position.percentile or 0) for _, j in chosen],
                "mode": "markers",
                "name": translate(language, f"word.{word}"),
                "marker": {"color": colour, "symbol": symbol, "size": 11, "line": {"color": INK, "width": 1}},
                "customdata": [[j.indicator.name.get(language), j.position.n] for _, j in chosen],
                "hovertemplate": "%{customdata[0]}: %{x:.0f} (N = %{customdata[1]})<extra></extra>",
            }
        )
    bands = [(10, 90, THEME.tint), (25, 75, THEME.band)]
    return make_figure(
        traces,
        height=120 + 30 * len(rows),
        margin={"l": 10, "r": 18, "t": 10, "b": 50},
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": 1.01, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
        shapes=[
            {"type": "rect", "x0": low, "x1": high, "y0": 0, "y1": 1, "yref": "paper", "layer": "below"}
            | {"fillcolor": colour, "line": {"width": 0}}
            for low, high, colour in bands
        ]
        + [{"type": "line", "x0": 50, "x1": 50, "y0": 0, "y1": 1, "yref": "paper", "line": {"color": TOP, "width": 1}}],
        xaxis=percentile_axis(translate(language, "position_chart.axis")),
        yaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": [key for key, _, _ in reversed(rows)],
            "range": [-0.6, len(rows) - 0.4],
            "tickvals": [key for key, _, _ in rows],
            "ticktext": [text for _, text, _ in rows],
            "tickfont": {"size": 12},
            "automargin": True,
            "showgrid": False,
        },
    )


def level_share_chart(reference: Reference, grid: Grid, language: Language) -> go.Figure:
    """The share of a group that answers each level, one bar per indicator; a mark in the part of the own answer."""
    indicators = {indicator.code: indicator for indicator in grid.indicators}
    own = {position.indicator: position.value for position in reference.positions}
    codes = list(dict.fromkeys(practice.indicator for practice in reference.level_shares))
    bars: dict[str, list[Any]] = {key: [] for key in ("y", "base", "x", "text", "color", "hover")}
    marks: list[tuple[str, float]] = []
    reached: dict[str, float] = dict.fromkeys(codes, 0.0)
    for practice in reference.level_shares:
        code, indicator = practice.indicator, indicators[practice.indicator]
        start, lowest = reached[code], indicator.minimum or 0
        tone = ((practice.low + practice.high) / 2 - lowest) / max(1, (indicator.maximum or 1) - lowest)
        levels = level_range(practice)
        share = format_number(language, practice.share, 0)
        bars["y"].append(code)
        bars["base"].append(round(start, 1))
        bars["x"].append(round(practice.share, 1))
        bars["text"].append(levels if practice.share >= _ROOM_FOR_LEVELS else "")
        bars["color"].append(THEME.levels[round(tone * (len(THEME.levels) - 1))])
        told = translate(language, "practices.share", levels=levels, share=share)
        bars["hover"].append(f"{html.escape(indicator.name.get(language))}<br>{told}")
        value = own.get(code)
        if value is not None and practice.low <= value <= practice.high:
            marks.append((code, round(start + practice.share / 2, 1)))
        reached[code] = start + practice.share
    names = [wrap_text(f"{code} {indicators[code].name.get(language)}", 34) for code in codes]
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "y": bars["y"],
            "base": bars["base"],
            "x": bars["x"],
            "text": bars["text"],
            "textposition": "inside",
            "insidetextanchor": "start",
            "textangle": 0,
            "marker": {"color": bars["color"], "line": {"color": THEME.paper, "width": 1}},
            "customdata": bars["hover"],
            "hovertemplate": "%{customdata}<extra></extra>",
            "showlegend": False,
        },
        {
            "type": "scatter",
            "y": [code for code, _ in marks],
            "x": [x for _, x in marks],
            "mode": "markers",
            "name": translate(language, "practices.own"),
            "marker": {"color": THEME.paper, "symbol": "diamond", "size": 12, "line": {"color": INK, "width": 2}},
            "hoverinfo": "skip",
            "showlegend": True,
        },
    ]
    return make_figure(
        traces,
        height=110 + 38 * len(codes),
        margin={"l": 10, "r": 18, "t": 10, "b": 50},
        plot_bgcolor="rgba(0,0,0,0)",
        bargap=0.25,
        legend={"orientation": "h", "y": 1.01, "yanchor": "bottom", "x": 0},
        xaxis={
            "range": [0, 100.5],
            "tickvals": TICKS,
            "title": {"text": translate(language, "practices.axis"), "font": {"size": 13}},
            "zeroline": False,
            "showgrid": False,
        },
        yaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": codes[::-1],
            "tickvals": codes,
            "ticktext": names,
            "tickfont": {"size": 12},
            "automargin": True,
            "showgrid": False,
        },
    )
