"""What a reference pack holds: who publishes what, and its tables. Pure.

A group is named by its kind and its key, as in an edition (`domain.PeerGroup`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..domain import LocalizedText

FORMAT = 1
"""Of the tables below; raised where an older program would misread them."""

ColumnType = Literal["string", "integer", "number", "boolean"]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class PackColumn:
    """A column of a table in a pack, in the words of Table Schema. An empty cell is None, where none is `required`."""

    kind: ColumnType
    description: str
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    one_of: tuple[str, ...] = ()


_KIND = PackColumn(
    "string", "Kind of group", required=True, one_of=("top500", "sector", "size", "age", "country_group", "all")
)
_KEY = PackColumn("string", "Which group of its kind; empty where there is only one")
_SUBJECT = PackColumn(
    "string", "Answers to an indicator, or scores of a dimension", required=True, one_of=("indicator", "dimension")
)
_CODE = PackColumn("string", "Code of the indicator or dimension", required=True)
_LEAST = 6
"""Clusters that any figure is based on, in a pack of ours: of fewer one could tell who they are."""
_N = PackColumn("integer", "Number of clusters in the group", required=True, minimum=_LEAST)

TABLES: Mapping[str, Mapping[str, PackColumn]] = {
    "groups": {
        "kind": _KIND,
        "key": _KEY,
        "name_en": PackColumn("string", "Name in English"),
        "name_fr": PackColumn("string", "Name in French"),
        "n": _N,
        "rule_en": PackColumn("string", "Who is in the group, in English", required=True),
        "rule_fr": PackColumn("string", "Who is in the group, in French", required=True),
        "indicator": PackColumn("string", "Indicator whose answer decides who is in a group by size or age"),
        "low": PackColumn("number", "Least answer of a member, itself included"),
        "high": PackColumn("number", "Limit below which the answers of members are"),
        "countries": PackColumn("string", "Countries of a group of countries, ISO 3166-1 alpha-2, spaces between"),
    },
    "indicators": {
        "code": _CODE,
        "dimension": PackColumn("string", "Code of its dimension", required=True),
        "name_en": PackColumn("string", "Name in English", required=True),
        "name_fr": PackColumn("string", "Name in French", required=True),
        "kind": PackColumn(
            "string", "What an answer is", required=True, one_of=("level", "share", "number", "points", "gate")
        ),
        "unit_en": PackColumn("string", "Unit in English"),
        "unit_fr": PackColumn("string", "Unit in French"),
        "minimum": PackColumn("number", "Least possible answer"),
        "maximum": PackColumn("number", "Greatest possible answer"),
        "direction": PackColumn("string", "Which answers are better", required=True, one_of=("higher", "lower")),
        "whole_numbers": PackColumn("boolean", "Whether all answers are whole numbers", required=True),
    },
    "figures": {
        "kind": _KIND,
        "key": _KEY,
        "subject": _SUBJECT,
        "code": _CODE,
        "n": PackColumn("integer", "Number of clusters that answered, or have a score", required=True, minimum=_LEAST),
        "lower_quartile": PackColumn("number", "Lower quartile, rounded"),
        "median": PackColumn("number", "Median, rounded"),
        "upper_quartile": PackColumn("number", "Upper quartile, rounded"),
    },
    "frequencies": {
        "kind": _KIND,
        "key": _KEY,
        "subject": _SUBJECT,
        "code": _CODE,
        "value": PackColumn("number", "A round value", required=True),
        "at_least": PackColumn("integer", "At least so many clusters are below the value", required=True, minimum=0),
        "at_most": PackColumn("integer", "At most so many clusters are below the value", required=True, minimum=0),
    },
    "shares": {
        "kind": _KIND,
        "key": _KEY,
        "code": _CODE,
        "low": PackColumn("integer", "Lowest level of the part", required=True),
        "high": PackColumn("integer", "Highest level of the part", required=True),
        "share": PackColumn("number", "Share of the group at these levels, in per cent", True, 0, 100),
    },
    "composition": {
        "kind": _KIND,
        "key": _KEY,
        "part": PackColumn("string", "What the members share", required=True, one_of=("country", "sector", "size")),
        "category": PackColumn("string", "Which country, sector or size; empty for all others together"),
        "name_en": PackColumn("string", "Its name in English"),
        "name_fr": PackColumn("string", "Its name in French"),
        "n": _N,
    },
}
"""The tables of a pack and their columns, in the order of its files."""
DESCRIPTIONS: Mapping[str, str] = {
    "groups": "The groups that are described, with the number of their members and the rule by which they were formed",
    "indicators": "The indicators of the scheme that have a better direction",
    "figures": "The number of answers or scores of each group, with their median and quartiles",
    "frequencies": "Cumulative frequencies: how many clusters of a group are below a value, counted in steps",
    "shares": "Shares of a group that answer each level, in steps; small parts are merged",
    "composition": "The members of each group by country, main sector and size; small parts are merged",
}
KEYS: Mapping[str, tuple[str, ...]] = {
    "groups": ("kind", "key"),
    "indicators": ("code",),
    "figures": ("kind", "key", "subject", "code"),
    "frequencies": ("kind", "key", "subject", "code", "value"),
    "shares": ("kind", "key", "code", "low"),
    "composition": ("kind", "key", "part", "category"),
}
"""The columns that name a row of a table."""


@dataclass(frozen=True, slots=True)
class PackHeader:
    """Who publishes a pack, and what it is about.

    `created`: the day, ISO 8601. `scheme`, `family` and `version` as in `domain.Scheme`. `first_year` and `last_year`
    of the answers. `combined`: the titles of the packs that this one was made of.
    """

    publisher: str
    title: str
    created: str
    licence: str
    scheme: str
    family: str
    version: str
    scheme_name: LocalizedText
    first_year: int
    last_year: int
    synthetic: bool
    combined: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferencePack:
    """A pack: its header, and the rows of its tables as in `TABLES`.

    `pack_id`: the first digits of the SHA-256 of its description, which names the hashes of all its files; "" for one
    that is not written yet. `public_key`: by which it is signed, "" for an unsigned one.
    """

    header: PackHeader
    tables: Mapping[str, tuple[Row, ...]]
    pack_id: str = field(default="", compare=False)
    public_key: str = field(default="", compare=False)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table by column."""
        names = tuple(TABLES[table])
        return [dict(zip(names, row, strict=True)) for row in self.tables[table]]
