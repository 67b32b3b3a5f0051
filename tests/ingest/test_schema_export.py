"""The published table schemas: as the program reads, up to date, and fit for what comes with it."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.ingest import schema_export
from clusterdash.ingest.table_schemas import TABLES

DOCS = Path(__file__).parents[2] / "docs"
FACTS = sorted(path for path in PROJECT_DATA.glob("*/*.csv") if path.stem in TABLES)


def test_the_documents_are_up_to_date() -> None:
    """`make docs` writes them."""
    assert {path.stem for path in (DOCS / "schemas").glob("*.json")} == set(TABLES)
    for table in TABLES:
        assert (DOCS / "schemas" / f"{table}.json").read_text("utf-8") == schema_export.as_json(table)
    assert (DOCS / "formats.md").read_text("utf-8") == schema_export.as_markdown()


def faults(table: str, rows: list[dict[str, str]]) -> list[str]:
    """What a checker of Table Schemas says of the rows, in a few lines of our own."""
    schema = schema_export.schema(table)
    found = []
    for field in schema["fields"]:
        name, limits = field["name"], field.get("constraints", {})
        for cell in (row.get(name) or "" for row in rows):
            if not cell:
                wrong = "required" if limits.get("required") else ""
            elif field["type"] == "boolean":
                wrong = "" if cell in field["trueValues"] + field["falseValues"] else "boolean"
            elif field["type"] in ("number", "integer"):
                fits = limits.get("minimum", -1e9) <= float(cell) <= limits.get("maximum", 1e9)
                wrong = "" if fits and (field["type"] == "number" or float(cell).is_integer()) else "number"
            else:
                fits = re.fullmatch(limits.get("pattern", "(?s:.*)"), cell) and len(cell) <= limits.get(
                    "maxLength", 1e9
                )
                wrong = "" if fits and cell in limits.get("enum", [cell]) else "text"
            found += [f"{name}: {cell!r} is no {wrong}"] if wrong else []
    key = schema.get("primaryKey")
    if key and len({tuple(row[name] for name in key) for row in rows}) != len(rows):
        found.append("a key twice")
    return found


@pytest.mark.parametrize("path", FACTS, ids=lambda path: path.stem)
def test_what_comes_with_the_project_fits_its_schema(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        assert not faults(path.stem, list(csv.DictReader(file)))


def test_the_schemas_refuse_what_the_program_refuses() -> None:
    cluster = {"cluster_id": "a b", "name": "", "country": "France", "latitude": "91", "geo_precision": "street"}
    assert [fault.split(":")[0] for fault in faults("clusters", [cluster])] == list(cluster)
    assert faults("sectors", [{"code": "x", "name_en": "X", "name_fr": "X", "is_esca_portfolio": "yes"}])
    assert json.loads(schema_export.as_json("answers"))["fields"][-1]["type"] == "any"
