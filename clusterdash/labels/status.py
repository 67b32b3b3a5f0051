"""The status of labels on a day. Pure.

An end that a source states, or that follows from a duration that it states, is certain; one by the scheme's rule is
told as such; where there is neither, the state of a label is "end not known".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from ..domain import (
    Award,
    Cluster,
    EndKind,
    Label,
    LabelEnd,
    LabelHolder,
    LabelState,
    LocalizedText,
    Observation,
    PartialDate,
)
from ..domain.partial_dates import first_day, last_day
from ..domain.register_corrections import DISSOLVED

SOON, RENEWAL = relativedelta(months=6), relativedelta(months=12)
"""A label ends soon within the first period before its certain end; within the second after it, it may be renewed."""
ACTIVE = (LabelState.VALID, LabelState.SOON)
"""The states of a label that is certainly held."""
HELD = (*ACTIVE, LabelState.BY_RULE)
"""The states of a label that is held, certainly or by the rule."""
ENDED = (LabelState.RENEWAL, LabelState.EXPIRED, LabelState.ENDED_BY_RULE)
"""The states of a label whose end is in the past, certainly or by the rule."""
CERTAIN = (EndKind.STATED, EndKind.DURATION)
"""The kinds of an end that a source gives."""
SUPERSEDED = "superseded"
"""The state of an award that was followed by another one of the same cluster and label."""


@dataclass(frozen=True, slots=True)
class LabelStatus:
    """One label of one cluster on a day, with all awards of it up to that day, latest first.

    `state` follows from `end`, the one that decides.
    """

    cluster: Cluster
    label: Label
    state: LabelState
    end: LabelEnd
    awards: tuple[Award, ...]
    sector_names: tuple[LocalizedText, ...]


def is_awarded_by(award: Award, day: date, today: date) -> bool | None:
    """Whether an award had been given by a day; None where neither its date nor anything else decides.

    Every award in the register has been given by today; one with a stated end has been given by that end.
    """
    start, end = first_day(award.awarded_on), first_day(award.valid_until)
    if start is not None:
        return start <= day
    return True if day >= today or (end is not None and end <= day) else None


def state_on(
    awards: Sequence[Award], day: date, observations: Sequence[Observation] = ()
) -> tuple[LabelState, LabelEnd]:
    """The state of a label on a day, from all awards of it up to then, and the end that decides.

    Among certain ends the latest decides. Where it is over, a later end by the rule does, "unless renewed since"; and
    where an award without any known end may have come after it, the state is not known. `observations` of the same
    label: seen held, it is valid on that day; seen lapsed, it has ended from then on, until a later award; that its
    cluster was dissolved ends it whatever else was said.
    """
    if any(seen.held and _covers(seen.seen_on, day) for seen in observations):
        return LabelState.VALID, LabelEnd()
    if (dissolved := _dissolution(observations, day)) is not None:
        return LabelState.EXPIRED, LabelEnd(EndKind.OBSERVED, dissolved)
    certain = max((award for award in awards if award.end.kind in CERTAIN), key=_end_and_start, default=None)
    if certain is not None and _last(certain.end) >= day:
        return (LabelState.VALID if _last(certain.end) > day + SOON else LabelState.SOON), certain.end
    if (lapsed := _lapse(awards, observations, day)) is not None:
        return LabelState.EXPIRED, LabelEnd(EndKind.OBSERVED, lapsed)
    return _past_state(awards, certain, day)


def _past_state(awards: Sequence[Award], certain: Award | None, day: date) -> tuple[LabelState, LabelEnd]:
    """The state where the latest certain end, if there is one, is over."""
    later = [award for award in awards if award.end.kind not in CERTAIN and not _is_earlier(award, certain)]
    by_rule = max((award for award in later if award.end.kind is EndKind.RULE), key=_end_and_start, default=None)
    if by_rule is not None and (certain is None or _last(by_rule.end) > _last(certain.end)):
        return (LabelState.BY_RULE if _last(by_rule.end) >= day else LabelState.ENDED_BY_RULE), by_rule.end
    if certain is None or any(award.end.kind is EndKind.UNKNOWN for award in later):
        return LabelState.UNKNOWN, LabelEnd()
    return (LabelState.RENEWAL if _last(certain.end) + RENEWAL >= day else LabelState.EXPIRED), certain.end


def _covers(seen_on: PartialDate, day: date) -> bool:
    first, last = first_day(seen_on), last_day(seen_on)
    return first is not None and last is not None and first <= day <= last


def _last(end: LabelEnd) -> date:
    return last_day(end.until) or date.min


def _end_and_start(award: Award) -> tuple[date, date]:
    return _last(award.end), first_day(award.awarded_on) or date.min


def _is_earlier(award: Award, other: Award | None) -> bool:
    """Whether an award was certainly given before another one."""
    given = last_day(award.awarded_on)
    started = first_day(other.awarded_on) if other is not None else None
    return given is not None and started is not None and given < started


def _dissolution(observations: Sequence[Observation], day: date) -> PartialDate | None:
    """When the cluster of a label was dissolved, if it was by a day."""
    return next(
        (one.seen_on for one in observations if one.basis == DISSOLVED and (last_day(one.seen_on) or day) <= day), None
    )


def _lapse(awards: Sequence[Award], observations: Sequence[Observation], day: date) -> PartialDate | None:
    """The latest observation up to a day that a label had lapsed, unless an award may have been given after it."""
    seen = [one.seen_on for one in observations if not one.held and (last_day(one.seen_on) or day) <= day]
    if not seen:
        return None
    latest = max(seen, key=lambda seen_on: last_day(seen_on) or day)
    after = any(
        (given := last_day(award.awarded_on)) is not None and given > (first_day(latest) or day) for award in awards
    )
    return None if after else latest


def award_state(award: Award, awards: Sequence[Award], day: date) -> str:
    """The state of one award on a day: a `LabelState` from its own end, or `SUPERSEDED` if another followed.

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
            state, end = state_on(awards, day, [seen for seen in holder.observations if seen.label is label])
            certainly_over = state in ENDED and end.kind in CERTAIN
            if certainly_over and any(given is None for _, given in placed):
                state, end = LabelState.UNKNOWN, LabelEnd()  # an award without a date may have come by then
            found.append(LabelStatus(holder.cluster, label, state, end, awards, holder.sector_names))
    return tuple(found)


def ending_soon(register: Iterable[LabelHolder], today: date) -> list[LabelStatus]:
    """The labels whose certain end is within six months, the earliest first."""
    soon = [holding for holding in label_statuses(register, today, today) if holding.state is LabelState.SOON]
    return sorted(soon, key=lambda holding: (last_day(holding.end.until) or today, holding.cluster.name))
