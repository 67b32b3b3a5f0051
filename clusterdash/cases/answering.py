"""Reading and saving of the sheets of a case, field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from .. import case_access
from ..domain import ClusterdashError, Grid
from ..domain.answer_sheet import SaveResult, SentChange
from ..domain.case import SEATS, Answers, Case, CaseAction, Overtaken, Seat, Sheet, Step
from ..operational_database import case_answers, case_records
from ..operational_database.engine import reading
from .open_case import Allowed, Cases, NotAllowedError, OpenCase

MAX_LENGTH = 4_000
"""Characters of a field."""
MAX_CHANGES = 200
"""Changes that are saved in one step."""
STORIES = tuple(f"story-{number}" for number in range(1, 6))
"""The questions that are success stories."""
_WITH_STORIES = (Sheet.PREPARATION, Sheet.INTERVIEW)
ANSWER_FIELDS = ("value", "note", "proof")
JUDGMENT_FIELDS = ("points", "reason", "document")
STORY_FIELDS = ("what", "result")
_FIELDS: Mapping[Sheet, tuple[str, ...]] = {
    Sheet.PREPARATION: ANSWER_FIELDS,
    Sheet.INTERVIEW: ANSWER_FIELDS,
    Sheet.AUDITOR: JUDGMENT_FIELDS,
    Sheet.EXPERT_1: JUDGMENT_FIELDS,
    Sheet.EXPERT_2: JUDGMENT_FIELDS,
    Sheet.AGREED: ("points", "reason"),
    Sheet.FEEDBACK: ("observation",),
    Sheet.REPLIES: ("reply",),
}
_WRITING: Mapping[Sheet, CaseAction] = {
    Sheet.PREPARATION: CaseAction.WRITE_PREPARATION,
    Sheet.INTERVIEW: CaseAction.WRITE_INTERVIEW,
    Sheet.AUDITOR: CaseAction.JUDGE,
    Sheet.EXPERT_1: CaseAction.JUDGE,
    Sheet.EXPERT_2: CaseAction.JUDGE,
    Sheet.AGREED: CaseAction.AGREE,
    Sheet.FEEDBACK: CaseAction.OBSERVE,
    Sheet.REPLIES: CaseAction.REPLY,
}
_READING: Mapping[Sheet, CaseAction] = {
    Sheet.PREPARATION: CaseAction.READ_PREPARATION,
    Sheet.INTERVIEW: CaseAction.READ_INTERVIEW,
    Sheet.AUDITOR: CaseAction.READ_AGREED,
    Sheet.EXPERT_1: CaseAction.READ_JUDGMENTS,
    Sheet.EXPERT_2: CaseAction.READ_JUDGMENTS,
    Sheet.AGREED: CaseAction.READ_AGREED,
    Sheet.FEEDBACK: CaseAction.READ_FEEDBACK,
    Sheet.REPLIES: CaseAction.READ_FEEDBACK,
}
OWN_SHEET: Mapping[Seat, Sheet] = {
    Seat.AUDITOR: Sheet.AUDITOR,
    Seat.EXPERT_1: Sheet.EXPERT_1,
    Seat.EXPERT_2: Sheet.EXPERT_2,
}
"""The sheet in which the holder of a seat judges alone."""


@dataclass(frozen=True, slots=True)
class SheetContent:
    """A sheet as stored, the texts that somebody replaced unseen, and the number of the trail's last line about it."""

    answers: Answers
    overtaken: Mapping[tuple[str, str], Overtaken]
    latest: int


def read(opened: OpenCase, sheet: Sheet) -> SheetContent:
    """A sheet. Raises NotAllowedError if the viewer may not read it as the case stands."""
    with opened.reading(partial(_action_of_reading, sheet)) as allowed:
        _require_own(allowed, sheet, reading=True)
        case_id = opened.case_id
        return SheetContent(
            case_answers.read(allowed.connection, case_id, sheet),
            case_answers.overtaken(allowed.connection, case_id, sheet),
            case_answers.latest_change(allowed.connection, case_id, (sheet,)),
        )


def latest(opened: OpenCase, sheet: Sheet) -> int:
    """The number of the trail's last line about a sheet or about the case: it grows with each change by anybody.

    Raises NotAllowedError as `read`.
    """
    with opened.reading(partial(_action_of_reading, sheet)) as allowed:
        _require_own(allowed, sheet, reading=True)
        return case_answers.latest_change(allowed.connection, opened.case_id, (sheet,))


def save(
    opened: OpenCase, grid: Grid, sheet: Sheet, changes: Sequence[SentChange], *, origin: str = "page"
) -> tuple[SaveResult, ...]:
    """Save changes of a sheet, all or none, each once: `case_answers.save`.

    Raises NotAllowedError if the viewer may not write it as the case stands, and ClusterdashError for a field that the
    sheet does not have, a text that is too long, or too many changes.
    """
    if len(changes) > MAX_CHANGES:
        raise ClusterdashError("case.too_many_changes", most=MAX_CHANGES)
    with opened.acting(_WRITING[sheet]) as allowed:
        _require_own(allowed, sheet, reading=False)
        person = allowed.person_id
        saved = []
        for change in changes:
            _require_field(allowed.case, grid, sheet, change)
            result = case_answers.save(
                allowed.connection, opened.case_id, sheet, change, person, allowed.at, origin=origin
            )
            if sheet is Sheet.AGREED:
                _clear_outdated(allowed, change.question)
            saved.append(result)
        return tuple(saved)


def sheets_filled_in(case: Case) -> tuple[Sheet, ...]:
    """The sheets that are filled in at the step of a case; none at a step where nobody answers or judges."""
    if case.step is Step.JUDGMENT:
        return tuple(OWN_SHEET[seat] for seat in SEATS[case.kind])
    at_step = {Step.PREPARATION: Sheet.PREPARATION, Step.INTERVIEW: Sheet.INTERVIEW, Step.AGREEMENT: Sheet.AGREED}
    return (at_step[case.step],) if case.step in at_step else ()


def answered_by_case(cases: Cases) -> Mapping[str, tuple[int, ...]]:
    """How many questions have an answer, or points, on each of the sheets that are filled in now, by case.

    Of the cases in which the viewer is staff, who may know it of each sheet. Raises ClusterdashError if the database
    cannot be read.
    """
    viewer = cases.viewer_now()
    with reading(cases.data) as connection:
        if connection is None:
            return {}
        sheets = {
            case.case_id: sheets_filled_in(case)
            for case in case_records.read_all(connection, cases.visitor)
            if case_access.acting_seat(viewer, case, CaseAction.SEE) is Seat.STAFF
        }
        counts = case_answers.counts(connection, [case_id for case_id, filled in sheets.items() if filled])
    return {case_id: tuple(counts.get((case_id, sheet), 0) for sheet in filled) for case_id, filled in sheets.items()}


def answered_by_field(answers: Answers) -> int:
    """How many questions have an answer or points."""
    return sum(bool(answer.value) for (_, field), answer in answers.items() if field in ("value", "points"))


def agreed_version(agreed: Answers, question: str) -> int:
    """The version of what was agreed on a question, points and reason: it grows with each change."""
    return sum(agreed[question, field].version for field in _FIELDS[Sheet.AGREED] if (question, field) in agreed)


def _clear_outdated(allowed: Allowed, question: str) -> None:
    """Remove what was confirmed of a question, if it was another version than the one that stands."""
    case_id = allowed.case.case_id
    version = agreed_version(case_answers.read(allowed.connection, case_id, Sheet.AGREED), question)
    confirmed = case_answers.confirmations(allowed.connection, case_id).get(question, {})
    if any(one != version for one in confirmed.values()):
        case_answers.clear_confirmations(allowed.connection, case_id, question)


def _action_of_reading(sheet: Sheet, case: Case) -> CaseAction:
    """What reading a sheet is: to judge, while that goes on."""
    judged = sheet in OWN_SHEET.values() and case.step is Step.JUDGMENT
    return CaseAction.JUDGE if judged else _READING[sheet]


def _require_own(allowed: Allowed, sheet: Sheet, *, reading: bool) -> None:
    """Raise NotAllowedError if a sheet of judgments is another one's, or closed for writing."""
    if sheet not in OWN_SHEET.values() or allowed.case.step is not Step.JUDGMENT:
        return
    if OWN_SHEET.get(allowed.seat) is not sheet:
        raise NotAllowedError("case.not_allowed")
    holder = allowed.case.holder(allowed.seat)
    if not reading and holder and holder.closed_at:
        raise NotAllowedError("case.closed")


def _require_field(case: Case, grid: Grid, sheet: Sheet, change: SentChange) -> None:
    """Raise ClusterdashError for a field that the sheet of a case does not have, or a text that is too long."""
    fields = STORY_FIELDS if change.question in STORIES and sheet in _WITH_STORIES else _FIELDS[sheet]
    questions = {indicator.code for indicator in grid.indicators} | ({*STORIES} if sheet in _WITH_STORIES else set())
    known = change.question in questions and change.field in fields and grid.scheme.code == case.scheme
    if not known or not change.change_id or len(change.change_id) > 64:
        raise ClusterdashError("case.unknown_field", question=change.question, field=change.field)
    if len(change.value) > MAX_LENGTH:
        raise ClusterdashError("case.too_long", question=change.question, most=MAX_LENGTH)
