"""Which points are compared for the agreement of two experts: those given alone, and for staff only."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from support.cases import CLUSTER, FIRST, MANAGER, SECOND, STAFF, World, agree, grid_of, judge, most, type_in

from clusterdash.cases import steps
from clusterdash.cases.expert_agreement import judged_alone, pairs_of
from clusterdash.domain import Grid
from clusterdash.domain.case import CaseKind, Sheet, Step
from clusterdash.presentation.cases.expert_agreement import agreement_table, finding

GRID = grid_of("g", purpose="evaluation")
LARGE = grid_of("g", 40, purpose="evaluation")


def read(world: World, email: str = STAFF, grid: Grid = GRID) -> tuple[dict[str, tuple[float, float]], ...]:
    return tuple(dict(one) for one in judged_alone(world.cases(email), grid))


def test_they_are_compared_once_both_have_closed_and_stay_compared_when_all_is_accepted(world: World) -> None:
    case_id = world.handed_in(GRID, CaseKind.EVALUATION)
    judge(world.open(FIRST, case_id), GRID, Sheet.EXPERT_1, most(GRID, 4))
    assert read(world) == (), "the second one still judges"
    judge(world.open(SECOND, case_id), GRID, Sheet.EXPERT_2, most(GRID, 4) | {"Q2": "2"})
    pairs = {"Q1": (4, 4), "Q2": (4, 2), "Q3": (4, 4), "Q4": (4, 4)}
    assert read(world) == (pairs,)
    agree(world.open(FIRST, case_id), world.open(SECOND, case_id), GRID, {("Q2", "points"): "3"})
    steps.end_feedback(world.open(FIRST, case_id))
    steps.accept(world.open(STAFF, case_id))
    assert read(world) == (pairs,), "what they agreed on is no pair"
    world.accepted(GRID, most(GRID, 1), most(GRID, 1))
    assert sorted(read(world), key=str) == sorted((pairs, dict.fromkeys(pairs, (1, 1))), key=str)
    assert read(world, grid=grid_of("other", purpose="evaluation")) == (), "another scheme"


def test_points_changed_after_a_talk_were_not_given_alone(world: World) -> None:
    case_id = world.judged(GRID, most(GRID, 4), most(GRID, 4) | {"Q2": "2"})
    alone = read(world)
    agree(world.open(FIRST, case_id), world.open(SECOND, case_id), GRID, {("Q2", "points"): "4"})
    steps.end_feedback(world.open(FIRST, case_id))
    steps.reopen(world.open(STAFF, case_id), Step.JUDGMENT, "look at Q2 again")
    assert read(world) == (), "nobody compares while they judge"
    type_in(world.open(SECOND, case_id), GRID, Sheet.EXPERT_2, "Q2", "4", name="points")
    steps.close_judgment(world.open(FIRST, case_id), GRID)
    steps.close_judgment(world.open(SECOND, case_id), GRID)
    assert read(world) == alone


def test_nobody_but_staff_compares_them_and_staff_not_where_they_have_a_seat(world: World) -> None:
    world.judged(GRID, most(GRID, 4), most(GRID, 2))
    for email in (MANAGER, FIRST, SECOND, "nobody@x.example"):
        assert read(world, email) == ()
    assert len(read(world)) == 1
    world.grant([*world.grants, [STAFF, "manager", CLUSTER, "", ""]])
    assert read(world) == ()
    world.revoke(STAFF)
    assert read(world) == ()


def test_cases_of_a_visitor_are_compared_apart_and_withdrawn_ones_never(world: World) -> None:
    case_id = world.judged(GRID, most(GRID, 4), most(GRID, 2))
    assert judged_alone(world.cases(STAFF, visitor="v"), GRID) == ()
    steps.withdraw(world.open(MANAGER, case_id), "another year")
    assert read(world) == ()


def test_conditions_and_what_is_no_number_are_left_out(world: World) -> None:
    gate = replace(GRID.indicators[0], kind="gate", maximum=1)
    grid = replace(GRID, indicators=(gate, *GRID.indicators[1:]))
    world.judged(grid, most(grid, 1), most(grid, 1))
    assert read(world, grid=grid) == (dict.fromkeys(("Q2", "Q3", "Q4"), (1, 1)),)


def points_of_case(number: int) -> dict[str, str]:
    """Points from 0 to 5 in turn, begun elsewhere in each evaluation."""
    return {one.code: str((place + number) % 6) for place, one in enumerate(LARGE.indicators)}


def test_figures_stand_from_100_pairs_of_3_evaluations_on(world: World) -> None:
    said = []
    for number in range(3):
        first = points_of_case(number)
        world.accepted(LARGE, first, first | dict.fromkeys(("Q1", "Q2", "Q3", "Q4")[: number + 2], "2"))
        judged = judged_alone(world.cases(STAFF), LARGE)
        said.append((finding(judged, LARGE, "en"), agreement_table(judged, LARGE, "en")))
    needed = "Figures need 100 pairs from 3 evaluations."
    assert said[0] == (f"There are **40 pairs** of points from 1 evaluation. {needed}", "")
    assert said[1] == (f"There are **80 pairs** of points from 2 evaluations. {needed}", "")
    pairs = [pair for case in pairs_of(judged, {one.code for one in LARGE.indicators}) for pair in case]
    same = 100 * sum(one == other for one, other in pairs) / len(pairs)
    assert said[2][0].startswith(
        f"Two experts gave **the same points in {same:.0f}%** of 120 pairs, from 3 evaluations."
    )
    kappa = cohen_kappa(pairs)
    assert f"Weighted kappa: **{round(kappa, 2):g}\u00a0(" in said[2][0]
    difference = sum(other - one for one, other in pairs) / len(pairs)
    shown = [float(figure) for figure in re.findall(r"<td[^>]*>(-?[\d.]+)\xa0\(", said[2][1])]
    assert shown[:3] == [pytest.approx(same, abs=0.5), *(pytest.approx(one, abs=0.0051) for one in (difference, kappa))]


def cohen_kappa(pairs: list[tuple[float, float]]) -> float:
    """With quadratic weights, from all pairs of levels (Cohen 1968)."""
    n = len(pairs)
    seen = sum((one - other) ** 2 for one, other in pairs) / n
    by_chance = sum((one - other) ** 2 for one, _ in pairs for _, other in pairs) / n**2
    return 1 - seen / by_chance


def test_a_figure_that_is_almost_nothing_is_nothing() -> None:
    judged = [dict.fromkeys((one.code for one in LARGE.indicators), (5.0, 5.0)) | {"Q1": (4.0, 5.0)}] * 3
    assert "Weighted kappa: **0\u00a0(0\u00a0to\u00a00)**." in finding(judged, LARGE, "en")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_points_that_are_all_the_same_have_no_kappa(language) -> None:
    judged = [dict.fromkeys((one.code for one in LARGE.indicators), (5.0, 5.0))] * 3
    said = finding(judged, LARGE, language)
    assert ("non défini" if language == "fr" else "not defined") in said
    assert "<table" in agreement_table(judged, LARGE, language)
