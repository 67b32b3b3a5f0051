"""Labels -> a folium map. Pure. Leaflet and the outlines come from our own server: no request leaves it."""

from __future__ import annotations

import html
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import folium
from folium.template import Template

from .awards import Holding
from .i18n import say
from .label_words import label_in_words, where
from .model import Label, Language, Sector, State

VIEWS: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "europe": ((35.0, -12.0), (66.0, 32.0)),
    "world": ((-35.0, -120.0), (70.0, 60.0)),
}
"""What the map can open on: south-west and north-east corner in degrees; the world is wide enough for every point."""
_INK = "#1b2430"
_FILL = {Label.BRONZE: "#d99a5b", Label.SILVER: "#c3ccd6", Label.GOLD: "#f2c230"}
_LETTER = {Label.BRONZE: "B", Label.SILVER: "S", Label.GOLD: "G"}
_SHAPE = {
    Label.BRONZE: '<circle cx="12" cy="12" r="10" {style}/>',
    Label.SILVER: '<rect x="2.5" y="2.5" width="19" height="19" rx="2" {style}/>',
    Label.GOLD: '<path d="M12 1 22 6.5v11L12 23 2 17.5v-11z" {style}/>',
}
_LOOK: dict[State, str] = {
    State.VALID: 'stroke-width="2"',
    State.SOON: 'stroke-width="2"',
    State.UNKNOWN: 'stroke-width="1.5" stroke-dasharray="3 2"',
    State.RENEWAL: 'fill-opacity="0.25" stroke-width="1.5"',
    State.EXPIRED: 'fill-opacity="0.25" stroke-width="1.5"',
}
"""Solid: active; dashed outline: end not known; pale: ended."""
_MARK = ("label", "state", "clusters")
"""The properties of a point that decide its mark."""
_PROMINENCE = [State.VALID, State.SOON, State.UNKNOWN, State.RENEWAL, State.EXPIRED]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a map stands: what leads from its own address to the server's root, and on what it opens."""

    root: str = "../../"  # seen from the component's own frame at <base>/component/<name>/index.html
    view: str = "europe"
    height: str = "100%"


class _Map(folium.Map):
    """folium's map with our own Leaflet, and nothing else of what it would fetch from elsewhere."""

    def __init__(self, root: str, **options: Any) -> None:
        super().__init__(**options)
        self._name = "Map"  # streamlit-folium finds the map by this name
        self.default_js = [("leaflet", f"{root}assets/leaflet/leaflet.js")]
        self.default_css = [("leaflet_css", f"{root}assets/leaflet/leaflet.css")]


class _Countries(folium.MacroElement):
    """The outlines of the countries, under the points, fetched once and kept by the browser."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        {{ this._parent.get_name() }}.createPane("countries").style.zIndex = 250;
        fetch({{ this.address|tojson }}).then(answer => answer.json()).then(outlines => L.geoJSON(outlines, {
            pane: "countries", interactive: false,
            style: {color: "#8fa1b5", weight: 0.8, fillColor: "#f4f1ea", fillOpacity: 1}
        }).addTo({{ this._parent.get_name() }}));
        {% endmacro %}"""
    )

    def __init__(self, root: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Countries"
        self.address = f"{root}assets/geo/countries-110m.geojson"


class _Legend(folium.MacroElement):
    """What the marks mean, in a corner of the map; it opens on demand."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        {
            const legend = L.control({position: "bottomleft"});
            legend.onAdd = () => {
                const box = L.DomUtil.create("details", "legend");
                box.style.cssText = "background:#ffffffe6;border:1px solid #8fa1b5;border-radius:4px;padding:4px 8px;"
                    + "font:12px/1.5 sans-serif;max-width:220px";
                box.innerHTML = {{ this.story|tojson }};
                L.DomEvent.disableClickPropagation(box);
                return box;
            };
            legend.addTo({{ this._parent.get_name() }});
        }
        {% endmacro %}"""
    )

    def __init__(self, language: Language) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Legend"
        rows = [(_mark(label, State.VALID, 1), say(language, f"label.{label}")) for label in Label]
        shades = ((State.VALID, "active"), (State.UNKNOWN, "unknown"), (State.EXPIRED, "ended"))
        rows += [(_mark(Label.GOLD, state, 1), say(language, f"legend.{name}")) for state, name in shades]
        lines = "".join(
            f'<div style="display:flex;gap:6px;align-items:center">{mark}<span>{html.escape(text)}</span></div>'
            for mark, text in rows
        )
        self.story = f"<summary>{html.escape(say(language, 'legend.title'))}</summary>{lines}"


def map_text(text: str) -> str:
    """A text made harmless for folium, which writes JavaScript template literals: escaping HTML alone is not enough."""
    escaped = html.escape(text, quote=True)
    for character in "`\\{}":
        escaped = escaped.replace(character, f"&#{ord(character)};")
    return escaped


def places(found: Iterable[Holding]) -> dict[tuple[float, float], list[Holding]]:
    """The labels by the place where they are drawn, (latitude, longitude); those without a place are left out."""
    placed: dict[tuple[float, float], list[Holding]] = {}
    for holding in found:
        latitude, longitude = holding.cluster.latitude, holding.cluster.longitude
        if latitude is not None and longitude is not None:
            placed.setdefault((latitude, longitude), []).append(holding)
    return placed


def label_map(
    found: Iterable[Holding], sectors: Mapping[str, Sector], language: Language, frame: Frame | None = None
) -> folium.Map:
    """A map with one mark for each place, told apart by shape and letter, and all its clusters in its popup."""
    frame = frame or Frame()
    drawn = _Map(
        frame.root,
        tiles=None,
        min_zoom=1,
        max_zoom=12,
        zoom_control="bottomright",
        attributionControl=False,
        zoomSnap=0.25,
        height=frame.height,
    )
    drawn.options["maxZoom"], drawn.options["minZoom"] = 12, 1  # without tiles Leaflet does not know them
    drawn.add_child(_Countries(frame.root))
    placed = places(found)
    features = [_feature(place, here, sectors, language, frame) for place, here in placed.items()]
    if features:
        points = folium.GeoJson(
            {"type": "FeatureCollection", "features": features},
            marker=folium.Marker(icon=folium.DivIcon(icon_size=(20, 20), icon_anchor=(10, 10), class_name="mark")),
            style_function=lambda feature: {"html": _mark(*(feature["properties"][k] for k in _MARK))},
            tooltip=folium.GeoJsonTooltip(fields=["names"], labels=False, sticky=False),
            popup=folium.GeoJsonPopup(fields=["story"], labels=False, maxWidth=260, maxHeight=240),
        )
        drawn.add_child(points)
    drawn.add_child(_Legend(language))
    drawn.fit_bounds(_bounds(frame.view, placed))
    return drawn


def _bounds(view: str, placed: Collection[tuple[float, float]]) -> list[tuple[float, float]]:
    if view not in VIEWS and placed:  # as near as what is drawn allows
        latitudes, longitudes = zip(*placed, strict=True)
        return [(min(latitudes) - 0.5, min(longitudes) - 0.5), (max(latitudes) + 0.5, max(longitudes) + 0.5)]
    south_west, north_east = VIEWS.get(view, VIEWS["europe"])
    if view != "world":
        return [south_west, north_east]
    latitudes, longitudes = zip(south_west, north_east, *placed, strict=True)
    return [(min(latitudes), min(longitudes)), (max(latitudes), max(longitudes))]


def _feature(
    place: tuple[float, float],
    found: list[Holding],
    sectors: Mapping[str, Sector],
    language: Language,
    frame: Frame,
) -> dict[str, Any]:
    names = list(dict.fromkeys(map_text(holding.cluster.name) for holding in found))
    shown = names[:6] + ([map_text(say(language, "map.more", n=len(names) - 6))] if len(names) > 6 else [])
    count = (
        [f"<p style='margin:0 0 8px'><b>{map_text(say(language, 'map.here', n=len(names)))}</b></p>"]
        if len(names) > 1
        else []
    )
    label = max((holding.label for holding in found), key=list(Label).index)
    state = min((holding.state for holding in found if holding.label is label), key=_PROMINENCE.index)
    return {
        "type": "Feature",
        "id": json.dumps(place),
        "geometry": {"type": "Point", "coordinates": [place[1], place[0]]},
        "properties": {
            "clusters": len(found),
            "names": "<br>".join(shown),
            "label": label,
            "state": state,
            "story": "".join([*count, *(_story(holding, sectors, language, frame) for holding in found)]),
        },
    }


def _mark(label: Label, state: State, clusters: int) -> str:
    """A mark as SVG: shape and letter tell the label, outline and shade its state, a figure how many clusters."""
    style = f'fill="{_FILL[label]}" stroke="{_INK}" {_LOOK[state]}'
    letter = (
        f'<text x="12" y="16.5" text-anchor="middle" font-size="13" font-weight="700" fill="{_INK}">'
        f"{_LETTER[label]}</text>"
    )
    many = (
        f'<circle cx="22" cy="3" r="7" fill="{_INK}"/><text x="22" y="6.5" text-anchor="middle" font-size="10" '
        f'font-family="sans-serif" fill="#fff">{clusters}</text>'
        if clusters > 1
        else ""
    )
    return (
        '<svg width="20" height="20" viewBox="0 0 24 24" style="overflow:visible" font-family="sans-serif" '
        f'aria-hidden="true">{_SHAPE[label].format(style=style)}{letter}{many}</svg>'
    )


def _story(holding: Holding, sectors: Mapping[str, Sector], language: Language, frame: Frame) -> str:
    """What the popup tells of one cluster: name, place, sectors, the label and its state, its own page."""
    cluster = holding.cluster
    page = f"{frame.root}cluster?{urlencode({'id': cluster.cluster_id, 'lang': language})}"
    lines = [_link(page, cluster.name), map_text(where(cluster, language))]
    lines.append(map_text(", ".join(sectors[code].name.in_(language) for code in cluster.sectors)))
    if cluster.geo_precision == "region":
        lines.append(f"<i>{map_text(say(language, 'map.region_only'))}</i>")
    lines.append(map_text(label_in_words(holding, language)))
    return '<p style="margin:0 0 8px">' + "<br>".join(line for line in lines if line) + "</p>"


def _link(address: str, text: str) -> str:
    return f'<a href="{map_text(address)}" target="_blank" rel="noopener"><b>{map_text(text)}</b></a>'
