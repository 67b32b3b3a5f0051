"""Accepted cases on their way into an edition: which of them the served one holds, and the files of the others.

Whether a case is published is not stored: it is, if the table of its answers is among the sources of the served
edition. Going back to an earlier edition, or discarding one, needs no repair.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .. import case_access
from ..domain.case import Case, CaseAction, HandIn
from ..operational_database import case_answers, case_records
from ..operational_database.engine import reading
from . import exchange
from .open_case import Cases, NotAllowedError

Sources = Collection[tuple[str, str]]
"""The files that an edition was made of: name and SHA-256."""


@dataclass(frozen=True, slots=True)
class AcceptedCase:
    """An accepted case, and whether the served edition holds its result."""

    case: Case
    published: bool


def accepted(found: Cases, served: Sources) -> tuple[AcceptedCase, ...]:
    """The accepted cases that the viewer may publish, the latest opened first; `served`: the served edition's sources.

    Raises ClusterdashError if the database cannot be read.
    """
    sources = frozenset(served)
    return tuple(
        AcceptedCase(case, exchange.fingerprint(case, hand_ins) in sources)
        for case, hand_ins in _publishable(found).values()
    )


def files(found: Cases, case_ids: Collection[str], known: Collection[str]) -> list[tuple[str, bytes]]:
    """The tables of accepted cases, by name, for the import; `known`: the ids of clusters in edition and register.

    Raises NotAllowedError for a case that is not accepted, or not the viewer's to publish.
    """
    publishable = _publishable(found)
    if not {*case_ids} <= publishable.keys():
        raise NotAllowedError("case.not_allowed")
    chosen = [publishable[case_id] for case_id in case_ids]
    described: set[str] = {*known}
    made: list[tuple[str, bytes]] = []
    for case, hand_ins in chosen:
        made += exchange.tables(case, hand_ins, newcomer=case.cluster_id not in described)
        described.add(case.cluster_id)
    return [exchange.INVENTED, *made] if found.visitor else made


def _publishable(found: Cases) -> dict[str, tuple[Case, tuple[HandIn, ...]]]:
    """The cases with a result that the viewer may publish, with what was handed in, by id."""
    viewer = found.viewer_now()
    with reading(found.data) as connection:
        if connection is None:
            return {}
        cases = case_records.read_all(connection, found.visitor)
        allowed = {case.case_id: case for case in cases if case_access.acting_seat(viewer, case, CaseAction.PUBLISH)}
        given = case_answers.hand_ins_of(connection, allowed)
    return {case_id: (case, given[case_id]) for case_id, case in allowed.items() if exchange.result(case, given[case_id])}
