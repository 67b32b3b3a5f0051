"""A still map of Europe with a mark for each place of labelled clusters, as one image. Pure, but for the outlines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from math import log, pi, radians, tan
from typing import Any

from ...domain import Label
from ...labels.status import LabelStatus
from ...locations import FACTS
from ..html import Markup, render, svg_address
from .world_map import by_location

WEST, EAST, SOUTH, NORTH = -12.0, 34.0, 35.5, 66.5
"""The part of the world that is drawn, in degrees."""
WIDTH = 760
"""The width of the drawing in its own units."""
_SCALE = WIDTH / radians(EAST - WEST)
_BEYOND = 8.0
"""How far outside that part, in degrees, outlines are still kept."""


def _mercator(latitude: float) -> float:
    return log(tan(pi / 4 + radians(latitude) / 2))


HEIGHT = round(_SCALE * (_mercator(NORTH) - _mercator(SOUTH)))
"""Its height, by Mercator's projection."""


def europe_map(found: Iterable[LabelStatus], alt: str) -> Markup:
    """Draw one mark for each place that lies on the map and is known: that of its highest label."""
    ranks = list(Label)
    highest = [
        (_point(longitude, latitude), max((holding.label for holding in here), key=ranks.index))
        for (latitude, longitude), here in by_location(found).items()
        if WEST < longitude < EAST and SOUTH < latitude < NORTH
    ]
    marks = sorted(highest, key=lambda entry: ranks.index(entry[1]))
    drawing = render(
        "presentation/labels/templates/europe.svg.jinja",
        width=WIDTH,
        height=HEIGHT,
        outlines=_outlines(),
        marks=[(label.value, x, y) for (x, y), label in marks],
    )
    return Markup('<img class="europe-map" src="{}" alt="{}">').format(svg_address(drawing), alt)


def _point(longitude: float, latitude: float) -> tuple[float, float]:
    x = _SCALE * radians(longitude - WEST)
    return round(x, 1), round(HEIGHT - _SCALE * (_mercator(latitude) - _mercator(SOUTH)), 1)


@cache
def _outlines() -> str:
    """The outlines of the countries near the map, as the path of an SVG; from `data/geo`."""
    world: dict[str, Any] = json.loads((FACTS / "geo" / "countries-110m.geojson").read_text("utf-8"))
    rings = [ring for feature in world["features"] for ring in _rings(feature["geometry"]) if _near(ring)]
    paths = []
    for ring in rings:
        points = [_point(x, max(-80.0, min(84.0, y))) for x, y in ring]
        paths.append("M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z")
    return "".join(paths)


def _rings(geometry: dict[str, Any]) -> Iterator[list[tuple[float, float]]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        yield [(x, y) for x, y, *_ in polygon[0]]


def _near(ring: list[tuple[float, float]]) -> bool:
    return any(WEST - _BEYOND < x < EAST + _BEYOND and SOUTH - _BEYOND < y < NORTH + _BEYOND for x, y in ring)
