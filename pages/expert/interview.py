"""The interview: the questions beside the cluster's own answers; afterwards its observations and the replies."""

from functools import partial

import streamlit as st

from clusterdash.cases import steps
from clusterdash.domain.case import CaseAction, CaseKind, Sheet
from clusterdash.web import case_actions, case_evidence, case_sheets, case_workbook, cases, session

visit = session.page_context()

st.title(visit.translate("interview.title"))
case_actions.show_outcome(visit)
opened = cases.case_of_page(visit, CaseAction.READ_INTERVIEW, "interview.not_yet", kind=CaseKind.BENCHMARKING)
grid = cases.scheme_of(visit, opened.case)
with st.expander(visit.translate("evidence.there")):
    case_evidence.show_documents(visit, opened, grid, writable=False)
if opened.may(CaseAction.REPLY):
    case_sheets.show_feedback(visit, opened, grid, Sheet.REPLIES, writable=True)
    st.caption(visit.translate("interview.end_feedback_key"))
    case_actions.action_button(visit, "end_feedback", partial(steps.end_feedback, opened), primary=True)
    st.stop()
writable = opened.may(CaseAction.WRITE_INTERVIEW)
case_sheets.show_answers(visit, opened, grid, Sheet.INTERVIEW, writable=writable)
case_workbook.show_workbook(visit, opened, grid, Sheet.INTERVIEW, writable=writable)
if writable:
    st.caption(visit.translate("interview.end_key"))
    case_actions.action_button(visit, "end_interview", partial(steps.end_interview, opened, grid), primary=True)
