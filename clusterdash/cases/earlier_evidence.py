"""Documents of a cluster's earlier cases: its manager says which of them are still the latest."""

from __future__ import annotations

from dataclasses import replace
from secrets import token_hex

from .. import case_access
from ..domain import Grid
from ..domain.case import Case, CaseAction, EvidenceDocument
from ..operational_database import case_evidence, case_records
from . import evidence
from .open_case import Allowed, OpenCase
from .virus_scan import ScanResult


def offered(opened: OpenCase, grid: Grid) -> tuple[EvidenceDocument, ...]:
    """The documents that can be confirmed, in the order of the indicators: those of the latest case that has any.

    Only of indicators without a document in this case, and of cases under the same scheme. Raises NotAllowedError.
    """
    with opened.reading(CaseAction.ADD_EVIDENCE) as allowed:
        return _offered(allowed, grid)


def confirm(opened: OpenCase, grid: Grid, evidence_id: str) -> None:
    """Hand in a document of an earlier case as it is: it is still the latest.

    Raises NotAllowedError, and ClusterdashError if it is not offered, or if the case has no room for it.
    """
    with opened.acting(CaseAction.ADD_EVIDENCE) as allowed:
        document = evidence.document_of(_offered(allowed, grid), evidence_id)
        confirmed = replace(document, evidence_id=token_hex(8), confirmed_at=allowed.at)
        evidence.add_row(allowed, confirmed, "evidence_confirm")


def _offered(allowed: Allowed, grid: Grid) -> tuple[EvidenceDocument, ...]:
    settled = {one.question for one in case_evidence.read_all(allowed.connection, allowed.case.case_id)}
    found: dict[str, list[EvidenceDocument]] = {}
    for case in _earlier(allowed):
        documents = [
            one
            for one in case_evidence.read_all(allowed.connection, case.case_id)
            if one.question not in settled and one.scan != ScanResult.INFECTED
        ]
        for document in documents:
            found.setdefault(document.question, []).append(document)
        settled |= found.keys()
    return tuple(document for indicator in grid.indicators for document in found.get(indicator.code, ()))


def _earlier(allowed: Allowed) -> list[Case]:
    """The cluster's other cases under the same scheme whose documents the viewer may read, the latest first."""
    mine = allowed.case
    cases = [
        case
        for case in case_records.read_all(allowed.connection, mine.visitor, (mine.cluster_id,))
        if case.scheme == mine.scheme
        and case.opened_at < mine.opened_at
        and case_access.acting_seat(allowed.viewer, case, CaseAction.READ_EVIDENCE)
    ]
    return sorted(cases, key=lambda case: case.opened_at, reverse=True)
