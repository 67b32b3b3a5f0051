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
    "fields": {"i18n"},
    "forms": {"fields", "model", "sheets"},
    "questionnaires": {"forms", "i18n", "sheets"},
    "template": {"exports", "i18n", "model"},
    "workbook": set(),
    "sheets": {"model", "workbook"},
    "grids": {"fields", "forms"},
    "ingest": {"fields", "forms", "grids", "i18n", "sheets", "model", "questionnaires", "unlikely"},
    "unlikely": {"forms", "grids", "sheets"},
    "sample": set(),
    "editions": {"model"},
    "results": {"model"},
    "store": {"access", "model", "results"},
    "spread": set(),
    "disclosure": {"benchmark"},
    "robustness": set(),
    "statistics": {"benchmark", "disclosure", "robustness", "spread"},
    "publish": {"editions", "ingest", "sample", "sheets", "statistics", "store", "model"},
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
    "tables": {"benchmark", "counterparts", "i18n", "model", "words"},
    "canvas": {"benchmark"},
    "charts": {"benchmark", "canvas", "i18n", "model", "words"},
    "progress_charts": {"benchmark", "canvas", "i18n", "model"},
    "exports": {"awards", "i18n", "model", "selection"},
    "plan": {"awards", "exports", "i18n", "model"},
    "importing": {"access", "difference", "editions", "model", "publish", "store"},
    "maps": {"awards", "i18n", "model", "label_words"},
    "listing": {"awards", "exports", "i18n", "model", "label_words"},
    "embed": {"exports", "i18n", "label_words", "maps"},
    "serving": {"editions", "model", "store"},
    "head": {"awards", "i18n", "listing", "model", "routes", "serving", "label_words"},
    "visits": {"i18n", "model", "store"},
    "choices": {"i18n", "model", "selection", "visits", "words"},
    "ui": {"access", "choices", "contact", "i18n", "model", "publish", "serving", "store", "visits"},
    "backoffice": {"exports", "i18n", "importing", "model", "serving", "staff_tables", "ui", "visits"},
    "staff_tables": {"i18n", "model", "tables"},
    "__main__": {"benchmark", "difference", "editions", "i18n", "ingest", "model", "publish", "sample", "store"}
    | {"template", "words"},
    "__init__": set(),
}
# A library enters through these rooms, and no others.
LIBRARIES: dict[str, set[str]] = {
    "duckdb": {"difference", "store", "publish", "statistics"},
    "plotly": {"canvas", "charts", "label_charts", "progress_charts", "ui"},
    "folium": {"maps", "ui"},
    "streamlit_folium": {"ui"},
    "streamlit": {"backoffice", "choices", "ui"},
    "openpyxl": {"exports", "template", "workbook"},
    "branca": {"embed"},
    "rapidfuzz": {"awards"},
    "babel": {"i18n"},
    "xstatic": {"routes"},
    "starlette": {"head", "routes"},
    "pandas": {"backoffice", "ingest", "publish", "sample", "statistics"},
    "numpy": {"disclosure", "sample", "robustness", "statistics"},
    "icalendar": {"plan"},
}
PAGES = {"awards", "backoffice", "benchmark", "charts", "counterparts", "eligibility", "exports", "i18n", "importing"}
PAGES |= {"label_charts", "label_tables", "label_words", "maps", "model", "plan", "progress_charts", "selection"}
PAGES |= {"staff_tables", "tables", "ui", "words"}


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
