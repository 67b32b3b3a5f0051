"""The trail of a case, as far as one viewer may read it."""

from __future__ import annotations

from ..domain.case import CaseAction, Seat, Sheet, Step, TrailLine
from ..operational_database import case_trail
from .answering import OWN_SHEET
from .open_case import Allowed, OpenCase

_MANAGERS = frozenset({Sheet.PREPARATION, Sheet.FEEDBACK, Sheet.REPLIES})
_EXPERTS = frozenset({Sheet.PREPARATION, Sheet.INTERVIEW, Sheet.FEEDBACK, Sheet.REPLIES})


def read(opened: OpenCase) -> tuple[TrailLine, ...]:
    """The lines that the viewer may read, the first line first.

    Steps and seats are for all. A manager reads the changes of the own sheets, an expert those of the own and, once
    both have closed, of the other one; staff all. Raises NotAllowedError.
    """
    with opened.reading(CaseAction.READ_TRAIL) as allowed:
        readable = _readable(allowed)
        found = case_trail.lines(allowed.connection, opened.case_id)
        return tuple(line for line in found if not line.sheet or Sheet(line.sheet) in readable)


def _readable(allowed: Allowed) -> frozenset[Sheet]:
    if allowed.seat is Seat.MANAGER:
        return _MANAGERS
    if allowed.seat is Seat.STAFF:
        return frozenset(Sheet)
    own = frozenset({OWN_SHEET[allowed.seat]} if allowed.seat in OWN_SHEET else ())
    if allowed.case.step in (Step.PREPARATION, Step.INTERVIEW, Step.JUDGMENT):
        return _EXPERTS | own
    return _EXPERTS | {*OWN_SHEET.values(), Sheet.AGREED}
