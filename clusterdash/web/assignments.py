"""The cases in which an expert has a seat: what waits, and the declaration of independence."""

from __future__ import annotations

from functools import partial

import streamlit as st

from .. import case_access
from ..cases import steps
from ..domain.case import EXPERT_SEATS, Case, CaseAction, CaseKind, Seat
from ..i18n import escape_markdown
from ..presentation.cases import overview
from ..presentation.cases.overview import waiting_first
from .case_actions import run
from .case_requests import calendar_button, link_to
from .cases import case_name, cases_of
from .context import PageContext
from .widgets import show_html

_PAGES = (
    ("pages/expert/interview.py", CaseAction.READ_INTERVIEW, (CaseKind.BENCHMARKING,)),
    ("pages/expert/evaluation.py", CaseAction.JUDGE, (CaseKind.SILVER_AUDIT, CaseKind.EVALUATION)),
    ("pages/expert/agreement.py", CaseAction.AGREE, (CaseKind.EVALUATION,)),
    ("pages/expert/evaluation.py", CaseAction.REPLY, (CaseKind.SILVER_AUDIT, CaseKind.EVALUATION)),
)
"""The pages on which something is to be done, the action, and the kinds of case."""


def show_assignments(visit: PageContext) -> None:
    """Show the cases of an expert, those with the earliest visit first; a sentence if there are none."""
    mine = [(case, seat) for case in waiting_first(cases_of(visit).all()) if (seat := _seat(visit, case))]
    if not mine:
        st.info(visit.translate("assignments.none"))
    for case, seat in mine:
        with st.container(border=True, key=f"assignment-{case.case_id}"):
            _show_assignment(visit, case, seat)


def _seat(visit: PageContext, case: Case) -> Seat | None:
    found = [seat for seat in case_access.seats(visit.viewer, case) if seat in EXPERT_SEATS]
    return found[0] if found else None


def _show_assignment(visit: PageContext, case: Case, seat: Seat) -> None:
    opened = cases_of(visit).open(case.case_id)
    st.markdown(f"**{escape_markdown(case_name(visit, case))}**")
    show_html(overview.step_line(case, visit.language))
    st.caption(overview.visit_sentence(case, visit.language))
    holder = case.holder(seat)
    if holder and holder.independent_at is None and opened.may(CaseAction.DECLARE_INDEPENDENCE):
        st.markdown(visit.translate("assignments.independence"))
        if st.button(visit.translate("case_action.declare"), key=f"declare-{case.case_id}", type="primary"):
            run(partial(steps.declare_independence, opened), "case_done.declare")
        return
    st.markdown(overview.now_sentence(case, seat, visit.language))
    if case.visit_at:
        calendar_button(visit, case)
    for page, action, kinds in _PAGES:
        if case.kind in kinds and opened.may(action):
            link_to(visit, page, case, visit.translate("assignments.open"), "edit_note")
