"""Answers that are valid and implausible, in files and in what was handed in. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .answers import AnswerColumns
from .schemes import SchemeDraft
from .table_reader import IngestState

FAR_ABOVE, ENOUGH_TO_COMPARE = 10, 5
"""A number is implausible from `FAR_ABOVE` times the median of at least `ENOUGH_TO_COMPARE` answers on."""
ANSWERED_SHARE = 0.8
"""An assessment with a smaller share of answers is implausible."""


def far_above_from(median: float, answers: int) -> float | None:
    """The number from which on an answer is implausible, by the median of all answers; None if nothing can be said."""
    return FAR_ABOVE * median if answers >= ENOUGH_TO_COMPARE and median > 0 else None


def leaves_gaps(answered: int, asked: int) -> bool:
    """Whether too few of the questions of an assessment are answered."""
    return answered < ANSWERED_SHARE * asked


def warn_of_implausible(findings: IngestState, answers: AnswerColumns, grids: Mapping[str, SchemeDraft]) -> None:
    """Warn of likely mistakes: a number far above the median, an assessment with many unanswered questions."""
    for asked, (scheme, code) in enumerate(answers.indicators):
        if grids[scheme].indicators[code].get("kind") != "number":
            continue
        told = np.flatnonzero(answers.asked == asked)
        median = float(np.median(answers.value[told])) if len(told) else 0.0
        limit = far_above_from(median, len(told))
        if limit is None:
            continue
        for i in told[answers.value[told] >= limit].tolist():
            sheet, number = answers.location(i)
            far = {"times": FAR_ABOVE, "median": median}
            findings.add_problem(sheet, number, code, f"{answers.value[i]:g}", "answer.far_above", "warning", **far)
    answered = np.bincount(answers.at, minlength=len(answers.assessments)).tolist()
    for n, ((cluster, scheme, day, _), sheet, number) in zip(answered, answers.first_places(), strict=True):
        asked = len(grids[scheme].indicators)
        if leaves_gaps(n, asked):
            gaps = {"cluster": cluster, "day": day, "answered": n, "asked": asked}
            findings.add_problem(sheet, number, "", "", "answer.gaps", "warning", **gaps)
