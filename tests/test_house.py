"""The rules of the house: which floor may know which other, and which library enters where."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "clusterdash"

# A floor is a folder of the package, or a file that lies beside the folders. It may know these others, all below it.
FLOORS: dict[str, set[str]] = {
    "model": set(),
    "files": set(),
    "locations": set(),
    "version": set(),
    "serve": {"locations"},
    "access": {"model"},
    "benchmark": {"model"},
    "i18n": {"model"},
    "query": {"model"},
    "spreadsheets": {"model"},
    "login": {"access", "files", "model"},
    "intake": {"access", "files", "i18n", "model", "spreadsheets"},
    "editions": {"access", "benchmark", "files", "intake", "locations", "login", "model", "spreadsheets"},
    "benchmarking": {"benchmark", "editions", "i18n", "model"},
    "register": {"benchmarking", "editions", "i18n", "model", "spreadsheets"},
    "gold": {"benchmark", "benchmarking", "i18n", "intake", "model", "spreadsheets"},
    "paper": {"benchmark", "benchmarking", "editions", "files", "gold", "i18n", "intake", "model", "register"}
    | {"spreadsheets"},
    "staff": {"access", "benchmarking", "editions", "files", "i18n", "intake", "login", "model"},
    "server": {"editions", "i18n", "locations", "login", "model", "query", "register", "spreadsheets"},
    "desk": {"access", "benchmarking", "editions", "gold", "i18n", "intake", "login", "model", "paper", "query"}
    | {"register", "server", "spreadsheets", "staff"},
    "release": {"benchmarking", "editions", "i18n", "intake", "model"},
    "grant_commands": {"files", "i18n", "intake", "login", "model", "release", "staff"},
    "__main__": {"benchmarking", "editions", "files", "grant_commands", "i18n", "intake", "login", "model", "paper"}
    | {"locations", "release", "serve", "version"},
    "__init__": set(),
}
# Of the editions, those above know these rooms only: what they draw is what the gateway gave them.
DOORS: dict[str, set[str]] = {
    "benchmarking": {"difference", "disclosure", "robustness", "safeguards"},
    "register": {"shelf"},
    "paper": {"store"},
    "server": {"shelf", "store"},
    "desk": {"effect", "publish", "safeguards", "store"},
}
# A library enters through these rooms, and no others.
LIBRARIES: dict[str, set[str]] = {
    "duckdb": {"contents", "database_errors", "difference", "exposure", "store", "publish", "statistics"},
    "plotly": {"canvas", "charts", "gold_charts", "label_charts", "progress_charts", "ui"},
    "folium": {"maps", "ui"},
    "streamlit_folium": {"ui"},
    "streamlit": {
        "addresses",
        "backoffice",
        "choices",
        "components",
        "request_logs",
        "shield",
        "sign_out",
        "signin",
        "tasks",
        "trials",
    }
    | {"trials", "ui", "upload_limits"},
    "openpyxl": {"exports", "result_files", "spreadsheets", "template", "workbook"},
    "branca": {"embed"},
    "rapidfuzz": {"awards"},
    "babel": {"i18n"},
    "xstatic": {"routes"},
    "starlette": {"connection_limits", "head", "internal_endpoints", "requests", "returning", "routes", "shield"}
    | {"sign_out", "upload_limits"},
    "pandas": {"answers", "backoffice", "completing", "grids", "ingest", "publish", "sample", "statistics"},
    "numpy": {"answers", "chance", "disclosure", "planning", "sample", "robustness", "statistics", "unlikely"},
    "icalendar": {"plan"},
    "typst": {"press"},
    "fontpkg_source_sans_3": {"press"},
    "filelock": {"files"},
    "segno": {"showcase"},
}
# What a page may ask: the desk for what is in the edition, and these for how it is told.
ASKED = {"benchmark", "benchmarking", "desk", "gold", "i18n", "model", "paper", "register", "spreadsheets"}
ASKED |= {"intake.grants", "intake.template", "staff.importing", "staff.staff_tables"}


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """What a file imports: ("clusterdash", folder, room) or ("library",)."""
    inside = path.is_relative_to(PACKAGE)
    here = ("clusterdash", *path.relative_to(PACKAGE).parts[:-1]) if inside else ()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0],) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + 1] if node.level else ()
            module = (*above, *(node.module or "").split(".")) if node.module else above
            if module[0] != "clusterdash":
                yield module[:1]
            elif PACKAGE.joinpath(*module[1:]).with_suffix(".py").is_file():
                yield module
            else:
                yield from ((*module, alias.name) for alias in node.names)


def ours(path: Path) -> set[tuple[str, ...]]:
    return {found[1:] for found in imports(path) if found[0] == "clusterdash"}


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: ".".join(path.relative_to(PACKAGE).with_suffix("").parts))
def test_a_room_knows_only_what_lies_below_it(path: Path) -> None:
    floor = path.relative_to(PACKAGE).with_suffix("").parts[0]
    known = ours(path)
    assert {room[0] for room in known} <= FLOORS[floor] | {floor}
    assert {room[1] for room in known if room[0] == "editions"} <= DOORS.get(floor, {room[-1] for room in known})
    libraries = {found[0] for found in imports(path)}
    for library, entrances in LIBRARIES.items():
        assert library not in libraries or path.stem in entrances, f"{library} does not enter through {path.stem}"


def test_arrows_never_point_up() -> None:
    TopologicalSorter(FLOORS).prepare()  # a ring raises CycleError
    TopologicalSorter({path.relative_to(PACKAGE).with_suffix("").parts: ours(path) for path in FILES}).prepare()


def test_every_floor_is_listed() -> None:
    assert {path.relative_to(PACKAGE).with_suffix("").parts[0] for path in FILES} == set(FLOORS)


@pytest.mark.parametrize("path", sorted((ROOT / "pages").rglob("*.py")), ids=lambda path: path.stem)
def test_a_page_cannot_reach_the_store(path: Path) -> None:
    assert not {room for room in ours(path) if not {room[0], ".".join(room)} & ASKED}
    libraries = {found[0] for found in imports(path)} - {"clusterdash"}
    assert libraries <= {"streamlit", "pandas", "collections", "functools"}
    assert len(path.read_text("utf-8").splitlines()) <= 60


def test_the_folder_of_a_page_is_its_audience() -> None:
    assert {path.name for path in (ROOT / "pages").iterdir() if path.name != "__pycache__"} == {
        "public",
        "cluster",
        "staff",
    }, "what lies directly in pages/ is served without app.py"
