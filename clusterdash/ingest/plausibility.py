"""What is valid and implausible, or has two meanings, in files and in what was handed in. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..i18n import collation_key
from .answers import AnswerColumns
from .schemes import SchemeDraft
from .table_reader import IngestState, Layer

FAR_ABOVE, ENOUGH_TO_COMPARE = 10, 5
"""A number is implausible from `FAR_ABOVE` times the median of at least `ENOUGH_TO_COMPARE` answers on."""
ENOUGH_FOR_FRACTIONS = 3
"""Answers of one sheet to one question from which on they may be taken for shares of one."""
ANSWERED_SHARE = 0.8
"""An assessment with a smaller share of answers is implausible."""


def far_above_from(median: float, answers: int) -> float | None:
    """The number from which on an answer is implausible, by the median of all answers; None if nothing can be said."""
    return FAR_ABOVE * median if answers >= ENOUGH_TO_COMPARE and median > 0 else None


def leaves_gaps(answered: int, asked: int) -> bool:
    """Whether too few of the questions of an assessment are answered."""
    return answered < ANSWERED_SHARE * asked


def warn_of_implausible(findings: IngestState, answers: AnswerColumns, grids: Mapping[str, SchemeDraft]) -> None:
    """Warn of likely mistakes: a number far above the median, shares of one instead of per cent, many gaps."""
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
    _warn_of_fractions(findings, answers, grids)
    answered = np.bincount(answers.at, minlength=len(answers.assessments)).tolist()
    for n, ((cluster, scheme, day, _), sheet, number) in zip(answered, answers.first_places(), strict=True):
        asked = len(grids[scheme].indicators)
        if leaves_gaps(n, asked):
            gaps = {"cluster": cluster, "day": day, "answered": n, "asked": asked}
            findings.add_problem(sheet, number, "", "", "answer.gaps", "warning", **gaps)


def are_fractions(answers: Sequence[float] | NDArray[np.float64]) -> bool:
    """Whether the answers to a question for a per cent look like shares of one: several, none above 1, some between."""
    shares = np.asarray(answers)
    return len(shares) >= ENOUGH_FOR_FRACTIONS and bool((shares <= 1).all() and ((shares > 0) & (shares < 1)).any())


def _warn_of_fractions(findings: IngestState, answers: AnswerColumns, grids: Mapping[str, SchemeDraft]) -> None:
    for asked, (scheme, code) in enumerate(answers.indicators):
        if grids[scheme].indicators[code].get("kind") != "share":
            continue
        found = np.flatnonzero(answers.asked == asked)
        for sheet in np.unique(answers.sheet[found]).tolist():
            here = found[answers.sheet[found] == sheet]
            if are_fractions(answers.value[here]):
                place, row = answers.location(int(here[0]))
                first = f"{answers.value[here[0]]:g}"
                findings.add_problem(place, row, code, first, "answer.fractions", "warning", n=len(here))


def warn_of_twins(findings: IngestState) -> None:
    """Warn of submitted clusters that may be another one: the same id in other letters, or the same name."""
    ids: dict[str, str] = {}
    names: dict[tuple[str, str], str] = {}
    for layer, sheet, number, row in findings.of("clusters"):
        if not {"cluster_id", "name", "country"} <= row.keys():
            continue
        cluster = row["cluster_id"]
        other = ids.setdefault(cluster.lower(), cluster)
        namesake = names.setdefault((spoken(row["name"]), row["country"]), cluster)
        if layer is Layer.IMPORT and other != cluster:
            findings.add_problem(sheet, number, "cluster_id", cluster, "cluster.other_case", "warning", other=other)
        elif layer is Layer.IMPORT and namesake != cluster:
            name = row["name"]
            findings.add_problem(sheet, number, "name", name, "cluster.same_name", "warning", other=namesake)


def warn_of_day_order(findings: IngestState) -> None:
    """Warn of columns in which no cell says whether the day or the month comes first, or that it is the month."""
    for place, month_first in findings.days.doubtful():
        key = "reading.month_first" if month_first else "reading.day_order"
        findings.add_problem(place.sheet, place.row, place.column, place.cell, key, "warning")


def spoken(name: str) -> str:
    """A name to compare by: case, accents, Unicode forms and extra spaces are ignored."""
    return " ".join(collation_key(name).split())
