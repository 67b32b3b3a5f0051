"""Answers that are allowed and may well be slips: told as warnings. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from statistics import median

from .forms import Findings
from .grids import Draft
from .sheets import Sheet

FAR_ABOVE, ENOUGH_TO_COMPARE = 10, 5
"""A number is told as unlikely from so many times the median of all such answers on, where there are enough."""
ANSWERED_SHARE = 0.8
"""An assessment with a smaller share of answers is told as unlikely."""
Found = dict[tuple[str, str, date, str], dict[str, tuple[float, Sheet, int]]]
"""Answers by cluster, scheme, day and evidence, then by indicator, each with the place it came from."""


def warn(findings: Findings, found: Found, grids: Mapping[str, Draft]) -> None:
    """Warn of what may well be a slip: a number far above what others answer, an assessment with many gaps."""
    values: dict[tuple[str, str], list[float]] = {}
    for (_, scheme, _, _), answers in found.items():
        for indicator, (value, _, _) in answers.items():
            if grids[scheme].indicators[indicator].get("kind") == "number":
                values.setdefault((scheme, indicator), []).append(value)
    limits = {key: FAR_ABOVE * median(told) for key, told in values.items() if len(told) >= ENOUGH_TO_COMPARE}
    for (cluster, scheme, day, _), answers in found.items():
        for indicator, (value, sheet, number) in answers.items():
            limit = limits.get((scheme, indicator), 0)
            if 0 < limit <= value:
                told = {"times": FAR_ABOVE, "median": limit / FAR_ABOVE}
                findings.complain(sheet, number, indicator, f"{value:g}", "answer.far_above", "warning", **told)
        asked = len(grids[scheme].indicators)
        if len(answers) < ANSWERED_SHARE * asked:
            _, sheet, number = next(iter(answers.values()))
            gaps = {"cluster": cluster, "day": day, "answered": len(answers), "asked": asked}
            findings.complain(sheet, number, "", "", "answer.gaps", "warning", **gaps)
