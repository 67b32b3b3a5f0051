"""A sheet as a workbook and back: what changed in the file, what changed in both, and nothing lost in silence."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from support.cases import APPLICANT, COLLEAGUE, MANAGER, World, grid_of, type_in

from clusterdash.cases import answering, workbook
from clusterdash.cases.open_case import OpenCase
from clusterdash.cases.workbook import FieldChange
from clusterdash.domain import Cluster, Dimension, Grid
from clusterdash.domain.case import Sheet, StoredAnswer
from clusterdash.domain.text import LocalizedText
from clusterdash.ingest import readers
from clusterdash.ingest.questionnaire_writer import questionnaire
from clusterdash.operational_database import case_trail
from clusterdash.operational_database.engine import reading

PLAIN = grid_of()
GRID = Grid(PLAIN.scheme, (Dimension("t", "D", LocalizedText("Gestion", "Management")),), PLAIN.indicators, (), ())
CLUSTER = Cluster(
    APPLICANT.cluster_id, APPLICANT.name, APPLICANT.country, "", "", None, None, "unknown", (), "", "", ""
)


@pytest.fixture
def manager(tmp_path: Path) -> OpenCase:
    """A case in preparation with an answer, a note and a story, as its manager has it."""
    world = World(tmp_path)
    opened = world.open(MANAGER, world.prepared())
    type_in(opened, GRID, Sheet.PREPARATION, "Q1", "3")
    type_in(opened, GRID, Sheet.PREPARATION, "Q1", "=we agreed", name="note")
    type_in(opened, GRID, Sheet.PREPARATION, "Q2", "2")
    type_in(opened, GRID, Sheet.PREPARATION, "story-1", "A fair", name="what")
    return opened


def taken(opened: OpenCase) -> bytes:
    return workbook.export(opened, GRID, Sheet.PREPARATION, CLUSTER, "en")


def edited(content: bytes, **cells: object) -> bytes:
    """A workbook with other answers of some indicators, or notes where the name ends in _note."""
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[1]
    for name, value in cells.items():
        code, _, field = name.partition("_")
        row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == code)
        row[7 if field else 6].value = value  # type: ignore[assignment]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changes(opened: OpenCase, content: bytes) -> list[tuple[str, str, str, str, bool]]:
    sheets, problems = readers.read_content("answers.xlsx", content)
    assert problems == []
    found = workbook.read_changes(opened, GRID, Sheet.PREPARATION, sheets)
    return [(one.question, one.field, one.stored, one.given, one.conflict) for one in found]


def test_what_comes_back_as_it_was_changes_nothing(manager: OpenCase) -> None:
    assert changes(manager, taken(manager)) == []


def test_what_changed_in_the_file_only_is_taken_over_once(manager: OpenCase) -> None:
    sheets, _ = readers.read_content("a.xlsx", edited(taken(manager), Q1=4, Q3=5, Q2_note="new"))
    found = workbook.read_changes(manager, GRID, Sheet.PREPARATION, sheets)
    assert [(one.question, one.field, one.given, one.conflict) for one in found] == [
        ("Q1", "value", "4", False),
        ("Q2", "note", "new", False),
        ("Q3", "value", "5", False),
    ]
    for _ in range(2):
        workbook.take_over(manager, GRID, Sheet.PREPARATION, found)
    answers = answering.read(manager, Sheet.PREPARATION).answers
    assert (answers["Q1", "value"].value, answers["Q1", "value"].version) == ("4", 2)
    assert answers["Q2", "note"].value == "new"
    assert answers["Q1", "note"].value == "=we agreed"
    with reading(manager.cases.data) as connection:
        assert connection is not None
        lines = case_trail.lines(connection, manager.case_id)
    assert [line.question for line in lines if line.origin == "file"] == ["Q1", "Q2", "Q3"]


def test_what_changed_in_both_is_for_a_person_to_choose(manager: OpenCase, tmp_path: Path) -> None:
    content = edited(taken(manager), Q1=4, Q2=5)
    type_in(World(tmp_path).open(COLLEAGUE, manager.case_id), GRID, Sheet.PREPARATION, "Q1", "1")
    assert changes(manager, content) == [("Q1", "value", "1", "4", True), ("Q2", "value", "2", "5", False)]


def test_what_changed_in_the_case_only_stays(manager: OpenCase) -> None:
    content = taken(manager)
    type_in(manager, GRID, Sheet.PREPARATION, "Q1", "1")
    type_in(manager, GRID, Sheet.PREPARATION, "Q4", "about 2")
    assert changes(manager, content) == []


def test_a_text_that_is_no_value_stays_when_the_file_has_none(manager: OpenCase) -> None:
    type_in(manager, GRID, Sheet.PREPARATION, "Q4", "about 2")
    assert changes(manager, taken(manager)) == []


def test_a_workbook_of_no_case_fills_what_is_empty_and_asks_for_the_rest(manager: OpenCase) -> None:
    content = edited(questionnaire(GRID, "fr"), Q1=4, Q3=5)
    assert changes(manager, content) == [("Q1", "value", "3", "4", True), ("Q3", "value", "", "5", False)]


TEXTS = st.sampled_from(["", "1", "2", "3"])


@given(was=TEXTS, here=TEXTS, there=TEXTS)
def test_no_text_is_lost_in_silence(was: str, here: str, there: str) -> None:
    """A text of the file is taken over, named as a conflict, or was there before."""
    stored = {("Q1", "value"): StoredAnswer(here, 2, "", "")} if here else {}
    found = workbook.compare(GRID, {("Q1", "value"): was}, stored, {("Q1", "value"): there})
    if there in (was, here):
        assert found == ()
    else:
        assert found == (FieldChange("Q1", "value", here, there, 2 if here else 0, conflict=here != was),)
