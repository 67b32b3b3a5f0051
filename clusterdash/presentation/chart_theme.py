"""Common parts of all figures: colours, font, the scale of percentiles, and figures made in one step."""

from __future__ import annotations

import html
import json
import re
import textwrap
from typing import Any

import plotly.graph_objects as go

from ..benchmark.rules import RADAR_SCALE
from .theme import DARK, THEME, Theme

OWN, PEERS, TOP, INK, GRID = THEME.own, THEME.peers, THEME.top, THEME.ink, THEME.line
TICKS = [0, 25, 50, 75, 100]
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
LINE_STYLES = [(colour, *symbol) for colour, symbol in zip(THEME.series, _SYMBOLS, strict=True)]
"""Colour, mark and dash of the lines of one figure."""
_FONT = {"family": "clusterdash-sans, Source Sans, sans-serif", "size": 14, "color": INK}


def percentile_axis(title: str) -> dict[str, Any]:
    """A horizontal axis of percentiles, with space for the marks at its ends."""
    return {
        "range": [-3, RADAR_SCALE + 3],
        "tickvals": TICKS,
        "title": {"text": title, "font": {"size": 13}},
        "gridcolor": GRID,
        "zeroline": False,
    }


def wrap_text(text: str, width: int) -> str:
    """A text for a figure, escaped, wrapped to lines of at most `width` characters where its words allow."""
    return "<br>".join(textwrap.wrap(html.escape(text), width, break_long_words=False))


def make_figure(traces: list[dict[str, Any]], **layout: Any) -> go.Figure:
    """A figure in our style, made in one step: adding piece by piece is ten times slower."""
    style = {"font": _FONT, "paper_bgcolor": "rgba(0,0,0,0)", "dragmode": False, "template": "none"}
    return go.Figure({"data": traces, "layout": style | layout})


def in_dark(figure: go.Figure) -> go.Figure:
    """The same figure with the colours for dark screens; where two of the light ones are equal, the first counts."""
    pairs = dict(reversed(list(zip(_colours(THEME), _colours(DARK), strict=True))))
    found = re.compile("|".join(map(re.escape, pairs)))
    return go.Figure(json.loads(found.sub(lambda colour: pairs[colour[0]], str(figure.to_json()))))


def _colours(theme: Theme) -> list[str]:
    """All colours of a theme, in the same order for each."""
    values = theme.as_dict().values()
    return [colour for value in values for colour in ((value,) if isinstance(value, str) else value)]


def range_lines(
    rows: list[tuple[str, float | None, float | None]], name: str, width: int, colour: str
) -> dict[str, Any]:
    """Horizontal lines from low to high, one per row, as a single trace with gaps between."""
    known = [(key, low, high) for key, low, high in rows if low is not None and high is not None]
    return {
        "type": "scatter",
        "y": [key for key, _, _ in known for _ in range(3)],
        "x": [x for _, low, high in known for x in (round(low), round(high), None)],
        "mode": "lines",
        "name": name,
        "line": {"color": colour, "width": width},
        "hoverinfo": "skip",
        "visible": bool(known) or "legendonly",
        "showlegend": bool(known),
    }
