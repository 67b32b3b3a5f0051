"""Erasure of cases: what was written and who wrote it go; the trail stays, without names and texts, and is verifiable.

Cases of a demonstration go as a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from ..domain.case import Step
from .case_records import timestamp
from .tables import (
    ASSESSMENT_CASE,
    CASE_ANSWER,
    CASE_CHANGE,
    CASE_CONFIRMATION,
    CASE_EVIDENCE,
    CASE_HAND_IN,
    CASE_PERSON,
    CASE_SEAT,
    CASE_TEXT,
)

_CONTENT = (CASE_ANSWER, CASE_CONFIRMATION, CASE_EVIDENCE, CASE_HAND_IN, CASE_TEXT)


def erase_expired(connection: Connection, now: datetime, *, ended: timedelta, accepted: timedelta) -> int:
    """Erase the cases that were withdrawn or refused, or accepted, longer ago than that; returns how many."""
    case = ASSESSMENT_CASE.c
    expired = select(case.case_id).where(
        case.erased_at.is_(None),
        case.visitor == "",
        or_(
            case.step.in_((Step.WITHDRAWN.value, Step.REFUSED.value)) & (case.step_since < timestamp(now - ended)),
            (case.step == Step.ACCEPTED.value) & (case.step_since < timestamp(now - accepted)),
        ),
    )
    ids = list(connection.scalars(expired))
    _erase(connection, ids, now)
    return len(ids)


def erase_evidence(connection: Connection, now: datetime, accepted: timedelta) -> int:
    """Erase the evidence of cases that were accepted longer ago than that; returns how many documents."""
    case = ASSESSMENT_CASE.c
    old = select(case.case_id).where(case.step == Step.ACCEPTED.value, case.step_since < timestamp(now - accepted))
    return connection.execute(delete(CASE_EVIDENCE).where(CASE_EVIDENCE.c.case_id.in_(old))).rowcount


def erase_cluster(connection: Connection, cluster_id: str, pseudonym: str, now: datetime) -> int:
    """Erase the cases of a cluster, for which a pseudonym stands from now on; returns how many."""
    case = ASSESSMENT_CASE.c
    ids = list(connection.scalars(select(case.case_id).where(case.cluster_id == cluster_id)))
    _erase(connection, ids, now)
    renamed = update(ASSESSMENT_CASE).where(case.case_id.in_(ids))
    connection.execute(renamed.values(cluster_id=pseudonym, cluster_name=pseudonym, reason=""))
    return len(ids)


def remove_invented(connection: Connection, opened_before: datetime) -> int:
    """Remove the cases of a demonstration that were opened before a time, as a whole; returns how many."""
    case = ASSESSMENT_CASE.c
    old = select(case.case_id).where(case.visitor != "", case.opened_at < timestamp(opened_before))
    ids = list(connection.scalars(old))
    for table in (CASE_TEXT, CASE_CHANGE, ASSESSMENT_CASE):
        connection.execute(delete(table).where(table.c.case_id.in_(ids)))
    return len(ids)


def evidence_in_use(connection: Connection) -> dict[str, int]:
    """All evidence that a case still has: bytes by hash."""
    found = connection.execute(select(CASE_EVIDENCE.c.sha256, CASE_EVIDENCE.c.size).distinct())
    return {row.sha256: row.size for row in found}


def _erase(connection: Connection, case_ids: Collection[str], now: datetime) -> None:
    """Remove what was written in some cases, and the addresses of who takes part in no other one."""
    if not case_ids:
        return
    people = set(_people(connection, case_ids))
    for table in _CONTENT:
        connection.execute(delete(table).where(table.c.case_id.in_(case_ids)))
    erased = update(ASSESSMENT_CASE).where(ASSESSMENT_CASE.c.case_id.in_(case_ids))
    connection.execute(erased.values(erased_at=timestamp(now), reason=""))
    left = select(ASSESSMENT_CASE.c.case_id).where(ASSESSMENT_CASE.c.erased_at.is_(None))
    gone = people - set(_people(connection, list(connection.scalars(left))))
    connection.execute(update(CASE_PERSON).where(CASE_PERSON.c.person_id.in_(gone)).values(email=None))


def _people(connection: Connection, case_ids: Collection[str]) -> Iterable[str]:
    """The ids of those who have a seat in some cases, or have changed something in them."""
    for table in (CASE_SEAT, CASE_CHANGE):
        yield from connection.scalars(select(table.c.person_id).distinct().where(table.c.case_id.in_(case_ids)))
