"""What a new edition changes in clusters, grids, texts and notes is told table by table, and stays short."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from support.editions import NOW, TODAY, publish_folder

from clusterdash.domain import Language
from clusterdash.editions import build, catalog, diff, export
from clusterdash.editions.catalog import PROJECT_DATA
from clusterdash.editions.diff import Difference
from clusterdash.presentation.admin.narrative import difference_lines

pytestmark = pytest.mark.slow

Rows = list[dict[str, str]]
TABLES = ("clusters", "sectors", "schemes", "dimensions", "indicators", "bands", "dictionary", "recommendations")
TABLES += ("documents", "remarks", "stories")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data folder with an edition in which every table is handed in, and its tables as files."""
    folder = tmp_path_factory.mktemp("before")
    incoming, data, out = folder / "in", folder / "data", folder / "out"
    incoming.mkdir()
    for name in TABLES:
        if (file := PROJECT_DATA / "scheme" / f"{name}.csv").is_file():
            (incoming / file.name).write_bytes(file.read_bytes())
    key = "fr-0,2025-01-01,benchmark-36"
    files = {
        "clusters": "cluster_id,name,country,city,sector\n"
        + "".join(f"fr-{i},Cluster {i},FR,Lyon,food\n" for i in range(8)),
        "answers": "cluster_id,assessed_on,scheme,indicator,value\n"
        + "".join(f"fr-{i},2025-01-01,benchmark-36,G1,{i % 5}\n" for i in range(8)),
        "remarks": f"cluster_id,assessed_on,scheme,indicator,notes,proof\n{key},G1,a note,\n",
        "stories": f"cluster_id,assessed_on,scheme,story,what,result\n{key},1,a story,\n",
    }
    for name, content in files.items():
        (incoming / f"{name}.csv").write_text(content)
    publish_folder(incoming, data)
    export.write_tables(catalog.current_path(data), out)
    return data, out


def changed(before: tuple[Path, Path], tmp_path: Path, table: str, change: Callable[[Rows], Rows]) -> Difference:
    """What is told once the rows of a table are other."""
    data, out = before
    folder = tmp_path / "in"
    folder.mkdir()
    for file in out.glob("*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    with (folder / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(change(rows))
    tables, problems = build.check_files([folder], data, TODAY)
    assert tables is not None, [problem for problem in problems if problem.severity == "error"]
    edition = build.build(tables, [folder], data, NOW + timedelta(minutes=1))
    found = diff.difference(catalog.current_path(data), catalog.edition_path(data, edition))
    catalog.edition_path(data, edition).unlink()
    return found


def told(found: Difference, language: Language = "en") -> list[str]:
    return [line for line in difference_lines(found, language) if line.startswith("Descriptions")]


TEXTS = {
    "clusters": ("city", "clusters: 1 row changed (fr-0)."),
    "sectors": ("name_en", "sectors: 1 row changed ("),
    "schemes": ("name_en", "schemes: 1 row changed (benchmark-36)."),
    "dimensions": ("name_en", "dimensions: 1 row changed (benchmark-36/"),
    "indicators": ("name_en", "indicators: 1 row changed (benchmark-36/"),
    "bands": ("name_en", "bands of size and age: 1 row changed (benchmark-36/"),
    "dictionary": ("measures_en", "dictionary: 1 row changed (benchmark-36/"),
    "recommendations": ("action_en", "recommendations: 1 row changed (benchmark-36/"),
    "documents": ("name_en", "documents: 1 row changed (gold-31/"),
    "remarks": ("notes", "notes: 1 row changed (fr-0/benchmark-36/2025-01-01/G1)."),
    "stories": ("what", "success stories: 1 row changed (fr-0/benchmark-36/2025-01-01/1)."),
}


@pytest.mark.parametrize("table", TEXTS)
def test_one_text_that_is_other_is_told_with_its_table_and_row(
    before: tuple[Path, Path], tmp_path: Path, table: str
) -> None:
    column, expected = TEXTS[table]
    found = changed(before, tmp_path, table, lambda rows: [{**rows[0], column: "Something else"}, *rows[1:]])
    (line,) = told(found)
    assert line.startswith(f"Descriptions: {expected}")
    assert len(found.tables_changed) == 1


def test_new_gone_and_other_rows_are_counted_apart_and_few_are_named(before: tuple[Path, Path], tmp_path: Path) -> None:
    def change(rows: Rows) -> Rows:
        more = [{**rows[0], "code": f"new-{i:03}"} for i in range(50)]
        return [*({**row, "name_en": "Other"} for row in rows[:5]), *rows[7:], *more]

    found = changed(before, tmp_path, "documents", change)
    (table,) = found.tables_changed
    assert (table.table, table.new, table.gone, table.changed) == ("document", 50, 2, 5)
    (english,), (french,) = told(found), told(found, "fr")
    assert "documents: 50 rows new, 2 rows gone, 5 rows changed (" in english
    assert "50 lignes nouvelles, 2 lignes disparues, 5 lignes modifiées" in french
    assert english.endswith(", …).")
    assert len(english) < 200


def test_another_order_is_told_as_rows_that_are_other(before: tuple[Path, Path], tmp_path: Path) -> None:
    found = changed(before, tmp_path, "recommendations", lambda rows: [rows[1], rows[0], *rows[2:]])
    (table,) = found.tables_changed
    assert (table.table, table.new, table.gone, table.changed) == ("recommendation", 0, 0, 2)


def test_nothing_other_is_nothing(before: tuple[Path, Path], tmp_path: Path) -> None:
    found = changed(before, tmp_path, "clusters", lambda rows: rows)
    assert found.nothing
