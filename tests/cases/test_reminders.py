"""The dates of a case in one's own calendar: they are updated when they change, and cancelled with the case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from clusterdash.cases.reminders import CaseDates, Milestone, calendar
from clusterdash.domain.case import CaseKind
from clusterdash.i18n import LANGUAGES, translate

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
DATES = CaseDates(
    "4f1c", "Aé; b, c\nEND:VEVENT", CaseKind.EVALUATION, datetime(2027, 3, 28, 1, 30), True, date(2027, 4, 2), 3
)


def events(content: bytes) -> dict[str, Event]:
    """The events by UID, read back by the rules of RFC 5545, with what it demands of each line and of each event."""
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.count(b"\n") == content.count(b"\r\n")
    found = Calendar.from_ical(content).walk("VEVENT")
    assert all({"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE"} <= set(event) for event in found)
    assert not [event.errors for event in found if event.errors]
    return {str(event["uid"]): event for event in found}


def test_answers_are_due_three_weeks_before_the_visit_and_observations_two_after_the_result() -> None:
    hand_in, visit, feedback = events(calendar(DATES, "en", NOW)).values()
    assert (hand_in["dtstart"].dt, hand_in["dtend"].dt) == (date(2027, 3, 7), date(2027, 3, 8))
    assert (visit["dtstart"].dt, visit["dtend"].dt) == (datetime(2027, 3, 28, 1, 30), datetime(2027, 3, 28, 4, 30))
    assert "TZID" not in visit["dtstart"].params, "local time"
    assert (feedback["dtstart"].dt, feedback["dtend"].dt) == (date(2027, 4, 16), date(2027, 4, 17))
    assert str(hand_in["summary"]) == "Hand in the answers: Gold evaluation, Aé; b, c\nEND:VEVENT"
    assert str(visit["summary"]).startswith("Gold evaluation on site: ")
    assert hand_in["transp"] == feedback["transp"] == "TRANSPARENT"
    assert "transp" not in visit, "one is busy"
    for event in (hand_in, visit, feedback):
        (reminder,) = event.walk("VALARM")
        assert str(reminder["description"]) == str(event["summary"])
        assert reminder["trigger"].dt < timedelta(0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CaseKind)
def test_each_kind_is_named_in_each_language(kind: CaseKind, language: str) -> None:
    found = events(calendar(replace(DATES, kind=kind, on_site=False), language, NOW)).values()  # type: ignore[arg-type]
    assert all(translate(language, f"case_kind.{kind}") in str(event["summary"]) for event in found)  # type: ignore[arg-type]
    assert len({str(event["description"]) for event in found}) == 3


def test_only_dates_that_are_set_are_in_it() -> None:
    assert events(calendar(replace(DATES, visit_at=None, judged_on=None), "fr", NOW)) == {}
    assert list(events(calendar(replace(DATES, judged_on=None), "fr", NOW))) == [
        "4f1c-hand-in@clusterdash",
        "4f1c-visit@clusterdash",
    ]


def test_a_withdrawn_case_cancels_what_was_taken_before() -> None:
    before, content = events(calendar(DATES, "fr", NOW)), calendar(replace(DATES, withdrawn=True), "fr", NOW)
    assert Calendar.from_ical(content)["method"] == "CANCEL"
    after = events(content)
    assert list(after) == list(before) == [f"4f1c-{milestone}@clusterdash" for milestone in Milestone]
    for uid, event in after.items():
        assert event["status"] == "CANCELLED"
        assert event["sequence"] > before[uid]["sequence"]
        assert str(event["summary"]) == f"Annulé\u00a0: {before[uid]['summary']}"
        assert not event.walk("VALARM")
        assert before[uid]["status"] == "CONFIRMED"


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1)),
    st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1)),
    st.integers(0, 50),
)
def test_a_date_that_is_set_anew_replaces_the_one_before(first: datetime, second: datetime, sequence: int) -> None:
    before = events(calendar(replace(DATES, visit_at=first, sequence=sequence), "en", NOW))
    after = events(calendar(replace(DATES, visit_at=second, sequence=sequence + 1), "en", NOW))
    assert list(before) == list(after)
    assert all(after[uid]["sequence"] > before[uid]["sequence"] for uid in before)
    hand_in, visit, _ = after.values()
    assert visit["dtstart"].dt == second.replace(microsecond=0)
    assert hand_in["dtstart"].dt == second.date() - timedelta(days=21)
