"""Saving of fields: each change once, nothing overwritten unseen, nothing that the sheet does not have."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cases import CLUSTER, COLLEAGUE, FIRST, INTERVIEWER, MANAGER, SECOND, STAFF, World, grid_of, type_in

from clusterdash.cases import answering, steps
from clusterdash.cases.open_case import NotAllowedError
from clusterdash.domain import ClusterdashError
from clusterdash.domain.answer_sheet import SentChange
from clusterdash.domain.case import CaseKind, Overtaken, Sheet
from clusterdash.operational_database import case_trail
from clusterdash.operational_database.engine import reading

GRID = grid_of()
GOLD = grid_of("g", purpose="evaluation")


def test_a_change_that_is_sent_again_is_not_made_again(world: World) -> None:
    manager = world.open(MANAGER, world.prepared())
    sent = SentChange("one", "Q1", "value", "3", 0)
    first = answering.save(manager, GRID, Sheet.PREPARATION, [sent])
    type_in(manager, GRID, Sheet.PREPARATION, "Q1", "4")
    assert answering.save(manager, GRID, Sheet.PREPARATION, [sent, sent]) == (first[0], first[0])
    assert answering.read(manager, Sheet.PREPARATION).answers["Q1", "value"].value == "4"


def test_who_overtakes_and_who_is_overtaken_both_read_the_other_text(world: World) -> None:
    case_id = world.prepared()
    one, other = world.open(MANAGER, case_id), world.open(COLLEAGUE, case_id)
    type_in(one, GRID, Sheet.PREPARATION, "Q1", "mine", name="note")
    saved = type_in(other, GRID, Sheet.PREPARATION, "Q1", "theirs", name="note", base=0)
    assert (saved.version, saved.overtaken, saved.overtaken_by) == (2, "mine", MANAGER)
    found = answering.read(one, Sheet.PREPARATION)
    assert found.answers["Q1", "note"].value == "theirs"
    assert found.overtaken == {("Q1", "note"): Overtaken("mine", MANAGER, COLLEAGUE)}
    type_in(one, GRID, Sheet.PREPARATION, "Q1", "mine and theirs", name="note")
    assert answering.read(other, Sheet.PREPARATION).overtaken == {}, "settled by who has seen both"


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        (SentChange("1", "Q9", "value", "3", 0), "unknown_field"),
        (SentChange("1", "Q1", "points", "3", 0), "unknown_field"),
        (SentChange("1", "story-1", "value", "3", 0), "unknown_field"),
        (SentChange("1", "story-99", "what", "3", 0), "unknown_field"),
        (SentChange("", "Q1", "value", "3", 0), "unknown_field"),
        (SentChange("x" * 65, "Q1", "value", "3", 0), "unknown_field"),
        (SentChange("1", "Q1", "note", "x" * 4_001, 0), "too_long"),
    ],
)
def test_a_field_that_the_sheet_does_not_have_refuses_the_whole_save(world: World, sent: SentChange, key: str) -> None:
    manager = world.open(MANAGER, world.prepared())
    fine = SentChange("fine", "Q1", "value", "3", 0)
    with pytest.raises(ClusterdashError, match=rf"case\.{key}"):
        answering.save(manager, GRID, Sheet.PREPARATION, [fine, sent])
    assert answering.read(manager, Sheet.PREPARATION).answers == {}
    answering.save(manager, GRID, Sheet.PREPARATION, [fine, SentChange("2", "story-1", "what", "x" * 4_000, 0)])


def test_too_many_changes_at_once_are_refused(world: World) -> None:
    manager = world.open(MANAGER, world.prepared())
    many = [SentChange(str(number), "Q1", "value", str(number), 0) for number in range(201)]
    with pytest.raises(ClusterdashError, match=r"case\.too_many_changes"):
        answering.save(manager, GRID, Sheet.PREPARATION, many)


def test_the_scheme_is_that_of_the_case(world: World) -> None:
    manager = world.open(MANAGER, world.prepared())
    with pytest.raises(ClusterdashError, match=r"case\.unknown_field"):
        type_in(manager, GOLD, Sheet.PREPARATION, "Q1", "3")


MARKER = "zq-marker-4711"


def test_nothing_of_the_other_expert_is_read_before_both_have_closed(world: World) -> None:
    """Neither answers, nor texts that were replaced, nor lines of the trail, nor how many points there are."""
    case_id = world.handed_in(GOLD, CaseKind.EVALUATION)
    first, second = world.open(FIRST, case_id), world.open(SECOND, case_id)
    world.fill(first, GOLD, Sheet.EXPERT_1, "reason", MARKER)
    world.fill(first, GOLD, Sheet.EXPERT_1, "points", "4")
    world.fill(second, GOLD, Sheet.EXPERT_2, "points", "3")
    steps.close_judgment(first, GOLD)
    for who in (SECOND, MANAGER, STAFF):
        opened = world.open(who, case_id)
        for sheet in (Sheet.EXPERT_1, Sheet.AGREED):
            for ask in (answering.read, answering.latest):
                with pytest.raises(NotAllowedError):
                    ask(opened, sheet)
            with pytest.raises(NotAllowedError):
                type_in(opened, GOLD, sheet, "Q1", "1", name="points", base=0)
    for who in (SECOND, MANAGER):
        assert answering.answered_by_case(world.cases(who)) == {}
    assert answering.answered_by_case(world.cases(STAFF)) == {case_id: (4, 4)}, "staff know how far they are"
    steps.close_judgment(second, GOLD)
    assert MARKER in repr(answering.read(second, Sheet.EXPERT_1))


def test_staff_know_how_much_is_answered_of_each_case_at_each_step(world: World) -> None:
    talk = world.prepared()
    type_in(world.open(MANAGER, talk), GRID, Sheet.PREPARATION, "Q1", "1")
    type_in(world.open(MANAGER, talk), GRID, Sheet.PREPARATION, "Q2", "1", name="note")
    gold = world.handed_in(GOLD, CaseKind.EVALUATION)
    first, second = world.open(FIRST, gold), world.open(SECOND, gold)
    type_in(second, GOLD, Sheet.EXPERT_2, "Q1", "2", name="points")
    type_in(second, GOLD, Sheet.EXPERT_2, "Q2", "2", name="points")
    type_in(second, GOLD, Sheet.EXPERT_2, "Q2", "", name="points")
    assert answering.answered_by_case(world.cases(STAFF)) == {talk: (1,), gold: (0, 1)}
    steps.hand_in(world.open(MANAGER, talk), GRID)
    world.fill(first, GOLD, Sheet.EXPERT_1, "points", "4")
    world.fill(second, GOLD, Sheet.EXPERT_2, "points", "4")
    type_in(second, GOLD, Sheet.EXPERT_2, "Q4", "3", name="points")
    for expert in (first, second):
        steps.close_judgment(expert, GOLD)
    assert answering.answered_by_case(world.cases(STAFF)) == {talk: (0,), gold: (3,)}, "what both gave alike is agreed"
    world.grant([*world.grants, [STAFF, "manager", CLUSTER, "", ""]])
    assert answering.answered_by_case(world.cases(STAFF)) == {}, "where they have a seat they are not staff"


TYPED = st.tuples(st.sampled_from([MANAGER, COLLEAGUE]), st.sampled_from(["Q1", "Q2"]), st.integers(0, 5))


@given(typed=st.lists(TYPED, max_size=12), order=st.lists(st.integers(0, 11), max_size=24))
@settings(max_examples=25, deadline=None)
def test_the_last_text_stands_and_every_change_is_made_once(
    tmp_path_factory: pytest.TempPathFactory, typed: list[tuple[str, str, int]], order: list[int]
) -> None:
    """Changes arrive in any order, some several times, some never; compared with a dictionary."""
    world = World(tmp_path_factory.mktemp("world"))
    case_id = world.prepared()
    expected: dict[str, tuple[str, int]] = {}
    made: set[int] = set()
    for number in (one for one in order if one < len(typed)):
        who, question, value = typed[number]
        sent = SentChange(f"id-{number}", question, "value", str(value), 0)
        answering.save(world.open(who, case_id), GRID, Sheet.PREPARATION, [sent])
        before, version = expected.get(question, ("", 0))
        if number not in made and before != str(value):
            expected[question] = str(value), version + 1
            made.add(number)
    stored = answering.read(world.open(MANAGER, case_id), Sheet.PREPARATION).answers
    assert {question: (answer.value, answer.version) for (question, _), answer in stored.items()} == expected
    with reading(world.data) as connection:
        assert connection is not None
        saves = [line for line in case_trail.lines(connection, case_id) if line.action == "save"]
    assert len(saves) == len(made) == sum(version for _, version in expected.values())
    assert case_trail.verify(world.data) == ()


def test_an_interview_is_typed_by_the_interviewer_alone(world: World) -> None:
    case_id = world.handed_in(GRID)
    type_in(world.open(INTERVIEWER, case_id), GRID, Sheet.INTERVIEW, "Q1", "4")
    assert answering.read(world.open(MANAGER, case_id), Sheet.INTERVIEW).answers["Q1", "value"].value == "4"
    for who in (MANAGER, STAFF):
        with pytest.raises(NotAllowedError):
            type_in(world.open(who, case_id), GRID, Sheet.INTERVIEW, "Q1", "5", base=1)
    with pytest.raises(NotAllowedError):
        answering.read(world.open(STAFF, case_id), Sheet.INTERVIEW)
