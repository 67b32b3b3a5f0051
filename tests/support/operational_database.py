"""An operational database with rows in all tables."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from clusterdash.cases import evidence_store, steps
from clusterdash.domain.case import CaseKind, Sheet
from clusterdash.domain.label_change import ChangeAction, NewChange
from clusterdash.operational_database import (
    audit_records,
    case_records,
    grants,
    jobs,
    label_changes,
    pins,
    publications,
    sign_outs,
)
from clusterdash.operational_database.audit_records import AuditRecord
from clusterdash.operational_database.engine import writing
from clusterdash.operational_database.publications import Publication
from clusterdash.operational_database.tables import CASE_EVIDENCE
from support.cases import FIRST, MANAGER, SECOND, World, grid_of
from support.editions import NOW


def change(of: str, **details: str) -> NewChange:
    return NewChange(ChangeAction.CHECK, of, {"checked_on": "2026-06-01", "award_ids": "é’\u202f😀", **details})


def fill(data: Path) -> None:
    """Rows in every table that the program writes by itself; the last pin was removed, so that its id is free."""
    text = NOW.isoformat(timespec="seconds")
    _fill_cases(data)
    label_changes.add(data, [change(f"c{number}") for number in range(5)], by="me", reason="« why »\n2", now=NOW)
    pins.add(data, "labels?q=a", "one", by="me", now=NOW)
    pins.add(data, "labels?q=b", "two", by="me", now=NOW)
    pins.remove(data, pins.read(data)[0].pin_id)
    grants.replace(data, [("a@b.example", "manager", "c1|c2", "", "2027-01-01"), ("s@b.example", "staff", "", "", "")])
    with writing(data):
        for number in range(2500):
            audit_records.add(data, AuditRecord(text, "s@b.example", "look", f"c{number}"), NOW - timedelta(days=9))
    sign_outs.record_sign_out(data, "0" * 64, NOW, NOW - timedelta(hours=8))
    job = jobs.start(data, "check", by="me", visitor="", server="s 1", progress_key="data.reading", now=NOW, oldest=NOW)
    jobs.beat(data, job.job_id, "data.checking", 0.1 + 0.2, NOW)
    jobs.add_line(data, job.job_id, "data.reading", {"n": 2}, NOW)
    publications.add(data, Publication(text, "20260601-120000-00000000", "me", "publish"))


def _fill_cases(data: Path) -> None:
    """An evaluation in which two experts agree, with a document."""
    world, grid = World(data), grid_of("g", purpose="evaluation")
    case_id = world.handed_in(grid, CaseKind.EVALUATION)
    for email, sheet in ((FIRST, Sheet.EXPERT_1), (SECOND, Sheet.EXPERT_2)):
        expert = world.open(email, case_id)
        world.fill(expert, grid, sheet, "points", "3")
        steps.close_judgment(expert, grid)
    content = evidence_store.put(data, b"minutes of the board")
    with writing(data) as connection:
        row = {"evidence_id": "e1", "case_id": case_id, "question": "Q1", "document": "", "name": "Minutes.pdf"}
        row |= {"kind": "pdf", "size": 2**40, "sha256": content, "scan": "clean", "at": world.now.isoformat()}
        row["person_id"] = case_records.person_id(connection, MANAGER)
        connection.execute(insert(CASE_EVIDENCE), [row])
