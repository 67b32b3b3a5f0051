"""The radar to explore: dimensions or the indicators of one as axes; groups and earlier years as lines. Pure."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from typing import Any, Literal

import plotly.graph_objects as go

from ...benchmark.progress import time_series
from ...benchmark.rules import RADAR_SCALE
from ...domain import ClusterBenchmark, Language, Reference
from ...i18n import format_value, translate
from ..chart_theme import GRID, LINE_STYLES, OWN, PEERS, TICKS, TOP, make_figure, wrap_text
from ..formatting import whole_number
from .group_names import group_name
from .narrative import radar_values_alt, second_reference
from .tables import table

Role = Literal["own", "top", "sector", "other"]
"""What a line shows, which decides its look."""
_LOOKS: dict[Role, tuple[str, str, str, float]] = {
    "own": (OWN, "circle", "solid", 3),
    "top": (TOP, "circle-open", "dot", 1.5),
    "sector": (PEERS, "diamond", "dash", 2),
}
"""Colour, mark, dash and width of a line: it is not told from others by its colour alone."""
_LEAST_AXES = 3


@dataclass(frozen=True, slots=True)
class RadarView:
    """What a radar shows: the dimensions (`block` is empty) or a block's indicators, some groups, and earlier days."""

    block: str
    groups: tuple[Reference, ...]
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class RadarLine:
    """A line of the radar: a value from 0 to 100 for each axis, None where it is not known or not to be shown."""

    name: str
    role: Role
    points: tuple[float | None, ...]


def usual_view(result: ClusterBenchmark, reference: Reference) -> RadarView:
    """The dimensions with the medians of the 500 best and of the chosen group, or of the sector."""
    beside = second_reference(result, reference)
    return RadarView("", (result.first, *([beside] if beside else [])))


def explorable_blocks(result: ClusterBenchmark, language: Language) -> dict[str, str]:
    """The names of the dimensions with at least three indicators that can be placed, by code."""
    known = {position.indicator for position in result.first.positions}
    inside = [indicator.dimension for indicator in result.grid.indicators if indicator.code in known]
    return {d.code: d.name.get(language) for d in result.grid.dimensions if inside.count(d.code) >= _LEAST_AXES}


def radar_axes(result: ClusterBenchmark, view: RadarView, language: Language) -> dict[str, str]:
    """The names of the axes by the code of the dimension or indicator, in the order of the scheme."""
    if not view.block:
        names = {dimension.code: dimension.name.get(language) for dimension in result.grid.dimensions}
        return {score.dimension: names[score.dimension] for score in result.first.scores}
    known = {position.indicator for position in result.first.positions}
    inside = [i for i in result.grid.indicators if i.dimension == view.block and i.code in known]
    return {indicator.code: indicator.name.get(language) for indicator in inside}


def radar_lines(result: ClusterBenchmark, view: RadarView, language: Language) -> list[RadarLine]:
    """The lines of a radar.

    Of dimensions: the own score, and the median score of each group. Of indicators: the own percentile in each group.
    Of earlier days: the own percentiles among the 500 best of that time, for dimensions over the questions of all days.
    """
    axes = radar_axes(result, view, language)
    lines = []
    for group in view.groups:
        role = _role(result, group)
        name = group_name(result, group, language, short=True)
        if view.block:
            found = {position.indicator: position.percentile for position in group.positions}
            lines.append(RadarLine(name, "own" if role == "top" else role, tuple(map(found.get, axes))))
        else:
            medians = {score.dimension: score.peer_median for score in group.scores}
            name = translate(language, "radar.median", group=name)
            lines.append(RadarLine(name, role, tuple(map(medians.get, axes))))
    past = {one.code: dict(one.points) for one in time_series(result, view.block or None)} if view.days else {}
    for day in view.days:
        points = tuple(past[code].get(day) if code in past else None for code in axes)
        lines.append(RadarLine(format_value(language, day), "other", points))
    if not view.block:
        own = tuple(score.score for score in result.first.scores)
        lines.append(RadarLine(translate(language, "radar.own"), "own", own))
    return lines


def _role(result: ClusterBenchmark, reference: Reference) -> Role:
    """What the line of a group shows: of two groups of one kind only one is the first, or the one beside it."""
    if reference.group == result.first.group:
        return "top"
    return "sector" if result.second and reference.group == result.second.group else "other"


def radar(result: ClusterBenchmark, view: RadarView, language: Language) -> go.Figure:
    """The lines of a view on one scale from 0 to 100; an unknown value leaves a gap."""
    return draw_lines(list(radar_axes(result, view, language).values()), radar_lines(result, view, language))


def draw_lines(axes: list[str], told: Sequence[RadarLine]) -> go.Figure:
    """Lines on axes with these names, each from 0 to 100; one without any value is left out."""
    lines = [line for line in told if any(value is not None for value in line.points)]
    angles = [360 * i / len(axes) for i in range(len(axes))]
    labels = [wrap_text(axis, 14) for axis in axes]
    rows = max((label.count("<br>") + 1 for label in labels), default=1)
    between = 90 - 180 / max(1, len(axes))  # the scale is between two axes, clear of their values
    others = cycle(LINE_STYLES[2:])
    looks = [_LOOKS[line.role] if line.role in _LOOKS else (*next(others), 2) for line in lines]
    traces = [_trace(line, look, angles, axes) for line, look in zip(lines, looks, strict=True)]
    traces += [_values(angles, line.points) for line in lines if line.role == "own"]
    return make_figure(
        traces,
        height=540 + 20 * max(0, len(lines) - 3),
        margin={"l": 84, "r": 84, "t": 22 + 17 * rows, "b": 22 + 17 * rows},
        legend={"orientation": "h", "y": -0.26, "x": 0.5, "xanchor": "center", "traceorder": "reversed"},
        polar={
            "bgcolor": "rgba(0,0,0,0)",
            "radialaxis": {
                "range": [0, RADAR_SCALE],
                "tickvals": TICKS,
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


def radar_table(result: ClusterBenchmark, view: RadarView, language: Language) -> str:
    """The values of a radar: a row for each axis, a column for each line."""
    lines = radar_lines(result, view, language)
    headings = [translate(language, "column.subject"), *(line.name for line in lines)]
    names = radar_axes(result, view, language).values()
    rows = [[name, *(whole_number(language, line.points[place]) for line in lines)] for place, name in enumerate(names)]
    return table(translate(language, "table.radar"), headings, [("", rows)])


def radar_text(result: ClusterBenchmark, view: RadarView, language: Language) -> str:
    """The text alternative of a radar: the own values; all lines are in the table."""
    axes = radar_axes(result, view, language).values()
    own = next((line.points for line in radar_lines(result, view, language) if line.role == "own"), (None,) * len(axes))
    return radar_values_alt(result, zip(axes, own, strict=True), language)


def _trace(line: RadarLine, look: tuple[str, str, str, float], angles: list[float], axes: list[str]) -> dict[str, Any]:
    """One line, closed by its first point; a missing value leaves a gap that is not bridged."""
    rounded = [None if value is None else round(value) for value in line.points]
    colour, symbol, dash, width = look
    name = html.escape(line.name)
    return {
        "type": "scatterpolar",
        "r": [*rounded, *rounded[:1]],
        "theta": [*angles, *angles[:1]],
        "customdata": [*axes, *axes[:1]],
        "mode": "lines+markers",
        "connectgaps": False,
        "name": name,
        "line": {"color": colour, "dash": dash, "width": width},
        "marker": {"color": colour, "symbol": symbol, "size": 8},
        "hovertemplate": "%{customdata}: %{r:.0f}<extra>" + name + "</extra>",
    }


def _values(angles: list[float], values: Sequence[float | None]) -> dict[str, Any]:
    """The own values as text, in a separate trace: on a line with a gap, Plotly drops some of the texts after it."""
    known = [(angle, value) for angle, value in zip(angles, values, strict=True) if value is not None]
    return {
        "type": "scatterpolar",
        "r": [round(value) for _, value in known],
        "theta": [angle for angle, _ in known],
        "mode": "text",
        "text": [f"<b>{round(value)}</b>" for _, value in known],
        "textposition": [_outside(angle) for angle, _ in known],
        "textfont": {"color": OWN, "size": 14},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _outside(angle: float) -> str:
    """The text position of a value beside its point, away from the centre. `angle`: degrees clockwise from the top."""
    vertical = "top" if angle <= 90 or angle >= 270 else "bottom"
    side = "center" if angle in (0, 180) else "right" if angle < 180 else "left"
    return f"{vertical} {side}"
