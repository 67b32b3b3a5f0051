"""The register of labels as an entry for catalogues of data: DCAT 3 by the profile DCAT-AP 3, as JSON-LD. Pure.

https://www.w3.org/TR/vocab-dcat-3/ and https://semiceu.github.io/DCAT-AP/releases/3.0.0/
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..i18n import LANGUAGES, translate
from ..labels.contact import Contact
from ..labels.status import LabelStatus
from . import data_package
from .label_files import MEDIA_TYPES, FilteredRegister

PATH = "dcat.jsonld"
"""Below the address of the server."""
MEDIA_TYPE = "application/ld+json"
_EU = "http://publications.europa.eu/resource/authority/"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_CONTEXT: Mapping[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_LANGUAGES = {"fr": "FRA", "en": "ENG"}
"""Codes of the European authority table of languages."""
_DATE_TYPES = {len("2013"): "xsd:gYear", len("2013-03"): "xsd:gYearMonth", len("2013-03-27"): "xsd:date"}
_FORMATS = {"csv": "CSV", "xlsx": "XLSX", "json": "JSON", "geojson": "GEOJSON", "atom": "ATOM"}
"""Codes of the European authority table of file types, by the extension of each distribution."""


def dcat(register: FilteredRegister, server: str, publisher: Contact) -> bytes:
    """The entry as JSON-LD without any remote context; `server`: its own address, with a trailing slash.

    How often the register is updated is not stated: nobody has promised it.
    """
    here = f"{server}{PATH}"
    organisation = {
        "@id": f"{here}#publisher",
        "@type": "foaf:Agent",
        "foaf:name": publisher.name,
        "foaf:homepage": {"@id": publisher.website},
    }
    dataset = {
        "@id": f"{here}#labels",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{here}#labels",
        "dct:title": _title(register),
        "dct:description": _texts(lambda language: translate(language, "export.description")),
        "dcat:keyword": _keywords(),
        "dcat:theme": {"@id": f"{_EU}data-theme/ECON"},
        "dcat:landingPage": {"@id": f"{server}open_data"},
        "dcat:version": register.version[:12],
        "dcat:contactPoint": _contact_point(publisher),
        "dct:publisher": {"@id": f"{here}#publisher"},
        "dct:language": _spoken(),
        "dct:accessRights": {"@id": f"{_EU}access-right/PUBLIC"},
        "dct:provenance": {
            "@type": "dct:ProvenanceStatement",
            "dct:description": _texts(lambda language: translate(language, "export.sources")),
        },
        **_modified(register),
        **_spatial(register),
        "dcat:distribution": [_distribution(kind, server, here) for kind in _FORMATS],
    }
    catalog = {
        "@context": _CONTEXT,
        "@id": here,
        "@type": "dcat:Catalog",
        "dct:title": _title(register),
        "dct:description": _texts(lambda language: translate(language, "head.open_data")),
        "dct:publisher": organisation,
        "dct:language": _spoken(),
        "foaf:homepage": {"@id": f"{server}open_data"},
        "dcat:dataset": dataset,
    }
    return json.dumps(catalog, ensure_ascii=False, indent=2).encode()


def _texts(text: Callable[[Any], str]) -> list[dict[str, str]]:
    """A text in each language."""
    return [{"@language": language, "@value": text(language)} for language in LANGUAGES]


def _title(register: FilteredRegister) -> list[dict[str, str]]:
    source = register.provenance
    return _texts(source.title.get if source else lambda language: translate(language, "export.title"))


def _keywords() -> list[dict[str, str]]:
    return [
        {"@language": language, "@value": word}
        for language in LANGUAGES
        for word in translate(language, "export.keywords").split(", ")
    ]


def _spoken() -> list[dict[str, str]]:
    return [{"@id": f"{_EU}language/{_LANGUAGES[language]}"} for language in LANGUAGES]


def _contact_point(contact: Contact) -> dict[str, Any]:
    """The organisation as vCard: its address of mail, if it has one for this purpose, and its website."""
    mail = {"vcard:hasEmail": {"@id": f"mailto:{contact.mail}"}} if contact.mail else {}
    return {
        "@type": "vcard:Organization",
        "vcard:fn": contact.name,
        **mail,
        "vcard:hasURL": {"@id": contact.website},
    }


def _modified(register: FilteredRegister) -> dict[str, Any]:
    """When the register was last changed, as it states itself; nothing where it does not."""
    day = register.provenance.as_of if register.provenance else ""
    return {"dct:modified": {"@type": _DATE_TYPES[len(day)], "@value": day}} if day else {}


def _spatial(register: FilteredRegister) -> dict[str, Any]:
    """The box around all known places, west-south and east-north, as GeoSPARQL's literal; nothing without any place."""
    points = [point for holding in register.matching if (point := _point(holding))]
    if not points:
        return {}
    longitudes, latitudes = zip(*points, strict=True)
    west, east, south, north = min(longitudes), max(longitudes), min(latitudes), max(latitudes)
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    outline = ",".join(f"{longitude} {latitude}" for longitude, latitude in corners)
    box = {"@type": "http://www.opengis.net/ont/geosparql#wktLiteral", "@value": f"POLYGON(({outline}))"}
    return {"dct:spatial": {"@type": "dct:Location", "dcat:bbox": box}}


def _point(holding: LabelStatus) -> tuple[float, float] | None:
    longitude, latitude = holding.cluster.longitude, holding.cluster.latitude
    return None if longitude is None or latitude is None else (longitude, latitude)


def _distribution(kind: str, server: str, here: str) -> dict[str, Any]:
    """One file: its address, format, licence, and for the table the description of its columns."""
    address = f"{server}labels.{kind}"
    package = {"@id": f"{server}{data_package.PATH}", "@type": "dct:Standard"}
    return {
        "@id": f"{here}#{kind}",
        "@type": "dcat:Distribution",
        "dct:title": kind.upper(),
        "dct:description": _texts(lambda language: translate(language, f"file_use.{kind}")),
        "dcat:accessURL": {"@id": f"{server}open_data"},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": f"{_MEDIA_TYPES}{MEDIA_TYPES[kind]}"},
        "dct:format": {"@id": f"{_EU}file-type/{_FORMATS[kind]}"},
        "dct:license": {
            "@type": "dct:LicenseDocument",
            "dct:description": _texts(lambda language: translate(language, "export.licence")),
        },
        **({"dct:conformsTo": package} if kind == "csv" else {}),
    }
