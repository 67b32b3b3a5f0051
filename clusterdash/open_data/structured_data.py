"""What search engines read in the head of a page: schema.org as JSON-LD. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ..domain import LabelHolder, Language
from ..i18n import LANGUAGES, country_name, translate
from ..labels.contact import Contact
from ..presentation.html import Markup
from ..presentation.labels.cluster_page import award_text
from .label_files import MEDIA_TYPES, FilteredRegister

_CONTEXT = "https://schema.org"
"""A name: programs that read schema.org know it, and no browser fetches it."""


def script(content: Mapping[str, Any]) -> Markup:
    """Structured data as an element of the head: a block of data, which no browser runs.

    Nothing in it can end the element, whatever a name holds: what has a meaning in HTML is escaped as JSON can.
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text))


def organisation(holder: LabelHolder, server: str, language: Language) -> dict[str, Any]:
    """A cluster with its awards; `server`: its own address, with a trailing slash.

    It has coordinates only where these are those of its city.
    """
    cluster = holder.cluster
    page = f"{server}cluster?{urlencode({'id': cluster.cluster_id, 'lang': language})}"
    parts = {"addressLocality": cluster.city, "addressRegion": cluster.region, "addressCountry": cluster.country}
    address = {"@type": "PostalAddress", **{name: value for name, value in parts.items() if value}}
    found: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "Organization",
        "@id": f"{server}cluster?{urlencode({'id': cluster.cluster_id})}",
        "name": cluster.name,
        "url": cluster.website or page,
        "mainEntityOfPage": page,
        "address": address,
        "award": [award_text(award, language) for award in holder.awards],
    }
    if cluster.geo_precision == "city" and cluster.has_coordinates:
        point = {"@type": "GeoCoordinates", "latitude": cluster.latitude, "longitude": cluster.longitude}
        name = cluster.city or country_name(language, cluster.country)
        found["location"] = {"@type": "Place", "name": name, "address": address, "geo": point}
    return found


def dataset(register: FilteredRegister, server: str, publisher: Contact | None) -> dict[str, Any]:
    """The register as a set of data with its files; `publisher`: None where the contact cannot be read."""
    language, about = register.language, register.about()
    licence = {
        "@type": "CreativeWork",
        "name": translate(language, "export.licence"),
        "url": f"{server}open_data?{urlencode({'lang': language})}",
    }
    creator = {"@type": "Organization", "name": publisher.name, "url": publisher.website} if publisher else None
    return {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "@id": f"{server}open_data",
        "name": about["title"],
        "description": translate(language, "export.description"),
        "url": f"{server}open_data?{urlencode({'lang': language})}",
        "keywords": translate(language, "export.keywords").split(", "),
        "inLanguage": list(LANGUAGES),
        "isAccessibleForFree": True,
        "license": licence,
        "version": about["version"],
        **({"dateModified": about["as_of"]} if about["as_of"] else {}),
        **({"creator": creator} if creator else {}),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": f"labels.{kind}",
                "encodingFormat": media_type,
                "contentUrl": f"{server}labels.{kind}?{urlencode({'lang': language})}",
            }
            for kind, media_type in MEDIA_TYPES.items()
        ],
    }
