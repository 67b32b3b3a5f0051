"""Accepted cases on their way into an edition: which of them the served one holds, and the files of the others.

Whether a case is published is not stored: it is, if the table of its answers is among the sources of the served
edition. Going back to an earlier edition, or discarding one, needs no repair.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .. import case_access
from ..domain.case import Case, CaseAction, HandIn
from ..operational_database import case_answers, case_records
from ..operational_database.engine import reading
from . import exchange
from .open_case import Cases, NotAllowedError, OpenCase

Sources = Collection[tuple[str, str]]
"""The files that an edition was made of: name and SHA-256."""


@dataclass(frozen=True, slots=True)
class AcceptedCase:
    """An accepted case, the day of its result (ISO 8601), and whether the served edition holds it."""

    case: Case
    assessed_on: str
    published: bool


def accepted(found: Cases, served: Sources) -> tuple[AcceptedCase, ...]:
    """The accepted cases that the viewer may publish, the latest opened first; `served`: the served edition's sources.

    Raises ClusterdashError if the database cannot be read.
    """
    sources = frozenset(served)
    return tuple(_accepted(case, hand_ins, sources) for case, hand_ins in _publishable(found).values())


def accepted_case(opened: OpenCase, served: Sources) -> AcceptedCase:
    """One accepted case, as `accepted`. Raises NotAllowedError if it is not, or not the viewer's to publish."""
    with opened.reading(CaseAction.PUBLISH) as allowed:
        return _accepted(allowed.case, case_answers.hand_ins(allowed.connection, opened.case_id), frozenset(served))


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


def _accepted(case: Case, hand_ins: Sequence[HandIn], served: Sources) -> AcceptedCase:
    final = exchange.result(case, hand_ins)
    if final is None:
        raise ValueError(f"case {case.case_id} was accepted without a result")
    return AcceptedCase(case, exchange.assessed_on(case, final), exchange.fingerprint(case, hand_ins) in served)


def _publishable(found: Cases) -> dict[str, tuple[Case, tuple[HandIn, ...]]]:
    """The cases with a result that the viewer may publish, with what was handed in, by id."""
    viewer = found.viewer_now()
    with reading(found.data) as connection:
        if connection is None:
            return {}
        cases = case_records.read_all(connection, found.visitor)
        allowed = {case.case_id: case for case in cases if case_access.acting_seat(viewer, case, CaseAction.PUBLISH)}
        given = case_answers.hand_ins_of(connection, allowed)
    return {case_id: (case, given[case_id]) for case_id, case in allowed.items()}
