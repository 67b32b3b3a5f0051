"""Awards -> a folium map. Pure. Leaflet and the outlines come from our own server: no request leaves it."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping
from typing import Any

import folium
from folium.template import Template

from .i18n import country_name, partial_date, plain_order, say
from .model import Award, Cluster, Label, LabelHolder, Language, Sector

# Seen from the component's own frame at <base>/component/<name>/index.html.
_ASSETS = "../../assets"
_FILL = {Label.BRONZE: "#b0703c", Label.SILVER: "#8a97a6", Label.GOLD: "#e3b505"}
VIEWS: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "europe": ((35.0, -12.0), (66.0, 32.0)),
    "world": ((-35.0, -120.0), (70.0, 60.0)),
}
"""What the map can open on: south-west and north-east corner in degrees; the world is wide enough for every point."""


class _Map(folium.Map):
    """folium's map with our own Leaflet, and nothing else of what it would fetch from elsewhere."""

    default_js = [("leaflet", f"{_ASSETS}/leaflet/leaflet.js")]  # noqa: RUF012 - folium's own attribute
    default_css = [("leaflet_css", f"{_ASSETS}/leaflet/leaflet.css")]  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._name = "Map"  # streamlit-folium finds the map by this name


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

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Countries"
        self.address = f"{_ASSETS}/geo/countries-110m.geojson"


def map_text(text: str) -> str:
    """A text made harmless for folium, which writes JavaScript template literals: escaping HTML alone is not enough."""
    escaped = html.escape(text, quote=True)
    for character in "`\\{}":
        escaped = escaped.replace(character, f"&#{ord(character)};")
    return escaped


def places(holders: Iterable[LabelHolder]) -> dict[tuple[float, float], list[LabelHolder]]:
    """The holders by the place where they are drawn, (latitude, longitude); those without a place are left out."""
    found: dict[tuple[float, float], list[LabelHolder]] = {}
    for holder in holders:
        latitude, longitude = holder.cluster.latitude, holder.cluster.longitude
        if latitude is not None and longitude is not None:
            found.setdefault((latitude, longitude), []).append(holder)
    return found


def label_map(
    holders: Iterable[LabelHolder], sectors: Mapping[str, Sector], label: Label, view: str, language: Language
) -> folium.Map:
    """A map with one point for each place, larger where several clusters are, and all of them in its popup."""
    drawn = _Map(
        tiles=None, min_zoom=1, max_zoom=12, zoom_control="bottomright", attributionControl=False, zoomSnap=0.25
    )
    drawn.options["maxZoom"], drawn.options["minZoom"] = 12, 1  # without tiles Leaflet does not know them
    drawn.add_child(_Countries())
    placed = places(holders)
    features = [_feature(place, found, sectors, language) for place, found in placed.items()]
    if features:
        points = folium.GeoJson(
            {"type": "FeatureCollection", "features": features},
            marker=folium.CircleMarker(fill=True),
            style_function=lambda feature: {
                "radius": 6 + 2.2 * (feature["properties"]["clusters"] - 1) ** 0.5,
                "color": "#1b2430",
                "weight": 1.5,
                "fillColor": _FILL[label],
                "fillOpacity": 0.9,
            },
            tooltip=folium.GeoJsonTooltip(fields=["names"], labels=False, sticky=False),
            popup=folium.GeoJsonPopup(fields=["story"], labels=False, maxWidth=240, maxHeight=240),
        )
        drawn.add_child(points)
    drawn.fit_bounds(_bounds(view, placed))
    return drawn


def _bounds(view: str, placed: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    south_west, north_east = VIEWS[view]
    if view != "world":
        return [south_west, north_east]
    latitudes, longitudes = zip(south_west, north_east, *placed, strict=True)
    return [(min(latitudes), min(longitudes)), (max(latitudes), max(longitudes))]


def _feature(
    place: tuple[float, float], holders: list[LabelHolder], sectors: Mapping[str, Sector], language: Language
) -> dict[str, Any]:
    names = [map_text(holder.cluster.name) for holder in holders]
    shown = names[:6] + ([map_text(say(language, "map.more", n=len(names) - 6))] if len(names) > 6 else [])
    count = (
        [f"<p style='margin:0 0 8px'><b>{map_text(say(language, 'map.here', n=len(names)))}</b></p>"]
        if len(names) > 1
        else []
    )
    return {
        "type": "Feature",
        "id": json.dumps(place),
        "geometry": {"type": "Point", "coordinates": [place[1], place[0]]},
        "properties": {
            "clusters": len(holders),
            "names": "<br>".join(shown),
            "story": "".join([*count, *(_story(holder, sectors, language) for holder in holders)]),
        },
    }


def _story(holder: LabelHolder, sectors: Mapping[str, Sector], language: Language) -> str:
    """What the popup tells of one cluster: name, place, sectors, its awards with their sources, its web site."""
    cluster = holder.cluster
    lines = [f"<b>{map_text(cluster.name)}</b>", map_text(where(cluster, language))]
    lines.append(map_text(", ".join(sectors[code].name.in_(language) for code in cluster.sectors)))
    if cluster.geo_precision == "region":
        lines.append(f"<i>{map_text(say(language, 'map.region_only'))}</i>")
    for award in holder.awards:
        source = _link(award.source_url, say(language, "map.source"))
        lines.append(" · ".join(part for part in (map_text(award_in_words(award, language)), source) if part))
    if cluster.website:
        lines.append(_link(cluster.website, say(language, "map.website")))
    return '<p style="margin:0 0 8px">' + "<br>".join(line for line in lines if line) + "</p>"


LIST_COLUMNS = ("cluster", "country", "place", "awarded", "until", "sector", "website", "source")


def label_list(
    holders: Iterable[LabelHolder], sectors: Mapping[str, Sector], language: Language
) -> list[tuple[str, ...]]:
    """The list beside the map: one row an award, by country and name, cells as in `LIST_COLUMNS`."""
    rows = [
        (
            holder.cluster.name,
            country_name(language, holder.cluster.country),
            holder.cluster.city or holder.cluster.region,
            partial_date(language, award.awarded_on),
            partial_date(language, award.valid_until) if award.valid_until else say(language, "map.end_unknown"),
            ", ".join(sectors[code].name.in_(language) for code in holder.cluster.sectors),
            holder.cluster.website,
            award.source_url,
        )
        for holder in holders
        for award in holder.awards
    ]
    return sorted(rows, key=lambda row: (plain_order(row[1]), plain_order(row[0])))


def where(cluster: Cluster, language: Language) -> str:
    """City and country, or region and country where the city is not known."""
    place = cluster.city or cluster.region
    return ", ".join(part for part in (place, country_name(language, cluster.country)) if part)


def award_in_words(award: Award, language: Language) -> str:
    """ "Gold: March 2013, valid until 2015", with the end only where a source states it."""
    end = (
        say(language, "map.until", date=partial_date(language, award.valid_until))
        if award.valid_until
        else say(language, "map.end_unknown")
    )
    label = say(language, f"label.{award.label}")
    return say(language, "map.award", label=label, date=partial_date(language, award.awarded_on), end=end)


def _link(address: str, text: str) -> str:
    if not address:
        return ""
    return f'<a href="{map_text(address)}" target="_blank" rel="noopener noreferrer">{map_text(text)}</a>'
