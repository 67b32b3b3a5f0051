"""What staff look at in a result: missing, far from last time or from all others, unanswered, and what has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from support.cases import grid_of

from clusterdash.cases.review import Finding, Medians, Result, changes, findings
from clusterdash.domain import Cluster, PreviousAssessment
from clusterdash.domain.case import Answers, StoredAnswer
from clusterdash.ingest.plausibility import ENOUGH_TO_COMPARE, FAR_ABOVE

LEVEL, NUMBER = (replace(indicator) for indicator in grid_of().indicators[:2])
NUMBER = replace(NUMBER, kind="number", maximum=None)
CLUSTER = Cluster("c-one", "Cluster One", "FR", "", "", None, None, "unknown", "", "", "", ())
MEDIANS: Medians = {NUMBER.code: (4.0, ENOUGH_TO_COMPARE)}


def stored(field: str, texts: Mapping[str, str]) -> Answers:
    return {(code, field): StoredAnswer(text, 1, "", "") for code, text in texts.items()}


def result_of(level: str = "3", number: str = "4", observed: str = "", replied: str = "") -> Result:
    answers = stored("value", {LEVEL.code: level, NUMBER.code: number})
    said, answered = stored("observation", {LEVEL.code: observed}), stored("reply", {LEVEL.code: replied})
    return Result((LEVEL, NUMBER), answers, said, answered)


def before(level: float, number: float) -> PreviousAssessment:
    return PreviousAssessment(CLUSTER, None, {LEVEL.code: level, NUMBER.code: number}, {}, ())


def kinds(found: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(one.indicator, one.kind) for one in found]


def test_a_likely_result_has_nothing_to_look_at() -> None:
    assert findings(result_of(), before(3, 4), MEDIANS) == ()
    assert findings(result_of(), None, {}) == ()


@pytest.mark.parametrize(
    ("result", "last", "expected"),
    [
        (result_of(level=""), (3, 4), [(LEVEL.code, "missing")]),
        (result_of(level="about three"), (3, 4), [(LEVEL.code, "missing")]),
        (result_of(level="5"), (2, 4), [(LEVEL.code, "unlikely")]),
        (result_of(level="4"), (2, 4), []),
        (result_of(number="30"), (3, 3), [(NUMBER.code, "unlikely")]),
        (result_of(number="0,3"), (3, 3), [(NUMBER.code, "unlikely")]),
        (result_of(number="29"), (3, 3), []),
        (result_of(number="0"), (3, 3), []),
        (result_of(number="40"), (3, 30), [(NUMBER.code, "far_above")]),
        (result_of(observed="It is 4"), (3, 4), [(LEVEL.code, "unanswered")]),
        (result_of(observed="It is 4", replied="3 was shown"), (3, 4), []),
    ],
)
def test_each_thing_to_look_at_names_its_question(
    result: Result, last: tuple[float, float], expected: list[tuple[str, str]]
) -> None:
    assert kinds(findings(result, before(*last), MEDIANS)) == expected


def test_a_number_is_compared_with_all_others_by_the_rule_for_files() -> None:
    far = result_of(number=f"{FAR_ABOVE * 4}")
    (found,) = findings(far, None, MEDIANS)
    assert (found.kind, found.median, found.now) == ("far_above", 4.0, 40.0)
    assert findings(far, None, {NUMBER.code: (4.0, ENOUGH_TO_COMPARE - 1)}) == (), "too few to compare with"
    assert findings(far, None, {NUMBER.code: (0.0, 100)}) == (), "there is nothing to multiply"
    assert findings(result_of(level="5"), None, {LEVEL.code: (0.1, 100)}) != (), "medians are given of numbers alone"


def test_what_differs_from_last_time_is_listed_also_where_the_answer_is_gone() -> None:
    assert kinds(changes(result_of(level="", number="5"), before(3, 4))) == [
        (LEVEL.code, "missing"),
        (NUMBER.code, "changed"),
    ]
    assert changes(result_of(), before(3, 4)) == ()
    assert changes(result_of(), None) == (), "a newcomer has no last time"


def test_too_few_answers_and_open_observations_are_counted() -> None:
    assert result_of(level="").gaps == (1, 2)
    assert result_of().gaps is None
    assert result_of(observed="It is 4").observations == (0, 1)
    assert result_of(observed="It is 4", replied="no").observations == (1, 0)


def test_points_and_reasons_are_read_as_answers_and_notes_are() -> None:
    judged = {
        (LEVEL.code, "points"): StoredAnswer("2", 1, "", ""),
        (LEVEL.code, "reason"): StoredAnswer("r", 1, "", ""),
    }
    result = Result((LEVEL,), judged, {}, {})
    assert (result.value(LEVEL), result.note(LEVEL.code)) == (2.0, "r")
