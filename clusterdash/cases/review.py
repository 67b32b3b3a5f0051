"""What staff look at before they accept a case: what is missing or implausible, and what differs from last time. Pure.

A result is compared with the cluster's last one, and, by the rules for files, with the answers of all clusters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..domain import Indicator, PreviousAssessment
from ..domain.case import Answers, result_note, result_text, stored_text
from ..ingest.plausibility import far_above_from, leaves_gaps
from .steps import read_value

FindingKind = Literal["missing", "unlikely", "far_above", "unanswered", "changed"]
UNLIKELY_RATIO = 10
"""A number this many times that of last time, or a tenth of it, is unlikely."""
LEVELS = 2
"""A level that differs by more than this from last time is unlikely."""
Medians = Mapping[str, tuple[float, int]]
"""The median of all answers and their number, by indicator."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at before a case is accepted: the question, and why.

    `before` and `now`: the answers last time and now, None where there is none. `median`: of all answers, where the
    answer is far above it.
    """

    indicator: str
    kind: FindingKind
    before: float | None = None
    now: float | None = None
    median: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A result to be reviewed: the indicators that were asked, the answers or points, observations and replies."""

    asked: Sequence[Indicator]
    answers: Answers
    observed: Answers
    replied: Answers

    def value(self, indicator: Indicator) -> float | None:
        """The answer or points; None if there is none that can be read."""
        text = self.text(indicator.code)
        return read_value(indicator, text) if text else None

    def text(self, question: str) -> str:
        """The answer or points as typed."""
        return result_text(self.answers, question)

    def note(self, question: str) -> str:
        """What was noted beside the answer, or the reason of the points; "" for nothing."""
        return result_note(self.answers, question)

    def observation(self, question: str) -> str:
        """What the cluster observed; "" for nothing."""
        return stored_text(self.observed, question, "observation")

    def reply(self, question: str) -> str:
        """What the experts replied; "" for nothing."""
        return stored_text(self.replied, question, "reply")

    @property
    def observations(self) -> tuple[int, int]:
        """How many questions have an observation with a reply, and how many one without."""
        replied = [bool(self.reply(one.code)) for one in self.asked if self.observation(one.code)]
        return sum(replied), len(replied) - sum(replied)

    @property
    def gaps(self) -> tuple[int, int] | None:
        """How many questions are answered, of how many, if that is too few; else None."""
        answered = sum(self.value(indicator) is not None for indicator in self.asked)
        return (answered, len(self.asked)) if leaves_gaps(answered, len(self.asked)) else None


def findings(result: Result, before: PreviousAssessment | None, medians: Medians) -> tuple[Finding, ...]:
    """What is missing or implausible in a result, and observations without a reply, question by question."""
    known = before.answers if before else {}
    found = []
    for indicator in result.asked:
        code, now = indicator.code, result.value(indicator)
        last = known.get(code)
        median, answers = medians.get(code, (0.0, 0))
        limit = far_above_from(median, answers)
        if now is None:
            found.append(Finding(code, "missing", last))
        else:
            if last is not None and _is_unlikely(indicator, last, now):
                found.append(Finding(code, "unlikely", last, now))
            if limit is not None and now >= limit:
                found.append(Finding(code, "far_above", last, now, median))
        if result.observation(code) and not result.reply(code):
            found.append(Finding(code, "unanswered", last, now))
    return tuple(found)


def changes(result: Result, before: PreviousAssessment | None) -> tuple[Finding, ...]:
    """The questions whose answer differs from last time."""
    known = before.answers if before else {}
    found = []
    for indicator in result.asked:
        now, last = result.value(indicator), known.get(indicator.code)
        if last is not None and now != last:
            found.append(Finding(indicator.code, "missing" if now is None else "changed", last, now))
    return tuple(found)


def _is_unlikely(indicator: Indicator, last: float, now: float) -> bool:
    if indicator.kind == "level":
        return abs(now - last) > LEVELS
    low, high = sorted((abs(last), abs(now)))
    return low > 0 and high / low >= UNLIKELY_RATIO
