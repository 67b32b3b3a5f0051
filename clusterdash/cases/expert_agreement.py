"""The points that two experts gave alone, over all evaluations that staff may compare: for figures of agreement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from .. import case_access
from ..domain import Grid
from ..domain.case import SEATS, CaseAction, CaseKind
from ..operational_database import case_records, case_trail
from ..operational_database.engine import reading
from .agreement_statistics import Pairs
from .answering import OWN_SHEET
from .open_case import Cases
from .steps import read_value

JudgedAlone = Mapping[str, tuple[float, float]]
"""The points of both experts in one evaluation, by indicator; without entry conditions, which are met or not."""


def judged_alone(cases: Cases, grid: Grid) -> tuple[JudgedAlone, ...]:
    """The evaluations under a scheme in which both experts have closed their judgments, in no order of anybody.

    Of each, the points as they stood when both first had: what an expert changes after a talk is not given alone.
    Evaluations that the viewer may not compare are not among them. Raises ClusterdashError if they cannot be read.
    """
    viewer = cases.viewer_now()
    first, second = (OWN_SHEET[seat] for seat in SEATS[CaseKind.EVALUATION])
    with reading(cases.data) as connection:
        if connection is None:
            return ()
        comparable = [
            case.case_id
            for case in case_records.read_all(connection, cases.visitor)
            if case.kind is CaseKind.EVALUATION
            and case.scheme == grid.scheme.code
            and case_access.acting_seat(viewer, case, CaseAction.COMPARE_JUDGMENTS)
        ]
        given = case_trail.points_before_agreement(connection, comparable, (first, second))
    found = []
    for case_id in sorted(given):
        points = given[case_id]
        pairs = {}
        for indicator in grid.indicators:
            read = [read_value(indicator, points.get((sheet, indicator.code), "")) for sheet in (first, second)]
            if indicator.kind != "gate" and read[0] is not None and read[1] is not None:
                pairs[indicator.code] = read[0], read[1]
        found.append(pairs)
    return tuple(found)


def pairs_of(judged: Sequence[JudgedAlone], indicators: Collection[str]) -> list[Pairs]:
    """The pairs of some indicators, by evaluation; without evaluations that have none."""
    chosen = ([pair for code, pair in one.items() if code in indicators] for one in judged)
    return [pairs for pairs in chosen if pairs]
