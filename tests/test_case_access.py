"""The policy of cases: what no cell of the table may allow, and what each person may do at each step."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from support.cases import CLUSTER, FIRST, INTERVIEWER, MANAGER, SECOND

from clusterdash.case_access import AFTER_INDEPENDENCE, ALLOWED, acting_seat, may, may_request, seats
from clusterdash.domain import PUBLIC, STAFF, Audience, Viewer
from clusterdash.domain.case import ENDED, EXPERT_SEATS, SEATS, Case, CaseAction, CaseKind, Seat, SeatHolder, Step

OWN = frozenset({CLUSTER})
WRITING = {
    CaseAction.WRITE_PREPARATION: {Seat.MANAGER},
    CaseAction.HAND_IN: {Seat.MANAGER},
    CaseAction.ADD_EVIDENCE: {Seat.MANAGER},
    CaseAction.WRITE_INTERVIEW: {Seat.INTERVIEWER},
    CaseAction.END_INTERVIEW: {Seat.INTERVIEWER},
    CaseAction.JUDGE: {Seat.AUDITOR, Seat.EXPERT_1, Seat.EXPERT_2},
    CaseAction.AGREE: {Seat.EXPERT_1, Seat.EXPERT_2},
    CaseAction.OBSERVE: {Seat.MANAGER},
    CaseAction.REPLY: EXPERT_SEATS,
    CaseAction.END_FEEDBACK: EXPERT_SEATS | {Seat.STAFF},
    CaseAction.SCHEDULE: {Seat.STAFF},
    CaseAction.DECIDE: {Seat.STAFF},
    CaseAction.WITHDRAW: {Seat.MANAGER, Seat.STAFF},
    CaseAction.DECLARE_INDEPENDENCE: EXPERT_SEATS,
}
"""Who alone may ever do it."""


def case(kind: CaseKind, step: Step, *, independent: bool = True) -> Case:
    """A case with its experts."""
    people = {Seat.INTERVIEWER: INTERVIEWER, Seat.AUDITOR: FIRST, Seat.EXPERT_1: FIRST, Seat.EXPERT_2: SECOND}
    at = "2026-06-01T09:00:00+00:00"
    holders = [SeatHolder(seat, seat.value, people[seat], at, at if independent else None) for seat in SEATS[kind]]
    return Case(
        "1", "", kind, CLUSTER, "One", "FR", "t", step, at, at, 0, 3, False, None, 0, "", holders=tuple(holders)
    )  # fmt: skip


def person(seat: Seat) -> Viewer:
    """Somebody with a grant that goes with a seat."""
    if seat is Seat.STAFF:
        return replace(STAFF, email="staff@s.example")
    if seat is Seat.MANAGER:
        return Viewer(Audience.CLUSTER, OWN, MANAGER, manages=OWN)
    email = {Seat.INTERVIEWER: INTERVIEWER, Seat.EXPERT_2: SECOND}.get(seat, FIRST)
    return Viewer(Audience.EXPERT, OWN, email, assesses=OWN)


def test_every_action_has_its_row() -> None:
    assert set(ALLOWED) == set(CaseAction)


@pytest.mark.parametrize(("action", "who"), WRITING.items(), ids=lambda value: getattr(value, "value", ""))
def test_nobody_else_ever_writes(action: CaseAction, who: set[Seat]) -> None:
    assert {seat for seat in Seat for step in Step if may(seat, step, action)} == set(who)
    assert not [step for step in ENDED for seat in Seat if may(seat, step, action)], "in an ended case nobody does"


def test_judgments_are_for_both_experts_once_both_have_closed() -> None:
    readers = {(seat, step) for seat in Seat for step in Step if may(seat, step, CaseAction.READ_JUDGMENTS)}
    assert {seat for seat, _ in readers} == {Seat.EXPERT_1, Seat.EXPERT_2}
    assert not {step for _, step in readers} & {Step.PREPARATION, Step.JUDGMENT, Step.INTERVIEW, Step.REQUESTED}


def test_what_experts_agree_on_reaches_manager_and_staff_only_when_released() -> None:
    early = {Step.REQUESTED, Step.PREPARATION, Step.JUDGMENT, Step.AGREEMENT}
    for seat, action in itertools.product((Seat.MANAGER, Seat.STAFF), (CaseAction.READ_AGREED, CaseAction.READ_REPORT)):
        assert not [step for step in early if may(seat, step, action)]


def test_a_statement_is_there_once_the_result_is_released_for_those_who_have_a_part_in_it() -> None:
    released = {Step.FEEDBACK, Step.REVIEW, Step.ACCEPTED, Step.REFUSED}
    readers = {(seat, step) for seat in Seat for step in Step if may(seat, step, CaseAction.READ_STATEMENT)}
    assert readers == set(itertools.product({Seat.MANAGER, Seat.STAFF, *EXPERT_SEATS} - {Seat.INTERVIEWER}, released))


def test_judgments_are_compared_by_staff_once_both_have_closed() -> None:
    comparing = {(seat, step) for seat in Seat for step in Step if may(seat, step, CaseAction.COMPARE_JUDGMENTS)}
    closed = {Step.AGREEMENT, Step.FEEDBACK, Step.REVIEW, Step.ACCEPTED, Step.REFUSED}
    assert comparing == {(Seat.STAFF, step) for step in closed}


def test_answers_are_for_staff_only_when_they_decide() -> None:
    for action in (CaseAction.READ_PREPARATION, CaseAction.READ_INTERVIEW, CaseAction.READ_RESULT):
        assert {step for step in Step if may(Seat.STAFF, step, action)} == {Step.REVIEW, Step.ACCEPTED}
    assert not [step for step in Step if may(Seat.STAFF, step, CaseAction.READ_EVIDENCE)]


@pytest.mark.parametrize(("kind", "step"), list(itertools.product(CaseKind, Step)))
def test_each_person_does_what_the_seat_may_and_nobody_else_anything(kind: CaseKind, step: Step) -> None:
    present = case(kind, step)
    for seat, action in itertools.product(Seat, CaseAction):
        has = seat in (Seat.MANAGER, Seat.STAFF, *SEATS[kind])
        expected = seat if has and may(seat, step, action) else None
        found = acting_seat(person(seat), present, action)
        assert found == expected or (not has and found in SEATS[kind])
    for action in CaseAction:
        for stranger in (
            PUBLIC,
            Viewer(Audience.PUBLIC, OWN, MANAGER, manages=OWN, assesses=OWN),
            Viewer(Audience.CLUSTER, frozenset({"other"}), MANAGER, manages=frozenset({"other"})),
            Viewer(Audience.EXPERT, OWN, "nobody@e.example", assesses=OWN),
            Viewer(Audience.EXPERT, OWN, "", assesses=OWN),
            Viewer(Audience.EXPERT, frozenset({"other"}), FIRST, assesses=frozenset({"other"})),
        ):
            assert acting_seat(stranger, present, action) is None


@pytest.mark.parametrize("step", Step)
def test_an_expert_who_has_not_declared_to_be_independent_may_only_do_that(step: Step) -> None:
    present = case(CaseKind.EVALUATION, step, independent=False)
    may_do = {action for action in CaseAction if acting_seat(person(Seat.EXPERT_1), present, action)}
    assert may_do <= {CaseAction.SEE, CaseAction.DECLARE_INDEPENDENCE}
    assert not may_do & AFTER_INDEPENDENCE


def test_an_erased_address_has_no_seat() -> None:
    present = case(CaseKind.EVALUATION, Step.JUDGMENT)
    erased = replace(present, holders=tuple(replace(holder, email="") for holder in present.holders))
    assert seats(Viewer(Audience.EXPERT, OWN, "", assesses=OWN), erased) == ()


def test_staff_with_another_seat_are_not_staff_in_that_case() -> None:
    both = Viewer(Audience.STAFF, email=FIRST, assesses=OWN)
    assert seats(both, case(CaseKind.EVALUATION, Step.REVIEW)) == (Seat.EXPERT_1,)
    assert seats(both, case(CaseKind.BENCHMARKING, Step.REVIEW)) == (Seat.STAFF,)


def test_managers_and_staff_ask_for_a_case() -> None:
    assert may_request(person(Seat.MANAGER), CLUSTER)
    assert may_request(person(Seat.STAFF), CLUSTER)
    assert not may_request(person(Seat.MANAGER), "other")
    assert not may_request(person(Seat.EXPERT_1), CLUSTER)
    assert not may_request(PUBLIC, CLUSTER)
