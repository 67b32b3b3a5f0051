"""The plan to take away: what is in it, in both languages, and harmless in a spreadsheet and a calendar."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from clusterdash import benchmark, spreadsheets
from clusterdash.editions.store import Gateway
from clusterdash.model import ClusterBenchmark
from clusterdash.paper import plan

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def result(staff: Gateway) -> ClusterBenchmark:
    found = (staff.benchmark(cluster) for cluster in staff.assessed())
    return next(r for r in found if len(benchmark.findings(r.top500, r.grid).recommendations) > 2)


@pytest.fixture
def tasks(result: ClusterBenchmark) -> list[plan.Task]:
    first, second, third, *_ = benchmark.findings(result.top500, result.grid).recommendations
    return [
        plan.Task(first, "Zoé, comptabilité; & co\nEND:VEVENT", date(2026, 12, 31)),
        plan.Task(second, "=HYPERLINK(1)", date(2027, 1, 31)),
        plan.Task(third, "", None),
    ]


def test_the_table_has_a_row_a_task_and_no_formula(tasks: list[plan.Task], result: ClusterBenchmark) -> None:
    text = plan.table(tasks, result, "fr").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert [row["Pour quand"] for row in rows] == ["2026-12-31", "2027-01-31", ""]
    assert [row["Qui s'en charge"] for row in rows] == [tasks[0].owner, "'=HYPERLINK(1)", ""]
    assert rows[0]["Action"] == tasks[0].recommendation.action.fr
    assert rows[0]["Indicateur"].startswith(tasks[0].recommendation.indicator)
    english = plan.table(tasks, result, "en").decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(english)))[:2] == ["Indicator", "Action"]


def test_the_calendar_has_an_event_for_each_day_that_is_set(tasks: list[plan.Task], result: ClusterBenchmark) -> None:
    written = plan.calendar(tasks, result, "fr", NOW)
    assert b"\r\n" in written
    events = Calendar.from_ical(written).walk("VEVENT")
    assert [event["dtstart"].dt for event in events] == [date(2026, 12, 31), date(2027, 1, 31)]
    assert [event["dtend"].dt for event in events] == [date(2027, 1, 1), date(2027, 2, 1)]
    assert tasks[0].owner in str(events[0]["description"]), "the owner's text cannot end the event"
    assert tasks[0].recommendation.action.fr in str(events[0]["description"])
    assert len({str(event["uid"]) for event in events}) == 2
    again = Calendar.from_ical(plan.calendar(tasks, result, "en", NOW)).walk("VEVENT")
    assert [event["uid"] for event in again] == [event["uid"] for event in events], "the same task stays the same event"


@pytest.mark.parametrize(
    ("effort", "today", "day"),
    [
        (1, date(2026, 6, 1), date(2026, 8, 31)),
        (2, date(2026, 6, 30), date(2026, 12, 31)),
        (3, date(2026, 2, 28), date(2027, 2, 28)),
        (1, date(2026, 12, 31), date(2027, 2, 28)),
        (2, date(2026, 8, 15), date(2027, 2, 28)),
    ],
)
def test_the_day_proposed_is_the_end_of_the_month_that_the_effort_leads_to(
    result: ClusterBenchmark, effort: int, today: date, day: date
) -> None:
    (advice, *_) = [r for r in result.grid.recommendations if r.effort == effort]
    assert plan.proposed_day(advice, today) == day


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    made = spreadsheets.harmless(text)
    number = re.fullmatch(r"-?\d+(\.\d+)?", made)
    assert number or not made.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert made.endswith(text)
