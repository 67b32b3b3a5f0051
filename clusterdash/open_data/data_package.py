"""A description of `/labels.csv` that programs read: a Frictionless Data Package, version 1. Pure.

https://specs.frictionlessdata.io/data-package/ and https://specs.frictionlessdata.io/table-schema/
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from ..domain import EndKind, Label, LabelState
from ..i18n import translate
from ..labels.status import SUPERSEDED
from .label_files import ABOUT_COLUMNS, FilteredRegister

PATH = "datapackage.json"
"""Below the address of the server."""
FORMAT_VERSION = "1.1.0"
"""Of the columns: the first part changes where a column goes or means something else, the second where one is added."""
_PARTIAL_DATE = {"pattern": r"\d{4}(-\d{2}(-\d{2})?)?"}
_STATES = [state.value for state in LabelState]
_KINDS = [kind.value for kind in EndKind]
_FIELDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "cluster_id": ("string", "id of the cluster, stable", {"required": True}),
    "name": ("string", "name of the cluster", {"required": True}),
    "country": ("string", "ISO 3166-1 alpha-2", {"required": True, "pattern": "[A-Z]{2}"}),
    "country_name": ("string", "name of the country in the language of the file", {}),
    "city": ("string", "city, empty where not known", {}),
    "region": ("string", "region", {}),
    "latitude": ("number", "WGS 84, degrees", {"minimum": -90, "maximum": 90}),
    "longitude": ("number", "WGS 84, degrees", {"minimum": -180, "maximum": 180}),
    "geo_precision": ("string", "what the coordinates are those of", {"enum": ["city", "region", "unknown"]}),
    "sectors": ("string", "codes of sectors, separated by |, the main one first", {}),
    "sector_names": ("string", "their names, separated by semicolons", {}),
    "website": ("string", "web site of the cluster", {}),
    "label": ("string", "label", {"required": True, "enum": [label.value for label in Label]}),
    "award_id": ("string", "id of the award, stable as long as its facts are", {"required": True}),
    "awarded_on": ("string", "year, month or day of the award; empty where not known", _PARTIAL_DATE),
    "date_basis": ("string", "what that date is: stated, of the news, of the ceremony, ...", {}),
    "valid_until": ("string", "end as the source states it", _PARTIAL_DATE),
    "valid_months": ("integer", "how many months the source says that the award lasts", {"minimum": 1}),
    "award_end": ("string", "end of this award, of the kind award_end_kind", _PARTIAL_DATE),
    "award_end_kind": ("string", "how award_end is known", {"enum": _KINDS}),
    "award_state": ("string", "state of this award alone on the day", {"enum": [*_STATES, SUPERSEDED]}),
    "source_url": ("string", "page that tells of the award", {}),
    "confidence": ("string", "how sure the award is", {"enum": ["high", "medium"]}),
    "checked_on": ("string", "when the source was last checked", _PARTIAL_DATE),
    "cluster_label_state": ("string", "state of the cluster's label on the day, from all awards", {"enum": _STATES}),
    "cluster_label_end": ("string", "end that decides it, of the kind cluster_label_end_kind", _PARTIAL_DATE),
    "cluster_label_end_kind": ("string", "how cluster_label_end is known", {"enum": _KINDS}),
    **{f"about_{name}": ("string", f"of the whole file: {name}", {}) for name in ABOUT_COLUMNS},
}


def data_package(register: FilteredRegister, server: str) -> bytes:
    """The description as JSON; `server`: its own address, with a trailing slash."""
    about = register.about()
    fields = [
        {"name": name, "type": kind, "description": told, **({"constraints": limits} if limits else {})}
        for name, (kind, told, limits) in _FIELDS.items()
    ]
    package = {
        "profile": "tabular-data-package",
        "name": "cluster-labels",
        "title": about["title"],
        "description": translate(register.language, "export.sources"),
        "version": FORMAT_VERSION,
        "licenses": [{"name": "other", "title": translate(register.language, "export.licence")}],
        "sources": [{"title": translate(register.language, "export.sources"), "path": f"{server}labels"}],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": "labels",
                "path": f"{server}labels.csv?{urlencode({'lang': register.language})}",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {"fields": fields, "missingValues": [""]},
            }
        ],
    }
    return json.dumps(package, ensure_ascii=False, indent=2).encode()
