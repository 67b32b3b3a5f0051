"""The folium map of labels. Pure. Leaflet and the outlines come from our own server: no request goes elsewhere."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import folium
from folium.template import Template

from ...domain import Label, LabelState, Language, Sector
from ...i18n import translate
from ...labels.nearness import Origin, by_distance
from ...labels.status import ENDED, LabelStatus
from ..html import Markup, escape, render
from ..theme import light_dark
from .narrative import cluster_location, label_sentence, place_name

VIEWS: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "europe": ((35.0, -12.0), (66.0, 32.0)),
    "world": ((-35.0, -120.0), (70.0, 60.0)),
}
"""The initial views of the map: south-west and north-east corners in degrees; "world" includes every point."""
FITTED = "fitted"
"""The view that shows the drawn points, and as little else as their places allow."""
_LOOK: dict[LabelState, Markup] = {
    LabelState.VALID: Markup('stroke-width="5"'),
    LabelState.SOON: Markup('stroke-width="5"'),
    LabelState.BY_RULE: Markup('stroke-width="2"'),
    LabelState.UNKNOWN: Markup('stroke-width="2"'),
    **dict.fromkeys(ENDED, Markup('fill-opacity="0.15" stroke-width="2"')),
}
"""Thick outline: certainly running; thin: by the rule, or end not known; hollow: ended."""
_PARTS = {name: light_dark(name) for name in ("paper", "ink", "edge", "own")}
"""The colours of buttons, popups and tooltips, which Leaflet draws white."""
_LABELS = list(Label)
_NAMED = 6
"""The most clusters that the tooltip of a location names."""
_SURROUNDINGS = 8
"""So many of the nearest clusters are in view where the map shows the surroundings of a place."""
_PROMINENCE = [
    *(LabelState.VALID, LabelState.SOON, LabelState.BY_RULE, LabelState.UNKNOWN),
    *(LabelState.RENEWAL, LabelState.ENDED_BY_RULE, LabelState.EXPIRED),
]


@dataclass(frozen=True, slots=True)
class Frame:
    """The surroundings of a map: the path from its own address to the server's root, and its initial view.

    `view` is one of `VIEWS` or `FITTED`; `scheme` names the colour schemes that it follows, as a value of CSS.
    `origin`: a place to be marked; the view "europe" then becomes that of its surroundings.
    """

    root: str = "../../"  # seen from the component's own frame at <base>/component/<name>/index.html
    view: str = "europe"
    height: str = "100%"
    scheme: str = "light dark"
    origin: Origin | None = None


class _Map(folium.Map):
    """folium's map with our own Leaflet, without anything it would fetch from elsewhere."""

    def __init__(self, root: str, **options: Any) -> None:
        super().__init__(**options)
        self._name = "Map"  # streamlit-folium finds the map by this name
        self.default_js = [("leaflet", f"{root}assets/leaflet/leaflet.js")]
        self.default_css = [("leaflet_css", f"{root}assets/leaflet/leaflet.css")]


class _Countries(folium.MacroElement):
    """The outlines of the countries, under the points, fetched once and cached by the browser; light and dark."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        document.documentElement.style.colorScheme = {{ this.scheme|tojson }};
        document.head.appendChild(document.createElement("style")).textContent = {{ this.style }};
        {{ this._parent.get_name() }}.getContainer().style.background = {{ this.sea|tojson }};
        {{ this._parent.get_name() }}.createPane("countries").style.zIndex = 250;
        fetch({{ this.address|tojson }}).then(answer => answer.json()).then(outlines => L.geoJSON(outlines, {
            pane: "countries", interactive: false,
            style: {color: {{ this.border|tojson }}, weight: 0.8, fillColor: {{ this.land|tojson }}, fillOpacity: 1}
        }).addTo({{ this._parent.get_name() }}));
        {% endmacro %}"""
    )

    def __init__(self, root: str, scheme: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self.scheme = "Countries", scheme
        self.address = f"{root}assets/geo/countries-110m.geojson"
        self.border, self.land, self.sea = (light_dark(name) for name in ("coast", "land", "sea"))
        self.style = _literal(render("presentation/templates/map_style.css.jinja", **_PARTS))


class Points(folium.MacroElement):
    """The marks, with the contents of their popups as plain data: every text is set as text, so none can be markup.

    `data` holds the points as [latitude, longitude, mark, clusters], a cluster as [id, name, location, sectors, label],
    the last three as indexes into `strings`, so that repeated texts are sent once.
    """

    _template = Template(
        """{% macro script(this, kwargs) %}
        {
            const data = {{ this.literal }};
            const line = (tag, text, parent) => {
                const element = L.DomUtil.create(tag, "", parent);
                element.textContent = text;
                return element;
            };
            const story = clusters => {
                const box = L.DomUtil.create("div");
                if (clusters.length > 1) line("p", data.here[clusters.length], box).style.margin = "0 0 8px";
                for (const [id, name, ...told] of clusters) {
                    const link = line("a", name, line("div", "", box));
                    link.href = data.page + encodeURIComponent(id);
                    link.target = "_blank";
                    link.rel = "noopener";
                    link.style.fontWeight = "bold";
                    for (const index of told) if (data.strings[index]) line("div", data.strings[index], box);
                    box.lastChild.style.marginBottom = "8px";
                }
                return box;
            };
            const names = clusters => {
                const box = L.DomUtil.create("div");
                for (const [, name] of clusters.slice(0, {{ this.named }})) line("div", name, box);
                if (clusters.length > {{ this.named }}) line("div", data.more[clusters.length], box);
                return box;
            };
            for (const [latitude, longitude, mark, clusters] of data.points)
                L.marker([latitude, longitude], {
                    keyboard: false,
                    icon: L.divIcon({
                        className: "mark", iconSize: [16, 16], iconAnchor: [8, 8], html: data.marks[mark]
                    })
                })
                    .bindTooltip(() => names(clusters))
                    .bindPopup(() => story(clusters), {maxWidth: 216, maxHeight: 240})
                    .addTo({{ this._parent.get_name() }});
        }
        {% endmacro %}"""
    )

    def __init__(self, data: dict[str, Any]) -> None:
        """Draw these points."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Points"
        self.data, self.literal, self.named = data, _literal(data), _NAMED


class _Place(folium.MacroElement):
    """A ring around the place from which distances are counted, under the marks, with its name."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        {
            const [latitude, longitude, name] = {{ this.literal }};
            L.circleMarker([latitude, longitude], {
                radius: 14, weight: 4, color: {{ this.colour|tojson }}, fillOpacity: 0.15, keyboard: false
            }).bindTooltip(name, {permanent: true, direction: "bottom", offset: [0, 12], className: "place"})
                .addTo({{ this._parent.get_name() }});
        }
        {% endmacro %}"""
    )

    def __init__(self, origin: Origin, language: Language) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self.colour = "Place", light_dark("own")
        place = origin.taken.place
        name = str(escape(place_name(origin.taken, language)))  # a tooltip is read as HTML
        self.literal = _literal([place.latitude, place.longitude, name])


class _Legend(folium.MacroElement):
    """The meaning of the marks, in a corner of the map; it opens on demand."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        {
            const legend = L.control({position: "bottomleft"});
            legend.onAdd = () => {
                const box = L.DomUtil.create("details", "legend");
                box.style.cssText = "background:{{ this.paper }};color:{{ this.ink }};"
                    + "border:1px solid {{ this.border }};border-radius:4px;padding:4px 8px;"
                    + "font:12px/1.5 sans-serif;max-width:220px";
                box.innerHTML = {{ this.literal }};
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
        self.paper, self.ink, self.border = (light_dark(name) for name in ("paper", "ink", "edge"))
        entries = [(_mark(label, LabelState.UNKNOWN, 1), translate(language, f"label.{label}")) for label in Label]
        shades = ((LabelState.VALID, "active"), (LabelState.UNKNOWN, "unknown"), (LabelState.EXPIRED, "ended"))
        entries += [(_mark(Label.GOLD, state, 1), translate(language, f"legend.{name}")) for state, name in shades]
        title = translate(language, "legend.title")
        self.literal = _literal(render("presentation/templates/legend.html.jinja", title=title, entries=entries))


def _literal(value: object) -> str:
    """A value as a JavaScript expression that is safe to pass to folium.

    folium renders the output of an element again as a template: a text with braces would be executed on the server. So
    no brace is left, and nothing that could end a script, a string or a template literal.
    """
    text = json.dumps(json.dumps(value, ensure_ascii=False, separators=(",", ":")), ensure_ascii=False)
    for character in "{}<>&'`$\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f"JSON.parse({text})"


def by_location(found: Iterable[LabelStatus]) -> dict[tuple[float, float], list[LabelStatus]]:
    """The labels by location, (latitude, longitude); those without a location are omitted."""
    placed: dict[tuple[float, float], list[LabelStatus]] = {}
    for holding in found:
        latitude, longitude = holding.cluster.latitude, holding.cluster.longitude
        if latitude is not None and longitude is not None:
            placed.setdefault((latitude, longitude), []).append(holding)
    return placed


def label_map(
    found: Iterable[LabelStatus], sectors: Mapping[str, Sector], language: Language, frame: Frame | None = None
) -> folium.Map:
    """A map with one mark per location, distinguished by its shape, and all its clusters in its popup."""
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
    drawn.options["maxZoom"], drawn.options["minZoom"] = 12, 1  # Leaflet has no defaults without tiles
    drawn.add_child(_Countries(frame.root, frame.scheme))
    found = tuple(found)
    placed = by_location(found)
    if frame.origin:
        drawn.add_child(_Place(frame.origin, language))
    drawn.add_child(Points(_points(placed, sectors, language, frame)))
    drawn.add_child(_Legend(language))
    if frame.origin and frame.view == "europe":
        drawn.fit_bounds(_around(_surroundings(found, frame.origin)))
    else:
        drawn.fit_bounds(_bounds(frame.view, placed))
    return drawn


def _points(
    placed: Mapping[tuple[float, float], Sequence[LabelStatus]],
    sectors: Mapping[str, Sector],
    language: Language,
    frame: Frame,
) -> dict[str, Any]:
    """The data of `Points`."""
    strings: dict[str, int] = {}
    marks: dict[str, int] = {}

    def index(table: dict[str, int], text: str) -> int:
        return table.setdefault(text, len(table))

    points = []
    for (latitude, longitude), here in placed.items():
        label = max((holding.label for holding in here), key=_LABELS.index)
        state = min((holding.state for holding in here if holding.label is label), key=_PROMINENCE.index)
        clusters = []
        for holding in here:
            cluster = holding.cluster
            place = cluster_location(cluster, language)
            if cluster.geo_precision == "region":
                place += f" ({translate(language, 'map.region_only')})"
            names = ", ".join(sectors[code].name.get(language) for code in cluster.sectors)
            told = (place, names, label_sentence(holding, language))
            clusters.append([cluster.cluster_id, cluster.name, *(index(strings, text) for text in told)])
        points.append([latitude, longitude, index(marks, _mark(label, state, len(here))), clusters])
    sizes = {len(here) for here in placed.values()}
    return {
        "points": points,
        "strings": list(strings),
        "marks": list(marks),
        "here": {n: translate(language, "map.here", n=n) for n in sizes if n > 1},
        "more": {n: translate(language, "map.more", n=n - _NAMED) for n in sizes if n > _NAMED},
        "page": f"{frame.root}cluster?lang={language}&id=",
    }


def _surroundings(found: Iterable[LabelStatus], origin: Origin) -> list[tuple[float, float]]:
    """A place and the locations of the nearest labels."""
    clusters = [one.holding.cluster for one in by_distance(tuple(found), origin) if one.distance is not None]
    located = [(cluster.latitude or 0.0, cluster.longitude or 0.0) for cluster in clusters[:_SURROUNDINGS]]
    return [(origin.taken.place.latitude, origin.taken.place.longitude), *located]


def _around(points: Collection[tuple[float, float]]) -> list[tuple[float, float]]:
    """The bounds of some points, with a margin: zoomed in as far as they allow."""
    latitudes, longitudes = zip(*points, strict=True)
    return [(min(latitudes) - 0.5, min(longitudes) - 0.5), (max(latitudes) + 0.5, max(longitudes) + 0.5)]


def _bounds(view: str, placed: Collection[tuple[float, float]]) -> list[tuple[float, float]]:
    if view == FITTED and placed:
        return _around(placed)
    south_west, north_east = VIEWS.get(view, VIEWS["europe"])
    if view != "world":
        return [south_west, north_east]
    latitudes, longitudes = zip(south_west, north_east, *placed, strict=True)
    return [(min(latitudes), min(longitudes)), (max(latitudes), max(longitudes))]


@cache
def _mark(label: Label, state: LabelState, clusters: int) -> Markup:
    """A mark as SVG: its shape shows the label, outline and filling the state, a figure the number of clusters."""
    template = "presentation/templates/mark.svg.jinja"
    return render(template, label=label.value, look=_LOOK[state], hollow=state in ENDED, clusters=clusters)
