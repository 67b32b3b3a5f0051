"""The improvements of a Silver audit: named by the cluster, decided by the auditor, in the statement, in no edition."""

from __future__ import annotations

import pytest
from support.cases import FIRST, MANAGER, STAFF, World, grid_of, type_in

from clusterdash.cases import exchange, statement, steps
from clusterdash.cases.silver_improvements import CODES, DIMENSION, grid_of_case
from clusterdash.domain import ClusterdashError
from clusterdash.domain.case import CaseKind, Sheet, Step
from clusterdash.operational_database import case_answers
from clusterdash.operational_database.engine import reading
from clusterdash.presentation.cases import statement as texts

SCHEME = grid_of("g", purpose="evaluation", audited=2)
GRID = grid_of_case(CaseKind.SILVER_AUDIT, SCHEME)


def audited(world: World) -> str:
    """An audit that is released: two of three improvements are confirmed."""
    case_id = world.prepared(CaseKind.SILVER_AUDIT, "g")
    manager, auditor = world.open(MANAGER, case_id), world.open(FIRST, case_id)
    world.fill(manager, SCHEME, Sheet.PREPARATION, "value", "4")
    type_in(manager, GRID, Sheet.PREPARATION, CODES[0], "A new training programme", name="note")
    type_in(manager, GRID, Sheet.PREPARATION, CODES[0], "1")
    steps.hand_in(manager, GRID)
    for code in ("Q1", "Q2"):
        type_in(auditor, GRID, Sheet.AUDITOR, code, "4", name="points")
    with pytest.raises(ClusterdashError, match=CODES[0]):
        steps.close_judgment(auditor, GRID)
    for code, met in zip(CODES, ("1", "1", "0"), strict=True):
        type_in(auditor, GRID, Sheet.AUDITOR, code, met, name="points")
    type_in(auditor, GRID, Sheet.AUDITOR, CODES[2], "Nothing was shown", name="reason")
    steps.close_judgment(auditor, GRID)
    assert auditor.case.step is Step.FEEDBACK
    return case_id


def test_other_cases_ask_what_their_scheme_asks() -> None:
    assert grid_of_case(CaseKind.EVALUATION, SCHEME) is SCHEME
    assert grid_of_case(CaseKind.BENCHMARKING, SCHEME) is SCHEME
    added = [one.code for one in GRID.indicators if one not in SCHEME.indicators]
    assert added == [*CODES]
    assert len(CODES) == 3
    assert {one.dimension for one in GRID.indicators[-3:]} == {DIMENSION} == {GRID.dimensions[-1].code}


def test_the_auditor_decides_on_each_and_the_statement_says_it(world: World) -> None:
    case_id = audited(world)
    manager = world.open(MANAGER, case_id)
    type_in(manager, GRID, Sheet.FEEDBACK, CODES[2], "See the minutes", name="observation")
    found = statement.read(manager, GRID)
    assert texts.verdict(found, GRID, "en")[-1] == "Improvements confirmed: 2 of 3."
    (improvements,) = [rows for name, rows in texts.rows(found, GRID, "en") if name == "Improvements for Silver"]
    assert [(row.points, row.reason, row.observation) for row in improvements][2] == (
        improvements[2].points,
        "Nothing was shown",
        "See the minutes",
    )
    assert improvements[0].points != improvements[2].points


def test_no_edition_gets_them(world: World) -> None:
    case_id = audited(world)
    steps.end_feedback(world.open(FIRST, case_id))
    steps.accept(world.open(STAFF, case_id))
    with reading(world.data) as connection:
        assert connection is not None
        hand_ins = case_answers.hand_ins(connection, case_id)
    tables = exchange.tables(world.open(STAFF, case_id).case, hand_ins, newcomer=False)
    assert any(b"Q1" in content for _, content in tables)
    for _, content in tables:
        assert not any(code.encode() in content for code in CODES)
        assert b"training programme" not in content


def test_without_the_kind_the_fields_do_not_exist(world: World) -> None:
    manager = world.open(MANAGER, world.prepared(CaseKind.EVALUATION, "g"))
    with pytest.raises(ClusterdashError, match=r"case\.unknown_field"):
        type_in(manager, grid_of_case(CaseKind.EVALUATION, SCHEME), Sheet.PREPARATION, CODES[0], "1")
