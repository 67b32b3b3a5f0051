"""The cluster's own answers before the interview or the evaluation: saved as typed, handed in at the end."""

from functools import partial

import streamlit as st

from clusterdash.cases import steps
from clusterdash.domain.case import CaseAction, Sheet
from clusterdash.web import case_actions, case_sheets, case_workbook, cases, session

visit = session.page_context()

st.title(visit.translate("preparation.title"))
case_actions.show_outcome(visit)
opened = cases.case_of_page(visit, CaseAction.READ_PREPARATION, "preparation.not_yet")
grid = cases.scheme_of(visit, opened.case)
before = cases.previous_assessment(visit, opened.case)
writable = opened.may(CaseAction.WRITE_PREPARATION)
if not writable:
    st.caption(visit.translate("preparation.handed_in"))
case_sheets.show_answers(visit, opened, grid, Sheet.PREPARATION, before=before, writable=writable)
case_workbook.show_workbook(visit, opened, grid, Sheet.PREPARATION, writable=writable)
if writable:
    st.caption(visit.translate("preparation.hand_in_key"))
    case_actions.action_button(visit, "hand_in", partial(steps.hand_in, opened, grid), primary=True)
