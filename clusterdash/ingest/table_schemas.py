"""Schemas of the imported tables: their columns, keys and allowed cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..domain import GrantRole, Label
from . import cell_parsers
from .cell_parsers import Parser


@dataclass(frozen=True, slots=True)
class Column:
    """One column: parser, and value of an empty cell. `needed`: it must exist and have no empty cell.

    `strict`: words for "no answer" are refused, since an empty cell gives a right.
    """

    parse: Parser
    needed: bool = False
    empty: Any = None
    strict: bool = False


_TEXT = Column(cell_parsers.text, empty="")
_NAME = Column(cell_parsers.text, needed=True)
_PROSE = Column(cell_parsers.prose, empty="")
CODE = Column(cell_parsers.code, needed=True)
_KINDS = ("level", "share", "number", "points", "gate")
CLUSTER_DETAILS = {
    "name": _NAME,
    "country": Column(cell_parsers.country, needed=True),
    "city": _TEXT,
    "region": _TEXT,
    "latitude": Column(cell_parsers.NumberWithin(-90, 90)),
    "longitude": Column(cell_parsers.NumberWithin(-180, 180)),
    "geo_precision": Column(cell_parsers.OneOf(("city", "region", "unknown"))),
    "sector": Column(cell_parsers.sectors, empty=()),
    "activity": _TEXT,
    "website": Column(cell_parsers.url, empty=""),
    "note": _TEXT,
    "founded": Column(cell_parsers.partial_date, empty=""),
}
ASSESSMENT = {
    "cluster_id": CODE,
    "assessed_on": Column(cell_parsers.date_cell, needed=True),
    "evidence": Column(cell_parsers.OneOf(("declared", "verified")), empty="declared"),
}
TABLES: dict[str, dict[str, Column]] = {
    "edition": {"title": _TEXT, "synthetic": Column(cell_parsers.boolean, needed=True)},
    "schemes": {
        "scheme": CODE,
        "family": CODE,
        "version": _NAME,
        "name_en": _NAME,
        "name_fr": _NAME,
        "purpose": Column(cell_parsers.OneOf(("benchmark", "evaluation")), needed=True),
        "illustrative": Column(cell_parsers.boolean, needed=True),
        "pass_share": Column(cell_parsers.NumberWithin(0, 100)),
    },
    "dimensions": {
        "scheme": CODE,
        "code": CODE,
        "name_en": _NAME,
        "name_fr": _NAME,
        "position": Column(cell_parsers.number),
    },
    "indicators": {
        "scheme": CODE,
        "code": CODE,
        "dimension": CODE,
        "name_en": _NAME,
        "name_fr": _NAME,
        "kind": Column(cell_parsers.OneOf(_KINDS), needed=True),
        "unit_en": _TEXT,
        "unit_fr": _TEXT,
        "minimum": Column(cell_parsers.number),
        "maximum": Column(cell_parsers.number),
        "direction": Column(cell_parsers.OneOf(("higher", "lower", "none")), needed=True),
        "threshold": Column(cell_parsers.number),
        "basis": _TEXT,
        "silver_audit": Column(cell_parsers.OneOf(("yes", "no", "unknown")), empty=""),
    },
    "sectors": {
        "code": CODE,
        "name_en": _NAME,
        "name_fr": _NAME,
        "is_esca_portfolio": Column(cell_parsers.boolean, empty=False),
    },
    "clusters": {"cluster_id": CODE, **CLUSTER_DETAILS},
    "awards": {
        "cluster_id": CODE,
        "label": Column(cell_parsers.OneOf(tuple(Label)), needed=True),
        "awarded_on": Column(cell_parsers.partial_date, empty=""),
        "date_precision": _TEXT,
        "date_basis": _TEXT,
        "valid_until": Column(cell_parsers.partial_date, empty=""),
        "valid_months": Column(cell_parsers.NumberWithin(1, 120, whole=True)),
        "source_url": Column(cell_parsers.url, empty=""),
        "confidence": Column(cell_parsers.OneOf(("high", "medium")), empty="medium"),
        "checked_on": Column(cell_parsers.partial_date, empty=""),
    },
    "observations": {
        "cluster_id": CODE,
        "label": Column(cell_parsers.OneOf(tuple(Label)), needed=True),
        "seen_on": Column(cell_parsers.partial_date, needed=True),
        "state": Column(cell_parsers.OneOf(("held", "lapsed")), needed=True),
        "basis": _TEXT,
        "source_url": Column(cell_parsers.url, empty=""),
        "confidence": Column(cell_parsers.OneOf(("high", "medium")), empty="medium"),
    },
    "validity": {
        "label": Column(cell_parsers.OneOf(tuple(Label)), needed=True),
        "award": Column(cell_parsers.OneOf(("first", "renewal")), needed=True),
        "from": Column(cell_parsers.NumberWithin(1990, 2100, whole=True), needed=True),
        "until": Column(cell_parsers.NumberWithin(1990, 2100, whole=True)),
        "months": Column(cell_parsers.NumberWithin(1, 120, whole=True), needed=True),
        "counted_from": _NAME,
        "renewal_window_months": Column(cell_parsers.NumberWithin(0, 120, whole=True), needed=True),
        "confidence": Column(cell_parsers.OneOf(("official", "holders", "inferred")), needed=True),
        "basis_en": _NAME,
        "basis_fr": _NAME,
        "source_url": Column(cell_parsers.url, empty=""),
    },
    "coverage": {
        "label": Column(cell_parsers.OneOf(tuple(Label)), needed=True),
        "share_percent": Column(cell_parsers.NumberWithin(0, 100), needed=True),
        "basis_fr": _NAME,
        "basis_en": _NAME,
    },
    "register": {"title_fr": _NAME, "title_en": _NAME, "as_of": Column(cell_parsers.partial_date, needed=True)},
    "bands": {
        "scheme": CODE,
        "kind": Column(cell_parsers.OneOf(("size", "age")), needed=True),
        "key": CODE,
        "indicator": CODE,
        "low": Column(cell_parsers.number),
        "high": Column(cell_parsers.number),
        "name_fr": _NAME,
        "name_en": _NAME,
    },
    "dictionary": {
        "scheme": CODE,
        "indicator": CODE,
        "measures_fr": _NAME,
        "measures_en": _NAME,
        "matters_fr": _NAME,
        "matters_en": _NAME,
    },
    "recommendations": {
        "scheme": CODE,
        "indicator": CODE,
        "limit": Column(cell_parsers.number),
        "effort": Column(cell_parsers.NumberWithin(1, 3, whole=True), needed=True),
        "action_fr": _NAME,
        "action_en": _NAME,
        "good_fr": _NAME,
        "good_en": _NAME,
        "evidence_fr": _NAME,
        "evidence_en": _NAME,
    },
    "grants": {
        "email": Column(cell_parsers.email, needed=True),
        "role": Column(cell_parsers.OneOf(tuple(GrantRole)), needed=True),
        "cluster_id": Column(cell_parsers.codes, empty=(), strict=True),
        "valid_from": Column(cell_parsers.date_cell, strict=True),
        "valid_until": Column(cell_parsers.date_cell, strict=True),
    },
    "documents": {"scheme": CODE, "code": CODE, "indicator": CODE, "name_fr": _NAME, "name_en": _NAME},
    "efforts": {
        "scheme": CODE,
        "indicator": CODE,
        "level": Column(cell_parsers.number, empty=0.0),
        "effort": Column(cell_parsers.NumberWithin(1, 9, whole=True)),
        "basis": _TEXT,
    },
    "recipes": {"name": _NAME, "recipe": Column(cell_parsers.long_prose, needed=True)},
    "reference_packs": {
        "name": _NAME,
        "part": Column(cell_parsers.NumberWithin(1, 1000, whole=True), needed=True),
        "content": Column(cell_parsers.encoded, needed=True),
    },
    "remarks": {**ASSESSMENT, "scheme": CODE, "indicator": CODE, "notes": _PROSE, "proof": _PROSE},
    "stories": {
        **ASSESSMENT,
        "scheme": CODE,
        "story": Column(cell_parsers.NumberWithin(1, 20, whole=True), needed=True),
        "what": _PROSE,
        "result": _PROSE,
    },
    "answers": {**ASSESSMENT, "scheme": CODE, "indicator": CODE, "value": Column(cell_parsers.any_value)},
}
KEYS = {
    "schemes": ("scheme",),
    "dimensions": ("scheme", "code"),
    "indicators": ("scheme", "code"),
    "sectors": ("code",),
    "clusters": ("cluster_id",),
    "coverage": ("label",),
    "validity": ("label", "award", "from"),
    "register": (),  # one row: the last one wins
    "dictionary": ("scheme", "indicator"),
    "bands": ("scheme", "kind", "key"),
    "documents": ("scheme", "code"),
    "recipes": ("name",),
    "efforts": ("scheme", "indicator", "level"),
    "remarks": ("cluster_id", "scheme", "assessed_on", "evidence", "indicator"),
    "stories": ("cluster_id", "scheme", "assessed_on", "evidence", "story"),
}
DERIVED = {"date_precision", "founded"}  # derived from the date, or only for checking; not stored
