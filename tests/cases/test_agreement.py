"""What two experts agree on, in whatever order they change and confirm it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.cases import FIRST, MANAGER, SECOND, World, grid_of, type_in

from clusterdash.cases import answering, steps
from clusterdash.domain import ClusterdashError
from clusterdash.domain.case import CaseKind, Sheet, Step

GRID = grid_of("g", questions=2, purpose="evaluation")
EXPERTS = (FIRST, SECOND)
CODES = ("Q1", "Q2")


@dataclass(frozen=True)
class Action:
    """An expert changes a field or confirms a question, upon the version that stood so many versions ago."""

    who: str
    question: str
    name: str
    value: str
    behind: int


@dataclass
class Agreed:
    """The plain twin: the fields of a question, how often each was changed, and the versions that were confirmed."""

    fields: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    confirmed: dict[str, int] = field(default_factory=dict)

    @property
    def version(self) -> int:
        return sum(self.versions.values())

    def change(self, action: Action) -> None:
        if self.fields.get(action.name, "") != action.value:
            self.confirmed.clear()
            self.fields[action.name] = action.value
            self.versions[action.name] = self.versions.get(action.name, 0) + 1

    def confirm(self, action: Action) -> bool:
        if not self.fields.get("points") or action.behind:
            return False
        self.confirmed[action.who] = self.version
        return True

    @property
    def settled(self) -> bool:
        return bool(self.fields.get("points")) and self.confirmed == dict.fromkeys(EXPERTS, self.version)


ACTIONS = st.builds(
    Action,
    who=st.sampled_from(EXPERTS),
    question=st.sampled_from(CODES),
    name=st.sampled_from(["points", "points", "reason", "confirm", "confirm", "confirm"]),
    value=st.sampled_from(["", "1", "2"]),
    behind=st.sampled_from([0, 0, 0, 1]),
)


@pytest.fixture(scope="module")
def experts(tmp_path_factory: pytest.TempPathFactory) -> World:
    """People with grants; each example has a case of its own."""
    return World(tmp_path_factory.mktemp("agreement"))


def in_agreement(world: World) -> str:
    """A case whose experts gave different points to each question."""
    case_id = world.handed_in(GRID, CaseKind.EVALUATION)
    for who, sheet, points in ((FIRST, Sheet.EXPERT_1, "1"), (SECOND, Sheet.EXPERT_2, "2")):
        opened = world.open(who, case_id)
        world.fill(opened, GRID, sheet, "points", points)
        steps.close_judgment(opened, GRID)
    return case_id


def do(world: World, case_id: str, action: Action, twin: Agreed) -> None:
    opened = world.open(action.who, case_id)
    if action.name != "confirm":
        stored = answering.read(opened, Sheet.AGREED).answers.get((action.question, action.name))
        base = max(0, (stored.version if stored else 0) - action.behind)
        type_in(opened, GRID, Sheet.AGREED, action.question, action.value, name=action.name, base=base)
        twin.change(action)
        return
    try:
        steps.confirm(opened, action.question, twin.version - action.behind)
        confirmed = True
    except ClusterdashError:
        confirmed = False
    assert confirmed is twin.confirm(action)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(actions=st.lists(ACTIONS, max_size=14))
def test_a_question_is_open_until_both_have_confirmed_the_version_that_stands(
    experts: World, actions: list[Action]
) -> None:
    twins = {code: Agreed() for code in CODES}
    case_id = in_agreement(experts)
    for action in actions:
        do(experts, case_id, action, twins[action.question])
        agreed = answering.read(experts.open(FIRST, case_id), Sheet.AGREED).answers
        found = steps.unconfirmed(GRID.indicators, agreed, steps.confirmations(experts.open(FIRST, case_id)))
        assert set(found) == {code for code, twin in twins.items() if not twin.settled}
    opened = experts.open(SECOND, case_id)
    if all(twin.settled for twin in twins.values()):
        steps.release(opened, GRID)
        released = answering.read(experts.open(MANAGER, case_id), Sheet.AGREED).answers
        assert {code: released[code, "points"].value for code in CODES} == {
            code: twin.fields["points"] for code, twin in twins.items()
        }
    else:
        with pytest.raises(ClusterdashError, match=r"case\.unconfirmed"):
            steps.release(opened, GRID)
        assert opened.case.step is Step.AGREEMENT
    steps.withdraw(experts.open(MANAGER, case_id), "another example")
