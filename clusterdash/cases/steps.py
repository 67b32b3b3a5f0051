"""The way of a case from step to step: who moves it, under which condition, and what is frozen thereby."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..domain import ClusterdashError, Grid, Indicator
from ..domain.answer_sheet import SentChange
from ..domain.case import SEATS, STEPS, Answers, CaseAction, CaseKind, Seat, Sheet, Step, stored_text
from ..evaluation.silver import is_audited
from ..ingest.cell_parsers import CellError, NumberWithin
from ..operational_database import case_answers, case_records
from .answering import OWN_SHEET, agreed_version, answered_by_field
from .open_case import Allowed, OpenCase

_AFTER_PREPARATION: Mapping[CaseKind, Step] = {
    CaseKind.BENCHMARKING: Step.INTERVIEW,
    CaseKind.SILVER_AUDIT: Step.JUDGMENT,
    CaseKind.EVALUATION: Step.JUDGMENT,
}
RESULT: Mapping[CaseKind, Sheet] = {
    CaseKind.BENCHMARKING: Sheet.INTERVIEW,
    CaseKind.SILVER_AUDIT: Sheet.AUDITOR,
    CaseKind.EVALUATION: Sheet.AGREED,
}
"""The sheet that holds the result of a case."""
MAX_REASON = 1_000
"""Characters."""


def declare_independence(opened: OpenCase) -> None:
    """An expert declares to be independent of the cluster. Raises NotAllowedError."""
    with opened.acting(CaseAction.DECLARE_INDEPENDENCE) as allowed:
        case_records.change_seat(allowed.connection, opened.case_id, allowed.seat, independent_at=allowed.at)
        allowed.log("independent", question=allowed.seat.value)


def hand_in(opened: OpenCase, grid: Grid) -> None:
    """The manager hands in the preparation: it is frozen, and the experts begin.

    Raises NotAllowedError, and ClusterdashError if nothing is answered, or if answers cannot be read.
    """
    with opened.acting(CaseAction.HAND_IN) as allowed:
        _require_answers(allowed, grid, Sheet.PREPARATION)
        _freeze_and_move(allowed, Sheet.PREPARATION, _AFTER_PREPARATION[allowed.case.kind], "hand_in")


def end_interview(opened: OpenCase, grid: Grid) -> None:
    """The interviewer ends the interview: its answers are frozen, and the manager gets the provisional report.

    Raises NotAllowedError, and ClusterdashError as `hand_in`.
    """
    with opened.acting(CaseAction.END_INTERVIEW) as allowed:
        _require_answers(allowed, grid, Sheet.INTERVIEW)
        _freeze_and_move(allowed, Sheet.INTERVIEW, Step.FEEDBACK, "end_interview")


def judged_indicators(kind: CaseKind, grid: Grid) -> tuple[Indicator, ...]:
    """The indicators that experts judge: all of an evaluation; in a Silver audit those that the scheme names."""
    if kind is CaseKind.SILVER_AUDIT:
        return tuple(indicator for indicator in grid.indicators if is_audited(indicator))
    return grid.indicators


def close_judgment(opened: OpenCase, grid: Grid) -> None:
    """An expert closes the own judgment; once all have, both agree, or an auditor's result stands.

    Where two experts gave the same points, these are agreed and confirmed by both. Raises NotAllowedError, and
    ClusterdashError if points are missing or cannot be read.
    """
    with opened.acting(CaseAction.JUDGE) as allowed:
        sheet = OWN_SHEET[allowed.seat]
        judged = judged_indicators(allowed.case.kind, grid)
        answers = case_answers.read(allowed.connection, opened.case_id, sheet)
        _require_complete(judged, answers)
        case_records.change_seat(allowed.connection, opened.case_id, allowed.seat, closed_at=allowed.at)
        allowed.log("close", question=allowed.seat.value)
        if allowed.case.kind is CaseKind.SILVER_AUDIT:
            _freeze_and_move(allowed, sheet, Step.FEEDBACK, "release")
            return
        others = [seat for seat in SEATS[allowed.case.kind] if seat is not allowed.seat]
        holders = [allowed.case.holder(seat) for seat in others]
        if all(holder is not None and holder.closed_at for holder in holders):
            allowed.move(Step.AGREEMENT, "agree")
            _agree_where_equal(allowed, judged)


def confirm(opened: OpenCase, question: str, version: int) -> None:
    """An expert confirms a version of what was agreed on a question (`answering.agreed_version`).

    Raises NotAllowedError, and ClusterdashError if that is not the version that stands, or has no points.
    """
    with opened.acting(CaseAction.AGREE) as allowed:
        agreed = case_answers.read(allowed.connection, opened.case_id, Sheet.AGREED)
        points = agreed.get((question, "points"))
        if points is None or not points.value or version != agreed_version(agreed, question):
            raise ClusterdashError("case.changed_meanwhile", question=question)
        case_answers.confirm(allowed.connection, opened.case_id, question, allowed.seat, version)
        allowed.log("confirm", question=question, sheet=Sheet.AGREED.value)


def confirmations(opened: OpenCase) -> Mapping[str, Mapping[Seat, int]]:
    """The versions that experts have confirmed, by question and seat. Raises NotAllowedError."""
    with opened.reading(CaseAction.READ_AGREED) as allowed:
        return case_answers.confirmations(allowed.connection, opened.case_id)


def unconfirmed(
    judged: Sequence[Indicator], agreed: Answers, confirmed: Mapping[str, Mapping[Seat, int]]
) -> tuple[str, ...]:
    """The indicators on which two experts have not both confirmed the points that stand."""
    return tuple(
        indicator.code
        for indicator in judged
        if not stored_text(agreed, indicator.code, "points")
        or [confirmed.get(indicator.code, {}).get(seat) for seat in SEATS[CaseKind.EVALUATION]]
        != [agreed_version(agreed, indicator.code)] * 2
    )


def release(opened: OpenCase, grid: Grid) -> None:
    """An expert releases what both have agreed on: it is frozen, and the manager reads it.

    Raises NotAllowedError, and ClusterdashError while both have not confirmed everything.
    """
    with opened.acting(CaseAction.AGREE) as allowed:
        agreed = case_answers.read(allowed.connection, opened.case_id, Sheet.AGREED)
        confirmed = case_answers.confirmations(allowed.connection, opened.case_id)
        left = unconfirmed(grid.indicators, agreed, confirmed)
        if left:
            raise ClusterdashError("case.unconfirmed", n=len(left), questions=", ".join(left[:5]))
        _require_complete(grid.indicators, agreed)
        _freeze_and_move(allowed, Sheet.AGREED, Step.FEEDBACK, "release")


def end_feedback(opened: OpenCase) -> None:
    """The experts, or staff, end the feedback: the case goes to review. Raises NotAllowedError."""
    with opened.acting(CaseAction.END_FEEDBACK) as allowed:
        allowed.move(Step.REVIEW, "end_feedback")


def withdraw(opened: OpenCase, reason: str) -> None:
    """The manager, or staff, withdraws the case. Raises NotAllowedError, and ClusterdashError without a reason."""
    with opened.acting(CaseAction.WITHDRAW) as allowed:
        allowed.move(Step.WITHDRAWN, "withdraw", reason=_required(reason))


def accept(opened: OpenCase) -> None:
    """Staff accept the result as it was handed in last. Raises NotAllowedError."""
    with opened.acting(CaseAction.DECIDE) as allowed:
        allowed.move(Step.ACCEPTED, "accept")


def refuse(opened: OpenCase, reason: str) -> None:
    """Staff refuse the case. Raises NotAllowedError, and ClusterdashError without a reason."""
    with opened.acting(CaseAction.DECIDE) as allowed:
        allowed.move(Step.REFUSED, "refuse", reason=_required(reason))


def reopen(opened: OpenCase, step: Step, reason: str) -> None:
    """Staff hand a case back to an earlier step, in which it can be changed again.

    Raises NotAllowedError, and ClusterdashError without a reason, or for a step that the case has not had.
    """
    with opened.acting(CaseAction.DECIDE) as allowed:
        if step not in reopenable(allowed.case.kind):
            raise ClusterdashError("case.no_such_step")
        if step in (Step.PREPARATION, Step.JUDGMENT):
            for seat in SEATS[allowed.case.kind]:
                case_records.change_seat(allowed.connection, opened.case_id, seat, closed_at=None)
        allowed.move(step, "reopen", reason=_required(reason))


def reopenable(kind: CaseKind) -> tuple[Step, ...]:
    """The steps to which a case can be handed back."""
    return tuple(step for step in STEPS[kind] if step not in (Step.REQUESTED, Step.REVIEW, Step.ACCEPTED))


def allow_another_report(opened: OpenCase) -> None:
    """Staff allow one more provisional report. Raises NotAllowedError."""
    with opened.acting(CaseAction.DECIDE) as allowed:
        more = allowed.case.reports_allowed + 1
        case_records.change(allowed.connection, opened.case_id, reports_allowed=more)
        allowed.log("allow_report")


def _require_answers(allowed: Allowed, grid: Grid, sheet: Sheet) -> None:
    """Raise ClusterdashError if a sheet has no answer, or one that cannot be read."""
    answers = case_answers.read(allowed.connection, allowed.case.case_id, sheet)
    if not answered_by_field(answers):
        raise ClusterdashError("case.nothing_answered")
    _require_readable(grid.indicators, answers, "value")


def _freeze_and_move(allowed: Allowed, sheet: Sheet, step: Step, action: str) -> None:
    revision = allowed.case.revision + 1
    case_id = allowed.case.case_id
    case_answers.hand_in(allowed.connection, case_id, revision, sheet, allowed.person_id, allowed.at)
    allowed.move(step, action, revision=revision)


def _agree_where_equal(allowed: Allowed, judged: Sequence[Indicator]) -> None:
    """Enter points that both experts gave alike as agreed, confirmed by both."""
    case_id, seats = allowed.case.case_id, SEATS[allowed.case.kind]
    sheets = [case_answers.read(allowed.connection, case_id, OWN_SHEET[seat]) for seat in seats]
    agreed = case_answers.read(allowed.connection, case_id, Sheet.AGREED)
    for code in (indicator.code for indicator in judged):
        points = {stored_text(answers, code, "points").strip() for answers in sheets}
        if len(points) > 1 or agreed_version(agreed, code):
            continue
        change = SentChange(f"equal-{allowed.case.revision}-{code}", code, "points", points.pop(), 0)
        saved = case_answers.save(allowed.connection, case_id, Sheet.AGREED, change, allowed.person_id, allowed.at)
        for seat in seats:
            case_answers.confirm(allowed.connection, case_id, code, seat, saved.version)


def _require_complete(judged: Sequence[Indicator], answers: Answers) -> None:
    missing = [indicator.code for indicator in judged if not stored_text(answers, indicator.code, "points")]
    if missing:
        raise ClusterdashError("case.points_missing", n=len(missing), questions=", ".join(missing[:5]))
    _require_readable(judged, answers, "points")


def _require_readable(indicators: Sequence[Indicator], answers: Answers, field: str) -> None:
    """Raise ClusterdashError for texts that are no value of their indicator."""
    unreadable = [
        indicator.code
        for indicator in indicators
        if stored_text(answers, indicator.code, field)
        and read_value(indicator, stored_text(answers, indicator.code, field)) is None
    ]
    if unreadable:
        raise ClusterdashError("case.unreadable", n=len(unreadable), questions=", ".join(unreadable[:5]))


def read_value(indicator: Indicator, text: str) -> float | None:
    """A text as a value of its indicator, as the import reads it; None if it is none."""
    whole = indicator.kind in ("level", "gate")
    try:
        return NumberWithin(indicator.minimum, indicator.maximum, whole=whole)(text.strip())
    except CellError:
        return None


def _required(reason: str) -> str:
    text = " ".join(reason.split())
    if not text or len(text) > MAX_REASON:
        raise ClusterdashError("case.reason", most=MAX_REASON)
    return text
