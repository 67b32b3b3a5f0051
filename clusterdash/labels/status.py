"""The status of labels on a day. Pure.

Only ends stated by a source decide: where none is stated, the state of a label is "end not known", never computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from ..domain import Award, Cluster, Label, LabelHolder, LabelState, LocalizedText, PartialDate

SOON, RENEWAL = relativedelta(months=6), relativedelta(months=12)
"""A label ends soon within the first period before its stated end; within the second after it, it may be renewed."""
ACTIVE = (LabelState.VALID, LabelState.SOON)
"""The states of a label that is held."""
ENDED = (LabelState.RENEWAL, LabelState.EXPIRED)
"""The states of a label whose stated end is in the past."""
SUPERSEDED = "superseded"
"""The state of an award that was followed by another one of the same cluster and label."""


@dataclass(frozen=True, slots=True)
class LabelStatus:
    """One label of one cluster on a day, with all awards of it up to that day, latest first.

    `state` follows from `end`, the stated end that decides; "" where none does.
    """

    cluster: Cluster
    label: Label
    state: LabelState
    end: PartialDate
    awards: tuple[Award, ...]
    sector_names: tuple[LocalizedText, ...]


def first_day(value: PartialDate) -> date | None:
    """The first day that a partial date can mean; None where the date is unknown."""
    if not value:
        return None
    year, month, day = (*map(int, value.split("-")), 1, 1)[:3]
    return date(year, month, day)


def last_day(value: PartialDate) -> date | None:
    """The last day that a partial date can mean; None where the date is unknown."""
    first = first_day(value)
    if first is None or len(value) == 10:
        return first
    return first + (relativedelta(month=12, day=31) if len(value) == 4 else relativedelta(day=31))


def is_awarded_by(award: Award, day: date, today: date) -> bool | None:
    """Whether an award had been given by a day; None where neither its date nor anything else decides.

    Every award in the register has been given by today; one with a stated end has been given by that end.
    """
    start, end = first_day(award.awarded_on), first_day(award.valid_until)
    if start is not None:
        return start <= day
    return True if day >= today or (end is not None and end <= day) else None


def state_on(awards: Sequence[Award], day: date) -> tuple[LabelState, PartialDate]:
    """The state of a label on a day, from all awards of it up to then, and the stated end that decides ("" for none).

    The latest stated end decides, unless an award without one may have come after it: then the end is not known.
    """
    ends = [(end, award) for award in awards if (end := last_day(award.valid_until)) is not None]
    latest, deciding = max(ends, key=lambda entry: entry[0], default=(None, None))
    if latest is not None and deciding is not None and latest >= day:
        return (LabelState.VALID if latest > day + SOON else LabelState.SOON), deciding.valid_until
    started = first_day(deciding.awarded_on) if deciding is not None else None
    for award in awards:
        other = last_day(award.awarded_on)
        earlier = started is not None and other is not None and other < started
        if not award.valid_until and not earlier:
            return LabelState.UNKNOWN, ""
    if latest is None or deciding is None:
        return LabelState.UNKNOWN, ""
    return (LabelState.RENEWAL if latest + RENEWAL >= day else LabelState.EXPIRED), deciding.valid_until


def award_state(award: Award, awards: Sequence[Award], day: date) -> str:
    """The state of one award on a day: a `LabelState` from its own stated end, or `SUPERSEDED` if another followed.

    `awards`: all of its cluster and label up to that day. One has followed where it was certainly given later: after
    the last day that this one's date can mean or, where it has no date, after its stated end.
    """
    given_by = last_day(award.awarded_on or award.valid_until)
    starts = [start for other in awards if (start := first_day(other.awarded_on)) is not None]
    if given_by is not None and any(start > given_by for start in starts):
        return SUPERSEDED
    return state_on([award], day)[0].value


def label_statuses(register: Iterable[LabelHolder], day: date, today: date) -> tuple[LabelStatus, ...]:
    """Every label awarded by a day, cluster by cluster in the order of the register."""
    found = []
    for holder in register:
        for label in Label:
            placed = [(award, is_awarded_by(award, day, today)) for award in holder.awards if award.label is label]
            awards = tuple(award for award, given in placed if given)
            if not awards:
                continue
            state, end = state_on(awards, day)
            if state not in ACTIVE and any(given is None for _, given in placed):
                state, end = LabelState.UNKNOWN, ""  # an award without a date may have come by then
            found.append(LabelStatus(holder.cluster, label, state, end, awards, holder.sector_names))
    return tuple(found)


def ending_soon(register: Iterable[LabelHolder], today: date) -> list[LabelStatus]:
    """The labels whose stated end is within six months, the earliest first."""
    soon = [holding for holding in label_statuses(register, today, today) if holding.state is LabelState.SOON]
    return sorted(soon, key=lambda holding: (last_day(holding.end) or today, holding.cluster.name))
