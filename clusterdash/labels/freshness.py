"""What of the register of labels to check next, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from ..domain import Cluster, Label, LabelEnd, LabelHolder, LabelState, PartialDate
from ..domain.partial_dates import last_day
from ..i18n import collation_key
from .status import RENEWAL, label_statuses

CHECK_EVERY = relativedelta(months=12)
"""A source that was not looked at for longer is to be checked."""
REASONS = ("soon", "renewed", "medium", "undated", "no_place", "unchecked")
"""Why a label is to be checked, the most urgent first.

Its certain end is within six months; it ended within a year, certainly or by the rule, and may have been renewed; an
award is of medium confidence, or has no date; its cluster is not on the map; its sources were not checked for a year.
"""


@dataclass(frozen=True, slots=True)
class LabelToCheck:
    """A label of a cluster that somebody should look at, with the reasons, the most urgent first.

    `checked_on`: when the awards were last checked, "" if at least one never was; `source_url`: of the latest award.
    """

    cluster: Cluster
    label: Label
    end: LabelEnd
    reasons: tuple[str, ...]
    checked_on: PartialDate
    source_url: str


def labels_to_check(register: Iterable[LabelHolder], today: date) -> list[LabelToCheck]:
    """The labels of clusters that exist, with a reason to check them: the most urgent first, then by name."""
    found = []
    for holder in register:
        if holder.dissolved_on:
            continue
        for one in label_statuses([holder], today, today):
            checked = min(award.checked_on for award in one.awards)
            reasons = {
                "soon": one.state is LabelState.SOON,
                "renewed": one.state in (LabelState.RENEWAL, LabelState.ENDED_BY_RULE) and _lately(one.end, today),
                "medium": any(award.confidence == "medium" for award in one.awards),
                "undated": any(not award.awarded_on for award in one.awards),
                "no_place": not one.cluster.has_coordinates,
                "unchecked": (last_day(checked) or date.min) < today - CHECK_EVERY,
            }
            told = tuple(reason for reason in REASONS if reasons[reason])
            if told:
                found.append(LabelToCheck(one.cluster, one.label, one.end, told, checked, one.awards[0].source_url))
    return sorted(found, key=_urgency)


def with_reasons(found: Sequence[LabelToCheck], reasons: Iterable[str]) -> list[LabelToCheck]:
    """Those with all of these reasons."""
    asked = set(reasons)
    return [one for one in found if asked <= set(one.reasons)]


def _lately(end: LabelEnd, today: date) -> bool:
    over = last_day(end.until)
    return over is not None and over + RENEWAL >= today


def _urgency(one: LabelToCheck) -> tuple[object, ...]:
    """Sorts by the most urgent reason, then by the number of reasons, then by name."""
    return REASONS.index(one.reasons[0]), -len(one.reasons), collation_key(one.cluster.name), one.label
