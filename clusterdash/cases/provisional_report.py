"""The provisional position of handed-in answers: in four bands, by the quartiles that an edition already tells.

A position that follows every typed value would tell how others answered, one value after another. So the bands follow
from nothing but frozen answers and figures that are published already: whoever tries all answers learns these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..domain import Edition, Grid, GroupQuartiles, Indicator, IndicatorQuartiles, PeerGroup
from ..domain.case import CaseAction, HandIn, Sheet
from ..operational_database import case_answers
from .open_case import OpenCase
from .steps import read_value


class Band(StrEnum):
    """A part of a group; the upper quarter holds the best, also where less is better."""

    UPPER_QUARTER = "upper_quarter"
    UPPER_HALF = "upper_half"
    LOWER_HALF = "lower_half"
    LOWER_QUARTER = "lower_quarter"


@dataclass(frozen=True, slots=True)
class BandedAnswer:
    """An answer with its band; `published`: that of the answer in the edition, None where there is none."""

    indicator: str
    value: float
    band: Band
    published: Band | None


@dataclass(frozen=True, slots=True)
class GroupBands:
    """The answers among a group of `n` clusters, in the order of the questionnaire."""

    group: PeerGroup
    n: int
    answers: tuple[BandedAnswer, ...]

    def among(self, band: Band) -> tuple[BandedAnswer, ...]:
        """The answers of one band: strengths are in the upper quarter, margins for improvement in the lower."""
        return tuple(answer for answer in self.answers if answer.band is band)


@dataclass(frozen=True, slots=True)
class ProvisionalReport:
    """What a cluster reads of its answers before they are published, and by which edition."""

    edition: Edition
    groups: tuple[GroupBands, ...]


@dataclass(frozen=True, slots=True)
class ReportedHandIn:
    """The answers that have a provisional report, None where none have; `later`: others came in when none was left."""

    hand_in: HandIn | None
    later: bool


def reported_hand_in(opened: OpenCase) -> ReportedHandIn:
    """The latest answers of a benchmarking that have a provisional report: as many hand-ins have as the case may have.

    Raises NotAllowedError.
    """
    with opened.reading(CaseAction.READ_REPORT) as allowed:
        all_given = case_answers.hand_ins(allowed.connection, opened.case_id)
        most = allowed.case.reports_allowed
    given = [one for one in all_given if one.sheet in (Sheet.PREPARATION, Sheet.INTERVIEW)]
    return ReportedHandIn(given[:most][-1] if given[:most] else None, len(given) > most)


def values(hand_in: HandIn, grid: Grid) -> Mapping[str, float]:
    """The answers of a hand-in that can be read as values, by indicator."""
    read = {i.code: read_value(i, hand_in.payload.get(i.code, {}).get("value", "")) for i in grid.indicators}
    return {code: value for code, value in read.items() if value is not None}


def provisional_report(
    edition: Edition,
    grid: Grid,
    answers: Mapping[str, float],
    groups: Sequence[GroupQuartiles],
    published: Mapping[str, float] | None = None,
) -> ProvisionalReport:
    """The bands of answers (by indicator) among groups of the served edition.

    `groups`: as `EditionReader.quartiles` tells them for this cluster. `published`: the cluster's answers in the
    edition. A question without a better direction, or whose quartiles a group withholds, has no band in it.
    """
    return ProvisionalReport(edition, tuple(_group_bands(grid, answers, group, published or {}) for group in groups))


def band(value: float, quartiles: IndicatorQuartiles, indicator: Indicator) -> Band:
    """The band of an answer: the upper quarter is better than the upper quartile, the upper half reaches the median."""
    sign = -1 if indicator.direction == "lower" else 1
    lower, median, upper = sorted(sign * figure for figure in (quartiles.lower, quartiles.median, quartiles.upper))
    if sign * value > upper:
        return Band.UPPER_QUARTER
    if sign * value >= median:
        return Band.UPPER_HALF
    return Band.LOWER_HALF if sign * value >= lower else Band.LOWER_QUARTER


def _group_bands(
    grid: Grid, answers: Mapping[str, float], group: GroupQuartiles, published: Mapping[str, float]
) -> GroupBands:
    quartiles = {one.indicator: one for one in group.indicators}
    found = []
    for indicator in grid.indicators:
        known = quartiles.get(indicator.code)
        value, before = answers.get(indicator.code), published.get(indicator.code)
        if known is not None and value is not None and indicator.direction != "none":
            then = band(before, known, indicator) if before is not None else None
            found.append(BandedAnswer(indicator.code, value, band(value, known, indicator), then))
    return GroupBands(group.group, group.n, tuple(found))
