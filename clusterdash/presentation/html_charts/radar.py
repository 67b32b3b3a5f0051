"""The radar: one axis per dimension, the own cluster and groups of peers as closed lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, cos, pi, sin
from typing import Literal

from ..html import Markup, render, svg_address

SeriesStyle = Literal["own", "peers", "top"]
"""own: thick, filled circles; peers: dashed, diamonds; top: dotted, hollow circles."""
RINGS = (25, 50, 75, 100)
RADIUS = 200
"""The radius of the outer ring in the units of the drawing."""
_MARGIN = 12
"""Space around the outer ring for marks on it, in the same units."""
_NARROW = 75
"""The outer ring where no value lies beyond it."""


@dataclass(frozen=True, slots=True)
class RadarAxis:
    """An axis with its name; `value` is the own one as it is written, `missing` the reason where there is none."""

    name: str
    value: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class RadarSeries:
    """A line of the radar: a score from 0 to 100 for each axis, None where it is not known; `name` is its label."""

    style: SeriesStyle
    name: str
    scores: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A text at a point of the drawing: parts of the outer radius to the right of, and below the centre."""

    text: str
    x: float
    y: float
    style: str = ""


def radar(axes: Sequence[RadarAxis], series: Sequence[RadarSeries], alt: str) -> Markup:
    """Draw a radar of at least three axes, the first upwards, then clockwise; the first series lies at the back.

    The outer ring is 75, or 100 where a value lies beyond 75: in the middle of a large group most profiles are small.
    Raises ValueError for fewer axes, or a series of another length.
    """
    if len(axes) < 3 or any(len(one.scores) != len(axes) for one in series):
        raise ValueError("a radar needs three axes, and a value of each series for each axis")
    # Whole points, as they are written: what is drawn travels too.
    series = [replace(one, scores=[None if s is None else round(s) for s in one.scores]) for one in series]
    largest = max((value for one in series for value in one.scores if value is not None), default=0)
    outer = _NARROW if largest <= _NARROW else RINGS[-1]
    rings = [ring for ring in RINGS if ring <= outer]
    lines = [_line(one, outer) for one in series]
    drawing = render(
        "presentation/html_charts/templates/radar.svg.jinja",
        size=2 * (RADIUS + _MARGIN),
        disc=RADIUS * 50 / outer,
        rings=[RADIUS * ring / outer for ring in rings],
        spokes=[(*_point(place, len(axes), RADIUS), bool(axis.missing)) for place, axis in enumerate(axes)],
        lines=[line for line in lines if line["points"]],
    )
    between = 1 / 2 - 1  # the scale stands between the last axis and the first, clear of their values
    return render(
        "presentation/html_charts/templates/radar.html.jinja",
        alt=alt,
        image=svg_address(drawing),
        axes=[(axis, *_point(place, len(axes), 1)) for place, axis in enumerate(axes)],
        scale=[_Placed(str(ring), *_point(between, len(axes), ring / outer)) for ring in rings],
        names=[_Placed(one.name, *place, one.style) for one, place in _name_places(series, outer)],
        keys=[one for one in reversed(series) if any(value is not None for value in one.scores)],
    )


def _point(place: float, axes: int, radius: float) -> tuple[float, float]:
    """The point at a distance from the centre on an axis, or between two: to the right of and below the centre."""
    angle = 2 * pi * place / axes
    return round(radius * sin(angle), 3), round(-radius * cos(angle), 3)


def _line(one: RadarSeries, outer: int) -> dict[str, object]:
    """The points and edges of a series; an edge only between neighbouring axes that both have a value."""
    n = len(one.scores)
    points = [None if v is None else _point(i, n, RADIUS * v / outer) for i, v in enumerate(one.scores)]
    edges = [(a, b) for a, b in pairwise([*points, points[0]]) if a is not None and b is not None]
    gaps = any(point is None for point in points)
    return {"style": one.style, "points": [p for p in points if p is not None], "edges": edges, "gap": gaps}


_NAME_WIDTH, _LINE_HEIGHT = 0.7, 0.14
"""About the width of the name of a series, and the height of one of its lines, in parts of the radius: two names nearer
than that would overlap."""
_LINE_LENGTH = 16
"""About how many letters of a name stand in a line."""


def _name_places(series: Sequence[RadarSeries], outer: int) -> list[tuple[RadarSeries, tuple[float, float]]]:
    """Where the name of each series stands: outside the middle of its edge farthest from other lines and names."""
    n = len(series[0].scores) if series else 0
    middles = {
        (one.style, i): _edge_radius(one.scores[i], one.scores[(i + 1) % n], n) for one in series for i in range(n)
    }
    taken: list[tuple[float, float, float]] = []
    found: list[tuple[RadarSeries, tuple[float, float]]] = []
    for one in series:
        best, place = (False, -1.0), None
        height = _LINE_HEIGHT * ceil(len(one.name) / _LINE_LENGTH)
        for i in range(n):
            radius = middles[one.style, i]
            if radius is None:
                continue
            at = _point(i + 0.5, n, radius / outer + height / 2)
            others = [r for r in (middles[other.style, i] for other in series if other is not one) if r is not None]
            distance = min((abs(radius - r) / outer for r in others), default=1.0)
            free = all(abs(at[0] - x) >= _NAME_WIDTH or abs(at[1] - y) >= (height + h) / 2 for x, y, h in taken)
            if (free, distance) > best:
                best, place = (free, distance), at
        if place is not None:
            taken.append((*place, height))
            found.append((one, place))
    return found


def _edge_radius(first: float | None, second: float | None, axes: int) -> float | None:
    """How far from the centre the middle of the angle meets the edge between two neighbouring axes."""
    if first is None or second is None:
        return None
    if first + second == 0:
        return 0.0
    return first * second * sin(2 * pi / axes) / ((first + second) * sin(pi / axes))
