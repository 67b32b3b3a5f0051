"""Plain HTML, for those who come without JavaScript: search engines, screen readers, slow lines. Pure.

Every text meets the page through `html.escape`.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from urllib.parse import urlencode

from ..i18n import LANGUAGES, collation_key, country_name, format_partial_date, translate
from ..model import Language
from . import label_words
from .awards import Holding
from .exports import Register
from .label_words import state_in_words

_FRAME = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
_COLUMNS = ("cluster", "place", "sector", "label", "awarded", "state", "source")
_WIDTHS = (26, 14, 18, 8, 13, 14, 7)
"""Of the columns of a table, in per cent."""
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:76rem;margin:0 auto;padding:1rem;color:#1b2430}"
    "table{border-collapse:collapse;width:100%;table-layout:fixed}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .5rem .3rem 0;border-bottom:1px solid #dde4ec;"
    "overflow-wrap:break-word;hyphens:auto}"
    + "".join(f"th:nth-child({n}){{width:{width}%}}" for n, width in enumerate(_WIDTHS, 1))
    + "@media(max-width:48rem){thead{display:none}td,th,th:nth-child(n){display:block;border:0;width:auto;padding:0}"
    "tr{display:block;border-bottom:1px solid #c9d2de;padding:.4rem 0}"
    "td::before{content:attr(data-label) ' ';color:#46525f}}"
)


def page(register: Register, base: str) -> str:
    """The list of labels as a page of its own, by country; `base` is the server's address with a slash at its end."""
    language = register.language
    query = urlencode(register.selection.address())
    title = translate(language, "listing.title", n=register.clusters)
    lead = translate(language, "listing.lead", n=register.clusters, day=register.day)
    filters = label_words.filters(register.selection, register.sectors, language)
    lead = f"{lead} {translate(language, 'listing.counts', n=register.awards)}"
    if filters:
        title = f"{title} ({filters})"
        lead = f"{lead} {translate(language, 'listing.chosen', filters=filters)}"
    languages = "".join(
        f'<link rel="alternate" hreflang="{other}" href="{escape(f"{base}list/{other}?{query}")}">'
        for other in LANGUAGES
    )
    head = meta(title, lead, f"{base}list/{language}?{query}", language) + languages
    ways = " · ".join(
        f'<a href="{escape(address)}">{escape(text)}</a>'
        for address, text in (
            (f"{base}labels?{query}&lang={language}", translate(language, "listing.to_map")),
            (f"{base}list/{_other(language)}?{query}", translate(_other(language), "listing.in_language")),
            *((f"{base}labels.{kind}?{query}&lang={language}", kind.upper()) for kind in ("csv", "xlsx", "json")),
            (f"{base}labels.geojson?{query}&lang={language}", "GeoJSON"),
        )
    )
    found = sorted(register.shown, key=lambda h: collation_key(country_name(language, h.cluster.country)))
    sections = "".join(
        f"<h2>{escape(country_name(language, code))}</h2>{_table(list(inside), register, base)}"
        for code, inside in groupby(found, key=lambda holding: holding.cluster.country)
    )
    about = "".join(
        f"<p>{escape(text)}</p>" for text in (register.about()[name] for name in ("sources", "licence", "states"))
    )
    return (
        f'<!doctype html><html lang="{language}"><head>{_FRAME}{head}<style>{_STYLE}</style></head><body><main>'
        f"<h1>{escape(title)}</h1><p>{escape(lead)}</p><nav>{ways}</nav>{sections}<footer>{about}</footer></main>"
        "</body></html>"
    )


def not_found(base: str, language: Language) -> str:
    """What stands at an address where there is no page, with ways on; `base` as in `page`."""
    title, lead = translate(language, "not_found.title"), translate(language, "not_found.lead")
    ways = "".join(
        f'<li><a href="{escape(address)}">{escape(text)}</a></li>'
        for address, text in (
            (f"{base}?lang={language}", translate(language, "home.menu")),
            (f"{base}labels?lang={language}", translate(language, "not_found.to_search")),
            (f"{base}list/{language}", translate(language, "not_found.to_list")),
        )
    )
    return (
        f'<!doctype html><html lang="{language}"><head>{_FRAME}<title>{escape(title)} · clusterdash</title>'
        f'<meta name="robots" content="noindex"><style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>'
        f"<p>{escape(lead)}</p><ul>{ways}</ul></main></body></html>"
    )


def meta(title: str, description: str, address: str, language: Language) -> str:
    """What search engines and previews read: title, description, Open Graph, the address to quote."""
    told = {
        "og:type": "website",
        "og:site_name": "clusterdash",
        "og:title": title,
        "og:description": description,
        "og:url": address,
        "og:locale": "fr_FR" if language == "fr" else "en_GB",
    }
    return (
        f'<title>{escape(title)}</title><meta name="description" content="{escape(description)}">'
        f'<link rel="canonical" href="{escape(address)}">'
        + "".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in told.items())
    )


def sitemap(addresses: Sequence[str]) -> str:
    """The addresses that search engines may read (sitemaps.org, version 0.9)."""
    lines = "".join(f"<url><loc>{escape(address)}</loc></url>" for address in addresses)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{lines}</urlset>'


def _table(found: Sequence[Holding], register: Register, base: str) -> str:
    language = register.language
    head = "".join(f'<th scope="col">{escape(translate(language, f"column.{name}"))}</th>' for name in _COLUMNS)
    ordered = sorted(found, key=lambda holding: collation_key(holding.cluster.name))
    rows = "".join(_row(holding, register, base) for holding in ordered)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(holding: Holding, register: Register, base: str) -> str:
    language, cluster = register.language, holding.cluster
    address = f"{base}cluster?{urlencode({'id': cluster.cluster_id, 'lang': language})}"
    dates = ", ".join(format_partial_date(language, award.awarded_on) for award in holding.awards)
    sources = " ".join(
        f'<a href="{escape(award.source_url)}" rel="noopener">'
        f"{escape(translate(language, 'listing.source', n=index))}</a>"
        for index, award in enumerate(holding.awards, 1)
        if award.source_url
    )
    cells = (
        escape(cluster.city or cluster.region),
        escape(", ".join(register.sectors[code].name.get(language) for code in cluster.sectors)),
        escape(translate(language, f"label.{holding.label}")),
        escape(dates),
        escape(state_in_words(holding, language)),
        sources or "–",
    )
    name = f'<a href="{escape(address)}">{escape(cluster.name)}</a>'
    named = zip(_COLUMNS[1:], cells, strict=True)
    told = "".join(
        f'<td data-label="{escape(translate(language, f"column.{key}"))}">{cell}</td>' for key, cell in named
    )
    return f'<tr><th scope="row">{name}</th>{told}</tr>'


def _other(language: Language) -> Language:
    return "en" if language == "fr" else "fr"
