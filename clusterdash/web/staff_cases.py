"""Cases as staff see them: by step, who is late, opened for a cluster, scheduled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import partial

import streamlit as st

from ..access import DemoRole, demonstration_email
from ..cases import answering, scheduling, steps
from ..cases.open_case import Applicant, OpenCase
from ..domain import ClusterdashError, Grid
from ..domain.case import SEATS, Case, CaseAction, CaseKind, Seat, Step
from ..i18n import country_name, translate
from ..presentation.cases import overview, tables
from .case_actions import action_button, action_with_reason, run
from .case_requests import OFFERED, applicant, link_to, show_trail
from .cases import case_of_page, cases_of, schemes_of
from .context import PageContext
from .url_state import choose_many, named_options
from .widgets import show_html, show_table


def show_cases(visit: PageContext) -> None:
    """Show all open cases by step, with the days at it and what is late, and a filter; ended ones in a fold."""
    found = cases_of(visit).all()
    today = visit.now.date()
    open_ones = overview.by_step([case for case in found if case.open])
    late = sum(bool(overview.lateness(case, today)) for case in open_ones)
    st.markdown(visit.translate("cases.count", n=len(open_ones), late=late))
    if open_ones:
        steps_of_cases = {case.step.value: visit.translate(f"case_step.{case.step}") for case in open_ones}
        asked = named_options(visit, "step", steps_of_cases, (), nothing="")
        choose_many("step", visit.translate("cases.steps"), steps_of_cases, asked, visit.translate("filter.all"))
        shown = [case for case in open_ones if not asked or case.step in asked]
        show_table(tables.case_table(shown, today, visit.language, _answered(visit, shown)))
    ended = [case for case in found if not case.open]
    if ended:
        with st.expander(visit.translate("cases.ended", n=len(ended))):
            show_table(tables.case_table(ended, today, visit.language))


def _answered(visit: PageContext, cases: Sequence[Case]) -> tables.Answered:
    """Return how much is answered on the sheets that are filled in, of cases whose scheme is known."""
    grids = {grid.scheme.code: grid for grid in visit.reader.schemes()}
    counts = answering.answered_by_case(cases_of(visit))
    return {
        case.case_id: [(n, _asked(case, grids[case.scheme])) for n in counts.get(case.case_id, ())]
        for case in cases
        if case.scheme in grids
    }


def _asked(case: Case, grid: Grid) -> int:
    """Return how many questions the sheets have that are filled in now."""
    judged = case.step in (Step.JUDGMENT, Step.AGREEMENT)
    return len(steps.judged_indicators(case.kind, grid) if judged else grid.indicators)


def request_form(visit: PageContext) -> None:
    """Show a form that opens a case for a cluster of the served edition, or for a newcomer."""
    known = visit.reader.assessed(evaluated=True)
    with st.form("staff-request", border=False):
        cluster = st.selectbox(
            visit.translate("cases.cluster"),
            list(known),
            None,
            format_func=known.__getitem__,
            placeholder="…",
            key="request-cluster",
        )
        st.caption(visit.translate("cases.newcomer"))
        new_id = st.text_input(visit.translate("cases.new_id"))
        new_name = st.text_input(visit.translate("cases.new_name"))
        countries = {code: country_name(visit.language, code) for code in visit.reader.country_groups()}
        country = st.selectbox(
            visit.translate("cases.new_country"),
            sorted(countries, key=countries.__getitem__),
            None,
            format_func=countries.__getitem__,
            placeholder="…",
            key="request-country",
        )
        kinds = {kind.value: visit.translate(f"case_kind.{kind}") for kind in OFFERED}
        label = visit.translate("case_page.what")
        chosen = st.radio(label, list(kinds), format_func=kinds.__getitem__, key="request-kind")
        sent = st.form_submit_button(visit.translate("case_action.request"))
    if sent:
        kind = CaseKind(chosen)
        newcomer = Applicant(new_id.strip(), new_name.strip(), country or "")
        run(lambda: _request(visit, kind, cluster, newcomer), "case_done.request")


def _request(visit: PageContext, kind: CaseKind, cluster: str | None, newcomer: Applicant) -> None:
    """Open a case for a cluster of the served edition, or for a newcomer if none is chosen, under its first scheme.

    Raises ClusterdashError if the edition has none of this kind, and as `Cases.request`.
    """
    scheme = next(iter(schemes_of(visit, kind)), None)
    if scheme is None:
        raise ClusterdashError("case.no_scheme", scheme=translate(visit.language, f"case_kind.{kind}"))
    cases_of(visit).request(kind, newcomer if cluster is None else applicant(visit, cluster), scheme)


def show_case(visit: PageContext) -> None:
    """Show one case: where it stands, its seats and dates, which can be set, and its trail."""
    opened = case_of_page(visit, CaseAction.SEE, "case.none")
    case = opened.case
    show_html(overview.step_line(case, visit.language))
    st.markdown(overview.visit_sentence(case, visit.language))
    for holder in case.holders:
        seat = visit.translate(f"case_seat.{holder.seat}")
        key = "cases.independent" if holder.independent_at else "cases.not_declared"
        st.caption(visit.translate(key, seat=seat, who=holder.email))
    if opened.may(CaseAction.READ_RESULT):
        link_to(visit, "pages/staff/review.py", case, visit.translate("review.menu"), "checklist")
    if opened.may(CaseAction.SCHEDULE):
        with st.expander(visit.translate("cases.schedule"), expanded=case.step is Step.REQUESTED):
            _schedule_form(visit, opened)
    if opened.may(CaseAction.END_FEEDBACK):
        action_button(visit, "end_feedback", partial(steps.end_feedback, opened))
    if opened.may(CaseAction.WITHDRAW):
        action_with_reason(visit, "withdraw", partial(steps.withdraw, opened))
    with st.expander(visit.translate("case_page.trail")):
        show_trail(visit, opened)


def _schedule_form(visit: PageContext, opened: OpenCase) -> None:
    """Show a form with the seats of experts and the time of the interview or visit."""
    case = opened.case
    planned = datetime.fromisoformat(case.visit_at) if case.visit_at else None
    with st.form("case-schedule", border=False):
        seats = {
            seat: st.text_input(visit.translate(f"case_seat.{seat}"), _address(case, seat, visit), key=f"seat-{seat}")
            for seat in SEATS[case.kind]
        }
        day = st.date_input(visit.translate("cases.day"), planned.date() if planned else None, format="YYYY-MM-DD")
        hour = st.time_input(visit.translate("cases.hour"), planned.time() if planned else time(10))
        on_site = st.checkbox(visit.translate("cases.on_site"), case.on_site)
        sent = st.form_submit_button(visit.translate("case_action.schedule"), type="primary")
    if sent:
        visit_at = datetime.combine(day, hour) if isinstance(day, date) else None
        run(lambda: _schedule(opened, seats, visit_at, on_site), "case_done.schedule")
    if managers := st.session_state.pop("case-managers", ()):
        st.warning(visit.translate("cases.managers", n=len(managers), who=", ".join(managers)))


def _schedule(opened: OpenCase, seats: Mapping[Seat, str], visit_at: datetime | None, on_site: bool) -> None:
    st.session_state["case-managers"] = scheduling.schedule(opened, seats, visit_at, on_site=on_site)


def _address(case: Case, seat: Seat, visit: PageContext) -> str:
    """The address that has a seat; in a demonstration that of the role which plays it."""
    holder = case.holder(seat)
    if holder:
        return holder.email
    role: DemoRole = "second_expert" if seat is Seat.EXPERT_2 else "expert"
    return demonstration_email(role) if visit.demonstration else ""
