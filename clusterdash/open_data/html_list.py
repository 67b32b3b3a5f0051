"""Plain HTML for visitors without JavaScript: search engines, screen readers, slow connections. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from urllib.parse import urlencode

from ..domain import Language
from ..i18n import (
    CLDR_LOCALES,
    LANGUAGE_NAMES,
    LANGUAGES,
    collation_key,
    country_name,
    format_partial_date,
    translate,
)
from ..labels.nearness import Origin, by_distance, find_origin
from ..labels.status import LabelStatus
from ..presentation.html import Markup, render
from ..presentation.labels import narrative
from ..presentation.labels.narrative import state_sentence
from . import data_package, dcat
from .feed import feed_address
from .label_files import MEDIA_TYPES, FilteredRegister

_COLUMNS = ("cluster", "place", "sector", "label", "awarded", "state", "source")
_WIDTHS = (26, 14, 18, 8, 13, 14, 7)
"""Widths of the columns of a table, in per cent."""


def list_page(register: FilteredRegister, base: str) -> str:
    """The list of labels by country as a separate page; `base` is the server's address with a trailing slash."""
    language = register.language
    query = urlencode(register.selection.address())
    of_files = urlencode(replace(register.selection, near="").address())
    title = translate(language, "listing.title", n=register.clusters)
    lead = translate(language, "listing.lead", n=register.clusters, day=register.day)
    filters = narrative.filter_summary(register.selection, register.sectors, language)
    lead = f"{lead} {translate(language, 'listing.counts', n=register.awards)}"
    if filters:
        title = f"{title} ({filters})"
        lead = f"{lead} {translate(language, 'listing.chosen', filters=filters)}"
    origin = find_origin(register.selection)
    about = register.about()
    return render(
        "open_data/templates/list.html.jinja",
        language=language,
        title=title,
        lead=lead,
        meta=meta(title, lead, f"{base}list/{language}?{query}", language)
        + alternates(base, register.selection.address(), language),
        languages=[(other, f"{base}list/{other}?{query}") for other in LANGUAGES],
        ways=[
            (f"{base}labels?{query}&lang={language}", translate(language, "listing.to_map")),
            *((f"{base}list/{other}?{query}", LANGUAGE_NAMES[other]) for other in LANGUAGES if other != language),
            *((f"{base}labels.{kind}?{of_files}&lang={language}", kind.upper()) for kind in ("csv", "xlsx", "json")),
            (f"{base}labels.geojson?{of_files}&lang={language}", "GeoJSON"),
        ],
        headings=[translate(language, f"column.{name}") for name in _COLUMNS],
        widths=_WIDTHS,
        parts=_by_distance(register, origin, base) if origin else _by_country(register, base),
        about=[about[name] for name in ("sources", "licence", "states")],
    )


def not_found(base: str, language: Language) -> str:
    """The page shown at an address without a page, with links onward; `base` as in `list_page`."""
    return render(
        "open_data/templates/not_found.html.jinja",
        language=language,
        title=translate(language, "not_found.title"),
        lead=translate(language, "not_found.lead"),
        ways=[
            (f"{base}?lang={language}", translate(language, "home.menu")),
            (f"{base}labels?lang={language}", translate(language, "not_found.to_search")),
            (f"{base}list/{language}", translate(language, "not_found.to_list")),
        ],
        widths=_WIDTHS,
    )


def server_full(base: str, language: Language, seconds: int) -> str:
    """The page shown while there is no room for another visit: it asks for its own address again after some seconds.

    `base` as in `list_page`; the list that it links to needs no visit.
    """
    return render(
        "open_data/templates/server_full.html.jinja",
        language=language,
        seconds=seconds,
        title=translate(language, "connections.title"),
        lead=translate(language, "connections.waits", seconds=seconds),
        ways=[(f"{base}list/{language}", translate(language, "not_found.to_list"))],
        widths=_WIDTHS,
    )


def meta(title: str, description: str, address: str, language: Language) -> Markup:
    """The metadata for search engines and previews: title, description, Open Graph, canonical address."""
    properties = {
        "og:type": "website",
        "og:site_name": "clusterdash",
        "og:title": title,
        "og:description": description,
        "og:url": address,
        "og:locale": CLDR_LOCALES[language],
    }
    template = "open_data/templates/meta.html.jinja"
    return render(template, title=title, description=description, address=address, properties=properties)


def alternates(base: str, asked: Mapping[str, str], language: Language) -> Markup:
    """The links in the head of a page about labels: the feed for its parameters, and what programs read of the data."""
    return Markup(
        '<link rel="alternate" type="{}" title="{}" href="{}">'
        '<link rel="describedby" type="application/json" href="{}">'
        '<link rel="describedby" type="{}" href="{}">'
    ).format(
        MEDIA_TYPES["atom"],
        translate(language, "feed.title"),
        feed_address(base, asked, language),
        f"{base}{data_package.PATH}?{urlencode({'lang': language})}",
        dcat.MEDIA_TYPE,
        f"{base}{dcat.PATH}",
    )


def sitemap_xml(addresses: Sequence[str]) -> str:
    """The sitemap of the addresses that search engines may index (sitemaps.org, version 0.9)."""
    return render("open_data/templates/sitemap.xml.jinja", addresses=addresses)


_Rows = list[Mapping[str, object]]


def _by_country(register: FilteredRegister, base: str) -> list[tuple[str, _Rows]]:
    """A table for each country: its name, and its rows by name."""
    language = register.language
    found = sorted(register.shown, key=lambda h: collation_key(country_name(language, h.cluster.country)))
    return [
        (country_name(language, code), _rows(list(inside), register, base))
        for code, inside in groupby(found, key=lambda holding: holding.cluster.country)
    ]


def _by_distance(register: FilteredRegister, origin: Origin, base: str) -> list[tuple[str, _Rows]]:
    """One table of all, the nearest to a place first, with country and distance in the cell of the place."""
    language = register.language
    heading = translate(language, "near.heading", place=narrative.place_name(origin.taken, language))
    rows = []
    for one in by_distance(register.shown, origin):
        place = (narrative.cluster_location(one.holding.cluster, language), narrative.distance(one.distance, language))
        rows.append(_row(one.holding, register, base, " · ".join(part for part in place if part)))
    return [(heading, rows)]


def _rows(found: Sequence[LabelStatus], register: FilteredRegister, base: str) -> _Rows:
    """The rows of a country's table, by name."""
    ordered = sorted(found, key=lambda holding: collation_key(holding.cluster.name))
    return [_row(holding, register, base, holding.cluster.city or holding.cluster.region) for holding in ordered]


def _row(holding: LabelStatus, register: FilteredRegister, base: str, place: str) -> Mapping[str, object]:
    """A row for the template: name, address, pairs of heading and cell, addresses and names of sources."""
    language, cluster = register.language, holding.cluster
    cells = (
        place,
        ", ".join(register.sectors[code].name.get(language) for code in cluster.sectors),
        translate(language, f"label.{holding.label}"),
        ", ".join(format_partial_date(language, award.awarded_on) for award in holding.awards),
        state_sentence(holding, language),
    )
    return {
        "name": cluster.name,
        "address": f"{base}cluster?{urlencode({'id': cluster.cluster_id, 'lang': language})}",
        "cells": [
            (translate(language, f"column.{key}"), cell) for key, cell in zip(_COLUMNS[1:-1], cells, strict=True)
        ],
        "sources": [
            (award.source_url, translate(language, "listing.source", n=index))
            for index, award in enumerate(holding.awards, 1)
            if award.source_url
        ],
    }
