"""Export of the table schemas of imports, as Frictionless Table Schemas (JSON) and as documentation. Pure.

Customers can check a file against them before they send it (https://specs.frictionlessdata.io/table-schema/). The
schemas accept less than the program does: no decimal comma, no 27/03/2025, no words in capitals.
"""

from __future__ import annotations

import json
from typing import Any

from ..reference_packs import content
from . import cell_parsers
from .cell_parsers import NumberWithin, OneOf
from .table_schemas import KEYS, TABLES, Column

_CODE = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
_TYPES: dict[object, tuple[dict[str, Any], dict[str, Any]]] = {
    cell_parsers.text: ({"type": "string"}, {"maxLength": cell_parsers.MAXIMUM_TEXT}),
    cell_parsers.prose: ({"type": "string"}, {"maxLength": cell_parsers.MAXIMUM_PROSE}),
    cell_parsers.long_prose: ({"type": "string"}, {"maxLength": cell_parsers.MAXIMUM_LONG_PROSE}),
    cell_parsers.encoded: ({"type": "string"}, {"pattern": "[A-Za-z0-9+/]+={0,2}"}),
    cell_parsers.code: ({"type": "string"}, {"pattern": _CODE}),
    cell_parsers.codes: ({"type": "string"}, {"pattern": rf"{_CODE}(\|{_CODE})*"}),
    cell_parsers.sectors: ({"type": "string"}, {"pattern": rf"{_CODE}(\|{_CODE})*"}),
    cell_parsers.number: ({"type": "number"}, {}),
    cell_parsers.date_cell: ({"type": "date"}, {"minimum": "1900-01-01"}),
    cell_parsers.partial_date: ({"type": "string"}, {"pattern": r"(19|20|21)\d{2}(-(0[1-9]|1[0-2])(-[0-3]\d)?)?"}),
    cell_parsers.boolean: ({"type": "boolean", "trueValues": ["1"], "falseValues": ["0"]}, {}),
    cell_parsers.email: ({"type": "string", "format": "email"}, {}),
    cell_parsers.country: ({"type": "string"}, {"pattern": "[A-Z]{2}"}),
    cell_parsers.url: ({"type": "string", "format": "uri"}, {"maxLength": cell_parsers.MAXIMUM_TEXT}),
}
"""The properties of a field and its constraints, by parser."""
_MEANING: dict[object, str] = {
    cell_parsers.text: "text of one line",
    cell_parsers.prose: "text of one or several lines",
    cell_parsers.long_prose: "text of several lines",
    cell_parsers.encoded: "part of a file in Base64",
    cell_parsers.code: "code: letters, digits, `.`, `-`, `_`",
    cell_parsers.sectors: "codes separated by <code>&#124;</code>",
    cell_parsers.codes: "codes separated by <code>&#124;</code>",
    cell_parsers.number: "number",
    cell_parsers.date_cell: "day, as 2025-03-27",
    cell_parsers.partial_date: "year, month or day, as 2013, 2013-03, 2013-03-27",
    cell_parsers.boolean: "0 or 1",
    cell_parsers.email: "e-mail address",
    cell_parsers.country: "country, ISO 3166-1 alpha-2",
    cell_parsers.url: "address, http or https",
}
DESCRIPTIONS = {
    "edition": "What the edition is called, and whether its results are invented.",
    "schemes": "The schemes of questions: their version, purpose, and the share of points that passes, in per cent.",
    "dimensions": "The dimensions of each scheme, in the order of their position.",
    "indicators": "The questions of each scheme: what kind of answer, between which bounds, which direction is better.",
    "sectors": "The sectors that clusters may name.",
    "clusters": "The cluster organisations.",
    "awards": "Each award of a label, with its source. Dates are as precise as the source gives them.",
    "observations": "What a source saw of a label on a day, without being an award: that it was held, or had lapsed.",
    "validity": "How long a label lasts by the rule of the scheme: first awards and renewals, by years.",
    "coverage": "Which share of all awards ever made the table of awards holds, in per cent.",
    "register": "What the register of labels is called, and of when it is: one row.",
    "bands": "Bands of size and age, from `low` (included) to `high` (not included), by the answer to an indicator.",
    "dictionary": "What each indicator measures and why it matters.",
    "recommendations": "What to do about an indicator; `limit`: only where the answer is as bad or worse.",
    "grants": "Who may see what. It belongs to no edition and replaces the list before.",
    "documents": "The documents that show each indicator of an evaluation.",
    "efforts": "What one more level of an indicator takes, from `level` on, 1 to 9; empty: it cannot be changed.",
    "recipes": "How files in a form of their own were read, in TOML; written by `clusterdash understand`.",
    "reference_packs": "Reference packs as they came, in parts; a pack itself comes as a `.zip` file.",
    "remarks": "What was noted beside answers.",
    "stories": "Success stories of an assessment.",
    "answers": "One answer of one cluster on one day; how `value` is read, the indicator says.",
}
"""The description of each table."""


def schema(table: str) -> dict[str, Any]:
    """The Table Schema of a table. A column with an unknown parser raises KeyError, so that none is forgotten."""
    columns = TABLES[table]
    found: dict[str, Any] = {
        "name": table,
        "description": DESCRIPTIONS[table],
        "fields": [_field(name, column) for name, column in columns.items()],
        "fieldsMatch": "superset",  # columns that need not be there may be left out
        "missingValues": [""],
    }
    key = KEYS.get(table, ())
    if key and all(columns[name].needed for name in key):
        found["primaryKey"] = list(key)
    return found


def as_json(table: str) -> str:
    """The Table Schema of a table, as the text of a file."""
    return json.dumps(schema(table), ensure_ascii=False, indent=2) + "\n"


def as_markdown() -> str:
    """All tables as a page of documentation."""
    lines = [
        "# The tables that come in",
        "",
        "Written by `make docs` from the program's own table schemas; do not edit. As Frictionless Table Schemas:",
        "[schemas/](schemas/). A file is CSV or XLSX, separated by `,` `;` or tab; columns may stand in any order.",
        "The program also reads a decimal comma, days as 27/03/2025, and words in capitals; the schemas do not.",
        "*Required*: the column must be there and no cell of it empty.",
        "",
        "What goes out has its own description: the page `/open_data` of a server lists the files of the register",
        "of labels (`/labels.csv`, `.xlsx`, `.json`, `.geojson`), its feed (`/labels.atom`), filters, columns and",
        "examples; programs read the columns in `/datapackage.json` (Frictionless Data Package), and where the files",
        "are in `/dcat.jsonld` (DCAT-AP 3).",
    ]
    for table in TABLES:
        lines += ["", f"## {table}", "", DESCRIPTIONS[table], ""]
        if key := KEYS.get(table):
            lines += ["One row for each " + ", ".join(f"`{name}`" for name in key) + ".", ""]
        lines += ["| column | what it holds | required |", "|---|---|---|"]
        lines += [
            f"| `{name}` | {_meaning(column)} | {'yes' if column.needed else ''} |"
            for name, column in TABLES[table].items()
        ]
    return "\n".join([*lines, *_pack_lines()]) + "\n"


def _pack_lines() -> list[str]:
    """The tables inside a reference pack, whose `datapackage.json` describes them as well."""
    lines = [
        "",
        "# The tables of a reference pack",
        "",
        "A pack is a ZIP with `datapackage.json` (Frictionless Data Package), a CSV file for each of these tables and,",
        "where it is signed, `signature.json`: the Ed25519 signature of the bytes of `datapackage.json`, which names",
        f"the SHA-256 of each table. Format {content.FORMAT}; `clusterdash export --references` writes it.",
    ]
    for table, columns in content.TABLES.items():
        lines += ["", f"## {table} (in a pack)", "", f"{content.DESCRIPTIONS[table]}.", ""]
        lines += ["| column | what it holds | required |", "|---|---|---|"]
        lines += [
            f"| `{name}` | {column.description} | {'yes' if column.required else ''} |"
            for name, column in columns.items()
        ]
    return lines


def _field(name: str, column: Column) -> dict[str, Any]:
    match column.parse:
        case NumberWithin(minimum, maximum, whole):
            bounds = {"minimum": minimum, "maximum": maximum}
            properties: dict[str, Any] = {"type": "integer" if whole else "number"}
            constraints: dict[str, Any] = {bound: value for bound, value in bounds.items() if value is not None}
        case OneOf(choices):
            properties, constraints = {"type": "string"}, {"enum": list(choices)}
        case cell_parsers.any_value:
            properties, constraints = {"type": "any"}, {}
        case parser:
            properties, constraints = _TYPES[parser]
    limits = {**({"required": True} if column.needed else {}), **constraints}
    return {"name": name, **properties, **({"constraints": limits} if limits else {})}


def _meaning(column: Column) -> str:
    match column.parse:
        case NumberWithin(minimum, maximum, whole):
            return f"{'whole number' if whole else 'number'} from {minimum:g} to {maximum:g}"
        case OneOf(choices):
            return ", ".join(f"`{choice}`" for choice in choices)
        case cell_parsers.any_value:
            return "the answer, as the indicator says"
        case parser:
            return _MEANING[parser]
