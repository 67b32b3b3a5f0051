"""The rules of the house: which room may know which other, and which library enters where."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "clusterdash"

# A room may import these rooms of ours, and no others.
ROOMS: dict[str, set[str]] = {
    "model": set(),
    "benchmark": {"model"},
    "access": {"model"},
    "i18n": {"model"},
    "settings": {"model"},
    "logins": {"model", "settings"},
    "signouts": {"logins"},
    "audit": {"settings"},
    "start": {"logins", "model", "settings"},
    "shield": set(),
    "grants": {"forms", "model", "sheets"},
    "granting": {"access", "audit", "grants", "model"},
    "signin": {"access", "audit", "grants", "i18n", "logins", "model", "settings", "signouts"},
    "fields": {"i18n"},
    "forms": {"fields", "model", "sheets"},
    "answers": {"fields", "forms", "grids", "sheets"},
    "questionnaires": {"answers", "forms", "i18n", "sheets"},
    "template": {"exports", "i18n", "model", "questionnaires"},
    "pathway": {"model"},
    "chance": {"model", "pathway"},
    "trial": {"chance", "model", "pathway"},
    "binder": {"exports", "i18n", "model", "sheets"},
    "appraisal": {"fields", "model", "pathway", "questionnaires", "sheets"},
    "silver": {"benchmark", "model", "pathway"},
    "gold_words": {"appraisal", "benchmark", "binder", "chance", "i18n", "model", "pathway", "silver", "trial"},
    "gold_tables": {
        "appraisal",
        "binder",
        "cells",
        "chance",
        "gold_words",
        "i18n",
        "model",
        "pathway",
        "silver",
        "tables",
    },
    "gold_charts": {"canvas", "i18n", "model", "pathway"},
    "trials": {"binder", "choices", "i18n", "model", "pathway", "sheets", "trial", "visits"},
    "workbook": set(),
    "sheets": {"model", "workbook"},
    "grids": {"fields", "forms"},
    "ingest": {
        "answers",
        "fields",
        "forms",
        "grants",
        "grids",
        "i18n",
        "sheets",
        "model",
        "questionnaires",
        "unlikely",
    },
    "unlikely": {"answers", "forms", "grids"},
    "sample": set(),
    "editions": {"model"},
    "results": {"model"},
    "store": {"access", "model", "results"},
    "spread": set(),
    "disclosure": {"benchmark"},
    "robustness": set(),
    "statistics": {"benchmark", "disclosure", "robustness", "spread"},
    "publish": {"audit", "editions", "ingest", "sample", "sheets", "statistics", "store", "model"},
    "routes": {"awards", "editions", "embed", "exports", "i18n", "listing", "maps", "model", "selection", "serving"},
    "counterparts": {"model"},
    "selection": {"model"},
    "awards": {"i18n", "model", "selection"},
    "eligibility": set(),
    "contact": {"editions"},
    "difference": {"benchmark", "disclosure", "model"},
    "words": {"benchmark", "counterparts", "difference", "disclosure", "i18n", "model", "robustness"},
    "label_words": {"awards", "contact", "i18n", "model", "selection"},
    "label_tables": {"awards", "counterparts", "i18n", "model", "selection", "tables", "label_words"},
    "label_charts": {"awards", "canvas", "i18n", "model"},
    "cells": {"benchmark", "i18n", "model", "words"},
    "tables": {"benchmark", "cells", "counterparts", "i18n", "model", "words"},
    "press": set(),
    "report": {"benchmark", "cells", "i18n", "label_words", "model", "press", "words", "gold_words", "pathway"},
    "annex": {"benchmark", "cells", "i18n", "model", "press", "report", "words"},
    "showcase": {"awards", "benchmark", "i18n", "label_words", "model", "press", "report", "words"},
    "result_files": {"benchmark", "cells", "exports", "i18n", "model", "words"},
    "print_run": {"exports", "i18n", "model", "report", "store"},
    "canvas": {"benchmark"},
    "charts": {"benchmark", "canvas", "i18n", "model", "words"},
    "progress_charts": {"benchmark", "canvas", "i18n", "model"},
    "exports": {"awards", "i18n", "model", "selection"},
    "plan": {"awards", "exports", "i18n", "model"},
    "importing": {"access", "audit", "difference", "editions", "model", "publish", "store", "workbook"},
    "maps": {"awards", "i18n", "model", "label_words"},
    "listing": {"awards", "exports", "i18n", "model", "label_words"},
    "embed": {"exports", "i18n", "label_words", "maps"},
    "serving": {"editions", "model", "store"},
    "head": {"awards", "i18n", "listing", "model", "routes", "serving", "label_words"},
    "visits": {"i18n", "model", "store"},
    "choices": {"i18n", "model", "selection", "visits", "words"},
    "ui": {
        "access",
        "audit",
        "choices",
        "contact",
        "i18n",
        "logins",
        "model",
        "publish",
        "serving",
        "settings",
        "sheets",
    }
    | {"sheets", "signin", "store", "visits"},
    "backoffice": {"exports", "granting", "i18n", "importing", "model", "serving", "staff_tables", "ui", "visits"},
    "staff_tables": {"i18n", "model", "tables"},
    "__main__": {
        "audit",
        "difference",
        "editions",
        "grants",
        "i18n",
        "ingest",
        "model",
        "print_run",
        "publish",
        "report",
    }
    | {"result_files"}
    | {"sample", "store", "template", "words"},
    "__init__": set(),
}
# A library enters through these rooms, and no others.
LIBRARIES: dict[str, set[str]] = {
    "duckdb": {"difference", "store", "publish", "statistics"},
    "plotly": {"canvas", "charts", "gold_charts", "label_charts", "progress_charts", "ui"},
    "folium": {"maps", "ui"},
    "streamlit_folium": {"ui"},
    "streamlit": {"backoffice", "choices", "shield", "signin", "trials", "ui"},
    "openpyxl": {"exports", "result_files", "template", "workbook"},
    "branca": {"embed"},
    "rapidfuzz": {"awards"},
    "babel": {"i18n"},
    "xstatic": {"routes"},
    "starlette": {"head", "routes", "shield"},
    "pandas": {"answers", "backoffice", "ingest", "publish", "sample", "statistics"},
    "numpy": {"answers", "chance", "disclosure", "pathway", "sample", "robustness", "statistics", "unlikely"},
    "icalendar": {"plan"},
    "typst": {"press"},
    "fontpkg_source_sans_3": {"press"},
    "segno": {"showcase"},
}
PAGES = {"awards", "backoffice", "benchmark", "charts", "counterparts", "eligibility", "exports", "grants", "i18n"}
PAGES |= {"label_charts", "label_tables", "label_words", "maps", "model", "plan", "progress_charts", "selection"}
PAGES |= {"staff_tables", "tables", "ui", "words"}
PAGES |= {"annex", "importing", "print_run", "report", "result_files", "showcase"}
PAGES |= {"appraisal", "binder", "chance", "gold_charts", "gold_tables", "gold_words", "pathway", "silver", "trials"}
PAGES |= {"template", "trial"}


def imports(path: Path) -> tuple[set[str], set[str]]:
    """Our rooms and the libraries that a file imports."""
    rooms: set[str] = set()
    libraries: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            libraries |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.level or node.module == "clusterdash"):
            rooms |= {node.module} if node.level and node.module else {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            first, *rest = node.module.split(".")
            (rooms if first == "clusterdash" else libraries).add(rest[0] if first == "clusterdash" else first)
    return rooms, libraries


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.stem)
def test_a_room_knows_only_the_rooms_below_it(path: Path) -> None:
    rooms, libraries = imports(path)
    assert rooms <= ROOMS[path.stem]
    for library, entrances in LIBRARIES.items():
        assert library not in libraries or path.stem in entrances, f"{library} does not enter through {path.stem}"


@pytest.mark.parametrize("path", sorted((ROOT / "pages").rglob("*.py")), ids=lambda path: path.stem)
def test_a_page_cannot_reach_the_store(path: Path) -> None:
    rooms, libraries = imports(path)
    assert rooms <= PAGES
    assert libraries <= {"streamlit", "pandas", "collections", "functools"}
    assert len(path.read_text("utf-8").splitlines()) <= 60


def test_the_folder_of_a_page_is_its_audience() -> None:
    assert {path.name for path in (ROOT / "pages").iterdir() if path.name != "__pycache__"} == {
        "public",
        "cluster",
        "staff",
    }, "what lies directly in pages/ is served without app.py"
