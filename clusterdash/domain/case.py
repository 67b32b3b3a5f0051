"""A case: one benchmarking, Silver audit or evaluation of a cluster, from the request to the label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from .label import Label


class CaseKind(StrEnum):
    """What a case is about; the label that it can lead to follows from it."""

    BENCHMARKING = "benchmarking"
    SILVER_AUDIT = "silver_audit"
    EVALUATION = "evaluation"


class Step(StrEnum):
    """Where a case stands."""

    REQUESTED = "requested"
    PREPARATION = "preparation"
    INTERVIEW = "interview"
    JUDGMENT = "judgment"
    AGREEMENT = "agreement"
    FEEDBACK = "feedback"
    REVIEW = "review"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Seat(StrEnum):
    """In which capacity somebody takes part in a case."""

    MANAGER = "manager"
    INTERVIEWER = "interviewer"
    AUDITOR = "auditor"
    EXPERT_1 = "expert_1"
    EXPERT_2 = "expert_2"
    STAFF = "staff"


class Sheet(StrEnum):
    """Whose answers a set of fields holds. What two experts agree on is written by both."""

    PREPARATION = "preparation"
    INTERVIEW = "interview"
    AUDITOR = "auditor"
    EXPERT_1 = "expert_1"
    EXPERT_2 = "expert_2"
    AGREED = "agreed"
    FEEDBACK = "feedback"
    REPLIES = "replies"


class CaseAction(StrEnum):
    """What somebody may do in a case, or read of it."""

    SEE = "see"
    WITHDRAW = "withdraw"
    SCHEDULE = "schedule"
    DECLARE_INDEPENDENCE = "declare_independence"
    READ_PREPARATION = "read_preparation"
    WRITE_PREPARATION = "write_preparation"
    HAND_IN = "hand_in"
    READ_EVIDENCE = "read_evidence"
    ADD_EVIDENCE = "add_evidence"
    READ_INTERVIEW = "read_interview"
    WRITE_INTERVIEW = "write_interview"
    END_INTERVIEW = "end_interview"
    JUDGE = "judge"
    READ_JUDGMENTS = "read_judgments"
    COMPARE_JUDGMENTS = "compare_judgments"
    AGREE = "agree"
    READ_AGREED = "read_agreed"
    READ_FEEDBACK = "read_feedback"
    OBSERVE = "observe"
    REPLY = "reply"
    END_FEEDBACK = "end_feedback"
    READ_REPORT = "read_report"
    READ_STATEMENT = "read_statement"
    DECIDE = "decide"
    READ_RESULT = "read_result"
    PUBLISH = "publish"
    READ_TRAIL = "read_trail"


LABEL: Mapping[CaseKind, Label] = {
    CaseKind.BENCHMARKING: Label.BRONZE,
    CaseKind.SILVER_AUDIT: Label.SILVER,
    CaseKind.EVALUATION: Label.GOLD,
}
"""The label that each kind of case can lead to; it is never implied by what is accepted."""
SEATS: Mapping[CaseKind, tuple[Seat, ...]] = {
    CaseKind.BENCHMARKING: (Seat.INTERVIEWER,),
    CaseKind.SILVER_AUDIT: (Seat.AUDITOR,),
    CaseKind.EVALUATION: (Seat.EXPERT_1, Seat.EXPERT_2),
}
"""The seats of experts in each kind of case."""
STEPS: Mapping[CaseKind, tuple[Step, ...]] = {
    CaseKind.BENCHMARKING: (
        Step.REQUESTED,
        Step.PREPARATION,
        Step.INTERVIEW,
        Step.FEEDBACK,
        Step.REVIEW,
        Step.ACCEPTED,
    ),
    CaseKind.SILVER_AUDIT: (
        Step.REQUESTED,
        Step.PREPARATION,
        Step.JUDGMENT,
        Step.FEEDBACK,
        Step.REVIEW,
        Step.ACCEPTED,
    ),
    CaseKind.EVALUATION: (
        Step.REQUESTED,
        Step.PREPARATION,
        Step.JUDGMENT,
        Step.AGREEMENT,
        Step.FEEDBACK,
        Step.REVIEW,
        Step.ACCEPTED,
    ),
}
"""The steps of each kind of case, in their order; a case ends early as refused or withdrawn."""
EXPERT_SEATS = frozenset(seat for seats in SEATS.values() for seat in seats)
ENDED = frozenset({Step.ACCEPTED, Step.REFUSED, Step.WITHDRAWN})
"""The steps in which nobody types any more."""


@dataclass(frozen=True, slots=True)
class SeatHolder:
    """Who has a seat of a case: since when, when that person declared to be independent, and closed the judgment.

    Times are UTC, ISO 8601. `email` is "" once it has been erased.
    """

    seat: Seat
    person_id: str
    email: str
    since: str
    independent_at: str | None = None
    closed_at: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands. Times are UTC, ISO 8601.

    `visitor`: whose invented case it is in a demonstration, "" for a real one. `cluster_name`, `country` (ISO 3166-1
    alpha-2): as they were when the case was opened; the cluster may be in no edition yet. `revision`: how often
    answers were handed in. `visit_at`: day and time of the interview or visit, in local time. `dates_sequence`: how
    often it was set. `reason`: why it was reopened, refused or withdrawn.
    """

    case_id: str
    visitor: str
    kind: CaseKind
    cluster_id: str
    cluster_name: str
    country: str
    scheme: str
    step: Step
    step_since: str
    opened_at: str
    revision: int
    reports_allowed: int
    on_site: bool
    visit_at: str | None
    dates_sequence: int
    reason: str
    holders: tuple[SeatHolder, ...] = ()

    def holder(self, seat: Seat) -> SeatHolder | None:
        """Who has a seat; None if it is empty."""
        return next((one for one in self.holders if one.seat is seat), None)

    @property
    def step_began_on(self) -> date:
        """The day (UTC) since which it has been at its step."""
        return date.fromisoformat(self.step_since[:10])

    @property
    def open(self) -> bool:
        """Whether somebody is still to do something in it."""
        return self.step not in ENDED


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A field as stored: its text, how often it was changed, by whom and when (UTC, ISO 8601)."""

    value: str
    version: int
    by: str
    at: str


Answers = Mapping[tuple[str, str], StoredAnswer]
"""Stored fields of a sheet by question (an indicator's code, or "story-1") and field ("value", "note", ...)."""


def stored_text(answers: Answers | None, question: str, field: str) -> str:
    """The text of a field; "" if it was never typed."""
    answer = (answers or {}).get((question, field))
    return answer.value if answer else ""


def result_text(answers: Answers, question: str) -> str:
    """The answer to a question, or its points; "" for neither."""
    return stored_text(answers, question, "value") or stored_text(answers, question, "points")


def result_note(answers: Answers, question: str) -> str:
    """What was noted beside an answer, or the reason of points; "" for neither."""
    return stored_text(answers, question, "note") or stored_text(answers, question, "reason")


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A text that somebody replaced without having seen it: whose it was, and who replaced it."""

    text: str
    by: str
    replaced_by: str


@dataclass(frozen=True, slots=True)
class HandIn:
    """Answers as they were when somebody handed them in: they do not change any more.

    `payload`: fields by question. `sha256`: of the payload as JSON.
    """

    case_id: str
    revision: int
    at: str
    by: str
    sheet: Sheet
    payload: Mapping[str, Mapping[str, str]] = field(repr=False)
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceDocument:
    """A document handed in for an indicator. Times are UTC, ISO 8601.

    `size`: bytes. `sha256`: of the content. `scan`: what the virus scanner found.
    """

    evidence_id: str
    question: str
    name: str
    kind: str
    size: int
    sha256: str
    scan: str
    at: str
    confirmed_at: str | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class TrailLine:
    """A line of the trail: who did what, when; the texts of a changed field are None once they were erased."""

    number: int
    at: str
    by: str
    action: str
    sheet: str
    question: str
    field: str
    version: int
    origin: str
    before: str | None
    after: str | None
