"""Documents of earlier cases: which are offered, to whom, and what confirming one does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.cases import INTERVIEWER, MANAGER, STAFF, World, grid_of

from clusterdash.cases import earlier_evidence, evidence, evidence_kinds, steps, trail
from clusterdash.cases.open_case import NotAllowedError, OpenCase
from clusterdash.domain import ClusterdashError
from clusterdash.operational_database import case_trail

GRID = grid_of()
TEXT = b"minutes of the board"


def case_with(world: World, **documents: str) -> OpenCase:
    """A case with a document for each question named; it ends, so that another one can be asked for."""
    opened = world.open(MANAGER, world.prepared())
    for question, name in documents.items():
        evidence.add(opened, GRID, question, name, TEXT + name.encode())
    steps.withdraw(opened, "next year")
    world.now += timedelta(days=400)
    return opened


def names_offered(opened: OpenCase) -> list[tuple[str, str]]:
    return [(one.question, one.name) for one in earlier_evidence.offered(opened, GRID)]


def test_what_the_latest_case_has_of_an_indicator_is_offered_until_it_has_a_document(world: World) -> None:
    case_with(world, Q1="old.txt", Q3="only here.txt")
    case_with(world, Q1="newer.txt", Q2="plan.txt")
    opened = world.open(MANAGER, world.prepared())
    assert names_offered(opened) == [("Q1", "newer.txt"), ("Q2", "plan.txt"), ("Q3", "only here.txt")]
    evidence.add(opened, GRID, "Q2", "new plan.txt", TEXT)
    assert names_offered(opened) == [("Q1", "newer.txt"), ("Q3", "only here.txt")]


def test_a_confirmed_document_is_one_of_the_case_and_the_expert_reads_it(world: World) -> None:
    before = case_with(world, Q1="minutes.txt")
    (first,) = evidence.documents(before)
    opened = world.open(MANAGER, world.prepared())
    (offered,) = earlier_evidence.offered(opened, GRID)
    earlier_evidence.confirm(opened, GRID, offered.evidence_id)
    assert earlier_evidence.offered(opened, GRID) == ()
    expert = world.open(INTERVIEWER, opened.case_id)
    (found,) = evidence.documents(expert)
    assert (found.name, found.at, found.sha256, found.by) == ("minutes.txt", first.at, first.sha256, MANAGER)
    assert found.confirmed_at is not None
    assert found.confirmed_at > first.at
    assert evidence.content(expert, found.evidence_id) == TEXT + b"minutes.txt"
    assert [line.action for line in trail.read(opened) if line.question == "Q1"][-2:] == [
        "evidence_confirm",
        "evidence_read",
    ]
    assert case_trail.verify(world.data) == ()
    evidence.withdraw(opened, found.evidence_id)
    assert evidence.documents(before) == (first,), "that of the earlier case stays"


def test_only_what_is_offered_can_be_confirmed_and_only_by_the_manager(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = case_with(world, Q1="minutes.txt")
    (first,) = evidence.documents(before)
    opened = world.open(MANAGER, world.prepared())
    for who in (INTERVIEWER, STAFF):
        with pytest.raises(NotAllowedError):
            earlier_evidence.confirm(world.open(who, opened.case_id), GRID, first.evidence_id)
        with pytest.raises(NotAllowedError):
            earlier_evidence.offered(world.open(who, opened.case_id), GRID)
    with pytest.raises(ClusterdashError, match=r"evidence_file\.absent"):
        earlier_evidence.confirm(opened, GRID, "0123")
    monkeypatch.setattr(evidence_kinds, "MAX_CASE_FILES", 0)
    with pytest.raises(ClusterdashError, match="evidence"):
        earlier_evidence.confirm(opened, GRID, first.evidence_id)
    assert evidence.documents(opened) == ()


def test_documents_under_another_scheme_are_not_offered(world: World) -> None:
    case_with(world, Q1="minutes.txt")
    opened = world.open(MANAGER, world.prepared(scheme="u"))
    assert earlier_evidence.offered(opened, grid_of("u")) == ()
