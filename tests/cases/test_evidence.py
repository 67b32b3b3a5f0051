"""Documents of a case: who hands in, who reads, what is refused, and what the trail says of it."""

from __future__ import annotations

import sys

import pytest
from support.cases import FIRST, INTERVIEWER, MANAGER, STAFF, STRANGER, World, grid_of

from clusterdash.cases import evidence, evidence_kinds, evidence_store, steps, trail
from clusterdash.cases.open_case import NotAllowedError, OpenCase
from clusterdash.domain import ClusterdashError
from clusterdash.domain.case import CaseKind

GRID = grid_of()
TEXT = b"minutes of the board"


def manager_of(world: World) -> OpenCase:
    return world.open(MANAGER, world.prepared())


def test_a_document_is_handed_in_read_by_the_expert_and_withdrawn(world: World) -> None:
    manager = manager_of(world)
    evidence.add(manager, GRID, "Q2", "../Minutes 2026.txt", TEXT)
    expert = world.open(INTERVIEWER, manager.case_id)
    (found,) = evidence.documents(expert)
    assert (found.question, found.name, found.size, found.scan, found.by) == (
        "Q2", "Minutes 2026.txt", len(TEXT), "unchecked", MANAGER,
    )  # fmt: skip
    assert evidence.content(expert, found.evidence_id) == TEXT
    evidence.withdraw(manager, found.evidence_id)
    assert evidence.documents(expert) == ()
    with pytest.raises(ClusterdashError, match=r"evidence_file\.absent"):
        evidence.content(expert, found.evidence_id)
    lines = [(line.action, line.by, line.question) for line in trail.read(manager) if "evidence" in line.action]
    assert lines == [
        ("evidence_add", MANAGER, "Q2"),
        ("evidence_read", INTERVIEWER, "Q2"),
        ("evidence_withdraw", MANAGER, "Q2"),
    ]


def test_who_has_no_part_in_a_case_reads_no_document_of_it(world: World) -> None:
    manager = manager_of(world)
    evidence.add(manager, GRID, "Q1", "a.txt", TEXT)
    (found,) = evidence.documents(manager)
    for who in (STAFF, STRANGER, FIRST):
        with pytest.raises(NotAllowedError):
            evidence.content(OpenCase(world.cases(who), manager.case_id), found.evidence_id)
    other = world.open(MANAGER, world.prepared(CaseKind.EVALUATION))
    with pytest.raises(ClusterdashError, match=r"evidence_file\.absent"):
        evidence.content(other, found.evidence_id)
    expert = world.open(INTERVIEWER, manager.case_id)
    with pytest.raises(NotAllowedError):
        evidence.add(expert, GRID, "Q1", "b.txt", TEXT)
    with pytest.raises(NotAllowedError):
        evidence.withdraw(expert, found.evidence_id)


def test_nothing_is_stored_of_what_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = manager_of(world)
    for name, content, question, key in (
        ("a.exe", TEXT, "Q1", "evidence_kind.unknown"),
        ("a.pdf", TEXT, "Q1", "evidence_kind.another"),
        ("a.txt", TEXT, "Q9", "case.unknown_field"),
    ):
        with pytest.raises(ClusterdashError) as refused:
            evidence.add(manager, GRID, question, name, content)
        assert refused.value.key == key
    monkeypatch.setenv("CLUSTERDASH_SCAN_COMMAND", f'["{sys.executable}", "-c", "raise SystemExit(1)"]')
    with pytest.raises(ClusterdashError, match=r"evidence_file\.infected"):
        evidence.add(manager, GRID, "Q1", "a.txt", TEXT)
    assert evidence.documents(manager) == ()
    assert evidence_store.stored(world.data) == ()


def test_a_case_takes_no_more_files_than_it_may(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_kinds, "MAX_CASE_FILES", 2)
    manager = manager_of(world)
    for name in ("a.txt", "b.txt"):
        evidence.add(manager, GRID, "Q1", name, TEXT)
    with pytest.raises(ClusterdashError, match=r"evidence_kind\.too_many"):
        evidence.add(manager, GRID, "Q1", "c.txt", TEXT)
    assert len(evidence_store.stored(world.data)) == 1, "the same content is stored once"


def test_a_case_that_is_withdrawn_takes_no_document(world: World) -> None:
    manager = manager_of(world)
    steps.withdraw(manager, "not now")
    with pytest.raises(NotAllowedError):
        evidence.add(manager, GRID, "Q1", "a.txt", TEXT)
    assert evidence_store.stored(world.data) == ()
