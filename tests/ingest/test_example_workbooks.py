"""The workbooks to start from come back through the import: filled as they are, empty with nothing in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.editions import TODAY

from clusterdash.editions import build
from clusterdash.ingest.example_workbooks import FORMS, Form, example_workbook


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("scheme", ["benchmark-36", "gold-31"])
def test_a_filled_example_is_imported_as_it_is(tmp_path: Path, scheme: str, form: Form) -> None:
    grid = build.known_schemes(tmp_path / "data")[scheme]
    path = tmp_path / "example.xlsx"
    path.write_bytes(example_workbook(grid, form, "fr", TODAY, filled=True))
    tables, problems = build.check_files([path], tmp_path / "data", TODAY)
    assert not problems
    assert tables
    assert len(tables.frames["answer"]) == 3 * len(grid.indicators)
    assert len(tables.frames["assessment"]) == 3


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_example_has_the_headings_alone(tmp_path: Path, form: Form) -> None:
    grid = build.known_schemes(tmp_path / "data")["benchmark-36"]
    path = tmp_path / "example.xlsx"
    path.write_bytes(example_workbook(grid, form, "en", TODAY, filled=False))
    tables, problems = build.check_files([path], tmp_path / "data", TODAY)
    assert tables is None
    assert "edition.nothing" in [problem.key for problem in problems]
