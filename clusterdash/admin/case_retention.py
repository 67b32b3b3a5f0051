"""Erasure of what the operator no longer keeps of cases: old ones, the documents of accepted ones, and their files."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from ..cases import evidence_store, shared_evidence
from ..operational_database import case_erasure
from ..operational_database.engine import reading, writing
from ..settings import settings


def erase_old(data: Path, now: datetime) -> tuple[int, int]:
    """Erase cases and documents that are older than the settings keep them; returns how many of each.

    Raises ClusterdashError if the database cannot be written.
    """
    kept = settings(data)
    ended, accepted = timedelta(days=kept.ended_case_days), timedelta(days=kept.accepted_case_days)
    with writing(data) as connection:
        documents = case_erasure.erase_evidence(connection, now, timedelta(days=kept.evidence_days))
        cases = case_erasure.erase_expired(connection, now, ended=ended, accepted=accepted)
    remove_evidence(data, now)
    return cases, documents


def remove_evidence(data: Path, now: datetime, kept: timedelta = evidence_store.KEPT_UNREFERENCED) -> tuple[str, ...]:
    """Remove the files of documents that no case has any more; returns their hashes."""
    with reading(data) as connection:
        used = case_erasure.evidence_in_use(connection) if connection else {}
    shared_evidence.remove_unreferenced(used, now, kept)
    return evidence_store.remove_unreferenced(data, used, now, kept)
