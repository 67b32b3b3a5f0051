"""The provisional report: which answers it is about, who reads it, and the band of each answer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cases import COLLEAGUE, INTERVIEWER, MANAGER, STAFF, STRANGER, World, grid_of, type_in

from clusterdash.cases import provisional_report, steps
from clusterdash.cases.open_case import NotAllowedError
from clusterdash.cases.provisional_report import Band, reported_hand_in
from clusterdash.cases.provisional_report import provisional_report as report_of
from clusterdash.domain import Edition, GroupQuartiles, Indicator, IndicatorQuartiles, PeerGroup
from clusterdash.domain.case import HandIn, Sheet, Step
from clusterdash.domain.text import LocalizedText

NAME = LocalizedText("Nom", "Name")
GRID = grid_of()
figures = st.integers(-20, 20).map(float)


def indicator(direction: str) -> Indicator:
    return Indicator("t", "Q1", "D", NAME, "number", NAME, None, None, direction, 3, "")  # type: ignore[arg-type]


@given(quartiles=st.lists(figures, min_size=3, max_size=3).map(sorted), value=figures)
def test_a_band_is_where_an_answer_stands_and_the_best_are_in_the_upper_quarter(
    quartiles: list[float], value: float
) -> None:
    lower, median, upper = quartiles
    told = IndicatorQuartiles("Q1", lower, median, upper)
    more_is_better = (
        Band.UPPER_QUARTER
        if value > upper
        else Band.UPPER_HALF
        if value >= median
        else Band.LOWER_HALF
        if value >= lower
        else Band.LOWER_QUARTER
    )
    less_is_better = (
        Band.UPPER_QUARTER
        if value < lower
        else Band.UPPER_HALF
        if value <= median
        else Band.LOWER_HALF
        if value <= upper
        else Band.LOWER_QUARTER
    )
    assert provisional_report.band(value, told, indicator("higher")) is more_is_better
    assert provisional_report.band(value, told, indicator("lower")) is less_is_better


def test_only_answers_that_the_group_tells_something_of_have_a_band() -> None:
    edition = Edition("e", "E", datetime(2026, 1, 1, tzinfo=UTC), True, 9, 9, "", "")
    group = PeerGroup("top500", "", NAME)
    quartiles = GroupQuartiles(group, 30, (IndicatorQuartiles("Q1", 1, 2, 3), IndicatorQuartiles("Q3", 1, 2, 3)))
    found = report_of(edition, GRID, {"Q1": 4, "Q2": 4}, [quartiles], {"Q1": 0, "Q3": 4})
    (bands,) = found.groups
    assert [(one.indicator, one.band, one.published) for one in bands.answers] == [
        ("Q1", Band.UPPER_QUARTER, Band.LOWER_QUARTER)
    ]
    assert bands.among(Band.LOWER_QUARTER) == ()


def test_values_are_read_as_the_import_reads_them_and_others_have_no_band() -> None:
    payload = {"Q1": {"value": " 3 "}, "Q2": {"value": "many"}, "Q3": {"note": "none"}, "Q4": {"value": "0"}}
    assert provisional_report.values(HandIn("c", 1, "", "", Sheet.PREPARATION, payload), GRID) == {"Q1": 3, "Q4": 0}


def test_a_hand_in_has_a_report_until_the_case_has_had_as_many_as_it_may(world: World) -> None:
    case_id = world.prepared()
    manager, expert, staff = (world.open(who, case_id) for who in (MANAGER, INTERVIEWER, STAFF))
    type_in(manager, GRID, Sheet.PREPARATION, "Q1", "1")
    steps.hand_in(manager, GRID)
    found = reported_hand_in(manager)
    assert (found.hand_in and found.hand_in.payload, found.later) == ({"Q1": {"value": "1"}}, False)
    for value in ("2", "3", "4"):
        type_in(expert, GRID, Sheet.INTERVIEW, "Q1", value)
        steps.end_interview(expert, GRID)
        steps.end_feedback(expert)
        steps.reopen(staff, Step.INTERVIEW, "look again")
    found = reported_hand_in(manager)
    assert (found.hand_in and found.hand_in.payload, found.later) == ({"Q1": {"value": "3"}}, True)
    steps.end_interview(expert, GRID)
    steps.end_feedback(expert)
    for _ in range(2):
        steps.allow_another_report(staff)
    found = reported_hand_in(manager)
    assert (found.hand_in and found.hand_in.payload, found.later) == ({"Q1": {"value": "4"}}, False)


def test_what_is_typed_after_it_was_handed_in_changes_no_report(world: World) -> None:
    case_id = world.handed_in(GRID)
    manager, expert = world.open(MANAGER, case_id), world.open(INTERVIEWER, case_id)
    before = reported_hand_in(manager)
    type_in(expert, GRID, Sheet.INTERVIEW, "Q1", "5")
    assert reported_hand_in(manager) == before


@pytest.mark.parametrize("step", ["preparation", "interview", "feedback"])
def test_the_managers_and_the_interviewer_read_it_and_staff_once_it_is_feedback(world: World, step: str) -> None:
    case_id = world.prepared()
    manager, expert = world.open(MANAGER, case_id), world.open(INTERVIEWER, case_id)
    type_in(manager, GRID, Sheet.PREPARATION, "Q1", "1")
    if step != "preparation":
        steps.hand_in(manager, GRID)
    if step == "feedback":
        type_in(expert, GRID, Sheet.INTERVIEW, "Q1", "2")
        steps.end_interview(expert, GRID)
    readers = set()
    for who in (MANAGER, COLLEAGUE, INTERVIEWER, STAFF):
        try:
            reported_hand_in(world.open(who, case_id))
            readers.add(who)
        except NotAllowedError:
            pass
    expected = {"preparation": set(), "interview": {MANAGER, COLLEAGUE, INTERVIEWER}}
    assert readers == expected.get(step, {MANAGER, COLLEAGUE, INTERVIEWER, STAFF})
    with pytest.raises(NotAllowedError):
        world.open(STRANGER, case_id)
    world.revoke(MANAGER)
    with pytest.raises(NotAllowedError):
        reported_hand_in(manager)
