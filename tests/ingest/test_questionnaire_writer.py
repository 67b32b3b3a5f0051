"""The questionnaire: written, filled in as a person does, read back."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from support.editions import TODAY

from clusterdash.cli.main import main
from clusterdash.domain import Audience, ClusterdashError, Viewer
from clusterdash.editions import build
from clusterdash.editions.reader import EditionReader


@pytest.mark.slow
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("scheme", ["benchmark-36", "gold-31"])
def test_filled_in_and_read_back(data: Path, staff: EditionReader, tmp_path: Path, scheme: str, language: str) -> None:
    path = tmp_path / "questionnaire.xlsx"
    command = ["template", "--scheme", scheme, "--cluster", "demo-0003", "--lang", language, "-o", str(path)]
    assert main([*command, "--data", str(data)]) == 0
    before = staff.previous_assessment("demo-0003", scheme).answers
    grid = next(grid for grid in staff.schemes() if grid.scheme.code == scheme)
    book = openpyxl.load_workbook(path)
    assert len(book.worksheets) == len(grid.dimensions) + 2
    first = book.worksheets[0]
    assert [cell.value for cell in first[2]][:3] == [
        "demo-0003",
        "Cluster Démo 0003",
        staff.benchmark("demo-0003").cluster.country,
    ]
    first["D2"] = "2026-03-27"
    listed, changed = [], None
    for sheet in book.worksheets[1:-1]:
        assert sheet.data_validations.dataValidation
        for row in sheet.iter_rows(min_row=2):
            code, value = row[0].value, row[6].value
            listed.append(code)
            assert value == before.get(code)
            if changed is None and value is not None and value >= 1:
                row[6].value, changed = value - 1, code
    assert listed == [indicator.code for indicator in grid.indicators], "each indicator once, in its order"
    book.worksheets[-1]["B2"] = "A story"
    book.save(path)
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(path, folder)
    tables, problems = build.check_files([folder], data, TODAY)
    assert tables is not None, problems
    assert not [p for p in problems if p.key not in ("answer.gaps", "answer.far_above")]
    (assessment,) = tables.frames["assessment"].to_dict("records")
    assert (assessment["scheme"], assessment["assessed_on"], assessment["evidence"]) == (
        scheme,
        date(2026, 3, 27),
        "declared",
    )
    found = tables.frames["answer"].astype({"indicator": str}).set_index("indicator")["value"]
    assert changed is not None
    expected = pd.Series({**before, changed: before[changed] - 1})
    pd.testing.assert_series_equal(found.sort_index(), expected.sort_index(), check_names=False)


def test_what_is_wrong_in_a_questionnaire_is_told_by_sheet_and_row(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "q.xlsx"
    assert main(["template", "--scheme", "benchmark-36", "--lang", "fr", "-o", str(path), "--data", str(data)]) == 0
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["A2"], book.worksheets[0]["D2"] = "fr-ghost", "bientôt"
    sheet = book.worksheets[2]
    sheet["G2"] = 9
    book.save(path)
    tables, problems = build.check_files([path], data, TODAY)
    assert tables is None
    told = {(problem.table, problem.row, problem.column, problem.key) for problem in problems}
    assert ("Identification", 2, "assessed_on", "cell.day") in told
    assert (sheet.title, 2, "G1", "cell.range") in told
    assert {("Identification", 2, "name", "cell.empty"), ("Identification", 2, "country", "cell.empty")} <= told
    assert (sheet.title, 2, "cluster_id", "cluster.unknown") in told


@pytest.mark.slow
def test_what_is_wrong_with_day_or_scheme_is_told_once_where_it_stands(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "filled.xlsx"
    command = ["template", "--scheme", "gold-31", "--cluster", "demo-0003", "-o", str(path), "--data", str(data)]
    assert main(command) == 0
    book = openpyxl.load_workbook(path)
    first = book.worksheets[0]
    first["D2"], first["H2"] = "2031-03-27", "2031-03-28"
    book.worksheets[2]["G2"] = 9999
    book.save(path)
    _, problems = build.check_files([path], data, TODAY)
    told = [(p.table, p.row, p.column, p.key) for p in problems if p.severity == "error"]
    assert told[:2] == [(first.title, 2, "assessed_on", "cell.future"), (first.title, 2, "evaluated_on", "cell.future")]
    assert [key for *_, key in told[2:]] == ["cell.range"], "and other faults are found all the same"
    first["D2"], first["H2"], first["F2"] = "2026-03-27", None, "gold-99"
    book.save(path)
    _, problems = build.check_files([path], data, TODAY)
    assert [(p.table, p.row, p.column, p.key) for p in problems if p.severity == "error"] == [
        (first.title, 2, "scheme", "answer.scheme")
    ]


@pytest.mark.slow
def test_an_empty_questionnaire_and_an_unknown_scheme(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["template", "--scheme", "x", "--lang", "en", "-o", str(tmp_path / "x.xlsx"), "--data", str(data)]) == 1
    assert "There is no scheme “x”; known: benchmark-36, gold-31." in capsys.readouterr().err
    path = tmp_path / "q.xlsx"
    assert main(["template", "--scheme", "gold-31", "-o", str(path), "--data", str(data)]) == 0
    book = openpyxl.load_workbook(path)
    book.worksheets[0].delete_rows(2)
    book.save(path)
    _, problems = build.check_files([path], data, TODAY)
    assert "questionnaire.one_row" in {problem.key for problem in problems}


def test_last_time_are_for_those_who_may_see_them(as_viewer) -> None:
    with pytest.raises(ClusterdashError):
        as_viewer(Viewer(Audience.CLUSTER, frozenset({"demo-0001"}))).previous_assessment("demo-0002", "benchmark-36")


def test_a_questionnaire_is_made_before_anything_is_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the project's schemes, or from those of the data folder; it fits those of an edition, where there is one."""
    data, out = tmp_path / "data", tmp_path / "q.xlsx"
    command = ["template", "--data", str(data), "--lang", "en", "-o", str(out), "--scheme"]
    assert main([*command, "gold-31"]) == 0
    assert not data.exists(), "nothing is made on the way"
    grids = build.known_schemes(data)
    listed = [
        row[0].value for sheet in openpyxl.load_workbook(out).worksheets[1:-1] for row in sheet.iter_rows(min_row=2)
    ]
    assert listed == [indicator.code for indicator in grids["gold-31"].indicators]
    shutil.copytree(build.PROJECT_DATA / "scheme", data / "scheme")
    indicators = data / "scheme" / "indicators.csv"
    text = indicators.read_text("utf-8")
    indicators.write_text(text.replace("gold-31,1.1.0,", "gold-31,1.1.9,", 1), "utf-8")
    assert main([*command, "gold-31"]) == 0
    assert openpyxl.load_workbook(out).worksheets[1]["A2"].value == "1.1.9"
    assert main([*command, "nothing-1"]) == 1
    assert "known: benchmark-36, gold-31" in capsys.readouterr().err
    indicators.write_text(text.replace("benchmark-36", "", 1), "utf-8")
    assert main([*command, "gold-31"]) == 1
    assert f"check {data / 'scheme'}" in capsys.readouterr().err


def test_the_schemes_of_the_facts_are_those_of_the_edition(data: Path, staff: EditionReader, tmp_path: Path) -> None:
    grids = {grid.scheme.code: grid for grid in staff.schemes()}
    assert build.known_schemes(data) == grids
    assert build.known_schemes(tmp_path) == grids


def test_a_scheme_that_the_facts_have_got_since_can_be_asked(data: Path, tmp_path: Path) -> None:
    own = tmp_path / "data"
    shutil.copytree(data, own)
    shutil.copytree(build.PROJECT_DATA / "scheme", own / "scheme")
    for table in ("schemes", "dimensions", "indicators"):
        file = own / "scheme" / f"{table}.csv"
        lines = file.read_text("utf-8").splitlines()
        new = [
            line.replace("gold-31", "gold-32").replace("paraphrase 2023", "paraphrase 2027")
            for line in lines
            if "gold-31" in line
        ]
        file.write_text("\n".join([*lines, *new]) + "\n", "utf-8")
    assert "gold-32" in build.known_schemes(own)
