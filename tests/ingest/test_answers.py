"""Answers as columns: what is remembered of cells must change nothing, and nothing is taken twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.editions import NOW, TODAY

from clusterdash.admin import editions
from clusterdash.domain import STAFF, Problem
from clusterdash.editions import build, catalog
from clusterdash.ingest import answers, readers, schemes, table_reader, table_schemas
from clusterdash.ingest.readers import Sheet
from clusterdash.ingest.table_reader import IngestState

HEADER = ("cluster_id", "assessed_on", "scheme", "indicator", "value", "evidence")
CELLS = (
    st.sampled_from(["a", "b", "c d", ""]),
    st.sampled_from(["2025-03-27", "27/03/2025", "2024-01-01", "2999-01-01", "soon"]),
    st.sampled_from(["benchmark-36", "gold-31", "no-such", ""]),
    st.sampled_from(["G1", "F1", "S1", "1.1.1", "nothing"]),
    st.sampled_from(["1", "2", "1.234", "99", "x", "", "0"]),
    st.sampled_from(["declared", "verified", "", "said"]),
)


def collected(findings: IngestState) -> answers.AnswerCollector:
    facts, _ = readers.read_files([catalog.PROJECT_DATA / "scheme"])
    for sheet in facts:
        table = table_reader.table_of(sheet)
        assert table
        table_reader.read_table(findings, "facts", sheet, table)
    return answers.AnswerCollector(findings, schemes.schemes(findings), TODAY)


def results(rows: list[tuple[str, ...]], *, remembering: bool) -> tuple[list[Problem], list[pd.DataFrame]]:
    findings = IngestState()
    taken = collected(findings)
    sheet = Sheet("answers.csv", "answers", HEADER, tuple(enumerate(rows, start=2)))
    if remembering:
        taken.read(sheet)
    else:
        where = table_reader.known_columns(findings, sheet, "answers")
        assert where is not None
        for number, cells in sheet.rows:
            reader = table_reader.RowReader(findings, sheet, where, table_schemas.TABLES["answers"])
            taken.add(sheet, number, reader.row(number, cells))
    return findings.problems, list(answers.frames(taken.columns()))


@pytest.mark.slow
@given(st.lists(st.tuples(*CELLS), max_size=40))
@settings(max_examples=60)
def test_what_is_remembered_of_cells_changes_nothing(rows: list[tuple[str, ...]]) -> None:
    problems, tables = results(rows, remembering=True)
    plainly, plain_tables = results(rows, remembering=False)
    assert problems == plainly
    for table, plain in zip(tables, plain_tables, strict=True):
        pd.testing.assert_frame_equal(table, plain)


def test_nothing_is_wrong_when_the_memory_is_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(f"c{i}", "2025-03-27", "benchmark-36", code, "1", "") for i in range(20) for code in ("G1", "G2", "G3")]
    whole = results(rows, remembering=True)
    monkeypatch.setattr(answers, "CACHE_SIZE", 3)
    monkeypatch.setattr(table_reader, "CACHE_SIZE", 3)
    problems, (assessment, answer) = results(rows, remembering=True)
    assert problems == whole[0] == []
    assert (len(assessment), len(answer)) == (20, 60)
    pd.testing.assert_frame_equal(answer, whole[1][1])


def test_the_tables_do_not_depend_on_the_order_of_rows() -> None:
    rows = [(c, "2025-03-27", "benchmark-36", code, "1", "") for c in ("b", "a") for code in ("G2", "S1", "G1")]
    _, (assessment, answer) = results(rows, remembering=True)
    _, (turned, turned_answer) = results(rows[::-1], remembering=True)
    pd.testing.assert_frame_equal(assessment, turned)
    pd.testing.assert_frame_equal(answer, turned_answer)
    assert list(assessment["cluster_id"]) == ["a", "b"]
    assert list(answer["indicator"]) == ["S1", "G1", "G2"] * 2, "in the order of the grid"
    assert assessment["assessed_on"][0] == date(2025, 3, 27)


def test_an_upload_has_a_limit_of_rows_and_the_command_line_none(tmp_path: Path) -> None:
    rows = b"note\n" + b"a\n" * (editions.MAXIMUM_ROWS + 1)
    desk = editions.EditionAdmin(STAFF, tmp_path, demonstration=False, by="")
    found = desk.check([("notes.csv", rows)], NOW, lambda _key, _done: None)
    assert [problem.key for problem in found.problems] == ["sheet.too_many_rows"]
    (tmp_path / "notes.csv").write_bytes(rows)
    _, problems = build.check_files([tmp_path / "notes.csv"], tmp_path, TODAY)
    assert "sheet.too_many_rows" not in {problem.key for problem in problems}
