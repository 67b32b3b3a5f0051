"""The action plan: recommendations with owner and date, as a calendar. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from ..calendar_events import alarm, new_calendar
from ..domain import ClusterBenchmark, Language, Recommendation
from ..i18n import translate
from .calendars import stable_event

MONTHS_BY_EFFORT = {1: 2, 2: 6, 3: 12}
"""Months until the proposed date of the first recommendation of an effort."""
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Task:
    """A recommendation that was adopted; `due` None where no day is set.

    `value` is the answer when it was adopted, and `assessed_on` the day of that benchmark; None where not known.
    """

    recommendation: Recommendation
    owner: str
    due: date | None
    done: bool = False
    notes: str = ""
    value: float | None = None
    assessed_on: date | None = None


def proposed_days(advice: Sequence[Recommendation], today: date) -> dict[str, date]:
    """By indicator, the proposed due day of each recommendation: the last working day of a month.

    The first of an effort is due in as many months as that effort takes; no two are due in the same month. Working days
    are Monday to Friday; holidays, which differ by country and region, are ignored.
    """
    days: dict[str, date] = {}
    taken: set[int] = set()
    for recommendation in sorted(advice, key=lambda r: r.effort):
        months = MONTHS_BY_EFFORT[recommendation.effort]
        while months in taken:
            months += 1
        taken.add(months)
        days[recommendation.indicator] = _working(today + relativedelta(months=months, day=31))
    return days


def _working(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - _SATURDAY + 1))


def calendar(tasks: Sequence[Task], result: ClusterBenchmark, language: Language, now: datetime) -> bytes:
    """The plan as iCalendar (RFC 5545): an all-day event on the due day of a task, titled by its action, with an alarm.

    A task without a day is omitted. The same task keeps its UID and increases its sequence number (by minutes), so that
    importing a changed plan updates its event.
    """
    made = new_calendar()
    for task in tasks:
        if task.due is None:
            continue
        advice = task.recommendation
        action = advice.action.get(language)
        identity = f"{result.cluster.cluster_id}/{result.grid.scheme.code}/{advice.indicator}"
        event = stable_event(identity, task.due, now)
        event.add("summary", translate(language, "plan.done_event", action=action) if task.done else action)
        event.add("description", "\n".join(_event_description(task, result, language)))
        if not task.done:
            event.add_component(alarm(action))
        made.add_component(event)
    written: bytes = made.to_ical()
    return written


def _event_description(task: Task, result: ClusterBenchmark, language: Language) -> list[str]:
    """The description of a task in its event, as lines."""
    advice = task.recommendation
    name = next(i.name.get(language) for i in result.grid.indicators if i.code == advice.indicator)
    values = {
        "indicator": f"{advice.indicator} {name}",
        "owner": task.owner,
        "good": advice.good_practice.get(language),
        "evidence": advice.evidence.get(language),
        "notes": task.notes,
        "cluster": result.cluster.name,
    }
    return [
        translate(language, "table.labelled", name=translate(language, f"column.{column}"), value=value)
        for column, value in values.items()
        if value
    ]
