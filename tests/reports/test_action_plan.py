"""The plan to take away and to take up again: nothing of it is lost, its calendar is one, and it is harmless."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from clusterdash import spreadsheets
from clusterdash.benchmark import rules
from clusterdash.domain import ClusterBenchmark, Language, LocalizedText
from clusterdash.editions.reader import EditionReader
from clusterdash.i18n import LANGUAGES
from clusterdash.ingest import invisible_characters, readers
from clusterdash.reports import action_plan, action_plan_file

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def result(staff: EditionReader) -> ClusterBenchmark:
    found = (staff.benchmark(cluster) for cluster in staff.assessed())
    return next(r for r in found if len(rules.findings(r.first, r.grid).recommendations) > 2)


@pytest.fixture
def tasks(result: ClusterBenchmark) -> list[action_plan.Task]:
    first, second, third, *_ = rules.findings(result.first, result.grid).recommendations
    return [
        action_plan.Task(first, "Zoé, comptabilité; & co\nEND:VEVENT", date(2026, 12, 31)),
        action_plan.Task(second, "=HYPERLINK(1)", date(2027, 1, 29), done=True, notes="'=1+1"),
        action_plan.Task(third, "", None, value=2.5, assessed_on=date(2025, 3, 1)),
    ]


def written(tasks: list[action_plan.Task], result: ClusterBenchmark, language: Language) -> bytes:
    return action_plan_file.to_csv(action_plan_file.plan_lines(tasks, result, language), language)


def test_the_table_has_a_row_a_task_and_no_formula(tasks: list[action_plan.Task], result: ClusterBenchmark) -> None:
    text = written(tasks, result, "fr").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert [row["Échéance"] for row in rows] == ["2026-12-31", "2027-01-29", ""]
    assert [row["Responsable"] for row in rows] == [tasks[0].owner, "'=HYPERLINK(1)", ""]
    assert [row["Fait"] for row in rows] == ["", "oui", ""]
    assert [row["Réponse d’alors"] for row in rows] == ["", "", "2,5"]
    assert rows[0]["Action"] == tasks[0].recommendation.action.fr
    assert rows[0]["Indicateur"].startswith(tasks[0].recommendation.indicator)
    english = written(tasks, result, "en").decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(english)))[:2] == ["Indicator", "Action"]


# -- taken up again

# Without characters that nobody sees, which a file that comes in loses (test_hostile_files).
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=12).filter(
    lambda text: not invisible_characters.may_contain_invisible(text)
)
CELLS = TEXTS.map(str.strip) | st.sampled_from(
    ["=1", "'=1", "''=1", "-3", "'-3", "'", "''", "+a", "@x", "a;b", 'a"b', "a,b", "1/2", "sep=;", "é\nb"]
)
LINES = st.lists(
    st.dictionaries(st.sampled_from(action_plan_file.COLUMNS), CELLS, min_size=1).map(
        lambda line: {name: cell for name, cell in line.items() if cell}
    ),
    max_size=5,
).map(lambda lines: [line for line in lines if line])


def again(content: bytes, name: str) -> list[Mapping[str, str]]:
    found, problems = readers.read_content(name, content)
    assert not problems
    return [dict(line) for line in action_plan_file.read_plan(found)]


@pytest.mark.slow
@settings(max_examples=150)
@given(LINES, st.sampled_from(LANGUAGES))
def test_what_is_taken_away_as_a_table_is_taken_up_as_it_was(
    lines: list[action_plan_file.Line], language: Language
) -> None:
    assert again(action_plan_file.to_csv(lines, language), "plan.csv") == lines


@pytest.mark.slow
@settings(max_examples=10)
@given(LINES, st.sampled_from(LANGUAGES))
def test_what_is_taken_away_as_a_workbook_is_taken_up_as_it_was(
    lines: list[action_plan_file.Line], language: Language
) -> None:
    assert again(action_plan_file.to_xlsx(lines, language), "plan.xlsx") == lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_tasks_come_back_with_owner_day_done_and_notes(
    tasks: list[action_plan.Task], result: ClusterBenchmark, language: Language
) -> None:
    other: Language = "en" if language == "fr" else "fr"
    lines = again(written(tasks, result, language), "plan.csv")
    found = [
        action_plan_file.apply_line(line, action_plan.Task(task.recommendation, "", date(2030, 1, 1)))
        for line, task in zip(lines, tasks, strict=True)
    ]
    assert found == tasks
    assert again(written(found, result, other), "plan.csv") == action_plan_file.plan_lines(tasks, result, other)


@pytest.mark.parametrize(
    "text", ["Who takes care,By when\nZoé,2027-01-29\n", "Qui s’en charge;Pour quand\nZoé;2027-01-29\n"]
)
def test_a_file_that_an_earlier_version_saved_is_still_read(text: str) -> None:
    assert again(text.encode(), "plan.csv") == [{"owner": "Zoé", "due": "2027-01-29"}]


def test_a_day_that_cannot_be_read_is_kept_in_the_notes(tasks: list[action_plan.Task]) -> None:
    found = action_plan_file.apply_line({"due": "avant Noël", "notes": "urgent", "done": "X"}, tasks[0])
    assert (found.due, found.notes, found.done) == (None, "urgent avant Noël", True)
    assert action_plan_file.apply_line({"due": "31/12/2026"}, tasks[0]).due == date(2026, 12, 31)


def test_lines_that_no_longer_fit_are_kept(tasks: list[action_plan.Task], result: ClusterBenchmark) -> None:
    fresh = action_plan_file.plan_lines(tasks[:1], result, "en")
    code = tasks[0].recommendation.indicator
    strange = [
        {"indicator_code": "Z99", "owner": "Ana"},
        {"action": "Our own idea", "Budget": "3 000"},
        {"indicator_code": code, "owner": "before", "Budget": "7"},
        {"indicator_code": code, "action": "a second action for it"},
    ]
    whole = action_plan_file.merge_lines(fresh, strange)
    assert whole == [{"Budget": "7", **fresh[0]}, strange[0], strange[1], strange[3]]
    assert again(action_plan_file.to_csv(whole, "fr"), "plan.csv") == whole
    assert action_plan_file.merge_lines([], strange, [code]) == [strange[0], strange[1], strange[3]], "no longer wanted"
    became = [p.outcome for p in action_plan_file.outcomes(strange, result)]
    assert became == ["gone", "gone", "unknown", "unknown"]
    shown = action_plan_file.outcome_table(action_plan_file.outcomes(whole, result), "en")
    assert all(text in shown for text in ("Ana", "Our own idea", "a second action for it"))


def test_after_a_newer_benchmark_a_plan_says_whether_the_answer_moved(
    tasks: list[action_plan.Task], result: ClusterBenchmark
) -> None:
    position = next(p for p in result.first.positions if p.value is not None)
    code, value = position.indicator, position.value
    assert value is not None
    direction = next(i.direction for i in result.grid.indicators if i.code == code)
    before, of_now = result.assessed_on - timedelta(days=300), result.assessed_on

    def became(then: float, day: date) -> str:
        task = replace(
            tasks[0], recommendation=replace(tasks[0].recommendation, indicator=code), value=then, assessed_on=day
        )
        lines = again(written([task], result, "fr"), "plan.csv")
        (found,) = action_plan_file.outcomes(lines, result)
        assert found.now == value
        return found.outcome

    better, worse = ("better", "worse") if direction != "lower" else ("worse", "better")
    assert became(value - 1, before) == better
    assert became(value + 1.5, before) == worse
    assert became(value, before) == "same"
    assert became(value - 1, of_now) == "not_yet"


def test_the_plan_of_another_cluster_is_told(tasks: list[action_plan.Task], result: ClusterBenchmark) -> None:
    lines = action_plan_file.plan_lines(tasks, result, "en")
    assert action_plan_file.other_clusters(lines, result.cluster.cluster_id) == ()
    assert action_plan_file.other_clusters(lines, "demo-9999") == (result.cluster.cluster_id,)
    assert action_plan_file.other_clusters([{"owner": "x"}], "demo-9999") == ()


# -- the calendar


def events(content: bytes) -> list[Event]:
    """The events, read back by the rules of RFC 5545, with what it demands of each line and of each event."""
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.count(b"\n") == content.count(b"\r\n")
    read = Calendar.from_ical(content)
    assert {"PRODID", "VERSION"} <= set(read)
    found = read.walk("VEVENT")
    assert all({"UID", "DTSTAMP", "DTSTART", "SUMMARY"} <= set(event) for event in found)
    assert not [event.errors for event in found if event.errors]
    return list(found)


def test_an_event_is_called_by_its_action_and_has_an_alarm(
    tasks: list[action_plan.Task], result: ClusterBenchmark
) -> None:
    first, second = events(action_plan.calendar(tasks, result, "fr", NOW))
    assert [event["dtstart"].dt for event in (first, second)] == [date(2026, 12, 31), date(2027, 1, 29)]
    assert first["dtend"].dt == date(2027, 1, 1)
    advice = tasks[0].recommendation
    assert str(first["summary"]) == advice.action.fr
    told = str(first["description"])
    assert tasks[0].owner in told, "the owner’s text cannot end the event"
    assert f"Indicateur\u00a0: {advice.indicator} " in told
    assert advice.evidence.fr in told
    assert result.cluster.name in told
    (alarm,) = first.walk("VALARM")
    assert alarm["action"] == "DISPLAY"
    assert alarm["description"] == advice.action.fr
    assert datetime(2026, 12, 31) + alarm["trigger"].dt == datetime(2026, 12, 24, 9)
    assert str(second["summary"]) == f"Fait\u00a0: {tasks[1].recommendation.action.fr}"
    assert not second.walk("VALARM"), "no reminder of what is done"


def test_importing_again_updates(tasks: list[action_plan.Task], result: ClusterBenchmark) -> None:
    before = events(action_plan.calendar(tasks, result, "fr", NOW))
    moved = [replace(task, due=task.due and task.due + timedelta(days=7)) for task in tasks]
    after = events(action_plan.calendar(moved, result, "en", NOW + timedelta(hours=1)))
    assert [str(event["uid"]) for event in after] == [str(event["uid"]) for event in before]
    assert len({str(event["uid"]) for event in after}) == 2
    assert all(new["sequence"] > old["sequence"] for new, old in zip(after, before, strict=True))
    assert all(new["dtstamp"].dt > old["dtstamp"].dt for new, old in zip(after, before, strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_french_spacing_is_french_only(
    tasks: list[action_plan.Task], result: ClusterBenchmark, language: Language
) -> None:
    for event in events(action_plan.calendar(tasks, result, language, NOW)):
        lines = str(event["description"]).splitlines()
        spaced = [line for line in lines if re.match(r"[\w' ]+[ \u00a0]: ", line)]
        assert bool(spaced) is (language == "fr")


@settings(max_examples=200)
@given(st.dates(date(2020, 1, 1), date(2060, 12, 31)), st.lists(st.integers(1, 3), max_size=8))
def test_proposed_days_are_working_days_of_different_months_and_not_too_early(today: date, efforts: list[int]) -> None:
    advice = [_advice(f"i{place}", effort) for place, effort in enumerate(efforts)]
    days = action_plan.proposed_days(advice, today)
    assert set(days) == {recommendation.indicator for recommendation in advice}
    assert len({(day.year, day.month) for day in days.values()}) == len(advice)
    for recommendation in advice:
        day = days[recommendation.indicator]
        assert day.weekday() < 5
        assert (day + timedelta(days=3)).month != day.month or (day + timedelta(days=1)).month != day.month
        months = 12 * (day.year - today.year) + day.month - today.month
        assert months >= action_plan.MONTHS_BY_EFFORT[recommendation.effort]


def _advice(indicator: str, effort: int) -> action_plan.Recommendation:
    text = LocalizedText("a", "a")
    return action_plan.Recommendation(indicator, None, effort, text, text, text)


@pytest.mark.parametrize(
    ("effort", "today", "day"),
    [
        (1, date(2026, 6, 1), date(2026, 8, 31)),
        (2, date(2026, 6, 30), date(2026, 12, 31)),
        (3, date(2026, 2, 28), date(2027, 2, 26)),
        (1, date(2026, 12, 31), date(2027, 2, 26)),
        (2, date(2026, 7, 15), date(2027, 1, 29)),
    ],
)
def test_the_day_proposed_is_the_last_working_day_of_the_month_that_the_effort_leads_to(
    result: ClusterBenchmark, effort: int, today: date, day: date
) -> None:
    (advice, *_) = [r for r in result.grid.recommendations if r.effort == effort]
    assert action_plan.proposed_days([advice], today) == {advice.indicator: day}


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    made = spreadsheets.neutralize_formula(text)
    number = re.fullmatch(r"-?\d+(\.\d+)?", made)
    assert number or not made.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert made.endswith(text)
