"""What is erased of cases, when, and what is left: on both engines, down to the bytes of the files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from support.cases import COLLEAGUE, MANAGER, World, grid_of, type_in

from clusterdash.admin import case_retention
from clusterdash.cases import evidence, evidence_store, steps
from clusterdash.domain.case import Sheet
from clusterdash.operational_database import case_trail, erasure
from clusterdash.operational_database.engine import database_path, reading
from clusterdash.operational_database.erasure import ErasedCluster

GRID = grid_of()
SECRET = "zq-secret-of-the-board"


def withdrawn(world: World) -> str:
    """A case with an answer and a document, withdrawn."""
    case_id = world.prepared()
    manager = world.open(MANAGER, case_id)
    type_in(manager, GRID, Sheet.PREPARATION, "Q1", SECRET, name="note")
    evidence.add(manager, GRID, "Q1", "board.txt", SECRET.encode())
    steps.withdraw(world.open(COLLEAGUE, case_id), "not now")
    return case_id


def test_a_withdrawn_case_is_erased_after_its_days_and_its_trail_stays_whole(world: World) -> None:
    case_id = withdrawn(world)
    assert case_retention.erase_old(world.data, world.now + timedelta(days=29)) == (0, 0)
    assert world.open(MANAGER, case_id).case.reason == "not now"
    assert case_retention.erase_old(world.data, world.now + timedelta(days=31)) == (1, 0)
    assert world.cases(MANAGER).all() == ()
    assert case_trail.verify(world.data) == ()
    with reading(world.data) as connection:
        assert connection is not None
        lines = case_trail.lines(connection, case_id)
    assert len(lines) > 5
    assert {(line.by, line.before, line.after) for line in lines} == {("", None, None)}


def test_who_takes_part_in_another_case_keeps_the_name_there(world: World) -> None:
    withdrawn(world)
    other = world.prepared()
    assert case_retention.erase_old(world.data, world.now + timedelta(days=31)) == (1, 0)
    with reading(world.data) as connection:
        assert connection is not None
        names = {line.by for line in case_trail.lines(connection, other)}
    assert MANAGER in names
    assert COLLEAGUE not in names


def test_a_forgotten_cluster_leaves_no_word_of_its_cases_in_any_file(tmp_path: Path) -> None:
    world = World(tmp_path)
    withdrawn(world)
    erasure.erase(tmp_path, ErasedCluster("c-one", ("Cluster One",), public=False), ())
    case_retention.remove_evidence(tmp_path, world.now, timedelta(days=-400))
    assert erasure.purge(tmp_path)
    for path in database_path(tmp_path).parent.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [word for word in (SECRET, "Cluster One", COLLEAGUE) if word.encode() in content], path
    assert case_trail.verify(tmp_path) == ()
    assert evidence_store.stored(tmp_path) == ()
