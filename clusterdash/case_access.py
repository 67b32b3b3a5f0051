"""The access policy of cases: who may do what at which step. Pure; what is not allowed here is refused.

A person needs a grant that is valid today and a seat in the case. Managers of a cluster share the seat of its manager.
"""

from __future__ import annotations

from collections.abc import Mapping

from .domain import Audience, Viewer
from .domain.case import EXPERT_SEATS, Case, CaseAction, Seat, Step

_PREPARING = frozenset({Step.PREPARATION})
_ASSESSING = frozenset({Step.INTERVIEW, Step.JUDGMENT, Step.AGREEMENT})
_FEEDBACK = frozenset({Step.FEEDBACK})
_AFTER = frozenset({Step.FEEDBACK, Step.REVIEW, Step.ACCEPTED, Step.REFUSED})
"""The steps in which the experts' result is known to the manager and to staff."""
_OPEN = frozenset({Step.REQUESTED}) | _PREPARING | _ASSESSING | _FEEDBACK | {Step.REVIEW}
_ALL = frozenset(Step)
_EXPERTS = (Seat.INTERVIEWER, Seat.AUDITOR, Seat.EXPERT_1, Seat.EXPERT_2)
_PAIR = (Seat.EXPERT_1, Seat.EXPERT_2)
_JUDGES = (Seat.AUDITOR, *_PAIR)

Steps = frozenset[Step]
ALLOWED: Mapping[CaseAction, Mapping[Seat, Steps]] = {
    CaseAction.SEE: dict.fromkeys(Seat, _ALL),
    CaseAction.WITHDRAW: {Seat.MANAGER: _OPEN, Seat.STAFF: _OPEN},
    CaseAction.SCHEDULE: {Seat.STAFF: _OPEN - {Step.REVIEW}},
    CaseAction.DECLARE_INDEPENDENCE: dict.fromkeys(_EXPERTS, _PREPARING | _ASSESSING),
    CaseAction.READ_PREPARATION: {
        Seat.MANAGER: _ALL - {Step.REQUESTED},
        **dict.fromkeys(_EXPERTS, _PREPARING | _ASSESSING | _AFTER),
        Seat.STAFF: frozenset({Step.REVIEW, Step.ACCEPTED}),
    },
    CaseAction.WRITE_PREPARATION: {Seat.MANAGER: _PREPARING},
    CaseAction.HAND_IN: {Seat.MANAGER: _PREPARING},
    CaseAction.READ_EVIDENCE: {Seat.MANAGER: _ALL, **dict.fromkeys(_EXPERTS, _PREPARING | _ASSESSING | _AFTER)},
    CaseAction.ADD_EVIDENCE: {Seat.MANAGER: _PREPARING | _ASSESSING | _FEEDBACK},
    CaseAction.READ_INTERVIEW: {
        Seat.MANAGER: frozenset({Step.INTERVIEW}) | _AFTER,
        Seat.INTERVIEWER: frozenset({Step.INTERVIEW}) | _AFTER,
        Seat.STAFF: frozenset({Step.REVIEW, Step.ACCEPTED}),
    },
    CaseAction.WRITE_INTERVIEW: {Seat.INTERVIEWER: frozenset({Step.INTERVIEW})},
    CaseAction.END_INTERVIEW: {Seat.INTERVIEWER: frozenset({Step.INTERVIEW})},
    CaseAction.JUDGE: dict.fromkeys(_JUDGES, frozenset({Step.JUDGMENT})),
    CaseAction.READ_JUDGMENTS: dict.fromkeys(_PAIR, frozenset({Step.AGREEMENT}) | _AFTER),
    CaseAction.COMPARE_JUDGMENTS: {Seat.STAFF: frozenset({Step.AGREEMENT}) | _AFTER},
    CaseAction.AGREE: dict.fromkeys(_PAIR, frozenset({Step.AGREEMENT})),
    CaseAction.READ_AGREED: {
        Seat.MANAGER: _AFTER,
        Seat.AUDITOR: _AFTER,
        **dict.fromkeys(_PAIR, frozenset({Step.AGREEMENT}) | _AFTER),
        Seat.STAFF: _AFTER,
    },
    CaseAction.READ_FEEDBACK: dict.fromkeys((Seat.MANAGER, *_EXPERTS, Seat.STAFF), _AFTER),
    CaseAction.OBSERVE: {Seat.MANAGER: _FEEDBACK},
    CaseAction.REPLY: dict.fromkeys(_EXPERTS, _FEEDBACK),
    CaseAction.END_FEEDBACK: dict.fromkeys((*_EXPERTS, Seat.STAFF), _FEEDBACK),
    CaseAction.READ_REPORT: {
        Seat.MANAGER: frozenset({Step.INTERVIEW}) | _AFTER,
        Seat.INTERVIEWER: frozenset({Step.INTERVIEW}) | _AFTER,
        Seat.AUDITOR: _AFTER,
        **dict.fromkeys(_PAIR, _AFTER),
        Seat.STAFF: _AFTER,
    },
    CaseAction.READ_STATEMENT: dict.fromkeys((Seat.MANAGER, *_JUDGES, Seat.STAFF), _AFTER),
    CaseAction.DECIDE: {Seat.STAFF: frozenset({Step.REVIEW})},
    CaseAction.READ_RESULT: {Seat.STAFF: frozenset({Step.REVIEW, Step.ACCEPTED})},
    CaseAction.PUBLISH: {Seat.STAFF: frozenset({Step.ACCEPTED})},
    CaseAction.READ_TRAIL: {
        Seat.MANAGER: _ALL,
        **dict.fromkeys(_EXPERTS, _PREPARING | _ASSESSING | _AFTER),
        Seat.STAFF: _AFTER,
    },
}
"""By action and seat: the steps in which it is allowed. Which lines of the trail somebody reads: `cases.trail`."""
AFTER_INDEPENDENCE = frozenset(CaseAction) - {CaseAction.SEE, CaseAction.DECLARE_INDEPENDENCE}
"""What an expert may do only after having declared to be independent of the cluster."""


def may(seat: Seat, step: Step, action: CaseAction) -> bool:
    """Whether who has a seat may do something at a step of a case."""
    return step in ALLOWED[action].get(seat, frozenset())


def may_request(viewer: Viewer, cluster_id: str) -> bool:
    """Whether the viewer may ask for a case of a cluster: its manager, and staff."""
    return viewer.audience is Audience.STAFF or cluster_id in viewer.manages


def seats(viewer: Viewer, case: Case) -> tuple[Seat, ...]:
    """The seats that a viewer has in a case today. Staff who have another one are not staff in it."""
    found = []
    if viewer.audience is Audience.PUBLIC:
        return ()
    if case.cluster_id in viewer.manages:
        found.append(Seat.MANAGER)
    if case.cluster_id in viewer.assesses and viewer.email:
        found += [holder.seat for holder in case.holders if holder.email == viewer.email]
    if viewer.audience is Audience.STAFF and not found:
        found.append(Seat.STAFF)
    return tuple(found)


def acting_seat(viewer: Viewer, case: Case, action: CaseAction) -> Seat | None:
    """The seat in which a viewer may do something in a case as it stands; None if they may not.

    An expert must have declared to be independent of the cluster first.
    """
    for seat in seats(viewer, case):
        holder = case.holder(seat)
        declared = seat not in EXPERT_SEATS or (holder is not None and holder.independent_at is not None)
        if may(seat, case.step, action) and (declared or action not in AFTER_INDEPENDENCE):
            return seat
    return None
