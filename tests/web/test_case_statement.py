"""The statement on the pages of managers, experts and staff, through the real `app.py`: once it is released."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from support.cases import FIRST, MANAGER, SECOND, STAFF, World, agree, judge, most
from support.leak_audit import recorded_messages, sent_by, unpacked
from support.pages import APP, words
from support.sign_in import AUTH, claims

from clusterdash.cases import statement, steps
from clusterdash.domain import Grid, Language
from clusterdash.domain.case import CaseKind, Sheet, Step
from clusterdash.i18n import translate
from clusterdash.reports import case_statement

RESULT, EVALUATION, REVIEW = "pages/cluster/result.py", "pages/expert/evaluation.py", "pages/staff/review.py"
READERS = [(MANAGER, RESULT), (FIRST, EVALUATION), (SECOND, EVALUATION), (STAFF, REVIEW)]
ALONE = "alone-4711"


def judged(world: World, grid: Grid) -> str:
    """An evaluation on which both experts are to agree: they differ in the last indicator."""
    case_id = world.handed_in(grid, CaseKind.EVALUATION)
    last = grid.indicators[-1].code
    judge(world.open(FIRST, case_id), grid, Sheet.EXPERT_1, most(grid, 5) | {last: "1"}, ALONE)
    judge(world.open(SECOND, case_id), grid, Sheet.EXPERT_2, most(grid, 5) | {last: "2"}, ALONE)
    return case_id


def release(world: World, case_id: str, grid: Grid) -> None:
    last = grid.indicators[-1].code
    fields = {(last, "points"): "3", (last, "reason"): "agreed-4713"}
    agree(world.open(FIRST, case_id), world.open(SECOND, case_id), grid, fields)


def press(who: str, page: str, case_id: str, language: Language = "en") -> tuple[AppTest, list[bytes]]:
    """Open a page as if the button of the file had been pressed; returns the files that were sent, too."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.secrets["auth"] = AUTH
    app.user = claims(who)
    app.query_params["lang"], app.query_params["case"] = language, case_id
    with recorded_messages() as sent:
        app.run()
        sent_by(app, page, ("case_statement",), sent)
    return app, [part for part in unpacked(sent) if part.startswith(b"%PDF")]


@pytest.mark.parametrize(("who", "page"), READERS)
def test_whoever_has_a_part_in_it_takes_it_once_it_is_released(world: World, grid: Grid, who: str, page: str) -> None:
    case_id = judged(world, grid)
    app, files = press(who, page, case_id)
    assert files == []
    assert "The statement" not in words(app)
    release(world, case_id, grid)
    for language in ("fr", "en"):
        app, (file,) = press(who, page, case_id, language)
        found = statement.read(world.open(who, case_id), grid)
        assert file == case_statement.statement_pdf(found, grid, language, invented=True)
        assert translate(language, "statement.take_draft") in words(app)
        assert translate(language, "statement.passes") in words(app), "the verdict stands on the page too"
    steps.end_feedback(world.open(FIRST, case_id))
    assert "As a draft" not in words(press(who, page, case_id)[0])


@pytest.mark.parametrize(("who", "page"), READERS)
def test_whoever_has_lost_the_right_when_the_button_is_pressed_gets_nothing(
    world: World, grid: Grid, who: str, page: str
) -> None:
    case_id = judged(world, grid)
    release(world, case_id, grid)
    assert len(press(who, page, case_id)[1]) == 1
    steps.end_feedback(world.open(FIRST, case_id))
    steps.reopen(world.open(STAFF, case_id), Step.AGREEMENT, "look again")
    assert press(who, page, case_id)[1] == []
    steps.release(world.open(SECOND, case_id), grid)
    assert len(press(who, page, case_id)[1]) == 1
    world.grant([row for row in world.grants if row[0] != who] + [[who, "manager", "c-two", "", ""]])
    app = AppTest.from_file(APP, default_timeout=60)
    app.secrets["auth"] = AUTH
    app.user = claims(who)
    app.query_params["case"], app.session_state["offer-case_statement-asked"] = case_id, "pressed"
    with recorded_messages() as sent:
        app.run()
        app.switch_page(RESULT).run()
    assert not [part for part in unpacked(sent) if part.startswith(b"%PDF")]
    assert "The statement" not in words(app)


def test_nothing_that_one_expert_gave_alone_reaches_the_manager_or_staff(world: World, grid: Grid) -> None:
    case_id = judged(world, grid)
    release(world, case_id, grid)
    steps.end_feedback(world.open(FIRST, case_id))
    for who, page in ((MANAGER, RESULT), (STAFF, REVIEW)):
        with recorded_messages() as sent:
            _, files = press(who, page, case_id)
        assert files
        assert page is RESULT or any(b"agreed-4713" in part for part in sent), "what is looked at is all that was sent"
        assert not any(ALONE.encode() in part for part in unpacked(sent))
