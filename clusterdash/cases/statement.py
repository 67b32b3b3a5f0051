"""The statement of an evaluation or a Silver audit: what was found and discussed, with the trail's last line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..domain import Grid
from ..domain.case import Case, CaseAction, CaseKind, Sheet, Step
from ..operational_database import case_answers, case_trail
from ..operational_database.case_trail import LastLine
from . import exchange
from .open_case import NotAllowedError, OpenCase
from .review import Result
from .steps import RESULT, judged_indicators

KINDS = frozenset({CaseKind.SILVER_AUDIT, CaseKind.EVALUATION})
"""The kinds of case that have a statement."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What stands in a statement. The experts' separate points are no part of it.

    `released_on`: the day (UTC) on which the experts released the result that stands. `last_line`: of the trail, as it
    was when all this was read.
    """

    case: Case
    result: Result
    released_on: date
    last_line: LastLine

    @property
    def draft(self) -> bool:
        """Whether observations and replies may still be added."""
        return self.case.step is Step.FEEDBACK

    @property
    def points(self) -> Mapping[str, float]:
        """The points by indicator, without those that cannot be read."""
        read = {indicator.code: self.result.value(indicator) for indicator in self.result.asked}
        return {code: value for code, value in read.items() if value is not None}


def offered(opened: OpenCase) -> bool:
    """Whether the viewer may read the statement of a case as it stands."""
    return opened.case.kind in KINDS and opened.may(CaseAction.READ_STATEMENT)


def read(opened: OpenCase, grid: Grid) -> Statement:
    """The statement of a case, in one transaction; `grid` is its scheme.

    Raises NotAllowedError if the viewer may not read it as the case stands, or if its kind has none.
    """
    with opened.reading(CaseAction.READ_STATEMENT) as allowed:
        case, connection = allowed.case, allowed.connection
        released = exchange.result(case, case_answers.hand_ins(connection, case.case_id))
        if case.kind not in KINDS or released is None:
            raise NotAllowedError("case.not_allowed")
        sheets = (RESULT[case.kind], Sheet.FEEDBACK, Sheet.REPLIES)
        found = (case_answers.read(connection, case.case_id, sheet) for sheet in sheets)
        return Statement(
            case,
            Result(judged_indicators(case.kind, grid), *found),
            date.fromisoformat(released.at[:10]),
            case_trail.head(connection, case.case_id),
        )
