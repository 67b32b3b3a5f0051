"""What staff look at before they accept a case: what is missing, what differs from last time, what is unanswered. Pure.

And the accepted cases on their way into an edition.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..domain import ClusterdashError, Grid, PreviousAssessment
from ..domain.case import Answers, Case, CaseAction, HandIn, Step, stored_text
from ..operational_database import case_answers
from . import exchange
from .open_case import Cases, OpenCase
from .steps import read_value

UNLIKELY_RATIO = 10
"""A number this many times that of last time, or a tenth of it, is unlikely."""
LEVELS = 2
"""A level that differs by more than this from last time is unlikely."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at before a case is accepted: the question, and the kind, which names its text.

    `before` and `now`: the answers last time and now, None where there is none.
    """

    indicator: str
    kind: str
    before: float | None = None
    now: float | None = None


def findings(
    grid: Grid, answers: Answers, before: PreviousAssessment | None, observed: Answers, replied: Answers
) -> tuple[Finding, ...]:
    """What is missing or unlikely in a result, by the order of the questionnaire; observations without a reply."""
    known = before.answers if before else {}
    found = []
    for indicator in grid.indicators:
        code, text = indicator.code, _text(answers, indicator.code)
        now, last = read_value(indicator, text) if text else None, known.get(code)
        if now is None:
            found.append(Finding(code, "missing", last))
        elif last is not None and _is_unlikely(indicator.kind == "level", last, now):
            found.append(Finding(code, "unlikely", last, now))
        if stored_text(observed, code, "observation") and not stored_text(replied, code, "reply"):
            found.append(Finding(code, "unanswered"))
    return tuple(found)


def _is_unlikely(level: bool, last: float, now: float) -> bool:
    if level:
        return abs(now - last) > LEVELS
    low, high = sorted((abs(last), abs(now)))
    return low > 0 and high / low >= UNLIKELY_RATIO


def changes(grid: Grid, answers: Answers, before: PreviousAssessment | None) -> tuple[Finding, ...]:
    """The questions whose answer differs from last time."""
    known = before.answers if before else {}
    found = []
    for indicator in grid.indicators:
        text = _text(answers, indicator.code)
        now, last = read_value(indicator, text) if text else None, known.get(indicator.code)
        if now != last and last is not None:
            found.append(Finding(indicator.code, "changed", last, now))
    return tuple(found)


def _text(answers: Answers, question: str) -> str:
    return stored_text(answers, question, "value") or stored_text(answers, question, "points")
