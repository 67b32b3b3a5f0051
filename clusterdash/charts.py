"""Results -> Plotly figures. Pure; what a figure holds is all that travels to the browser."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import plotly.graph_objects as go

from .benchmark import RADAR_SCALE
from .i18n import number, say
from .model import ClusterBenchmark, Language, Sector, SectorProfile

OWN, PEERS, TOP, INK, GRID = "#0b5394", "#b45309", "#4b5563", "#1b2430", "#c9d2de"
_TICKS = [0, 25, 50, 75, 100]
_FONT = {"family": "Source Sans, Source Sans Pro, sans-serif", "size": 14, "color": INK}


def radar(result: ClusterBenchmark, language: Language) -> go.Figure:
    """The profile of a cluster on the scale of the top 500, with the medians of its sector and of the top 500.

    Axes are the scheme's dimensions in their order, 0-100. A score that is not known leaves a gap.
    """
    names = {dimension.code: dimension.name.in_(language) for dimension in result.grid.dimensions}
    axes = [names[profile.dimension] for profile in result.top500.profiles]
    angles = [360 * i / len(axes) for i in range(len(axes))]
    figure = go.Figure()
    medians = [profile.peer_median for profile in result.top500.profiles]
    _series(figure, axes, angles, medians, say(language, "radar.top500"), TOP, "dot", "circle-open", 1.5)
    if result.sector:
        medians = [profile.peer_median for profile in result.sector.profiles]
        _series(figure, axes, angles, medians, say(language, "radar.sector"), PEERS, "dash", "diamond", 2)
    own = [profile.score for profile in result.top500.profiles]
    _series(figure, axes, angles, own, say(language, "radar.own"), OWN, "solid", "circle", 3)
    figure.update_traces(
        selector={"name": say(language, "radar.own")},
        mode="lines+markers+text",
        text=["" if score is None else f"<b>{number(language, score, 0)}</b>" for score in own],
        textposition=_outside(len(own)),
        textfont={"color": OWN, "size": 14},
    )
    between = 90 - 180 / max(1, len(axes))  # the scale stands between two axes, clear of their values
    figure.update_layout(
        font=_FONT,
        height=480,
        margin={"l": 84, "r": 84, "t": 56, "b": 40},
        dragmode=False,
        paper_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": -0.22, "x": 0.5, "xanchor": "center", "traceorder": "reversed"},
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
                "ticktext": ["<br>".join(textwrap.wrap(axis, 14)) for axis in axes],
                "gridcolor": GRID,
                "linecolor": GRID,
                "tickfont": {"size": 13},
            },
        },
    )
    return figure


def sector_ranges(profiles: Sequence[SectorProfile], sectors: dict[str, Sector], language: Language) -> go.Figure:
    """Sectors side by side in one dimension: bars from quartile to quartile, a mark at the median.

    Sectors with too few clusters for a figure have an empty row.
    """
    ordered = list(reversed(profiles))
    names = ["<br>".join(textwrap.wrap(sectors[p.sector].name.in_(language), 24)) for p in ordered]
    quartiles = [(p.lower_quartile, p.upper_quartile) for p in ordered]
    figure = go.Figure()
    figure.add_bar(
        y=names,
        base=[low for low, _ in quartiles],
        x=[None if low is None or high is None else high - low for low, high in quartiles],
        orientation="h",
        width=0.5,
        name=say(language, "sectors.quartiles"),
        marker={"color": "#bcd3ea", "line": {"color": OWN, "width": 1}},
        customdata=[[number(language, q, 0) if q is not None else "" for q in pair] for pair in quartiles],
        hovertemplate="%{y}: %{customdata[0]} – %{customdata[1]}<extra></extra>",
    )
    figure.add_scatter(
        y=names,
        x=[p.median for p in ordered],
        mode="markers",
        name=say(language, "sectors.median"),
        marker={"color": OWN, "symbol": "diamond", "size": 11},
        customdata=[number(language, p.median, 0) if p.median is not None else "" for p in ordered],
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    figure.update_layout(
        font=_FONT,
        height=90 + 38 * len(names),
        margin={"l": 10, "r": 18, "t": 10, "b": 50},
        dragmode=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        xaxis={
            "range": [0, RADAR_SCALE],
            "tickvals": _TICKS,
            "title": {"text": say(language, "sectors.axis"), "font": {"size": 13}},
            "gridcolor": GRID,
            "zeroline": False,
        },
        yaxis={"automargin": True, "ticklabelstandoff": 6},
    )
    return figure


def _series(
    figure: go.Figure,
    axes: list[str],
    angles: list[float],
    scores: list[float | None],
    name: str,
    colour: str,
    dash: str,
    symbol: str,
    width: float,
) -> None:
    """One closed line; a missing score leaves a gap that is not bridged. Nothing is drawn where all are missing."""
    if all(score is None for score in scores):
        return
    rounded = [None if score is None else round(score, 1) for score in scores]
    figure.add_scatterpolar(
        r=[*rounded, rounded[0]],
        theta=[*angles, angles[0]],
        customdata=[*axes, axes[0]],
        mode="lines+markers",
        connectgaps=False,
        name=name,
        line={"color": colour, "dash": dash, "width": width},
        marker={"color": colour, "symbol": symbol, "size": 8},
        hovertemplate="%{customdata}: %{r:.0f}<extra>" + name + "</extra>",
    )


def _outside(count: int) -> list[str]:
    """Where the value stands beside each point: away from the centre, so that it is off the lines."""
    places = []
    for step in range(count):
        share = step / max(1, count)
        vertical = "top" if share <= 0.25 or share >= 0.75 else "bottom"
        side = "center" if share in (0, 0.5) else "right" if share < 0.5 else "left"
        places.append(f"{vertical} {side}")
    return places
