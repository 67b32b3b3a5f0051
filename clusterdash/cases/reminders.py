"""The dates of a case as iCalendar: when answers are due, the interview or visit, and the last day for observations.

A file to take away; nothing is sent. Each date keeps its UID, so a later file updates or cancels what was taken before.
Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from icalendar import Event

from ..calendar_events import REMINDER, alarm, all_day_event, new_calendar, timed_event
from ..domain import Language
from ..domain.case import CaseKind
from ..i18n import translate

HAND_IN_DAYS, FEEDBACK_DAYS = 21, 14
"""How many days before the visit answers are due, and after a result until when it is discussed."""
PLANNED_MINUTES = 180
"""How long an interview or a visit is planned to take: three hours."""
_DAY_BEFORE = timedelta(days=-1)


class Milestone(StrEnum):
    """A date of a case."""

    HAND_IN = "hand-in"
    VISIT = "visit"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class CaseDates:
    """What the dates of a case follow from.

    `visit_at`: in local time, None if it is not set. `judged_on`: the day of the result that the cluster may comment
    on, None before. `sequence`: a number that rises whenever one of the two is set anew.
    """

    case_id: str
    cluster_name: str
    kind: CaseKind
    visit_at: datetime | None
    on_site: bool
    judged_on: date | None
    sequence: int
    withdrawn: bool = False


def calendar(dates: CaseDates, language: Language, now: datetime) -> bytes:
    """The dates that are set, each with a reminder. Those of a withdrawn case are cancelled, and remind of nothing."""
    made = new_calendar("CANCEL" if dates.withdrawn else "PUBLISH")
    for milestone, event, reminder in _events(dates, now):
        title = _title(dates, milestone, language)
        event.add("status", "CANCELLED" if dates.withdrawn else "CONFIRMED")
        if dates.withdrawn:
            title = translate(language, "case_calendar.cancelled", title=title)
        else:
            event.add("description", _description(milestone, language))
            event.add_component(alarm(title, reminder))
        event.add("summary", title)
        made.add_component(event)
    written: bytes = made.to_ical()
    return written


def _events(dates: CaseDates, now: datetime) -> list[tuple[Milestone, Event, timedelta]]:
    """The events without their texts, and when each reminds."""
    sequence = dates.sequence + dates.withdrawn
    found = []
    if dates.visit_at is not None:
        due = dates.visit_at.date() - timedelta(days=HAND_IN_DAYS)
        event = all_day_event(_uid(dates, Milestone.HAND_IN), due, now, sequence)
        found.append((Milestone.HAND_IN, event, REMINDER))
        length = timedelta(minutes=PLANNED_MINUTES)
        event = timed_event(_uid(dates, Milestone.VISIT), dates.visit_at, length, now, sequence)
        found.append((Milestone.VISIT, event, _DAY_BEFORE))
    if dates.judged_on is not None:
        due = dates.judged_on + timedelta(days=FEEDBACK_DAYS)
        event = all_day_event(_uid(dates, Milestone.FEEDBACK), due, now, sequence)
        found.append((Milestone.FEEDBACK, event, REMINDER))
    return found


def _uid(dates: CaseDates, milestone: Milestone) -> str:
    return f"{dates.case_id}-{milestone}@clusterdash"


def _title(dates: CaseDates, milestone: Milestone, language: Language) -> str:
    values = {"kind": translate(language, f"case_kind.{dates.kind}"), "cluster": dates.cluster_name}
    if milestone is Milestone.HAND_IN:
        return translate(language, "case_calendar.hand_in", **values)
    if milestone is Milestone.FEEDBACK:
        return translate(language, "case_calendar.feedback", **values)
    return translate(language, "case_calendar.on_site" if dates.on_site else "case_calendar.by_video", **values)


def _description(milestone: Milestone, language: Language) -> str:
    if milestone is Milestone.HAND_IN:
        return translate(language, "case_calendar.hand_in_note", days=HAND_IN_DAYS)
    if milestone is Milestone.FEEDBACK:
        return translate(language, "case_calendar.feedback_note", days=FEEDBACK_DAYS)
    return translate(language, "case_calendar.visit_note", minutes=PLANNED_MINUTES)
