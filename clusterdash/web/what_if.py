"""On a page: what a manager tries on the way to a label (levels, efforts, rater error).

What-ifs are in the address (`evaluation/what_if.py`); nothing is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from .. import query_string
from ..domain import AnswerSet, Evaluation, Grid, Indicator
from ..evaluation import improvement_plan
from ..evaluation.improvement_plan import fixed_by_scheme
from ..evaluation.pass_probability import pass_probability
from ..evaluation.scoring import EFFORT_LEVELS, Answers, Plan, PlanSearch, apply_plan, score
from ..evaluation.what_if import (
    NO_CHANGES,
    PARAMETER_NAMES,
    PROBABILITIES,
    WhatIf,
    format_levels,
    from_query,
    levels_of,
    made_for_other_cluster,
)
from ..i18n import escape_markdown
from ..presentation.evaluation import narrative
from ..presentation.evaluation.levels import dimension_levels, plan_levels
from ..presentation.evaluation.overview import plan_result
from ..presentation.evaluation.tables import effort_table
from .context import PageContext
from .query_params import get, update
from .url_state import choose, choose_cluster, choose_many, option_buttons, warn_of_ignored

T = TypeVar("T")


def choose_scheme(visit: PageContext) -> Grid:
    """The scheme of evaluation that the page is about; where there is none, the visitor is told and the page ends."""
    grids = {grid.scheme.code: grid for grid in reversed(visit.reader.evaluation_schemes())}
    if not grids:
        st.info(visit.translate("gold.none"))
        st.stop()
    names = {code: grid.scheme.name.get(visit.language) for code, grid in grids.items()}
    if len(grids) == 1:
        return next(iter(grids.values()))
    return grids[choose("evaluation", visit.translate("gold.scheme"), names, language=visit.language)]


def choose_evaluation(visit: PageContext) -> Evaluation:
    """The cluster's answers in a scheme of evaluation, both as in the address; where there are none, the page ends."""
    grid = choose_scheme(visit)
    cluster_id = choose_cluster(visit, evaluated=True)
    if cluster_id is None:
        st.stop()
    return visit.reader.evaluation(cluster_id, grid.scheme.code)


def choose_answers(visit: PageContext, own: Evaluation) -> tuple[str, Mapping[str, float]]:
    """From which answers the page starts: verified or declared ones, with the answers; none where there are none."""
    known: dict[str, AnswerSet] = {
        name: found for name, found in (("verified", own.verified), ("declared", own.declared)) if found
    }
    if not known:
        return "declared", {}
    evidence = next(iter(known))
    if len(known) > 1:
        names = {name: visit.translate(f"evidence.{name}") for name in known}
        evidence = choose("evidence", visit.translate("gold.evidence"), names, language=visit.language, how="buttons")
    return evidence, known[evidence].answers


def read_what_if(visit: PageContext, own: Evaluation, evidence: str, answers: Mapping[str, float]) -> WhatIf:
    """The what-if in the address; what in it does not exist is named. One made for another cluster is not applied.

    Who comes back from another page finds the what-if as it was; the menu of pages leads to bare addresses.
    """
    subject = f"{own.cluster.cluster_id}/{own.grid.scheme.code}/{evidence}"
    address = {name: value for name in PARAMETER_NAMES if (value := get(name))}
    if (other := made_for_other_cluster(address, own)) is not None:
        key = "gold.tried_elsewhere" if other else "gold.tried_for_nobody"
        st.warning(visit.translate(key, value=query_string.excerpt(other), name=own.cluster.name))
        return from_query({"chance": address.get("chance", "")}, own, answers)[0]
    kept: dict[str, dict[str, str]] = st.session_state.setdefault("trials", {})
    if st.session_state.pop("anew", False) and not address:
        address = kept.get(subject, {})
        st.session_state["pending"].update(address)
    kept[subject] = address
    found, wrong = from_query(address, own, answers)
    warn_of_ignored(visit, wrong)
    return found


def _write_address(own: Evaluation, values: Mapping[str, str]) -> None:
    """Write a what-if into the address, with the cluster that it is made for."""
    before = {name: value for name in PARAMETER_NAMES if (value := get(name))}
    before = {} if made_for_other_cluster(before, own) is not None else before
    after = {name: value for name, value in {**before, **values}.items() if value and name != "of"}
    update({**after, "of": own.cluster.cluster_id} if after else {}, PARAMETER_NAMES)


def try_levels(visit: PageContext, own: Evaluation, answers: Mapping[str, float], trial: WhatIf) -> None:
    """The levels of all indicators, by dimension, to be moved; what differs from the answers is in the address."""
    for dimension in own.grid.dimensions:
        inside = [indicator for indicator in own.grid.indicators if indicator.dimension == dimension.code]
        if not inside:
            continue
        moved = sum(indicator.code in trial.levels for indicator in inside)
        name = escape_markdown(dimension.name.get(visit.language)) + (f" ({moved})" if moved else "")
        with st.expander(name, key=f"levels-{dimension.code}"):
            st.html(dimension_levels(own.grid, dimension.code, trial.applied(answers), visit.language))
            for indicator in inside:
                _try_level(visit, own, indicator, answers.get(indicator.code), trial)
    if trial.levels:
        label = visit.translate("gold.tried_reset")
        st.button(label, icon=":material/undo:", on_click=_write_address, args=(own, {"try": ""}))


def _try_level(visit: PageContext, own: Evaluation, indicator: Indicator, answer: float | None, trial: WhatIf) -> None:
    key = f"level-{indicator.code}"
    st.session_state[key] = trial.levels.get(indicator.code, answer)

    def note(picked: float | None) -> None:
        levels = {code: level for code, level in trial.levels.items() if code != indicator.code}
        if picked is not None and picked != answer:
            levels[indicator.code] = picked
        _write_address(own, {"try": format_levels(levels)})

    def text(level: float) -> str:
        if indicator.kind == "gate":
            return visit.translate("gold.yes" if level else "gold.no")
        return f"{level:g}"

    options = {level: text(level) for level in levels_of(indicator, answer)}
    _buttons(f"{indicator.code} {indicator.name.get(visit.language)}", options, key, note)


def _buttons(
    label: str, options: Mapping[T, str], key: str, note: Callable[[T | None], None], *, one: bool = False
) -> None:
    """Buttons as `option_buttons`, under a label from the data that is shown as plain text."""
    st.markdown(escape_markdown(label))
    option_buttons(label, options, key, note, one=one)


def choose_limits(visit: PageContext, own: Evaluation, trial: WhatIf) -> None:
    """What cannot change, and where a step weighs more than 1; in the address."""
    names = {i.code: f"{i.code} {i.name.get(visit.language)}" for i in own.grid.indicators}
    chosen = {
        "fixed": trial.fixed,
        **{f"effort{e}": [code for code, effort in trial.efforts.items() if effort == e] for e in EFFORT_LEVELS},
    }
    for place, (name, codes) in zip(st.columns(len(chosen)), chosen.items(), strict=True):
        with place:
            empty = NO_CHANGES if name == "fixed" and fixed_by_scheme(own.grid) else ""
            nothing = visit.translate("gold.nothing_chosen" if name == "fixed" else "gold.as_estimated")
            choose_many(
                name, visit.translate(f"gold.{name}"), names, codes, nothing, partial(_write_address, own), empty=empty
            )
    st.caption(visit.translate("gold.efforts_key"))
    st.html(effort_table(own.grid, trial.efforts, visit.language))


def choose_chance(visit: PageContext, own: Evaluation, trial: WhatIf) -> None:
    """For which chance to pass a plan is wished, in per cent; in the address."""
    key = "wished-chance"
    st.session_state[key] = trial.wished_probability

    def note(picked: int | None) -> None:
        _write_address(own, {"chance": str(picked or trial.wished_probability)})

    shares = {wished: visit.translate("table.percent", value=str(wished)) for wished in PROBABILITIES}
    _buttons(visit.translate("gold.wished"), shares, key, note, one=True)


def show_nothing_answered(visit: PageContext, own: Evaluation, trial: WhatIf) -> None:
    """A cluster without any answer: it is told so, with the way to the questionnaire; levels can be tried."""
    st.markdown(narrative.result_sentence(score(own.grid, {}), visit.language))
    address = {"cluster": own.cluster.cluster_id, "scheme": own.grid.scheme.code, "lang": visit.language}
    page, label = "pages/cluster/questionnaire.py", visit.translate("gold.to_questionnaire")
    st.page_link(page, label=label, icon=":material/edit_note:", query_params=address)
    st.markdown(visit.translate("gold.self_assess"))
    try_levels(visit, own, {}, trial)


@dataclass(frozen=True, slots=True)
class Plans:
    """The plans for the wished chance, cheapest first, and the chance to pass now and with each of them."""

    search: PlanSearch
    chances: Sequence[float]


def find_plans(own: Evaluation, trial: WhatIf, now: Answers) -> Plans:
    """The cheapest plans for the wished chance, under the limits of the what-if."""
    found = improvement_plan.cheapest_plans(
        own.grid, now, trial.efforts, trial.fixed, trial.rater_error, trial.wished_probability / 100
    )
    reached = [now, *(apply_plan(now, plan) for plan in found.plans)]
    return Plans(found, [pass_probability(own.grid, state, trial.rater_error) for state in reached])


def show_plans(visit: PageContext, own: Evaluation, trial: WhatIf, found: Plans, maximum: float) -> None:
    """The plans, one a tab, each with what it leads to and a button to try it; or why there is none."""
    grid, language, wished = own.grid, visit.language, trial.wished_probability
    if not found.search.plans:
        st.info(narrative.no_plan(found.search, found.chances[0], wished, grid, language))
        return
    st.markdown(visit.translate("gold.plan_lead", wished=wished))
    names = [
        visit.translate("gold.other", n=number + 1) if number else visit.translate("gold.cheapest")
        for number in range(len(found.search.plans))
    ]
    for number, (tab, plan) in enumerate(zip(st.tabs(names), found.search.plans, strict=True)):
        with tab:
            left, right = st.columns([3, 2], gap="large")
            left.html(plan_levels(plan, own, language))
            right.html(plan_result(plan, found.chances[number + 1], maximum, language))
            _try_button(right, visit, own, trial, plan, number)


def _try_button(place: Any, visit: PageContext, own: Evaluation, trial: WhatIf, plan: Plan, number: int) -> None:
    """A button that tries a plan on the whole page."""
    levels = {**trial.levels, **{step.indicator: step.target for step in plan.steps}}
    address = {"try": format_levels(levels)}
    place.button(
        visit.translate("gold.try_plan"),
        key=f"plan-{number}",
        on_click=_write_address,
        args=(own, address),
        type="secondary" if number else "primary",
        width="stretch",
    )


def choose_rater_error(visit: PageContext, own: Evaluation, trial: WhatIf) -> None:
    """How often experts judge lower and higher, in per cent; in the address."""
    shares = {"lower": trial.rater_error.lower, "higher": trial.rater_error.higher}
    for place, (name, share) in zip(st.columns(len(shares)), shares.items(), strict=True):
        key = f"doubt-{name}"
        st.session_state[key] = round(100 * share)

        def note(name: str = name, key: str = key) -> None:
            _write_address(own, {name: str(st.session_state[key])})

        place.slider(visit.translate(f"chance.{name}"), 0, 50, key=key, on_change=note)
