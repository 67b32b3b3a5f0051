"""A description of `/labels.csv` that programs read: a Frictionless Data Package, version 1. Pure.

https://specs.frictionlessdata.io/data-package/ and https://specs.frictionlessdata.io/table-schema/
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

from ..domain import EndKind, Label, LabelState, Language
from ..i18n import translate
from ..labels.status import SUPERSEDED
from .label_files import ABOUT, ABOUT_COLUMNS, FilteredRegister

PATH = "datapackage.json"
"""Below the address of the server."""
FORMAT_VERSION = "1.1.0"
"""Of the columns: the first part changes where a column goes or means something else, the second where one is added."""
_PARTIAL_DATE = {"pattern": r"\d{4}(-\d{2}(-\d{2})?)?"}
_STATES = [state.value for state in LabelState]
_KINDS = [kind.value for kind in EndKind]


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its type and constraints in the words of Table Schema."""

    kind: Literal["string", "number", "integer"] = "string"
    constraints: Mapping[str, Any] = field(default_factory=dict)


FIELDS: Mapping[str, Field] = {
    "cluster_id": Field(constraints={"required": True}),
    "name": Field(constraints={"required": True}),
    "country": Field(constraints={"required": True, "pattern": "[A-Z]{2}"}),
    "country_name": Field(),
    "city": Field(),
    "region": Field(),
    "latitude": Field("number", {"minimum": -90, "maximum": 90}),
    "longitude": Field("number", {"minimum": -180, "maximum": 180}),
    "geo_precision": Field(constraints={"enum": ["city", "region", "unknown"]}),
    "sectors": Field(),
    "sector_names": Field(),
    "website": Field(),
    "label": Field(constraints={"required": True, "enum": [label.value for label in Label]}),
    "award_id": Field(constraints={"required": True}),
    "awarded_on": Field(constraints=_PARTIAL_DATE),
    "date_basis": Field(),
    "valid_until": Field(constraints=_PARTIAL_DATE),
    "valid_months": Field("integer", {"minimum": 1}),
    "award_end": Field(constraints=_PARTIAL_DATE),
    "award_end_kind": Field(constraints={"enum": _KINDS}),
    "award_state": Field(constraints={"enum": [*_STATES, SUPERSEDED]}),
    "source_url": Field(),
    "confidence": Field(constraints={"enum": ["high", "medium"]}),
    "checked_on": Field(constraints=_PARTIAL_DATE),
    "cluster_label_state": Field(constraints={"enum": _STATES}),
    "cluster_label_end": Field(constraints=_PARTIAL_DATE),
    "cluster_label_end_kind": Field(constraints={"enum": _KINDS}),
    **{f"{ABOUT}{name}": Field() for name in ABOUT_COLUMNS},
}
"""The columns of `/labels.csv`, in their order."""


def field_meaning(name: str, language: Language) -> str:
    """What a column holds."""
    if name.startswith(ABOUT):
        return translate(language, "field.about", name=name.removeprefix(ABOUT))
    return translate(language, f"field.{name}")


def data_package(register: FilteredRegister, server: str) -> bytes:
    """The description as JSON; `server`: its own address, with a trailing slash."""
    about = register.about()
    fields = [
        {
            "name": name,
            "type": column.kind,
            "description": field_meaning(name, register.language),
            **({"constraints": column.constraints} if column.constraints else {}),
        }
        for name, column in FIELDS.items()
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
