"""Results -> Plotly figures. Pure; what a figure holds is all that travels to the browser."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from .benchmark import RADAR_SCALE, Judgement, Shift, Word
from .i18n import number, say
from .model import ClusterBenchmark, Grid, Language, Sector, SectorProfile
from .words import top_name

OWN, PEERS, TOP, INK, GRID = "#0b5394", "#b45309", "#4b5563", "#1b2430", "#c9d2de"
_WORDS: dict[Word, tuple[str, str]] = {
    "above": ("#0b5394", "triangle-up"),
    "level": ("#ffffff", "circle"),
    "below": ("#b45309", "diamond"),
    "unsure": ("#6b7280", "circle-x-open"),
}
_TICKS = [0, 25, 50, 75, 100]
_FONT = {"family": "Source Sans, Source Sans Pro, sans-serif", "size": 14, "color": INK}


def radar(result: ClusterBenchmark, language: Language) -> go.Figure:
    """The profile of a cluster on the scale of the top 500, with the medians of its sector and of the top 500.

    Axes are the scheme's dimensions in their order, 0-100. A score that is not known leaves a gap.
    """
    names = {dimension.code: dimension.name.in_(language) for dimension in result.grid.dimensions}
    axes = [names[profile.dimension] for profile in result.top500.profiles]
    angles = [360 * i / len(axes) for i in range(len(axes))]
    own = [profile.score for profile in result.top500.profiles]
    top = [profile.peer_median for profile in result.top500.profiles]
    sector = [profile.peer_median for profile in result.sector.profiles] if result.sector else []
    labels = [_wrapped(axis, 14) for axis in axes]
    lines = max((label.count("<br>") + 1 for label in labels), default=1)
    between = 90 - 180 / max(1, len(axes))  # the scale stands between two axes, clear of their values
    series = [
        _series(
            axes,
            angles,
            top,
            say(language, "radar.median", group=top_name(result, language, short=True)),
            _Line(TOP, "dot", 1.5, "circle-open"),
        ),
        _series(axes, angles, sector, say(language, "radar.sector"), _Line(PEERS, "dash", 2, "diamond")),
        _series(axes, angles, own, say(language, "radar.own"), _Line(OWN, "solid", 3, "circle")),
        _values(angles, own),
    ]
    drawn = [trace for trace in series if any(r is not None for r in trace["r"])]
    return _figure(
        drawn,
        height=480,
        margin={"l": 84, "r": 84, "t": 22 + 17 * lines, "b": 22 + 17 * lines},
        legend={"orientation": "h", "y": -0.26, "x": 0.5, "xanchor": "center", "traceorder": "reversed"},
        polar={
            "bgcolor": "rgba(0,0,0,0)",
            "radialaxis": {
                "range": [0, RADAR_SCALE],
                "tickvals": _TICKS,
                "gridcolor": GRID,
                "linecolor": GRID,
                "tickfont": {"size": 11, "color": TOP},
                "angle": between,
                "tickangle": between,
            },
            "angularaxis": {
                "direction": "clockwise",
                "rotation": 90,
                "tickvals": angles,
                "ticktext": labels,
                "gridcolor": GRID,
                "linecolor": GRID,
                "tickfont": {"size": 13},
            },
        },
    )


def spine(judgements: Sequence[Judgement], grid: Grid, language: Language) -> go.Figure:
    """Every scored indicator on one scale of percentiles: the peers' middle in the centre, better to the right.

    A bar spans the tie range, a thin line the 90 % interval; bands behind show where the middle half and the middle
    four fifths of the peers are. Rows by block, in the order of the scheme; empty where nothing may be shown.
    """
    blocks = {d.code: d.name.in_(language) for d in grid.dimensions}
    rows: list[tuple[str, str, Judgement | None]] = []
    for code, name in blocks.items():
        inside = [j for j in judgements if j.indicator.dimension == code]
        if inside:
            rows.append((code, f"<b>{_wrapped(name, 34)}</b>", None))
            rows += [(f"{code}/{j.indicator.code}", _wrapped(j.indicator.name.in_(language), 30), j) for j in inside]
    drawn = [(key, j) for key, _, j in rows if j and j.position.percentile is not None]
    traces = [
        _span([(key, j.interval_low, j.interval_high) for key, j in drawn], say(language, "spine.interval"), 2, TOP),
        _span(
            [(key, j.position.percentile_low, j.position.percentile_high) for key, j in drawn],
            say(language, "spine.ties"),
            9,
            "#9fb3c8",
        ),
    ]
    for word, (colour, symbol) in _WORDS.items():
        chosen = [(key, j) for key, j in drawn if j.word == word]
        traces.append(
            {
                "type": "scatter",
                "y": [key for key, _ in chosen],
                "x": [round(j.position.percentile or 0, 1) for _, j in chosen],
                "mode": "markers",
                "name": say(language, f"word.{word}"),
                "marker": {"color": colour, "symbol": symbol, "size": 11, "line": {"color": INK, "width": 1}},
                "customdata": [[j.indicator.name.in_(language), j.position.n] for _, j in chosen],
                "hovertemplate": "%{customdata[0]}: %{x:.0f} (N = %{customdata[1]})<extra></extra>",
            }
        )
    bands = [(10, 90, "#f2f5f9"), (25, 75, "#e3eaf2")]
    return _figure(
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
        xaxis=_percentiles(say(language, "spine.axis")),
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


def progress(shifts: Sequence[Shift], grid: Grid, language: Language) -> go.Figure:
    """Each dimension from where it stood to where it stands, and where the cluster's own move alone would have led."""
    names = {dimension.code: _wrapped(dimension.name.in_(language), 24) for dimension in grid.dimensions}
    ordered = list(reversed(shifts))
    codes = [shift.dimension for shift in ordered]

    def points(key: str, values: list[float], symbol: str, colour: str) -> dict[str, Any]:
        return {
            "type": "scatter",
            "y": codes,
            "x": [round(value, 1) for value in values],
            "text": [names[code] for code in codes],
            "mode": "markers",
            "name": say(language, f"progress.{key}"),
            "marker": {"color": colour, "symbol": symbol, "size": 12, "line": {"color": INK, "width": 1.5}},
            "hovertemplate": "%{text}: %{x:.0f}<extra>" + say(language, f"progress.{key}") + "</extra>",
        }

    path = _span([(shift.dimension, shift.before, shift.now) for shift in ordered], "", 3, TOP)
    return _figure(
        [
            {**path, "showlegend": False},
            points("before", [shift.before for shift in ordered], "circle", "#ffffff"),
            points("held", [shift.before + shift.own for shift in ordered], "line-ns", OWN),
            points("now", [shift.now for shift in ordered], "circle", OWN),
        ],
        height=130 + 46 * len(codes),
        margin={"l": 10, "r": 18, "t": 10, "b": 50},
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        xaxis=_percentiles(say(language, "spine.axis")),
        yaxis={
            "type": "category",
            "tickvals": codes,
            "ticktext": [names[code] for code in codes],
            "automargin": True,
            "showgrid": False,
        },
    )


def sector_ranges(profiles: Sequence[SectorProfile], sectors: Mapping[str, Sector], language: Language) -> go.Figure:
    """Sectors side by side in one dimension: bars from quartile to quartile, a mark at the median.

    Sectors with too few clusters for a figure have an empty row.
    """
    ordered = list(reversed(profiles))
    codes = [p.sector for p in ordered]
    names = [_wrapped(sectors[code].name.in_(language), 24) for code in codes]
    quartiles = [(p.lower_quartile, p.upper_quartile) for p in ordered]
    bars = {
        "type": "bar",
        "y": codes,
        "text": names,
        "textposition": "none",
        "base": [low for low, _ in quartiles],
        "x": [None if low is None or high is None else high - low for low, high in quartiles],
        "orientation": "h",
        "width": 0.5,
        "name": say(language, "sectors.quartiles"),
        "marker": {"color": "#bcd3ea", "line": {"color": OWN, "width": 1}},
        "customdata": [[number(language, q, 0) if q is not None else "" for q in pair] for pair in quartiles],
        "hovertemplate": "%{text}: %{customdata[0]} – %{customdata[1]}<extra></extra>",
    }
    marks = {
        "type": "scatter",
        "y": codes,
        "text": names,
        "x": [p.median for p in ordered],
        "mode": "markers",
        "name": say(language, "sectors.median"),
        "marker": {"color": OWN, "symbol": "diamond", "size": 11},
        "customdata": [number(language, p.median, 0) if p.median is not None else "" for p in ordered],
        "hovertemplate": "%{text}: %{customdata}<extra></extra>",
    }
    return _figure(
        [bars, marks],
        height=90 + 38 * len(names),
        margin={"l": 10, "r": 18, "t": 10, "b": 50},
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        xaxis=_percentiles(say(language, "sectors.axis")),
        yaxis={
            "type": "category",
            "tickvals": codes,
            "ticktext": names,
            "automargin": True,
            "ticklabelstandoff": 6,
        },
    )


def _span(rows: list[tuple[str, float | None, float | None]], name: str, width: int, colour: str) -> dict[str, Any]:
    """Horizontal lines from low to high, one a row, as a single trace with gaps between."""
    known = [(key, low, high) for key, low, high in rows if low is not None and high is not None]
    return {
        "type": "scatter",
        "y": [key for key, _, _ in known for _ in range(3)],
        "x": [x for _, low, high in known for x in (round(low, 1), round(high, 1), None)],
        "mode": "lines",
        "name": name,
        "line": {"color": colour, "width": width},
        "hoverinfo": "skip",
        "visible": bool(known) or "legendonly",
        "showlegend": bool(known),
    }


@dataclass(frozen=True, slots=True)
class _Line:
    """How a series is told from the others: not by its colour alone."""

    colour: str
    dash: str
    width: float
    symbol: str


def _series(axes: list[str], angles: list[float], scores: list[float | None], name: str, line: _Line) -> dict[str, Any]:
    """One line, closed by its first point; a missing score leaves a gap that is not bridged."""
    rounded = [None if score is None else round(score, 1) for score in scores]
    return {
        "type": "scatterpolar",
        "r": [*rounded, *rounded[:1]],
        "theta": [*angles, *angles[:1]],
        "customdata": [*axes, *axes[:1]],
        "mode": "lines+markers",
        "connectgaps": False,
        "name": name,
        "line": {"color": line.colour, "dash": line.dash, "width": line.width},
        "marker": {"color": line.colour, "symbol": line.symbol, "size": 8},
        "hovertemplate": "%{customdata}: %{r:.0f}<extra>" + name + "</extra>",
    }


def _values(angles: list[float], scores: list[float | None]) -> dict[str, Any]:
    """The scores in figures, as a layer of their own: on a line with a gap Plotly drops some of the texts behind it."""
    known = [(angle, score) for angle, score in zip(angles, scores, strict=True) if score is not None]
    return {
        "type": "scatterpolar",
        "r": [round(score, 1) for _, score in known],
        "theta": [angle for angle, _ in known],
        "mode": "text",
        "text": [f"<b>{round(score)}</b>" for _, score in known],
        "textposition": [_outside(angle) for angle, _ in known],
        "textfont": {"color": OWN, "size": 14, "shadow": "0 0 3px white, 0 0 3px white, 0 0 3px white"},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _percentiles(title: str) -> dict[str, Any]:
    """A horizontal axis of percentiles, with room for the marks at its ends."""
    return {
        "range": [-3, RADAR_SCALE + 3],
        "tickvals": _TICKS,
        "title": {"text": title, "font": {"size": 13}},
        "gridcolor": GRID,
        "zeroline": False,
    }


def _wrapped(text: str, width: int) -> str:
    return "<br>".join(textwrap.wrap(html.escape(text), width, break_long_words=False))


def _figure(traces: list[dict[str, Any]], **layout: Any) -> go.Figure:
    """A figure in our style, made in one step: adding piece by piece is ten times slower."""
    style = {"font": _FONT, "paper_bgcolor": "rgba(0,0,0,0)", "dragmode": False, "template": "none"}
    return go.Figure({"data": traces, "layout": style | layout})


def _outside(angle: float) -> str:
    """Where a value stands beside its point: away from the centre. Clockwise degrees from the top."""
    vertical = "top" if angle <= 90 or angle >= 270 else "bottom"
    side = "center" if angle in (0, 180) else "right" if angle < 180 else "left"
    return f"{vertical} {side}"
