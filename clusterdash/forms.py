"""The forms in which data come in: the tables, their columns, and what a cell of each may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import fields
from .fields import Parser
from .model import Label


@dataclass(frozen=True, slots=True)
class Column:
    """What one column holds. `needed`: the column must be there and no cell of it empty."""

    parse: Parser
    needed: bool = False
    empty: Any = None


_TEXT = Column(fields.text, empty="")
_NAME = Column(fields.text, needed=True)
CODE = Column(fields.code, needed=True)
_KINDS = ("level", "share", "number", "points", "gate")
CLUSTER_DETAILS = {
    "name": _NAME,
    "country": Column(fields.country, needed=True),
    "city": _TEXT,
    "region": _TEXT,
    "latitude": Column(fields.number_within(-90, 90)),
    "longitude": Column(fields.number_within(-180, 180)),
    "geo_precision": Column(fields.one_of(("city", "region", "unknown"))),
    "sector": Column(fields.codes, empty=()),
    "activity": _TEXT,
    "website": Column(fields.url, empty=""),
    "note": _TEXT,
}
ASSESSMENT = {
    "cluster_id": CODE,
    "assessed_on": Column(fields.day, needed=True),
    "evidence": Column(fields.one_of(("declared", "verified")), empty="declared"),
}
TABLES: dict[str, dict[str, Column]] = {
    "edition": {"title": _NAME, "synthetic": Column(fields.flag, needed=True)},
    "schemes": {
        "scheme": CODE,
        "family": CODE,
        "version": _NAME,
        "name_en": _NAME,
        "name_fr": _NAME,
        "purpose": Column(fields.one_of(("benchmark", "evaluation")), needed=True),
        "illustrative": Column(fields.flag, needed=True),
    },
    "dimensions": {
        "scheme": CODE,
        "code": CODE,
        "name_en": _NAME,
        "name_fr": _NAME,
        "position": Column(fields.number),
    },
    "indicators": {
        "scheme": CODE,
        "code": CODE,
        "dimension": CODE,
        "name_en": _NAME,
        "name_fr": _NAME,
        "kind": Column(fields.one_of(_KINDS), needed=True),
        "unit_en": _TEXT,
        "unit_fr": _TEXT,
        "minimum": Column(fields.number),
        "maximum": Column(fields.number),
        "direction": Column(fields.one_of(("higher", "lower", "none")), needed=True),
        "threshold": Column(fields.number),
        "basis": _TEXT,
        "silver_audit": Column(fields.one_of(("yes", "no", "unknown")), empty=""),
    },
    "sectors": {
        "code": CODE,
        "name_en": _NAME,
        "name_fr": _NAME,
        "is_esca_portfolio": Column(fields.flag, empty=False),
    },
    "clusters": {"cluster_id": CODE, **CLUSTER_DETAILS},
    "awards": {
        "cluster_id": CODE,
        "label": Column(fields.one_of(tuple(Label)), needed=True),
        "awarded_on": Column(fields.partial_date, empty=""),
        "date_precision": _TEXT,
        "date_basis": _TEXT,
        "valid_until": Column(fields.partial_date, empty=""),
        "source_url": Column(fields.url, empty=""),
        "confidence": Column(fields.one_of(("high", "medium")), empty="medium"),
    },
    "coverage": {
        "label": Column(fields.one_of(tuple(Label)), needed=True),
        "share_percent": Column(fields.number_within(0, 100), needed=True),
        "basis_fr": _NAME,
        "basis_en": _NAME,
    },
    "answers": {**ASSESSMENT, "scheme": CODE, "indicator": CODE, "value": Column(lambda cell: cell)},
}
KEYS = {
    "schemes": ("scheme",),
    "dimensions": ("scheme", "code"),
    "indicators": ("scheme", "code"),
    "sectors": ("code",),
    "clusters": ("cluster_id",),
    "coverage": ("label",),
}
DERIVED = {"date_precision"}  # told by the date itself; read, not kept
