"""The way of a case from the request to its acceptance, in each kind, on both engines."""

from __future__ import annotations

from datetime import datetime

import pytest
from support.cases import (
    APPLICANT,
    CLUSTER,
    COLLEAGUE,
    FIRST,
    INTERVIEWER,
    MANAGER,
    SECOND,
    STAFF,
    STRANGER,
    World,
    grid_of,
    type_in,
)

from clusterdash.cases import answering, scheduling, steps, trail
from clusterdash.cases.open_case import Applicant, NotAllowedError
from clusterdash.domain import ClusterdashError
from clusterdash.domain.case import STEPS, CaseAction, CaseKind, Seat, Sheet, Step
from clusterdash.operational_database import case_answers, case_trail
from clusterdash.operational_database.engine import reading

BRONZE, GOLD = grid_of(), grid_of("g", purpose="evaluation", audited=2)
VISIT = datetime(2026, 7, 1, 14)


def frozen(world: World, case_id: str) -> list[tuple[int, Sheet]]:
    with reading(world.data) as connection:
        assert connection is not None
        found = case_answers.hand_ins(connection, case_id)
    assert all(one.sha256 == case_answers.payload_hash(one.payload) for one in found)
    return [(one.revision, one.sheet) for one in found]


def test_a_benchmarking_goes_from_the_request_to_its_acceptance(world: World) -> None:
    case_id = world.handed_in(BRONZE)
    interviewer = world.open(INTERVIEWER, case_id)
    type_in(interviewer, BRONZE, Sheet.INTERVIEW, "Q1", "4")
    assert world.open(MANAGER, case_id).case.step is Step.INTERVIEW
    steps.end_interview(interviewer, BRONZE)
    type_in(world.open(COLLEAGUE, case_id), BRONZE, Sheet.FEEDBACK, "Q1", "It is 5", name="observation")
    type_in(interviewer, BRONZE, Sheet.REPLIES, "Q1", "4 was shown", name="reply")
    steps.end_feedback(interviewer)
    staff = world.open(STAFF, case_id)
    assert answering.read(staff, Sheet.INTERVIEW).answers["Q1", "value"].value == "4"
    steps.accept(staff)
    assert staff.case.step is Step.ACCEPTED
    assert frozen(world, case_id) == [(1, Sheet.PREPARATION), (2, Sheet.INTERVIEW)]
    moves = [line.question for line in trail.read(staff) if line.question in set(Step)]
    assert moves == [step.value for step in STEPS[CaseKind.BENCHMARKING][1:]]
    assert case_trail.verify(world.data) == ()


def test_two_experts_judge_alone_and_then_agree(world: World) -> None:
    case_id = world.handed_in(GOLD, CaseKind.EVALUATION)
    first, second = world.open(FIRST, case_id), world.open(SECOND, case_id)
    world.fill(first, GOLD, Sheet.EXPERT_1, "points", "4")
    world.fill(second, GOLD, Sheet.EXPERT_2, "points", "4")
    type_in(second, GOLD, Sheet.EXPERT_2, "Q2", "2", name="points")
    steps.close_judgment(first, GOLD)
    assert first.case.step is Step.JUDGMENT, "the other one still judges"
    with pytest.raises(NotAllowedError, match=r"case\.closed"):
        type_in(first, GOLD, Sheet.EXPERT_1, "Q1", "5", name="points")
    with pytest.raises(NotAllowedError):
        answering.read(first, Sheet.EXPERT_2)
    steps.close_judgment(second, GOLD)
    assert answering.read(first, Sheet.EXPERT_2).answers["Q2", "points"].value == "2"
    agreed = answering.read(first, Sheet.AGREED).answers
    assert {question for question, _ in agreed} == {"Q1", "Q3", "Q4"}, "what both gave alike"
    with pytest.raises(ClusterdashError, match=r"case\.unconfirmed"):
        steps.release(first, GOLD)
    type_in(first, GOLD, Sheet.AGREED, "Q2", "3", name="points")
    steps.confirm(first, "Q2", 1)
    type_in(second, GOLD, Sheet.AGREED, "Q2", "4", name="points")
    assert "Q2" not in steps.confirmations(first), "a change needs both anew"
    with pytest.raises(ClusterdashError, match=r"case\.changed_meanwhile"):
        steps.confirm(first, "Q2", 1)
    steps.confirm(first, "Q2", 2)
    steps.confirm(second, "Q2", 2)
    with pytest.raises(NotAllowedError):
        answering.read(world.open(MANAGER, case_id), Sheet.AGREED)
    steps.release(second, GOLD)
    assert answering.read(world.open(MANAGER, case_id), Sheet.AGREED).answers["Q2", "points"].value == "4"
    with pytest.raises(NotAllowedError):
        answering.read(world.open(MANAGER, case_id), Sheet.EXPERT_1)
    assert frozen(world, case_id)[-1] == (2, Sheet.AGREED)


def test_an_auditor_judges_what_the_scheme_names(world: World) -> None:
    case_id = world.handed_in(GOLD, CaseKind.SILVER_AUDIT)
    auditor = world.open(FIRST, case_id)
    type_in(auditor, GOLD, Sheet.AUDITOR, "Q1", "3", name="points")
    with pytest.raises(ClusterdashError, match="Q2"):
        steps.close_judgment(auditor, GOLD)
    type_in(auditor, GOLD, Sheet.AUDITOR, "Q2", "3", name="points")
    steps.close_judgment(auditor, GOLD)
    assert auditor.case.step is Step.FEEDBACK
    assert answering.read(world.open(MANAGER, case_id), Sheet.AUDITOR).answers["Q1", "points"].value == "3"


def test_what_cannot_be_read_is_kept_and_named_before_it_is_handed_in(world: World) -> None:
    case_id = world.prepared()
    manager = world.open(MANAGER, case_id)
    with pytest.raises(ClusterdashError, match=r"case\.nothing_answered"):
        steps.hand_in(manager, BRONZE)
    type_in(manager, BRONZE, Sheet.PREPARATION, "Q2", "about three")
    with pytest.raises(ClusterdashError, match="Q2"):
        steps.hand_in(manager, BRONZE)
    assert answering.read(manager, Sheet.PREPARATION).answers["Q2", "value"].value == "about three"
    assert manager.case.step is Step.PREPARATION


def test_staff_hand_a_case_back_with_a_reason(world: World) -> None:
    case_id = world.handed_in(BRONZE)
    interviewer = world.open(INTERVIEWER, case_id)
    type_in(interviewer, BRONZE, Sheet.INTERVIEW, "Q1", "4")
    steps.end_interview(interviewer, BRONZE)
    steps.end_feedback(interviewer)
    staff = world.open(STAFF, case_id)
    with pytest.raises(ClusterdashError, match=r"case\.reason"):
        steps.reopen(staff, Step.INTERVIEW, "  ")
    with pytest.raises(ClusterdashError, match=r"case\.no_such_step"):
        steps.reopen(staff, Step.JUDGMENT, "why")
    with pytest.raises(NotAllowedError):
        steps.reopen(world.open(MANAGER, case_id), Step.PREPARATION, "why")
    steps.reopen(staff, Step.INTERVIEW, "Q2 is missing")
    case = interviewer.case
    assert (case.step, case.reason, case.revision) == (Step.INTERVIEW, "Q2 is missing", 2)
    type_in(interviewer, BRONZE, Sheet.INTERVIEW, "Q2", "1")
    steps.end_interview(interviewer, BRONZE)
    assert frozen(world, case_id)[-1] == (3, Sheet.INTERVIEW)


def test_an_expert_sees_nothing_before_declaring_independence(world: World) -> None:
    case_id = world.requested()
    scheduling.schedule(world.open(STAFF, case_id), {Seat.INTERVIEWER: INTERVIEWER.upper()}, VISIT, on_site=True)
    expert = world.open(INTERVIEWER, case_id)
    assert (expert.case.on_site, expert.case.visit_at) == (True, "2026-07-01T14:00")
    with pytest.raises(NotAllowedError):
        answering.read(expert, Sheet.PREPARATION)
    steps.declare_independence(expert)
    assert answering.read(expert, Sheet.PREPARATION).answers == {}


def test_a_seat_is_given_to_two_different_people_who_do_not_manage_the_cluster(world: World) -> None:
    opened = world.open(STAFF, world.requested(CaseKind.EVALUATION))
    for people, key in (
        ({Seat.EXPERT_1: FIRST}, "no_address"),
        ({Seat.EXPERT_1: FIRST, Seat.EXPERT_2: "no address"}, "no_address"),
        ({Seat.EXPERT_1: FIRST, Seat.EXPERT_2: FIRST.upper()}, "same_person"),
        ({Seat.EXPERT_1: FIRST, Seat.EXPERT_2: COLLEAGUE}, "manages_it"),
    ):
        with pytest.raises(ClusterdashError, match=rf"case\.{key}"):
            scheduling.schedule(opened, people, VISIT, on_site=False)
    assert opened.case.step is Step.REQUESTED
    assert world.viewer(FIRST).assesses == set(), "nothing was granted"
    managers = scheduling.schedule(opened, {Seat.EXPERT_1: FIRST, Seat.EXPERT_2: STRANGER}, VISIT, on_site=False)
    assert managers == (STRANGER,), "staff learn that this expert manages another cluster"
    assert world.viewer(FIRST).assesses == {CLUSTER}


def test_a_replaced_expert_has_no_part_in_the_case_any_more(world: World) -> None:
    case_id = world.handed_in(BRONZE)
    former = world.open(INTERVIEWER, case_id)
    scheduling.schedule(world.open(STAFF, case_id), {Seat.INTERVIEWER: SECOND}, VISIT, on_site=False)
    with pytest.raises(NotAllowedError, match=r"case\.unknown"):
        type_in(former, BRONZE, Sheet.INTERVIEW, "Q1", "4", base=0)
    assert world.cases(INTERVIEWER).all() == ()


def test_one_case_of_a_kind_is_open_at_a_time(world: World) -> None:
    case_id = world.requested()
    with pytest.raises(ClusterdashError, match=r"case\.open_already"):
        world.requested()
    with pytest.raises(ClusterdashError, match=r"case\.not_allowed"):
        world.cases(STRANGER).request(CaseKind.BENCHMARKING, APPLICANT, "t")
    steps.withdraw(world.open(MANAGER, case_id), "too early")
    assert world.requested() != case_id


@pytest.mark.parametrize(
    ("applicant", "key"),
    [
        (Applicant("", "Name", "FR"), "case.no_cluster"),
        (Applicant("c", " ", "FR"), "case.no_cluster"),
        (Applicant("c", "Name", ""), "case.no_cluster"),
        (Applicant("an id", "Name", "FR"), "cell.code"),
        (Applicant("c", "=1+1", "FR"), "cell.formula"),
        (Applicant("c", "x" * 501, "FR"), "cell.too_long"),
    ],
)
def test_a_cluster_that_no_edition_could_hold_is_refused_at_once(world: World, applicant: Applicant, key: str) -> None:
    with pytest.raises(ClusterdashError, match=key.replace(".", r"\.")):
        world.cases(STAFF).request(CaseKind.BENCHMARKING, applicant, "t")
    assert world.cases(STAFF).all() == ()


def test_a_stranger_learns_nothing_not_even_that_a_case_exists(world: World) -> None:
    case_id = world.requested()
    for unknown in (case_id, "no-such-case"):
        with pytest.raises(NotAllowedError, match=r"case\.unknown"):
            world.open(STRANGER, unknown)
    assert world.cases(STRANGER).all() == ()
    assert world.cases(STAFF, visitor="somebody").all() == ()
    assert not world.open(MANAGER, case_id).may(CaseAction.DECIDE)


def test_a_grant_that_ends_ends_the_seat(world: World) -> None:
    case_id = world.handed_in(BRONZE)
    interviewer, manager = world.open(INTERVIEWER, case_id), world.open(MANAGER, case_id)
    type_in(interviewer, BRONZE, Sheet.INTERVIEW, "Q1", "4")
    world.revoke(INTERVIEWER)
    world.revoke(MANAGER)
    with pytest.raises(NotAllowedError):
        type_in(interviewer, BRONZE, Sheet.INTERVIEW, "Q1", "5", base=1)
    with pytest.raises(NotAllowedError):
        answering.read(manager, Sheet.PREPARATION)
    assert answering.read(world.open(COLLEAGUE, case_id), Sheet.INTERVIEW).answers["Q1", "value"].value == "4"


def test_staff_who_have_a_seat_decide_nothing_in_that_case(world: World) -> None:
    world.grant([*world.grants, [FIRST, "staff", "", "", ""]])
    case_id = world.requested(CaseKind.EVALUATION)
    people = {Seat.EXPERT_1: FIRST, Seat.EXPERT_2: SECOND}
    scheduling.schedule(world.open(STAFF, case_id), people, VISIT, on_site=False)
    assert not world.open(FIRST, case_id).may(CaseAction.SCHEDULE)
    assert world.open(STAFF, case_id).may(CaseAction.SCHEDULE)
