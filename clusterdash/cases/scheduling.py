"""Staff give seats to experts and set the time of the interview or visit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from .. import access
from ..auth import audit_log
from ..domain import ClusterdashError, Grant, GrantRole
from ..domain.case import SEATS, CaseAction, Seat, Step
from ..ingest import grants
from ..operational_database import case_records
from ..operational_database.lock import locked
from .open_case import Allowed, OpenCase


def schedule(
    opened: OpenCase, seats: Mapping[Seat, str], visit_at: datetime | None, *, on_site: bool
) -> tuple[str, ...]:
    """Give the seats of a case to addresses, and set the time of its visit; the preparation then begins.

    An expert without a grant for the cluster gets one. Returns the addresses that also manage a cluster, which staff
    should know. Raises NotAllowedError, and ClusterdashError if a seat is empty, if an address is none or has two
    seats, or if an expert manages the same cluster.
    """
    with locked(opened.cases.data), opened.acting(CaseAction.SCHEDULE) as allowed:
        case = allowed.case
        given = {seat: access.normalize_email(seats.get(seat, "").strip()) for seat in SEATS[case.kind]}
        _require_persons(given)
        day = date.fromisoformat(allowed.at[:10])
        managers = _grant_experts(opened.cases.data, allowed, given, day)
        for seat, email in given.items():
            holder = case.holder(seat)
            if holder is None or holder.email != email:
                person = case_records.person_id(allowed.connection, email)
                case_records.give_seat(allowed.connection, case.case_id, seat, person, allowed.at)
                allowed.log("seat", question=seat.value)
        planned = visit_at.isoformat(timespec="minutes") if visit_at else None
        sequence = case.dates_sequence + (planned != case.visit_at or on_site != case.on_site)
        case_records.change(
            allowed.connection, case.case_id, visit_at=planned, on_site=on_site, dates_sequence=sequence
        )
        if sequence != case.dates_sequence:
            allowed.log("date", question=planned or "")
        if case.step is Step.REQUESTED:
            allowed.move(Step.PREPARATION, "schedule")
        return managers


def _require_persons(given: Mapping[Seat, str]) -> None:
    for seat, email in given.items():
        if "@" not in email or len(email) > 254 or any(character.isspace() for character in email):
            raise ClusterdashError("case.no_address", seat=seat.value, address=email or "–")
    if len({*given.values()}) < len(given):
        raise ClusterdashError("case.same_person")


def _grant_experts(data: Path, allowed: Allowed, given: Mapping[Seat, str], day: date) -> tuple[str, ...]:
    """Let each expert have a grant for the cluster, but in a demonstration; returns those who manage a cluster."""
    case = allowed.case
    if case.visitor:
        return ()
    in_force = grants.read_grants(data)
    managers, added = [], []
    for email in given.values():
        viewer = access.granted_viewer(in_force, email, day)
        if viewer and case.cluster_id in viewer.manages:
            raise ClusterdashError("case.manages_it", address=email)
        if viewer and viewer.manages:
            managers.append(email)
        if viewer is None or case.cluster_id not in viewer.assesses:
            added.append(Grant(email, GrantRole.EXPERT, (case.cluster_id,), None, None))
    if added:
        grants.replace(data, (*in_force, *added))
        changed = str(len(in_force) + len(added))
        audit_log.record(data, datetime.fromisoformat(allowed.at), allowed.viewer.email, "grants", changed)
    return tuple(managers)
