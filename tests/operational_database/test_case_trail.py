"""The trail of a case: it is only added to, and whatever is changed, removed or exchanged in it is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update
from support.cases import APPLICANT, CLUSTER, MANAGER, START, World, grid_of, type_in

from clusterdash.domain import DatabaseFailureError
from clusterdash.domain.case import Sheet
from clusterdash.operational_database import case_erasure, case_trail
from clusterdash.operational_database.case_trail import TrailFault
from clusterdash.operational_database.engine import database_path, reading, writing
from clusterdash.operational_database.tables import ASSESSMENT_CASE, CASE_CHANGE, CASE_TEXT

GRID = grid_of()


def typed(world: World) -> str:
    case_id = world.prepared()
    manager = world.open(MANAGER, case_id)
    for value in ("1", "2", "3"):
        type_in(manager, GRID, Sheet.PREPARATION, "Q1", value)
    return case_id


def test_the_database_refuses_every_change_and_removal_of_a_line(world: World) -> None:
    case_id = typed(world)
    for statement in (
        update(CASE_CHANGE).values(at="2000"),
        delete(CASE_CHANGE),
        delete(ASSESSMENT_CASE),
    ):
        with pytest.raises(DatabaseFailureError, match="only added to"), writing(world.data) as connection:
            connection.execute(statement)
    assert world.open(MANAGER, case_id).case.case_id == case_id


def test_what_is_invented_goes_as_a_whole(world: World) -> None:
    invented = world.cases(MANAGER, visitor="v")
    opened = invented.request(world.open(MANAGER, typed(world)).case.kind, APPLICANT, "t")
    with writing(world.data) as connection:
        assert case_erasure.remove_invented(connection, START) == 0
        assert case_erasure.remove_invented(connection, START + timedelta(days=1)) == 1
        left = connection.execute(select(CASE_CHANGE).where(CASE_CHANGE.c.case_id == opened.case_id)).all()
    assert left == []
    assert invented.all() == ()
    assert len(world.cases(MANAGER).all()) == 1


def last(connection: sqlite3.Connection) -> None:
    connection.execute("delete from case_change where number = (select max(number) from case_change)")


TAMPERED: dict[str, Callable[[sqlite3.Connection], object]] = {
    "another time": lambda c: c.execute("update case_change set at = '2000' where number = 5"),
    "another person": lambda c: c.execute("update case_change set person_id = 'x' where number = 5"),
    "another field": lambda c: c.execute("update case_change set field = 'note' where number = 5"),
    "another version": lambda c: c.execute("update case_change set version = 9 where number = 5"),
    "another text": lambda c: c.execute("update case_text set after = '9' where after = '2'"),
    "another text before": lambda c: c.execute("update case_text set before = '9' where before = '2'"),
    "a removed line": lambda c: c.execute("delete from case_change where number = 5"),
    "exchanged lines": lambda c: c.executescript(
        "update case_change set number = -1 where number = 5; update case_change set number = 5 where number = 6;"
        "update case_change set number = 6 where number = -1;"
    ),
}


@pytest.mark.parametrize("how", list(TAMPERED))
def test_a_trail_that_was_tampered_with_is_found(tmp_path: Path, how: str) -> None:
    """By somebody who owns the machine: the triggers are away."""
    world = World(tmp_path)
    case_id = typed(world)
    assert case_trail.verify(tmp_path) == ()
    with sqlite3.connect(database_path(tmp_path)) as connection:
        connection.execute("pragma foreign_keys = off")
        connection.execute("drop trigger case_change_update")
        connection.execute("drop trigger case_change_delete")
        TAMPERED[how](connection)
    connection.close()
    (fault,) = case_trail.verify(tmp_path)
    assert fault.case_id == case_id
    assert fault.number >= 5


def test_what_was_cut_off_at_the_end_does_not_match_the_hash_of_a_statement(tmp_path: Path) -> None:
    world = World(tmp_path)
    case_id = typed(world)
    with reading(tmp_path) as connection:
        assert connection is not None
        stated = case_trail.head(connection, case_id)
    with sqlite3.connect(database_path(tmp_path)) as connection_:
        connection_.execute("drop trigger case_change_delete")
        last(connection_)
    connection_.close()
    assert case_trail.verify(tmp_path) == (), "the rest is whole"
    with reading(tmp_path) as connection:
        assert connection is not None
        assert case_trail.head(connection, case_id) != stated


def test_a_trail_whose_texts_were_erased_can_still_be_verified(world: World) -> None:
    case_id = typed(world)
    with writing(world.data) as connection:
        case_erasure.erase_cluster(connection, CLUSTER, "forgotten-1", START)
        lines = case_trail.lines(connection, case_id)
        assert connection.scalar(select(CASE_TEXT)) is None
    assert case_trail.verify(world.data) == ()
    assert {(line.after, line.by) for line in lines} == {(None, "")}


def test_a_fault_names_the_line(world: World) -> None:
    case_id = typed(world)
    with writing(world.data) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("alter table case_change disable trigger all"))
        else:
            connection.execute(text("drop trigger case_change_update"))
        connection.execute(update(CASE_CHANGE).where(CASE_CHANGE.c.number == 3).values(action="other"))
    assert case_trail.verify(world.data, case_id) == (TrailFault(case_id, 3),)
    assert case_trail.verify(world.data, "another") == ()
