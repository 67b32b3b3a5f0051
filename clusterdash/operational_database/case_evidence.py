"""Documents handed in as evidence in a case, in the operational database. Times are UTC, ISO 8601."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select, update

from ..domain.case import EvidenceDocument
from .tables import CASE_EVIDENCE, CASE_PERSON

_COLUMNS = tuple(
    CASE_EVIDENCE.c[name]
    for name in ("evidence_id", "question", "name", "kind", "size", "sha256", "scan", "at", "confirmed_at")
)


def read_all(connection: Connection, case_id: str) -> tuple[EvidenceDocument, ...]:
    """The documents of a case that were not withdrawn, in the order of their coming."""
    joined = CASE_EVIDENCE.join(CASE_PERSON, CASE_PERSON.c.person_id == CASE_EVIDENCE.c.person_id)
    by = func.coalesce(CASE_PERSON.c.email, "")
    found = select(*_COLUMNS, by).select_from(joined).where(CASE_EVIDENCE.c.case_id == case_id)
    present = found.where(CASE_EVIDENCE.c.withdrawn_at.is_(None))
    rows = connection.execute(present.order_by(CASE_EVIDENCE.c.at, CASE_EVIDENCE.c.evidence_id))
    return tuple(EvidenceDocument(*list(row)) for row in rows)


def add(connection: Connection, case_id: str, document: EvidenceDocument, person_id: str) -> None:
    """Add a document to a case."""
    row = {column.name: getattr(document, column.name) for column in _COLUMNS}
    row |= {"case_id": case_id, "document": "", "person_id": person_id}
    connection.execute(insert(CASE_EVIDENCE), [row])


def change(connection: Connection, case_id: str, evidence_id: str, **columns: object) -> bool:
    """Change columns of a document of a case; returns whether it is there."""
    mine = (CASE_EVIDENCE.c.case_id == case_id) & (CASE_EVIDENCE.c.evidence_id == evidence_id)
    found = update(CASE_EVIDENCE).where(mine, CASE_EVIDENCE.c.withdrawn_at.is_(None))
    return connection.execute(found.values(**columns)).rowcount > 0
