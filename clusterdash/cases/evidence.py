"""Documents that a cluster hands in for an indicator: checked, stored by their hash, scanned, each reading logged."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from secrets import token_hex

from ..domain import ClusterdashError, Grid
from ..domain.case import CaseAction, EvidenceDocument
from ..operational_database import case_evidence
from . import evidence_kinds, evidence_store, shared_evidence, virus_scan
from .open_case import Allowed, OpenCase
from .virus_scan import ScanResult

_LOG = logging.getLogger("clusterdash")


def documents(opened: OpenCase) -> tuple[EvidenceDocument, ...]:
    """The documents of a case. Raises NotAllowedError if the viewer may not read them."""
    with opened.reading(CaseAction.READ_EVIDENCE) as allowed:
        return case_evidence.read_all(allowed.connection, opened.case_id)


def add(opened: OpenCase, grid: Grid, question: str, name: str, content: bytes) -> ScanResult:
    """Store a document for an indicator; returns what the operator's virus scanner says.

    Raises NotAllowedError, and ClusterdashError for a file that is not accepted, is infected, or for which the case has
    no room.
    """
    if question not in {indicator.code for indicator in grid.indicators}:
        raise ClusterdashError("case.unknown_field", question=question, field="document")
    accepted = evidence_kinds.accept(name, content)
    with opened.reading(CaseAction.ADD_EVIDENCE):
        pass  # before the file is written and scanned, which takes its time outside a transaction
    data = opened.cases.data
    sha256 = evidence_store.put(data, content)
    scan = virus_scan.scan_stored(data, sha256)
    if scan is ScanResult.INFECTED:
        raise ClusterdashError("evidence_file.infected", name=accepted.name)
    try:
        shared_evidence.put(data, sha256)
    except ClusterdashError as error:  # where the store is, is for the operator alone
        _LOG.error("documents: %s %s", error.key, dict(error.values))
        raise ClusterdashError("evidence_file.not_shared") from error
    with opened.acting(CaseAction.ADD_EVIDENCE) as allowed:
        document = EvidenceDocument(
            token_hex(8), question, accepted.name, accepted.kind.value, len(content), sha256, scan.value, allowed.at
        )
        add_row(allowed, document, "evidence_add")
    return scan


def add_row(allowed: Allowed, document: EvidenceDocument, action: str) -> None:
    """Add a document to a case, with a line in the trail. Raises ClusterdashError if the case has no room for it."""
    case_id = allowed.case.case_id
    present = case_evidence.read_all(allowed.connection, case_id)
    evidence_kinds.require_within_limits(len(present), sum(one.size for one in present), document.size)
    case_evidence.add(allowed.connection, case_id, document, allowed.person_id)
    allowed.log(action, question=document.question, texts=("", document.name))


def withdraw(opened: OpenCase, evidence_id: str) -> None:
    """Withdraw a document. Raises NotAllowedError, and ClusterdashError if there is none."""
    with opened.acting(CaseAction.ADD_EVIDENCE) as allowed:
        document = document_of(case_evidence.read_all(allowed.connection, opened.case_id), evidence_id)
        case_evidence.change(allowed.connection, opened.case_id, evidence_id, withdrawn_at=allowed.at)
        allowed.log("evidence_withdraw", question=document.question, texts=(document.name, ""))


def content(opened: OpenCase, evidence_id: str) -> bytes:
    """The content of a document; that it was read stands in the trail.

    Raises NotAllowedError, and ClusterdashError if there is none, or if its file is absent or damaged.
    """
    with opened.acting(CaseAction.READ_EVIDENCE) as allowed:
        document = document_of(case_evidence.read_all(allowed.connection, opened.case_id), evidence_id)
        allowed.log("evidence_read", question=document.question, texts=("", document.name))
    try:
        shared_evidence.fetch(opened.cases.data, document.sha256, document.size)
    except ClusterdashError as error:
        _LOG.error("documents: %s %s", error.key, dict(error.values))
        raise ClusterdashError("evidence_file.not_fetched") from error
    return evidence_store.read(opened.cases.data, document.sha256)


def document_of(found: Sequence[EvidenceDocument], evidence_id: str) -> EvidenceDocument:
    """The document with an id. Raises ClusterdashError if it is not among those found."""
    document = next((one for one in found if one.evidence_id == evidence_id), None)
    if document is None:
        raise ClusterdashError("evidence_file.absent")
    return document
