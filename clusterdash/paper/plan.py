"""Recommendations turned into a plan of the cluster's own: who does what by when, as table and calendar. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from icalendar import Calendar, Event

from ..i18n import say
from ..model import ClusterBenchmark, Language, Recommendation
from ..register.awards import Holding, last_day
from ..spreadsheets import as_csv

MONTHS_BY_EFFORT = {1: 2, 2: 6, 3: 12}
"""When a recommendation is proposed to be done, by its effort."""
_COLUMNS = ("indicator", "action", "good", "evidence", "effort", "owner", "due")


@dataclass(frozen=True, slots=True)
class Task:
    """A recommendation that somebody has taken on; `due` None where no day is set."""

    recommendation: Recommendation
    owner: str
    due: date | None


def proposed_day(recommendation: Recommendation, today: date) -> date:
    """The day by which a recommendation could be done: the last of the month that its effort leads to."""
    return today + relativedelta(months=MONTHS_BY_EFFORT[recommendation.effort], day=31)


def table(tasks: Sequence[Task], result: ClusterBenchmark, language: Language) -> bytes:
    """The plan as CSV, a row a task; days as ISO 8601, which every spreadsheet reads as a date."""
    names = _names(result, language)
    rows = [
        [
            names[task.recommendation.indicator],
            task.recommendation.action.in_(language),
            task.recommendation.good.in_(language),
            task.recommendation.evidence.in_(language),
            say(language, f"effort.{task.recommendation.effort}"),
            task.owner,
            task.due.isoformat() if task.due else "",
        ]
        for task in tasks
    ]
    return as_csv([say(language, f"column.{name}") for name in _COLUMNS], rows, language)


def calendar(tasks: Sequence[Task], result: ClusterBenchmark, language: Language, now: datetime) -> bytes:
    """The plan as iCalendar (RFC 5545): an all-day event on the day a task is due; those without one are not in.

    The same task keeps its identity, so that importing a changed plan moves its event in most calendars.
    """
    names = _names(result, language)
    made = _calendar()
    for task in tasks:
        if task.due is None:
            continue
        advice = task.recommendation
        identity = f"{result.cluster.cluster_id}/{result.grid.scheme.code}/{advice.indicator}"
        event = _event(identity, task.due, now)
        event.add(
            "summary", say(language, "plan.event", indicator=names[advice.indicator], cluster=result.cluster.name)
        )
        lines = [
            advice.action.in_(language),
            f"{say(language, 'column.good')} : {advice.good.in_(language)}",
            f"{say(language, 'column.evidence')} : {advice.evidence.in_(language)}",
        ]
        if task.owner:
            lines.insert(0, f"{say(language, 'column.owner')} : {task.owner}")
        event.add("description", "\n".join(lines))
        made.add_component(event)
    written: bytes = made.to_ical()
    return written


def labels_calendar(holdings: Sequence[Holding], language: Language, now: datetime) -> bytes:
    """The stated ends of labels as iCalendar, an all-day event each, on the last day that the end can mean."""
    made = _calendar()
    for holding in holdings:
        end = last_day(holding.end)
        if end is None:
            continue
        label = say(language, f"label.{holding.label}")
        identity = f"{holding.cluster.cluster_id}/{holding.label}/{holding.end}"
        event = _event(identity, end, now)
        event.add("summary", say(language, "plan.label_ends", label=label, cluster=holding.cluster.name))
        event.add("description", "\n".join(award.source_url for award in holding.awards))
        made.add_component(event)
    written: bytes = made.to_ical()
    return written


def _calendar() -> Calendar:
    made = Calendar()
    made.add("prodid", "-//clusterdash//plan//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    return made


def _event(identity: str, day: date, now: datetime) -> Event:
    """An all-day event that keeps its identity."""
    event = Event()
    event.add("uid", f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}@clusterdash")
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


def _names(result: ClusterBenchmark, language: Language) -> dict[str, str]:
    return {i.code: f"{i.code} {i.name.in_(language)}" for i in result.grid.indicators}
